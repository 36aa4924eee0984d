// A chart that stays while its data grows: zoom, hidden lines and what the pointer rests on are kept.

const NAMES = { text: "--st-text-color", line: "--st-border-color", ground: "--st-background-color", font: "--st-font" };

// Once for all charts of a browser window.
function load(address) {
  window.studioPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      delete window.studioPlotly;
      reject(new Error(address));
    };
    document.head.append(script);
  });
  return window.studioPlotly;
}

// The colors and the font of the theme in force.
function themed(layout, place) {
  const style = getComputedStyle(place);
  const theme = Object.fromEntries(Object.entries(NAMES).map(([key, name]) => [key, style.getPropertyValue(name).trim()]));
  const font = { ...layout.font, family: theme.font, color: theme.text };
  const axis = (own) => ({
    gridcolor: theme.line,
    zerolinecolor: theme.line,
    automargin: true,
    ...own,
    title: { standoff: 12, ...own.title, font },
  });
  return {
    ...layout,
    font,
    autosize: true,
    uirevision: "kept", // what the reader has chosen in the chart outlives new data
    paper_bgcolor: "rgba(0, 0, 0, 0)",
    plot_bgcolor: "rgba(0, 0, 0, 0)",
    ...Object.fromEntries(
      Object.keys(layout).flatMap((key) => (/^[xy]axis/.test(key) ? [[key, axis(layout[key])]] : [])),
    ),
    hoverlabel: { ...layout.hoverlabel, font, bgcolor: theme.ground, bordercolor: theme.line },
  };
}

async function draw(Plotly, place, { figure, config }) {
  await Plotly.react(place, figure.data, themed(figure.layout, place), config);
  if (place.observer) return;
  place.observer = new ResizeObserver(() => Plotly.Plots.resize(place));
  place.observer.observe(place);
}

export default function ({ data, parentElement, setStateValue }) {
  const place = parentElement.querySelector(".live-chart");
  place.style.minHeight = `${data.figure.layout.height}px`; // what stands below does not jump when it is drawn
  place.setAttribute("aria-label", data.alt);
  load(data.address)
    .then((Plotly) => place.isConnected && draw(Plotly, place, data))
    .catch(() => setStateValue("failed", true));
  return () => {
    place.observer?.disconnect();
    window.Plotly?.purge(place);
  };
}
