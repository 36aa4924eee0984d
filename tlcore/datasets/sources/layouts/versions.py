"""Folders that hold whole datasets side by side: taken as classes, all of them would look the same."""

from __future__ import annotations

from itertools import combinations

from tlcore.datasets.parts import UNLABELED, parts_of, says_nothing
from tlcore.datasets.sources.layouts.tree import Folder
from tlcore.errors import DatasetError
from tlcore.text import listed

_MUCH_ALIKE = 0.5  # share of folder names that versions of a dataset, such as "color" and "grayscale", have in common
_MOST_COMPARED = 50  # folders; each is compared with all others


def classes_in(folder: Folder) -> set[str]:
    """Name the classes that a folder would have by itself.

    Args:
        folder: any.

    Returns:
        Names of folders in it, or in the parts of its split, in lower case; empty if there are fewer than two.
    """
    opened = folder.opened
    holders = _holders(opened) if is_split(opened) else [opened]
    names = {name.casefold() for holder in holders for name in holder.folders}
    return names if len(names) > 1 else set()


def is_split(folder: Folder) -> bool:
    """Tell whether a folder holds a split: two parts, of which at least one holds class folders.

    Args:
        folder: any, stepped into.
    """
    named = [name for name, part in parts_of(folder.folders).items() if part != UNLABELED]
    return len(named) > 1 and bool(_holders(folder))


def _holders(folder: Folder) -> list[Folder]:
    parts = [folder.folders[name].opened for name in parts_of(folder.folders)]
    return [part for part in parts if len(part.folders) > 1]


def check_versions(root: Folder) -> None:
    """Refuse folders side by side that each hold the same classes, or a split of their own.

    Args:
        root: whose folders would be classes.

    Raises:
        DatasetError: naming them.
    """
    inner = {name: classes_in(folder) for name, folder in root.folders.items() if folder.folders}
    alike = {
        name: None
        for pair in combinations(list(inner)[:_MOST_COMPARED], 2)
        if _are_alike(*(inner[name] for name in pair))
        for name in pair
    }
    if alike:
        shared = set.intersection(*(inner[name] for name in alike)) or inner[next(iter(alike))]
        names = {name.casefold(): name for path in alike for name in _names(root.folders[path])}
        what = f"which each hold the folders {listed(sorted(names.get(name, name) for name in shared))}"
    else:
        alike = {name: None for name, folder in root.folders.items() if is_split(folder.opened)}
        what = "which each hold a dataset with parts of a split"
    if len(alike) > 1:
        raise DatasetError(
            "one folder of images for each class",
            f"the folders {listed(list(alike))}, {what}",
            "Choose one of them with the option inside: they look like versions of the same dataset. If they are the "
            "classes, say so: --classes-from folders",
        )


def _are_alike(one: set[str], other: set[str]) -> bool:
    shared, whole = one & other, one | other
    return bool(shared) and len(shared) >= _MUCH_ALIKE * len(whole) and not parts_of(whole)


def _names(folder: Folder) -> list[str]:
    opened = folder.opened
    return [name for holder in [opened, *_holders(opened)] for name in holder.folders]


def dataset_among(root: Folder) -> Folder | None:
    """Find the one of several folders that holds the dataset, where the others lie beside it.

    Args:
        root: whose folders are no parts.

    Returns:
        The folder with a split in it, or with several folders and a name that is none of a class, such as `images`;
        None if there is no single one.
    """
    several = [folder for folder in root.folders.values() if len(folder.opened.folders) > 1]
    splits = [folder for folder in several if is_split(folder.opened)]
    found = splits or [folder for folder in several if says_nothing(folder.name)]
    return found[0] if len(found) == 1 and len(root.folders) > 1 else None
