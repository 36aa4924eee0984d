"""Something to teach without a camera: drawn objects, each picture another pose in another light."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from tlcore.datasets.sources.rendered import render
from tlcore.datasets.sources.rendering.objects import OBJECTS
from tlcore.teaching.teacher import Teacher

_OBJECTS = 3
_EACH = 6  # pictures of each that are taught
_SIZE, _SEED = 224, 20


def teach_drawn(teacher: Teacher) -> None:
    """Forget what was recorded, and teach a few drawn objects instead; each picture is a recording of its own.

    Args:
        teacher: takes them.
    """
    collection = teacher.collection
    collection.clear()
    while len(collection.classes) < _OBJECTS:
        collection.add_class()
    for label, taught in enumerate(collection.classes):
        collection.rename(taught.id, OBJECTS[label].name)
        for index in range(_EACH):
            picture = render(label, index, _SIZE, _SEED)
            teacher.record(taught.id, f"drawn-{label}-{index}", [(_jpeg(picture), "", picture)])


def drawn_question(number: int) -> tuple[bytes, np.ndarray]:
    """Draw a picture that was not taught.

    Args:
        number: another one, another picture.

    Returns:
        A JPEG file, and its pixels, uint8 (height, width, 3).
    """
    picture = render(number % _OBJECTS, _EACH + number // _OBJECTS, _SIZE, _SEED)
    return _jpeg(picture), picture


def _jpeg(picture: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=90)
    return file.getvalue()
