"""Find pictures that look alike: re-encoded, resized, slightly brightened, mirrored or cropped copies of one another.

Two pictures are alike if their 16 x 16 gray thumbnails correlate by 0.99 or more and their 64-bit difference hashes
(is each of 9 x 8 gray cells brighter than its right neighbor) differ in 8 bits at most. Candidates come from a tree
over the thumbnails' main components, which finds all of them without comparing every picture with every other. Mirrored
and cropped copies are found in another way: see `tlcore.datasets.checking.cropped`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PIL import Image

from tlcore.datasets.checking import cropped

SIDE = 16
MOST_BITS = 8
LEAST_CORRELATION = 0.99
COMPONENTS = 6
MOST_PAIRS = 200_000


def thumbnail(image: np.ndarray) -> np.ndarray:
    """What is compared of a picture.

    Args:
        image: uint8 array (h, w, 3).

    Returns:
        uint8 array (32 * 32 + 8 * 9,): a 32 x 32 and a 9 x 8 gray thumbnail, flattened one after another.
    """
    gray = Image.fromarray(image).convert("L")
    return np.concatenate(
        [np.asarray(gray.resize(size, Image.Resampling.BOX)).ravel() for size in ((cropped.SIDE, cropped.SIDE), (9, 8))]
    )


def group_alike(thumbnails: np.ndarray, digests: np.ndarray) -> np.ndarray:
    """Group pictures that look alike.

    Args:
        thumbnails: uint8 array (n, 1096), one row from `thumbnail` for each picture.
        digests: uint8 array (n, 32), SHA-256 of each picture's bytes; equal ones are alike whatever they show.

    Returns:
        int32 array (n,): the same number for pictures that are alike, directly or through others.
    """
    count = len(thumbnails)
    _, originals, copies = np.unique(digests, axis=0, return_index=True, return_inverse=True)
    groups = originals[copies.ravel()]
    large, hashes, gray = _parts(thumbnails)
    contrast = np.linalg.norm(gray, axis=1)
    # A blank picture looks like nothing; one of several copies is enough to find what looks like them.
    single = np.nonzero((contrast > 0) & (groups == np.arange(count)))[0]
    gray = gray[single] / contrast[single, None]
    for first, second in _candidates(gray):
        apart = groups[single[first]] != groups[single[second]]
        first, second = first[apart], second[apart]
        close = np.bitwise_count(hashes[single[first]] ^ hashes[single[second]]) <= MOST_BITS
        first, second = first[close], second[close]
        close = np.einsum("ij,ij->i", gray[first], gray[second]) >= LEAST_CORRELATION
        groups = _join(groups, single[first[close]], single[second[close]])
    for first, second in cropped.cropped_pairs(large[single]):
        groups = _join(groups, single[first], single[second])
    return groups.astype(np.int32)


def group_few(thumbnails: np.ndarray) -> np.ndarray:
    """Group a few pictures that look alike, at once: mirrored and cropped copies are not looked for.

    Args:
        thumbnails: as `group_alike` takes them.

    Returns:
        int32 (n,) as `group_alike`.
    """
    _, hashes, gray = _parts(thumbnails)
    gray /= np.maximum(np.linalg.norm(gray, axis=1, keepdims=True), 1e-6)
    bits = np.bitwise_count(hashes[:, None] ^ hashes[None])
    is_alike = (gray @ gray.T >= LEAST_CORRELATION) & (bits <= MOST_BITS)
    return _join(np.arange(len(gray)), *np.nonzero(np.triu(is_alike, 1))).astype(np.int32)


def _parts(thumbnails: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The large thumbnails (n, 32, 32), the hashes, and what correlates, float32 (n, 256), each row of mean 0."""
    count = len(thumbnails)
    large = thumbnails[:, : cropped.SIDE**2].reshape(count, cropped.SIDE, cropped.SIDE)
    cells = thumbnails[:, cropped.SIDE**2 :].reshape(count, 8, 9)
    hashes = np.packbits(cells[:, :, 1:] > cells[:, :, :-1], axis=None).view(np.uint64)
    gray = large.reshape(count, SIDE, 2, SIDE, 2).mean(axis=(2, 4), dtype=np.float32).reshape(count, -1)
    return large, hashes, gray - gray.mean(axis=1, keepdims=True)


def _candidates(rows: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """All pairs of rows of unit length that may correlate enough, in pieces of bounded size.

    The distance of two such rows is sqrt(2 - 2 correlation), and a projection only makes distances smaller.
    """
    if not len(rows):
        return
    components = np.linalg.eigh(rows.T @ rows)[1][:, -COMPONENTS:]
    points = rows @ components
    from scipy.spatial import KDTree  # late: takes a second, and pages that need none of it open without

    tree = KDTree(points)
    radius = np.sqrt(2 - 2 * LEAST_CORRELATION) + 1e-6
    totals = np.cumsum(tree.query_ball_point(points, radius, return_length=True))
    start = 0
    while start < len(rows):
        before = totals[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(totals, before + MOST_PAIRS)))
        found = tree.query_ball_point(points[start:stop], radius)
        first = np.repeat(np.arange(start, stop), [len(near) for near in found])
        second = np.concatenate(found).astype(np.int64)
        yield first[first < second], second[first < second]
        start = stop


def joined(groups: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Join groups that share a member with the same group of another division.

    Args:
        groups: integer (n,), 0 to n - 1, as `group_alike` gives them.
        others: integer (n,), another division of the same pictures.

    Returns:
        int32 (n,): the same number for pictures that either of them holds together, directly or through others.
    """
    _, first, place = np.unique(others, return_index=True, return_inverse=True)
    return _join(groups, np.arange(len(groups)), first[place.ravel()]).astype(np.int32)


def _join(groups: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Make one group of the groups of each pair."""
    if not len(first):
        return groups
    from scipy.sparse import coo_array  # late, as above
    from scipy.sparse.csgraph import connected_components

    edges = coo_array((np.ones(len(first), bool), (groups[first], groups[second])), shape=(len(groups),) * 2)
    return connected_components(edges, directed=False)[1][groups]
