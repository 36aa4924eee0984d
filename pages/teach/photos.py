"""Photos that are dropped or chosen for a class: uploads like any other, each a recording of its own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from pages.teach.acts import Session
from pages.ui.compat import UploadedFile, empty_field, field_key
from tlcore.errors import StudioError
from tlcore.inference.many import PhotoFile, decode_photo
from tlcore.settings import settings
from tlcore.teaching.collection import MOST_FRAMES

_FIELDS = "teach-photos"
_HIDDEN = f"<style>.st-key-{_FIELDS} {{display: none}}</style>"  # the cards of the classes fill them
_SIDE = 256  # pixels of the short side that are wanted in the end


def take_photos(session: Session) -> str:
    """Draw a field for each class, which the browser's part of the page fills, and take what it holds.

    Args:
        session: of the person.

    Returns:
        Which photos were refused, and why; "" if none.
    """
    refused: list[str] = []
    with st.container(key=_FIELDS):
        st.html(_HIDDEN)
        for each in session.teacher.collection.classes:
            key = f"{_FIELDS}-{each.id}"
            uploads = st.file_uploader(
                f"Photos of {each.id}",
                accept_multiple_files=True,
                max_upload_size=max(1, settings().max_image_bytes // 1_000_000),
                key=field_key(key),
            )
            refused += _take(session, each.id, uploads)
            for upload in uploads:
                empty_field(upload, key)
            if uploads:
                st.session_state[f"{_FIELDS}-refused"] = "\n".join(refused)
                st.rerun()
    return st.session_state.pop(f"{_FIELDS}-refused", "")


def _take(session: Session, class_id: str, uploads: Sequence[UploadedFile]) -> list[str]:
    """Record each photo; give the reasons why some are not."""
    refused = []
    for upload in uploads[:MOST_FRAMES]:
        file = PhotoFile(upload.file_id, upload.name, partial(upload.getvalue))
        try:
            picture = decode_photo(file, _SIDE)
            photo = (upload.getvalue(), upload.name or "photo", picture)
            session.teacher.record(class_id, f"photo-{upload.file_id}"[:40].lower(), [photo])
        except StudioError as error:
            refused.append(str(error))
    return refused
