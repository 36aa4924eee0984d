"""From file names to classes and parts: the folder that a file lies in is its class, and one above it may be a part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from tlcore.datasets.parts import PART_FOLDERS
from tlcore.errors import DatasetError


@dataclass(frozen=True)
class Layout:
    """Which files belong to which class, and to which part of a split.

    Args:
        classes: class names in alphabetical order.
        names: file names, class by class, each in alphabetical order.
        labels: one a file: index into `classes`.
        notes: sentences about what was left out.
        parts: one a file: position in `tlcore.datasets.parts.PARTS`; empty where the folders are no split.
    """

    classes: tuple[str, ...]
    names: tuple[str, ...]
    labels: tuple[int, ...]
    notes: tuple[str, ...]
    parts: tuple[int, ...] = ()


def classes_from_names(names: Iterable[str], where: str) -> Layout:
    """Take the first folder of each file name as its class; below folders named as parts of a split, the second.

    Folders are parts if two or more bear such names (train, valid, test …) and hold folders of the same names. A single
    one says nothing about a split and is only stepped into. Hidden files and folders are left out, and so are files
    that lie beside the class folders.

    Args:
        names: file names relative to the root, with "/" between folders.
        where: what to call the root in an error.

    Returns:
        The layout.

    Raises:
        DatasetError: if nothing is left, or if the folders are parts of a split without classes.
    """
    visible = [name for name in names if not is_hidden(name)]
    parts = _part_folders(visible)
    level = 1 if parts else 0
    inside = [name for name in visible if name.count("/") > level and (not parts or name.split("/")[0] in parts)]
    if not inside:
        received = f"{where}, which is empty" if not visible else f"{where} with {len(visible)} files but no folders"
        raise DatasetError(
            "one folder of images for each class", received, "Make a folder for each class and put its images there."
        )
    inside.sort(key=lambda name: (name.split("/")[level], name))
    classes = tuple(dict.fromkeys(name.split("/")[level] for name in inside))
    if {name.lower() for name in classes} <= set(PART_FOLDERS):
        raise DatasetError(
            "one folder of images for each class",
            f"the folders {', '.join(classes)}, which look like parts of a split",
            "Put a folder of images for each class into each of them.",
        )
    number = {name: index for index, name in enumerate(classes)}
    beside = len(visible) - len(inside)
    return Layout(
        classes=classes,
        names=tuple(inside),
        labels=tuple(number[name.split("/")[level]] for name in inside),
        notes=(f"Files left out because they are not in a class folder: {beside}.",) if beside else (),
        parts=tuple(parts[name.split("/")[0]] for name in inside) if len(parts) > 1 else (),
    )


def _part_folders(names: Sequence[str]) -> dict[str, int]:
    """The outermost folders that are parts of a split → which one; {} if they are not."""
    inside: dict[str, set[str]] = {}
    for name in names:
        folders = name.split("/")[:-1]
        if folders:
            inside.setdefault(folders[0], set()).update(folders[1:2])
    found = {folder: PART_FOLDERS[folder.lower()] for folder in inside if folder.lower() in PART_FOLDERS}
    found = {folder: part for folder, part in found.items() if inside[folder]}
    if len(found) > 1:
        return found if set.intersection(*(inside[folder] for folder in found)) else {}
    is_alone = all(folder.lower() in PART_FOLDERS for folder in inside)
    return found if is_alone else {}


def is_hidden(name: str) -> bool:
    """Whether a file, or a folder that it lies in, is not meant to be seen."""
    # "__MACOSX" holds the shadow files that macOS puts into every zip.
    return any(part.startswith(".") or part == "__MACOSX" for part in PurePosixPath(name).parts)
