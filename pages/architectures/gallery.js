// Every network as a small tower of its feature maps; a click opens it.
const SVG = "http://www.w3.org/2000/svg";

export default function ({parentElement, data, setTriggerValue}) {
  const place = parentElement.querySelector(".networks");
  place.className = `networks ${data.layout}`;
  place.replaceChildren(...data.networks.map((network) => card(network, setTriggerValue)));
}

function card(network, setTriggerValue) {
  const button = document.createElement("button");
  button.className = "card";
  button.title = network.lesson;
  if (network.year !== undefined) button.append(text("i", network.year));
  button.append(tower(network), text("b", network.title), ...network.lines.map((line) => text("small", line)));
  button.onclick = () => setTriggerValue("opened", network.name);
  return button;
}

function tower({boxes, color}) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 100 58");
  picture.setAttribute("preserveAspectRatio", "none");
  picture.setAttribute("aria-hidden", "true");
  for (const [left, width, height, isVector] of boxes) {
    const box = document.createElementNS(SVG, "rect");
    const tall = Math.max(2, 56 * height);
    const place = {x: 100 * left, y: 29 - tall / 2, width: 100 * width, height: tall, fill: color, opacity: isVector ? 0.4 : 1};
    Object.entries(place).forEach(([name, value]) => box.setAttribute(name, value));
    picture.append(box);
  }
  return picture;
}

function text(kind, words) {
  const made = document.createElement(kind);
  made.textContent = words;
  return made;
}
