"""What a pupil sees: joining, what to do, the few fields that they choose, and their own runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from pages.lesson.address import PARENTS, view_link
from pages.lesson.board import show_board
from pages.ui.errors import safely
from pages.ui.jobs import duration_text, watch
from pages.ui.text import plain
from tlcore.access.asker import asker
from tlcore.datasets.dataset import list_datasets
from tlcore.lessons import book, joining
from tlcore.lessons.expiry import STAYS
from tlcore.lessons.lesson import Lesson, Pupil
from tlcore.lessons.plans import choice_text, choice_title, chosen_text
from tlcore.runs.run import FINISHED, Run
from tlcore.text import count_text, percent_text
from tlcore.training.plans.strategies import STRATEGIES
from tlcore.training.results.evaluation import Score

_SHOWN = 8  # of one's own runs
_NAME = "pupil-name"
_FEW = 5  # values that stand side by side


def show_join(lesson: Lesson) -> None:
    """Draw the form that asks for a first name.

    Args:
        lesson: that goes on.
    """
    st.write(f"Join **{plain(lesson.title)}** with your first name. No e-mail, no account.")
    with st.form("join", border=False, width=420):
        name = st.text_input("First name", max_chars=joining.MOST_NAME, key=_NAME, autocomplete="given-name")
        if st.form_submit_button("Join", type="primary", icon=":material/login:"):
            joining.join(lesson.code, name)
            st.rerun()
    st.caption("Others see this name, your curves and your figures. Only you and your teacher see your photos.")
    view_link(lesson, PARENTS, "Where photos live", ":material/family_restroom:")


def show_pupil(lesson: Lesson, pupil: Pupil) -> None:
    """Draw the lesson as its pupil sees it.

    Args:
        lesson: the lesson.
        pupil: who looks.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"Hi **{plain(pupil.shown(names=True))}**", width="content")
        if not lesson.is_over:
            with st.popover("Change name", type="tertiary", icon=":material/edit:"):
                name = st.text_input("First name", pupil.name, max_chars=joining.MOST_NAME, key="new-name")
                st.button("Save", key="save-name", on_click=safely(joining.rename), args=(lesson, name))
        view_link(lesson, PARENTS, "Where photos live", ":material/family_restroom:")
    if lesson.is_over:
        st.info(f"This lesson is over. {STAYS[lesson.keep]}", icon=":material/flag:")
        if lesson.is_empty:
            return
    else:
        st.markdown(f"##### {plain(lesson.task)}")
        _show_work(lesson)
    show_board(lesson, pupil.number)


def _show_work(lesson: Lesson) -> None:
    own = joining.own_runs(lesson)
    going = next((run for run in own if not run.has_ended), None)
    if not lesson.is_prepared:
        st.info("Your teacher's images are being prepared. This page goes on by itself.", icon=":material/hourglass:")
        st.fragment(run_every=2.0)(_wait_until_prepared)(lesson.id)
    elif going is not None:
        watch(going.id, "Your network is learning.", lambda: None)
    else:
        _show_form(lesson)
    _show_own_runs(lesson, [run for run in own if run.has_ended])


def _wait_until_prepared(lesson: str) -> None:
    if book.find(lesson).is_prepared:
        st.rerun()


def _show_form(lesson: Lesson) -> None:
    dataset = ""
    if not lesson.has_hidden_test:
        dataset = _choose_own()
        if not dataset:
            return
    with st.container(border=True):
        chosen = {name: _choose(name, values) for name, values in lesson.choices.items()}
        if st.button("Start", type="primary", icon=":material/play_arrow:"):
            joining.start_run(lesson, chosen, dataset)
            st.rerun()
        st.caption(
            f"A run may take {duration_text(lesson.seconds)}. You have one at a time, and everybody takes turns."
        )


def _choose_own() -> str:
    """Draw the choice among what the pupil has brought; "" where there is nothing yet."""
    own = {each.id: each for each in list_datasets() if each.source.get("visitor", "") == asker().id}
    with st.container(horizontal=True):
        st.page_link("teach/page.py", label="Teach by camera", icon=":material/photo_camera:")
        st.page_link("datasets/page.py", label="Bring photos", icon=":material/add_photo_alternate:")
    if not own:
        st.caption("You have brought no photos yet. Add some, then come back.")
        return ""
    return st.selectbox("Your photos", list(own), format_func=lambda id: f"{own[id].name} ({len(own[id])} images)")


def _choose(name: str, values: list) -> Any:
    """Draw the choice of one field; a single value is only said."""
    if len(values) == 1:
        st.caption(f"{choice_title(name)}: {plain(choice_text(name, values[0]))}")
        return values[0]
    texts = [choice_text(name, value) for value in values]
    help = None
    if name == "strategy":
        help = "\n".join(f"- **{row.title}**: {row.sentence}" for row in STRATEGIES if row.name in values)
    title, key, places = choice_title(name), f"choice-{name}", range(len(values))
    if len(values) > _FEW:
        place = st.selectbox(title, places, format_func=texts.__getitem__, key=key, help=help)
    else:
        place = st.radio(title, places, format_func=texts.__getitem__, key=key, help=help, horizontal=True)
    return values[place or 0]


def _show_own_runs(lesson: Lesson, own: Sequence[Run]) -> None:
    if not own:
        return
    with st.expander(f"My runs ({count_text(len(own), 'run')})", icon=":material/history:", expanded=True):
        for run in own[::-1][:_SHOWN]:
            _show_run(lesson, run)


def _show_run(lesson: Lesson, run: Run) -> None:
    said = ", ".join(f"{choice_title(name).lower()} {chosen_text(run, name)}" for name in lesson.choices)
    if run.state == FINISHED:
        score = Score.from_json(run.result["scores"]["validation"])
        outcome = f"{percent_text(score.accuracy, score.images)} of your {score.images} validation images"
    else:
        outcome = run.error.get("message", "") or run.state
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link("train/page.py", label="Look", icon=":material/timeline:", query_params={"run": run.id})
        st.markdown(f"**{plain(outcome)}**  \n{plain(said)}")
