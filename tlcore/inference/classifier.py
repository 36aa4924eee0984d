"""Photo → most probable classes, without TensorFlow."""

from __future__ import annotations

import functools
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from tlcore.images.preprocess import preprocess, to_gray
from tlcore.images.resize import resize
from tlcore.inference.networks.prepared import Card, Prepared
from tlcore.settings import settings
from tlcore.text import probability_text

BATCH = 16
_AT_ONCE = 4  # what a processor's cache holds: MobileNetV2 takes a fifth longer for each photo of 16 than of 4
# How many times as probable as the second the first guess is.
_LEADS = (
    (10, "Far ahead: its first guess is at least ten times as likely as its second."),
    (2, "Ahead: its first guess is at least twice as likely as its second."),
)
_SURE = 0.8  # a first guess below this leaves a doubt that has to be told, however far behind the second is
_THIN = 0.1  # share of all doubt: a second guess below it tells little of what else it may be
_DOUBTS = (
    (1 / 5, "About one chance in five"),
    (1 / 4, "About one chance in four"),
    (1 / 3, "About one chance in three"),
    (2 / 5, "About two chances in five"),
    (1 / 2, "About one chance in two"),
)
_CLOSE = "Close: its first guess is less than twice as likely as its second, so look at both."


@dataclass(frozen=True)
class Guess:
    """One class with its probability.

    Args:
        index: position among the network's outputs.
        name: of the class.
        probability: 0..1.
    """

    index: int
    name: str
    probability: float

    def __str__(self) -> str:
        return f"{self.name} ({100 * self.probability:.2f} %)"


@dataclass(frozen=True)
class Classification:
    """What a network made of one photo.

    Args:
        guesses: most probable first.
        milliseconds: from the decoded photo to the probabilities; photos that go through together share it evenly.
        maps: float32 (height, width, channels) or (channels,), its features.
        square: uint8 (size, size, channels), what the network saw.
    """

    guesses: tuple[Guess, ...]
    milliseconds: float
    maps: np.ndarray = field(repr=False, compare=False)
    square: np.ndarray = field(repr=False, compare=False)

    @property
    def best(self) -> Guess:
        """The most probable class."""
        return self.guesses[0]

    @property
    def features(self) -> np.ndarray:
        """float32 (channels,), the mean of the feature maps: photos that look alike have similar ones."""
        return self.maps.mean(axis=(0, 1)) if self.maps.ndim == 3 else self.maps

    def sureness(self) -> str:
        """Say how likely the first guess is by the network's own account: how far ahead, or how likely to be wrong.

        The sentences compare probabilities and no more: these add up to 1 whatever is in a photo, and how high they
        get depends on the number of classes and on how the network was trained; label smoothing keeps them low.
        How often the first guess was right on 100 photos of ImageNet's classes: ten times as likely as the second, 55
        of 57 (MobileNetV2) and 20 of 21 (MobileNet, a quarter as wide); twice to ten times, 21 of 26 and 17 of 36;
        less than twice, 9 of 17 and 15 of 43; with all others together more probable, 13 of 22 and 22 of 64.

        Returns:
            One or two sentences; "" if the second guess was not asked for.
        """
        if len(self.guesses) < 2:
            return ""
        first, second = (guess.probability for guess in self.guesses[:2])
        lead = next((sentence for times, sentence in _LEADS if first >= times * second), _CLOSE)
        if first >= _SURE:
            return lead
        return f"{_CLOSE} {self._doubt()}" if lead == _CLOSE else self._doubt()

    def _doubt(self) -> str:
        """How likely all other classes together are, and which of them comes first."""
        wrong = 1 - self.best.probability
        second = self.guesses[1]
        name = f"{second.name} ({probability_text(second.probability)})"
        others = f"next comes {name}"
        if second.probability < _THIN * wrong:
            others = f"the rest is spread thinly over the other classes, {name} first"
        if round(wrong, 4) > 0.5:
            return f"By its own account it is more likely something else: {others}."
        chance = min(_DOUBTS, key=lambda doubt: abs(doubt[0] - wrong))[1]
        return f"{chance} that it is something else, by its own account: {others}."


