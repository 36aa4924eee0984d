"""The router: which page an address means. It runs for every visitor and every change."""

import streamlit as st

from pages.entrance.visitor import let_in
from pages.ui.errors import errors_shown, keep_fields_after_errors

# An emoji is drawn by the browser itself: a named icon would be fetched from the network, a picture needs imports.
st.set_page_config(page_title="Transfer Learning Studio", page_icon="🎓", layout="wide")

# No setting of the theme changes these: Streamlit leaves a tenth of a laptop's screen empty above each title, in dark
# writes the label of an open popover in dark blue on dark blue, and cuts off the ring around a tab that has the
# keyboard's focus above and below, so that two bars are left: here the tab stands on a patch of color instead.
st.html(
    "<style>[data-testid='stMainBlockContainer'] {padding-top: 3.5rem}\n"
    "[data-testid='stPopoverButton'][kind='tertiary'] {color: inherit !important}\n"
    "[data-testid='stTab']:focus-visible {text-decoration: underline; text-underline-offset: .3em; "
    "background: rgba(0, 114, 178, .2); box-shadow: 0 0 0 .35rem rgba(0, 114, 178, .2) !important}</style>"
)

# Frozen layers with a trained head on top: the studio's subject as its mark.
st.logo(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 32" width="36" height="32">'
    '<path d="M4 27h28M4 19h28M4 11h28" stroke="#94A3B8" stroke-width="6" stroke-linecap="round"/>'
    '<path d="M13 3h10" stroke="#0072B2" stroke-width="6" stroke-linecap="round"/></svg>',
    size="large",
)

let_in()
_ADDRESSES = {"lesson": "class"}  # pupils type it
rooms = [
    ("home", "Home", ":material/home:"),
    ("architectures", "Architectures", ":material/account_tree:"),
    ("classify", "Classify", ":material/image_search:"),
    ("teach", "Teach", ":material/photo_camera:"),
    ("datasets", "Datasets", ":material/photo_library:"),
    ("train", "Train", ":material/model_training:"),
    ("compare", "Compare", ":material/compare_arrows:"),
    ("lesson", "Class", ":material/groups:"),
]
pages = [
    st.Page(f"{room}/page.py", title=title, icon=icon, url_path=_ADDRESSES.get(room, room), default=room == "home")
    for room, title, icon in rooms
]
page = st.navigation(pages)
with errors_shown():
    page.run()

# Last, as the store takes a moment to import on the first visit to a fresh server.
from pages.ui.running.status import show_status  # noqa: E402

show_status()

from pages.ui.warm_up import keep_worker_warm, warm_up  # noqa: E402

keep_worker_warm()
warm_up()
keep_fields_after_errors()
