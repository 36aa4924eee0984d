"""The IDX format of MNIST: 2 zero bytes, type, rank, 4 bytes for each length, then the elements (LeCun et al. 1998)."""

from __future__ import annotations

import math
from typing import IO

import numpy as np

from tlcore.datasets.sources.array_files.files import check_length, length_of

TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
STARTS = tuple(bytes([0, 0, kind, rank]) for kind in TYPES for rank in range(1, 5))


def read_idx(file: IO[bytes], name: str) -> dict[str, np.ndarray]:
    """Open the array of an IDX file; its elements stay on disk until used.

    Args:
        file: the open file, which begins with one of `STARTS`.
        name: how to call it in an error.

    Returns:
        The read-only memory-mapped array, under an empty name.

    Raises:
        DatasetError: if its length is not the one that its header says.
    """
    kind, rank = file.read(4)[2:]
    dtype, lengths = np.dtype(TYPES[kind]), file.read(4 * rank)
    offset = 4 + 4 * rank
    check_length(len(lengths), 4 * rank, name)
    shape = tuple(np.frombuffer(lengths, ">u4").tolist())
    check_length(length_of(file) - offset, math.prod(shape) * dtype.itemsize, name)
    if not math.prod(shape):
        return {"": np.empty(shape, dtype)}
    return {"": np.memmap(file, dtype, "r", offset, shape)}
