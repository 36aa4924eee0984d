"""The pretraining photos: 200 classes at 64 x 64 pixels, decoded once, with a part that is never trained on.

The folder holds `wnids.txt` (one WordNet id a line) and `train-*.npz` files with the arrays `webp` (all encoded photos
as one byte string), `offsets` (where each begins, and the end) and `labels` (row in `wnids.txt`).
"""

from __future__ import annotations

import hashlib
import io
import itertools
import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from tlcore.errors import DatasetError
from tlcore.files import replacing

HELD_OUT_PER_CLASS = 50
HELD_OUT_SEED = 2026
PIXELS = 64

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Photos:
    """Decoded photos with their labels.

    Args:
        images: uint8 (photos, 64, 64, 3), RGB; memory-mapped when read from the work folder.
        labels: int64 (photos,), rows of `wnids`.
        wnids: WordNet id of each class.
    """

    images: np.ndarray
    labels: np.ndarray
    wnids: tuple[str, ...]

    def split(self, per_class: int = HELD_OUT_PER_CLASS) -> tuple[np.ndarray, np.ndarray]:
        """Divide the photos into those for training and those never trained on, the same way every time.

        Args:
            per_class: photos of each class to hold out.

        Returns:
            Sorted indices for training, and sorted indices held out.

        Raises:
            DatasetError: if a class has too few photos.
        """
        generator = np.random.default_rng(HELD_OUT_SEED)
        held_out = []
        for label in range(len(self.wnids)):
            members = np.flatnonzero(self.labels == label)
            if len(members) <= per_class:
                raise DatasetError(
                    f"more than {per_class} photos of {self.wnids[label]}",
                    f"{len(members)}",
                    "Use the complete data or hold out fewer.",
                )
            held_out.append(generator.choice(members, per_class, replace=False))
        held_out = np.sort(np.concatenate(held_out))
        return np.setdiff1d(np.arange(len(self.labels)), held_out), held_out

    def digest(self) -> str:
        """Return the SHA-256 of labels and a sample of pixels: enough to tell one set of photos from another."""
        every = max(1, len(self.labels) // 1000)
        return hashlib.sha256(self.labels.tobytes() + self.images[::every].tobytes()).hexdigest()


def _decode(encoded: bytes, where: str) -> np.ndarray:
    try:
        with Image.open(io.BytesIO(encoded), formats=["WEBP"]) as image:
            if image.size != (PIXELS, PIXELS):
                raise DatasetError(
                    f"photos of {PIXELS} x {PIXELS} pixels", f"{image.size} in {where}", "Check the data."
                )
            return np.asarray(image.convert("RGB"))
    except OSError as error:
        raise DatasetError(f"WebP photos in {where}", str(error), "Fetch the data again.") from error


def _decode_folder(folder: Path, wnids: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    images, labels = [], []
    for path in sorted(folder.glob("train-*.npz")):
        with np.load(path, allow_pickle=False) as part:
            encoded, offsets = part["webp"].tobytes(), part["offsets"]
            labels.append(part["labels"].astype(np.int64))
        images += [_decode(encoded[start:end], path.name) for start, end in itertools.pairwise(offsets)]
        logger.info("decoded %s: %d photos so far", path.name, len(images))
    if not images:
        raise DatasetError(f"files train-*.npz in {folder}", "none", "Give the folder with the photos.")
    labels = np.concatenate(labels)
    if len(labels) != len(images) or labels.min() < 0 or labels.max() >= len(wnids):
        raise DatasetError("one label a photo, each a row of wnids.txt", "others", "Fetch the data again.")
    return np.stack(images), labels


def load_photos(folder: Path, work: Path) -> Photos:
    """Read the photos, decoding them only the first time.

    Args:
        folder: where `wnids.txt` and `train-*.npz` lie.
        work: where the decoded photos (1.2 GB for the full set) are kept.

    Returns:
        All photos, memory-mapped.

    Raises:
        DatasetError: if the folder does not hold what is described above.
    """
    listing = folder / "wnids.txt"
    if not listing.is_file():
        raise DatasetError(f"a class list {listing}", "no such file", "Give the folder with the photos.")
    wnids = tuple(listing.read_text().split())
    cached, labels_file = work / "photos.npy", work / "labels.npy"
    if not (cached.is_file() and labels_file.is_file()):
        work.mkdir(parents=True, exist_ok=True)
        for path, array in zip((cached, labels_file), _decode_folder(folder, wnids), strict=True):
            with replacing(path) as temporary, temporary.open("wb") as file:
                np.save(file, array)
    return Photos(np.load(cached, mmap_mode="r"), np.load(labels_file), wnids)
