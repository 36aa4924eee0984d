"""Augmentations: repeatable, within bounds, and each doing what its name says."""

import numpy as np
import pytest
from PIL import Image

from tlcore.errors import InputError, NotFoundError
from tlcore.images.augment import AUGMENTATIONS, augment
from tlcore.images.augment_presets import PRESETS, read_augmentation, write_augmentation
from tlcore.images.decode import decode_image, read_bytes
from tlcore.images.samples import sample_photos


@pytest.fixture(scope="module")
def photo():
    return np.asarray(Image.fromarray(decode_image(read_bytes(sample_photos()[0].path))).resize((120, 90)))


def seeded(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("row", AUGMENTATIONS, ids=lambda row: row.name)
def test_every_row(photo, row):
    before = photo.copy()
    results = [augment(photo, {row.name: row.most}, seeded(seed)) for seed in range(8)]
    assert all(result.shape == photo.shape and result.dtype == np.uint8 for result in results)
    assert np.array_equal(results[0], augment(photo, {row.name: row.most}, seeded(0)))
    assert any(not np.array_equal(result, photo) for result in results)
    assert np.array_equal(augment(photo, {row.name: 0}, seeded()), photo)
    assert np.array_equal(photo, before) and 0 < row.default <= row.most
    assert augment(photo[:1, :1], {row.name: row.most}, seeded()).shape == (1, 1, 3)


class Chance:
    """Chance that always answers the same."""

    def __init__(self, *answers):
        self.answers = np.array(answers)

    def random(self):
        return self.answers[0]

    def uniform(self, low, high, count):
        return self.answers[:count]


def alike(first, second, most=0.5):
    return np.abs(first.astype(int) - second).mean() < most


def test_geometry(photo):
    square = np.asarray(Image.fromarray(photo).resize((90, 90)))
    assert np.array_equal(augment(photo, {"flip": 0.5}, Chance(0.4)), photo[:, ::-1])
    assert np.array_equal(augment(photo, {"flip": 0.5}, Chance(0.6)), photo)
    assert np.array_equal(augment(photo, {"flip_vertical": 0.5}, Chance(0.4)), photo[::-1])
    assert alike(augment(square, {"rotate": 90}, Chance(90.0)), np.rot90(square))
    shifted = augment(photo, {"shift": 0.1}, Chance(0.1, 0.0))
    assert alike(shifted[:, :-12], photo[:, 12:]) and alike(shifted[:, -12:], photo[:, :-13:-1])
    inner = Image.fromarray(photo).resize((120, 90), Image.Resampling.BILINEAR, box=(20, 15, 100, 75))
    assert alike(augment(photo, {"zoom": 0.5}, Chance(0.5)), np.asarray(inner), 2)
    assert alike(augment(photo, {"flip": 1, "flip_vertical": 1, "rotate": 90}, Chance(0.0)), photo[::-1, ::-1])


def test_light(photo):
    assert augment(photo, {"brightness": 0.5}, Chance(-0.5)).mean() < 0.6 * photo.mean()
    assert augment(photo, {"contrast": 0.5}, Chance(-0.5)).std() < 0.6 * photo.std()
    assert np.ptp(augment(photo, {"color": 1}, Chance(-1.0)), axis=2).max() == 0


def test_refused(photo):
    with pytest.raises(NotFoundError, match="rotate"):
        augment(photo, {"rotat": 1}, seeded())
    for wrong in (-1, 91, "much", None, True, float("nan")):
        with pytest.raises(InputError, match="rotate from 0 to 90"):
            augment(photo, {"rotate": wrong}, seeded())


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_presets_are_written_as_they_are_read(preset):
    assert write_augmentation(read_augmentation(preset.name)) == preset.name


def test_strengths_one_by_one():
    assert read_augmentation("rotate=10, flip=0.5,zoom=0") == {"rotate": 10, "flip": 0.5}
    assert write_augmentation({"rotate": 10, "flip": 0.5, "zoom": 0}) == "flip=0.5,rotate=10"


def test_plans_of_earlier_versions_are_read():
    assert read_augmentation("light_and_colour") == read_augmentation("light_and_color")
    assert read_augmentation("colour=0.2") == {"color": 0.2}
