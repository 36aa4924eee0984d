"""What runs in the browser: an element of a page, drawn by the files beside the module that shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st


def component(name: str, place: Path, html: str = "") -> Any:
    """Make an element of its own from a style sheet and a program.

    Args:
        name: unique in the studio.
        place: of the files, without ending: `.css`, `.js`, and `.html` where no HTML is given.
        html: what the program begins with.

    Returns:
        A function that draws it, as `st.components.v2.component` gives it.
    """
    begin = html or place.with_suffix(".html").read_text("utf-8")
    css, js = (place.with_suffix(ending).read_text("utf-8") for ending in (".css", ".js"))
    return st.components.v2.component(name, html=begin, css=css, js=js)
