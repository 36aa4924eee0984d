"""What a run gets most wrong, as pictures: while it goes on, and in the end, with where its network looked."""

from __future__ import annotations

import streamlit as st

from pages.train.run.pictures import looked_at, side_by_side
from pages.ui.errors import errors_shown, safely
from pages.ui.figure import save_rows
from pages.ui.photos import photo, show_grid, webp_address
from pages.ui.text import plain
from tlcore.comparison.comparison import ComparedRun
from tlcore.comparison.mistakes import prediction_rows, what_is_wrong
from tlcore.datasets.dataset import Dataset, open_dataset
from tlcore.errors import NotFoundError
from tlcore.inference.attention import has_maps
from tlcore.inference.classifier import see
from tlcore.inference.networks.prepared import Prepared
from tlcore.runs.run import Event, Run
from tlcore.text import percent_text
from tlcore.training.plans.fields import EXACT

_SHOWN, _MOST = 6, 48
_CARD = 280  # pixels that a card is wide at least
_ALONE = 150  # pixels of a photo without the picture of where the network looked


def show_mistakes(run: Run, events: list[Event]) -> None:
    """Draw the validation photos on whose class a run is most wrong, as of its last epoch.

    Args:
        run: a training run.
        events: what it has reported.
    """
    latest = next((event.payload for event in reversed(events) if event.kind == "mistakes"), None)
    if latest is None:
        return
    try:
        dataset = open_dataset(run.plan["dataset"])
    except NotFoundError:
        return
    step = "pass" if run.plan.get("optimizer") == EXACT else "epoch"
    st.subheader(f"Worst mistakes after {step} {latest['epoch']}")
    if not latest["photos"]:
        st.write("Every validation image is classified correctly.")
        return
    captions = [
        f"{dataset.classes[photo['true']]}, mistaken for {dataset.classes[photo['predicted']]} "
        f"({100 * photo['probability']:.0f} %)"
        for photo in latest["photos"]
    ]
    show_grid(dataset, [photo["image"] for photo in latest["photos"]], captions, f"mistakes-{run.id}")


@st.fragment
@errors_shown()
def show_test_mistakes(item: ComparedRun, network: Prepared | None) -> None:
    """Draw the test photos that a run got wrong, worst first, and what may be the reason.

    Args:
        item: a finished run.
        network: its network, to show where it looked; None if it is not prepared.

    Raises:
        MissingError: if its predictions are gone.
        NotFoundError: if its dataset is gone.
    """
    test, dataset = item.predictions(), open_dataset(item.run.plan["dataset"])
    photos = test.worst_mistakes(_MOST)
    wrong = int((~test.right).sum())
    if not wrong:
        st.write(f"It got all {len(test.labels):,} test images right. Give it harder ones: yours, above.")
        return
    looks = network is not None and has_maps(network)
    st.markdown(
        f"**{wrong:,} of {len(test.labels):,} test images are wrong.** Why might that be?\n"
        + "\n".join(f"- {plain(sentence)}" for sentence in what_is_wrong(item))
        + (
            "\n- Red marks what spoke for its answer (Grad-CAM): is it the thing itself, or what lies beside it?"
            if looks
            else ""
        )
    )
    all_shown = f"all-mistakes-{item.run.id}"
    shows_all = st.session_state.get(all_shown, False)
    with st.grid(min_column_width=_CARD if looks else _ALONE, gap="medium", key=f"test-mistakes-{item.run.id}"):
        for row in photos if shows_all else photos[:_SHOWN]:
            true, predicted = item.classes[row["true"]], item.classes[row["predicted"]]
            words = f"{true}, taken for {predicted} ({percent_text(row['probability'], 1)} sure)"
            picture = photo(dataset.id, row["image"])
            if network is not None and looks:
                created = network.card.created
                picture = _card(item.run.id, created, row["image"], row["predicted"], dataset, network)
            st.image(picture, caption=plain(words), alt=words, width="stretch" if looks else _ALONE)
    with st.container(horizontal=True, vertical_alignment="center"):
        if len(photos) > _SHOWN:
            label = "Show fewer" if shows_all else f"Show {len(photos) - _SHOWN} more"
            st.button(label, key=f"more-mistakes-{item.run.id}", on_click=safely(_set), args=(all_shown, not shows_all))
        save_rows(
            lambda: prediction_rows(test, item.classes, dataset.names),
            f"predictions-{item.run.id}",
            f"predictions-csv-{item.run.id}",
        )
        if item.run.plan["strategy"] == "frozen":
            st.page_link(
                "datasets/page.py",
                label="Look for wrong labels in the dataset",
                icon=":material/troubleshoot:",
                query_params={"dataset": dataset.id, "judge": item.run.id},
            )


def _set(key: str, value: bool) -> None:
    st.session_state[key] = value


@st.cache_data(max_entries=500, show_spinner=False)
def _card(run_id: str, created: str, index: int, predicted: int, _dataset: Dataset, _network: Prepared) -> str:
    """A photo as a network sees it, and beside it what spoke for its answer."""
    square = see(_network.card, _dataset.image(index))
    return webp_address(side_by_side(square, looked_at(_network, square, predicted)))
