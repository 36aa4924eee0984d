"""Choosing the runs to compare; the choice is part of the page's address."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui.launcher import LAUNCHER
from pages.ui.text import plain
from tlcore.comparison.comparison import ComparedRun, load_compared, suggest
from tlcore.datasets.dataset import list_datasets
from tlcore.runs.run import FINISHED, Run
from tlcore.runs.store import open_store
from tlcore.training.plans.strategies import STRATEGIES
from tlcore.training.results.result import TrainResult

_FILTERS = {
    "Dataset": lambda run: run.plan["dataset"],
    "Strategy": lambda run: STRATEGIES.find(run.plan["strategy"]).title,
    "Backbone": lambda run: run.plan["backbone"],
}
# The others can be searched for, and would not fit beside these.
_SHOWN = ("Run", "Test accuracy", "Strategy", "Backbone", "Cost (s)", "Created (UTC)", "Tags")
_ADDRESS = "compare-address"  # what this page itself last wrote into the address


def choose_runs(actions: DeltaGenerator) -> list[ComparedRun]:
    """Read the choice of runs from the address, or suggest one, and draw the button that changes it.

    Args:
        actions: where the button goes.

    Returns:
        The runs chosen, in order; an empty list if there is nothing to compare yet.
    """
    runs = {run.id: run for run in open_store().runs(kind="train", states=[FINISHED])}
    if not runs:
        _explain_nothing_here()
        return []
    address = st.query_params.get_all("runs")
    chosen = [run_id for run_id in address if run_id in runs] or suggest(list(runs.values()))
    missing = [run_id for run_id in address if run_id not in runs]
    if missing:
        listing = plain(", ".join(missing))
        st.warning(f"Not shown because deleted or not finished: {listing}.", icon=":material/link_off:")
    st.query_params["runs"] = chosen
    st.session_state[_ADDRESS] = chosen
    if actions.button("Choose runs", icon=":material/checklist:", key="compare-choose"):
        _offer_table(list(runs.values()), chosen)
    return load_compared(chosen)


@st.dialog("Choose runs to compare", width="large")
def _offer_table(runs: Sequence[Run], chosen: Sequence[str]) -> None:
    """Draw all finished runs as a table to filter and choose from."""
    shown = sorted(_filtered(runs), key=lambda run: run.id not in chosen)  # what is compared now comes first
    st.caption(
        f"{len(shown)} of {len(runs)} finished runs. Runs with the same test images can be compared directly. "
        "Click a heading to sort."
    )
    picked = st.dataframe(
        [_table_row(run) for run in shown],
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": [row for row, run in enumerate(shown) if run.id in chosen]}},
        column_order=_SHOWN,
        key=f"compare-rows-{zlib.crc32(' '.join(run.id for run in shown).encode())}",
        column_config={
            "Run": st.column_config.TextColumn(width=260),
            "Test accuracy": st.column_config.NumberColumn(format="%.1f %%"),
            "Cost (s)": st.column_config.NumberColumn(format="%.0f"),
        },
    )
    ids = [shown[row].id for row in picked["selection"]["rows"]]
    label = f"Compare {len(ids)} runs" if len(ids) != 1 else "Show 1 run"
    if st.button(label, type="primary", disabled=not ids, icon=":material/compare_arrows:", key="compare-chosen"):
        st.query_params.from_dict({"runs": ids})  # without the experiment that it named
        st.rerun()


def _filtered(runs: Sequence[Run]) -> list[Run]:
    """Draw the filters and give the runs that pass all of them."""
    text, *columns = st.columns([2, 1, 1, 1])
    words = text.text_input("Contains", placeholder="Text in any column", key="compare-words").lower().split()
    shown = [run for run in runs if all(word in str(_table_row(run)).lower() for word in words)]
    for column, (name, read) in zip(columns, _FILTERS.items(), strict=True):
        wanted = column.multiselect(name, sorted({read(run) for run in runs}), key=f"compare-{name}", placeholder="All")
        shown = [run for run in shown if not wanted or read(run) in wanted]
    return shown


def _table_row(run: Run) -> dict:
    result = TrainResult.from_json(run.result)
    return {
        "Run": run.name,
        **{name: read(run) for name, read in _FILTERS.items()},
        "Test accuracy": 100 * result.test.accuracy,
        "Trained numbers": result.trainable,
        "Cost (s)": result.cost_seconds,
        "Effort": result.effort,
        "Created (UTC)": run.created[:16].replace("T", " "),
        "Experiment": run.experiment,
        "Tags": ", ".join(run.tags),
        "Id": run.id,
    }


def choose_one(compared: Sequence[ComparedRun], label: str, key: str) -> ComparedRun:
    """Draw the choice of one of the compared runs.

    Args:
        compared: at least one.
        label: of the choice.
        key: unique on the page.

    Returns:
        The run chosen.
    """
    choices = {item.run.id: item for item in compared}
    return choices[st.selectbox(label, list(choices), key=key, format_func=lambda run_id: choices[run_id].title)]


def keep_address() -> None:
    """Say the choice again: a fragment that draws the page anew may still carry an older address."""
    st.query_params["runs"] = st.session_state[_ADDRESS]


def _explain_nothing_here() -> None:
    st.header("What does pretraining buy? Train one network three ways and see.", anchor=False)
    st.write(
        "Frozen, fine-tuned and from scratch, on the same images: there is no finished run yet, and this page shows "
        "how well each of them did, at what cost, and which images it still gets wrong."
    )
    if list_datasets():
        if st.button("Set up an experiment", type="primary", icon=":material/science:"):
            st.session_state[LAUNCHER] = True
            st.rerun()
    elif st.button("Begin with the first example", type="primary", icon=":material/play_arrow:"):
        st.switch_page("home/page.py")
