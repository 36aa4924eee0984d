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


_SCIKIT_LEARN = "datasets/images"
_SCIKIT_IMAGE = "data"
_ROWS = (
    ("skimage", _SCIKIT_IMAGE, "coffee.png", "A cup of coffee", "Rachel Michetti, CC0, bundled with scikit-image"),
    ("skimage", _SCIKIT_IMAGE, "chelsea.png", "Chelsea the cat", "Stefan van der Walt, CC0, bundled with scikit-image"),
    ("skimage", _SCIKIT_IMAGE, "rocket.jpg", "A rocket", "SpaceX, public domain, bundled with scikit-image"),
    (
        "sklearn",
        _SCIKIT_LEARN,
        "flower.jpg",
        "A flower",
        "dany13, Creative Commons Attribution 2.0, bundled with scikit-learn",
    ),
    (
        "sklearn",
        _SCIKIT_LEARN,
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
        SamplePhoto(name, title, credit, folder / inside / name)
        for package, inside, name, title, credit in _ROWS
        if (folder := _package_folder(package))
    )
    return tuple(photo for photo in photos if photo.path.is_file())


def _package_folder(package: str) -> Path | None:
    # Importing these packages takes a second, finding their folders takes nothing.
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None
