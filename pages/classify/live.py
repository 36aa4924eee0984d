"""The live camera: small pictures come from the browser one by one, and what networks make of them goes back."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from pages.ui.browser.cameras import CAMERA_PROGRAM, CAMERA_WORDS, LONGEST_WAIT, cameras, this_camera
from pages.ui.errors import errors_shown, safely
from pages.ui.guesses import STYLE
from tlcore.errors import ImageError
from tlcore.figures.pictures import heat_colors
from tlcore.inference.live import Sight, frame_side, look, read_frame
from tlcore.inference.networks.choice import Network
from tlcore.inference.networks.prepared import Prepared
from tlcore.text import probability_text

_KEY = "live"
_FRAME, _ANSWER = "live-frame", "live-answer"
_TOP_OF_ONE, _TOP_OF_SEVERAL = 5, 3
_WORDS = {
    "no_camera": "This browser gives a camera only to pages at https:// or at localhost. On the machine that runs the "
    "studio, open it as http://localhost. Elsewhere take a photo with your phone's own camera and choose it under "
    "“Your photos”, or ask whoever runs the studio for its https:// address.",
    **CAMERA_WORDS,
}
_BROWSER = Path(__file__).parent / "browser"
_draw = st.components.v2.component(
    "live_camera",
    html=(_BROWSER / "live.html").read_text("utf-8"),
    css=STYLE + (_BROWSER / "live.css").read_text("utf-8"),
    js=CAMERA_PROGRAM + (_BROWSER / "live.js").read_text("utf-8"),
)


@st.fragment
@errors_shown()
def show_live(networks: Sequence[Network], mode: str) -> None:
    """Draw the camera and what networks make of what it sees; only this is redrawn with each picture.

    Args:
        networks: one or more that are ready.
        mode: resize mode, "" for each network's own.
    """
    prepared = [network.load() for network in networks]
    frame = st.session_state.pop(_FRAME, None)
    if isinstance(frame, dict):
        st.session_state[_ANSWER] = _answer(prepared, frame, mode)
    data = {**_WORDS, "side": frame_side(prepared, mode), "answer": st.session_state.get(_ANSWER)}
    _draw(key=_KEY, data=data, on_frame_change=safely(_keep_frame))
    st.caption("Frames go only to the machine that runs this studio. None is stored.")


def _keep_frame() -> None:
    st.session_state[_FRAME] = st.session_state[_KEY]["frame"]


def _answer(prepared: list[Prepared], frame: dict, mode: str) -> dict:
    """What goes back to the browser for one picture."""
    camera = this_camera()
    time.sleep(min(cameras().wait(camera), LONGEST_WAIT))  # who sends as told never waits here
    started, trouble, sights = time.perf_counter(), "", []
    try:
        top = _TOP_OF_ONE if len(prepared) == 1 else _TOP_OF_SEVERAL
        sights = look(prepared, read_frame(frame.get("picture")), top, mode)
    except ImageError as error:
        trouble = str(error)
    cameras().note(camera, time.perf_counter() - started)
    return {
        "number": frame.get("number"),
        "pause": cameras().wait(camera),
        "trouble": trouble,
        "sights": [_plain_values(sight) for sight in sights],
    }


def _plain_values(sight: Sight) -> dict:
    return {
        "title": sight.title,
        "share": sight.share,
        "heat": None if sight.heat is None else heat_colors(sight.heat),
        "guesses": [
            [guess.name, probability_text(guess.probability), round(100 * guess.probability, 1)]
            for guess in sight.guesses
        ],
    }
