"""What the address of the page says: which lesson, and which view of it."""

from __future__ import annotations

import streamlit as st

from pages.entrance.announce import student_address
from tlcore.lessons.lesson import Lesson

LESSON, VIEW = "lesson", "view"
PROJECTOR, PARENTS, PUPIL = "wall", "parents", "pupil"  # views besides the usual one
PAGE = "lesson/page.py"
_PATH = "class"


def join_address(lesson: Lesson) -> str:
    """The address that leads a pupil into a lesson.

    Args:
        lesson: the lesson.
    """
    return f"{student_address()}/{_PATH}?{LESSON}={lesson.code}"


def view_link(lesson: Lesson, view: str, label: str, icon: str) -> None:
    """Draw a link to another view of a lesson.

    Args:
        lesson: the lesson.
        view: one of those above; "" for the usual one.
        label: of the link.
        icon: of the link.
    """
    query = {LESSON: lesson.code, **({VIEW: view} if view else {})}
    st.page_link(PAGE, label=label, icon=icon, query_params=query)
