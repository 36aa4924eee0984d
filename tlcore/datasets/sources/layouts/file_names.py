"""Classes by the names of files, such as `cat.0.jpg` or `great_pyrenees_12.jpg`: what is left without the number."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

from tlcore.datasets.parts import parts_of
from tlcore.datasets.sources.layouts.found import Found
from tlcore.text import count_text

_NUMBER_BEHIND = re.compile(r"[\s._\-(\[]*\d+[)\]]?$")
_NUMBER_BEFORE = re.compile(r"^\d+[\s._\-]+")
_FEWEST = 2  # images of a name: one alone tells nothing
_MOST_UNNAMED = 0.1


def by_file_names(names: Sequence[str], photos: Sequence[str]) -> Found | None:
    """Take what files are called as their classes.

    Args:
        names: of files, relative to the root, with "/" between folders.
        photos: those whose names are those of images.

    Returns:
        The classes; None if the names do not make at least two classes, or leave more than a tenth without one.
    """
    wanted = set(photos)
    labels = {index: _class(name) for index, name in enumerate(names) if name in wanted}
    counts = Counter(filter(None, labels.values()))
    classes = {index: label for index, label in labels.items() if counts[label] >= _FEWEST}
    unnamed = len(labels) - len(classes)
    found = set(classes.values())
    if len(found) < 2 or found <= set(parts_of(found)) or unnamed > _MOST_UNNAMED * len(labels):
        return None
    note = f"Left out {count_text(unnamed, 'image')} whose names tell no class."
    return Found(classes, {}, (note,) if unnamed else (), unnamed)


def _class(name: str) -> str:
    stem = PurePosixPath(name).stem
    return _NUMBER_BEFORE.sub("", _NUMBER_BEHIND.sub("", stem)).strip(" ._-")
