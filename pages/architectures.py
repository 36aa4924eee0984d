"""The zoo: all architectures, one of them in depth, a few side by side, or your own."""

import streamlit as st

from pages.ui.architecture_address import follow_history, go_to, remembered
from pages.ui.architecture_compare import show_comparison
from pages.ui.architecture_file import show_own_file
from pages.ui.architecture_gallery import show_gallery
from pages.ui.architecture_network import show_network

VIEWS = {
    "gallery": ("All networks", show_gallery),
    "network": ("One network", show_network),
    "compare": ("Side by side", show_comparison),
    "file": ("Your own network", show_own_file),
}


follow_history()
st.title("Architectures")
if remembered("view", "network" if "name" in st.query_params else "gallery") not in VIEWS:
    go_to(view="gallery")
st.segmented_control(
    "View",
    list(VIEWS),
    required=True,
    format_func=lambda name: VIEWS[name][0],
    key="architecture_view",
    label_visibility="collapsed",
)
VIEWS[st.session_state.architecture_view][1]()
