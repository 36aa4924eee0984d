"""Source: the handwritten digits that come with scikit-learn."""

from __future__ import annotations

import numpy as np
from PIL import Image

from tlcore.datasets.sources.source import Listing, Option, Options, Source
from tlcore.jobs import Monitor

BRIGHTEST = 16


def _open(options: Options, monitor: Monitor) -> Listing:
    # Imported only when asked for: scikit-learn's datasets take a second to import.
    from sklearn.datasets import load_digits

    bunch = load_digits()
    pixels = (bunch.images * (255 / BRIGHTEST)).round().astype(np.uint8)
    size = options["size"]

    def read(index: int) -> np.ndarray:
        return np.asarray(Image.fromarray(pixels[index]).resize((size, size), Image.Resampling.BICUBIC))

    return Listing(
        name="Handwritten digits",
        classes=tuple(str(name) for name in bunch.target_names),
        names=tuple(f"{label}/{index:04d}.webp" for index, label in enumerate(bunch.target)),
        labels=bunch.target.tolist(),
        read=read,
    )


DIGITS = Source(
    "digits",
    "Handwritten digits",
    "1,797 handwritten digits of 8 x 8 pixels that come with scikit-learn, enlarged; works offline.",
    (Option("size", "Size", int, 32, "height and width to enlarge them to, in pixels", least=8, most=256),),
    _open,
)
