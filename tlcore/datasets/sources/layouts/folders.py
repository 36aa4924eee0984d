"""Classes by folders, found by what folders hold: outer ones are stepped into, parts of a split are told apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from tlcore.datasets.parts import NOT_GIVEN, UNLABELED, parts_of, says_nothing
from tlcore.datasets.sources.layouts.found import Found
from tlcore.errors import DatasetError
from tlcore.text import count_text, listed

_MUCH_ALIKE = 0.5  # share of folder names that versions of a dataset, such as "color" and "grayscale", have in common

Places = dict[str, tuple[str, int]]  # folder → class, and part
LeftOut = dict[str, tuple[int, str]]  # folder → number of images, and why it is left out


@dataclass
class _Folder:
    """A folder with photos in it or below it: its path, how many lie in it, and the folders in it by name."""

    path: str
    photos: int = 0
    folders: dict[str, _Folder] = field(default_factory=dict)

    @property
    def all_photos(self) -> int:
        return self.photos + sum(folder.all_photos for folder in self.folders.values())

    def below(self, name: str) -> str:
        return f"{self.path}/{name}" if self.path else name


def by_folders(names: Sequence[str], photos: Sequence[str]) -> Found | None:
    """Take folders as classes.

    Args:
        names: of files, relative to the root, with "/" between folders.
        photos: those whose names are those of images; only they decide which folders are classes.

    Returns:
        The classes; None if no folders hold them.

    Raises:
        DatasetError: if there are several versions of the dataset, or parts of a split with different classes.
    """
    left_out: LeftOut = {}
    root = _stepped_into(_tree(photos), photos, left_out)
    parts = _parts(root, photos, left_out)
    if parts:
        places = _places_in_parts(root, parts)
        for name in set(root.folders) - set(parts):
            left_out[root.folders[name].path] = (root.folders[name].all_photos, "it has no class folders of the split")
    elif len(parts_of(root.folders)) == len(root.folders) or all(map(says_nothing, root.folders)):
        return None
    else:
        _check_versions(root)
        places = _places_of_classes(root)
    return _assigned(names, places, left_out)


def parts_by_folder(names: Sequence[str], photos: Sequence[str]) -> dict[int, int]:
    """Tell the parts of a split by the outermost folders, where these are no classes.

    Args:
        names: as `by_folders` takes them.
        photos: likewise.

    Returns:
        Position of the file → position in `PARTS`, or `UNLABELED`; empty where the folders are no parts.
    """
    root = _stepped_into(_tree(photos), photos, {})
    parts = parts_of(root.folders)
    if not parts or set(root.folders) - set(parts):
        return {}
    by_path = {root.folders[name].path: part for name, part in parts.items()}
    return {index: by_path[path] for index, name in enumerate(names) for path in _ancestors(name) if path in by_path}


def _tree(photos: Sequence[str]) -> _Folder:
    root = _Folder("")
    for folders, count in Counter(name.rpartition("/")[0] for name in photos).items():
        place = root
        for name in filter(None, folders.split("/")):
            place = place.folders.setdefault(name, _Folder(place.below(name)))
        place.photos += count
    return root


def _stepped_into(folder: _Folder, photos: Sequence[str], left_out: LeftOut) -> _Folder:
    """The folder without those around it: steps down while there is only one folder, which holds more folders."""
    while True:
        for name, inner in list(folder.folders.items()):
            if _is_copy(folder, inner, photos):
                del folder.folders[name]
                left_out[inner.path] = (inner.all_photos, "it repeats what lies beside it")
        if len(folder.folders) != 1:
            return folder
        (inner,) = folder.folders.values()
        if not inner.folders:
            return folder
        folder = inner


def _is_copy(folder: _Folder, inner: _Folder, photos: Sequence[str]) -> bool:
    """Whether a folder holds the same files as its siblings together: archives of public sets hold themselves."""
    if not inner.folders or set(inner.folders) != set(folder.folders) - {inner.path.rpartition("/")[2]}:
        return False
    whole, part = folder.path and folder.path + "/", inner.path + "/"
    inside = {name.removeprefix(part) for name in photos if name.startswith(part)}
    beside = {name.removeprefix(whole) for name in photos if name.startswith(whole) and not name.startswith(part)}
    return inside == {name for name in beside if "/" in name}


def _parts(root: _Folder, photos: Sequence[str], left_out: LeftOut) -> dict[str, int]:
    """The folders that are labeled parts of a split: named so, and holding folders of the same names."""
    named = {name: part for name, part in parts_of(root.folders).items() if part != UNLABELED}
    root.folders |= {name: _stepped_into(root.folders[name], photos, left_out) for name in named}
    inner = {name: {inner.casefold() for inner in root.folders[name].folders} for name in named}
    several = set().union(*(folders for folders in inner.values() if len(folders) > 1))
    holders = {name: part for name, part in named.items() if len(inner[name]) > 1 or inner[name] & several}
    if len(holders) == 1:  # the others may only be said not to be labeled
        return holders if set(root.folders) <= set(parts_of(root.folders)) else {}
    if holders and not any(inner[one] & inner[other] for one, other in combinations(holders, 2)):
        raise DatasetError(
            "parts of a split that hold folders of the same names",
            f"{listed(list(holders))}, which hold different ones",
            "Give each class the same folder name in every part.",
        )
    return holders


def _places_in_parts(root: _Folder, parts: dict[str, int]) -> Places:
    is_split = len(parts) > 1
    spellings: dict[str, str] = {}  # a class may be written in another way in another part
    places = {}
    for name, part in sorted(parts.items(), key=lambda item: item[1]):
        for label, folder in root.folders[name].folders.items():
            places[folder.path] = (spellings.setdefault(label.casefold(), label), part if is_split else NOT_GIVEN)
    return places


def _check_versions(root: _Folder) -> None:
    """Refuse folders side by side that each hold the whole dataset: taken as classes they would all look the same."""
    inner = {name: set(folder.folders) for name, folder in root.folders.items() if len(folder.folders) > 1}
    if len(inner) < 2 or len(inner) < len(root.folders):
        return
    shared, whole = set.intersection(*inner.values()), set.union(*inner.values())
    if len(shared) < _MUCH_ALIKE * len(whole) or parts_of(whole):
        return
    raise DatasetError(
        "one folder of images for each class",
        f"the folders {listed(list(inner))}, which each hold the folders {listed(sorted(shared))}",
        "Choose one of them with the option inside: they look like versions of the same dataset.",
    )


def _places_of_classes(root: _Folder) -> Places:
    """Each folder is a class; where all hold nothing but parts of a split, these are kept."""
    named = parts_of(name for folder in root.folders.values() for name in folder.folders)
    is_split = len(set(named.values())) > 1 and all(
        not folder.photos and set(folder.folders) <= set(named) for folder in root.folders.values()
    )
    if not is_split:
        return {folder.path: (name, NOT_GIVEN) for name, folder in root.folders.items()}
    return {
        folder.folders[inner].path: (name, named[inner])
        for name, folder in root.folders.items()
        for inner in folder.folders
        if named[inner] != UNLABELED
    }


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
