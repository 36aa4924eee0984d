"""Classes by a table beside the images: a column of file names and one of classes, or a column of 0 and 1 for each."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath

import numpy as np

from tlcore.datasets.parts import UNLABELED, parts_of
from tlcore.datasets.sources.layouts.found import Found
from tlcore.datasets.sources.layouts.name_index import NameIndex
from tlcore.errors import DatasetError
from tlcore.settings import settings
from tlcore.text import count_text, listed

TABLE_ENDINGS = (".csv", ".tsv")
MOST_TABLE_BYTES = 50_000_000
_MOST_TABLES = 20
_MOST_WITH_SEVERAL = 0.1  # share of the images
_FOR_ANSWERS = re.compile("submission", re.IGNORECASE)  # such a table shows how to hand in answers, and holds none
_ROWS_PER_IMAGE = 3
_MOST_OTHER_COLUMNS = 100  # beside one for each class
_SAMPLE = 200  # rows by which the column of file names is found
_LABEL_TITLES = (
    "label", "labels", "class", "class name", "classname", "category", "target", "species", "breed", "diagnosis", "dx",
    "class id", "classid",
)  # fmt: skip
_PART_TITLES = ("split", "set", "subset", "data set", "dataset", "partition", "part", "phase")


def table_bytes(path: Path) -> bytes:
    """Read a file that may be a table.

    Args:
        path: where it is.

    Returns:
        Its first `MOST_TABLE_BYTES` + 1 bytes; none of what is no ordinary file, as whoever reads a pipe waits for one
        who writes.

    Raises:
        DatasetError: if it cannot be read.
    """
    if not path.is_file():
        return b""
    try:
        with path.open("rb") as file:
            return file.read(MOST_TABLE_BYTES + 1)
    except OSError as error:
        raise DatasetError("a table that can be read", f"{path}: {error.strerror}", "Check its permissions.") from error


@dataclass(frozen=True)
class _Table:
    """A table whose rows name images: the position of each row's image, and all other columns by their titles."""

    name: str
    images: list[int]
    missing: int
    columns: dict[str, list[str]]