def see(card: Card, photo: np.ndarray, mode: str = "") -> np.ndarray:
    """Bring a photo to the square that a network sees.

    Args:
        card: of the network.
        photo: uint8 (height, width, 3).
        mode: resize mode of `tlcore.images.resize`; "" for the one by which the network is evaluated.

    Returns:
        uint8 (size, size, channels).
    """
    square = resize(photo, card.input_size, card.input_size, mode or card.resize, ratio=card.ratio)
    if card.channels == 1:
        square = to_gray(square)
    return square


def features_of(prepared: Prepared, squares: np.ndarray) -> np.ndarray:
    """Compute the features of what a network sees.

    Args:
        prepared: the network.
        squares: uint8 (n, size, size, channels).

    Returns:
        float32 (n, height, width, channels) or (n, units).
    """
    parts = [
        prepared.engine.run(preprocess(squares[start : start + _AT_ONCE], prepared.card.preprocessing))
        for start in range(0, len(squares), _AT_ONCE)
    ]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def classify(prepared: Prepared, photos: Sequence[np.ndarray], *, top: int = 5, mode: str = "") -> list[Classification]:
    """Classify photos.

    Args:
        prepared: the network.
        photos: uint8 (height, width, 3) each, of any size.
        top: how many guesses for each photo, at least 1.
        mode: resize mode of `tlcore.images.resize`; "" for the one by which the network is evaluated.

    Returns:
        One classification for each photo.

    Example:
        >>> from tlcore.images.decode import decode_image
        >>> from tlcore.images.samples import sample_photos
        >>> from tlcore.inference.networks.installed import prepare_installed
        >>> from tlcore.inference.networks.prepared import load_prepared
        >>> from tlcore.zoo.catalog import INSTALLED, find
        >>> network = load_prepared(prepare_installed(find(INSTALLED)))
        >>> [cat] = [photo for photo in sample_photos() if photo.name == "chelsea.png"]
        >>> classify(network, [decode_image(cat.path.read_bytes(), cat.name)])[0].best.name
        'tiger cat'
    """
    results: list[Classification] = []
    for start in range(0, len(photos), BATCH):
        started = time.perf_counter()
        squares = np.stack(_see_all(prepared.card, photos[start : start + BATCH], mode))
        results += classify_squares(prepared, squares, top=top, started=started)
    return results


@functools.cache
def helpers() -> ThreadPoolExecutor:
    """Threads that decode and resize for this whole process: few, so that large photos of many users fit the memory."""
    return ThreadPoolExecutor(settings().worker_threads, thread_name_prefix="photos")


def _see_all(card: Card, photos: Sequence[np.ndarray], mode: str) -> list[np.ndarray]:
    if len(photos) == 1:
        return [see(card, photos[0], mode)]
    return list(helpers().map(lambda photo: see(card, photo, mode), photos))


def classify_squares(
    prepared: Prepared, squares: np.ndarray, *, top: int = 5, started: float | None = None
) -> list[Classification]:
    """Classify what a network sees, all at once.

    Args:
        prepared: the network.
        squares: uint8 (n, size, size, channels), at most `BATCH` to bound memory.
        top: how many guesses for each, at least 1.
        started: `time.perf_counter()` from which to count the time; None for now.

    Returns:
        One classification for each square; they share the time evenly.
    """
    started = time.perf_counter() if started is None else started
    features = features_of(prepared, squares)
    probabilities = prepared.head.probabilities(features)
    guesses = [best_guesses(prepared.names, row, top) for row in probabilities]
    milliseconds = 1000 * (time.perf_counter() - started) / len(squares)
    return [
        Classification(row, milliseconds, maps, square)
        for row, maps, square in zip(guesses, features, squares, strict=True)
    ]


def best_guesses(names: Sequence[str], probabilities: np.ndarray, top: int) -> tuple[Guess, ...]:
    """Pick the most probable classes.

    Args:
        names: of the classes, in the order of the outputs.
        probabilities: float (classes,).
        top: how many, at least 1.

    Returns:
        The guesses, most probable first.
    """
    top = min(top, len(probabilities))
    candidates = np.argpartition(-probabilities, top - 1)[:top]
    order = candidates[np.argsort(-probabilities[candidates], kind="stable")]
    return tuple(Guess(int(index), names[index], float(probabilities[index])) for index in order)
