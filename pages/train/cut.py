"""What a plan cuts off its backbone, said where the backbone is chosen, with the ways to another cut."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from pages.ui.errors import safely
from pages.ui.prefill import prefill
from tlcore.text import count_text
from tlcore.training.features.boundary import used_rows
from tlcore.zoo import catalog

_OF_A_CUT = ("cut_layer", "first_trainable", "last_trainable")


def show_cut(backbone: str, values: Mapping[str, object]) -> None:
    """Draw what is cut, where a plan cuts earlier than usual.

    Args:
        backbone: name of an architecture.
        values: fields of a plan by name, "cut_layer" among them.
    """
    architecture, cut = catalog.find(backbone), str(values["cut_layer"])
    if cut in ("", architecture.last_feature_layer):
        return
    usual, kept = used_rows(architecture), used_rows(architecture, cut)
    shape = " × ".join(map(str, kept[-1].output_shape))
    parameters = sum(row.parameters for row in usual) - sum(row.parameters for row in kept)
    st.info(
        f"**Cut after `{cut}`** ({shape}): the new head goes here. The {count_text(len(usual) - len(kept), 'layer')} "
        f"behind it, with {parameters:,} parameters, and the network's own classifier are left out.",
        icon=":material/content_cut:",
    )
    with st.container(horizontal=True):
        if st.button("See the cut on Architectures", type="tertiary", icon=":material/arrow_back:"):
            st.switch_page("architectures/page.py", query_params={"name": backbone})
        whole = {name: value for name, value in values.items() if name not in _OF_A_CUT}
        st.button(
            "Use all its layers", type="tertiary", icon=":material/undo:", on_click=safely(prefill), args=(whole,)
        )
