"""Find pictures in which nothing can be seen: nearly black ones, and such of nearly one color."""

from __future__ import annotations

import numpy as np

BRIGHTEST_BLACK = 10  # of 255, in a gray thumbnail; a thin white line on black reaches more
LEAST_CONTRAST = 4  # between its darkest and its brightest place
LEAST_SHARE = 0.05  # of all pictures; a few blank ones are nothing unusual


def brightness_notes(thumbnails: np.ndarray) -> tuple[str, ...]:
    """Say how many pictures are nearly black, or of nearly one color, if they are many.

    Args:
        thumbnails: uint8 array (n, 1096), one row from `tlcore.datasets.checking.alike.thumbnail` for each picture.

    Returns:
        Sentences, none if all is well.
    """
    brightest, darkest = thumbnails.max(axis=1).astype(int), thumbnails.min(axis=1)
    black = brightest <= BRIGHTEST_BLACK
    plain = ~black & (brightest - darkest <= LEAST_CONTRAST)
    return (
        *_note(black, "nearly black: check the range of their values."),
        *_note(plain, "of nearly one color: check what they show."),
    )


def _note(found: np.ndarray, words: str) -> list[str]:
    number, total = int(found.sum()), len(found)
    if number < max(1, LEAST_SHARE * total):
        return []
    images = f"All {total:,}" if number == total else f"{number:,} of {total:,}"
    return [f"{images} images are {words}"]
