"""Class: a lesson for pupils, its wall and leaderboard; for the owner of the machine, who teaches, all lessons."""

import streamlit as st

from pages.entrance.visitor import visitor
from pages.lesson.address import LESSON, PARENTS, PROJECTOR, PUPIL, VIEW
from pages.lesson.new import ask_for_lesson
from pages.lesson.parents import show_parents
from pages.lesson.projector import show_projector
from pages.lesson.pupil import show_join, show_pupil
from pages.lesson.teacher import show_lesson, show_lessons
from pages.ui.errors import errors_shown, safely
from pages.ui.text import plain
from tlcore.lessons import book, joining
from tlcore.lessons.lesson import Lesson


def _ask_code() -> None:
    """Draw the field for the code, as pupils need it who have not come by an address with it."""
    for lesson in book.lessons_of(visitor().id):
        if not lesson.is_over:
            st.button(lesson.title, key=lesson.id, on_click=safely(_open), args=(lesson.code,))
    with st.form("code", border=False, width=420):
        code = st.text_input("Lesson code", max_chars=20, placeholder="abcd-efgh")
        if st.form_submit_button("Go", type="primary"):
            _open(book.find_by_code(code).code)
            st.rerun()


def _open(code: str) -> None:
    st.query_params[LESSON] = code


def _show_as_pupil(lesson: Lesson) -> None:
    pupil = joining.me(lesson)
    if pupil is not None:
        show_pupil(lesson, pupil)
    elif lesson.is_over:
        st.info("This lesson is over. Ask your teacher for a new one.", icon=":material/flag:")
    else:
        show_join(lesson)


code, view, is_teacher = st.query_params.get(LESSON, ""), st.query_params.get(VIEW, ""), visitor().is_owner
title = st.empty()
title.title("Class")
with errors_shown():
    lesson = book.find_by_code(code) if code else None
    if lesson is None:
        if is_teacher:
            if st.button("New lesson", type="primary", icon=":material/add:"):
                ask_for_lesson()
            show_lessons()
        else:
            _ask_code()
    elif view == PROJECTOR:
        title.empty()
        show_projector(lesson)
    else:
        title.title("Where photos live" if view == PARENTS else plain(lesson.title))
        if view == PARENTS:
            show_parents(lesson)
        elif is_teacher and view != PUPIL:
            show_lesson(lesson)
        else:
            _show_as_pupil(lesson)
