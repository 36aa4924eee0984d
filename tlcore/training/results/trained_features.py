"""What a trained backbone makes of the images of its run, kept so that images alike to it can be found. Knows no TF.

Features of a frozen backbone are kept with those of all runs: see `tlcore.training.features.cache`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tlcore.inference.latent import unit_rows
from tlcore.inference.networks.head import POOLINGS
from tlcore.storage.arrays import read_arrays, write_arrays

FEATURES_FILE = "features.npz"  # in the folder of the run
MOST_BYTES = 30_000_000  # 1,000 images of 1,280 numbers take 2.6 MB


@dataclass(frozen=True)
class TrainedFeatures:
    """Features of images, each row of length 1.

    Args:
        indices: int (n,), positions of the images in the dataset.
        rows: float16 (n, numbers).
    """

    indices: np.ndarray
    rows: np.ndarray

    @property
    def row_of(self) -> dict[int, int]:
        """Position in the dataset → row."""
        return {int(index): row for row, index in enumerate(self.indices)}


class FeatureKeeper:
    """Collects features batch by batch, and nothing where all would be too many.

    Args:
        images: how many there will be.
        pooling: key of `POOLINGS` by which the head takes maps.
    """

    def __init__(self, images: int, pooling: str):
        self._images, self._pooling = images, pooling
        self._indices: list[np.ndarray] = []
        self._rows: list[np.ndarray] = []

    def take(self, indices: np.ndarray, features: np.ndarray) -> None:
        """Take a batch.

        Args:
            indices: int (n,), positions of the images in the dataset.
            features: float32 (n, height, width, channels) or (n, numbers).
        """
        rows = POOLINGS[self._pooling].forward(features) if features.ndim == 4 else features
        if rows.shape[1] * self._images * np.dtype(np.float16).itemsize <= MOST_BYTES:
            self._indices.append(indices)
            self._rows.append(unit_rows(rows).astype(np.float16))

    def all(self) -> TrainedFeatures | None:
        """All that was taken; None if that is nothing."""
        if not self._rows:
            return None
        return TrainedFeatures(np.concatenate(self._indices), np.concatenate(self._rows))


def save_features(folder: Path, features: TrainedFeatures) -> None:
    """Keep the features of a run, all or nothing.

    Args:
        folder: of the run.
        features: what to keep.
    """
    write_arrays(folder / FEATURES_FILE, vars(features))


def load_features(folder: Path) -> TrainedFeatures:
    """Read the features of a run.

    Args:
        folder: of the run.

    Raises:
        MissingError: if there are none, as of a frozen backbone, or the file is damaged.
    """
    what = f"the features of run {folder.name}"
    return TrainedFeatures(**read_arrays(folder / FEATURES_FILE, what, "Train the run again."))
