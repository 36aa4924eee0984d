"""Import: read every image of a source, check it, keep it, and report what was found.

Images are checked several at a time, but only a few are in memory at once, however many there are.
"""

from __future__ import annotations

import hashlib
import io
import logging
import os
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from PIL import Image

from tlcore.access.asker import asker
from tlcore.datasets.checking.alike import group_alike, joined, thumbnail
from tlcore.datasets.checking.brightness import brightness_notes
from tlcore.datasets.checking.checks import build_report, check_bytes, check_classes, check_listing, too_small
from tlcore.datasets.dataset import Dataset
from tlcore.datasets.keeping import content_digest, dataset_id, keep
from tlcore.datasets.parts import NOT_GIVEN
from tlcore.datasets.places import IMAGES, datasets_folder
from tlcore.datasets.previews import TARGET, PreviewWriter, is_large, make_preview
from tlcore.datasets.sources.catalog import SOURCES
from tlcore.datasets.sources.source import Listing, without_classes
from tlcore.errors import DatasetError, ImageError
from tlcore.images.decode import decode_image, measure_image
from tlcore.jobs import SILENT, Monitor
from tlcore.text import listed, one_line

logger = logging.getLogger(__name__)

_MOST_NAME = 200  # characters

THUMBNAIL_TARGET = 64
MOST_WEBP_SIDE = 16_383
EMIT_SECONDS = 0.1
THREADS = min(8, os.cpu_count() or 1)


@dataclass(frozen=True)
class _Checked:
    """One image that decodes: encoded bytes, (height, width), what is compared of it, SHA-256, its preview or b""."""

    data: bytes
    size: tuple[int, int]
    thumbnail: np.ndarray
    digest: bytes
    preview: bytes


def import_dataset(
    source: str,
    options: Mapping[str, object],
    name: str | None = None,
    monitor: Monitor = SILENT,
) -> Dataset:
    """Import labeled images as a new dataset.

    Files that do not read, duplicates and the like are reported, not refused. The same content under the same name
    gives the same dataset, which is then left as it is.

    Args:
        source: name of a row of `SOURCES`.
        options: the source's options by name; missing ones take their defaults.
        name: what to call the dataset; by default what the source proposes.
        monitor: told of progress, and asked between images.

    Returns:
        The dataset.

    Raises:
        DatasetError: if no dataset can be made, saying all that stands in the way.
        NotFoundError: if there is no such source.
        MissingError: if the source needs what this machine lacks.
        Stopped: if asked to; nothing is left behind.

    Example:
        >>> dataset = import_dataset("digits", {"size": 32})
        >>> len(dataset), len(dataset.classes)
        (1797, 10)
    """
    row = SOURCES.find(source)
    parsed = row.parse(options)
    plain = {key: _plain(value) for key, value in parsed.items()}
    record = {"source": source, "options": plain, "visitor": asker().id}
    monitor.check()
    listing = row.open(parsed, monitor)
    try:
        return keep_listing(listing, one_line(name or "", _MOST_NAME) or listing.name, record, monitor)
    finally:
        listing.close()


def keep_listing(listing: Listing, name: str, record: dict, monitor: Monitor) -> Dataset:
    """Read, check and keep the images of a listing; see `import_dataset`.

    Args:
        listing: the labeled images.
        name: what to call the dataset.
        record: how it came, for `Dataset.source`.
        monitor: as in `import_dataset`.

    Returns:
        The dataset.

    Raises:
        DatasetError: if no dataset can be made of it.
        Stopped: if asked to.
    """
    if listing.is_guess:
        raise DatasetError(
            "classes in folders or a table",
            f"only names of files, by which the classes would be {listed(listing.classes)}",
            f"If that is right, say so: --classes-from {listing.way}",
        )
    check_listing(listing)
    return keep(lambda folder: _fill(folder, listing, name, record, monitor))


