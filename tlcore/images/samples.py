"""Sample photos that come with the project's dependencies, so that a first result needs no upload."""

from __future__ import annotations

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


_ROWS = (
    ("flower.jpg", "A flower", "dany13, Creative Commons Attribution 2.0, bundled with scikit-learn"),
    (
        "china.jpg",
        "The Summer Palace in Beijing",
        "bewegung, Creative Commons Attribution 2.0, bundled with scikit-learn",
    ),
)


def sample_photos() -> tuple[SamplePhoto, ...]:
    """The sample photos found on this machine.

    Returns:
        One row a photo; empty if scikit-learn was installed without its pictures.
    """
    # Importing scikit-learn takes a second, finding its folder takes nothing.
    spec = importlib.util.find_spec("sklearn")
    if spec is None or spec.origin is None:
        return ()
    folder = Path(spec.origin).parent / "datasets" / "images"
    photos = (SamplePhoto(name, title, credit, folder / name) for name, title, credit in _ROWS)
    return tuple(photo for photo in photos if photo.path.is_file())
