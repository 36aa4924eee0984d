"""Alike pictures: copies are found, different ones are not merged, odd sets stay cheap."""

import io

import numpy as np
import pytest
from PIL import Image, ImageEnhance
from sklearn.datasets import load_digits

from tlcore.datasets.alike import group_alike, thumbnail


def different(count):
    return np.random.default_rng(0).integers(0, 256, (count, 32)).astype(np.uint8)


def groups_of(images):
    return group_alike(np.stack([thumbnail(np.asarray(image)) for image in images]), different(len(images)))


@pytest.fixture(scope="module")
def photos():
    cells = np.random.default_rng(1).integers(0, 256, (300, 6, 8, 3)).astype(np.uint8)
    return [Image.fromarray(cell).resize((160, 120), Image.Resampling.BICUBIC) for cell in cells]


def encoded(image, format, **options):
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return Image.open(buffer).convert("RGB")


COPIES = {
    "strong compression": lambda image: encoded(image, "JPEG", quality=30),
    "another format": lambda image: encoded(image, "WEBP"),
    "half the size": lambda image: image.resize((80, 60)),
    "other proportions": lambda image: image.resize((200, 120)),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.1),
    "more contrast": lambda image: ImageEnhance.Contrast(image).enhance(1.2),
    "grey": lambda image: image.convert("L").convert("RGB"),
}


@pytest.mark.parametrize("kind", COPIES)
def test_copies_are_found_and_nothing_else(photos, kind):
    groups = groups_of([*photos, *(COPIES[kind](photo) for photo in photos[:100])])
    assert len(np.unique(groups[:300])) == 300
    assert (groups[300:] == groups[:100]).mean() > 0.95
    assert not np.isin(groups[100:300], groups[300:]).any()


def test_mirrored_and_turned_are_not_alike(photos):
    turned = [photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT) for photo in photos[:50]]
    assert len(np.unique(groups_of([*photos[:50], *turned]))) == 100


def test_digits_are_not_merged():
    images = [np.repeat(image[:, :, None], 3, axis=2) for image in (load_digits().images * 15).astype(np.uint8)]
    assert len(np.unique(groups_of(images))) > 1780


def test_blank_pictures_are_alike_only_if_equal():
    blank = [np.full((20, 20, 3), value, np.uint8) for value in (0, 255, 7)]
    assert len(np.unique(groups_of(blank))) == 3
    same = group_alike(np.stack([thumbnail(image) for image in blank]), np.zeros((3, 32), np.uint8))
    assert len(np.unique(same)) == 1


def test_many_frames_of_one_scene(photos):
    random = np.random.default_rng(2)
    scene = np.asarray(photos[0]).astype(int)
    frames = [np.clip(scene + random.integers(-9, 10, scene.shape), 0, 255).astype(np.uint8) for _ in range(800)]
    assert len(np.unique(groups_of(frames))) == 1
