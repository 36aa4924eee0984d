"""Previews of large images: pages get them, training gets the originals, and damage costs nothing."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from tlcore.datasets.dataset import _read, open_dataset
from tlcore.datasets.importer import import_dataset
from tlcore.datasets.versions import new_version
from tlcore.images.decode import ORIENTATION


@pytest.fixture
def photos(home, tmp_path):
    """Two classes of one small photo and two large ones of a color of their own; some are lying on their side."""
    sideways = Image.Exif()
    sideways[ORIENTATION] = 6
    for number, kind in enumerate(["ash", "ash", "ash", "oak", "oak", "oak"]):
        size = (400, 300) if number % 3 == 0 else (2400, 1200)
        picture = Image.effect_noise((60, 30), 90 + number).resize(size).convert("RGB")
        picture.paste((40 * number, 250 - 40 * number, 0), (0, 0, size[0] // 2, size[1]))
        path = tmp_path / "photos" / kind / f"{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        picture.save(path, quality=92, exif=sideways if number == 4 else Image.Exif())
    return tmp_path / "photos"


def test_large_images_have_previews_that_look_like_them_and_stay_as_they_are(photos):
    dataset = import_dataset("folder", {"path": str(photos)})
    for index, name in enumerate(dataset.names):
        assert dataset.image_bytes(index) == (photos / name).read_bytes()
        kept = dataset.preview_bytes(index)
        assert bool(kept) == (name[4:] not in ("0.jpg", "3.jpg"))
        if kept:
            assert max(Image.open(io.BytesIO(kept)).size) <= 1024 and len(kept) < len(dataset.image_bytes(index))
        shown, whole = (Image.fromarray(find(index, 150)).resize((50, 50)) for find in (dataset.preview, dataset.image))
        assert np.abs(np.asarray(shown, int) - np.asarray(whole, int)).mean() < 4


def test_a_version_takes_the_previews_of_the_images_that_stay(photos):
    dataset = import_dataset("folder", {"path": str(photos)})
    version = new_version(dataset, removed=[1], relabeled={4: "ash"})
    for index, name in enumerate(version.names):
        assert version.preview_bytes(index) == dataset.preview_bytes(dataset.names.index(name))


@pytest.mark.parametrize("file", ["previews.bin", "previews.npz"])
def test_the_image_itself_serves_where_a_preview_is_damaged_or_gone(photos, file):
    dataset = import_dataset("folder", {"path": str(photos)})
    path = dataset.folder / file
    content = path.read_bytes()
    for damaged in (content[: len(content) // 2], bytes(len(content)), None):
        path.unlink() if damaged is None else path.write_bytes(damaged)
        _read.cache_clear()
        opened = open_dataset(dataset.id)
        assert np.array_equal(opened.preview(5, 150), opened.image(5, 150))


def test_previews_of_other_images_are_not_shown(photos):
    dataset = import_dataset("folder", {"path": str(photos)})
    with np.load(dataset.folder / "previews.npz") as index:
        offsets, sums = index["offsets"], index["sums"]
    content = (dataset.folder / "previews.bin").read_bytes()
    for end in (len(sums), 2):  # the same number of images in another order, and fewer images
        order = range(end - 1, -1, -1)
        pieces = [content[offsets[index] : offsets[index + 1]] for index in order]
        (dataset.folder / "previews.bin").write_bytes(b"".join(pieces))
        lengths = np.cumsum([0, *map(len, pieces)])
        np.savez(dataset.folder / "previews.npz", offsets=lengths, sums=sums[list(order)])
        _read.cache_clear()
        opened = open_dataset(dataset.id)
        assert all(np.array_equal(opened.preview(each, 150), opened.image(each, 150)) for each in range(len(opened)))


def test_long_strips_are_shown_themselves(home, tmp_path):
    for kind in ("ash", "oak"):
        (tmp_path / kind).mkdir()
        for number in range(2):
            Image.effect_noise((60_000, 40), 90 + number).save(tmp_path / kind / f"{number}.jpg")
    dataset = import_dataset("folder", {"path": str(tmp_path)})
    assert dataset.preview(0, 150).shape == (40, 60_000, 3), "a preview of 1,024 pixels would keep one row"
