"""Classify: photos in, the most probable classes out, and where the network looked."""

from pathlib import Path

import streamlit as st

from pages.classify.batch import Row, classified, show_refused
from pages.classify.gallery import choose_photo, choose_sample
from pages.classify.input import CAMERA, SAMPLES, own_files, pick_source, sample_files, take_given
from pages.classify.live import show_live
from pages.classify.more import show_more
from pages.classify.networks import pick_networks, show_preparation
from pages.classify.result import Answer, show_answers, show_photo
from pages.ui.errors import errors_shown
from tlcore.inference.many import PhotoFile
from tlcore.inference.networks.choice import Network

_WIDTHS_OF_CHOICES = (2, 3)  # of where photos come from and networks, whose names want room
_WIDTHS = (4, 5)  # of photo and answers
_WIDTHS_OF_MANY = (2, 5)  # with more than two networks


def _pick_photo(source: str, ready: list[Network], mode: str) -> tuple[PhotoFile | None, list[Row]]:
    """Draw the photos there are: the one that is chosen, and the rows of all where there are several."""
    if source == SAMPLES:
        return choose_sample(sample_files()), []
    photos = own_files()
    if len(photos) < 2 or not ready:
        return (photos[-1] if photos else None), []
    rows = classified(photos, ready[0], mode)
    show_refused(rows)
    good = [row for row in rows if row.guesses]
    if not good:
        return None, rows
    first = _first_of_the_newest([row.file.key for row in good])
    chosen = choose_photo([row.file for row in good], [row.thumbnail for row in good], first, f"of-{good[-1].file.key}")
    return good[chosen].file, rows


def _first_of_the_newest(keys: list[str]) -> int:
    """Which photo is opened first: of those that were given last, the first; it stays so until others are given."""
    state: dict = st.session_state.setdefault("photos-opened", {"keys": [], "first": 0})
    if keys != state["keys"]:
        known = set(state["keys"])
        state.update(keys=keys, first=next((place for place, key in enumerate(keys) if key not in known), 0))
    return state["first"]


st.title("Classify")
# On a phone the answer is to be on the first screen, too.
st.html(Path(__file__).parent / "browser" / "page.css")
st.write("Choose a photo. A network names what it sees, and shows where it looked.")
with errors_shown():
    left, right = st.columns(_WIDTHS_OF_CHOICES, gap="medium")
    with left:
        source = pick_source()
    with right:
        networks, mode, missing = pick_networks()
    ready = show_preparation(networks)
    photo: PhotoFile | None = None
    answers: list[Answer] = []
    rows: list[Row] = []
    if source != CAMERA:
        left, right = st.columns(_WIDTHS_OF_MANY if len(ready) > 2 else _WIDTHS, gap="medium")
        with left:
            photo, rows = _pick_photo(source, ready, mode)
            answers = show_photo(photo, ready, mode) if photo else []
        with right:
            if answers:
                show_answers(answers)
        if photo or source == SAMPLES:
            show_more(photo, answers, rows, ready, missing, mode)
    elif ready:
        show_live(ready, mode)
    take_given()
