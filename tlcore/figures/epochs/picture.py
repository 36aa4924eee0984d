"""All that a browser needs to draw the course of training by itself, as plain values."""

from __future__ import annotations

import math
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from tlcore.comparison.curves.course import Course, by_interest, epoch_text, photo_text, step_title
from tlcore.figures.epochs.places import corners, places
from tlcore.figures.image_map import COLORS

MOST_IN_MATRIX = 20  # classes
STRIP = 16  # photos

# A browser gets about a megabyte at most.
_MOST_POINTS = 30_000  # photos times epochs
_MOST_NUMBERS = 400_000  # points times classes


def course_picture(course: Course, chosen: int | None) -> dict[str, Any]:
    """Put the course of training into plain values.

    Args:
        course: of a run.
        chosen: the epoch whose weights the network has; None if that is not known yet.

    Returns:
        "classes", "colors" and "corners" (right, up) of them; "epochs" with their names "steps", their sentences "said"
        and "chosen", one of their rows or None; "confusions" of all photos, a matrix an epoch, none of many classes;
        "of": how many photos there are; "has_photos": whether they can be shown. Of these, or every so many: "images",
        "names", "labels", "sentences", and by epoch "answers", "places" (in thousandths) and "probabilities" (in
        percent); "strip": positions of those most worth a look.
    """
    kept, classes, names = course.kept, course.classes, course.names
    rows, photos, number = len(kept.epochs), len(kept.labels), len(classes)
    step = max(1, math.ceil(rows * photos / _MOST_POINTS), math.ceil(kept.probabilities.size / _MOST_NUMBERS))
    shown = kept.every(step)
    found = np.flatnonzero(kept.epochs == (-1 if chosen is None else chosen))
    return {
        "classes": list(classes),
        "colors": [COLORS[label % len(COLORS)] for label in range(number)],
        "corners": corners(number).round(3).tolist(),
        "epochs": kept.epochs.tolist(),
        "steps": [step_title(kept, row) for row in range(rows)],
        "said": [epoch_text(kept, row) for row in range(rows)],
        "chosen": int(found[0]) if len(found) else None,
        "confusions": kept.confusions().tolist() if number <= MOST_IN_MATRIX else [],
        "of": photos,
        "has_photos": bool(names),
        "images": shown.indices.tolist(),
        "names": [PurePosixPath(names[index]).name if names else "" for index in shown.indices],
        "labels": shown.labels.tolist(),
        "sentences": [photo_text(shown, position, classes) for position in range(len(shown.labels))],
        "answers": shown.answers.tolist(),
        "places": (1000 * places(shown.probabilities, shown.labels)).round().astype(int).tolist(),
        "probabilities": (100 * shown.probabilities.astype(np.float32)).round().astype(int).tolist(),
        "strip": by_interest(shown)[:STRIP].tolist(),
    }
