"""Find pictures that look alike: re-encoded, resized or slightly brightened copies of one another.

Two steps. A 64-bit difference hash (is each of 9 x 8 grey cells brighter than its right neighbour) proposes pairs by
one matrix product over all images; the correlation of their 16 x 16 grey thumbnails confirms them, because flat
pictures have hashes of little content.
"""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

SIDE = 16
MOST_BITS = 8
LEAST_CORRELATION = 0.99
BLOCK = 512


def thumbnail(image: np.ndarray) -> np.ndarray:
    """What is compared of a picture.

    Args:
        image: uint8 array (h, w, 3).

    Returns:
        uint8 array (16 * 16 + 8 * 9,): a 16 x 16 and a 9 x 8 grey thumbnail, flattened one after another.
    """
    grey = Image.fromarray(image).convert("L")
    return np.concatenate(
        [np.asarray(grey.resize(size, Image.Resampling.BOX)).ravel() for size in ((SIDE, SIDE), (9, 8))]
    )


def group_alike(thumbnails: np.ndarray, digests: np.ndarray) -> np.ndarray:
    """Group pictures that look alike.

    Args:
        thumbnails: uint8 array (n, 328), one row from `thumbnail` for each picture.
        digests: uint8 array (n, 32), SHA-256 of each picture's bytes; equal ones are alike whatever they show.

    Returns:
        int32 array (n,): the same number for pictures that are alike, directly or through others.
    """
    count = len(thumbnails)
    cells = thumbnails[:, SIDE * SIDE :].reshape(count, 8, 9)
    signs = np.where(cells[:, :, 1:] > cells[:, :, :-1], 1, -1).reshape(count, 64).astype(np.float32)
    grey = thumbnails[:, : SIDE * SIDE].astype(np.float32)
    grey -= grey.mean(axis=1, keepdims=True)
    grey /= np.maximum(np.linalg.norm(grey, axis=1, keepdims=True), 1e-6)
    _, originals, copies = np.unique(digests, axis=0, return_index=True, return_inverse=True)
    pairs = [np.stack([np.arange(count), originals[copies.ravel()]])]
    for start in range(0, count, BLOCK):
        # The product of two rows of signs is 64 minus twice the number of bits in which they differ.
        agreement = signs[start : start + BLOCK] @ signs[start:].T
        first, second = np.nonzero(agreement >= 64 - 2 * MOST_BITS)
        first, second = first[second > first] + start, second[second > first] + start
        alike = _correlation(grey, first, second) >= LEAST_CORRELATION
        pairs.append(np.stack([first[alike], second[alike]]))
    first, second = np.concatenate(pairs, axis=1)
    graph = coo_array((np.ones(len(first), bool), (first, second)), shape=(count, count))
    return connected_components(graph, directed=False)[1].astype(np.int32)


def _correlation(rows: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Correlation of pairs of rows of unit length, in pieces of bounded memory."""
    result = np.empty(len(first), np.float32)
    for start in range(0, len(first), 100_000):
        piece = slice(start, start + 100_000)
        result[piece] = np.einsum("ij,ij->i", rows[first[piece]], rows[second[piece]])
    return result
