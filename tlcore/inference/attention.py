"""Where a network looked: class activation maps from features and head, and occlusion as a second opinion."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image

from tlcore.errors import InputError
from tlcore.inference.classifier import BATCH, features_of
from tlcore.inference.networks.prepared import Prepared

_GRID = 9
_WINDOW = 0.22
_GRAY = 128


def has_maps(prepared: Prepared) -> bool:
    """Tell whether a network's features are maps, in which a place can be found.

    Args:
        prepared: the network.

    Returns:
        False where the features are a plain list of numbers.
    """
    shape = prepared.engine.output_shape
    return len(shape) == 3 and shape[0] * shape[1] > 1


def class_activation(prepared: Prepared, square: np.ndarray, index: int) -> np.ndarray:
    """Compute Grad-CAM: how much each place of the features speaks for a class.

    Selvaraju and others, "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization", ICCV
    2017: the maps are added up, each weighted by the mean gradient of the class's score with respect to it, and what
    speaks against the class is dropped. The gradient is exact: the head is a few matrix products.

    Args:
        prepared: the network.
        square: uint8 (size, size, channels), what the network sees.
        index: of the class.

    Returns:
        float32 (height, width) of the features, 0 or more.

    Raises:
        InputError: if the features of the network are no maps.
    """
    if not has_maps(prepared):
        raise InputError(
            "a network with feature maps", prepared.card.title, "Use occlusion: it works with any network."
        )
    return activation_of_maps(prepared, features_of(prepared, square[None])[0], index)


def activation_of_maps(prepared: Prepared, maps: np.ndarray, index: int) -> np.ndarray:
    """Compute Grad-CAM, as `class_activation` does, from features that are known.

    Args:
        prepared: the network; it has maps.
        maps: float32 (height, width, channels), its features.
        index: of the class.

    Returns:
        float32 (height, width), 0 or more.
    """
    weights = prepared.head.score_gradient(maps[None], index).mean(axis=(1, 2))
    return np.maximum(maps @ weights[0], 0)


def occlusion(
    prepared: Prepared,
    square: np.ndarray,
    index: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> np.ndarray:
    """Cover one place after the other with gray and watch the probability of a class.

    Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014. It asks the network itself
    and needs to know nothing of its inside.

    Args:
        prepared: the network.
        square: uint8 (size, size, channels), what the network sees.
        index: of the class.
        progress: called with how many of the covered photos are classified, and how many there are.

    Returns:
        float32 (size, size): the mean loss of probability where that pixel was covered; negative where covering
        helps.
    """
    size = len(square)
    window = max(1, round(_WINDOW * size))
    starts = np.unique(np.linspace(0, size - window, _GRID).round().astype(int))
    places = [(top, left) for top in starts for left in starts]
    before = prepared.head.probabilities(features_of(prepared, square[None]))[0, index]
    losses = np.zeros((size, size), np.float32)
    counts = np.zeros((size, size), np.float32)
    for start in range(0, len(places), BATCH):
        batch = places[start : start + BATCH]
        covered = np.repeat(square[None], len(batch), axis=0)
        for photo, (top, left) in zip(covered, batch, strict=True):
            photo[top : top + window, left : left + window] = _GRAY
        after = prepared.head.probabilities(features_of(prepared, covered))[:, index]
        for loss, (top, left) in zip(before - after, batch, strict=True):
            losses[top : top + window, left : left + window] += loss
            counts[top : top + window, left : left + window] += 1
        progress(start + len(batch), len(places))
    return losses / counts


def enlarge(heat: np.ndarray, size: int) -> np.ndarray:
    """Bring a map to the size of the picture and to 0..1.

    Args:
        heat: float32 (height, width); what is below 0 counts as 0.
        size: side of the square picture in pixels.

    Returns:
        float32 (size, size), its maximum 1 unless it is 0 everywhere.
    """
    image = Image.fromarray(np.ascontiguousarray(np.maximum(heat, 0), np.float32))
    smooth = np.asarray(image.resize((size, size), Image.Resampling.BICUBIC)).clip(0)
    return smooth / (smooth.max() or 1)
