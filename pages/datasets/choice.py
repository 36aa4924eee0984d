"""What is chosen of a dataset, and what is to become of it: one action for many, a new version at the end."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import streamlit as st

from pages.ui.dataset_picker import go_to_job
from pages.ui.errors import errors_shown, safely
from pages.ui.owner import nickname
from pages.ui.text import plain
from tlcore.datasets.dataset import Dataset
from tlcore.runs.client import submit

_LOW_BAR = """<style>
[data-testid=stBottomBlockContainer] { padding-top: 0.6rem; padding-bottom: 0.8rem; gap: 0; }
[data-testid=stBottom] { border-top: 1px solid var(--st-border-color, #8884); }
</style>"""  # so that it covers little of the page, and is seen to stand before it
_MOST_LISTED = 12  # suggestions
Changes = dict[int, str | None]  # photo → its new class, or None to remove it


def chosen_of(dataset_id: str) -> frozenset[int]:
    """Positions of the photos that are chosen now.

    Args:
        dataset_id: the dataset's id.
    """
    return st.session_state.get(f"chosen-{dataset_id}", frozenset())


def choose(dataset_id: str, images: Collection[int]) -> None:
    """Choose photos, and no others.

    Args:
        dataset_id: the dataset's id.
        images: their positions.
    """
    st.session_state[f"chosen-{dataset_id}"] = frozenset(images)


def changes_of(dataset_id: str) -> Changes:
    """What is to be changed, as said so far; nothing of it is done before a new version is made.

    Args:
        dataset_id: the dataset's id.
    """
    return st.session_state.setdefault(f"changes-{dataset_id}", {})


def seen_of(dataset_id: str) -> set[int]:
    """Positions of the photos that grids show in this drawing of the page, which clears them first.

    Args:
        dataset_id: the dataset's id.
    """
    return st.session_state.setdefault(f"seen-{dataset_id}", set())


def drawing(dataset_id: str, key: str, place: str, shown: Sequence[int]) -> tuple[str, list[int]]:
    """Name the present drawing of a grid: a new one where other photos are shown, or were changed or chosen elsewhere.

    Args:
        dataset_id: the dataset's id.
        key: of the grid.
        place: names the photos shown.
        shown: their positions.

    Returns:
        The name, and the photos that are chosen when it is drawn.
    """
    seen_of(dataset_id).update(shown)
    token = f"{place}-{st.session_state.get(_round(dataset_id), 0)}"
    kept = st.session_state.get(f"drawing-{key}")
    if kept is None or kept[0] != token:
        kept = (token, sorted(chosen_of(dataset_id) & {*shown}))
        st.session_state[f"drawing-{key}"] = kept
    return kept


def act(dataset: Dataset, name: str | None) -> None:
    """Note for all chosen photos that they get a class or go, and let go of them.

    Args:
        dataset: where they are.
        name: of the class, which may be new; None to remove them.
    """
    relabel(dataset, dict.fromkeys(chosen_of(dataset.id), name))


def relabel(dataset: Dataset, names: Mapping[int, str | None]) -> None:
    """Note what photos get, each its own, and choose none of them any more.

    Args:
        dataset: where they are.
        names: photo → class, or None to remove it.
    """
    changes = changes_of(dataset.id)
    for index, name in names.items():
        if name == dataset.classes[dataset.labels[index]]:
            changes.pop(index, None)
        else:
            changes[index] = name
    let_go(dataset.id)


def let_go(dataset_id: str) -> None:
    """Choose nothing any more.

    Args:
        dataset_id: the dataset's id.
    """
    choose(dataset_id, ())
    st.session_state[_generation(dataset_id)] = generation(dataset_id) + 1
    redraw(dataset_id)


def generation(dataset_id: str) -> int:
    """How often everything chosen was let go: part of the keys of what should forget what was chosen in it.

    Args:
        dataset_id: the dataset's id.
    """
    return st.session_state.get(_generation(dataset_id), 0)


def redraw(dataset_id: str) -> None:
    """Let the grids be drawn anew: something else than a click in them has changed what they show.

    Args:
        dataset_id: the dataset's id.
    """
    st.session_state[_round(dataset_id)] = st.session_state.get(_round(dataset_id), 0) + 1


def show_actions(dataset: Dataset, suggestions: Mapping[int, str]) -> None:
    """Draw what can be done with the chosen photos, and what was said so far, at the foot of the window.

    Args:
        dataset: any dataset.
        suggestions: photo → the class that it is taken for, of those for which there is one.
    """
    chosen, changes = chosen_of(dataset.id), changes_of(dataset.id)
    if not chosen & seen_of(dataset.id):  # nothing is done to photos that nobody sees
        chosen = frozenset()
    if not chosen and not changes:
        return
    with st.bottom:
        st.html(_LOW_BAR)
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", gap="small", key="actions"):
        if chosen:
            _show_choice(dataset, chosen, suggestions)
        else:
            _show_changes(dataset, changes)


def _show_choice(dataset: Dataset, chosen: frozenset[int], suggestions: Mapping[int, str]) -> None:
    hidden = len(chosen - seen_of(dataset.id))
    st.markdown(f"**{len(chosen):,} chosen**" + (f", {hidden:,} out of sight" if hidden else ""), width="content")
    classes = dict.fromkeys([*dataset.classes, *filter(None, changes_of(dataset.id).values())])
    field = f"relabel-{dataset.id}-{st.session_state.get(_round(dataset.id), 0)}"
    st.selectbox(
        "Class for the chosen images",
        list(classes),
        index=None,
        placeholder="Relabel to …",
        accept_new_options=True,
        label_visibility="collapsed",
        width=190,
        key=field,
        on_change=safely(lambda: act(dataset, st.session_state[field]) if st.session_state[field] else None),
    )
    suggested = {index: suggestions[index] for index in sorted(chosen) if index in suggestions}
    if suggested:
        each = [f"- {plain(dataset.names[index])} → {plain(name)}" for index, name in suggested.items()][:_MOST_LISTED]
        more = [f"- and {len(suggested) - len(each):,} more"] if len(suggested) > len(each) else []
        st.button(
            f"Relabel {len(suggested):,} as suggested",
            help="\n".join(["Only these change, the others stay as they are:", "", *each, *more]),
            icon=":material/auto_fix_high:",
            on_click=safely(relabel),
            args=(dataset, suggested),
        )
    st.button("Remove", icon=":material/delete:", on_click=safely(act), args=(dataset, None), key="remove-chosen")
    st.button("Choose none", type="tertiary", on_click=safely(let_go), args=(dataset.id,))


def _show_changes(dataset: Dataset, changes: Changes) -> None:
    removed = sorted(index for index, name in changes.items() if name is None)
    relabeled = {str(index): name for index, name in changes.items() if name is not None}
    st.markdown(f"**{len(relabeled):,} to relabel, {len(removed):,} to remove.**", width="content")
    help, key = "The present version stays as it is.", f"save-{dataset.id}"
    if st.button("Make a new version", type="primary", icon=":material/save:", help=help, key=key):
        with errors_shown():
            request = {"parent": dataset.id, "relabeled": relabeled, "removed": removed}
            run = submit("version", request, f"New version of {dataset.name}", owner=nickname())
            _discard(dataset.id)
            go_to_job(run.id)
    st.button("Discard", icon=":material/undo:", on_click=safely(_discard), args=(dataset.id,))


def _discard(dataset_id: str) -> None:
    changes_of(dataset_id).clear()
    let_go(dataset_id)


def _round(dataset_id: str) -> str:
    return f"drawings-{dataset_id}"


def _generation(dataset_id: str) -> str:
    return f"generation-{dataset_id}"
