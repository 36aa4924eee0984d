"""What went wrong, as a person can understand it."""

from __future__ import annotations

import errno

from tlcore.errors import StudioError
from tlcore.settings import settings

_DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
# Libraries that write with C code pass the reason on as words only: HDF5 and SQLite.
_DISK_FULL_WORDS = ("no space left on device", "disk is full", "disk quota exceeded")


def explain(error: BaseException) -> str:
    """Say in a sentence why a job failed.

    Args:
        error: what it raised.

    Returns:
        The message of this project's own errors; for others what they mean, where that is known, or what they are.
    """
    if isinstance(error, StudioError):
        return str(error)
    if is_disk_full(error):
        return (
            f"The disk is full: nothing more can be written to {settings().home}. Free up some space and continue; "
            "nothing done so far is lost."
        )
    if isinstance(error, MemoryError):
        return "This machine does not have enough memory for this. Try a smaller batch size or input size."
    return f"{type(error).__name__}: {error}"


def is_disk_full(error: BaseException | None) -> bool:
    """Tell whether an error, or one that led to it, says that no more can be written.

    Args:
        error: any error.
    """
    while error is not None:
        if isinstance(error, OSError) and error.errno in _DISK_FULL:
            return True
        if any(words in str(error).lower() for words in _DISK_FULL_WORDS):
            return True
        error = error.__cause__ or error.__context__
    return False
