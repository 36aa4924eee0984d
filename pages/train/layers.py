"""The choice of the layers to train, on a picture of the network."""

from __future__ import annotations

import streamlit as st

from pages.ui.figure import show_figure
from tlcore.figures.trained_layers import trained_figure, trained_table
from tlcore.training.features.boundary import used_rows
from tlcore.training.plans.defaults import suggest_first_trainable
from tlcore.training.plans.strategies import find_strategy
from tlcore.zoo import catalog


def choose_layers(
    backbone: str, cut: str, strategy: str, value: tuple[str, str], help: str, key: str
) -> tuple[str, str]:
    """Draw the network, and for strategies that need it the choice of the block that is trained.

    Args:
        backbone: name of an architecture.
        cut: name of its layer whose output feeds the head; "" for the usual one.
        strategy: a key of `tlcore.training.plans.strategies`.
        value: the first layer of the block to begin with, and the last one, "" for the last of all.
        help: on the choice.
        key: unique on the page.

    Returns:
        The first and the last layer that are trained, as a plan writes them.
    """
    architecture = catalog.find(backbone)
    rows = used_rows(architecture, cut)
    names, row = [layer.name for layer in rows], find_strategy(strategy)
    first, last = names[0] if row.trains_backbone else "", ""
    chosen = ("", "")
    picture = st.container()
    if row.needs_layer:
        begin = value[0] if value[0] in names else suggest_first_trainable(architecture, cut)
        end = value[1] if value[1] in names else names[-1]
        label = "First and last layer to fine-tune"
        first, last = st.select_slider(label, names, value=(begin, end), help=help, key=key)
        chosen = (first, "" if last == names[-1] else last)
    with picture:
        show_figure(
            trained_figure(rows, first, strategy, last),
            lambda: trained_table(rows, first, last),
            f"trained-layers-{backbone}",
            key=f"picture-{key}",
            alt=f"The blocks of {backbone} from input to cut; {row.title.lower()} trains "
            + (f"the ones from {first} to {last or names[-1]}." if first else "none of them, only the head."),
        )
    return chosen
