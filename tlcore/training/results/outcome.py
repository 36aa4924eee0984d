"""What executing a plan comes to. Knows no TensorFlow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tlcore.datasets.splits import Split
from tlcore.inference.networks.head import Head
from tlcore.training.costs import Costs, KeptCost
from tlcore.training.results.evaluation import Predictions
from tlcore.training.results.result import Solver
from tlcore.training.results.trained_features import TrainedFeatures


@dataclass(frozen=True)
class Outcome:
    """What a run came to.

    Args:
        predictions: "train", "validation", "test" → what it says about the images of that part.
        split: the part each image belonged to.
        counts: trainable and frozen parameters of the last phase.
        epochs: how many were trained.
        chosen: the epoch whose weights the network has.
        costs: what all that needs where nothing is kept; without saving, which is not done here.
        kept: what was found already computed.
        head: all that was trained, where the backbone is frozen; else None.
        model: the whole trained network, a flat `keras.Model`, where the head is not all; else None.
        features: what a trained backbone makes of the images, where it is not too much; else None.
        solver: of an exact head; else None.
    """

    predictions: dict[str, Predictions]
    split: Split
    counts: dict[str, int]
    epochs: int
    chosen: int
    costs: Costs
    kept: Sequence[KeptCost]
    head: Head | None = None
    model: Any = None
    features: TrainedFeatures | None = None
    solver: Solver | None = None