def _fill(
    folder: Path,
    listing: Listing,
    name: str,
    record: dict,
    monitor: Monitor,
) -> Dataset:
    """Write the images; return the dataset as it will be once the folder has its name."""
    listing = without_small_classes(listing, np.array(listing.labels, np.int32), ())
    started = time.monotonic()
    total = len(listing.names)
    unreadable, kept = [], []
    size_rows, thumbnails, digest_rows, offsets = [], [], [], [0]
    last = -EMIT_SECONDS
    with (folder / IMAGES).open("wb") as file, closing(PreviewWriter(folder)) as previews:
        for index, checked in enumerate(_check_all(listing, monitor)):
            if isinstance(checked, str):
                unreadable.append((listing.names[index], checked))
            else:
                file.write(checked.data)
                previews.add(checked.preview)
                offsets.append(offsets[-1] + len(checked.data))
                check_bytes(offsets[-1])
                kept.append(index)
                size_rows.append(checked.size)
                thumbnails.append(checked.thumbnail)
                digest_rows.append(np.frombuffer(checked.digest, np.uint8))
            now = time.monotonic()
            if now - last >= EMIT_SECONDS or index + 1 == total:
                last = now
                monitor.report("Reading images", index + 1, total)
    labels = np.array([listing.labels[index] for index in kept], np.int32)
    parts = np.array([listing.parts[index] if listing.parts else NOT_GIVEN for index in kept], np.int8)
    names = tuple(listing.names[index] for index in kept)
    enough = without_small_classes(listing, labels, unreadable)
    if enough is not listing:
        return _fill(folder, enough, name, record, monitor)
    monitor.check()
    digests, sizes = np.stack(digest_rows), np.array(size_rows, np.int32)
    monitor.report("Looking for duplicates", 0, 1)
    stacked = np.stack(thumbnails)
    alike = group_alike(stacked, digests)
    groups = joined(alike, np.array(listing.groups)[kept]) if listing.groups else alike
    listing = replace(listing, notes=(*brightness_notes(stacked), *listing.notes))
    digest = content_digest(listing.classes, labels, parts, names, digests)
    id = dataset_id(name, digest)
    return Dataset(
        id=id,
        name=name,
        classes=listing.classes,
        labels=labels,
        parts=parts,
        names=names,
        digests=digests,
        groups=groups,
        sizes=sizes,
        offsets=np.array(offsets, np.int64),
        source=record,
        report=build_report(
            listing, unreadable, labels, parts, names, digests, alike, sizes, time.monotonic() - started
        ),
        digest=digest,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        folder=datasets_folder() / id,
    )


def without_small_classes(listing: Listing, labels: np.ndarray, unreadable: Sequence[tuple[str, str]]) -> Listing:
    """Leave out the classes that have less than two images.

    Args:
        listing: any.
        labels: integer (n,) of the images that are listed, or that read.
        unreadable: (file name, sentence) of each image left out so far.

    Returns:
        The listing without them; the same one if there are none.

    Raises:
        DatasetError: if fewer than two classes remain.
    """
    small = too_small(labels, len(listing.classes))
    if not small or len(listing.classes) - len(small) < 2:
        check_classes(listing.classes, labels, unreadable)
        return listing
    names = listed([listing.classes[label] for label in small])
    what = "class" if len(small) == 1 else "classes"
    return without_classes(listing, set(small), f"Left out the {what} {names}: fewer than two readable images.")


def _check_all(listing: Listing, monitor: Monitor) -> Iterator[_Checked | str]:
    """Check all images in order, several at a time; only a few are in memory at once."""
    waiting: deque = deque()
    pool = ThreadPoolExecutor(THREADS)
    try:
        for index in range(len(listing.names)):
            monitor.check()
            waiting.append(pool.submit(_check, listing, index))
            if len(waiting) > 2 * THREADS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _check(listing: Listing, index: int) -> _Checked | str:
    """One image, or the sentence that says why there is none: the error itself would hold on to what was read."""
    try:
        content = listing.read(index)
        if isinstance(content, np.ndarray):
            image = as_rgb(content)
            data, size = _encode(content), image.shape[:2]
        else:
            data, size = content, measure_image(content, listing.names[index])
            image = decode_image(content, listing.names[index], TARGET if is_large(*size) else THUMBNAIL_TARGET)
        preview = make_preview(image) if is_large(*size) else b""
        return _Checked(data, size, thumbnail(image), hashlib.sha256(data).digest(), preview)
    except ImageError as error:
        return str(error)


def as_rgb(array: np.ndarray) -> np.ndarray:
    """Bring an array of pixels, (h, w), (h, w, 1) or (h, w, 3), to (h, w, 3)."""
    gray = array.reshape(*array.shape[:2], -1)
    return np.ascontiguousarray(np.broadcast_to(gray, (*array.shape[:2], 3)))


def _encode(array: np.ndarray) -> bytes:
    """A small, exact file of an array of pixels."""
    buffer = io.BytesIO()
    image = Image.fromarray(as_rgb(array))
    if max(image.size) <= MOST_WEBP_SIDE:
        # Lossless and several times faster than PNG at these settings, and smaller.
        image.save(buffer, "WEBP", lossless=True, quality=0, method=0)
    else:
        image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _plain(value: object) -> object:
    return str(value) if isinstance(value, Path) else value
