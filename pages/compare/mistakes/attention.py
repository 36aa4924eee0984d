"""Where runs looked on photos: on which two of them disagree, or which one gets wrong."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from pages.compare.choice import keep_address
from pages.compare.mistakes.photos import offer_more, shown_of
from pages.ui.offer_jobs import offer_jobs
from pages.ui.photos import show_picture
from pages.ui.text import plain
from tlcore.comparison.comparison import ComparedRun
from tlcore.datasets.dataset import open_dataset
from tlcore.figures.pictures import heat_over_photo
from tlcore.inference.attention import class_activation, enlarge, has_maps
from tlcore.inference.classifier import see
from tlcore.inference.networks.prepared import PREPARED, Prepared, is_folder_prepared, load_prepared, run_request

_STEP = 6
_OPACITY = 0.5


def show_attention(runs: Sequence[ComparedRun], positions: np.ndarray, words: Sequence[str]) -> None:
    """Draw images with the places that speak for the answer of each run (Grad-CAM), some at first, more on demand.

    Args:
        runs: two runs on the same test photos.
        positions: int (n,), of photos within the test part.
        words: for each of these photos, what it shows and what the runs say, Markdown.
    """
    unprepared = [item for item in runs if not is_folder_prepared(item.run.folder / PREPARED)]
    if unprepared:
        requests = {
            f"Prepare {item.title}": run_request(item.run.folder, item.run.plan, item.classes, item.run.name)
            for item in unprepared
        }
        label = "Prepare both networks" if len(unprepared) == 2 else f"Prepare {plain(unprepared[0].title)}"
        st.caption("To show where a network looked, it has to be prepared once, which takes about half a minute.")
        offer_jobs("prepare", requests, label, ":material/bolt:", keep_address)
        return
    networks = [load_prepared(item.run.folder / PREPARED) for item in runs]
    if not all(map(has_maps, networks)):
        st.caption("At least one of these networks has features without positions, so where it looked cannot be shown.")
        return
    st.caption("Red areas count most toward the run's answer (Grad-CAM).")
    key = "-".join(["attention", *(item.run.id for item in runs)])
    for position, sentence in zip(positions[: shown_of(key, _STEP)], words, strict=False):
        st.markdown(sentence)
        plain_photo, *columns = st.columns(3)
        with plain_photo:
            show_picture(_square(runs[0], position, networks[0]), "The image", "A test image")
        for column, item, network in zip(columns, runs, networks, strict=True):
            with column:
                picture = _heat(item.run.id, network.card.created, position, item, network)
                show_picture(picture, item.title, f"Where {item.title} looked")
    offer_more(key, len(positions), _STEP)


def offer_looking(item: ComparedRun) -> bool:
    """Say what the red areas of a run's photos are, or draw the button that has them computed.

    Args:
        item: a run.

    Returns:
        Whether `where_it_looked` can draw them.
    """
    if not is_folder_prepared(item.run.folder / PREPARED):
        request = run_request(item.run.folder, item.run.plan, item.classes, item.run.name)
        label = f"Show where {plain(item.title)} looked"
        offer_jobs("prepare", {f"Prepare {item.title}": request}, label, ":material/visibility:", keep_address)
        return False
    if not has_maps(load_prepared(item.run.folder / PREPARED)):
        return False
    st.caption(f"Red areas count most toward the answer of {plain(item.title)} (Grad-CAM).")
    return True


def where_it_looked(item: ComparedRun, position: int) -> np.ndarray:
    """A test photo and, beside it, where a run looked.

    Args:
        item: a run for which `offer_looking` is true.
        position: of the photo within the test part.

    Returns:
        uint8 (height, width, 3).
    """
    network = load_prepared(item.run.folder / PREPARED)
    heat = _heat(item.run.id, network.card.created, position, item, network)
    square = np.broadcast_to(_square(item, position, network), heat.shape)
    return np.concatenate([square, heat], axis=1)


@st.cache_data(max_entries=500, show_spinner=False)
def _heat(run_id: str, created: str, position: int, _item: ComparedRun, _network: Prepared) -> np.ndarray:
    """The photo as the network sees it, under the colors of what speaks for its answer."""
    square = _square(_item, position, _network)
    heat = class_activation(_network, square, int(_item.predictions().predicted[position]))
    return heat_over_photo(square, enlarge(heat, len(square)), _OPACITY)


def _square(item: ComparedRun, position: int, network: Prepared) -> np.ndarray:
    """A test photo as a network sees it."""
    index = int(item.predictions().indices[position])
    return see(network.card, open_dataset(item.run.plan["dataset"]).image(index, network.card.input_size))
