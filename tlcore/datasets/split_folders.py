"""A split of a dataset written as files: a folder for each part, in it one for each class."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from tlcore.datasets.dataset import Dataset
from tlcore.datasets.parts import PARTS
from tlcore.datasets.splits import Split
from tlcore.images.kinds import check_beginning
from tlcore.storage.names import safe_names

_PLAIN_KINDS = {"JPEG", "PNG", "WebP", "BMP", "GIF"}
_PLAIN_MODES = {"RGB", "RGBA", "L", "LA", "P", "1"}


def write_split_folders(dataset: Dataset, split: Split, folder: Path) -> None:
    """Write the images of a split as PART/CLASS/NUMBER.ENDING, with the bytes that were imported.

    Args:
        dataset: whose images they are.
        split: which of them, and in which part.
        folder: where to; it is there already.
    """
    names = safe_names(dataset.classes)
    for part in PARTS:
        for name in names:
            (folder / part / name).mkdir(parents=True)
        for index in getattr(split, part).tolist():
            ending, data = _file(dataset, index)
            (folder / part / names[dataset.labels[index]] / f"{index:06d}.{ending}").write_bytes(data)


def _file(dataset: Dataset, index: int) -> tuple[str, bytes]:
    """An image's ending and bytes: as imported, or its pixels as PNG where programs would read it in different ways."""
    data = dataset.image_bytes(index)
    kind = check_beginning(data, dataset.names[index])
    if kind.title in _PLAIN_KINDS:
        with Image.open(io.BytesIO(data), formats=kind.decoders) as image:
            if image.mode in _PLAIN_MODES:
                return kind.title.lower(), data
    pixels = io.BytesIO()
    Image.fromarray(dataset.image(index)).save(pixels, "PNG")
    return "png", pixels.getvalue()
