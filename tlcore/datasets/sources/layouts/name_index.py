"""Which image a table means."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from tlcore.datasets.parts import NOT_GIVEN, parts_of


class NameIndex:
    """From what a table calls an image to its position: by path, name, or name without ending, in capitals or not.

    Args:
        names: of files, relative to the root, with "/" between folders.
        photos: those of them that can be meant.
    """

    def __init__(self, names: Sequence[str], photos: Sequence[str]):
        wanted = set(photos)
        self._paths: dict[str, int] = {}
        self._short: dict[str, list[int]] = {}
        self._folded: dict[int, str] = {}  # a set may hold a copy of itself under a name in capitals
        for position, name in enumerate(names):
            if name in wanted:
                path = PurePosixPath(name)
                self._paths[name] = position
                self._folded[position] = name.casefold()
                for short in {path.name, path.stem}:
                    self._short.setdefault(short.casefold(), []).append(position)
        folders = parts_of({name.rpartition("/")[0].rpartition("/")[2] for name in photos})
        self._parts = {
            position: folders.get(name.rpartition("/")[0].rpartition("/")[2], NOT_GIVEN)
            for name, position in self._paths.items()
        }

    def find(self, text: str, table: PurePosixPath) -> int | None:
        """Find the image that a cell of a table means.

        Args:
            text: of the cell.
            table: where the table is; a path may start there.

        Returns:
            The position of its name; None if there is none, or several that could be meant.
        """
        path = text.strip().replace("\\", "/").removeprefix("./")
        found = self._short.get(path.rpartition("/")[2].casefold(), [])
        if not found:
            return None
        for full in (str(table.parent / path), path):
            if full in self._paths:
                return self._paths[full]
        if len(found) > 1:  # "train.csv" means what lies in "train"
            part = parts_of([table.stem]).get(table.stem, NOT_GIVEN)
            found = [position for position in found if self._parts[position] == part] or found
        names = {self._folded[position] for position in found}
        return found[0] if len(names) == 1 else None
