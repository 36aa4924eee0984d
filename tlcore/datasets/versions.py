"""New versions of a dataset: some images removed, or labels corrected; the old one stays as it is."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import numpy as np

from tlcore.access.asker import asker
from tlcore.datasets.checking.checks import build_report, check_classes
from tlcore.datasets.dataset import Dataset
from tlcore.datasets.keeping import content_digest, dataset_id, keep
from tlcore.datasets.places import IMAGES, datasets_folder
from tlcore.datasets.previews import PreviewWriter
from tlcore.datasets.sources.source import Listing
from tlcore.errors import DatasetError
from tlcore.jobs import SILENT, Monitor

_MOST_CLASS_NAME = 100
_PIECE = 1 << 22
MADE_FOR = "made_for"  # in the source of a version


def new_version(
    dataset: Dataset,
    relabeled: Mapping[int, str] = MappingProxyType({}),
    removed: Iterable[int] = (),
    monitor: Monitor = SILENT,
    made_for: str = "",
) -> Dataset:
    """Make a version in which some images belong to another class or are left out.

    A class that loses all of its images goes too.

    Args:
        dataset: the version to start from.
        relabeled: from an image, 0 to n - 1, to the name of its class, which may be new.
        removed: images to leave out, 0 to n - 1.
        monitor: told of progress, and asked between images.
        made_for: what it serves and goes with, such as "lessons"; "" for itself.

    Returns:
        The new version; its `source` names the parent and what changed.

    Raises:
        DatasetError: if an index does not exist, nothing changes, or what remains is no dataset.
        Stopped: if asked to; nothing is left behind.
    """
    left_out = sorted({*removed})
    _check_indices(dataset, [*left_out, *relabeled])
    changed = {
        index: _class_name(name)
        for index, name in sorted(relabeled.items())
        if index not in left_out and dataset.classes[dataset.labels[index]] != _class_name(name)
    }
    if not left_out and not changed:
        raise DatasetError("a changed label or an image to remove", "no change", "Choose what to change.")
    classes = tuple(dict.fromkeys([*dataset.classes, *changed.values()]))
    labels = dataset.labels.copy()
    for index, name in changed.items():
        labels[index] = classes.index(name)
    kept = np.setdiff1d(np.arange(len(dataset)), left_out)
    present, labels = np.unique(labels[kept], return_inverse=True)
    source = {name: value for name, value in dataset.source.items() if name != MADE_FOR}
    source |= {MADE_FOR: made_for} if made_for else {}
    change = {
        "removed": [dataset.names[index] for index in left_out],
        "relabeled": {dataset.names[index]: name for index, name in changed.items()},
    }
    source |= {"visitor": asker().id, "parent": dataset.id, "change": change}
    return _write(dataset, kept, labels.astype(np.int32), tuple(classes[label] for label in present), source, monitor)


def _class_name(text: str) -> str:
    """A class name without surplus blanks, checked: it becomes part of files and pages."""
    name = " ".join(text.split())
    if not name or len(name) > _MOST_CLASS_NAME or not name.isprintable():
        raise DatasetError(
            f"a class name of 1 to {_MOST_CLASS_NAME} printable characters", repr(text[:100]), "Enter another name."
        )
    return name


def _check_indices(dataset: Dataset, indices: Iterable[int]) -> None:
    wrong = [index for index in indices if not 0 <= index < len(dataset)]
    if wrong:
        raise DatasetError(
            f"images from 0 to {len(dataset) - 1}",
            ", ".join(map(str, wrong[:10])),
            "Choose images from this dataset.",
        )


def _pieces(dataset: Dataset, kept: np.ndarray) -> Iterator[bytes]:
    """The bytes of the images that stay."""
    if len(kept) < len(dataset):
        yield from (dataset.image_bytes(index) for index in kept)
        return
    with (dataset.folder / IMAGES).open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _write(
    dataset: Dataset, kept: np.ndarray, labels: np.ndarray, classes: tuple[str, ...], source: dict, monitor: Monitor
) -> Dataset:
    check_classes(classes, labels, ())
    started = time.monotonic()

    def fill(folder: Path) -> Dataset:
        total = int(np.diff(dataset.offsets)[kept].sum())
        with (folder / IMAGES).open("wb") as file:
            for piece in _pieces(dataset, kept):
                monitor.check()
                monitor.report("Copying images", file.tell(), total)
                file.write(piece)
        with closing(PreviewWriter(folder)) as previews:
            for index in kept:
                previews.add(dataset.preview_bytes(int(index)))
        names = tuple(dataset.names[index] for index in kept)
        parts, digests, groups, sizes = (
            array[kept] for array in (dataset.parts, dataset.digests, dataset.groups, dataset.sizes)
        )
        listing = Listing(dataset.name, classes, names, labels.tolist(), dataset.image_bytes)
        digest = content_digest(classes, labels, parts, names, digests)
        id = dataset_id(dataset.name, digest)
        return Dataset(
            id=id,
            name=dataset.name,
            classes=classes,
            labels=labels,
            parts=parts,
            names=names,
            digests=digests,
            groups=groups,
            sizes=sizes,
            offsets=np.concatenate([[0], np.cumsum(np.diff(dataset.offsets)[kept])]),
            source=source,
            report=build_report(listing, (), labels, parts, names, digests, groups, sizes, time.monotonic() - started),
            digest=digest,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            folder=datasets_folder() / id,
        )

    return keep(fill)
