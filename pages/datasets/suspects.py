"""Images whose label is doubted on the features of a finished run, to be judged by a person."""

from __future__ import annotations

import streamlit as st

from pages.datasets.address import JUDGE
from pages.datasets.grid import PER_PAGE, show_grid
from pages.datasets.parts import parts_of
from pages.ui.offer_jobs import offer_jobs
from pages.ui.text import plain
from tlcore.comparison.label_noise import Suspect, doubts_of, is_judged, runs_that_judge
from tlcore.datasets.dataset import Dataset
from tlcore.runs.run import Run
from tlcore.text import count_text, probability_text
from tlcore.training.plans.defaults import run_name, suggest_plan
from tlcore.training.plans.plan import plan_from_json
from tlcore.zoo.catalog import INSTALLED, find

_ICON = ":material/troubleshoot:"
_SHOWN = 10  # fewer suspects than these, and those that are less sure are in sight, too
_LINE = "<div style='border-top: 2px dashed currentColor; opacity: .55; margin-top: .4rem'></div>"


def show_suspects(dataset: Dataset) -> dict[int, str]:
    """Draw the images whose class is doubted.

    Args:
        dataset: any dataset.

    Returns:
        Image → the class that it looks like.
    """
    runs = {run.id: run for run in runs_that_judge(dataset)}
    if not runs:
        _offer_run(dataset)
        return {}
    asked = st.query_params.get(JUDGE, "")
    chosen = st.selectbox(
        "Check labels with run",
        list(runs),
        index=list(runs).index(asked) if asked in runs else 0,
        format_func=lambda id: f"{runs[id].name}, {runs[id].ended[:16].replace('T', ' ')} UTC",
        help="The run's features are used. Each image is checked by a head that was not trained on it.",
        width=560,
    )
    if not is_judged(runs[chosen]):
        st.write("Each image is checked by a head that has not seen it. This takes a few seconds; the result is kept.")
        requests = {f"Label check: {runs[chosen].name}": {"run": chosen}}
        address = {"dataset": dataset.id, JUDGE: chosen}
        offer_jobs("judge", requests, "Look for wrong labels", _ICON, lambda: st.query_params.update(address))
        return {}
    found = _found(chosen, runs[chosen])
    clear = [each for each in found if each.is_clear]
    _show_clear(dataset, clear, chosen)
    if len(found) > len(clear):
        _show_less_sure(dataset, found[len(clear) :], chosen, len(clear) < _SHOWN)
    return {each.image: dataset.classes[each.suggested] for each in found}


def doubts_about(dataset: Dataset) -> list[Suspect]:
    """What the newest check of labels has found.

    Args:
        dataset: any dataset.

    Returns:
        Doubtful images, the most doubtful first; none where nobody has checked.
    """
    run = next(filter(is_judged, runs_that_judge(dataset)), None)
    return _found(run.id, run) if run else []


def doubt_text(dataset: Dataset, suspect: Suspect) -> str:
    """What an image looks like, and how sure that is.

    Args:
        dataset: where it is.
        suspect: the image.
    """
    sure = f"{probability_text(suspect.probability)} sure".replace(" ", "\N{NO-BREAK SPACE}")
    return f"looks like {dataset.classes[suspect.suggested]}, {sure}"


def _show_clear(dataset: Dataset, clear: list[Suspect], run_id: str) -> None:
    if not clear:
        st.success("No label is probably wrong.", icon=":material/check_circle:")
        return
    which = "One image is" if len(clear) == 1 else f"{len(clear):,} images are"
    st.markdown(f"#### {which} probably labeled wrong, of {len(dataset):,}.")
    st.write(
        "The most doubtful come first. Some are just difficult, so you decide: click each one that is wrong, then "
        "**Relabel as suggested** at the foot of the page. Nothing changes before you make a new version."
    )
    _show_page(dataset, clear, f"suspects-{run_id}")


def _show_less_sure(dataset: Dataset, doubted: list[Suspect], run_id: str, in_sight: bool) -> None:
    st.html(_LINE)
    st.caption(
        "Above this line, another class is as probable as it usually is for images that belong to it (nine tenths of "
        "that or more). Below it the network is less sure; where labels were mixed up, look here, too."
    )
    with st.expander(f"Less sure: {count_text(len(doubted), 'image')}", expanded=in_sight):
        _show_page(dataset, doubted, f"doubts-{run_id}", _SHOWN)


def _show_page(dataset: Dataset, found: list[Suspect], key: str, per_page: int = PER_PAGE) -> None:
    pages = -(-len(found) // per_page)
    place = st.container()
    page = st.pagination(pages, key=f"{key}-page") if pages > 1 else 1
    notes = {each.image: doubt_text(dataset, each) for each in found[(page - 1) * per_page : page * per_page]}
    with place:
        show_grid(dataset, list(notes), key, notes)


def _offer_run(dataset: Dataset) -> None:
    """Offer the run on whose features labels are judged."""
    parts = parts_of(dataset.id)
    if not parts.is_split:
        st.info(f"Labels are checked with a trained run. {plain(parts.sentence)}", icon=_ICON)
        return
    st.write(
        f"Labels are checked with what a trained network sees. {find(INSTALLED).title}, kept as it is, gets a new head "
        "for these classes; that is a run like any other, and takes from seconds to a few minutes."
    )
    plan = plan_from_json(suggest_plan(dataset, "frozen", INSTALLED))
    requests = {run_name(plan): plan.to_json()}
    offer_jobs("train", requests, "Train this run", _ICON, lambda: st.query_params.update({"dataset": dataset.id}))


@st.cache_data(max_entries=16, show_spinner=False)
def _found(run_id: str, _run: Run) -> list[Suspect]:
    return doubts_of(_run)
