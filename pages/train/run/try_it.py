"""Trying the network of a finished run: a test photo, one's own, or the camera; the answer and where it looked."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from pages.train.run.mistakes import looked_at
from pages.ui.errors import errors_shown, safely, show_error
from pages.ui.heat import show_picture
from pages.ui.offer_jobs import offer_jobs
from pages.ui.text import plain
from tlcore.comparison.comparison import ComparedRun
from tlcore.datasets.dataset import open_dataset
from tlcore.errors import ImageError
from tlcore.inference.attention import has_maps
from tlcore.inference.classifier import Guess, classify
from tlcore.inference.many import PhotoFile, decode_photo
from tlcore.inference.networks.prepared import Prepared, run_request
from tlcore.runs.run import Run
from tlcore.settings import settings

_SOURCES = {
    "Test photos": ":material/photo_library:",
    "Your photo": ":material/upload:",
    "Camera": ":material/photo_camera:",
}
_TOP = 3
_BARS = """<style>
.tried .name {display: flex; justify-content: space-between; margin-top: .45rem; overflow-wrap: anywhere}
.tried .track {height: .6rem; border-radius: .3rem; background: color-mix(in srgb, currentColor 14%, transparent)}
.tried .bar {height: 100%; border-radius: .3rem; min-width: 2px}
.tried .first {font-weight: 650; font-size: 1.15rem}
</style>"""
_BAR = (
    '<div role="listitem"><div class="name{first}"><span>{name}</span><span>{share}</span></div>'
    '<div class="track"><div class="bar" style="width:{width:.2f}%;background:{color}"></div></div></div>'
)


def offer_network(run: Run, stay: Callable[[], None]) -> None:
    """Draw the way to a network that can be tried, where it is not prepared yet.

    Args:
        run: a finished training run.
        stay: says the page's address again: a fragment that draws the page anew may still carry an older one.
    """
    st.caption("To try this network and see where it looked, get it ready once. That takes about half a minute.")
    request = run_request(run.folder, run.plan, run.result["classes"], run.name)
    offer_jobs("prepare", {f"Prepare {run.name}": request}, "Get it ready to try", ":material/bolt:", stay)


@st.fragment
@errors_shown()
def show_trial(item: ComparedRun, network: Prepared) -> None:
    """Draw the ways to give a photo, and what the network makes of it.

    Args:
        item: a finished run.
        network: its network.
    """
    source = st.segmented_control(
        "Try it on",
        list(_SOURCES),
        default=next(iter(_SOURCES)),
        required=True,
        format_func=lambda name: f"{_SOURCES[name]} {name}",
        key=f"try-{item.run.id}",
    )
    truth = ""
    if source == "Test photos":
        photo, truth = _test_photo(item)
    else:
        photo = _own_photo(source, network.card.input_size, item.run.id)
    if photo is not None:
        _show_answer(item, network, photo, truth)


def _test_photo(item: ComparedRun) -> tuple[np.ndarray, str]:
    """One of the test photos, in an order that mixes the classes, with its class."""
    test = item.predictions()
    order = np.random.default_rng(0).permutation(len(test.indices))
    position = order[st.session_state.get(_place(item), 0) % len(order)]
    photo = open_dataset(item.run.plan["dataset"]).image(int(test.indices[position]))
    return photo, item.classes[test.labels[position]]


def _place(item: ComparedRun) -> str:
    return f"tried-{item.run.id}"


def _next(key: str) -> None:
    st.session_state[key] = st.session_state.get(key, 0) + 1


def _own_photo(source: str, target: int, run_id: str) -> np.ndarray | None:
    if source == "Camera":
        given = st.camera_input("Take a photo", key=f"try-camera-{run_id}", label_visibility="collapsed")
    else:
        given = st.file_uploader(
            "A photo of one of its classes, or of something else",
            max_upload_size=max(1, settings().max_image_bytes // 1_000_000),
            key=f"try-file-{run_id}",
            label_visibility="collapsed",
        )
    if given is None:
        return None
    try:
        return decode_photo(PhotoFile(given.file_id, given.name, given.getvalue), target)
    except ImageError as error:
        show_error(error)
        return None


def _show_answer(item: ComparedRun, network: Prepared, photo: np.ndarray, truth: str) -> None:
    [result] = classify(network, [photo], top=_TOP)
    best = result.best
    left, right = st.columns(2)
    with left:
        show_picture(result.square, "What it sees", "The photo as the network sees it")
    with right:
        if has_maps(network):
            words = f"Red speaks for {best.name}"
            show_picture(looked_at(network, result.square, best.index), words, f"{words} (Grad-CAM)")
        else:
            st.caption("Its features have no positions, so where it looked cannot be shown.")
    st.html(_bars(result.guesses, item.strategy.color))
    if not truth:
        st.caption(f"It knows {len(item.classes):,} classes and takes everything for one of them.")
        return
    verdict = ":green[:material/check: Right]" if truth == best.name else ":red[:material/close: Wrong]"
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"{verdict}: this is **{plain(truth)}**, not seen in training.", width="content")
        label, key = "Another one", _place(item)
        st.button(label, icon=":material/skip_next:", on_click=safely(_next), args=(key,), key=f"next-{key}")


def _bars(guesses: Sequence[Guess], color: str) -> str:
    rows = "".join(
        _BAR.format(
            first="" if place else " first",
            name=html.escape(guess.name),
            share=_share_text(guess.probability),
            width=100 * guess.probability,
            color=color,
        )
        for place, guess in enumerate(guesses)
    )
    return f'{_BARS}<div class="tried" role="list">{rows}</div>'


def _share_text(probability: float) -> str:
    percent = round(100 * probability)
    return "&lt; 1 %" if percent == 0 else "&gt; 99 %" if percent == 100 else f"{percent} %"
