"""What training changed inside a network: its weights layer by layer, and how it arranges the test images."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tlcore.errors import MissingError
from tlcore.inference.latent import unit_rows
from tlcore.runs.run import Run
from tlcore.storage.arrays import read_arrays
from tlcore.training.plans.strategies import STRATEGIES

CHANGES_FILE = "changes.npz"  # in the folder of the run


@dataclass(frozen=True, eq=False)
class Changes:
    """A network at its start and after training.

    Args:
        layers: names of the backbone's layers with weights, from the photo up.
        weights: int64 (layers,), how many each has.
        change: float64 (layers,), distance between its weights after and before, relative to their length before
            (L2 norms).
        indices: int64 (photos,), test photos, positions in the dataset.
        labels: int (photos,), their true classes.
        before: float32 (photos, channels), their features at the start, averaged over the places of the map.
        after: float32 (photos, channels), the same after training.
    """

    layers: np.ndarray
    weights: np.ndarray
    change: np.ndarray
    indices: np.ndarray
    labels: np.ndarray
    before: np.ndarray
    after: np.ndarray

    def layer_rows(self) -> list[dict]:
        """One row a layer: its place, name, weights and relative change."""
        return [
            {"depth": depth, "layer": str(name), "weights": int(weights), "relative change": float(change)}
            for depth, (name, weights, change) in enumerate(
                zip(self.layers, self.weights, self.change, strict=True), start=1
            )
        ]


def can_change(run: Run) -> bool:
    """Tell whether a run trains layers of its backbone.

    Args:
        run: a training run.

    Returns:
        False if only a new head is trained.
    """
    return STRATEGIES.find(run.plan["strategy"]).trains_backbone


def load_changes(run: Run) -> Changes | None:
    """Read what the job `changes` has found.

    Args:
        run: a training run.

    Returns:
        The changes; None if the job was not executed yet, or its file is damaged: it can be executed again.
    """
    path = run.folder / CHANGES_FILE
    try:
        arrays = read_arrays(path, "what training changed", "")
    except MissingError:
        path.unlink(missing_ok=True)
        return None
    return Changes(**{name: arrays[name] for name in Changes.__dataclass_fields__})


def neighbor_share(features: np.ndarray, labels: np.ndarray) -> float:
    """Measure how well features keep classes apart.

    Args:
        features: float32 (n, channels).
        labels: int (n,), classes.

    Returns:
        Share of photos whose nearest other photo (by the angle between features) is of the same class, 0..1.
    """
    rows = unit_rows(features)
    similarity = rows @ rows.T
    np.fill_diagonal(similarity, -np.inf)
    return float((labels[similarity.argmax(axis=1)] == labels).mean())
