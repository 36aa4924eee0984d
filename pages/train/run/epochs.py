"""The test photos through training: a slider over the epochs, drawn in the browser."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pages.ui.browser.component import component
from pages.ui.errors import errors_shown, safely
from pages.ui.figure import save_rows
from pages.ui.photos import photo
from pages.ui.text import plain
from tlcore.comparison.curves.course import lesson, open_course
from tlcore.figures.epochs.picture import STRIP, course_picture
from tlcore.runs.run import Run
from tlcore.training.results.kept_epochs import epochs_changed

_FEWEST = 2  # epochs: of one there is nothing to move through
_NOTHING = (
    "What this run said of each test photo on its way was not kept: it was trained by an earlier version, or too "
    "briefly. Train it again, and here you can move through its training photo by photo."
)

_course = component("course_of_training", Path(__file__).with_suffix(""))


@st.fragment
@errors_shown()
def show_epochs(run: Run) -> None:
    """Draw what a run says of the test photos, epoch by epoch; of an ended one of which nothing was kept, say so.

    Args:
        run: a training run, under way or ended.
    """
    changed = epochs_changed(run.folder)
    found = _read(run.id, changed, run.result.get("chosen"), run) if changed else None
    if found is None:
        if run.has_ended:
            st.info(_NOTHING, icon=":material/history_toggle_off:")
        return
    words, course = found
    st.subheader("Test photos through training")
    st.markdown(plain(words))
    key = f"epochs-{run.id}"
    _course(
        key=key,
        data={"course": course, "pictures": _pictures(run, course, key)},
        on_wanted_change=safely(lambda: None),
    )
    st.caption(
        "Test photos only look on: unlike validation photos, they decide neither which network is kept nor when "
        "training ends, and they should not decide your choice either."
    )
    save_rows(lambda: _rows(run), f"epochs-{run.id}", f"{key}-csv")


@st.cache_data(max_entries=20, show_spinner=False)
def _read(run_id: str, changed: int, chosen: int | None, _run: Run) -> tuple[str, dict] | None:
    course = open_course(_run)
    if course is None or len(course.kept.epochs) < _FEWEST:
        return None
    return lesson(course.kept), {"id": run_id, **course_picture(course, chosen)}


def _pictures(run: Run, course: dict, key: str) -> dict[str, str]:
    """The small pictures that the browser asked for; what it has once it keeps."""
    wanted = (st.session_state.get(key) or {}).get("wanted") or []
    chosen = [image for image in wanted if image in course["images"]][: STRIP + 1]
    return {str(image): photo(run.plan["dataset"], image) for image in chosen} if course["has_photos"] else {}


def _rows(run: Run) -> list[dict]:
    course = open_course(run)
    return course.rows() if course else []
