// The photo of the point that the pointer rests on: the chart says which, the studio sends it, once each.
const LOOK = 200; // milliseconds between looks for the chart, which may be drawn later than this
const [SIDE, GAP] = [164, 18]; // pixels

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

function show(state, box) {
  const picture = state.at && state.pictures[state.at.image];
  box.hidden = !picture;
  if (!picture) return;
  if (box.dataset.image !== state.at.image) {
    const shown = document.createElement("img");
    shown.src = picture;
    shown.alt = "";
    box.replaceChildren(shown);
    box.dataset.image = state.at.image;
  }
  const right = state.at.x + GAP + SIDE > innerWidth;
  box.style.left = `${right ? state.at.x - GAP - SIDE : state.at.x + GAP}px`;
  box.style.top = `${Math.max(8, Math.min(state.at.y + GAP, innerHeight - SIDE - 8))}px`;
}
