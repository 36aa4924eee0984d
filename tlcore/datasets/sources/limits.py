"""How much an archive may unpack to."""

from __future__ import annotations

from tlcore.errors import DatasetError
from tlcore.settings import settings

MOST_RATIO = 300  # photos hardly shrink, line drawings as arrays to a hundredth, zeros to a thousandth
HARMLESS_BYTES = 200_000_000  # which may be unpacked from however little


def check_growth(name: str, size: int, total: int) -> None:
    """Refuse a file that unpacks to more than a dataset may hold, or to far more than files of images do.

    Args:
        name: how to call it.
        size: its bytes.
        total: bytes of what it holds, or of what has come out of it so far.

    Raises:
        DatasetError: saying which limit it is over.
    """
    most = settings().max_dataset_bytes
    if total > most:
        raise DatasetError(
            f"at most {most / 1e9:.1f} GB of images",
            f"{name} with {total / 1e9:.1f} GB",
            "Use fewer or smaller images, or raise TLCORE_MAX_DATASET_BYTES.",
        )
    if total > max(HARMLESS_BYTES, MOST_RATIO * size):
        raise DatasetError(
            f"a file that unpacks to at most {MOST_RATIO} times its size",
            f"{name}, whose {size / 1e6:.1f} MB become {total / 1e6:,.0f} MB",
            "Leave out what is empty or repeats itself.",
        )
