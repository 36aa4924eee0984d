"""Resize and preprocessing modes against independent computations."""

import importlib

import numpy as np
import pytest
from PIL import Image

from tlcore.errors import NotFoundError
from tlcore.images.decode import decode_image, read_bytes
from tlcore.images.preprocess import PREPROCESSING, preprocess
from tlcore.images.resize import GRAY, RESIZE_MODES, resize
from tlcore.images.samples import sample_photos

SHAPES = [(1, 1), (1, 20_000), (20_000, 1), (7, 5), (300, 200), (224, 224)]


@pytest.fixture(scope="module")
def photo():
    return decode_image(read_bytes(sample_photos()[0].path))


@pytest.mark.parametrize("mode", [row.name for row in RESIZE_MODES])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_mode_takes_every_shape(mode, shape):
    image = np.full((*shape, 3), 200, np.uint8)
    result = resize(image, 96, 160, mode)
    assert result.shape == (96, 160, 3) and result.dtype == np.uint8
    if mode != "pad":
        assert (result == 200).all()


def test_crop_is_the_evaluation_standard(photo):
    height, width = photo.shape[:2]
    scale = 256 / min(height, width)
    whole = Image.fromarray(photo).resize((round(width * scale), 256), Image.Resampling.BILINEAR)
    left = (whole.width - 224) // 2
    standard = np.asarray(whole.crop((left, 16, left + 224, 240)))
    ours = resize(photo, 224, 224, "crop")
    assert np.abs(standard.astype(int) - ours).max() <= 1


def test_stretch_equals_pillow(photo):
    expected = Image.fromarray(photo).resize((160, 96), Image.Resampling.BILINEAR)
    assert np.array_equal(resize(photo, 96, 160, "stretch"), expected)


def test_pad_shows_the_whole_photo_between_gray_bars(photo):
    result = resize(photo, 100, 100, "pad")
    rows = round(100 * photo.shape[0] / photo.shape[1])
    top = (101 - rows) // 2
    assert (result[:top] == GRAY[0]).all() and (result[top + rows :] == GRAY[0]).all()
    inner = Image.fromarray(photo).resize((100, rows), Image.Resampling.BILINEAR)
    assert np.abs(result[top : top + rows].astype(int) - np.asarray(inner)).mean() < 1


def test_an_unknown_mode_names_those_there_are():
    with pytest.raises(NotFoundError, match="crop"):
        resize(np.zeros((10, 10, 3), np.uint8), 5, 5, "crops")


@pytest.mark.slow
@pytest.mark.parametrize("row", [row for row in PREPROCESSING if "applications" in row.keras], ids=lambda row: row.name)
def test_preprocessing_equals_keras(row):
    module, function = row.keras.rsplit(".", 1)
    theirs = getattr(importlib.import_module(module), function)
    batch = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3)).astype(np.uint8)
    before = batch.copy()
    ours = preprocess(batch, row.name)
    assert ours.dtype == np.float32 and np.array_equal(batch, before)
    np.testing.assert_allclose(ours, theirs(batch.astype(np.float32)), atol=1e-5)


def test_unit_is_zero_to_one_and_identity_copies():
    batch = np.array([0, 255], np.uint8).reshape(1, 1, 2, 1).repeat(3, axis=3)
    assert preprocess(batch, "unit").ravel().tolist() == [0, 0, 0, 1, 1, 1]
    kept = batch.astype(np.float32)
    assert not np.shares_memory(preprocess(kept, "identity"), kept)
