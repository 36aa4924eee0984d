"""The gallery: filter, sort, look at cost against accuracy, open a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import plotly.graph_objects as go
import streamlit as st

from pages.architectures.address import go_to, write_address
from pages.architectures.questions import show_questions
from pages.ui.browser.component import component
from pages.ui.errors import safely
from pages.ui.figure import PLAIN, text_color
from tlcore.figures.architecture.colors import short_number
from tlcore.figures.architecture.gallery import LOWEST, accuracy_figure, family_marks, papers
from tlcore.figures.architecture.tower import small_tower
from tlcore.internet import can_download
from tlcore.zoo.catalog import ARCHITECTURES, Architecture, has_weights_of_any_size, matches
from tlcore.zoo.layers.tables import layer_totals

_SORTS = {
    "Year": lambda row: (row.year, row.parameters),
    "Parameters, fewest first": lambda row: row.parameters,
    "Multiply-adds, fewest first": lambda row: layer_totals(row.name).multiply_adds,
    "Top-1 accuracy, best first": lambda row: -(row.top1 or 0),
}
_COSTS = {"parameters": "against parameters", "multiply_adds": "against multiply-adds"}
_MARKS = {
    "*": "\\*Its weights also saw ImageNet-21k.",
    "†": "†The paper's own figure, from more than the middle of each photo: it does not compare with the others.",
}
_TOWERS = component("architecture_towers", Path(__file__).with_name("gallery"), '<div class="networks"></div>')


def weights_here(row: Architecture) -> bool:
    """Tell whether pretrained weights of an architecture are on this machine, for any input size."""
    return any(has_weights_of_any_size(row, top) for top in (True, False))


def weights_place(row: Architecture) -> str:
    """Say where the published weights of an architecture are.

    Args:
        row: an architecture with pretrained weights.

    Returns:
        "here", "to download", or "not here" while there is no network.
    """
    if weights_here(row):
        return "here"
    return "to download" if can_download() else "not here"


def show_gallery() -> None:
    """Draw search, filters and the choice of a view in one line, then the networks in that view."""
    write_address()
    rows, view = _filtered()
    if not rows:
        st.info("No network matches these filters.", icon=":material/filter_alt_off:")
        return
    if len(rows) < len(ARCHITECTURES):
        st.caption(f"{len(rows)} of {len(ARCHITECTURES)} networks")
    _VIEWS[view][1](rows)


def _show_cards(rows: list[Architecture]) -> None:
    st.caption("Feature maps from input to output. Taller: larger maps. Wider: more of them. Pale: a list of numbers.")
    _show_towers(
        "cards",
        [
            {
                **_tower_of(row),
                "lines": [f"{row.year} · {short_number(row.parameters)} parameters", _accuracy_words(row)],
            }
            for row in rows
        ],
    )
    marks = {row.accuracy_mark for row in rows}
    st.caption(" ".join(["A color is a family.", *(words for mark, words in _MARKS.items() if mark in marks)]))


def _show_years(rows: list[Architecture]) -> None:
    st.caption("What each paper brought. Click a line to open its best-known network.")
    found, shown = papers(rows), set[int]()
    lines = []
    for paper in found:
        year = "" if paper.year in shown else str(paper.year)
        shown.add(paper.year)
        lines.append({**_tower_of(paper.network), "title": paper.title, "year": year, "lines": [paper.network.lesson]})
    _show_towers("years", lines)


def _tower_of(row: Architecture) -> dict:
    return {
        "name": row.name,
        "title": row.title,
        "lesson": row.lesson,
        "color": family_marks(ARCHITECTURES)[row.family][0],
        "boxes": small_tower(row.name),
    }


def _show_towers(layout: str, networks: list[dict]) -> None:
    key = f"gallery_{layout}"
    _TOWERS(
        data={"layout": layout, "networks": networks},
        key=key,
        on_opened_change=safely(lambda: go_to(view="network", name=st.session_state[key].opened, form="")),
    )


def _accuracy_words(row: Architecture) -> str:
    if row.top1 is not None:
        return f"{row.top1:.1f} % top-1{row.accuracy_mark}"
    return "a class for every pixel" if row.labels_pixels else "not rated on ImageNet"


def _choose(label: str, titles: Mapping[str, str], key: str) -> str:
    """Draw a choice whose options stand in a row, the first one chosen at first."""
    return st.segmented_control(
        label,
        list(titles),
        default=next(iter(titles)),
        required=True,
        format_func=titles.__getitem__,
        key=key,
        label_visibility="collapsed",
    )


def _show_accuracy(rows: list[Architecture]) -> None:
    rated = [row for row in rows if row.top1 is not None]
    if not rated:
        st.info("None of these networks has a published ImageNet top-1 accuracy.", icon=":material/info:")
        return
    measure = _choose("Accuracy", _COSTS, "gallery_cost")
    _show_chart(
        accuracy_figure(rated, family_marks(ARCHITECTURES), measure),
        "gallery_accuracy",
        "Published ImageNet accuracy of each network against its cost",
    )
    below = [f"{row.title} ({row.top1:.1f} %)" for row in rated if (row.top1 or 0) < LOWEST]
    st.caption(
        "Click a mark to open its network; larger marks mean more parameters. For networks on the dotted line, no "
        "cheaper one is as accurate. Hollow marks do not compare with the others and are left out of that line. "
        + " ".join([*_MARKS.values(), ""])
        + (f"Too low for the chart: {', '.join(below)}. " if below else "")
        + (f"Unrated, so only in the list: {len(rows) - len(rated)}." if len(rated) < len(rows) else "")
    )


def _show_chart(figure: go.Figure, key: str, alt: str) -> None:
    """Draw a figure whose marks open their networks."""
    figure.update_traces(textfont_color=text_color(), selector={"mode": "markers+text"})
    st.plotly_chart(
        figure,
        key=key,
        on_select=safely(lambda: _open_clicked(key)),
        selection_mode="points",
        config=PLAIN,
        alt=alt,
    )


def _filtered() -> tuple[list[Architecture], str]:
    """Draw search, filters and the choice of a view; give the networks that match, in order, and the view."""
    families = list(dict.fromkeys(row.family for row in ARCHITECTURES))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        words = st.text_input(
            "Search",
            placeholder="Name, family or author",
            key="gallery_search",
            icon=":material/search:",
            label_visibility="collapsed",
            width=220,
        )
        with st.popover("Filter", icon=":material/tune:"):
            order = st.selectbox("Sort by", list(_SORTS), key="gallery_sort")
            only_here = st.toggle("Only with weights on this machine", key="gallery_here")
            wanted = st.pills("Families", families, selection_mode="multi", key="gallery_family")
        view = _choose("Show as", {name: title for name, (title, _) in _VIEWS.items()}, "gallery_view")
        show_questions()
    rows = [
        row
        for row in ARCHITECTURES
        if (not wanted or row.family in wanted) and matches(row, words) and (not only_here or weights_here(row))
    ]
    return sorted(rows, key=_SORTS[order]), view


def _show_list(rows: list[Architecture]) -> None:
    st.dataframe(
        {
            "Network": [row.title for row in rows],
            "Family": [row.family for row in rows],
            "Year": [row.year for row in rows],
            "Parameters": [row.parameters / 1e6 for row in rows],
            "Multiply-adds": [layer_totals(row.name).multiply_adds / 1e9 for row in rows],
            "Top-1": [row.top1 for row in rows],
            "Top-5": [row.top5 for row in rows],
            "Weights": [_weights_text(row) for row in rows],
            "Accuracy by": [_accuracy_source(row) for row in rows],
        },
        column_config={
            "Year": st.column_config.NumberColumn(format="%d", width="small"),
            "Parameters": st.column_config.NumberColumn(format="%.2f M"),
            "Multiply-adds": st.column_config.NumberColumn(format="%.2f G"),
            "Top-1": st.column_config.NumberColumn(format="%.1f %%", width="small"),
            "Top-5": st.column_config.NumberColumn(format="%.1f %%", width="small"),
        },
        hide_index=True,
        height=620,
        placeholder="–",
        key="gallery_list",
        on_select=safely(lambda: _open_row(rows)),
        selection_mode="single-row",
    )


def _accuracy_source(row: Architecture) -> str:
    return f"{row.accuracy_source}; also saw {row.also_saw}" if row.also_saw else row.accuracy_source


def _weights_text(row: Architecture) -> str:
    if row.pretrained_weights == "none":
        return row.why_no_weights
    return f"{row.weights_bytes / 1e6:,.0f} MB, {weights_place(row)}"


def _open_row(rows: list[Architecture]) -> None:
    chosen = st.session_state.gallery_list.selection.rows
    if chosen:
        go_to(view="network", name=rows[chosen[0]].name, form="")


def _open_clicked(key: str) -> None:
    points = st.session_state[key].selection.points
    if points and points[0].get("customdata"):
        go_to(view="network", name=points[0]["customdata"][0], form="")


_VIEWS: dict[str, tuple[str, Callable[[list[Architecture]], None]]] = {
    "towers": ("Towers", _show_cards),
    "accuracy": ("Accuracy", _show_accuracy),
    "years": ("Years", _show_years),
    "table": ("Table", _show_list),
}
