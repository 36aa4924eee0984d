"""What experts ask next, in tabs beneath the answer: only the one that is open is computed."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.classify.batch import Row, classified, show_batch
from pages.classify.inside import show_inside
from pages.classify.map import FEWEST, show_map
from pages.classify.missing import show_missing
from pages.classify.own import offer_own, show_own
from pages.classify.result import Answer, class_facts, few_classes
from pages.ui.errors import errors_shown
from pages.ui.text import plain
from tlcore.inference.many import PhotoFile
from tlcore.inference.networks.choice import Network
from tlcore.text import probability_text

_ABOUT, _INSIDE, _TABLE, _MAP = "About the answer", "Inside the network", "All photos", "Map of the photos"
_OWN, _MISSING = "Your own network", "More networks"


def show_more(
    photo: PhotoFile | None,
    answers: list[Answer],
    rows: list[Row],
    ready: list[Network],
    missing: list[Network],
    mode: str,
) -> None:
    """Draw the tabs that there is something for.

    Args:
        photo: the one that is shown; None if none is.
        answers: what each network made of it.
        rows: of all photos where there are several, by the first network.
        ready: the networks chosen that are ready.
        missing: networks that miss their weights on this machine.
        mode: resize mode, "" for each network's own.
    """
    tabs: dict[str, Callable[[], None]] = {}
    if answers:
        tabs[_ABOUT] = lambda: _show_about(answers)
        tabs[_INSIDE] = lambda: show_inside([each.prepared for each in answers], [each.result for each in answers])
    if rows:
        tabs[_TABLE] = lambda: show_batch(_all_answers(rows, ready, mode))
    good = [row for row in rows if row.guesses]
    if len(good) >= FEWEST:
        tabs[_MAP] = lambda: show_map(good, photo, ready[0].title)
    tabs[_OWN] = lambda: _show_own(ready, photo)
    if missing:
        tabs[_MISSING] = lambda: show_missing(missing)
    is_asked_for = "own" in st.query_params  # other pages lead here so
    drawn = st.tabs(list(tabs), default=_OWN if is_asked_for else None, key="more", on_change="rerun")
    for tab, show in zip(drawn, tabs.values(), strict=True):
        if tab.open:
            with tab, errors_shown():
                show()


def _all_answers(rows: list[Row], ready: list[Network], mode: str) -> dict[str, list[Row]]:
    """What each network makes of all photos: the first has seen them, the others see them now."""
    photos = [row.file for row in rows]
    return {network.title: classified(photos, network, mode) for network in ready}


def _show_own(ready: list[Network], photo: PhotoFile | None) -> None:
    offer_own()
    show_own(ready, [photo] if photo else [])


def _show_about(answers: list[Answer]) -> None:
    """How sure each network is, what its class is a kind of, and what the answer cost."""
    for answer in answers:
        card, result, best = answer.prepared.card, answer.result, answer.result.best
        st.markdown(
            f"**{plain(card.title)}: {plain(best.name)}, {plain(probability_text(best.probability))}.** "
            f"{plain(_sureness(answer))}"
        )
        facts = [f"{result.milliseconds:.0f} ms", f"{answer.prepared.size / 1e6:.1f} MB"]
        st.caption(plain(" · ".join([*facts, class_facts(answer.prepared, best.index)])))


def _sureness(answer: Answer) -> str:
    """How sure a network is; of one with its own classes, that it has to take every photo for one of them."""
    classes = answer.prepared.card.classes
    if not classes:
        return answer.result.sureness()
    return f"{few_classes(classes)} It takes every photo for one of these, whatever it shows."
