"""What Streamlit keeps to itself and the pages need, with the public way that is missing."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from pages.entrance.visitor import most_upload

__all__ = [
    "UploadedFile",  # this type stands in no public module
    "empty_field",
    "field_key",
    "file_field",
    "files_field",
    "follows_history",
    "forget_upload",
]


def follows_history() -> bool:
    """Whether this run follows the browser's Back or Forward; `st.context` does not say so."""
    context = get_script_run_ctx()
    return bool(context and context.is_history_navigation)


def forget_upload(upload: UploadedFile) -> None:
    """Free the memory of an upload, which Streamlit otherwise keeps until the visitor removes it or leaves.

    Args:
        upload: what a field gave; the field is empty from the next run on.
    """
    context = get_script_run_ctx()
    if context and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(context.session_id, upload.file_id)


def file_field(label: str, types: Sequence[str], *, help: str, key: str) -> UploadedFile | None:
    """Draw a field for one large file, which the server need not keep.

    Args:
        label: what stands above it.
        types: file endings.
        help: one sentence.
        key: unique on the page.

    Returns:
        The file, until `empty_field` is called with the same key.
    """
    return st.file_uploader(label, types, help=help, key=field_key(key), max_upload_size=most_upload())


def files_field(label: str, *, help: str, key: str) -> list[UploadedFile]:
    """Draw a field for several large files that belong together, which the server need not keep.

    Args:
        label: what stands above it.
        help: one sentence.
        key: unique on the page.

    Returns:
        The files, until `empty_field` is called with each of them and the same key.
    """
    return st.file_uploader(
        label, accept_multiple_files=True, help=help, key=field_key(key), max_upload_size=most_upload()
    )


def field_key(key: str) -> str:
    """Under which key a field is drawn at the moment: a browser empties one only where it finds another in its place.

    Args:
        key: of the field, as it is drawn with.

    Returns:
        The key in the state of the session.
    """
    return f"{key}-{st.session_state.get(_round(key), 0)}"


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
