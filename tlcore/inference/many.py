"""Many photo files → classifications, decoded ahead in other threads; a bad file costs only itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import numpy as np

from tlcore.errors import ImageError
from tlcore.images.decode import decode_image, decode_simple
from tlcore.inference.classifier import BATCH, Classification, classify_squares, helpers, see
from tlcore.inference.networks.prepared import Prepared


@dataclass(frozen=True)
class PhotoFile:
    """A photo that is not decoded yet.

    Args:
        key: identifies the content within this process.
        name: how to call it.
        read: gives its bytes, or raises an ImageError.
    """

    key: str
    name: str
    read: Callable[[], bytes]


def decode_photo(file: PhotoFile, target: int) -> np.ndarray:
    """Decode one photo when a decoding thread is free.

    Args:
        file: the photo.
        target: the short side, in pixels, that is wanted in the end.

    Returns:
        uint8 (height, width, 3).

    Raises:
        ImageError: if it is no usable photo.
    """
    simple = helpers().submit(lambda: decode_simple(file.read(), file.name, target)).result()
    # Whoever waits for a child process waits here: the threads are few, and others need them.
    return decode_image(file.read(), file.name, target) if simple is None else simple


def classify_files(
    prepared: Prepared, files: Sequence[PhotoFile], *, top: int = 5, mode: str = ""
) -> Iterator[Classification | ImageError]:
    """Classify photo files.

    Args:
        prepared: the network.
        files: the photos.
        top: how many guesses for each photo, at least 1.
        mode: resize mode of `tlcore.images.resize`; "" for the one by which the network is evaluated.

    Yields:
        For each file in turn its classification, or the reason why there is none.
    """
    batches = [files[start : start + BATCH] for start in range(0, len(files), BATCH)]
    ahead = [_submit(prepared, batch, mode) for batch in batches[:1]]
    for position in range(len(batches)):
        if position + 1 < len(batches):
            ahead.append(_submit(prepared, batches[position + 1], mode))
        batch = zip(ahead.pop(0), files[position * BATCH :], strict=False)
        squares = [_square_or_error(future, file, prepared, mode) for future, file in batch]
        good = [square for square in squares if not isinstance(square, ImageError)]
        results = iter(classify_squares(prepared, np.stack(good), top=top) if good else [])
        for square in squares:
            yield square if isinstance(square, ImageError) else next(results)


def _submit(prepared: Prepared, files: Sequence[PhotoFile], mode: str) -> list[Future]:
    def square(file: PhotoFile) -> np.ndarray | None:
        # Only the small square leaves the thread: at most one decoded photo a thread is in memory.
        photo = decode_simple(file.read(), file.name, prepared.card.input_size)
        return None if photo is None else see(prepared.card, photo, mode)

    return [helpers().submit(square, file) for file in files]


def _square_or_error(future: Future, file: PhotoFile, prepared: Prepared, mode: str) -> np.ndarray | ImageError:
    """A photo as the network sees it; one that a child process decodes is decoded now, so that nobody has two such."""
    try:
        square = future.result()
        if square is None:
            square = see(prepared.card, decode_image(file.read(), file.name, prepared.card.input_size), mode)
        return square
    except ImageError as error:
        return error
