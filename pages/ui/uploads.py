"""Fields for one large file, which stays in the server's memory no longer than it is needed."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui.compat import UploadedFile, forget_upload


def file_field(label: str, types: Sequence[str], *, help: str, key: str) -> UploadedFile | None:
    """Draw a field for a file.

    Args:
        label: what stands above it.
        types: file endings.
        help: one sentence.
        key: unique on the page.

    Returns:
        The file, until `empty_field` is called with the same key.
    """
    # A browser empties a field only where it finds another one in its place.
    return st.file_uploader(label, types, help=help, key=f"{key}-{st.session_state.get(_round(key), 0)}")


def empty_field(upload: UploadedFile, key: str) -> None:
    """Let go of the file in a field, which the browser shows empty from the next run on.

    Args:
        upload: what the field gave.
        key: of the field.
    """
    forget_upload(upload)
    st.session_state[_round(key)] = st.session_state.get(_round(key), 0) + 1


def _round(key: str) -> str:
    return f"{key}-round"
