"""The parts of a dataset: as its source gave them, or as a new plan would draw them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from tlcore.datasets.dataset import Dataset, open_dataset
from tlcore.datasets.overview import class_rows
from tlcore.datasets.parts import NOT_GIVEN, PARTS
from tlcore.datasets.splits import split
from tlcore.errors import DatasetError


@dataclass(frozen=True)
class Parts:
    """Which part each image of a dataset belongs to.

    Args:
        of_image: int8 (n,), position in `PARTS`, or `NOT_GIVEN`.
        rows: images by class and part, as `class_rows` counts them.
        sentence: where the parts come from; or why none can be drawn.
        is_split: whether a plan can train on it as it is.
    """

    of_image: np.ndarray
    rows: list[dict]
    sentence: str
    is_split: bool

    def counts(self) -> list[int]:
        """How many images each part has."""
        return [int((self.of_image == part).sum()) for part in range(len(PARTS))]


@st.cache_resource(max_entries=32, show_spinner=False)
def parts_of(dataset_id: str) -> Parts:
    """Find the parts of a dataset, which never changes.

    Args:
        dataset_id: its id.

    Returns:
        The parts; everybody shares them.
    """
    dataset: Dataset = open_dataset(dataset_id)
    try:
        drawn = split(dataset)
    except DatasetError as error:
        return Parts(dataset.parts, class_rows(dataset, None), str(error), False)
    of_image = np.full(len(dataset), NOT_GIVEN, np.int8)
    for number, part in enumerate(PARTS):
        of_image[getattr(drawn, part)] = number
    return Parts(of_image, class_rows(dataset, drawn), drawn.sentence, True)
