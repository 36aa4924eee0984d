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


def by_file_names(names: Sequence[str], photos: Sequence[str], is_wanted: bool) -> Found | None:
    """Take what files are called as their classes.

    Args:
        names: of files, relative to the root, with "/" between folders.
        photos: those whose names are those of images.
        is_wanted: somebody has asked for it, so that many images may be left out.

    Returns:
        The classes; None if the names do not make at least two classes, or leave more than a tenth of the images in the
        same folders without one. A folder without any is taken to be not labeled.
    """
    wanted = set(photos)
    labels = {index: _class(name) for index, name in enumerate(names) if name in wanted}
    counts = Counter(filter(None, labels.values()))
    classes = {index: label for index, label in labels.items() if counts[label] >= _FEWEST}
    found = set(classes.values())
    labeled = {_folder(names[index]) for index in classes}
    unnamed = sum(_folder(names[index]) in labeled for index in set(labels) - set(classes))
    if len(found) < 2 or found <= set(parts_of(found)):
        return None
    if not is_wanted and unnamed > _MOST_UNNAMED * len(classes):
        return None
    left_out = len(labels) - len(classes)
    note = f"Left out {count_text(left_out, 'image')} whose names tell no class."
    return Found(classes, {}, (note,) if left_out else (), left_out)


def _folder(name: str) -> str:
    return name.rpartition("/")[0]


def _class(name: str) -> str:
    stem = PurePosixPath(name).stem
    return _NUMBER_BEFORE.sub("", _NUMBER_BEHIND.sub("", stem)).strip(" ._-")
