// The photo of the point that the pointer rests on: the chart says which, the studio sends it, once each.
const LOOK = 200; // milliseconds between looks for the chart, which may be drawn later than this
const [SIDE, HEIGHT, GAP] = [164, 214, 18]; // pixels

const states = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const box = parentElement.querySelector(".pointed");
  let state = states.get(box);
  if (!state) states.set(box, (state = { pictures: {}, at: null }));
  Object.assign(state.pictures, data.pictures);
  state.ask = (image) => setTriggerValue("wanted", image);
  const found = () => document.querySelector(`.st-key-${CSS.escape(data.chart)} .js-plotly-plot`);
  const timer = setInterval(() => listen(found(), state, box), LOOK);
  listen(found(), state, box);
  show(state, box);
  return () => clearInterval(timer);
}

function listen(chart, state, box) {
  if (!chart?.on || state.chart === chart) return;
  state.chart = chart;
  chart.on("plotly_hover", ({ points, event }) => {
    const image = points[0].customdata;
    if (image === undefined || event.buttons) return;
    state.at = { image: String(image), x: event.clientX, y: event.clientY };
    if (!(state.at.image in state.pictures)) state.ask(Number(image));
    show(state, box);
  });
  chart.on("plotly_unhover", () => {
    state.at = null;
    show(state, box);
  });
}

function line(kind, text) {
  const made = document.createElement(kind);
  made.textContent = text;
  return made;
}

function show(state, box) {
  const pointed = state.at && state.pictures[state.at.image];
  box.hidden = !pointed;
  if (!pointed) return;
  if (box.dataset.image !== state.at.image) {
    const shown = document.createElement("img");
    shown.src = pointed.picture;
    shown.alt = "";
    // Names come from users: they only ever become text, never HTML.
    box.replaceChildren(shown, line("b", pointed.label), line("small", pointed.name));
    box.dataset.image = state.at.image;
  }
  const right = state.at.x + GAP + SIDE > innerWidth;
  box.style.left = `${right ? state.at.x - GAP - SIDE : state.at.x + GAP}px`;
  box.style.top = `${Math.max(8, Math.min(state.at.y + GAP, innerHeight - HEIGHT - 8))}px`;
}
