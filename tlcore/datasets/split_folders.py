"""A split of a dataset written as files: a folder for each part, in it one for each class."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from tlcore.datasets.dataset import Dataset
from tlcore.datasets.parts import PARTS
from tlcore.datasets.splits import Split
from tlcore.images.kinds import check_beginning

_LONGEST = 60
_PLAIN_KINDS = {"JPEG", "PNG", "WebP", "BMP", "GIF"}
_PLAIN_MODES = {"RGB", "RGBA", "L", "LA", "P", "1"}
_RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in range(10))}


def folder_names(classes: Sequence[str]) -> list[str]:
    """Give each class a name that is safe for a folder on any system: class names are anything that people wrote.

    Args:
        classes: any texts.

    Returns:
        As many names, no two the same even where case does not count; most class names as they are.
    """
    found: dict[str, str] = {}
    for name in classes:
        plain = re.sub(r"[^\w .+-]", "_", unicodedata.normalize("NFC", name))[:_LONGEST].strip(" .") or "class"
        plain = f"_{plain}" if plain.split(".")[0].upper() in _RESERVED else plain
        number, unique = 1, plain
        while unique.casefold() in found:
            number += 1
            unique = f"{plain} ({number})"
        found[unique.casefold()] = unique
    return list(found.values())


def write_split_folders(dataset: Dataset, split: Split, folder: Path) -> None:
    """Write the images of a split as PART/CLASS/NUMBER.ENDING, with the bytes that were imported.

    Args:
        dataset: whose images they are.
        split: which of them, and in which part.
        folder: where to; it is there already.
    """
    names = folder_names(dataset.classes)
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
