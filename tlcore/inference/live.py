"""A camera's pictures as they come: each is checked, classified and forgotten, and cameras take turns."""

from __future__ import annotations

import base64
import binascii
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tlcore.errors import ImageError
from tlcore.images.decode import decode_image, measure_image
from tlcore.images.resize import RESIZE_MODES
from tlcore.inference.attention import activation_of_maps, has_maps
from tlcore.inference.classifier import Guess, best_guesses, features_of, see
from tlcore.inference.networks.prepared import Prepared

_BEGINNING = "data:image/jpeg;base64,"
_JPEG = b"\xff\xd8\xff"
_MOST_LETTERS = 300_000  # a picture of 224 pixels has some 15,000
_MOST_SIDE = 1024
_NAME = "the camera's picture"
_ANSWERS = 15  # a second, for all cameras together
_GONE = 3.0  # seconds without a picture after which a camera counts as switched off


@dataclass(frozen=True)
class Sight:
    """What one network makes of one picture.

    Args:
        title: of the network.
        guesses: most probable first.
        heat: float32 (height, width), how much each place counts toward the first guess, 0..1; None where the network
            has no feature maps.
        share: of the picture's side that the network saw, around the middle.
    """

    title: str
    guesses: tuple[Guess, ...]
    heat: np.ndarray | None
    share: float


def read_frame(text: object) -> np.ndarray:
    """Check and decode what a browser says is a picture of its camera.

    Args:
        text: anything; a small JPEG as a data address is wanted.

    Returns:
        uint8 (height, width, 3).

    Raises:
        ImageError: if it is something else, or larger than such pictures are.
    """
    return decode_image(frame_file(text), _NAME)


def frame_file(text: object) -> bytes:
    """Check what a browser says is a picture of its camera.

    Args:
        text: as in `read_frame`.

    Returns:
        The JPEG file.

    Raises:
        ImageError: as in `read_frame`.
    """
    if not isinstance(text, str) or not text.startswith(_BEGINNING) or len(text) > _MOST_LETTERS:
        raise _refusal()
    try:
        data = base64.b64decode(text[len(_BEGINNING) :], validate=True)
    except (binascii.Error, ValueError) as error:
        raise _refusal() from error
    if not data.startswith(_JPEG) or max(measure_image(data, _NAME)) > _MOST_SIDE:
        raise _refusal()
    return data


def _refusal() -> ImageError:
    return ImageError("a small JPEG from a camera", "something else", "Reload the page and start the camera again.")


def look(networks: Sequence[Prepared], picture: np.ndarray, top: int, mode: str = "") -> list[Sight]:
    """Classify one picture with several networks.

    Args:
        networks: any number.
        picture: uint8 (height, width, 3).
        top: how many guesses of each.
        mode: resize mode, "" for each network's own.

    Returns:
        One sight for each network.
    """
    maps = [features_of(prepared, see(prepared.card, picture, mode)[None])[0] for prepared in networks]
    return [sight_of(prepared, each, top, mode) for prepared, each in zip(networks, maps, strict=True)]


def sight_of(prepared: Prepared, maps: np.ndarray, top: int, mode: str = "") -> Sight:
    """Say what a network makes of a picture whose features are known.

    Args:
        prepared: the network.
        maps: float32 (height, width, channels) or (channels,), its features.
        top: how many guesses.
        mode: resize mode by which it saw the picture, "" for its own.

    Returns:
        The sight.
    """
    [probabilities] = prepared.head.probabilities(maps[None])
    guesses = best_guesses(prepared.names, probabilities, top)
    heat = None
    if has_maps(prepared):
        heat = activation_of_maps(prepared, maps, guesses[0].index)
        heat /= heat.max() or 1
    return Sight(prepared.card.title, guesses, heat, _share(prepared, mode))


def _share(prepared: Prepared, mode: str) -> float:
    """The share of a square picture's side that a network sees."""
    return RESIZE_MODES.find(mode or prepared.card.resize).zoom(1.0, 1.0, prepared.card.ratio)[0]


def frame_side(networks: Sequence[Prepared], mode: str = "") -> int:
    """The side of the square pictures that a camera has to send.

    Args:
        networks: those that look at them, one or more.
        mode: resize mode, "" for each network's own.

    Returns:
        Pixels: as many as the network needs that needs most.
    """
    needed = max(round(prepared.card.input_size / _share(prepared, mode)) for prepared in networks)
    return min(needed, _MOST_SIDE)


class Cameras:
    """Shares the machine among the cameras that are on.

    Together they get so many answers a second, in equal parts, and where answers take longer than that, no more than
    one camera alone would get: so that whoever classifies a photo meanwhile hardly waits for them.

    Args:
        clock: tells the time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._due: dict[str, float] = {}  # when the turn of each comes
        self._lock = threading.Lock()

    def wait(self, camera: str) -> float:
        """How long a camera has to wait for its turn.

        Args:
            camera: its name.

        Returns:
            Seconds; 0 if it is its turn.
        """
        with self._lock:
            return max(0.0, self._due.get(camera, 0.0) - self._clock())

    def note(self, camera: str, seconds: float) -> None:
        """Count an answer.

        Args:
            camera: who got it.
            seconds: that it took.
        """
        with self._lock:
            now = self._clock()
            self._due = {each: due for each, due in self._due.items() if due > now - _GONE} | {camera: now}
            part = max(1 / _ANSWERS, seconds) * len(self._due)
            self._due[camera] = now - seconds + part
