"""From file names to classes: the folder that a file lies in is its class."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from tlcore.errors import DatasetError

PART_NAMES = {"train", "training", "test", "testing", "val", "valid", "validation"}


@dataclass(frozen=True)
class Layout:
    """Which files belong to which class.

    Args:
        classes: class names in alphabetical order.
        names: file names, class by class, each in alphabetical order.
        labels: one a file: index into `classes`.
        notes: sentences about what was left out.
    """

    classes: tuple[str, ...]
    names: tuple[str, ...]
    labels: tuple[int, ...]
    notes: tuple[str, ...]


def classes_from_names(names: Iterable[str], where: str) -> Layout:
    """Take the first folder of each file name as its class.

    Hidden files and folders are left out, and so are files that lie beside the class folders.

    Args:
        names: file names relative to the root, with "/" between folders.
        where: what to call the root in an error.

    Returns:
        The layout.

    Raises:
        DatasetError: if nothing is left, or if the folders are parts of a split rather than classes.
    """
    visible = [name for name in names if not is_hidden(name)]
    inside = sorted((name for name in visible if "/" in name), key=lambda name: (name.split("/")[0], name))
    beside = len(visible) - len(inside)
    if not inside:
        received = f"{where}, which is empty" if not visible else f"{where} with {beside} files but no folders"
        raise DatasetError(
            "one folder of images for each class", received, "Make a folder for each class and put its images there."
        )
    classes = tuple(dict.fromkeys(name.split("/")[0] for name in inside))
    if {name.lower() for name in classes} <= PART_NAMES:
        raise DatasetError(
            "one folder of images for each class",
            f"the folders {', '.join(classes)}, which look like parts of a split",
            f"Choose one of them, such as {where}/{classes[0]}; the split is made here.",
        )
    number = {name: index for index, name in enumerate(classes)}
    notes = (f"Files beside the class folders left out: {beside}.",) if beside else ()
    return Layout(classes, tuple(inside), tuple(number[name.split("/")[0]] for name in inside), notes)


def is_hidden(name: str) -> bool:
    """Whether a file, or a folder that it lies in, is not meant to be seen."""
    # "__MACOSX" holds the shadow files that macOS puts into every zip.
    return any(part.startswith(".") or part == "__MACOSX" for part in PurePosixPath(name).parts)
