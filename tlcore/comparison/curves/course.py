"""How single test photos fared while a network was trained: what each was taken for, and what was forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from tlcore.comparison.curves.steps import count_passes, step_text
from tlcore.datasets.dataset import open_dataset
from tlcore.errors import NotFoundError
from tlcore.runs import client
from tlcore.runs.run import Run
from tlcore.runs.store import open_store
from tlcore.text import count_text
from tlcore.training.results.kept_epochs import UNDECIDED, KeptEpochs, load_epochs

_MOST_STEPS = 4  # of a photo's answers, told one by one
_NEARLY_ALL = 0.9


@dataclass(frozen=True)
class Course:
    """What a run said of test photos, epoch by epoch, with the words for it.

    Args:
        kept: some epochs.
        classes: names.
        names: file names of the dataset's photos, by position in the dataset; empty if the dataset is gone.
    """

    kept: KeptEpochs
    classes: tuple[str, ...]
    names: tuple[str, ...]

    def rows(self) -> list[dict]:
        """Lay the course out as the rows of a table.

        Returns:
            One row for each epoch and photo: epoch, image (position in the dataset), file, true class, predicted class
            ("" if undecided), one probability a class.
        """
        kept = self.kept
        return [
            {
                "epoch": int(epoch),
                "image": int(index),
                "file": self.names[index] if self.names else "",
                "true": self.classes[label],
                "predicted": self.classes[answer] if answer != UNDECIDED else "",
                **dict(zip(self.classes, (round(float(value), 4) for value in probabilities), strict=True)),
            }
            for epoch, answers, rows in zip(kept.epochs, kept.answers, kept.probabilities, strict=True)
            for index, label, answer, probabilities in zip(kept.indices, kept.labels, answers, rows, strict=True)
        ]


def open_course(run: Run) -> Course | None:
    """Read what a run said of test photos, epoch by epoch.

    Args:
        run: a training run, under way or ended.

    Returns:
        The course; None where nothing was kept, as of runs of earlier versions, or nothing names the classes any more.
    """
    try:
        dataset = open_dataset(run.plan["dataset"])
        classes, names = dataset.classes, dataset.names
    except NotFoundError:  # deleted since: the photos keep their numbers
        classes, names = tuple(run.result.get("classes", ())), ()
    kept = load_epochs(run.folder) if classes else None
    if kept is None:
        return None
    passes = count_passes(client.curve(open_store().events(run.id, kind="epoch")))
    return Course(replace(kept, passes=passes), classes, names)


def forgotten(kept: KeptEpochs) -> np.ndarray:
    """Count how often each photo was right after one epoch and wrong after the next one that was kept.

    These are the forgetting events of Toneva et al. (2019), "An empirical study of example forgetting during deep
    neural network learning", here of photos that are not trained on.

    Args:
        kept: m epochs of n photos.

    Returns:
        int (n,).
    """
    return (kept.right[:-1] & ~kept.right[1:]).sum(axis=0)


def settled(kept: KeptEpochs) -> np.ndarray:
    """Find since when the answer for each photo has not changed any more.

    Args:
        kept: m epochs of n photos.

    Returns:
        int (n,), rows of `kept`, 0..m-1.
    """
    same = kept.answers == kept.answers[-1]
    return len(same) - np.logical_and.accumulate(same[::-1]).sum(axis=0)


def by_interest(kept: KeptEpochs) -> np.ndarray:
    """Order photos: first those forgotten most often, then those whose answer changed last.

    Args:
        kept: m epochs of n photos.

    Returns:
        int (n,), their positions.
    """
    return np.lexsort((kept.right[-1], -settled(kept), -forgotten(kept)))


def photo_text(kept: KeptEpochs, position: int, classes: Sequence[str]) -> str:
    """Say what a photo was taken for in the course of training.

    Args:
        kept: some epochs.
        position: of the photo, 0..n-1.
        classes: names.

    Returns:
        Such as "Photo 17 was taken for cube until epoch 3 and recognized as cone since."
    """
    decided = [(row, answer) for row, answer in enumerate(kept.answers[:, position].tolist()) if answer != UNDECIDED]
    steps = [(answer, [row for row, _ in rows]) for answer, rows in groupby(decided, key=lambda pair: pair[1])]
    subject = f"Photo {kept.indices[position]}"
    if not steps:
        return f"{subject} was not decided yet: all classes were equally probable."

    def words(answer: int) -> str:
        return f"{'recognized as' if answer == kept.labels[position] else 'taken for'} {classes[answer]}"

    last, rows = steps[-1]
    if len(steps) == 1:
        return f"{subject} was {words(last)} " + ("all along." if rows[0] == 0 else _since(kept, rows[0]) + ".")
    if len(steps) > _MOST_STEPS:
        return f"{subject} changed sides {len(steps) - 1} times; it was {words(last)} {_since(kept, rows[0])}."
    before = [f"{words(answer)} {_until(kept, rows[-1])}" for answer, rows in steps[:-1]]
    first, its_rows = steps[0]
    if its_rows[0] > 0 and len(its_rows) == 1:  # undecided before, so that it was not taken for anything until then
        before[0] = f"{words(first)} after {_step(kept, its_rows[0])}"
    return f"{subject} was {', '.join(before)} and {words(last)} since."


def _until(kept: KeptEpochs, row: int) -> str:
    return f"until {_step(kept, row)}" if kept.epochs[row] else "before training"


def _since(kept: KeptEpochs, row: int) -> str:
    return f"from {_step(kept, row)} on"


def _step(kept: KeptEpochs, row: int) -> str:
    return step_text(int(kept.epochs[row]), kept.passes)


def step_title(kept: KeptEpochs, row: int) -> str:
    """Name an epoch.

    Args:
        kept: some epochs.
        row: of the epoch, 0..m-1.

    Returns:
        Such as "Epoch 3" or "Pass 12"; "Before training" for the first.
    """
    return _step(kept, row).capitalize() if kept.epochs[row] else "Before training"


def epoch_text(kept: KeptEpochs, row: int) -> str:
    """Say how the test photos fare after an epoch, and what changed.

    Args:
        kept: some epochs.
        row: of the epoch, 0..m-1.

    Returns:
        Such as "Epoch 3: 118 of 150 photos right; 5 learned, 2 forgotten since epoch 2."
    """
    right, when = kept.right, step_title(kept, row)
    if (kept.answers[row] == UNDECIDED).all():
        return f"{when}: undecided, as the head finds all classes equally probable."
    text = f"{when}: {right[row].sum()} of {count_text(right.shape[1], 'photo')} right"
    if row == 0 or (kept.answers[row - 1] == UNDECIDED).all():
        return f"{text}."
    learned, lost = (right[row] & ~right[row - 1]).sum(), (right[row - 1] & ~right[row]).sum()
    earlier = _step(kept, row - 1) if kept.epochs[row - 1] else "before training"
    changes = f"{learned} learned, {lost} forgotten" if learned or lost else "none learned, none forgotten"
    return f"{text}; {changes} since {earlier}."


def lesson(kept: KeptEpochs) -> str:
    """Say what the whole course shows.

    Args:
        kept: some epochs.

    Returns:
        Two sentences, such as "For half of the 150 test photos, the answer has not changed since epoch 1; for nine of
        ten, it has not changed since epoch 4. 12 photos were learned and forgotten again; 3 of them stayed wrong."
    """
    ordered, photos = np.sort(settled(kept)), len(kept.labels)
    half, most = (int(kept.epochs[ordered[int(np.ceil(share * photos)) - 1]]) for share in (0.5, _NEARLY_ALL))
    first, later = (
        f"has not changed since {step_text(epoch, kept.passes)}" if epoch else "has never changed"
        for epoch in (half, most)
    )
    text = (
        f"For nine of ten of the {photos:,} test photos, the answer {later}"
        if half == most
        else f"For half of the {photos:,} test photos, the answer {first}; for nine of ten, it {later}"
    )
    lost = forgotten(kept) > 0
    if not lost.any():
        return f"{text}. None was learned and then forgotten."
    wrong = int((lost & ~kept.right[-1]).sum())
    were = "was" if lost.sum() == 1 else "were"
    ended = f"; {wrong:,} of them stayed wrong" if wrong and lost.sum() > 1 else " and stayed wrong" if wrong else ""
    return f"{text}. {count_text(int(lost.sum()), 'photo')} {were} learned and forgotten again{ended}."
