"""Pieces that the pages share."""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

# A server whose first visitor asks for one page by its address would take `pages/` for its older kind of app, without
# this app's router, until somebody opens the home page. The first import ends that.
if PagesManager.uses_pages_directory:
    PagesManager.uses_pages_directory = False
    if st.runtime.exists():
        st.rerun()
