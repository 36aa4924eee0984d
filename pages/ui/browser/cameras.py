"""The live cameras of all pages: whose turn it is, what the browser runs, and what it says without a camera."""

from __future__ import annotations

import secrets
from pathlib import Path

import streamlit as st

from tlcore.inference.live import Cameras

CAMERA_PROGRAM = Path(__file__).with_name("camera.js").read_text("utf-8")
CAMERA_WORDS = {
    "not_allowed": "The browser was not allowed to use the camera. Allow it, most often at the left end of the address "
    "bar, and start again.",
    "not_found": "No camera was found, or another program uses it. Connect one, or close that program, then start.",
}
LONGEST_WAIT = 1.0  # seconds that a picture waits for its turn
_CAMERA = "live-camera"


@st.cache_resource(show_spinner=False)
def cameras() -> Cameras:
    """Those of everybody, on all pages."""
    return Cameras()


def this_camera() -> str:
    """The name of the camera of whoever looks at the page."""
    return st.session_state.setdefault(_CAMERA, secrets.token_hex(8))
