"""The feature cache: computes each photo once, survives kills and damage, and stops when asked."""

from __future__ import annotations

import dataclasses
import shutil

import numpy as np
import pytest

from tlcore.datasets.dataset import open_dataset
from tlcore.datasets.versions import new_version
from tlcore.explain import explain
from tlcore.inference.networks.feature_part import FeaturePart, open_part
from tlcore.inference.networks.feature_source import FeatureSource
from tlcore.jobs import Monitor, Stopped
from tlcore.settings import settings
from tlcore.storage.caches import cache_folder
from tlcore.training.features import cache as features
from tlcore.training.features.cache import FeatureCache, FeatureKey, read_pixels

KEY = FeatureKey("", input_size=32, channels=3, resize="stretch", preprocessing="")


@pytest.fixture
def counted(monkeypatch):
    """The indices of all photos that were read, in order."""
    read: list[int] = []

    def count(dataset, index, key):
        read.append(index)
        return read_pixels(dataset, index, key)

    monkeypatch.setattr(features, "read_pixels", count)
    return read


def test_rows_are_the_photos_and_each_is_read_once(objects, counted):
    dataset = open_dataset(objects)
    first = np.arange(10)
    rows = FeatureCache(dataset, KEY, None).rows(first)
    assert np.array_equal(rows[7], read_pixels(dataset, 7, KEY))
    FeatureCache(dataset, KEY, None).rows(np.arange(20))
    assert sorted(counted) == list(range(20))


def test_a_stop_keeps_what_is_computed(objects, counted):
    dataset = open_dataset(objects)
    with pytest.raises(Stopped):
        FeatureCache(dataset, KEY, None).rows(np.arange(60), Monitor(should_stop=lambda: True))
    kept = len(counted)
    counted.clear()
    FeatureCache(dataset, KEY, None).rows(np.arange(60))
    assert len(counted) < kept + 60 - 15  # a batch of 16 was kept


def test_damaged_files_are_computed_again(objects, counted):
    dataset = open_dataset(objects)
    FeatureCache(dataset, KEY, None).rows(np.arange(5))
    path = next(cache_folder("features").rglob("rows.bin"))
    path.write_bytes(path.read_bytes()[:100])
    counted.clear()
    rows = FeatureCache(dataset, KEY, None).rows(np.arange(5))
    assert sorted(counted) == list(range(5))
    assert np.array_equal(rows[4], read_pixels(dataset, 4, KEY))


@pytest.mark.parametrize(
    "state",
    [
        {"other": np.zeros(3)},
        {"sums": np.zeros(60, np.int64), "seconds": np.zeros(3), "computed": 1, "maker": ""},
        {"sums": np.zeros(60), "seconds": 1.0, "computed": 1, "maker": ""},
        {"sums": np.int64(0), "seconds": 1.0, "computed": 1, "maker": ""},
    ],
)
def test_a_state_of_something_else_is_none(objects, counted, state):
    dataset = open_dataset(objects)
    FeatureCache(dataset, KEY, None).rows(np.arange(5))
    np.savez(next(cache_folder("features").rglob("state.npz")), **state)
    next(cache_folder("features").rglob("about.json")).write_text('{"runs": [[1]], "datasets": [{}]}', "utf-8")
    counted.clear()
    rows = FeatureCache(dataset, KEY, None).rows(np.arange(5))
    assert sorted(counted) == list(range(5))
    assert np.array_equal(rows[4], read_pixels(dataset, 4, KEY))


def test_a_cache_that_is_removed_while_it_is_filled_is_named_and_filled_the_next_time(objects):
    dataset, folder = open_dataset(objects), cache_folder("features")
    with pytest.raises(FileNotFoundError) as raised:
        FeatureCache(dataset, KEY, None).rows(np.arange(60), Monitor(lambda event: shutil.rmtree(folder, True)))
    assert "it is computed again" in str(explain(raised.value))
    rows = FeatureCache(dataset, KEY, None).rows(np.arange(60))
    assert all(np.array_equal(rows[index], read_pixels(dataset, index, KEY)) for index in (0, 59))


def test_a_few_images_need_no_more_interpreters_than_batches(objects, monkeypatch):
    monkeypatch.setenv("TLCORE_THREADS", "64")
    settings.cache_clear()
    part = open_part(FeatureSource("EfficientNetLite0", "package", 64, "block3b_add"))
    prepared = []
    monkeypatch.setattr(FeaturePart, "on_each_core", lambda self, cores: prepared.append(cores) or self.run)
    key = dataclasses.replace(KEY, network=part.digest, input_size=64, preprocessing="tf")
    assert len(list(features.compute_rows(open_dataset(objects), key, part, np.arange(6)))) == 6
    assert prepared == [2]


def test_each_view_of_a_photo_differs_and_stays_the_same(objects):
    dataset = open_dataset(objects)
    keys = [dataclasses.replace(KEY, augmentation="strong", view=view) for view in (0, 1)]
    first, second = (FeatureCache(dataset, key, None).rows(np.arange(3)) for key in keys)
    plain = FeatureCache(dataset, KEY, None).rows(np.arange(3))
    assert not np.array_equal(first[:3], plain[:3])
    assert not np.array_equal(first[:3], second[:3])
    streamed = dict(features.compute_rows(dataset, keys[1], None, np.array([2, 0])))
    assert np.array_equal(streamed[0], second[0])
    assert np.array_equal(streamed[2], second[2])


def test_networks_that_take_gray_pictures_get_luminance(objects):
    dataset = open_dataset(objects)
    gray = FeatureKey("", input_size=16, channels=1, resize="stretch", preprocessing="")
    pixels = read_pixels(dataset, 0, gray)
    assert pixels.shape == (16, 16, 1)
    color = read_pixels(dataset, 0, FeatureKey("", 16, 3, "stretch", "")).astype(float)
    expected = color @ [0.299, 0.587, 0.114]
    assert np.abs(pixels[..., 0] - expected).max() <= 1


def test_a_version_takes_over_what_is_kept_of_its_images(objects, counted):
    dataset = open_dataset(objects)
    FeatureCache(dataset, KEY, None).rows(np.arange(50))
    version = new_version(new_version(dataset, removed=[3]), removed=[0])
    counted.clear()
    rows = FeatureCache(version, KEY, None).rows(np.arange(58))
    assert sorted(counted) == list(range(48, 58)), "the ten that were not kept"
    assert all(np.array_equal(rows[index], read_pixels(version, index, KEY)) for index in (0, 1, 2, 47, 57))
    changed = dataclasses.replace(KEY, augmentation="strong")
    FeatureCache(dataset, changed, None).rows(np.arange(60))
    rows = FeatureCache(version, changed, None).rows(np.arange(58))
    assert np.array_equal(rows[5], read_pixels(version, 5, changed)), "a changed copy depends on the position"


def test_a_limit_of_ones_own_that_changes_how_photos_are_read_is_part_of_the_key(home, monkeypatch):
    before = FeatureKey("", 32, 3, "stretch", "")
    monkeypatch.setenv("TLCORE_MAX_IMAGE_PIXELS", "1000000")
    settings.cache_clear()
    assert FeatureKey("", 32, 3, "stretch", "") != before
