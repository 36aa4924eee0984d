"""Keep a dataset: its folder appears complete under its id, or not at all."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from tlcore.access.asker import asker
from tlcore.datasets.dataset import Dataset, open_dataset, write_index
from tlcore.datasets.deleting import purge_old_datasets
from tlcore.datasets.parts import NOT_GIVEN
from tlcore.datasets.places import DELETED, MANIFEST, datasets_folder, only_readable
from tlcore.storage.files import remove_abandoned
from tlcore.storage.folders import flush_folder, rename_unless_taken, temporary_folder, write_manifest


def keep(fill: Callable[[Path], Dataset]) -> Dataset:
    """Write a dataset to a temporary folder beside the others, then rename it.

    Args:
        fill: writes the images into the folder it is given and returns the dataset as it will be; whatever it
            raises leaves nothing behind.

    Returns:
        The dataset, opened; if the same content was kept before and the asker may see it, that one, left as it is.
    """
    remove_abandoned(datasets_folder())
    purge_old_datasets()
    with temporary_folder(datasets_folder() / "import") as folder:
        dataset = _apart(fill(folder))
        write_index(folder, dataset)
        write_manifest(folder)
        flush_folder(folder)
        if not rename_unless_taken(folder, dataset.folder):  # the same content was kept before
            (dataset.folder / DELETED).unlink(missing_ok=True)
    return open_dataset(dataset.id)


def _apart(dataset: Dataset) -> Dataset:
    """Give a dataset an id of its maker's own where somebody else keeps the same for themselves: both must not meet."""
    if (dataset.folder / MANIFEST).is_file() and not only_readable([dataset.id]):
        id = dataset_id(dataset.name, hashlib.sha256(f"{dataset.digest} {asker().id}".encode()).hexdigest())
        return replace(dataset, id=id, folder=datasets_folder() / id)
    return dataset


def content_digest(
    classes: Sequence[str], labels: np.ndarray, parts: np.ndarray, names: Sequence[str], digests: np.ndarray
) -> str:
    """What makes two datasets the same.

    Args:
        classes: class names.
        labels: int32 (n,).
        parts: int8 (n,).
        names: n file names.
        digests: uint8 (n, 32), SHA-256 of each image.

    Returns:
        SHA-256 in hex.
    """
    whole = hashlib.sha256()
    contents = ["\0".join(classes).encode(), labels.tobytes(), "\0".join(names).encode(), digests.tobytes()]
    if (parts != NOT_GIVEN).any():  # without, the digest is that of datasets from before there were parts
        contents.append(parts.tobytes())
    for content in contents:
        whole.update(len(content).to_bytes(8, "little") + content)
    return whole.hexdigest()


def dataset_id(name: str, digest: str) -> str:
    """Readable part of a name and first 8 hex digits of a content digest."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")
    return f"{slug or 'dataset'}-{digest[:8]}"
