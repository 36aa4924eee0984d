"""Which photos a run gets wrong, down to the single one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tlcore.comparison.comparison import ComparedRun
from tlcore.text import count_text, listed
from tlcore.training.results.evaluation import Predictions

_TORN = 0.2  # between the two probabilities
_SURE, _UNSURE = 0.9, 0.6  # of a wrong answer
_NAMED = 3  # confusions that happened once
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


def kinds_of_mistakes(answers: Sequence[Predictions], classes: Sequence[str]) -> list[str]:
    """Say what the best run confuses, and what may lie behind it, each thing once.

    Args:
        answers: what runs say about the same photos in the same order; the best run's first.
        classes: their names.

    Returns:
        Sentences, the commonest confusion first; what happened only once is put into one at the end.
    """
    best = answers[0]
    kinds: dict[tuple[int, int], list[int]] = {}
    for position in still_wrong(best):
        kinds.setdefault((int(best.labels[position]), int(best.predicted[position])), []).append(int(position))
    names = {kind: f"{len(found)} × {classes[kind[0]]} taken for {classes[kind[1]]}" for kind, found in kinds.items()}
    sentences = [
        f"{names[kind]}: these look alike to it.{_hints(answers, found)}"
        for kind, found in kinds.items()
        if len(found) > 1
    ]
    single = {kind: found[0] for kind, found in kinds.items() if len(found) == 1}
    if single:
        what = listed([names[kind] for kind in single], _NAMED)
        sentences.append(f"{what}: something unusual may be in the picture.{_hints(answers, list(single.values()))}")
    return sentences


def _hints(answers: Sequence[Predictions], positions: Sequence[int]) -> str:
    """How many of some wrong answers were close, and where the label itself may be wrong."""
    close = sum(_is_torn(answers[0], position) for position in positions)
    doubted = sum(_is_doubted(answers, position) for position in positions)
    words = f" {close} {'was a close call' if close == 1 else 'were close calls'}." if close else ""
    if doubted:
        of = f" {doubted} of them" if len(positions) > 1 else " it"
        words += f" Every run says the same of{of}, and the best one is sure: check the label."
    return words


def why_wrong(answers: Sequence[Predictions], position: int, classes: Sequence[str]) -> str:
    """Say why the best run classifies a photo wrongly, as far as the answers to it tell.

    Args:
        answers: what runs say, the best run first, which is wrong.
        position: of the photo within the part.
        classes: their names.

    Returns:
        A sentence.
    """
    best = answers[0]
    truth, answer = classes[best.labels[position]], classes[best.predicted[position]]
    if _is_torn(best, position):
        return f"Torn between {truth} and {answer}: something in it speaks for both."
    if _is_doubted(answers, position):
        return f"Every run says {answer}, the best one surely: check the label, or what in it looks like {answer}."
    alike = len(in_cell(best, best.labels[position], best.predicted[position])) - 1
    if alike:
        others = count_text(alike, f"other {truth} image")
        return f"Also {others} taken for {answer}: these two classes look alike to it."
    return f"The only {truth} image taken for {answer}: something unusual is in it."


def _is_torn(best: Predictions, position: int) -> bool:
    chance = best.probabilities[position]
    return bool(chance.max() - chance[best.labels[position]] < _TORN)


def _is_doubted(answers: Sequence[Predictions], position: int) -> bool:
    """Whether several runs agree on a wrong answer of which the best one is sure."""
    said = {int(record.predicted[position]) for record in answers}
    return len(answers) > 1 and len(said) == 1 and bool(answers[0].probabilities[position].max() >= _SURE)


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
        sentences.append(
            f"{close}, with an answer less than {100 * _UNSURE:.0f} % sure: more images of both classes help."
        )
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
            f"images, augmentation, or {means} help."
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
