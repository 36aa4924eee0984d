"""Sample photos that come with the project's dependencies, so that a first result needs no upload."""

from __future__ import annotations

import functools
import importlib.util
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SamplePhoto:
    """One photo on this machine.

    Args:
        name: file name.
        title: what it shows.
        credit: where it comes from.
        path: where it is.
    """

    name: str
    title: str
    credit: str
    path: Path


_FOLDERS = {"skimage": "data", "sklearn": "datasets/images"}
_ROWS = (
    ("skimage", "coffee.png", "A cup of coffee", "Rachel Michetti, CC0, bundled with scikit-image"),
    ("skimage", "chelsea.png", "Chelsea the cat", "Stefan van der Walt, CC0, bundled with scikit-image"),
    ("skimage", "rocket.jpg", "A rocket", "SpaceX, public domain, bundled with scikit-image"),
    (
        "sklearn",
        "flower.jpg",
        "A flower",
        "dany13, Creative Commons Attribution 2.0, bundled with scikit-learn",
    ),
    (
        "sklearn",
        "china.jpg",
        "The Summer Palace in Beijing",
        "bewegung, Creative Commons Attribution 2.0, bundled with scikit-learn",
    ),
)


@functools.cache
def sample_photos() -> tuple[SamplePhoto, ...]:
    """The sample photos found on this machine.

    Returns:
        One row a photo; without those of a package that was installed without its pictures.
    """
    photos = (
        SamplePhoto(name, title, credit, folder / name)
        for package, name, title, credit in _ROWS
        if (folder := _picture_folder(package))
    )
    return tuple(photo for photo in photos if photo.path.is_file())


def _picture_folder(package: str) -> Path | None:
    # Importing these packages takes a second, finding their folders takes nothing.
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent / _FOLDERS[package] if spec and spec.origin else None
