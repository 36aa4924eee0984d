"""A chart of something that goes on: it is not drawn anew when points arrive, so zoom and hover stay."""

from __future__ import annotations

import json
from pathlib import Path

import plotly.graph_objects as go
import streamlit as st

from pages.ui.browser.plotly_file import plotly_address
from pages.ui.figure import PLAIN

_chart = st.components.v2.component(
    "live_chart",
    html='<div class="live-chart" role="img"></div>',
    js=(Path(__file__).parent / "chart.js").read_text(encoding="utf-8"),
    isolate_styles=False,  # Plotly keeps its styles in the document's head
)


def show_live(figure: go.Figure, key: str, alt: str) -> None:
    """Draw a figure, or bring the one that stands there up to date.

    Where Plotly is not served, or does not reach the browser, Streamlit's own chart takes its place.

    Args:
        figure: with the layout of `tlcore.figures.layout.studio_layout`; colors of text and grid are the theme's.
        key: unique on the page, the same for as long as it is the same chart.
        alt: what a screen reader says.
    """
    address = plotly_address()
    if address:
        drawn = json.loads(figure.to_json())
        drawn["layout"].pop("template", None)
        shown = _chart(
            key=f"{key}-live", data={"address": address, "figure": drawn, "config": PLAIN, "alt": alt}, height="content"
        )
        if not shown.get("failed"):
            return
    st.plotly_chart(figure, key=key, config=PLAIN, alt=alt)
