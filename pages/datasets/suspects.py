"""Images whose label is doubted on the features of a finished run, to be judged by a person."""

from __future__ import annotations

import streamlit as st

from pages.datasets.address import JUDGE
from pages.datasets.grid import PER_PAGE, show_grid
from pages.datasets.parts import parts_of
from pages.ui.offer_jobs import offer_jobs
from pages.ui.text import plain
from tlcore.comparison.label_noise import Suspect, is_judged, runs_that_judge, suspects_of
from tlcore.datasets.dataset import Dataset
from tlcore.runs.run import Run
from tlcore.text import probability_text
from tlcore.training.plans.defaults import run_name, suggest_plan
from tlcore.training.plans.plan import plan_from_json
from tlcore.zoo.catalog import INSTALLED, find

_ICON = ":material/troubleshoot:"


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
    if not found:
        st.success("No suspect labels found.", icon=":material/check_circle:")
        return {}
    st.markdown(f"#### {len(found):,} of {len(dataset):,} images may be labeled wrong.")
    st.write(
        "They look more like another class, the most doubtful first; some are just difficult, so you decide. Click "
        "each one that is wrong, then **Relabel as suggested** at the foot of the page. Nothing changes before you "
        "make a new version."
    )
    pages = -(-len(found) // PER_PAGE)
    place = st.container()
    page = st.pagination(pages, key=f"suspects-page-{chosen}") if pages > 1 else 1
    shown = found[(page - 1) * PER_PAGE : page * PER_PAGE]
    notes = {each.image: f"looks like {dataset.classes[each.suggested]}, {_sure(each)}" for each in shown}
    with place:
        show_grid(dataset, list(notes), f"suspects-{chosen}", notes)
    return {each.image: dataset.classes[each.suggested] for each in found}


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


def _sure(suspect: Suspect) -> str:
    """How sure the network is, in words that stay together."""
    return f"{probability_text(suspect.probability)} sure".replace(" ", "\N{NO-BREAK SPACE}")


@st.cache_data(max_entries=16, show_spinner=False)
def _found(run_id: str, _run: Run) -> list[Suspect]:
    return suspects_of(_run)
