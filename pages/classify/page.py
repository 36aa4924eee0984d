"""Classify: photos in, the most probable classes out, and where the network looked."""

import streamlit as st

from pages.classify.batch import show_batch
from pages.classify.input import pick_photos
from pages.classify.map import show_map
from pages.classify.networks import pick_networks, show_preparation
from pages.classify.own import offer_own, show_own
from pages.classify.result import show_photo
from pages.ui.errors import errors_shown

st.title("Classify")
st.write("Give a network a photo and it names what it sees.")
with errors_shown():
    photos = pick_photos()
    networks, mode = pick_networks()
    offer_own()
    ready = show_preparation(networks)
    if photos and ready:
        photo, rows = (photos[0], []) if len(photos) == 1 else show_batch(photos, ready[0], mode)
        if photo:
            show_photo(photo, ready, mode)
        show_map(rows, photo)
    show_own(ready, photos)
