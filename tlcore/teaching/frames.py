"""What is kept of one picture, and of the pictures that were recorded in one go."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from tlcore.datasets.checking.alike import thumbnail
from tlcore.images.resize import resize
from tlcore.inference.networks.head import UnitLength

_ICON = 72  # pixels


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture of a class.

    Args:
        data: its file as it came.
        name: of that file, as people see it; "" for a picture of the camera.
        features: float32 (units,), the means of the maps that the network gives.
        thumbnail: what is compared to find look-alikes, as `tlcore.datasets.checking.alike.thumbnail` has it.
    """

    data: bytes = field(repr=False)
    name: str
    features: np.ndarray = field(repr=False)
    thumbnail: np.ndarray = field(repr=False)


@dataclass
class Recording:
    """The pictures of one hold of the button, or one photo.

    Args:
        id: unique within a collection.
        icon: a small JPEG of its first picture.
        frames: one or more, in the order in which they came.
    """

    id: str
    icon: bytes = field(repr=False)
    frames: list[Frame] = field(repr=False)

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(len(frame.data) for frame in self.frames)


def make_frame(data: bytes, name: str, picture: np.ndarray, maps: np.ndarray) -> Frame:
    """Keep of a picture what is needed later: its file, its features, and what tells look-alikes.

    Args:
        data: its file as it came.
        name: of that file; "" for a picture of the camera.
        picture: uint8 (height, width, 3), the same decoded.
        maps: float32 (height, width, channels), what the network gives.

    Returns:
        The frame.
    """
    return Frame(data, name, maps.mean(axis=(0, 1)), thumbnail(picture))


def make_icon(picture: np.ndarray) -> bytes:
    """Make the small picture that stands for a recording.

    Args:
        picture: uint8 (height, width, 3).

    Returns:
        A JPEG file.
    """
    file = io.BytesIO()
    Image.fromarray(resize(picture, _ICON, _ICON, "crop", ratio=1.0)).save(file, "JPEG", quality=75)
    return file.getvalue()


@dataclass(frozen=True, eq=False)
class Examples:
    """What a head learns from, frame by frame.

    Args:
        classes: names, at least 2.
        features: float32 (n, units) of length 1.
        labels: int64 (n,), index into `classes`.
        recordings: int64 (n,), the same number for frames of one recording.
        thumbnails: uint8 (n, …) as `Frame.thumbnail`.
    """

    classes: tuple[str, ...]
    features: np.ndarray
    labels: np.ndarray
    recordings: np.ndarray
    thumbnails: np.ndarray


def examples_of(classes: Sequence[str], recordings: Sequence[Sequence[Recording]]) -> Examples:
    """Lay recordings out frame by frame.

    Args:
        classes: names, at least 2.
        recordings: of each class, one or more.

    Returns:
        The examples.
    """
    rows = [
        (frame, label, number)
        for number, (label, recording) in enumerate(
            (label, recording) for label, each in enumerate(recordings) for recording in each
        )
        for frame in recording.frames
    ]
    return Examples(
        tuple(classes),
        UnitLength().forward(np.stack([frame.features for frame, _, _ in rows])),
        np.array([label for _, label, _ in rows]),
        np.array([number for _, _, number in rows]),
        np.stack([frame.thumbnail for frame, _, _ in rows]),
    )
