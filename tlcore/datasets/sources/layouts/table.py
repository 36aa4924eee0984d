"""Classes by a table beside the images: a column of file names and one of classes, or a column of 0 and 1 for each."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from tlcore.datasets.parts import NOT_GIVEN, UNLABELED, parts_of
from tlcore.datasets.sources.layouts.found import Found
from tlcore.errors import DatasetError
from tlcore.text import count_text, listed

TABLE_ENDINGS = (".csv", ".tsv")
MOST_TABLE_BYTES = 50_000_000
_MOST_TABLES = 20
_SAMPLE = 200  # rows by which the column of file names is found
_LABEL_TITLES = (
    "label", "labels", "class", "class name", "classname", "category", "target", "species", "breed", "diagnosis", "dx",
)  # fmt: skip
_PART_TITLES = ("split", "set", "subset", "data set", "dataset", "partition", "part", "phase")

Rows = list[list[str]]


@dataclass(frozen=True)
class _Table:
    """A table whose rows name images: the positions of these, and all other columns by their titles."""

    name: str
    images: list[int]
    missing: int
    columns: dict[str, list[str]]


def by_table(
    names: Sequence[str], photos: Sequence[str], tables: Sequence[str], read: Callable[[str], bytes], column: str = ""
) -> Found | None:
    """Take classes from tables.

    Args:
        names: of files, relative to the root, with "/" between folders.
        photos: those whose names are those of images.
        tables: names of the files that may be tables.
        read: from such a name to the first `MOST_TABLE_BYTES` + 1 bytes of the file.
        column: title of the column of classes; "" to find it.

    Returns:
        The classes; None if no table names the images.

    Raises:
        DatasetError: if it cannot be told which column holds the classes.
    """
    index = _Index(names, photos)
    classes: dict[int, str] = {}
    parts: dict[int, int] = {}
    notes = []
    for name in sorted(tables, key=lambda name: (name.count("/"), name))[:_MOST_TABLES]:
        table = _read(name, read(name), index)
        if table is None:
            continue
        title, labels = _labels(table, column)
        classes |= {image: label for image, label in zip(table.images, labels, strict=True) if label}
        parts |= _parts(table)
        notes.append(f"The classes are those in {table.name}, {title}.")
        if table.missing:
            notes.append(f"{count_text(table.missing, 'row')} of {table.name} without an image.")
    return Found(classes, parts, tuple(notes)) if classes else None


class _Index:
    """From what a table calls an image to its position: by path, name, or name without ending."""

    def __init__(self, names: Sequence[str], photos: Sequence[str]):
        wanted = set(photos)
        self._paths: dict[str, int] = {}
        self._short: dict[str, list[int]] = {}
        for position, name in enumerate(names):
            if name in wanted:
                path = PurePosixPath(name)
                self._paths[name] = position
                for short in {path.name, path.stem}:
                    self._short.setdefault(short, []).append(position)
        folders = parts_of({name.rpartition("/")[0].rpartition("/")[2] for name in photos})
        self._parts = {
            position: folders.get(name.rpartition("/")[0].rpartition("/")[2], NOT_GIVEN)
            for name, position in self._paths.items()
        }

    def find(self, text: str, table: PurePosixPath) -> int | None:
        """The image that a cell of a table means; None if there is none, or several that could be meant."""
        path = text.strip().replace("\\", "/").removeprefix("./")
        for full in (str(table.parent / path), path):
            if full in self._paths:
                return self._paths[full]
        found = self._short.get(PurePosixPath(path).name, [])
        if len(found) > 1:  # "train.csv" means what lies in "train"
            part = parts_of([table.stem]).get(table.stem, NOT_GIVEN)
            found = [position for position in found if self._parts[position] == part]
        return found[0] if len(found) == 1 else None


def _read(name: str, data: bytes, index: _Index) -> _Table | None:
    rows = _rows(data)
    table = PurePosixPath(name)
    width = len(rows[0]) if rows else 0
    sample = [row for row in rows[:_SAMPLE] if len(row) == width]
    if width < 2 or not sample:
        return None
    matches = [sum(index.find(row[place], table) is not None for row in sample) for place in range(width)]
    place = matches.index(max(matches))
    if 2 * matches[place] < len(sample) - 1 or not matches[place]:
        return None
    has_titles = index.find(rows[0][place], table) is None
    titles = rows[0] if has_titles else [f"column {number}" for number in range(1, width + 1)]
    found = [(index.find(row[place], table), row) for row in rows[has_titles:] if len(row) == width]
    known = {image: row for image, row in found if image is not None}
    columns = {
        title.strip(): [row[number].strip() for row in known.values()]
        for number, title in enumerate(titles)
        if number != place
    }
    return _Table(name, list(known), len(rows) - has_titles - len(known), columns)


def _rows(data: bytes) -> Rows:
    """The cells of a table; none if it is none, or larger than any."""
    if len(data) > MOST_TABLE_BYTES:
        return []
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    first = text.partition("\n")[0]
    delimiter = max(",;\t|", key=first.count)
    try:
        return [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if row]
    except csv.Error:
        return []


def _labels(table: _Table, column: str) -> tuple[str, list[str]]:
    """How the classes are given, and those of the table's images."""
    titles = {title.casefold().replace("_", " "): title for title in table.columns}
    if column:
        if column not in table.columns:
            raise DatasetError(
                f"a column of {table.name}", f"{column!r}", f"Its other columns are {listed(list(table.columns), 20)}."
            )
        return f"column {column}", table.columns[column]
    one_hot = {title: cells for title, cells in table.columns.items() if _are_flags(cells)}
    if len(one_hot) > 1 and all(sum(map(float, row)) == 1 for row in zip(*one_hot.values(), strict=True)):
        return f"one column for each ({len(one_hot):,})", [
            next(title for title, cell in zip(one_hot, row, strict=True) if float(cell))
            for row in zip(*one_hot.values(), strict=True)
        ]
    known = [titles[title] for title in _LABEL_TITLES if title in titles]
    other = [title for title in table.columns if title.casefold().replace("_", " ") not in _PART_TITLES]
    if known or len(other) == 1:
        title = (known or other)[0]
        return f"column {title}", table.columns[title]
    raise DatasetError(
        "a column of classes",
        f"{table.name} with the columns {listed(list(table.columns), 20)}",
        "Name the column of classes with the option column: each image can have one class.",
    )


def _are_flags(cells: Iterable[str]) -> bool:
    return set(cells) <= {"0", "1", "0.0", "1.0"}


def _parts(table: _Table) -> dict[int, int]:
    """Parts of the split, where a column names nothing else."""
    for title, cells in table.columns.items():
        if title.casefold().replace("_", " ") in _PART_TITLES:
            known = parts_of(set(cells))
            if set(cells) <= set(known):
                found = zip(table.images, (known[cell] for cell in cells), strict=True)
                return {image: part for image, part in found if part != UNLABELED}
    return {}
