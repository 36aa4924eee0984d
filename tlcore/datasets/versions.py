"""New versions of a dataset: some images removed, or labels corrected; the old one stays as it is."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from tlcore.datasets.checks import build_report, check_classes
from tlcore.datasets.dataset import IMAGES, Dataset, datasets_folder
from tlcore.datasets.keeping import content_digest, dataset_id, keep
from tlcore.datasets.source import Listing
from tlcore.errors import DatasetError


def remove_images(dataset: Dataset, indices: Iterable[int]) -> Dataset:
    """Make a version without some images; a class that loses all of them goes too.

    Args:
        dataset: the version to start from.
        indices: images to leave out, 0 to n - 1.

    Returns:
        The new version; its `source` names the parent and what changed.

    Raises:
        DatasetError: if an index does not exist, or what remains is no dataset.
    """
    chosen = sorted({*indices})
    _check_indices(dataset, chosen)
    kept = np.setdiff1d(np.arange(len(dataset)), chosen)
    labels = dataset.labels[kept]
    present = np.unique(labels)
    classes = tuple(dataset.classes[label] for label in present)
    change = {"removed": [dataset.names[index] for index in chosen]}
    return _new_version(dataset, kept, np.searchsorted(present, labels).astype(np.int32), classes, change)


def relabel(dataset: Dataset, changes: Mapping[int, str]) -> Dataset:
    """Make a version in which some images belong to another class.

    Args:
        dataset: the version to start from.
        changes: from an image, 0 to n - 1, to the name of its class, which may be new.

    Returns:
        The new version; its `source` names the parent and what changed.

    Raises:
        DatasetError: if an index does not exist, or a class is left with too few images.
    """
    _check_indices(dataset, changes)
    classes = tuple(dict.fromkeys([*dataset.classes, *changes.values()]))
    labels = dataset.labels.copy()
    for index, name in changes.items():
        labels[index] = classes.index(name)
    change = {"relabelled": {dataset.names[index]: name for index, name in changes.items()}}
    return _new_version(dataset, np.arange(len(dataset)), labels, classes, change)


def _check_indices(dataset: Dataset, indices: Iterable[int]) -> None:
    wrong = [index for index in indices if not 0 <= index < len(dataset)]
    if wrong:
        raise DatasetError(
            f"images from 0 to {len(dataset) - 1}",
            ", ".join(map(str, wrong[:10])),
            "Choose images of this dataset.",
        )


def _new_version(
    dataset: Dataset, kept: np.ndarray, labels: np.ndarray, classes: tuple[str, ...], change: dict
) -> Dataset:
    check_classes(classes, labels, ())
    started = time.monotonic()

    def fill(folder: Path) -> Dataset:
        if len(kept) == len(dataset):
            shutil.copyfile(dataset.folder / IMAGES, folder / IMAGES)
        else:
            with (folder / IMAGES).open("wb") as file:
                file.writelines(dataset.image_bytes(index) for index in kept)
        names = tuple(dataset.names[index] for index in kept)
        digests, groups, sizes = dataset.digests[kept], dataset.groups[kept], dataset.sizes[kept]
        listing = Listing(dataset.name, classes, names, labels, dataset.image_bytes)
        digest = content_digest(classes, labels, names, digests)
        id = dataset_id(dataset.name, digest)
        return Dataset(
            id=id,
            name=dataset.name,
            classes=classes,
            labels=labels,
            names=names,
            digests=digests,
            groups=groups,
            sizes=sizes,
            offsets=np.concatenate([[0], np.cumsum(np.diff(dataset.offsets)[kept])]),
            source={**dataset.source, "parent": dataset.id, "change": change},
            report=build_report(listing, (), labels, names, digests, groups, sizes, time.monotonic() - started),
            digest=digest,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            folder=datasets_folder() / id,
        )

    return keep(fill)
