"""Evaluation: from probabilities and labels to loss, accuracy and confusion matrix, with NumPy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from tlcore.storage.arrays import read_arrays, write_arrays

PREDICTIONS_FILE = "predictions.npz"  # in the folder of the run
JUDGED_FILE = "judged.npz"  # likewise: answers of heads that have not seen the image

_SMALLEST = 1e-7  # Keras' epsilon: the same loss for probabilities of 0

_NEARLY_ALL = 0.95  # of the answers
_MOSTLY = 0.6  # of the images: where so many belong to a class, naming it is no fault


@dataclass(frozen=True)
class Score:
    """How well a network did on one part of the split.

    Args:
        images: how many it was measured on.
        correct: how many it got right.
        loss: mean cross-entropy in nats.
    """

    images: int
    correct: int
    loss: float

    @property
    def accuracy(self) -> float:
        """Share of correct answers, 0..1."""
        return self.correct / self.images

    def to_json(self) -> dict:
        """The record as plain values, with the accuracy."""
        return {**asdict(self), "accuracy": self.accuracy}

    @classmethod
    def from_json(cls, data: Mapping) -> Score:
        """Read what `to_json` wrote."""
        return cls(data["images"], data["correct"], data["loss"])


@dataclass(frozen=True)
class Predictions:
    """What a network said about every image of one part of the split.

    Args:
        indices: int64 (n,), positions in the dataset.
        labels: int (n,), the true classes.
        probabilities: float32 (n, classes).
    """

    indices: np.ndarray
    labels: np.ndarray
    probabilities: np.ndarray

    @property
    def predicted(self) -> np.ndarray:
        """The most probable class of each image, int64 (n,)."""
        return self.probabilities.argmax(axis=1)

    @property
    def right(self) -> np.ndarray:
        """Whether each image is classified correctly, bool (n,)."""
        return self.predicted == self.labels

    def losses(self) -> np.ndarray:
        """Cross-entropy of each image in nats, float (n,)."""
        picked = self.probabilities[np.arange(len(self.labels)), self.labels]
        return -np.log(np.clip(picked, _SMALLEST, 1 - _SMALLEST))

    def worst_mistakes(self, most: int = 6) -> list[dict]:
        """Pick the wrong answers that cost most.

        Args:
            most: how many at most.

        Returns:
            As `mistake` gives them, the highest loss first.
        """
        wrong = np.flatnonzero(~self.right)
        worst = wrong[np.argsort(-self.losses()[wrong], kind="stable")][:most]
        return [self.mistake(position) for position in worst]

    def mistake(self, position: int) -> dict:
        """One wrong answer.

        Args:
            position: of the image within the part.

        Returns:
            JSON-able: "image" (its position in the dataset), "true" and "predicted" (numbers of classes), "probability"
            (of the predicted class).
        """
        return {
            "image": int(self.indices[position]),
            "true": int(self.labels[position]),
            "predicted": int(self.predicted[position]),
            "probability": round(float(self.probabilities[position].max()), 4),
        }

    def swallowing_class(self) -> dict | None:
        """Find the class that a network names nearly always, though most images belong to others.

        Returns:
            "class" (its number) and "share" (of all answers, 0..1), JSON-able; None if there is none.
        """
        answers = np.bincount(self.predicted)
        named, images = int(answers.argmax()), len(self.labels)
        share = answers[named] / images
        if share < _NEARLY_ALL or np.mean(self.labels == named) > _MOSTLY:
            return None
        return {"class": named, "share": float(share)}

    def score(self) -> Score:
        """Sum the part up."""
        correct = int(self.right.sum())
        return Score(len(self.labels), correct, float(self.losses().mean()))

    def confusion(self) -> np.ndarray:
        """Count images by true class (rows) and predicted class (columns), int64 (classes, classes)."""
        classes = self.probabilities.shape[1]
        counts = np.zeros((classes, classes), np.int64)
        np.add.at(counts, (self.labels, self.predicted), 1)
        return counts


def paired_p(first: np.ndarray, second: np.ndarray) -> float:
    """McNemar's exact test of two networks on the same images (McNemar, 1947).

    Images that both get right or both get wrong say nothing about the difference. Among the others each network would
    be the right one half of the time if both were equally good: an exact binomial test, two-sided.

    Args:
        first: bool (n,), whether the first network is right, image by image.
        second: bool (n,), the same for the second one, in the same order.

    Returns:
        Probability of so uneven a division if both were equally good, 0..1; 1 where they are right on the same images.
    """
    fewer, more = sorted((int((first & ~second).sum()), int((second & ~first).sum())))
    number, ways, divisions = fewer + more, 1, 1  # of so many images, the ways to divide them at most as evenly
    for position in range(fewer):
        ways = ways * (number - position) // (position + 1)
        divisions += ways
    return min(1.0, 2 * divisions / 2**number)


def save_predictions(path: Path, parts: dict[str, Predictions]) -> None:
    """Write the predictions of several parts to one file, all or nothing.

    Args:
        path: the .npz file.
        parts: "train", "validation", "test" → predictions.
    """
    arrays = {f"{part}_{name}": array for part, record in parts.items() for name, array in vars(record).items()}
    write_arrays(path, arrays)


def load_predictions(path: Path, part: str) -> Predictions:
    """Read the predictions of one part.

    Args:
        path: as `save_predictions` wrote it.
        part: "train", "validation" or "test".

    Returns:
        The predictions.

    Raises:
        MissingError: if the file is gone or damaged.
    """
    arrays = read_arrays(
        path, f"the {path.stem} of run {path.parent.name}", "Train the run again: nothing else holds them."
    )
    return Predictions(*(arrays[f"{part}_{name}"] for name in ("indices", "labels", "probabilities")))
