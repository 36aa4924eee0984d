"""What one can do with a run besides watching it: rename, write down, tag, run again, delete and undo."""

from __future__ import annotations

import contextlib
from datetime import datetime

import streamlit as st

from pages.entrance.visitor import why_not
from pages.ui.errors import safely
from pages.ui.owner import nickname, owner_text
from pages.ui.text import plain
from tlcore.errors import StateError
from tlcore.runs import client
from tlcore.runs.run import Run
from tlcore.settings import KEEP_DELETED


def show_tools(run: Run) -> None:
    """Draw notes and tags of a run, and the fields and buttons that change it.

    Args:
        run: any run that is not deleted.
    """
    _show_notes(run)
    with st.form(f"describe-{run.id}", border=False):
        st.text_input("Name of the run", run.name, max_chars=200, key=_key(run.id, "name"))
        tags = ", ".join(run.tags)
        st.text_input("Tags", tags, max_chars=400, help="Separated by commas.", key=_key(run.id, "tags"))
        st.text_area("Notes", run.notes, max_chars=10_000, key=_key(run.id, "notes"))
        st.form_submit_button(
            "Save",
            icon=":material/save:",
            disabled=bool(why_not(run.visitor)),
            help=why_not(run.visitor),
            on_click=safely(_save),
            args=(run.id,),
        )
    # Callbacks, as a live page may redraw itself before it asks a button for its click.
    again, delete, _ = st.columns([2, 2, 3])
    again.button(
        "Run again",
        icon=":material/replay:",
        help="A new run with the same plan, from the start.",
        disabled=not run.has_ended,
        width="stretch",
        on_click=safely(_run_again),
        args=(run.id,),
    )
    delete.button(
        "Delete",
        icon=":material/delete:",
        help=why_not(run.visitor) or f"You can restore it for {KEEP_DELETED.days} days.",
        disabled=run.is_active or bool(why_not(run.visitor)),
        width="stretch",
        on_click=safely(_delete),
        args=(run.id,),
    )


def show_deleted(run: Run) -> None:
    """Draw what is left to do with a deleted run: undo that.

    Args:
        run: a deleted run.
    """
    last_day = datetime.fromisoformat(run.deleted) + KEEP_DELETED
    last_date = f"{last_day:%B} {last_day.day}, {last_day:%Y}"
    st.info(f"This run is deleted. You can restore it until {last_date}.", icon=":material/delete:")
    st.button(
        "Restore",
        type="primary",
        icon=":material/undo:",
        disabled=bool(why_not(run.visitor)),
        help=why_not(run.visitor),
        on_click=safely(client.restore),
        args=(run.id,),
    )


def _show_notes(run: Run) -> None:
    if run.tags:
        st.markdown(" ".join(f":gray-badge[{plain(tag)}]" for tag in run.tags))
    if run.notes:
        st.text(run.notes)
    if run.owner:
        st.caption(f"Queued by {plain(owner_text(run.owner))}")


def _key(run_id: str, field: str) -> str:
    return f"{field}-of-{run_id}"


def _save(run_id: str) -> None:
    values = {field: st.session_state[_key(run_id, field)] for field in ("name", "notes", "tags")}
    # Tags beyond the limits of the engine are cut, and an emptied name stays what it was.
    values["tags"] = ",".join(word.strip()[:40] for word in values["tags"].split(","))
    client.describe(run_id, **{**values, "name": values["name"] if values["name"].strip() else None})


def _run_again(run_id: str) -> None:
    with contextlib.suppress(StateError):
        st.query_params["run"] = client.retry(run_id, nickname()).id


def _delete(run_id: str) -> None:
    with contextlib.suppress(StateError):
        client.delete(run_id)
