"""The runs so far: found again by name, tag, note or owner; the deleted ones as long as they can be brought back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

import streamlit as st

from pages.ui.errors import safely
from pages.ui.owner import owner_text
from tlcore.datasets.dataset import list_datasets, short_name
from tlcore.datasets.overview import change_sentence
from tlcore.runs.run import FINISHED, Run
from tlcore.runs.store import open_store
from tlcore.settings import KEEP_DELETED
from tlcore.text import percent_text
from tlcore.training.plans.strategies import STRATEGIES
from tlcore.training.results.evaluation import Score

_SHOWN = 30
_STRATEGIES = {row.title: row.color for row in STRATEGIES}


def show_earlier_runs() -> None:
    """Draw the training runs as a table, newest first; a click on one opens it."""
    store = open_store()
    runs, deleted = store.runs(kind="train"), store.runs(kind="train", deleted=True)
    if not runs and not deleted:
        return
    with st.popover(f"Earlier runs ({len(runs)})", icon=":material/history:", type="tertiary", key="earlier-runs"):
        sought = st.text_input("Find", placeholder="Name, tag, note or nickname", key="find-run").casefold().split()
        found = [run for run in runs if all(word in _words(run) for word in sought)]
        _show_table(found[:_SHOWN], "earlier")
        if len(found) > _SHOWN:
            st.caption(f"Showing the newest {_SHOWN} of {len(found):,}.")
        if deleted:
            st.caption(f"Deleted runs; each can be restored for {KEEP_DELETED.days} days:")
            _show_table(deleted[:_SHOWN], "deleted")


def _words(run: Run) -> str:
    return " ".join([run.id, run.name, run.state, run.notes, owner_text(run.owner), *run.tags]).casefold()


def _show_table(runs: Sequence[Run], name: str) -> None:
    if not runs:
        st.caption("No run has all of these words.")
        return
    key = f"{name}-{runs[0].id}-{len(runs)}"

    def open_clicked() -> None:
        for row, _ in st.session_state[key].selection.cells:
            st.query_params["run"] = runs[row].id

    columns, datasets = st.column_config, _dataset_words()
    st.dataframe(
        [_row(run, datasets) for run in runs],
        hide_index=True,
        width=656,
        height=min(420, 36 * len(runs) + 38),
        on_select=safely(open_clicked),
        selection_mode="single-cell",
        key=key,
        column_config={
            "Test": columns.TextColumn(width=84, help="Accuracy on the test images."),
            "Run": columns.TextColumn(width=250, help="Click a run to open it."),
            "Strategy": columns.MultiselectColumn(
                options=list(_STRATEGIES), color=list(_STRATEGIES.values()), width=106
            ),
            "Dataset": columns.TextColumn(width=112),
            "When": columns.DatetimeColumn(format="distance", width=104),
        },
    )


def _dataset_words() -> dict[str, str]:
    """What tells each dataset from others of its name: what was changed in a version, or when it was added."""
    datasets = list_datasets()
    often = Counter(short_name(dataset.id) for dataset in datasets)
    return {
        dataset.id: (change_sentence(dataset) or dataset.created[5:16].replace("T", " ")).removesuffix(".")
        for dataset in datasets
        if often[short_name(dataset.id)] > 1
    }


def _row(run: Run, datasets: Mapping[str, str]) -> dict:
    score = Score.from_json(run.result["scores"]["test"]) if run.state == FINISHED else None
    dataset, strategy = short_name(run.plan["dataset"]), STRATEGIES.find(run.plan["strategy"]).title
    which = datasets.get(run.plan["dataset"], "")
    return {
        # Result and name come first: on a phone there is room for these two.
        "Test": percent_text(score.accuracy, score.images) if score else run.state,
        "Run": run.name.removesuffix(f" on {dataset}").removeprefix(f"{strategy} "),
        "Strategy": [strategy],
        "When": datetime.fromisoformat(run.created),
        "Dataset": f"{dataset}: {which}" if which else dataset,
    }
