"""The pictures with which a comparison begins: each network under its name, as a whole drawing where there is one."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from pages.architectures.drawings import show_drawing
from pages.ui.figure import PLAIN, text_color
from pages.ui.text import plain
from tlcore.figures.architecture.colors import shape_text, short_number
from tlcore.figures.architecture.tower import tower_caption, tower_figures
from tlcore.zoo.architecture import Architecture
from tlcore.zoo.layers.padding import lasting_zeros
from tlcore.zoo.layers.sketch import sketch
from tlcore.zoo.layers.tables import LayerTable


def show_pictures(rows: Sequence[Architecture], tables: Sequence[LayerTable]) -> bool:
    """Draw networks beside each other, each under its name: all as whole drawings, or as towers.

    Args:
        rows: two or three networks.
        tables: their layers.

    Returns:
        Whether they are drawn as wholes, so that their towers are still to be shown.
    """
    whole = [_draws_all(row, table) for row, table in zip(rows, tables, strict=True)]
    are_drawn = all(whole)
    if are_drawn:
        for column, row, table in zip(st.columns(len(rows), gap="large"), rows, tables, strict=True):
            with column:
                _show_name(row, table)
                _show_lesson(row)
                _show_part(row, table)
    else:
        show_towers(rows, tables)
        if not any(whole) and all(row.drawings for row in rows):  # then their blocks can be compared
            for column, row, table in zip(st.columns(len(rows), gap="large"), rows, tables, strict=True):
                with column:
                    _show_part(row, table)
    return are_drawn


def show_towers(rows: Sequence[Architecture], tables: Sequence[LayerTable]) -> None:
    """Draw the feature maps of networks on the same axes, each under its name.

    Args:
        rows: the networks.
        tables: their layers.
    """
    for column, row, table, figure in zip(
        st.columns(len(rows), gap="large"), rows, tables, tower_figures(tables), strict=True
    ):
        with column:
            _show_name(row, table)
            _show_lesson(row)
            draw_tower(figure, f"tower-{row.name}")
    st.caption(" ".join([tower_caption(tables), *map(_padding_words, rows, tables)]))


def draw_tower(figure: go.Figure, key: str) -> None:
    """Draw a tower of feature maps.

    Args:
        figure: of `tlcore.figures.architecture.tower`.
        key: unique on the page.
    """
    color = text_color()
    figure.update_traces(textfont_color=color).update_xaxes(tickfont_color=color)
    st.plotly_chart(figure, config=PLAIN, key=key, alt="Feature maps by depth")


def _padding_words(row: Architecture, table: LayerTable) -> str:
    """Why maps are larger than what came in; "" where none are."""
    for layer in table.rows:
        zeros = lasting_zeros(table, layer)
        if zeros:
            before, after = (shape_text(one.output_shape[:2]) for one in (table.row(layer.connected_to[0]), layer))
            return (
                f"{plain(row.title)} first puts {zeros} zeros around its input on each side: {before} becomes {after}. "
                f"With the one of its first filter this is what its paper calls pad {zeros + 1}."
            )
    return ""


def _draws_all(row: Architecture, table: LayerTable) -> bool:
    first = row.drawings[0] if row.drawings else None
    return first is not None and first.start == (table.rows[0].name,) and first.end == table.rows[-1].name


def _show_name(row: Architecture, table: LayerTable) -> None:
    st.markdown(
        f"### {plain(row.title)}\n**{short_number(table.parameters)}** parameters · **{table.depth}** layers deep · "
        f"{row.year}"
    )


def _show_lesson(row: Architecture) -> None:
    st.markdown(f":small[{plain(row.lesson)}]")


def _show_part(row: Architecture, table: LayerTable) -> None:
    drawing = row.drawings[0]
    show_drawing(row, drawing, sketch(table, drawing.start, drawing.end))
