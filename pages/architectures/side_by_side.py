"""Two or three networks side by side, on shared axes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import streamlit as st

from pages.architectures.address import go_to, write_address
from pages.architectures.alignment import show_alignment
from pages.architectures.gallery import weights_place
from pages.architectures.pictures import show_pictures, show_towers
from pages.architectures.questions import show_pairs
from pages.ui.errors import errors_shown
from pages.ui.figure import PLAIN
from pages.ui.text import plain
from tlcore.comparison.networks import Difference, differences, joins_of
from tlcore.figures.architecture.colors import shape_text
from tlcore.figures.architecture.shares import compared_shares_figure
from tlcore.images.preprocess import PREPROCESSING
from tlcore.zoo.catalog import ARCHITECTURES, Architecture, find
from tlcore.zoo.layers.tables import LayerTable, layer_table

_DEFAULT = "UNet,FCN8s"
_TELLING = 3  # differences that stand in sight


def show_comparison() -> None:
    """Draw the comparison of the networks named in the address."""
    if "architecture_compared" not in st.session_state:
        with errors_shown():
            names = st.query_params.get("names", _DEFAULT).split(",")
            go_to(compared=[find(name).name for name in names if name][:3])
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        names = st.multiselect(
            "Two or three networks",
            [row.name for row in ARCHITECTURES],
            format_func=lambda name: find(name).title,
            key="architecture_compared",
            max_selections=3,
            label_visibility="collapsed",
            placeholder="Two or three networks",
            width=560,
        )
        show_pairs()
    write_address(view="compare", names=",".join(names))
    rows = [find(name) for name in names]
    if len(rows) < 2:
        st.info("Choose at least two networks.", icon=":material/compare:")
        return
    tables = [layer_table(row.name) for row in rows]
    titles = [row.title for row in rows]
    one, other = _which_two(rows)
    _show_differences(differences(tables[one], tables[other], (titles[one], titles[other])))
    are_drawn = show_pictures(rows, tables)
    tabs: dict[str, Callable[[], object]] = {
        "Block by block": lambda: show_alignment(rows[one], rows[other]),
        "Costs": lambda: _show_costs(tables, titles),
        "All figures": lambda: st.table(_all_figures(rows, tables), hide_index=True, border="horizontal"),
    }
    if are_drawn:
        tabs["Feature maps"] = lambda: show_towers(rows, tables)
    for tab, draw in zip(st.tabs(list(tabs), key="compared_tab", on_change="rerun"), tabs.values(), strict=True):
        if tab.open:
            with tab:
                draw()


def _show_differences(found: list[Difference]) -> None:
    """The most telling differences beside each other, the others behind a quiet line."""
    st.subheader("What differs", anchor=False)
    for column, difference in zip(st.columns(_TELLING, gap="medium"), found[:_TELLING], strict=False):
        column.markdown(f"**{plain(difference.headline)}**  \n{plain(difference.text)}")
    if found[_TELLING:]:
        with st.expander("More differences"):
            st.markdown("\n".join(f"- **{plain(more.headline)}**: {plain(more.text)}" for more in found[_TELLING:]))


def _which_two(rows: list[Architecture]) -> tuple[int, int]:
    """Of three networks let two be chosen to be told apart."""
    pairs = {
        f"{rows[one].title} and {rows[other].title}": (one, other) for one, other in combinations(range(len(rows)), 2)
    }
    chosen = next(iter(pairs))
    if len(pairs) > 1:
        key = f"aligned-{'-'.join(row.name for row in rows)}"
        chosen = st.segmented_control("Which two", list(pairs), default=chosen, required=True, key=key)
    return pairs[chosen]


def _show_costs(tables: list[LayerTable], titles: list[str]) -> None:
    left, right = st.columns(2, gap="large")
    for column, measure, title in (
        (left, "parameters", "Where the parameters are"),
        (right, "multiply_adds", "Where the work is"),
    ):
        with column:
            st.subheader(title, anchor=False)
            figure = compared_shares_figure(tables, titles, measure)
            st.plotly_chart(figure, config=PLAIN, key=f"compared-{measure}", alt=title)
            st.caption("Where a line is steep, that part of the network costs a lot.")


def _all_figures(rows: list[Architecture], tables: list[LayerTable]) -> dict[str, list[str]]:
    """One line a fact, one column a network."""
    facts = {
        "Year": lambda row, table: str(row.year),
        "Family": lambda row, table: row.family,
        "Input": lambda row, table: shape_text(row.input_shape),
        "Parameters": lambda row, table: f"{table.parameters:,}",
        "Multiply-adds per image": lambda row, table: f"{table.multiply_adds:,}",
        "Depth (layers with weights on the longest path)": lambda row, table: str(table.depth),
        "Total layers": lambda row, table: str(len(table.rows)),
        "Sums": lambda row, table: str(joins_of(table)["sum"]),
        "Concatenations": lambda row, table: str(joins_of(table)["concatenation"]),
        "Gates": lambda row, table: str(joins_of(table)["gate"]),
        "Last feature maps": lambda row, table: shape_text(table.row(row.last_feature_layer).output_shape),
        "Top-1 accuracy": lambda row, table: f"{row.top1:.1f} %{row.accuracy_mark}" if row.top1 else "not rated",
        "Top-5 accuracy": lambda row, table: f"{row.top5:.1f} %" if row.top5 else "not rated",
        "Accuracy by": lambda row, table: row.accuracy_source or "not rated",
        "Also trained on": lambda row, table: row.also_saw or "nothing else",
        "Weights file": lambda row, table: f"{row.weights_bytes / 1e6:,.0f} MB" if row.weights_bytes else "none",
        "Pretrained weights": lambda row, table: row.why_no_weights or weights_place(row),
        "Preprocessing": lambda row, table: PREPROCESSING.find(row.preprocessing).help,
    }
    columns = {"": list(facts)}
    for row, table in zip(rows, tables, strict=True):
        columns[row.title] = [read(row, table) for read in facts.values()]
    return columns
