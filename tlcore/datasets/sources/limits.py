"""How much an archive may unpack to."""

from __future__ import annotations

from pathlib import Path

from tlcore.errors import DatasetError
from tlcore.settings import settings

MOST_RATIO = 300  # photos hardly shrink, line drawings as arrays to a hundredth, zeros to a thousandth
HARMLESS_BYTES = 200_000_000  # which may be unpacked from however little


def check_unpacked(path: Path, total: int) -> None:
    """Refuse an archive that unpacks to more than a dataset may hold, or to far more than files of images do.

    Args:
        path: the archive.
        total: bytes that it unpacks to, or has so far.

    Raises:
        DatasetError: saying which limit it is over.
    """
    size, most = path.stat().st_size, settings().max_dataset_bytes
    if total > most:
        raise DatasetError(
            f"at most {most / 1e9:.1f} GB of images",
            f"{path.name} with {total / 1e9:.1f} GB",
            "Use fewer or smaller images, or raise TLCORE_MAX_DATASET_BYTES.",
        )
    if total > max(HARMLESS_BYTES, MOST_RATIO * size):
        raise DatasetError(
            f"a file that unpacks to at most {MOST_RATIO} times its size",
            f"{path.name}, whose {size / 1e6:.1f} MB become {total / 1e6:,.0f} MB",
            "Leave out what is empty or repeats itself.",
        )
