"""One picture on a page."""

from __future__ import annotations

from typing import Literal

import numpy as np
import streamlit as st

from pages.ui.photos import jpeg_address
from pages.ui.text import plain

_SHOWN_PIXELS = 900


def show_picture(
    picture: np.ndarray, caption: str, description: str, width: int | Literal["stretch"] = "stretch"
) -> None:
    """Draw an image, never larger than a screen needs.

    Args:
        picture: uint8 (height, width, 3 or 1).
        caption: stands below it.
        description: for those who cannot see it.
        width: in pixels, or "stretch".
    """
    step = max(1, max(picture.shape[:2]) // _SHOWN_PIXELS)
    # A file of its own might be gone before the browser asks for it: photos that are uploaded together come one by one.
    address = jpeg_address(np.ascontiguousarray(picture[::step, ::step].squeeze()))
    st.image(address, caption=plain(caption), alt=description, width=width)
