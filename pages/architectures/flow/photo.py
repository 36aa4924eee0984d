"""The photo that flows through a network: a sample, or one's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st

from pages.ui.compat import UploadedFile, forget_upload
from pages.ui.errors import safely
from tlcore.images.decode import decode_image, read_bytes
from tlcore.images.kinds import USUAL
from tlcore.images.samples import sample_photos
from tlcore.settings import settings

_OWN, _FIELD, _SAMPLE = "flow-own-photo", "flow-upload", "flow-sample"
_OWN_TITLE = "Your photo"


def pick_photo(target: int) -> np.ndarray:
    """Draw the choice of a photo; what was given last is kept with the session.

    Args:
        target: the side that is wanted in the end, in pixels.

    Returns:
        uint8 (height, width, 3).
    """
    samples = {sample.title: sample.path for sample in sample_photos()}
    own = st.session_state.get(_OWN)
    titles = [*samples, *([_OWN_TITLE] if own is not None else [])]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        default = None if _SAMPLE in st.session_state else titles[min(1, len(titles) - 1)] if titles else None
        chosen = st.pills(
            "Photo", titles, default=default, required=bool(titles), key=_SAMPLE, label_visibility="collapsed"
        )
        with st.popover("Your own photo", icon=":material/add_a_photo:", type="tertiary"):
            st.file_uploader(
                f"A photo: {USUAL}",
                max_upload_size=max(1, settings().max_image_bytes // 1_000_000),
                help="It stays on this machine. A phone offers its camera here.",
                key=_FIELD,
                on_change=safely(_take),
            )
    if chosen == _OWN_TITLE and own is not None:
        return own
    return _sample(str(samples[chosen]), target) if chosen in samples else np.full((target, target, 3), 128, np.uint8)


def _take() -> None:
    upload: UploadedFile | None = st.session_state[_FIELD]
    if upload is not None:
        st.session_state[_OWN] = decode_image(upload.getvalue(), upload.name, 600)
        st.session_state[_SAMPLE] = _OWN_TITLE
        forget_upload(upload)


@st.cache_data(max_entries=16, show_spinner=False)
def _sample(path: str, target: int) -> np.ndarray:
    return decode_image(read_bytes(Path(path)), Path(path).name, target)
