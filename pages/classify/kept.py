"""Files and what was said of them outlive the page: Streamlit empties a field that is not drawn.

So what it held is kept with the session. The bytes stay where the server put them, and count among what a visitor has
uploaded until they are removed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import streamlit as st

from pages.ui.compat import UploadedFile, forget_upload
from pages.ui.errors import safely


@dataclass
class _Kept:
    """What was given in one way.

    Args:
        earlier: files that their field does not show any more.
        shown: those that it held when it was last drawn.
    """

    earlier: list[UploadedFile] = field(default_factory=list)
    shown: list[UploadedFile] = field(default_factory=list)


def kept_files(key: str, draw: Callable[[], Sequence[UploadedFile]], what: str) -> list[UploadedFile]:
    """Draw a field for files and, below it, those that it no longer shows, which can be removed.

    Args:
        key: of the field.
        draw: draws it and returns what it holds.
        what: the files are, such as "Photos".

    Returns:
        Earlier files and those in the field.
    """
    kept: _Kept = st.session_state.setdefault(f"{key}-kept", _Kept())
    if key not in st.session_state:  # the field is drawn anew, and is empty
        kept.earlier, kept.shown = kept.earlier + kept.shown, []
    kept.shown = list(draw())
    names = _names(kept.earlier)
    if names:
        st.multiselect(
            f"{what} from before",
            list(names),
            default=list(names),
            format_func=names.__getitem__,
            key=f"{key}-earlier",
            on_change=safely(lambda: _remove(kept, st.session_state[f"{key}-earlier"])),
        )
    return kept.earlier + kept.shown


def keep_value(key: str, default: object) -> str:
    """Let a widget begin with what it said when it was last drawn.

    Args:
        key: of the widget, which is drawn next and names no value.
        default: what it says at first.

    Returns:
        The key.
    """
    values: dict[str, object] = st.session_state.setdefault("values-kept", {})
    values[key] = st.session_state.setdefault(key, values.get(key, default))
    return key


def _names(uploads: list[UploadedFile]) -> dict[str, str]:
    """Id → name of each upload, no name twice: all pictures from the clipboard are called the same."""
    names: dict[str, str] = {}
    for upload in uploads:
        same = sum(name.partition(" · ")[0] == upload.name for name in names.values())
        names[upload.file_id] = f"{upload.name} · {same + 1}" if same else upload.name
    return names


def _remove(kept: _Kept, wanted: Sequence[str]) -> None:
    for upload in kept.earlier:
        if upload.file_id not in wanted:
            forget_upload(upload)
    kept.earlier = [upload for upload in kept.earlier if upload.file_id in wanted]
