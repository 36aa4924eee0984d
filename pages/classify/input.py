"""Where photos come from: samples on this machine, files, the clipboard, or a camera."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st

from pages.classify.kept import kept_files
from pages.ui.compat import UploadedFile
from pages.ui.errors import safely
from tlcore.errors import ImageError
from tlcore.images.decode import read_bytes
from tlcore.images.kinds import USUAL
from tlcore.images.samples import SamplePhoto, sample_photos
from tlcore.inference.many import PhotoFile
from tlcore.settings import settings

SAMPLES, OWN, CAMERA = "Samples", "Your photos", "Live camera"
_KEY = "photos-from"
_listen = st.components.v2.component(
    "given_files", js=(Path(__file__).parent / "browser" / "files.js").read_text("utf-8")
)


def pick_source() -> str:
    """Draw the choice where photos come from; it is kept in the page's address.

    Returns:
        SAMPLES, OWN or CAMERA.
    """
    sources = [SAMPLES, OWN, CAMERA] if sample_photos() else [OWN, CAMERA]
    source = st.segmented_control(
        "Photos from",
        sources,
        default=None if _KEY in st.session_state else sources[0],  # Streamlit wants only one to name a value
        required=True,
        key=_KEY,
        bind="query-params",
    )
    return source or sources[0]


def take_given() -> None:
    """Take photos that are pasted or dropped anywhere on the page, and those that the camera keeps."""
    _listen(key="given-files", on_asked_change=safely(_choose_own))


def _choose_own() -> None:
    st.session_state[_KEY] = OWN


def sample_files() -> list[PhotoFile]:
    """The samples, not decoded yet."""
    return [_sample(sample) for sample in sample_photos()]


def _sample(sample: SamplePhoto) -> PhotoFile:
    return PhotoFile(str(sample.path), sample.title, partial(read_bytes, sample.path))


def own_files() -> list[PhotoFile]:
    """Draw the field for photos.

    Returns:
        The photos given, in the order in which they came, not decoded yet.
    """
    return [_uploaded(upload) for upload in kept_files("photos", _chosen, "Photos")]


def _chosen() -> list[UploadedFile]:
    with st.container(key="given-photos"):
        return st.file_uploader(
            "Drop photos here, paste one (Ctrl+V), or choose files",
            accept_multiple_files=True,
            max_upload_size=max(1, settings().max_image_bytes // 1_000_000),
            help=f"{USUAL}. They stay on this machine.",
            key="photos",
        )


def _uploaded(upload: UploadedFile) -> PhotoFile:
    return PhotoFile(upload.file_id, upload.name, partial(_read_upload, upload))


def _read_upload(upload: UploadedFile) -> bytes:
    limit = settings().max_image_bytes
    if upload.size > limit:
        raise ImageError(
            f"a photo of at most {limit / 1e6:.0f} MB",
            f"{upload.name} at {upload.size / 1e6:.0f} MB",
            "Save a smaller copy, or raise TLCORE_MAX_IMAGE_BYTES.",
        )
    return upload.getvalue()
