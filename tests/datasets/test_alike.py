"""Alike pictures: copies are found, different ones are not merged, odd sets stay cheap."""

import io

import numpy as np
import pytest
from PIL import Image, ImageEnhance
from sklearn.datasets import load_digits

from tlcore.datasets.checking.alike import group_alike, thumbnail
from tlcore.datasets.sources.rendered import RENDERED
from tlcore.images.samples import sample_photos


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
    "gray": lambda image: image.convert("L").convert("RGB"),
}


@pytest.mark.parametrize("kind", COPIES)
def test_copies_are_found_and_nothing_else(photos, kind):
    groups = groups_of([*photos, *(COPIES[kind](photo) for photo in photos[:100])])
    assert len(np.unique(groups[:300])) == 300
    assert (groups[300:] == groups[:100]).mean() > 0.95
    assert not np.isin(groups[100:300], groups[300:]).any()


def mirrored(image):
    return image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def cropped(image, seed=0, share=0.1):
    """With that share of width and height taken off, at a random place."""
    random = np.random.default_rng(seed)
    width, height = image.size
    left, top = random.uniform(0, share * width), random.uniform(0, share * height)
    return image.crop((round(left), round(top), round(left + (1 - share) * width), round(top + (1 - share) * height)))


@pytest.fixture(scope="module")
def real():
    """The real photos that come with the requirements, no two alike."""
    return [Image.open(sample.path).convert("RGB") for sample in sample_photos()]


@pytest.mark.parametrize(
    "change",
    [
        lambda image, seed: mirrored(image),
        cropped,
        lambda image, seed: cropped(mirrored(image), seed),
        lambda image, seed: encoded(cropped(image, seed).resize((200, 160)), "JPEG", quality=50),
    ],
)
def test_mirrored_and_cropped_copies_are_found(real, change):
    copies = [change(image, seed) for seed in range(8) for image in real]
    groups = groups_of([*real, *copies])
    assert (groups[len(real) :].reshape(8, -1) == groups[: len(real)]).mean() >= 0.95
    assert len(np.unique(groups[: len(real)])) == len(real)


def test_upside_down_is_not_alike(real):
    # Where many are found upside down, as digits are, nothing that is found is believed.
    turned = [image.transpose(Image.Transpose.FLIP_TOP_BOTTOM) for image in real]
    assert len(np.unique(groups_of([*real, *turned]))) == 2 * len(real)


def test_drawn_scenes_of_one_kind_are_not_merged():
    listing = RENDERED.open({"images_per_class": 40, "size": 64, "seed": 0}, lambda event: None)
    images = [np.asarray(listing.read(index)) for index in range(len(listing.names))]
    assert len(np.unique(groups_of(images))) == len(images)


@pytest.mark.slow
def test_planted_copies_among_two_thousand_photos(shared):
    paths = sorted((shared / "data" / "cats_dogs").glob("*/*.jpg"))[:1000]
    photos = [Image.open(path).convert("RGB") for path in paths]
    before = groups_of(photos)
    copies = [cropped(photo if number % 2 else mirrored(photo), number) for number, photo in enumerate(photos)]
    groups = groups_of([*photos, *copies])
    assert (groups[1000:] == groups[:1000]).mean() >= 0.95
    # Two of the photos themselves are alike; no more than 0.1 % of 2,000 images may fall together beyond the copies.
    assert len(np.unique(before)) >= 998
    assert len(np.unique(groups[:1000])) >= len(np.unique(before)) - 2


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
