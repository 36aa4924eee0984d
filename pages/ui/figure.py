"""A figure on a page, with its data as CSV beneath."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import plotly.graph_objects as go
import streamlit as st

from pages.ui.errors import safely
from tlcore.export.csv_text import csv_text

# Without Plotly's tool bar, which lies over the chart; zooming by dragging and a double click to go back need none.
PLAIN = {"displaylogo": False, "displayModeBar": False}
_WITH_TOOLS = {"displaylogo": False, "displayModeBar": True, "modeBarButtonsToRemove": ["select2d", "lasso2d"]}


def show_figure(
    figure: go.Figure,
    rows: Callable[[], Sequence[dict]],
    name: str,
    key: str,
    alt: str,
    on_pick: Callable[[], None] | None = None,
) -> None:
    """Draw a figure, the button that saves its data, and one that shows tools to zoom and to save a picture.

    Args:
        figure: its text takes the color of the theme.
        rows: makes the numbers behind it; called when they are asked for.
        name: of the CSV file, without ending.
        key: unique on the page; picked points are at `st.session_state[key]`.
        alt: what a screen reader says.
        on_pick: called when a point is picked; None for figures without points to pick.
    """
    # The theme reaches axes and legends by itself, but not text inside the plot.
    color = text_color()
    for trace in figure.select_traces({"mode": "markers+text"}):
        if trace.textfont.color is None:  # else the figure has chosen one that can be read on what it stands on
            trace.update(textfont_color=color, unselected_textfont_color=color)
    tools = f"{key}-tools"
    st.plotly_chart(
        figure,
        key=key,
        alt=alt,
        config=_WITH_TOOLS if st.session_state.get(tools) else PLAIN,
        on_select=safely(on_pick) if on_pick else "ignore",
        selection_mode="points",
    )
    with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        save_rows(rows, name, f"{key}-csv")
        st.button(
            "Tools",
            key=f"{tools}-button",
            type="tertiary",
            icon=":material/handyman:",
            help="Shows or hides the tools of the chart: zoom, pan, save as a picture.",
            on_click=safely(_toggle),
            args=(tools,),
        )


def _toggle(key: str) -> None:
    st.session_state[key] = not st.session_state.get(key)


def save_rows(rows: Callable[[], Sequence[dict]], name: str, key: str) -> None:
    """Draw a button that saves rows as CSV.

    Args:
        rows: makes the rows; called when they are asked for.
        name: of the file, without ending.
        key: unique on the page.
    """
    st.download_button(
        "CSV",
        lambda: csv_text(rows()),
        f"{name}.csv",
        "text/csv",
        key=key,
        type="tertiary",
        icon=":material/download:",
        help="The numbers behind this, as a table for spreadsheets.",
        on_click="ignore",
    )


def text_color() -> str:
    """The color of text in the theme that the reader sees."""
    return st.get_option(f"theme.{st.context.theme.type or 'light'}.textColor")
