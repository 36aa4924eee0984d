"""Where photos come from: files, the camera, the clipboard, or samples on this machine."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.classify.kept import kept_photos
from pages.classify.samples import show_samples
from pages.ui.compat import UploadedFile
from tlcore.errors import ImageError
from tlcore.images.decode import read_bytes
from tlcore.images.kinds import USUAL
from tlcore.images.samples import SamplePhoto, sample_photos
from tlcore.inference.many import PhotoFile
from tlcore.settings import settings

_SOURCES = {"Files": ":material/upload:", "Camera": ":material/photo_camera:", "Paste": ":material/content_paste:"}
_SAMPLES = "Samples"


def pick_photos() -> list[PhotoFile]:
    """Draw the ways to give photos.

    Returns:
        The photos given, not decoded yet.
    """
    symbols = _SOURCES | ({_SAMPLES: ":material/photo_library:"} if sample_photos() else {})
    source = st.segmented_control(
        "Photos from",
        list(symbols),
        default="Files",
        required=True,
        format_func=lambda name: f"{symbols[name]} {name}",
        label_visibility="collapsed",
        key="photo-source",
    )
    if source == _SAMPLES:
        return _sampled()
    return [_uploaded(upload) for upload in _given(source)]


def _given(source: str) -> list[UploadedFile]:
    if source == "Camera":
        return kept_photos("camera", _taken, adds=False)
    if source == "Paste":
        return kept_photos("pasted", _pasted, holds=False, adds=False)
    return kept_photos("photos", _chosen)


def _chosen() -> list[UploadedFile]:
    return st.file_uploader(
        f"Photos: {USUAL}",
        accept_multiple_files=True,
        max_upload_size=max(1, settings().max_image_bytes // 1_000_000),
        help="They stay on this machine.",
        key="photos",
    )


def _taken() -> list[UploadedFile]:
    taken = st.camera_input("Take a photo", key="camera")
    return [taken] if taken else []


def _pasted() -> list[UploadedFile]:
    """What is pasted now; a chat field is the widget that takes pictures from the clipboard."""
    with st.container():  # outside of any, it would stick to the lower edge of the window, far from its switch
        entry = st.chat_input("Click here and paste a photo, then press Enter", accept_file="multiple", key="pasted")
    if entry and not entry.files:
        st.info("That was text. Copy a photo, then paste it here.", icon=":material/content_paste:")
    return entry.files if entry else []


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


def _sampled() -> list[PhotoFile]:
    samples = {sample.name: sample for sample in sample_photos()}
    show_samples()
    chosen = st.segmented_control(
        "Sample photos",
        list(samples),
        selection_mode="multi",
        default=list(samples)[:1],
        format_func=lambda name: samples[name].title,
        label_visibility="collapsed",
        key="samples",
    )
    for name in chosen:
        st.caption(f"{samples[name].title}: {samples[name].credit}")
    return [_sample(samples[name]) for name in chosen]


def _sample(sample: SamplePhoto) -> PhotoFile:
    return PhotoFile(str(sample.path), sample.title, partial(read_bytes, sample.path))
