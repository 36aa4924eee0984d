"""Images whose label is doubted by heads that have not seen them: candidates for a wrong label.

The rule follows confident learning (Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in
Dataset Labels", 2021), which holds the probability of another class against what heads give that class, on average, on
the images that are labeled so. An image is a suspect if another class is more probable than its own and reaches nine
tenths of that average. Measured on 1,000 photos of cats and dogs with 30 labels turned, features of MobileNetV2, five
draws: 92 % of the turned labels are found, and 1.5 images are doubted without reason; with the whole average 79 % and
0.3, with two thirds of it 98 % and 15.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tlcore.datasets.splits import PARTS
from tlcore.errors import MissingError, StateError
from tlcore.runs.run import FINISHED, Run
from tlcore.runs.store import open_store
from tlcore.training.results.evaluation import JUDGED_FILE, PREDICTIONS_FILE, Predictions, load_predictions

_SHARE = 0.9
_LEAST = 0.25  # probability of another class, from which on a label is doubted at all


@dataclass(frozen=True)
class Suspect:
    """An image whose label may be wrong.

    Args:
        image: its position in the dataset.
        part: of the split: "train", "validation" or "test".
        label: number of its class.
        suggested: number of the class that it looks like.
        probability: of the suggested class, 0..1.
        loss: cross-entropy of the label in nats.
        is_clear: whether it reaches the line by the rule above; else the label is doubted, but no suspect.
    """

    image: int
    part: str
    label: int
    suggested: int
    probability: float
    loss: float
    is_clear: bool = True


def suspects(parts: Mapping[str, Predictions]) -> list[Suspect]:
    """Find images whose label may be wrong.

    Args:
        parts: "train", "validation" and "test" → what heads that have not seen them say about their images.

    Returns:
        The suspects, the highest loss first.
    """
    return [each for each in doubts(parts) if each.is_clear]


def doubts(parts: Mapping[str, Predictions]) -> list[Suspect]:
    """Rank images by how doubtful their label is.

    Args:
        parts: "train", "validation" and "test" → what heads that have not seen them say about their images.

    Returns:
        The suspects, then all others of which another class is at least 25 % probable; of each the highest loss first.
    """
    thresholds = _thresholds(parts)
    found = []
    for part, predictions in parts.items():
        probabilities, losses = predictions.probabilities, predictions.losses()
        every = np.arange(len(predictions.labels))
        own, others = probabilities[every, predictions.labels], probabilities.copy()
        others[every, predictions.labels] = -1.0
        reaching = np.where((others >= thresholds) & (others > own[:, None]), others, -1.0)
        clear = reaching.max(axis=1) > 0
        best = np.where(clear, reaching.argmax(axis=1), others.argmax(axis=1))
        highest = probabilities[every, best]
        found += [
            Suspect(
                image=int(predictions.indices[position]),
                part=part,
                label=int(predictions.labels[position]),
                suggested=int(best[position]),
                probability=float(highest[position]),
                loss=float(losses[position]),
                is_clear=bool(clear[position]),
            )
            for position in np.flatnonzero(clear | (highest >= _LEAST))
        ]
    return sorted(found, key=lambda suspect: (not suspect.is_clear, -suspect.loss, suspect.image))


def checks_of(dataset: str) -> list[Run]:
    """Find out where the labels of a dataset were checked.

    Args:
        dataset: id of a dataset.

    Returns:
        What `doubts_of` reads: jobs that checked it, newest first, then judged runs, newest first.
    """
    jobs = [run for run in open_store().runs(kind="judge", states=[FINISHED]) if run.plan.get("dataset") == dataset]
    return [run for run in [*jobs, *runs_that_judge(dataset)] if is_judged(run)]


def runs_that_judge(dataset: str) -> list[Run]:
    """Find the runs on whose features the labels of a dataset can be checked.

    Args:
        dataset: id of a dataset.

    Returns:
        Finished runs with a frozen backbone on it, newest first.
    """
    return [
        run
        for run in open_store().runs(kind="train", states=[FINISHED])
        if run.plan["dataset"] == dataset
        and run.plan["strategy"] == "frozen"
        and (run.folder / PREDICTIONS_FILE).is_file()
    ]


def is_judged(run: Run) -> bool:
    """Tell whether images were judged, so that `suspects_of` has something to read.

    Args:
        run: a job "judge" on a dataset, or one of `runs_that_judge`.
    """
    return (run.folder / JUDGED_FILE).is_file()


def suspects_of(run: Run) -> list[Suspect]:
    """Find the images whose label is probably wrong.

    Args:
        run: one of `checks_of`.

    Returns:
        The suspects, the highest loss first.

    Raises:
        StateError: as `doubts_of`.
    """
    return [each for each in doubts_of(run) if each.is_clear]


def doubts_of(run: Run) -> list[Suspect]:
    """Rank images by how doubtful heads that have not seen them find their label.

    Args:
        run: one of `checks_of`.

    Returns:
        As `doubts` gives them.

    Raises:
        StateError: if it was not judged, or what was found is damaged: it can be judged again.
    """
    try:
        return doubts({part: load_predictions(run.folder / JUDGED_FILE, part) for part in PARTS})
    except MissingError:
        (run.folder / JUDGED_FILE).unlink(missing_ok=True)
        raise StateError("a check of labels", f"run {run.id}, which has none", "Check the labels first.") from None


def _thresholds(parts: Mapping[str, Predictions]) -> np.ndarray:
    """What the probability of each class must reach to make a suspect, float (classes,)."""
    labels = np.concatenate([predictions.labels for predictions in parts.values()])
    probabilities = np.concatenate([predictions.probabilities for predictions in parts.values()])
    # A class without images suggests nothing: no probability reaches 2.
    return np.array(
        [
            _SHARE * probabilities[labels == number, number].mean() if (labels == number).any() else 2.0
            for number in range(probabilities.shape[1])
        ]
    )
