"""What is known already of test photos that a run got wrong: a doubted label, an answer that was right before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tlcore.comparison.comparison import ComparedRun
from tlcore.comparison.curves.course import open_course
from tlcore.comparison.curves.steps import step_text
from tlcore.comparison.label_noise import checks_of, suspects_of
from tlcore.errors import StateError
from tlcore.text import probability_text


@dataclass(frozen=True)
class Known:
    """What is known of photos besides the answers that a run ended with.

    Args:
        doubted: position of a photo in the dataset → what the check of labels says of it.
        forgotten: likewise → when the run had it right.
    """

    doubted: Mapping[int, str]
    forgotten: Mapping[int, str]

    def of(self, image: int) -> str:
        """What may explain one mistake, as sentences; "" where nothing is known.

        Args:
            image: position of the photo in the dataset.
        """
        return " ".join(filter(None, (self.doubted.get(image), self.forgotten.get(image))))

    def sentences(self, images: Sequence[int]) -> list[str]:
        """Sum up what is known of several mistakes.

        Args:
            images: positions of the photos in the dataset.

        Returns:
            Sentences, none where nothing is known.
        """
        doubted, forgotten = (sum(image in found for image in images) for found in (self.doubted, self.forgotten))
        said = []
        if doubted:
            said.append(f"The label check doubts the {'label' if doubted == 1 else 'labels'} of {doubted:,} of them.")
        if forgotten:
            were = "was" if forgotten == 1 else "were"
            said.append(f"{forgotten:,} {were} right earlier in training and forgotten again.")
        return said


def known_of(item: ComparedRun) -> Known:
    """Look up what is known of the test photos of a run.

    Args:
        item: a finished run.

    Returns:
        What the newest check of the dataset's labels doubts, and what was learned and forgotten again.
    """
    return Known(_doubted(item), _forgotten(item))


def _doubted(item: ComparedRun) -> dict[int, str]:
    checks = checks_of(item.run.plan["dataset"])
    try:
        found = suspects_of(checks[0]) if checks else []
    except StateError:  # damaged: it can be made anew on the page of the dataset
        return {}
    return {
        each.image: f"The label check doubts that this is {item.classes[each.label]}: it found "
        f"{item.classes[each.suggested]}, {probability_text(each.probability)} sure."
        for each in found
    }


def _forgotten(item: ComparedRun) -> dict[int, str]:
    """Photos that end wrong although they were right for most epochs, or before the backbone was trained, too."""
    course = open_course(item.run)
    if course is None:
        return {}
    kept = course.kept
    last = kept.epochs[-1] if item.result.chosen is None else item.result.chosen
    # Before the first epoch what is right is chance, and passes are steps on the way to one solution.
    counting = (kept.epochs > kept.passes) & (kept.epochs <= last)
    right, epochs = kept.right[counting], kept.epochs[counting]
    if not len(right):
        return {}
    found = {}
    for position in np.flatnonzero(~right[-1] & (2 * right.sum(axis=0) >= len(right))):
        step = step_text(int(epochs[np.flatnonzero(right[:, position])[-1]]), kept.passes)
        found[int(kept.indices[position])] = f"It was right for most of training, last after {step}, then forgotten."
    if kept.passes in kept.epochs[kept.epochs > 0]:
        with_head = kept.right[kept.epochs == kept.passes][0]
        for image in kept.indices[with_head & ~right.any(axis=0)].tolist():
            found[image] = "It was right with the new head alone; training further layers unlearned it."
    return found
