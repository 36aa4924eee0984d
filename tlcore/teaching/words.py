"""What is said of a figure, and of why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tlcore.teaching.collection import FEWEST_FRAMES, TaughtClass
from tlcore.teaching.held_out import HeldOut
from tlcore.text import count_text, listed, percent_text

FEWEST_TO_TRAIN = 3  # distinct recordings of a class: one to learn from, one to choose by, one to test on
WHY = "Frames of one recording are nearly the same picture, so none of them can test what the others taught."


def figure_text(found: HeldOut) -> str:
    """Say how often new recordings are right.

    Args:
        found: what was held out.

    Returns:
        Such as "89 % (56–98, 8 recordings)".

    Example:
        >>> figure_text(HeldOut(7.1 / 8, (0.56, 0.98), 8, 240, 0, (1.0, 0.78)))
        '89 % (56–98, 8 recordings)'
    """
    low, high = found.interval
    count = count_text(found.recordings, "recording")
    return f"{percent_text(found.accuracy, found.recordings)} ({100 * low:.0f}–{100 * high:.0f}, {count})"


def alike_text(alike: int) -> str:
    """Say that some recordings count as one.

    Args:
        alike: how many fewer recordings count than were made.

    Returns:
        A sentence, or "".
    """
    if not alike:
        return ""
    return "Some recordings look alike and count as one: move the camera or the thing, or take it elsewhere."


def missing_text(classes: Sequence[TaughtClass], answerable: Sequence[TaughtClass], distinct: Mapping[str, int]) -> str:
    """Say what is missing: pictures for an answer, or recordings for a figure.

    Args:
        classes: all of them.
        answerable: those that have enough pictures, or none.
        distinct: id of a class → how many of its recordings count, where that is known.

    Returns:
        A sentence or two; "" where nothing is missing.
    """
    if not answerable:
        few = [each.name for each in classes if not each.has_enough][:2]
        return f"Record at least {FEWEST_FRAMES} pictures of {listed(few)}. Then it answers."
    single = [each.name for each in answerable if distinct.get(each.id, 2) < 2]
    if not single:
        return ""
    return f"How often it is right: record {listed(single)} a second time, in another place or at another time. {WHY}"


def training_text(answerable: Sequence[TaughtClass], distinct: Mapping[str, int]) -> str:
    """Say what is missing for a training run.

    Args:
        answerable: the classes that have enough pictures, or none.
        distinct: as in `missing_text`.

    Returns:
        A sentence; "" where nothing is missing.
    """
    few = [each.name for each in answerable if distinct.get(each.id, 0) < FEWEST_TO_TRAIN]
    if answerable and not few:
        return ""
    of = f": still missing for {listed(few)}" if few else ""
    return (
        f"A run needs {FEWEST_TO_TRAIN} recordings of each class, to learn from, to choose settings by, and to test "
        f"on{of}."
    )
