"""The choice of the first layer to train, on a picture of the network."""

from __future__ import annotations

import streamlit as st

from pages.ui.compare_figure import show_figure
from tlcore.reports.trained_layers import trained_figure, trained_table
from tlcore.training.boundary import used_rows
from tlcore.training.defaults import suggest_first_trainable
from tlcore.training.strategies import find_strategy
from tlcore.zoo import catalog


def choose_layer(backbone: str, cut: str, strategy: str, value: str, help: str, key: str) -> str:
    """Draw the network, and for strategies that need it the choice of where training begins.

    Args:
        backbone: name of an architecture.
        cut: name of its layer whose output feeds the head; "" for the usual one.
        strategy: a key of `tlcore.training.strategies`.
        value: the layer to begin with.
        help: one sentence on the choice.
        key: unique on the page.

    Returns:
        The first layer that is trained, as a plan writes it: "" unless the strategy needs one.
    """
    architecture = catalog.find(backbone)
    rows = used_rows(architecture, cut)
    names, row = [layer.name for layer in rows], find_strategy(strategy)
    chosen = ""
    picture = st.container()
    if row.needs_layer:
        st.session_state.setdefault(key, value if value in names else suggest_first_trainable(architecture, cut))
        chosen = st.select_slider("Fine-tune from layer", names, help=help, key=key)
    first = chosen or (names[0] if row.trains_backbone else "")
    with picture:
        show_figure(
            trained_figure(rows, first, strategy),
            lambda: trained_table(rows, first),
            f"trained-layers-{backbone}",
            key=f"picture-{key}",
            alt=f"The blocks of {backbone} from input to cut; {row.title.lower()} trains "
            + (f"those from {first} on." if first else "none of them, only the head."),
        )
    return chosen
