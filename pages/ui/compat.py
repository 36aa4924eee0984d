"""What Streamlit keeps to itself and the pages need, with the public way that is missing."""

from __future__ import annotations

from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

__all__ = ["UploadedFile", "follows_history", "forget_upload"]  # the type of an upload stands in no public module


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
