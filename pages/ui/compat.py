"""What Streamlit keeps to itself and the pages need, with the public way that is missing."""

from __future__ import annotations

from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

__all__ = ["UploadedFile", "follows_history"]  # the type of an upload stands in no public module


def follows_history() -> bool:
    """Whether this run follows the browser's Back or Forward; `st.context` does not say so."""
    context = get_script_run_ctx()
    return bool(context and context.is_history_navigation)
