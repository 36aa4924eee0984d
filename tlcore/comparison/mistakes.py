"""Which photos a run gets wrong, down to the single one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tlcore.text import count_text
from tlcore.training.results.evaluation import Predictions

_TORN = 0.2  # between the two probabilities
_SURE = 0.9


@dataclass(frozen=True)
class ConfusedPair:
    """A class that is taken for another one.

    Args:
        true, predicted: numbers of the classes.
        photos: how many were taken so.
        share: of the photos of the true class, 0..1.
    """

    true: int
    predicted: int
    photos: int
    share: float


def confused_pairs(matrix: Sequence[Sequence[int]]) -> list[ConfusedPair]:
    """List what is taken for what.

    Args:
        matrix: counts, (classes, classes); row: true class, column: predicted class.

    Returns:
        All pairs that occur, the most frequent first.
    """
    counts = np.asarray(matrix)
    totals = counts.sum(axis=1)
    found = [
        ConfusedPair(
            int(true), int(predicted), int(counts[true, predicted]), float(counts[true, predicted] / totals[true])
        )
        for true, predicted in np.argwhere(counts)
        if true != predicted
    ]
    return sorted(found, key=lambda pair: (-pair.photos, -pair.share))


def in_cell(predictions: Predictions, true: int, predicted: int) -> np.ndarray:
    """Find the photos of one cell of the confusion matrix.

    Args:
        predictions: of one part.
        true: number of the true class.
        predicted: number of the predicted class.

    Returns:
        int64 positions within the part, the surest answer first.
    """
    chosen = np.nonzero((predictions.labels == true) & (predictions.predicted == predicted))[0]
    return chosen[np.argsort(-predictions.probabilities[chosen, predicted], kind="stable")]


def hardest(predictions: Predictions) -> np.ndarray:
    """Order photos by loss.

    Args:
        predictions: of one part.

    Returns:
        int64 positions within the part, the highest loss first.
    """
    return np.argsort(-predictions.losses(), kind="stable")


def shared_mistakes(answers: Sequence[Predictions]) -> tuple[np.ndarray, np.ndarray]:
    """Find the photos that the best run or most runs get wrong.

    Args:
        answers: of one or more runs to the same photos in the same order; the best run's first.

    Returns:
        int64 positions, those first that most runs get wrong, and among equals those that cost most; and int64, how
        many runs get each of them wrong. What only weak runs get wrong is left out.
    """
    wrong = np.sum([~said.right for said in answers], axis=0)
    loss = np.mean([said.losses() for said in answers], axis=0)
    order = np.lexsort((-loss, -wrong))
    kept = order[~answers[0].right[order] | (2 * wrong[order] > len(answers))]
    return kept, wrong[kept]


def why_wrong(answers: Mapping[str, Predictions], position: int, classes: Sequence[str]) -> str:
    """Say why a photo may be classified wrongly, as far as the answers to it tell.

    Args:
        answers: titles of runs → what they say, the best run first; at least one of them is wrong.
        position: of the photo within the part.
        classes: their names.

    Returns:
        A sentence.
    """
    said = {title: int(record.predicted[position]) for title, record in answers.items()}
    best = next(iter(answers.values()))
    truth = int(best.labels[position])
    wrong = [title for title, answer in said.items() if answer != truth]
    if said[next(iter(answers))] == truth:
        others = f"only {wrong[0]} does not" if len(wrong) == 1 else f"{len(wrong)} others do not"
        return f"The best run sees what it is; {others}."
    answer = classes[best.predicted[position]]
    chance = best.probabilities[position]
    if chance.max() - chance[truth] < _TORN:
        return f"Torn between {classes[truth]} and {answer}: something in it speaks for both."
    alike = int(((best.labels == truth) & (best.predicted == best.predicted[position])).sum()) - 1
    if len(wrong) == len(said) > 1 and len(set(said.values())) == 1 and chance.max() >= _SURE:
        return f"Every run says {answer}, and surely: check the label, or what in it looks like {answer}."
    if alike:
        others = count_text(alike, f"other {classes[truth]} image")
        return f"Also {others} taken for {answer}: these two classes look alike to it."
    return f"The only {classes[truth]} image taken for {answer}: something unusual is in it."


def disagreements(first: Predictions, second: Predictions) -> np.ndarray:
    """Find the photos that two runs put into different classes.

    Args:
        first, second: what both say about the same photos, in the same order.

    Returns:
        int64 positions within the part: where only the first is right, then only the second, then neither.
    """
    chosen = np.nonzero(first.predicted != second.predicted)[0]
    rank = np.where(first.right[chosen], 0, np.where(second.right[chosen], 1, 2))
    return chosen[np.argsort(rank, kind="stable")]


def prediction_rows(predictions: Predictions, classes: Sequence[str], names: Sequence[str]) -> list[dict]:
    """Lay predictions out as the rows of a table.

    Args:
        predictions: of one part.
        classes: their names.
        names: file names of the dataset's photos, by position in the dataset; may be empty.

    Returns:
        One row a photo: position in the dataset, file, true class, predicted class, loss, one probability a class.
    """
    losses, predicted = predictions.losses(), predictions.predicted
    return [
        {
            "image": int(index),
            "file": names[index] if len(names) else "",
            "true": classes[label],
            "predicted": classes[answer],
            "loss": float(loss),
            **dict(zip(classes, map(float, probabilities), strict=True)),
        }
        for index, label, answer, loss, probabilities in zip(
            predictions.indices, predictions.labels, predicted, losses, predictions.probabilities, strict=True
        )
    ]
