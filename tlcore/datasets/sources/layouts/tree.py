"""The folders that photos lie in, as a tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass
class Folder:
    """A folder with photos in it or below it.

    Args:
        path: from the root, "" for the root itself.
        photos: how many lie in it.
        folders: those in it, by name.
    """

    path: str
    photos: int = 0
    folders: dict[str, Folder] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition("/")[2]

    @property
    def all_photos(self) -> int:
        """How many photos lie in it and below it."""
        return self.photos + sum(folder.all_photos for folder in self.folders.values())

    @property
    def opened(self) -> Folder:
        """The folder without those around it: itself, or the only one in it if that holds more folders, and so on."""
        folder = self
        while len(folder.folders) == 1:
            (inner,) = folder.folders.values()
            if not inner.folders:
                break
            folder = inner
        return folder

    def below(self, name: str) -> str:
        """The path of something in it."""
        return f"{self.path}/{name}" if self.path else name


def tree_of(photos: Sequence[str]) -> Folder:
    """Build the tree.

    Args:
        photos: names of files, relative to the root, with "/" between folders.

    Returns:
        The root.
    """
    root = Folder("")
    for folders, count in Counter(name.rpartition("/")[0] for name in photos).items():
        place = root
        for name in filter(None, folders.split("/")):
            place = place.folders.setdefault(name, Folder(place.below(name)))
        place.photos += count
    return root


def copies_in(folder: Folder, photos: Sequence[str]) -> list[Folder]:
    """Find the folders that hold the same files as what lies beside them: archives of public sets hold themselves.

    Args:
        folder: in which to look.
        photos: all photos of the tree.

    Returns:
        Those that hold what their siblings hold together, or the same as one before them whose name only differs in
        capitals or blanks. One without folders is none: "A" and "a" may be letters.
    """
    first: dict[str, Folder] = {}
    copies = []
    for inner in folder.folders.values():
        twin = first.setdefault(inner.name.strip().casefold(), inner)
        if inner.folders and (_are_same(twin, inner, photos) or _repeats(folder, inner, photos)):
            copies.append(inner)
    return copies


def _are_same(one: Folder, other: Folder, photos: Sequence[str]) -> bool:
    alike = one is not other and one.folders.keys() == other.folders.keys()
    return alike and _below(one.path, photos) == _below(other.path, photos)


def _repeats(folder: Folder, inner: Folder, photos: Sequence[str]) -> bool:
    beside = len(folder.folders) - 1
    if len(inner.folders) != beside or inner.folders.keys() != folder.folders.keys() - {inner.name}:
        return False
    inside = _below(inner.path, photos)
    others = _below(folder.path, photos) - {f"{inner.name}/{name}" for name in inside}
    return inside == {name for name in others if "/" in name}


def _below(path: str, photos: Sequence[str]) -> set[str]:
    """The photos in a folder and below, from there."""
    start = path and path + "/"
    return {name.removeprefix(start) for name in photos if name.startswith(start)}
