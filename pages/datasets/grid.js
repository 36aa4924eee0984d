// A grid of photos of which many can be chosen: with the mouse, with the keyboard, by touch.
// All names come from users: they only ever become text, never HTML.

const states = new WeakMap();
const WAIT = 180; // milliseconds in which several clicks become one message

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const grid = parentElement.querySelector(".grid");
  let state = states.get(grid);
  if (!state) states.set(grid, (state = { tiles: [], chosen: new Set(), cursor: 0, anchor: 0 }));
  Object.assign(state, { data, grid, setStateValue, setTriggerValue });
  if (state.drawn !== data.token) {
    draw(state, parentElement.querySelector(".keys"));
    state.drawn = data.token;
  }
  grid.onkeydown = (event) => press(state, event);
  return () => clearTimeout(state.timer);
}

function draw(state, keys) {
  const { data, grid } = state;
  const hadFocus = grid.contains(grid.getRootNode().activeElement);
  state.chosen = new Set(data.chosen);
  state.cursor = state.anchor = Math.min(state.cursor, Math.max(0, data.images.length - 1));
  state.tiles = data.images.map((image, place) => tile(state, image, place));
  grid.setAttribute("aria-label", data.title);
  grid.replaceChildren(...state.tiles);
  keys.replaceChildren(
    ...data.keys.flatMap(([key, name]) => (key ? [hint(key, name)] : [])),
    hint("Del", "remove"),
    hint("← ↑ → ↓", "move"),
    hint("Space", "choose"),
    hint("Enter", "enlarge"),
    hint("Shift", "several"),
    hint("Ctrl A", "all"),
    hint("Esc", "none"),
  );
  show(state);
  if (hadFocus) state.tiles[state.cursor]?.focus({ preventScroll: true });
}

function element(kind, name, text) {
  const made = document.createElement(kind);
  if (name) made.className = name;
  if (text) made.textContent = text;
  return made;
}

function hint(key, word) {
  const made = element("span");
  made.append(element("kbd", "", key), ` ${word}`);
  return made;
}

function tile(state, image, place) {
  const made = element("div", "tile");
  made.setAttribute("role", "option");
  made.title = image.name;
  const picture = element("div", "picture");
  if (image.picture) {
    const shown = element("img");
    shown.src = image.picture;
    shown.alt = "";
    shown.draggable = false;
    picture.append(shown);
  } else {
    picture.append(element("span", "missing", "cannot be read"));
  }
  picture.append(element("span", "check", "✓"));
  made.append(picture, element("div", image.becomes ? "label old" : "label", image.label));
  if (image.becomes) made.append(element("div", "label new", image.becomes));
  if (image.note) made.append(element("div", "label note", image.note));
  if (image.removed) made.classList.add("removed");
  const becomes = image.becomes ? `, becomes ${image.becomes}` : "";
  made.setAttribute("aria-label", `${image.label}${becomes}${image.removed ? ", is removed" : ""}${image.note && `, ${image.note}`}: ${image.name}`);
  made.onmousedown = (event) => event.shiftKey && event.preventDefault(); // no text is marked
  made.onclick = (event) => {
    if (event.shiftKey) choose(state, between(state.anchor, place), true);
    else {
      choose(state, [place], !state.chosen.has(image.index));
      state.anchor = place;
    }
    move(state, place);
  };
  made.ondblclick = () => act(state, "look", [...state.chosen], { index: image.index }); // two clicks choose nothing
  return made;
}

function between(first, last) {
  const [low, high] = first < last ? [first, last] : [last, first];
  return Array.from({ length: high - low + 1 }, (_, step) => low + step);
}

function choose(state, places, on) {
  for (const place of places) state.chosen[on ? "add" : "delete"](state.data.images[place].index);
  show(state);
  clearTimeout(state.timer);
  state.timer = setTimeout(() => send(state), WAIT);
}

function send(state) {
  clearTimeout(state.timer);
  state.setStateValue("chosen", { token: state.data.token, images: [...state.chosen] });
}

function act(state, name, images, what) {
  clearTimeout(state.timer);
  state.setTriggerValue(name, { token: state.data.token, images, ...what });
}

function change(state, what) {
  const images = state.chosen.size ? [...state.chosen] : [state.data.images[state.cursor].index];
  act(state, "act", images, what);
}

function move(state, place) {
  state.cursor = place;
  show(state);
  state.tiles[place].focus();
}

function show(state) {
  state.tiles.forEach((tile, place) => {
    tile.setAttribute("aria-selected", state.chosen.has(state.data.images[place].index));
    tile.tabIndex = place === state.cursor ? 0 : -1;
  });
}

function columns(state) {
  return getComputedStyle(state.grid).gridTemplateColumns.split(" ").length;
}

function press(state, event) {
  const last = state.tiles.length - 1;
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns(state), ArrowUp: -columns(state) };
  const ends = { Home: 0, End: last };
  if (last < 0 || event.altKey) return;
  if (event.ctrlKey || event.metaKey) {
    if (event.key.toLowerCase() !== "a") return;
    choose(state, between(0, last), true);
  } else if (event.key in steps || event.key in ends) {
    const place = event.key in ends ? ends[event.key] : state.cursor + steps[event.key];
    if (place >= 0 && place <= last) {
      if (event.shiftKey) choose(state, between(state.anchor, place), true);
      else state.anchor = place;
      move(state, place);
    }
  } else if (event.key === " ") {
    choose(state, [state.cursor], !state.chosen.has(state.data.images[state.cursor].index));
    state.anchor = state.cursor;
  } else if (event.key === "Escape") {
    choose(state, between(0, last), false);
  } else if (event.key === "Delete" || event.key === "Backspace") {
    change(state, { kind: "remove" });
  } else if (event.key === "Enter") {
    act(state, "look", [...state.chosen], { index: state.data.images[state.cursor].index });
  } else {
    const label = state.data.keys.findIndex(([key]) => key && key === event.key.toLowerCase());
    if (label < 0) return;
    change(state, { kind: "relabel", name: state.data.keys[label][1] });
  }
  event.preventDefault();
  event.stopPropagation(); // Streamlit has keys of its own: r and c
}
