"""The dialog that makes a lesson from a ready one."""

from __future__ import annotations

import streamlit as st

from pages.lesson.address import LESSON
from pages.ui.errors import errors_shown
from pages.ui.text import plain
from tlcore.datasets.dataset import list_datasets
from tlcore.lessons.plans import checked_choices, choice_text, choice_title
from tlcore.lessons.ready import READY, ReadyLesson
from tlcore.lessons.teaching import MOST_TASK, MOST_TITLE, made_for_lessons, make_lesson

_OWN = ""  # in place of a dataset
_ENDS = {45: "In 45 minutes", 90: "In 90 minutes", 480: "In 8 hours", 60 * 24 * 7: "In a week"}


@st.dialog("New lesson", width="large")
def ask_for_lesson() -> None:
    """Draw the dialog; the lesson that was made is what the page shows next."""
    show_form()


@errors_shown()
def show_form() -> None:
    """Draw what the dialog holds."""
    ready = st.radio(
        "Ready lesson",
        READY,
        format_func=lambda row: row.title,
        captions=[row.learned for row in READY],
        key="ready-lesson",
    )
    datasets = {each.id: each for each in list_datasets() if each.id not in made_for_lessons()}
    dataset = st.selectbox(
        "Images",
        [*datasets, _OWN],
        format_func=lambda id: (
            f"{datasets[id].name} ({len(datasets[id]):,} images)" if id else "Pupils bring their own"
        ),
        help="Some of them are hidden from the pupils, and test all networks alike.",
    )
    minutes = st.selectbox("It ends", list(_ENDS), index=1, format_func=_ENDS.__getitem__)
    with st.expander("Change it"):
        title = st.text_input("Title", ready.title, max_chars=MOST_TITLE, key=f"title-{ready.name}")
        task = st.text_area("Task", ready.task, max_chars=MOST_TASK, key=f"task-{ready.name}")
        seconds = st.number_input(
            "Seconds that a run may take", 5, 3600, int(ready.seconds), key=f"seconds-{ready.name}"
        )
        choices = _narrow(ready)
    if st.button("Make the lesson", type="primary", icon=":material/add:"):
        lesson = make_lesson(ready, dataset or "", minutes, title=title, task=task, seconds=seconds, choices=choices)
        st.query_params[LESSON] = lesson.code
        st.rerun()


def _narrow(ready: ReadyLesson) -> dict[str, list]:
    """Draw what pupils may choose, of which the teacher may leave values out."""
    found = {}
    for name, values in checked_choices(ready.choices, ready.fixed).items():
        texts = {choice_text(name, value): value for value in values}
        chosen = st.multiselect(plain(choice_title(name)), list(texts), list(texts), key=f"choices-{ready.name}-{name}")
        found[name] = [texts[text] for text in chosen]
    return found
