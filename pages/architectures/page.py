"""The zoo: all architectures, one of them in depth, a few side by side, or your own."""

import streamlit as st

from pages.architectures.address import follow_history, go_to, remembered
from pages.architectures.gallery import show_gallery
from pages.architectures.network import show_network
from pages.architectures.opened_file import show_own_file
from pages.architectures.side_by_side import show_comparison
from pages.ui.errors import errors_shown

VIEWS = {
    "gallery": ("All", show_gallery),
    "network": ("One", show_network),
    "compare": ("Side by side", show_comparison),
    "file": ("Your own", show_own_file),
}


follow_history()
if remembered("view", "network" if "name" in st.query_params else "gallery") not in VIEWS:
    go_to(view="gallery")
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    st.title("Architectures", width="content")
    st.segmented_control(
        "View",
        list(VIEWS),
        required=True,
        format_func=lambda name: VIEWS[name][0],
        key="architecture_view",
        label_visibility="collapsed",
    )
with errors_shown():
    VIEWS[st.session_state.architecture_view][1]()
