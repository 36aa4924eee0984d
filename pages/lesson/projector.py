"""The wall for a projector: nothing but the lesson's name, its code, and what the class does."""

from __future__ import annotations

from html import escape
from pathlib import Path

import streamlit as st

from pages.lesson.address import LESSON, PAGE, join_address
from pages.lesson.board import show_board
from tlcore.lessons.lesson import Lesson

_STYLE = Path(__file__).with_suffix(".css")


def show_projector(lesson: Lesson) -> None:
    """Draw the wall so that a whole class reads it.

    Args:
        lesson: the lesson.
    """
    address = join_address(lesson).partition("://")[2].partition("?")[0]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.html(
            f'<div class="projector"><b>{escape(lesson.title)}</b>'
            f"<span>{escape(address)} <code>{lesson.code}</code></span></div>",
            width="content",
        )
        st.page_link(PAGE, label="Back", icon=":material/close_fullscreen:", query_params={LESSON: lesson.code})
    show_board(lesson)
    st.html(_STYLE)
