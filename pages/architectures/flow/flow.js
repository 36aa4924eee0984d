// The photo, the maps of each stage, and the answer. Pointing at a value shows what it sees; a click asks to write it out.
export default function ({parentElement, data, setTriggerValue}) {
  const root = parentElement.querySelector(".flow");
  if (root.dataset.version !== data.version) {
    root.dataset.version = data.version;
    draw(root, data, setTriggerValue);
  }
  root.choose(data.chosen);
}

function draw(root, data, setTriggerValue) {
  const maps = [];
  const photo = element("div", "photo", [picture(data.photo, "The photo as the network sees it"), element("span", "spot")]);
  root.replaceChildren(step("Photo", data.size_text, [photo]));
  data.stages.forEach((stage, number) => {
    const buttons = stage.maps.map((map, place) => {
      const button = element("button", "map", [picture(map.picture, ""), element("span", "spot")]);
      button.setAttribute("aria-label", `Map ${map.channel} of ${stage.name}`);
      button.title = `Map ${map.channel}: click a value`;
      button.style.setProperty("--side", `${stage.shown}px`);
      button.onpointermove = (event) => show(stage, button, cell(event, button, stage));
      button.onpointerleave = () => root.choose(root.chosen);
      button.onclick = (event) => {
        const at = event.detail ? cell(event, button, stage) : stage.example; // a key says no place
        setTriggerValue("picked", {stage: number, map: place, y: at[0], x: at[1]});
      };
      maps.push([number, place, button]);
      return button;
    });
    root.append(arrow(), step(`${stage.height} × ${stage.width}`, `${stage.channels} maps`, [element("div", "maps", buttons)]));
  });
  root.append(arrow(), element("div", "answer", data.answer.map(guess)));

  function show(stage, button, [y, x]) {
    put(button.querySelector(".spot"), x / stage.width, y / stage.height, 1 / stage.width, 1 / stage.height);
    const [top, bottom] = span(stage.down, y, data.size), [left, right] = span(stage.across, x, data.size);
    put(photo.querySelector(".spot"), left / data.size, top / data.size, (right - left) / data.size, (bottom - top) / data.size);
  }

  root.choose = (chosen) => {
    root.chosen = chosen;
    root.querySelectorAll(".spot").forEach((spot) => (spot.style.display = "none"));
    maps.forEach(([number, place, button]) => {
      const is_chosen = Boolean(chosen) && number === chosen.stage && place === chosen.map;
      button.classList.toggle("chosen", is_chosen);
      if (is_chosen) show(data.stages[number], button, [chosen.y, chosen.x]);
    });
  };
}

function cell(event, button, stage) {
  const box = button.getBoundingClientRect();
  const at = (share, count) => Math.max(0, Math.min(count - 1, Math.floor(share * count)));
  return [at((event.clientY - box.top) / box.height, stage.height), at((event.clientX - box.left) / box.width, stage.width)];
}

// Without numbers a value sees everything.
function span(field, place, size) {
  return field ? [Math.max(0, field[0] * place + field[1]), Math.min(size, field[0] * place + field[2] + 1)] : [0, size];
}

function put(spot, left, top, width, height) {
  Object.assign(spot.style, {
    display: "block", left: `${100 * left}%`, top: `${100 * top}%`, width: `${100 * width}%`, height: `${100 * height}%`,
  });
}

function step(title, words, content) {
  const header = element("header", "", [element("b", "", [title]), element("small", "", [words])]);
  return element("div", "step", [header, ...content]);
}

function guess({name, share, text}) {
  const bar = element("i", "", []);
  bar.style.width = `${100 * share}%`;
  return element("p", "", [`${name} ${text}`, bar]);
}

function arrow() {
  const mark = element("span", "arrow", ["→"]);
  mark.setAttribute("aria-hidden", "true");
  return mark;
}

function picture(source, words) {
  const image = element("img", "", []);
  image.src = source;
  image.alt = words;
  image.draggable = false;
  return image;
}

function element(kind, name, content = []) {
  const made = document.createElement(kind);
  if (name) made.className = name;
  made.append(...content);
  return made;
}
