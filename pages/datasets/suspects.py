"""Images whose label is probably wrong, by heads that have not seen them, to be judged by a person."""

from __future__ import annotations

import contextlib

import streamlit as st

from pages.datasets.address import JUDGE
from pages.datasets.grid import PER_PAGE, show_grid
from pages.datasets.parts import parts_of
from pages.ui.errors import safely
from pages.ui.jobs import duration_text
from pages.ui.offer_jobs import offer_jobs
from pages.ui.owner import nickname
from pages.ui.text import plain
from tlcore.comparison.label_noise import Suspect, checks_of, doubts_of, is_judged, runs_that_judge
from tlcore.datasets.dataset import Dataset
from tlcore.errors import StudioError
from tlcore.runs.client import submit
from tlcore.runs.run import Run
from tlcore.runs.store import open_store
from tlcore.text import count_text, probability_text
from tlcore.training.estimate import estimate
from tlcore.training.plans.defaults import suggest_plan
from tlcore.training.plans.plan import plan_from_json
from tlcore.zoo.catalog import INSTALLED, find

_KIND = "judge"
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
    _choose_network(dataset)
    check = _check_of(dataset)
    if check is None:
        offer_check(dataset)
        return {}
    found = _found(check.id, check)
    clear = [each for each in found if each.is_clear]
    _show_clear(dataset, clear, check.id)
    if len(found) > len(clear):
        _show_less_sure(dataset, found[len(clear) :], check.id, len(clear) < _SHOWN)
    return {each.image: dataset.classes[each.suggested] for each in found}


def suspects_in(dataset: Dataset) -> list[Suspect] | None:
    """The images whose label is probably wrong.

    Args:
        dataset: any dataset.

    Returns:
        The most doubtful first; None where nobody has checked the labels.
    """
    check = _check_of(dataset)
    return None if check is None else [each for each in _found(check.id, check) if each.is_clear]


def offer_check(dataset: Dataset) -> None:
    """Draw the button that checks the labels, or how far that is.

    Args:
        dataset: any dataset whose labels are not checked yet.
    """
    run = _asked_run(dataset)
    if run is None and not parts_of(dataset.id).is_split:
        st.info(f"Its labels cannot be checked. {plain(parts_of(dataset.id).sentence)}", icon=_ICON)
        return
    plan = plan_from_json(run.plan if run else suggest_plan(dataset, "frozen", INSTALLED))
    time = duration_text(estimate(plan, len(dataset), len(dataset.classes)).seconds)
    before = checks_of(dataset.source.get("parent", ""))
    again = "The labels of the version before were checked; those of this one have not been yet. " if before else ""
    st.write(
        f"{again}{plan.architecture.title} looks at every image and says which class it would put it in, without "
        f"having been told: where that is another one, the label may be wrong. Takes {time}, or less if a run has "
        "looked at the images before; the result is kept."
    )
    request = {"run": run.id} if run else {"dataset": dataset.id}
    address = {"dataset": dataset.id} | ({JUDGE: run.id} if run else {})
    name = f"Label check: {run.name if run else dataset.name}"
    offer_jobs(_KIND, {name: request}, "Check the labels", _ICON, lambda: st.query_params.update(address))


def check_again(version: Dataset) -> None:
    """Have the labels of a new version checked where those of the version before were: most of the work is kept.

    Args:
        version: a dataset that was made from another.
    """
    request = {"dataset": version.id}
    is_asked = any(job.plan == request for job in open_store().runs(kind=_KIND))
    if checks_of(version.source.get("parent", "")) and not is_asked and parts_of(version.id).is_split:
        with contextlib.suppress(StudioError):  # then there is the button
            submit(_KIND, request, f"Label check: {version.name}", owner=nickname())


def _check_of(dataset: Dataset) -> Run | None:
    """The check that is shown: that of the run in the address, else the newest; None where there is none."""
    run = _asked_run(dataset)
    if run is not None:
        return run if is_judged(run) else None
    return next(iter(checks_of(dataset.id)), None)


def _asked_run(dataset: Dataset) -> Run | None:
    """The run in the address on whose features labels are to be checked."""
    return next((run for run in runs_that_judge(dataset.id) if run.id == st.query_params.get(JUDGE)), None)


def _choose_network(dataset: Dataset) -> None:
    """Let another network look at the labels, where a run on the dataset has one."""
    asked = _asked_run(dataset)
    runs = {
        run.id: run
        for run in runs_that_judge(dataset.id)
        if run.plan["backbone"] != INSTALLED or run == asked or is_judged(run)
    }
    if not runs:
        return

    def title(id: str) -> str:
        return f"{runs[id].name}, {runs[id].ended[:16].replace('T', ' ')} UTC" if id else find(INSTALLED).title

    key = f"judge-{dataset.id}"
    st.session_state[key] = asked.id if asked else ""
    st.selectbox(
        "Checked with",
        ["", *runs],
        format_func=title,
        help="What the network of a run sees. Each image is checked by a head that was not trained on it.",
        width=560,
        key=key,
        on_change=safely(lambda: _ask(st.session_state[key])),
    )


def _ask(run_id: str) -> None:
    if run_id:
        st.query_params[JUDGE] = run_id
    else:
        st.query_params.pop(JUDGE, None)


def count_sentence(count: int, dataset: Dataset) -> str:
    """Say how many images may be labeled wrong.

    Args:
        count: of these, 1 or more.
        dataset: where they are.
    """
    which = "One" if count == 1 else f"{count:,}"
    return f"{which} of {len(dataset):,} images may be labeled wrong."


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
        st.success("No label looks wrong.", icon=":material/check_circle:")
        return
    st.markdown(f"#### {count_sentence(len(clear), dataset)}")
    which = (
        "It may just be difficult, so you decide: if it is wrong, click it, then"
        if len(clear) == 1
        else "The most doubtful come first. Some are just difficult, so you decide: click each one that is wrong, then"
    )
    st.write(
        f"{which} **Relabel as suggested** at the foot of the page. Nothing changes before you make a new version."
    )
    _show_page(dataset, clear, f"suspects-{run_id}")


def _show_less_sure(dataset: Dataset, doubted: list[Suspect], run_id: str, in_sight: bool) -> None:
    st.html(_LINE)
    st.caption(
        "Above the line, the network is as sure of the other class as it usually is of images that belong to it. "
        "Below, it is less sure: if labels were mixed up, look here, too."
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


@st.cache_data(max_entries=16, show_spinner=False)
def _found(run_id: str, _run: Run) -> list[Suspect]:
    return doubts_of(_run)
