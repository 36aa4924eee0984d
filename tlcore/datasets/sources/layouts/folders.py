"""Classes by folders, found by what folders hold: outer ones are stepped into, parts of a split are told apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Sequence
from itertools import combinations, permutations

from tlcore.datasets.parts import (
    NOT_GIVEN,
    PART_WORDS,
    PARTS,
    UNLABELED,
    are_one_pile,
    is_unlabeled,
    parts_of,
    words_of,
)
from tlcore.datasets.sources.layouts.found import Found
from tlcore.datasets.sources.layouts.tree import Folder, copies_in, tree_of
from tlcore.datasets.sources.layouts.versions import check_versions, classes_in, dataset_among
from tlcore.errors import DatasetError
from tlcore.text import count_text, listed

Places = dict[str, tuple[str, int]]  # folder → class, and part
LeftOut = dict[str, tuple[int, str]]  # folder → number of images, and why it is left out


def by_folders(names: Sequence[str], photos: Sequence[str], is_wanted: bool = False) -> Found | None:
    """Take folders as classes.

    Args:
        names: of files, relative to the root, with "/" between folders.
        photos: those whose names are those of images; only they decide which folders are classes.
        is_wanted: somebody has said that the folders are the classes, whatever they are called.

    Returns:
        The classes; None if no folders hold them.

    Raises:
        DatasetError: if there are several versions of the dataset, several datasets, or parts of a split with
            different classes.
    """
    left_out: LeftOut = {}
    root = _stepped_into(tree_of(photos), photos, left_out)
    while not (parts := _parts(root, photos, left_out)) and not is_wanted:
        check_versions(root)
        inner = dataset_among(root)
        if inner is None:
            break
        _leave_out(root, {inner.name}, f"the classes lie in {inner.path}", left_out)
        root = _stepped_into(inner, photos, left_out)
    if parts:
        same = {name for name in root.folders if classes_in(root.folders[name])}
        _leave_out(root, {*parts, *same}, "it has no class folders of the split", left_out)
        _leave_out(root, {*parts, *(set(root.folders) - same)}, "its name is none of a part of the split", left_out)
        places = _places_in_parts(root, parts, left_out)
    elif not is_wanted and (len(parts_of(root.folders)) == len(root.folders) or are_one_pile(root.folders)):
        return None
    else:
        places = _places_of_classes(root, left_out)
    return _assigned(names, places, left_out)


def parts_by_folder(names: Sequence[str], photos: Sequence[str]) -> dict[int, int]:
    """Tell the parts of a split by the outermost folders, where these are no classes.

    Args:
        names: as `by_folders` takes them.
        photos: likewise.

    Returns:
        Position of the file → position in `PARTS`, or `UNLABELED`; empty where the folders are no parts.
    """
    root = _stepped_into(tree_of(photos), photos, {})
    parts = parts_of(root.folders)
    if not parts or set(root.folders) - set(parts):
        return {}
    by_path = {root.folders[name].path: part for name, part in parts.items()}
    return {index: by_path[path] for index, name in enumerate(names) for path in _ancestors(name) if path in by_path}


def _stepped_into(folder: Folder, photos: Sequence[str], left_out: LeftOut) -> Folder:
    """The folder without those around it: steps down while there is only one folder, which holds more folders."""
    while True:
        for copy in copies_in(folder, photos):
            del folder.folders[copy.name]
            left_out[copy.path] = (copy.all_photos, "it repeats what lies beside it")
        if len(folder.folders) != 1:
            return folder
        (inner,) = folder.folders.values()
        if not inner.folders:
            return folder
        folder = inner


def _leave_out(root: Folder, kept: Container[str], reason: str, left_out: LeftOut) -> None:
    for name, folder in root.folders.items():
        if name not in kept:
            left_out[folder.path] = (folder.all_photos, reason)


def _parts(root: Folder, photos: Sequence[str], left_out: LeftOut) -> dict[str, int]:
    """The folders that are labeled parts of a split: named so, and holding folders of the same names."""
    named = {name: part for name, part in _named_parts(root).items() if part != UNLABELED}
    root.folders |= {name: _stepped_into(root.folders[name], photos, left_out) for name in named}
    inner = {name: {inner.casefold() for inner in root.folders[name].folders} for name in named}
    several = set().union(*(folders for folders in inner.values() if len(folders) > 1))
    holders = {name: part for name, part in named.items() if len(inner[name]) > 1 or inner[name] & several}
    if len(holders) == 1:  # the others may only be said not to be labeled
        return holders if len(named) > 1 or set(root.folders) <= set(parts_of(root.folders)) else {}
    if holders and not any(inner[one] & inner[other] for one, other in combinations(holders, 2)):
        raise DatasetError(
            "parts of a split that hold folders of the same names",
            f"{listed(list(holders))}, which hold different ones",
            "Give each class the same folder name in every part.",
        )
    return holders


def _named_parts(root: Folder) -> dict[str, int]:
    """Parts by what folders are called; `rps` beside `rps-test-set` is for training if it holds the same classes."""
    named = parts_of(root.folders)
    for plain, name in permutations(root.folders, 2) if len(root.folders) <= len(PARTS) else ():
        words = words_of(name)
        part = max((PART_WORDS[word] for word in words if word in PART_WORDS), default=NOT_GIVEN)
        same = classes_in(root.folders[plain]) & classes_in(root.folders[name])
        if part > 0 and same and not parts_of([plain]) and set(words_of(plain)) < set(words):
            named |= {plain: PARTS.index("train"), name: part}
    return named


def _places_in_parts(root: Folder, parts: dict[str, int], left_out: LeftOut) -> Places:
    is_split = len(parts) > 1
    twins: set[str] = set()  # which one part holds in capitals and not, such as letters
    for name in parts:
        counts = Counter(label.casefold() for label in root.folders[name].folders)
        twins |= {label for label, count in counts.items() if count > 1}
    spellings: dict[str, str] = {}  # a class may be written in another way in another part
    places = {}
    for name, part in sorted(parts.items(), key=lambda item: item[1]):
        for label, folder in _labeled(root.folders[name], left_out).items():
            folded = label.casefold()
            spelling = label if folded in twins else spellings.setdefault(folded, label)
            places[folder.path] = (spelling, part if is_split else NOT_GIVEN)
    return places


def _places_of_classes(root: Folder, left_out: LeftOut) -> Places:
    """Each folder is a class; where all hold nothing but parts of a split, these are kept."""
    classes = _labeled(root, left_out)
    named = parts_of(name for folder in classes.values() for name in folder.folders)
    is_split = len(set(named.values())) > 1 and all(
        not folder.photos and set(folder.folders) <= set(named) for folder in classes.values()
    )
    if not is_split:
        return {folder.path: (name, NOT_GIVEN) for name, folder in classes.items()}
    return {
        folder.folders[inner].path: (name, named[inner])
        for name, folder in classes.items()
        for inner in folder.folders
        if named[inner] != UNLABELED
    }


def _labeled(folder: Folder, left_out: LeftOut) -> dict[str, Folder]:
    """The class folders in a folder, without what is called `Unlabeled` beside them."""
    classes = {name: inner for name, inner in folder.folders.items() if not is_unlabeled(name)}
    if len(classes) < 2:
        return folder.folders
    _leave_out(folder, classes, "it is called unlabeled", left_out)
    return classes


def _assigned(names: Sequence[str], places: Places, left_out: LeftOut) -> Found:
    classes, parts = {}, {}
    for index, name in enumerate(names):
        place = next((places[path] for path in _ancestors(name) if path in places), None)
        if place:
            classes[index] = place[0]
            if place[1] != NOT_GIVEN:
                parts[index] = place[1]
    notes = [
        f"Left out the folder {path} with {count_text(count, 'image')}: {reason}."
        for path, (count, reason) in sorted(left_out.items())
    ]
    return Found(classes, parts, tuple(notes), sum(count for count, _ in left_out.values()))


def _ancestors(name: str) -> Iterator[str]:
    """The folders that a file lies in, the outermost first."""
    place = name.find("/")
    while place >= 0:
        yield name[:place]
        place = name.find("/", place + 1)
