"""A part of a file, read as if it were a file of its own.

`zipfile` reads all that lies between when it is told to go to another place; HDF5 goes to thousands.
"""

from __future__ import annotations

import io
from typing import IO


class PartOfFile(io.RawIOBase):
    """Reads from one place of a file to another.

    Args:
        whole: a file that can be read at any place; nobody else moves in it meanwhile.
        start: first byte of the part.
        length: in bytes.
    """

    def __init__(self, whole: IO[bytes], start: int, length: int):
        self._whole, self._start, self._length, self._position = whole, start, length, 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be read at any place."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place, as in any file."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._length}[whence]
        if base + offset < 0:
            raise OSError("a place before the beginning")
        self._position = base + offset
        return self._position

    def readinto(self, buffer) -> int:
        """Fill a buffer as far as the part goes."""
        wanted = min(len(buffer), max(0, self._length - self._position))
        self._whole.seek(self._start + self._position)
        found = self._whole.read(wanted)
        buffer[: len(found)] = found
        self._position += len(found)
        return len(found)
