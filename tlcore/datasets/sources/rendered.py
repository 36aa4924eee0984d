"""Source: five everyday objects drawn as code, so that a first result needs no photos and no network."""

from __future__ import annotations

import numpy as np

from tlcore.datasets.sources.rendering.objects import OBJECTS
from tlcore.datasets.sources.rendering.scene import draw_scene
from tlcore.datasets.sources.source import Listing, Option, Options, Source
from tlcore.jobs import Monitor


def render(label: int, index: int, size: int = 224, seed: int = 0) -> np.ndarray:
    """Draw one picture.

    Args:
        label: which object, an index into `OBJECTS`.
        index: which of its endlessly many pictures; the same one for any number of pictures.
        size: height and width in pixels.
        seed: another seed, other pictures.

    Returns:
        uint8 array (size, size, 3).
    """
    return draw_scene(OBJECTS[label], size, np.random.default_rng([seed, label, index]))


def _open(options: Options, monitor: Monitor) -> Listing:
    per_class, size, seed = options["images_per_class"], options["size"], options["seed"]
    classes = tuple(row.name for row in OBJECTS)
    return Listing(
        name="Five objects",
        classes=classes,
        names=tuple(f"{name}/{name}_{index:05d}.webp" for name in classes for index in range(per_class)),
        labels=np.repeat(np.arange(len(classes)), per_class).tolist(),
        read=lambda position: render(position // per_class, position % per_class, size, seed),
    )


RENDERED = Source(
    "rendered",
    "Five drawn objects",
    "Draws hats, cubes, cards, torches and screws in varied poses, colors and lighting; works offline.",
    (
        Option(
            "images_per_class",
            "Images per class",
            int,
            120,
            "how many images of each object to draw",
            least=2,
            most=20_000,
        ),
        Option("size", "Size", int, 224, "height and width of the images in pixels", least=16, most=1024),
        Option("seed", "Seed", int, 0, "a different number draws different images", least=0),
    ),
    _open,
)
