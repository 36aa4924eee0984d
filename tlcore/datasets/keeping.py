"""Keep a dataset: its folder appears complete under its id, or not at all."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import unicodedata
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from tlcore.datasets.dataset import Dataset, datasets_folder, open_dataset, write_index
from tlcore.datasets.deleting import purge_old_datasets
from tlcore.datasets.parts import NOT_GIVEN
from tlcore.locks import release, try_lock

_IMPORTING = ".importing-"


def keep(fill: Callable[[Path], Dataset]) -> Dataset:
    """Write a dataset to a temporary folder beside the others, then rename it.

    Args:
        fill: writes the images into the folder it is given and returns the dataset as it will be; whatever it
            raises leaves nothing behind.

    Returns:
        The dataset, opened; if the same content was kept before, that one, left as it is.
    """
    remove_stale_imports()
    purge_old_datasets()
    folder = datasets_folder() / f"{_IMPORTING}{uuid.uuid4().hex}"
    lock = try_lock(_lock_path(folder))  # before there is a folder that could be taken for a stale one
    folder.mkdir()
    try:
        dataset = fill(folder)
        write_index(folder, dataset)
        _sync(folder)
        try:
            folder.rename(dataset.folder)
        except OSError:
            # A full folder of that name stands there: the same content was kept before.
            if not dataset.folder.is_dir():
                raise
        return open_dataset(dataset.id)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if lock is not None:
            release(lock, _lock_path(folder))


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


def _sync(folder: Path) -> None:
    """Make sure that what the rename will show is on the disk."""
    for path in folder.iterdir():
        with path.open("r+b") as file:
            os.fsync(file.fileno())


def remove_stale_imports() -> None:
    """Remove what imports left that were killed: only the living hold their locks."""
    for folder in {path.with_suffix("") for path in datasets_folder().glob(f"{_IMPORTING}*")}:
        lock = try_lock(_lock_path(folder))
        if lock is not None:
            shutil.rmtree(folder, ignore_errors=True)
            release(lock, _lock_path(folder))


def _lock_path(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")
