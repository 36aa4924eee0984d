"""Photos as a network arranges them: a map in two dimensions, and the nearest of each."""

from __future__ import annotations

import numpy as np


def plane(features: np.ndarray) -> np.ndarray:
    """Spread photos out on a plane so that as much of their differences as possible is kept.

    Args:
        features: float32 (n, channels), n at least 3.

    Returns:
        float (n, 2): the first two principal components.
    """
    from sklearn.decomposition import PCA  # takes a second to import, and few need it

    return PCA(n_components=2, random_state=0).fit_transform(unit_rows(features))


def nearest(features: np.ndarray, index: int, count: int) -> list[tuple[int, float]]:
    """Find the photos that a network finds most similar to one of them.

    Args:
        features: float32 (n, channels).
        index: of the photo.
        count: how many are wanted.

    Returns:
        (index, cosine similarity), most similar first, without the photo itself.
    """
    rows = unit_rows(features)
    similarities = rows @ rows[index]
    order = [int(other) for other in np.argsort(-similarities, kind="stable") if other != index]
    return [(other, float(similarities[other])) for other in order[:count]]


def unit_rows(features: np.ndarray) -> np.ndarray:
    """Scale each row to length 1, so that products of rows are cosines.

    Args:
        features: float (n, channels).

    Returns:
        The same shape; rows of zeros stay as they are.
    """
    return features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12)
