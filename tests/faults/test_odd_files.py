"""Real files of other programs that were once misread or refused: each gives what it holds, or one true sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tlcore.images.decode import decode_image, measure_image, read_bytes

Check = Callable[[Path], None]

DATASETS: dict[str, Check] = {}

ARRAYS: dict[str, Check] = {}


def photo(shape: tuple[int, int], color: tuple[float, float, float], near: float = 1.0) -> Check:
    """The photo has this height, width and mean color, also where it is decoded for a small picture."""

    def check(path: Path) -> None:
        data = read_bytes(path)
        assert measure_image(data, path.name) == shape
        for target in (None, 32):
            found = decode_image(data, path.name, target)
            assert target or found.shape == (*shape, 3)
            assert np.abs(found.mean((0, 1)) - color).max() < near

    return check


def levels(top: int) -> Check:
    """A gray photo of 16 bits whose levels are of 0 to `top`."""

    def check(path: Path) -> None:
        with Image.open(path) as image:
            expected = np.rint(np.asarray(image) * (255 / top))
        found = decode_image(read_bytes(path), path.name)
        assert np.abs(found - expected[:, :, None]).max() <= 0.5
        assert 60 < found.mean() < 200

    return check


# One picture of 96 x 96 pixels, as each format keeps it; the mean of its exact pixels is 174.6, 166.3, 155.3.
PHOTOS: dict[str, Check] = {
    "12bit.png": levels(4095),
    "12bit.tif": levels(4095),
    "16bit.cropped.tif": levels(1023),
    "iphone.heic": photo((96, 96), (174.6, 166.3, 155.3)),
    "y.avif": photo((96, 96), (174.6, 166.3, 155.3)),
    "z.jp2": photo((96, 96), (174.6, 166.3, 155.3)),
    "ppm.ppm": photo((96, 96), (174.6, 166.3, 155.3)),
    "phone_108MP.jpg": photo((9000, 12_000), (105, 151, 200)),
}

NETWORKS: dict[str, Check] = {}

HOSTILE: dict[str, Check] = {}

CHECKS = {**DATASETS, **ARRAYS, **PHOTOS, **NETWORKS, **HOSTILE}


@pytest.mark.parametrize("name", CHECKS)
def test_an_odd_file_gives_what_it_holds_or_one_sentence(shared, name):
    CHECKS[name](shared / "data" / "odd_files" / name)
