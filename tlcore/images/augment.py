"""Augmentations: small random changes that leave a photo's class as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageEnhance

from tlcore.catalog import Catalog
from tlcore.errors import InputError

Random = np.random.Generator


@dataclass(frozen=True)
class Augmentation:
    """One kind of change: it either moves the pixels or recolors them.

    Args:
        name: as plans and the command line write it.
        title: as forms write it.
        help: what the strength means, one sentence.
        most: greatest strength allowed; the least is 0, which means never.
        default: strength that a form proposes.
        draw: from a strength and chance to how much the photo changes this time.
        move: from that much to a float (3, 3) matrix that says from where each pixel is taken; the middle of the
            photo is (0, 0), lengths are in pixels but for the last
            column, which is in units of width and height.
        recolor: from a photo and that much to the changed photo.
    """

    name: str
    title: str
    help: str
    most: float
    default: float
    draw: Callable[[float, Random], np.ndarray]
    move: Callable[[np.ndarray], np.ndarray] | None = None
    recolor: Callable[[Image.Image, np.ndarray], Image.Image] | None = None


def _once(strength: float, random: Random) -> np.ndarray:
    return random.uniform(-strength, strength, 1)


def _twice(strength: float, random: Random) -> np.ndarray:
    return random.uniform(-strength, strength, 2)


def _chance(strength: float, random: Random) -> np.ndarray:
    return np.array([random.random() < strength])


def _mirror(amount: np.ndarray) -> np.ndarray:
    return np.diag([-1.0 if amount[0] else 1.0, 1.0, 1.0])


def _turn_over(amount: np.ndarray) -> np.ndarray:
    return np.diag([1.0, -1.0 if amount[0] else 1.0, 1.0])


def _rotate(amount: np.ndarray) -> np.ndarray:
    angle = np.radians(amount[0])
    return np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])


def _zoom(amount: np.ndarray) -> np.ndarray:
    return np.diag([1 / (1 + amount[0]), 1 / (1 + amount[0]), 1])


def _shift(amount: np.ndarray) -> np.ndarray:
    return np.array([[1, 0, amount[0]], [0, 1, amount[1]], [0, 0, 1]])


def _brighten(photo: Image.Image, amount: np.ndarray) -> Image.Image:
    return ImageEnhance.Brightness(photo).enhance(1 + amount[0])


def _contrast(photo: Image.Image, amount: np.ndarray) -> Image.Image:
    return ImageEnhance.Contrast(photo).enhance(1 + amount[0])


def _color(photo: Image.Image, amount: np.ndarray) -> Image.Image:
    return ImageEnhance.Color(photo).enhance(1 + amount[0])


AUGMENTATIONS = Catalog(
    "augmentation",
    (
        Augmentation("flip", "Mirror", "Share of images mirrored left to right.", 1.0, 0.5, _chance, move=_mirror),
        Augmentation(
            "flip_vertical",
            "Flip upside down",
            "Share of images mirrored top to bottom.",
            1.0,
            0.5,
            _chance,
            move=_turn_over,
        ),
        Augmentation("rotate", "Rotate", "Largest rotation either way, in degrees.", 90.0, 15.0, _once, move=_rotate),
        Augmentation("zoom", "Zoom", "Largest change in size, as a share.", 0.5, 0.15, _once, move=_zoom),
        Augmentation(
            "shift",
            "Shift",
            "Largest shift, as a share of height and width.",
            0.5,
            0.1,
            _twice,
            move=_shift,
        ),
        Augmentation(
            "brightness",
            "Brightness",
            "Largest change in brightness, as a share.",
            0.9,
            0.2,
            _once,
            recolor=_brighten,
        ),
        Augmentation(
            "contrast", "Contrast", "Largest change in contrast, as a share.", 0.9, 0.2, _once, recolor=_contrast
        ),
        Augmentation(
            "color", "Color", "Largest change in color saturation, as a share.", 1.0, 0.2, _once, recolor=_color
        ),
    ),
)


def check_augmentation(settings: Mapping[str, float]) -> None:
    """Check settings before they are used.

    Args:
        settings: strength by name of an augmentation; those missing are off.

    Raises:
        NotFoundError: if there is no augmentation of a name.
        InputError: if a strength is out of range.
    """
    for name, strength in settings.items():
        most = AUGMENTATIONS.find(name).most
        number = isinstance(strength, int | float) and not isinstance(strength, bool)
        if not number or not 0 <= strength <= most:
            raise InputError(f"{name} from 0 to {most:g}", repr(strength), "Choose a strength in this range.")


def augment(image: np.ndarray, settings: Mapping[str, float], rng: np.random.Generator) -> np.ndarray:
    """Change a photo at random, in the order of `AUGMENTATIONS`.

    Args:
        image: uint8 array (height, width, 3); it is left as it is.
        settings: strength by name of an augmentation; those missing or 0 are off.
        rng: chance; the same state gives the same result.

    Returns:
        New uint8 array (height, width, 3).

    Raises:
        NotFoundError: if there is no augmentation of a name.
        InputError: if a strength is out of range.
    """
    check_augmentation(settings)
    matrix, recolors = np.eye(3), []
    for row in AUGMENTATIONS:
        strength = settings.get(row.name, 0)
        if strength:
            amount = row.draw(strength, rng)
            if row.move:
                step = row.move(amount)
                step[:2, 2] *= (image.shape[1], image.shape[0])
                matrix = matrix @ step
            elif row.recolor:
                recolors.append((row.recolor, amount))
    photo = _warp(image, matrix)
    for recolor, amount in recolors:
        photo = recolor(photo, amount)
    return np.array(photo)


def _warp(image: np.ndarray, matrix: np.ndarray) -> Image.Image:
    """Take each pixel from elsewhere, all moves in one step; beyond its edges the photo is mirrored."""
    height, width = image.shape[:2]
    if np.array_equal(matrix, np.eye(3)):
        return Image.fromarray(image)
    middle = np.array([width, height]) / 2
    start = middle + matrix[:2, 2] - matrix[:2, :2] @ middle
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height]]) @ matrix[:2, :2].T + start
    beyond = np.max([-corners.min(axis=0), corners.max(axis=0) - (width, height), (0, 0)], axis=0)
    right, down = np.ceil(beyond - 1e-9).astype(int)
    padded = np.pad(image, ((down, down), (right, right), (0, 0)), mode="symmetric")
    coefficients = (*matrix[0, :2], start[0] + right, *matrix[1, :2], start[1] + down)
    return Image.fromarray(padded).transform(
        (width, height), Image.Transform.AFFINE, coefficients, Image.Resampling.BILINEAR
    )
