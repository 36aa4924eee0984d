"""What an import would keep, before it is kept: classes, counts, parts and a few images, and what looks wrong."""

from __future__ import annotations

import json

import streamlit as st

from pages.entrance.visitor import why_not
from pages.ui.dataset_picker import ADD, go_to_job
from pages.ui.owner import nickname
from pages.ui.text import plain
from tlcore.datasets.jobs import PREVIEW_FILE
from tlcore.datasets.parts import PART_TITLES
from tlcore.datasets.preview import MOST_WITH_PICTURES, PICTURES, Preview
from tlcore.datasets.sources.catalog import SOURCES
from tlcore.datasets.sources.layouts.layout import WAYS
from tlcore.runs.client import submit
from tlcore.runs.run import FINISHED, Run
from tlcore.runs.store import open_store
from tlcore.text import count_text, listed

_OPTION = "classes_from"
_MOST_NOTES = 5
_MOST_NAMED = 5  # files that could not be read
_ROW, _MOST_HEIGHT = 72, 720  # pixels


def show_preview(run: Run) -> None:
    """Draw what a run has seen of images that may be imported, with the ways on.

    Args:
        run: of the kind "preview"; finished, or one that found no dataset.
    """
    preview = None
    if run.state == FINISHED:
        preview = Preview.from_json(json.loads((run.folder / PREVIEW_FILE).read_text("utf-8")))
        _show_classes(preview)
    _show_switch(run, preview)
    if preview is not None:
        _show_way_on(run, preview)
    if st.button("Choose other images", icon=":material/arrow_back:", type="tertiary"):
        st.switch_page("datasets/page.py", query_params={ADD: run.plan["source"]})


def _show_classes(preview: Preview) -> None:
    total = sum(row.images for row in preview.classes)
    classes = count_text(len(preview.classes), "class", "classes")
    st.write(f"**{count_text(total, 'image')}** in {classes}. Any that turns out to be damaged will be left out.")
    if preview.unreadable:
        files = count_text(len(preview.unreadable), "file")
        names = listed(preview.unreadable, _MOST_NAMED)
        st.warning(
            f"{files} could not be read as an image, so not counted here and left out: {plain(names)}.",
            icon=":material/broken_image:",
        )
    if preview.is_guess:
        st.warning(
            "There are no class folders. These classes are guessed from the names of the files: add them only if they "
            "are right.",
            icon=":material/help:",
        )
    for doubt in preview.doubts:
        st.warning(f"**This looks wrong.** {plain(doubt)}", icon=":material/report:")
    parts = [part for part in PART_TITLES if any(part in row.parts for row in preview.classes)]
    rows = [
        {
            "Class": row.name,
            "Images": row.images,
            **{f"Example {place + 1}": picture or None for place, picture in enumerate(row.pictures)},
            **{PART_TITLES[part]: row.parts.get(part, 0) for part in parts},  # a phone shows what comes first
        }
        for row in preview.classes
    ]
    pictures = {f"Example {place + 1}": st.column_config.ImageColumn(width="small") for place in range(PICTURES)}
    height = min(_MOST_HEIGHT, 38 + _ROW * len(rows))
    st.dataframe(rows, hide_index=True, column_config=pictures, row_height=_ROW, height=height)
    if len(rows) > MOST_WITH_PICTURES:
        st.caption(f"Examples are shown for the first {MOST_WITH_PICTURES} classes.")
    if parts:
        st.caption("The split into parts comes with the images and is kept as it is.")
    _show_notes(preview.notes)


def _show_notes(notes: tuple[str, ...]) -> None:
    for note in notes[:_MOST_NOTES]:
        st.markdown(f"- {plain(note)}")
    if len(notes) > _MOST_NOTES:
        with st.expander(f"{len(notes) - _MOST_NOTES} more notes"):
            st.markdown("\n".join(f"- {plain(note)}" for note in notes[_MOST_NOTES:]))


def _show_switch(run: Run, preview: Preview | None) -> None:
    """Let the classes be taken from elsewhere, where the source knows several ways."""
    if not any(option.name == _OPTION for option in SOURCES.find(run.plan["source"]).options):
        return
    asked = run.plan["options"].get(_OPTION, "") or (preview.way if preview else "")
    chosen = st.segmented_control(
        "Take the classes from",
        list(WAYS),
        default=asked or None,
        format_func=WAYS.__getitem__,
        key=f"classes-from-{run.id}",
    )
    if chosen and chosen != asked:
        name = st.session_state.get(f"name-{run.id}") or run.plan.get("name")
        plan = {**run.plan, "options": {**run.plan["options"], _OPTION: chosen}, "name": name}
        again = submit("preview", plan, run.name, owner=nickname())
        go_to_job(again.id)


def _show_way_on(run: Run, preview: Preview) -> None:
    added = next((each for each in open_store().runs(kind="import") if each.plan.get("preview") == run.id), None)
    if added:
        st.info("You have added these images.", icon=":material/check_circle:")
        if st.button("See what came of it", icon=":material/arrow_forward:"):
            go_to_job(added.id)
        return
    st.caption("Nothing has been imported yet.")
    name = st.text_input("Name", run.plan.get("name") or preview.name, max_chars=200, key=f"name-{run.id}")
    options = run.plan["options"] | ({_OPTION: preview.way} if preview.is_guess else {})
    label = "Add, with these classes" if preview.is_guess or preview.doubts else "Add this dataset"
    if st.button(
        label,
        type="primary",
        icon=":material/add:",
        disabled=bool(why_not(run.visitor)),
        help=why_not(run.visitor) or None,
    ):
        plan = {
            "source": run.plan["source"],
            "options": options,
            "name": name.strip() or preview.name,
            "preview": run.id,
        }
        added = submit("import", plan, f"Import: {plan['name']}", owner=nickname())
        go_to_job(added.id)
