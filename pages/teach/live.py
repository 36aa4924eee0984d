"""The camera and the classes: small pictures come from the browser, what the head makes of them goes back."""

from __future__ import annotations

import base64
import time
from pathlib import Path

import streamlit as st

from pages.teach.acts import Outcome, Session, icons_of, obey, state_of
from pages.teach.keep import keep
from pages.teach.photos import take_photos
from pages.ui.browser.cameras import CAMERA_PROGRAM, CAMERA_WORDS, LONGEST_WAIT, cameras, this_camera
from pages.ui.errors import errors_shown, safely
from pages.ui.guesses import STYLE
from tlcore.errors import ImageError, StudioError
from tlcore.figures.pictures import heat_colors
from tlcore.inference.live import frame_side, read_frame, sight_of
from tlcore.teaching.collection import FEWEST_FRAMES, MOST_FRAMES
from tlcore.teaching.teacher import Teacher
from tlcore.text import probability_text

_KEY = "teach"
_SESSION, _MESSAGE, _ANSWER = "teach-session", "teach-message", "teach-answer"
_WORDS = {
    "no_camera": "This browser gives a camera only to pages at https:// or at localhost. Photos work everywhere: "
    "choose some for each class; a phone offers its own camera there. For the live camera, whoever runs the studio:\n"
    "1. starts it with TLCORE_SHARED=1 TLCORE_HOSTS=studio.school.example and without --server.address,\n"
    "2. runs caddy reverse-proxy --from studio.school.example --to localhost:8501 on the same machine,\n"
    "3. gives everybody the address https://studio.school.example and the access code.",
    **CAMERA_WORDS,
    "unreadable": "This browser cannot open that file. Choose a JPEG or PNG.",
    "starting": "The camera is starting. Then hold the button again.",
}
_BROWSER = Path(__file__).parent / "browser"
_draw = st.components.v2.component(
    "teach_by_camera",
    html=(_BROWSER / "teach.html").read_text("utf-8"),
    css=STYLE + (_BROWSER / "teach.css").read_text("utf-8"),
    js=CAMERA_PROGRAM + "".join((_BROWSER / name).read_text("utf-8") for name in ("cards.js", "teach.js")),
)


def teach_session() -> Session:
    """What whoever looks at the page teaches; it is in memory, and goes with the session."""
    if _SESSION not in st.session_state:
        with st.spinner("Opening the network"):
            st.session_state[_SESSION] = Session(Teacher())
    return st.session_state[_SESSION]


@st.fragment
@errors_shown()
def show_teaching() -> None:
    """Draw the camera and the classes; only this is redrawn with each picture."""
    session = teach_session()
    message = st.session_state.pop(_MESSAGE, None)
    if isinstance(message, dict):
        st.session_state[_ANSWER] = _answer(session, message)
    refused = take_photos(session)
    data = {
        "words": _WORDS,
        "side": frame_side([session.teacher.base]),
        "fewest": FEWEST_FRAMES,
        "most": MOST_FRAMES,
        "state": state_of(session),
        "refused": refused,
        "answer": st.session_state.get(_ANSWER),
    }
    _draw(key=_KEY, data=data, on_said_change=safely(_keep_message))


def _keep_message() -> None:
    st.session_state[_MESSAGE] = st.session_state[_KEY]["said"]


def _answer(session: Session, message: dict) -> dict:
    """What goes back to the browser for one message."""
    camera = this_camera()
    time.sleep(min(cameras().wait(camera), LONGEST_WAIT))  # who sends as told never waits here
    started = time.perf_counter()
    outcome = obey(session, message)
    if outcome.maps is None and message.get("picture") is not None:
        try:
            outcome.maps = session.teacher.maps([read_frame(message["picture"])])[-1]
        except ImageError as error:
            outcome.trouble = str(error)
    if outcome.keep:
        try:
            keep(session, outcome.keep)
        except StudioError as error:
            outcome.trouble = str(error)
    sight = _sight(session, outcome)
    if outcome.maps is not None:
        cameras().note(camera, time.perf_counter() - started)
    missing = message.get("missing")
    return {
        "number": message.get("number"),
        "pause": cameras().wait(camera),
        "trouble": outcome.trouble,
        "sight": sight,
        "picture": f"data:image/jpeg;base64,{base64.b64encode(outcome.picture).decode()}" if outcome.picture else "",
        "icons": icons_of(session, [*outcome.begun, *(missing if isinstance(missing, list) else [])]),
    }


def _sight(session: Session, outcome: Outcome) -> dict | None:
    """What the head makes of the last picture, class by class; None without a picture or a head."""
    network = session.teacher.network() if outcome.maps is not None else None
    if network is None or outcome.maps is None:
        return None
    sight = sight_of(network, outcome.maps, len(network.names))
    guesses = sorted(sight.guesses, key=lambda guess: guess.index)  # bars stay where they are
    return {
        "share": sight.share,
        "heat": None if sight.heat is None else heat_colors(sight.heat),
        "best": sight.guesses[0].index,
        "bars": [
            [guess.name, probability_text(guess.probability), round(100 * guess.probability, 1)] for guess in guesses
        ],
    }
