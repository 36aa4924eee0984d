"""What a teacher sees: all lessons; of one the code, the wall and the leaderboard, what stays, and its end."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from pages.lesson.address import LESSON, PAGE, PARENTS, PROJECTOR, PUPIL, join_address, view_link
from pages.lesson.board import show_board
from pages.ui.errors import safely
from pages.ui.jobs import show_failure, watch
from pages.ui.qr_code import show_qr_code
from pages.ui.text import plain
from tlcore.access.codes import codes
from tlcore.errors import NotFoundError
from tlcore.lessons import book, joining, teaching
from tlcore.lessons.expiry import STAYS
from tlcore.lessons.lesson import KEPT, Lesson
from tlcore.lessons.plans import choice_text, choice_title
from tlcore.lessons.results import results_csv
from tlcore.runs.database.engine import present
from tlcore.runs.store import open_store
from tlcore.settings import settings
from tlcore.text import count_text


def show_lessons() -> None:
    """Draw all lessons, newest first."""
    lessons = teaching.all_lessons()
    if not lessons:
        st.caption("No lesson yet. Make one: it takes a title, images and an end.")
    for lesson in lessons:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.page_link(PAGE, label=f"**{plain(lesson.title)}**", query_params={LESSON: lesson.code})
            pupils = count_text(len(book.pupils(lesson.id)), "pupil")
            st.caption(f"{lesson.code} · {pupils} · {state_words(lesson)}", width="content")


def state_words(lesson: Lesson) -> str:
    """Say how far a lesson is.

    Args:
        lesson: the lesson.
    """
    if lesson.is_over:
        return "over" if lesson.removed or lesson.keep else "over; what pupils made is being removed"
    left = datetime.fromisoformat(lesson.ends) - present(settings().store_address)
    minutes = max(1, round(left.total_seconds() / 60))
    if minutes < 120:
        return f"ends in {count_text(minutes, 'minute')}"
    hours = round(minutes / 60)
    return f"ends in {count_text(hours, 'hour')}" if hours < 48 else f"ends in {count_text(round(hours / 24), 'day')}"


def show_lesson(lesson: Lesson) -> None:
    """Draw a lesson as its teacher sees it.

    Args:
        lesson: the lesson.
    """
    when = "" if lesson.is_over else "When it is over: "
    st.caption(f"{state_words(lesson).capitalize()}. {when}{STAYS[lesson.keep]}")
    if not lesson.is_over:
        code, about = st.columns([3, 2], gap="medium")
        with code:
            _show_code(lesson)
        with about:
            _show_preparation(lesson)
            _show_task(lesson)
    _show_actions(lesson)
    if not lesson.is_empty:
        show_board(lesson)
    elif lesson.results:
        st.dataframe(lesson.results, hide_index=True)


def _show_code(lesson: Lesson) -> None:
    if not settings().shared:
        st.info(
            "Only this machine can open these pages now. Home, “Share with a class” says how to let pupils in.",
            icon=":material/lock:",
        )
    address = join_address(lesson)
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(width=195):
            show_qr_code(address)
        with st.container(width=260, gap="xsmall"):
            st.caption("Lesson code")
            st.html(f'<div style="font: 600 2.4rem ui-monospace, monospace; white-space: nowrap">{lesson.code}</div>')
            st.caption(plain(address))
            if settings().shared:
                st.caption(f"The studio asks for its access code first: **{codes().access}**")


def _show_preparation(lesson: Lesson) -> None:
    if lesson.is_prepared:
        return
    try:
        job = open_store().run(lesson.job)
    except NotFoundError:
        job = None
    if job is not None and not job.has_ended:
        watch(job.id, "Hiding the test images and looking at the others, once for the whole class.", lambda: None)
        return
    if job is not None:
        show_failure(job)
    st.button("Prepare it again", icon=":material/refresh:", on_click=safely(teaching.prepare_again), args=(lesson,))


def _show_task(lesson: Lesson) -> None:
    st.markdown(f"**Task:** {plain(lesson.task)}")
    for name, values in lesson.choices.items():
        st.caption(f"{choice_title(name)}: {plain(' · '.join(choice_text(name, value) for value in values))}")
    st.caption(f"A run may take {lesson.seconds:.0f} s; each pupil has one at a time.")


def _show_actions(lesson: Lesson) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if lesson.is_empty:
            _show_results(lesson)
            st.button("Delete the lesson", icon=":material/delete:", on_click=safely(_delete), args=(lesson,))
            return
        view_link(lesson, PROJECTOR, "Projector", ":material/fullscreen:")
        if not lesson.is_over:
            view_link(lesson, PUPIL, "Try it as a pupil", ":material/school:")
        view_link(lesson, PARENTS, "For parents", ":material/family_restroom:")
        st.toggle(
            "Show names",
            lesson.shows_names,
            key=f"names-{lesson.id}",
            on_change=safely(_toggle_names),
            args=(lesson,),
        )
        _show_pupils(lesson)
        _show_results(lesson)
        _show_end(lesson)


def _toggle_names(lesson: Lesson) -> None:
    teaching.show_names(lesson, st.session_state[f"names-{lesson.id}"])


def _show_pupils(lesson: Lesson) -> None:
    pupils = [pupil for pupil in book.pupils(lesson.id) if pupil.name]
    if not pupils:
        return
    with st.popover("Rename a pupil", icon=":material/edit:"):
        chosen = st.selectbox("Pupil", pupils, format_func=lambda pupil: pupil.name)
        name = st.text_input("New first name", max_chars=joining.MOST_NAME, key="pupil-new-name")
        number = chosen.number if chosen else 0
        st.button("Rename", on_click=safely(joining.rename_pupil), args=(lesson, number, name))


def _show_results(lesson: Lesson) -> None:
    with st.popover("Results", icon=":material/download:"):
        names = not lesson.results and st.checkbox("With first names")
        st.download_button(
            "Save as CSV",
            lambda: results_csv(book.find(lesson.id), names),
            f"lesson-{lesson.code}.csv",
            "text/csv",
            on_click="ignore",
        )


def _show_end(lesson: Lesson) -> None:
    label = "What stays" if lesson.is_over else "End the lesson"
    with st.popover(label, icon=":material/flag:"):
        keep = st.radio(
            "What stays of the pupils'", list(KEPT), format_func=KEPT.__getitem__, index=[*KEPT].index(lesson.keep)
        )
        st.caption(f"{STAYS[keep or '']} This cannot be undone.")
        if lesson.is_over:
            st.button("Save", key="save-kept", on_click=safely(teaching.set_kept), args=(lesson, keep))
        else:
            st.button("End it now", type="primary", on_click=safely(teaching.end_lesson), args=(lesson, keep))


def _delete(lesson: Lesson) -> None:
    teaching.delete_lesson(lesson)
    st.query_params.clear()