@dataclass(frozen=True)
class _Reading:
    """How a table gives classes: in words, the class of each row, and whether a title says so."""

    text: str
    labels: list[str]
    is_sure: bool


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
        DatasetError: if it cannot be told which column holds the classes, or many images have several.
    """
    index = NameIndex(names, photos)
    read_tables = (
        _read(name, read(name), index)
        for name in sorted(tables, key=lambda name: (name.count("/"), name))[:_MOST_TABLES]
        if not _FOR_ANSWERS.search(PurePosixPath(name).stem)
    )
    found = [table for table in read_tables if table]
    if not found:
        return None
    chosen = _choose([(table, reading) for table in found if (reading := _labels(table, column))], found, column)
    classes: dict[int, str] = {}
    parts: dict[int, int] = {}
    several: set[int] = set()  # images with more than one class
    notes = []
    for table, reading in chosen:
        for image, label in zip(table.images, reading.labels, strict=True):
            if label and classes.setdefault(image, label) != label:
                several.add(image)
        parts |= _parts(table)
        notes.append(f"The classes are those in {table.name}, {reading.text}.")
        if table.missing:
            notes.append(f"{count_text(table.missing, 'row')} of {table.name} without an image.")
    if len(several) > _MOST_WITH_SEVERAL * len(classes):
        raise DatasetError(
            "one class for each image",
            f"{listed([table.name for table, _ in chosen])} with several for {count_text(len(several), 'image')}",
            "Leave one row for each image. A table of several objects in an image is for detection, not for this.",
        )
    if several:
        notes.append(f"Left out {count_text(len(several), 'image')} with several classes.")
    kept = {image: label for image, label in classes.items() if image not in several}
    return Found(kept, parts, tuple(notes), len(several), tuple(table.name for table, _ in chosen))


def _choose(
    readings: list[tuple[_Table, _Reading]], tables: list[_Table], column: str
) -> list[tuple[_Table, _Reading]]:
    """The tables that say most clearly what the classes are; all of them by a column of the same title."""
    surest = [(table, reading) for table, reading in readings if reading.is_sure]
    chosen = surest or readings
    titles = {reading.text.casefold(): reading.text for _, reading in chosen}
    if len(titles) == 1:
        return chosen
    if column:
        known = list(dict.fromkeys(title for table in tables for title in table.columns))
        raise DatasetError(
            f"a column of {listed([table.name for table in tables])}",
            f"{column!r}",
            f"Its other columns are {listed(known, 20)}.",
        )
    table = tables[0]
    received = f"{table.name} with the columns {listed(list(table.columns), 20)}"
    if titles:
        received = " and ".join(f"{table.name} with {reading.text}" for table, reading in chosen[:3])
    raise DatasetError(
        "a column of classes",
        received,
        "Name the column of classes with the option column: each image can have one class.",
    )


def _read(name: str, data: bytes, index: NameIndex) -> _Table | None:
    limits = settings()
    lines = _rows(data)
    rows = list(islice(lines, _SAMPLE))
    table = PurePosixPath(name)
    width = len(rows[0]) if rows else 0
    sample = [row for row in rows if len(row) == width]
    if not 2 <= width <= limits.max_classes + _MOST_OTHER_COLUMNS or not sample:
        return None
    matches = [sum(index.find(row[place], table) is not None for row in sample) for place in range(width)]
    place = matches.index(max(matches))
    if 2 * matches[place] < len(sample) - 1 or not matches[place]:
        return None
    most = limits.max_dataset_images * _ROWS_PER_IMAGE
    rows += islice(lines, most)
    if len(rows) > most:
        raise DatasetError(
            f"at most {most:,} rows", f"{name} with more", "Use part of it, or raise TLCORE_MAX_DATASET_IMAGES."
        )
    has_titles = index.find(rows[0][place], table) is None
    titles = rows[0] if has_titles else [f"column {number}" for number in range(1, width + 1)]
    found = [(index.find(row[place], table), row) for row in rows[has_titles:] if len(row) == width]
    known = [(image, row) for image, row in found if image is not None]
    columns = {
        title.strip(): [row[number].strip() for _, row in known]
        for number, title in enumerate(titles)
        if number != place
    }
    return _Table(name, [image for image, _ in known], len(rows) - has_titles - len(known), columns)


def _rows(data: bytes) -> Iterator[list[str]]:
    """The rows of a table that have cells; none behind the place where it is damaged, or if it is larger than any."""
    if len(data) > MOST_TABLE_BYTES:
        return
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    lines = io.StringIO(text, newline=None)
    first = lines.readline()
    if not first.lower().startswith("sep="):  # as Excel writes before the titles
        lines.seek(0)
    delimiter = max(",;\t|", key=first.count)
    with suppress(csv.Error):
        yield from filter(None, csv.reader(lines, delimiter=delimiter, skipinitialspace=True))


def _labels(table: _Table, column: str) -> _Reading | None:
    """How the classes are given, and those of the table's images; None if that is not clear."""
    if column:
        return _Reading(f"column {column}", table.columns[column], True) if column in table.columns else None
    plain = {title.casefold().replace("_", " "): title for title in table.columns}
    known = [plain[title] for title in _LABEL_TITLES if title in plain]
    other = [title for key, title in plain.items() if title and key not in _PART_TITLES]
    one_hot = [title for title, cells in table.columns.items() if _are_flags(cells)]
    if len(one_hot) > 1 and not known:
        flags = np.array([table.columns[title] for title in one_hot]).astype(float)
        if (flags.sum(axis=0) == 1).all() and flags.any(axis=1).sum() > 1:
            labels = [one_hot[place] for place in flags.argmax(axis=0)]
            return _Reading("one column for each class", labels, set(other) <= set(one_hot))
    if not known and len(other) != 1:
        return None
    title = _named(table, (known or other)[0])
    return _Reading(f"column {title}", table.columns[title], bool(known))


def _named(table: _Table, title: str) -> str:
    """The column of names of the classes that a column of numbers has; itself if there is none."""
    numbers = table.columns[title]
    if not all(cell.isdecimal() for cell in numbers):
        return title
    count = len(set(numbers))
    texts = (
        other
        for other, cells in table.columns.items()
        if other and not any(cell.isdecimal() for cell in cells) and len(set(cells)) == count
        if len(set(zip(numbers, cells, strict=True))) == count < len(numbers)
    )
    return next(texts, title)


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
