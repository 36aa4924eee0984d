"""What an import would make of a source: classes, parts and a few images of each, before anything is kept."""

from __future__ import annotations

import base64
import contextlib
import io
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from PIL import Image

from tlcore.datasets.checking.checks import check_listing
from tlcore.datasets.importer import EMIT_SECONDS, as_rgb, without_small_classes
from tlcore.datasets.parts import PARTS, parts_of
from tlcore.datasets.sources.catalog import SOURCES
from tlcore.datasets.sources.source import Listing
from tlcore.errors import ImageError
from tlcore.images.decode import decode_image, measure_image
from tlcore.images.kinds import check_beginning
from tlcore.images.resize import resize
from tlcore.jobs import SILENT, Monitor
from tlcore.text import listed

PICTURES = 4  # of each class
MOST_WITH_PICTURES = 60  # classes
MUCH = 0.9  # share of the images, above which one class holds nearly all
_SIDE = 96


@dataclass(frozen=True)
class ClassPreview:
    """One class.

    Args:
        name: its name.
        images: how many of its files begin like images; some may yet turn out to be damaged.
        parts: how many of them the source puts into each part of a split; empty where it gives no parts.
        files: names of a few of them, spread over the class.
        pictures: data addresses of these as WebP pictures, 96 by 96 pixels; "" for one that does not read. Empty behind
            the first 60 classes.
    """

    name: str
    images: int
    parts: dict[str, int]
    files: tuple[str, ...]
    pictures: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """What an import would make of a source.

    Args:
        name: what the dataset would be called.
        classes: in the order of their labels.
        notes: sentences about how it was read and what is left out.
        doubts: sentences about what looks wrong.
        way: as in `Listing`.
        is_guess: likewise.
        unreadable: names of the files that are no images by how they begin; they are not counted.
    """

    name: str
    classes: tuple[ClassPreview, ...]
    notes: tuple[str, ...]
    doubts: tuple[str, ...]
    way: str
    is_guess: bool
    unreadable: tuple[str, ...] = ()

    def to_json(self) -> dict:
        """The record as plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Preview:
        """Read what `to_json` and JSON made of it."""
        return cls(**{**values, "classes": tuple(ClassPreview(**row) for row in values["classes"])})


def preview_dataset(source: str, options: Mapping[str, object], monitor: Monitor = SILENT) -> Preview:
    """Look at a source without keeping anything.

    Args:
        source: name of a row of `SOURCES`.
        options: the source's options by name; missing ones take their defaults.
        monitor: told of progress, and asked between images.

    Returns:
        What an import would make of it.

    Raises:
        DatasetError: if no dataset can be made of it, or over the limits.
        NotFoundError: if there is no such source.
        MissingError: if the source needs what this machine lacks.
        Stopped: if asked to.
    """
    row = SOURCES.find(source)
    listing = row.open(row.parse(options), monitor)
    try:
        check_listing(listing)
        return _preview(listing, monitor)
    finally:
        listing.close()


def _preview(listing: Listing, monitor: Monitor) -> Preview:
    listing = without_small_classes(listing, np.array(listing.labels, np.int32), ())
    unreadable = _unreadable(listing, monitor)
    is_read = np.array([index not in unreadable for index in range(len(listing.names))])
    labels, parts = np.array(listing.labels, np.int32), np.array(listing.parts)
    said = [(listing.names[index], why) for index, why in unreadable.items()]
    enough = without_small_classes(listing, labels[is_read], said)
    if enough is not listing:
        return _preview(enough, monitor)
    counts = np.bincount(labels[is_read], minlength=len(listing.classes))
    rows = []
    for label, name in enumerate(listing.classes):
        monitor.check()
        monitor.report("Looking at the classes", label + 1, len(listing.classes))
        members = np.flatnonzero((labels == label) & is_read)
        few = members[np.linspace(0, len(members) - 1, min(PICTURES, len(members))).astype(int)]
        rows.append(
            ClassPreview(
                name,
                len(members),
                _counts(parts[members]) if len(parts) else {},
                tuple(listing.names[index] for index in few),
                tuple(_picture(listing, int(index)) for index in few) if label < MOST_WITH_PICTURES else (),
            )
        )
    notes, found = listing.notes, doubts(listing.classes, counts)
    if _are_numbers(listing.classes):
        if listing.way:
            found.append("All classes are numbers. That is right for digits, but folders are often just numbered.")
        else:
            notes += ("The classes are numbers, as in the file. Names for them can be given along with it.",)
    names = tuple(listing.names[index] for index in unreadable)
    return Preview(listing.name, tuple(rows), notes, tuple(found), listing.way, listing.is_guess, names)


def _unreadable(listing: Listing, monitor: Monitor) -> dict[int, str]:
    """Positions of the files that are no images by how they begin, and why: to decode all of them is the import's."""
    found, last = {}, -EMIT_SECONDS
    for index, name in enumerate(listing.names):
        monitor.check()
        now = time.monotonic()
        if now - last >= EMIT_SECONDS:
            last = now
            monitor.report("Looking at the files", index, len(listing.names))
        try:
            _look_at(listing, index, name)
        except ImageError as error:
            found[index] = str(error)
    return found


def _look_at(listing: Listing, index: int, name: str) -> None:
    """Read as much of a file as tells whether it is an image: all of it only where its beginning does not."""
    if listing.begin is not None:
        start = listing.begin(index)
        if not check_beginning(start, name).common:
            return
        with contextlib.suppress(ImageError):
            measure_image(start, name)
            return
    content = listing.read(index)
    if not isinstance(content, np.ndarray) and check_beginning(content, name).common:
        measure_image(content, name)


def _are_numbers(classes: Sequence[str]) -> bool:
    return all(name.strip().isdecimal() for name in classes)


def _counts(parts: np.ndarray) -> dict[str, int]:
    return {name: count for place, name in enumerate(PARTS) if (count := int(np.count_nonzero(parts == place)))}


def _picture(listing: Listing, index: int) -> str:
    try:
        content = listing.read(index)
        pixels = (
            as_rgb(content) if isinstance(content, np.ndarray) else decode_image(content, listing.names[index], _SIDE)
        )
    except ImageError:
        return ""  # the import will count and name it
    file = io.BytesIO()
    Image.fromarray(resize(pixels, _SIDE, _SIDE, "crop", ratio=1.0)).save(file, "WebP", quality=80)
    return f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"


def doubts(classes: Sequence[str], counts: np.ndarray) -> list[str]:
    """Say what looks wrong about classes.

    Args:
        classes: their names.
        counts: integer (classes,), images of each.

    Returns:
        A sentence for each doubt.
    """
    said = []
    parts = parts_of(classes)
    if len(parts) > 1:
        said.append(
            f"The classes {listed(list(parts))} are called like parts of a split, not like things to tell apart."
        )
    share = counts.max() / counts.sum()
    if share > MUCH:
        said.append(f"The class {classes[int(counts.argmax())]} holds {100 * share:.0f} % of all images.")
    return said
