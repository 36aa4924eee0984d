"""Trying the network of a finished run: a test photo, one's own, or the camera; the answer and where it looked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from pages.train.run.pictures import looked_at, side_by_side
from pages.ui.errors import errors_shown, safely
from pages.ui.guesses import guesses_html
from pages.ui.offer_jobs import offer_jobs
from pages.ui.photos import webp_address
from pages.ui.text import plain
from tlcore.comparison.comparison import ComparedRun
from tlcore.datasets.dataset import open_dataset
from tlcore.images.resize import shape_seen
from tlcore.inference.attention import has_maps
from tlcore.inference.classifier import Guess, best_guesses, classify, see
from tlcore.inference.many import PhotoFile, decode_photo
from tlcore.inference.networks.prepared import Prepared, run_card, run_request
from tlcore.runs.run import Run
from tlcore.settings import settings

_TEST, _CAMERA = "Test photos", "Camera"
_SOURCES = {
    _TEST: ":material/photo_library:",
    "Your photo": ":material/upload:",
    _CAMERA: ":material/photo_camera:",
}
_TOP = 3
_WIDTH = 230  # pixels of a picture
# An image of a fixed width is drawn that wide, also where the screen is narrower; its caption begins where it does.
_NARROW = """<style>
[class*="st-key-tried-picture"] :is([data-testid="stElementContainer"], [data-testid="stImage"],
  [data-testid="stImageContainer"], img) {max-width: 100%; height: auto}
[class*="st-key-tried-picture"] [data-testid="stImageCaption"] {text-align: left; margin-top: .2rem}
</style>"""


@st.fragment
@errors_shown()
def show_trial(item: ComparedRun, network: Prepared | None, stay: Callable[[], None]) -> None:
    """Draw the ways to give a photo, and what the network makes of it.

    Args:
        item: a finished run.
        network: its network; None if it is not prepared: its stored answers to the test photos are there all the same.
        stay: says the page's address again: a fragment that draws the page anew may still carry an older one.
    """
    source = st.segmented_control(
        "Try it on",
        list(_SOURCES),
        default=_TEST,
        required=True,
        format_func=lambda name: f"{_SOURCES[name]} {name}",
        key=f"try-{item.run.id}",
    )
    if source == _TEST:
        _show_test_photo(item, network)
    if network is None:
        _offer_network(item.run, stay, at_once=source != _TEST)
    elif source != _TEST:
        _show_own_photo(item, network, source)


def _offer_network(run: Run, stay: Callable[[], None], at_once: bool) -> None:
    """Draw the way to a network that answers; who wants to give a photo need not ask for it."""
    st.caption("To try it on your own photos and see where it looked, it has to be made ready once, in some seconds.")
    request = run_request(run.folder, run.plan, run.result["classes"], run.name)
    jobs = {f"Prepare {run.name}": request}
    offer_jobs("prepare", jobs, "Get it ready to try", ":material/bolt:", stay, at_once)


def _show_test_photo(item: ComparedRun, network: Prepared | None) -> None:
    """Draw one of the test photos, in an order that mixes the classes, and the answer that is stored."""
    test, run = item.predictions(), item.run
    order = np.random.default_rng(0).permutation(len(test.indices))
    position = order[st.session_state.get(_place(item), 0) % len(order)]
    card = run_card(run.plan, item.classes, run.name)
    photo = open_dataset(run.plan["dataset"]).image(int(test.indices[position]), card.input_size)
    square = see(card, photo)
    guesses = best_guesses(item.classes, test.probabilities[position], _TOP)
    _show_answer(item, network, square, guesses, shape_seen(photo, card.resize))
    truth, answer = item.classes[test.labels[position]], guesses[0].name
    verdict = ":green[:material/check: Right]" if truth == answer else ":red[:material/close: Wrong]"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"{verdict}: this is **{plain(truth)}**, not seen in training.", width="content")
        label, key = "Another one", _place(item)
        st.button(label, icon=":material/skip_next:", on_click=safely(_next), args=(key,), key=f"next-{key}")


def _place(item: ComparedRun) -> str:
    return f"tried-{item.run.id}"


def _next(key: str) -> None:
    st.session_state[key] = st.session_state.get(key, 0) + 1


def _show_own_photo(item: ComparedRun, network: Prepared, source: str) -> None:
    if source == _CAMERA:
        given = st.camera_input("Take a photo", key=f"try-camera-{item.run.id}", label_visibility="collapsed")
    else:
        given = st.file_uploader(
            "A photo of one of its classes, or of something else",
            max_upload_size=max(1, settings().max_image_bytes // 1_000_000),
            key=f"try-file-{item.run.id}",
            label_visibility="collapsed",
        )
    if given is None:
        return
    photo = decode_photo(PhotoFile(given.file_id, given.name, given.getvalue), network.card.input_size)
    [result] = classify(network, [photo], top=_TOP)
    shape = shape_seen(photo, network.card.resize)
    _show_answer(item, network, result.square, result.guesses, shape)
    st.write(f"It knows only its {len(item.classes):,} classes and takes every photo for one of them.")


def _show_answer(
    item: ComparedRun, network: Prepared | None, square: np.ndarray, guesses: Sequence[Guess], shape: float
) -> None:
    best, pictures, words = guesses[0], [square], "What it sees"
    if network is not None and has_maps(network):
        words = f"What it sees, and in red what speaks for {best.name} (Grad-CAM)"
        pictures.append(looked_at(network, square, best.index))
    address, width = webp_address(side_by_side(*pictures, shape=shape)), len(pictures) * _WIDTH * min(1.0, shape)
    st.html(_NARROW)
    with st.container(key=f"tried-picture-{item.run.id}"):
        st.image(address, caption=plain(words), alt=words, width=round(width))
    st.html(guesses_html(guesses, item.strategy.color))
