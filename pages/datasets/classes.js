// The classes of a dataset as cards: a few images, how many there are, a click that shows them all.
// Names of classes come from users: they only ever become text, never HTML.

export default function ({ data, parentElement, setTriggerValue }) {
  const cards = parentElement.querySelector(".cards");
  cards.style.setProperty("--rows", data.rows);
  cards.replaceChildren(...data.classes.map((each) => card(each, () => setTriggerValue("open", each.name))));
}

function element(kind, name, text) {
  const made = document.createElement(kind);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
}

function card(each, open) {
  const made = element("button", "card");
  made.type = "button";
  made.title = `Show all images of ${each.name}`;
  const head = element("div", "head");
  head.append(element("span", "name", each.name), element("span", "count", each.count.toLocaleString("en-US")));
  const bar = element("div", "bar");
  each.shares.forEach((share, part) => {
    const piece = element("span", `part${part}`);
    piece.style.width = `${100 * share}%`;
    bar.append(piece);
  });
  const pictures = element("div", "pictures");
  for (const address of each.pictures) {
    const picture = element("img");
    picture.src = address;
    picture.alt = "";
    pictures.append(picture);
  }
  made.append(head, bar, pictures);
  made.onclick = open;
  return made;
}
