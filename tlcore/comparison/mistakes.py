"""Which photos a run gets wrong, down to the single one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tlcore.comparison.comparison import ComparedRun
from tlcore.comparison.findings.conclusions import rank
from tlcore.comparison.findings.strategies import is_guessing
from tlcore.text import count_text, listed
from tlcore.training.results.evaluation import Predictions

_TORN = 0.2  # between the two probabilities
_SURE, _UNSURE = 0.9, 0.6  # of a wrong answer
_SOME = 5  # mistakes of a kind, which fewer may be by chance
_FEW_TO_BEGIN = 5000  # training images, of which hardly a network learns from scratch what a pretrained one knows
_LEARNED_BY_HEART = 0.15  # by so much training images do better than test images


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


def still_wrong(best: Predictions) -> np.ndarray:
    """Find the photos that a run gets wrong.

    Args:
        best: what it says about them.

    Returns:
        int64 positions within the part: the commonest confusion of two classes first, and of each the surest answer.
    """
    wrong = np.flatnonzero(~best.right)
    kinds = list(zip(best.labels[wrong].tolist(), best.predicted[wrong].tolist(), strict=True))
    often = Counter(kinds)
    sure = best.probabilities[wrong].max(axis=1)
    order = sorted(range(len(wrong)), key=lambda at: (-often[kinds[at]], kinds[at], -sure[at]))
    return wrong[order]


def judges(group: Sequence[ComparedRun]) -> list[ComparedRun]:
    """Choose whose answers say something about the photos of a comparison.

    The fewest mistakes are looked at, which are those of the run that the chart above shows as best. That is no claim
    about new images, for which `rank` asks the validation images.

    Args:
        group: runs that were tested on the same photos, at least one.

    Returns:
        The run with the fewest mistakes on the test images, of several with as few the first of `rank`; then the others
        that do better than guessing, best first.
    """
    best, *others = sorted(rank(group), key=lambda item: -item.result.test.correct)
    return [best, *(item for item in others if not is_guessing(item))]


def why_wrong(answers: Sequence[Predictions], position: int, classes: Sequence[str]) -> str:
    """Say why the best run classifies a photo wrongly, as far as the answers to it tell.

    Args:
        answers: what the runs of `judges` say; the best run is wrong.
        position: of the photo within the part.
        classes: their names.

    Returns:
        A sentence; "" where the answers tell nothing.
    """
    best = answers[0]
    true, said = int(best.labels[position]), int(best.predicted[position])
    truth, answer = classes[true], classes[said]
    if best.probabilities[position, said] - best.probabilities[position, true] < _TORN:
        return f"Torn between {truth} and {answer}."
    alike = len(in_cell(best, true, said))
    if len(in_cell(best, said, true)):
        return f"{truth} and {answer} are confused in both directions here."
    if best.probabilities[position, said] >= _SURE:
        agree = len(answers) > 1 and all(record.predicted[position] == said for record in answers)
        # Where more photos of the class are taken for the other one, the network errs rather than their labels.
        if agree and alike == 1:
            return f"Sure of {answer}, and all others agree: check the label, or what in it looks like {answer}."
        return f"Sure of {answer}: what in it looks like {answer}?"
    if alike > 1 and len(classes) > 2:
        return f"One of {alike} {truth} images that are taken for {answer}."
    return ""


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


def what_is_wrong(item: ComparedRun) -> list[str]:
    """Say what a run's mistakes have in common, and what may lie behind them.

    Args:
        item: a run with at least one wrong answer on its test images.

    Returns:
        Sentences, the most telling first.

    Raises:
        MissingError: if its predictions are gone.
    """
    test, classes = item.predictions(), item.classes
    wrong = np.flatnonzero(~test.right)
    surest = test.probabilities[wrong].max(axis=1)
    pairs = confused_pairs(item.result.confusion)
    sentences = [_pairs_sentence(pairs, len(wrong), classes)]
    sure, unsure = int((surest >= _SURE).sum()), int((surest < _UNSURE).sum())
    of_them = f"of {sure} of its {len(wrong)} wrong answers" if len(wrong) > 1 else "of it"
    if sure:
        sentences.append(
            f"It was at least {100 * _SURE:.0f} % sure {of_them}: look whether the label is right, or whether "
            "something else in the picture misled it."
        )
    if unsure:
        close = count_text(unsure, "was a close call", "were close calls") if len(wrong) > 1 else "It was a close call"
        advice = ": more images of these classes may help" if unsure >= _SOME else ""
        sentences.append(f"{close}, with an answer less than {100 * _UNSURE:.0f} % sure{advice}.")
    train = item.predictions("train")
    counts = np.bincount(train.labels, minlength=len(classes))
    missed = np.bincount(test.labels[wrong], minlength=len(classes)).argmax()
    if counts[missed] < counts.max() / 2:
        sentences.append(
            f"It learned from only {count_text(int(counts[missed]), 'image')} of {classes[missed]}, but from "
            f"{counts.max():,} of {classes[counts.argmax()]}."
        )
    by_heart = item.result.scores["train"].accuracy - item.result.test.accuracy > _LEARNED_BY_HEART
    if by_heart:
        means = "fewer trained layers" if item.strategy.needs_weights else "a pretrained network"
        sentences.append(
            "It does much better on the images it learned from: part of what it learned holds for those only. More "
            f"images, augmentation, or {means} may help."
        )
    if not item.strategy.needs_weights and len(train.labels) < _FEW_TO_BEGIN:
        sentences.append(
            f"It began with random weights and had {len(train.labels):,} images to learn from, which is few. Start "
            "from a pretrained network: frozen takes seconds."
        )
    return sentences


def _pairs_sentence(pairs: Sequence[ConfusedPair], wrong: int, classes: Sequence[str]) -> str:
    most = [f"{pair.photos} × {classes[pair.true]} taken for {classes[pair.predicted]}" for pair in pairs[:2]]
    if wrong == 1:
        return f"An image of {classes[pairs[0].true]} was taken for {classes[pairs[0].predicted]}."
    if pairs[0].photos == wrong:
        [only] = most
        return f"All are of one kind: {only}. To it, these look alike."
    if len(pairs) > 1 and pairs[0].photos == 1:
        return "No two of its mistakes are of the same kind."
    return f"Most often: {listed(most)}. To it, these look alike."
