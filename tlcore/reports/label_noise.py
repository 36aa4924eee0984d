"""Photos whose label a trained network doubts: candidates for a wrong label.

The rule follows confident learning (Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in
Dataset Labels", 2021), which holds the probability of another class against what the network gives that class, on
average, on the photos that are labelled so. Here a photo is a suspect if another class is more probable than its own
and reaches two thirds of that average: the whole of it would miss most wrong labels among the training photos, which
the head has partly learnt. The averages are taken over photos that the network was not trained on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tlcore.datasets.dataset import Dataset
from tlcore.datasets.splits import PARTS
from tlcore.errors import StateError
from tlcore.runs.run import FINISHED, Run
from tlcore.runs.store import open_store
from tlcore.training.evaluation import PREDICTIONS_FILE, Predictions, load_predictions

_SHARE = 2 / 3


@dataclass(frozen=True)
class Suspect:
    """A photo whose label may be wrong.

    Args:
        image: its position in the dataset.
        part: of the split: "train", "validation" or "test".
        label: number of its class.
        suggested: number of the class that the network finds more probable.
        probability: of the suggested class, 0..1.
        loss: cross-entropy of the label in nats.
    """

    image: int
    part: str
    label: int
    suggested: int
    probability: float
    loss: float


def suspects(parts: Mapping[str, Predictions]) -> list[Suspect]:
    """Find photos whose label may be wrong.

    Photos that the network was trained on are looked at as well; as it has learnt their labels, fewer are found there.

    Args:
        parts: "train", "validation" and "test" → what a run with a frozen backbone says about them. The deeper a
            network was trained, the more of the wrong labels it has learnt by heart.

    Returns:
        The suspects, the highest loss first.
    """
    thresholds = _thresholds(parts)
    found = []
    for part, predictions in parts.items():
        probabilities, losses = predictions.probabilities, predictions.losses()
        own = probabilities[np.arange(len(predictions.labels)), predictions.labels]
        best = np.where(probabilities >= thresholds, probabilities, -1.0).argmax(axis=1)
        highest = probabilities[np.arange(len(best)), best]
        doubted = (highest >= thresholds[best]) & (highest > own)
        found += [
            Suspect(
                image=int(predictions.indices[position]),
                part=part,
                label=int(predictions.labels[position]),
                suggested=int(best[position]),
                probability=float(highest[position]),
                loss=float(losses[position]),
            )
            for position in np.flatnonzero(doubted)
        ]
    return sorted(found, key=lambda suspect: (-suspect.loss, suspect.image))


def runs_that_judge(dataset: Dataset) -> list[Run]:
    """Find the runs whose predictions can say something about the labels of a dataset.

    Args:
        dataset: any dataset.

    Returns:
        Finished runs with a frozen backbone on it, newest first.
    """
    return [
        run
        for run in open_store().runs(kind="train", states=[FINISHED])
        if run.plan["dataset"] == dataset.id
        and run.plan["strategy"] == "frozen"
        and (run.folder / PREDICTIONS_FILE).is_file()
    ]


def suspects_of(run: Run) -> list[Suspect]:
    """Find the photos whose label a finished run doubts.

    Args:
        run: one of `runs_that_judge`.

    Returns:
        The suspects, the highest loss first.

    Raises:
        StateError: if it has left no predictions.
    """
    path = run.folder / PREDICTIONS_FILE
    if not path.is_file():
        raise StateError("a finished training run", f"run {run.id}, which is {run.state}", "Choose another run.")
    return suspects({part: load_predictions(path, part) for part in PARTS})


def _thresholds(parts: Mapping[str, Predictions]) -> np.ndarray:
    """What the probability of each class must reach to make a suspect, float (classes,)."""
    unseen = [predictions for part, predictions in parts.items() if part != "train" and len(predictions.labels)]
    chosen = unseen or list(parts.values())
    labels = np.concatenate([predictions.labels for predictions in chosen])
    probabilities = np.concatenate([predictions.probabilities for predictions in chosen])
    # A class without unseen photos suggests nothing: no probability reaches 2.
    return np.array(
        [
            _SHARE * probabilities[labels == number, number].mean() if (labels == number).any() else 2.0
            for number in range(probabilities.shape[1])
        ]
    )
