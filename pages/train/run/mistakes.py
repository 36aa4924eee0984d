"""What a run gets most wrong, as pictures: while it goes on, and in the end, with where its network looked."""

from __future__ import annotations

import streamlit as st

from pages.train.run.wrong_photos import show_wrong_photos
from pages.ui.errors import errors_shown, safely
from pages.ui.figure import save_rows
from pages.ui.photos import show_grid
from pages.ui.text import plain
from tlcore.comparison.comparison import ComparedRun
from tlcore.comparison.curves.setting import setting_of
from tlcore.comparison.curves.steps import count_passes, step_text
from tlcore.comparison.known import known_of
from tlcore.comparison.look_alikes import LookAlikes, look_alikes
from tlcore.comparison.mistakes import prediction_rows, what_is_wrong
from tlcore.datasets.dataset import open_dataset
from tlcore.errors import NotFoundError
from tlcore.inference.attention import has_maps
from tlcore.inference.networks.prepared import Prepared
from tlcore.runs import client
from tlcore.runs.run import Event, Run
from tlcore.text import probability_text

_VALIDATION = (
    "Validation photos check how training goes and may steer it, such as when to stop; so only the test photos, by "
    "which nothing is chosen, show in the end how good the network is."
)
_SHOWN, _MORE = 6, 24  # photos in sight at first, and each time that more are asked for


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
    step = step_text(latest["epoch"], count_passes(client.curve(events)))
    if not latest["photos"]:
        setting = setting_of(run)
        images = f"All {setting.images:,}" if setting else "All"
        st.subheader(f"{images} validation photos are right after {step}")
        st.caption(_VALIDATION)
        return
    st.subheader(f"Validation photos it gets most wrong after {step}")
    st.caption(_VALIDATION)
    captions = [
        f"{dataset.classes[photo['true']]}, taken for {dataset.classes[photo['predicted']]} "
        f"({probability_text(photo['probability'])} sure)"
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
    wrong = int((~test.right).sum())
    photos = test.worst_mistakes(wrong)
    if not wrong:
        st.write(f"It got all {len(test.labels):,} test images right. Give it harder ones: yours, above.")
        return
    looks = network is not None and has_maps(network)
    count_key = f"mistakes-shown-{item.run.id}"
    count = st.session_state.get(count_key, _SHOWN)
    shown = photos[:count]
    alikes, known = look_alikes(item, shown), known_of(item)
    reasons = [*known.sentences([photo["image"] for photo in photos]), *what_is_wrong(item)]
    st.markdown(
        f"**{wrong:,} of {len(test.labels):,} test images {'is' if wrong == 1 else 'are'} wrong.** Why might that be?\n"
        + "\n".join(f"- {plain(sentence)}" for sentence in reasons)
    )
    st.caption(" ".join(_how_to_read(item, network, looks, alikes)))
    show_wrong_photos(item, shown, network, alikes, known)
    with st.container(horizontal=True, vertical_alignment="center"):
        left = len(photos) - count
        if left > 0:
            more = f"Show {min(left, _MORE)} more" + (f" of {left}" if left > _MORE else "")
            st.button(more, key=f"more-{count_key}", on_click=safely(_set), args=(count_key, count + _MORE))
        if count > _SHOWN:
            st.button("Show fewer", key=f"fewer-{count_key}", on_click=safely(_set), args=(count_key, _SHOWN))
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


def _how_to_read(item: ComparedRun, network: Prepared | None, looks: bool, alikes: LookAlikes | None) -> list[str]:
    """What the pictures show beside the photos, and what would have to be there to see more."""
    sentences = ["Only test photos are shown here: nothing was learned from them, and nothing chosen by them."]
    if network is None:
        sentences.append("To see where it looked, press “Get it ready to try” above.")
    if looks:
        sentences.append(
            "Red marks what spoke for its answer (Grad-CAM): is it the thing itself, or what lies beside it?"
        )
    if alikes:
        whom = "to the network" if alikes.are_its_own else "to the network as it was before training"
        sentences.append(
            f"On the right is the training image of the class it was taken for that looks most like it {whom}: what "
            "do the two share?"
        )
    elif item.strategy.trains_backbone:
        sentences.append(
            "Similar training images are not shown: nothing was kept to find them by, as the run was trained by an "
            "earlier version or on very many images."
        )
    return sentences


def _set(key: str, value: int) -> None:
    st.session_state[key] = value
