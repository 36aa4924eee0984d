"""What can be made again stays within its limit, and nothing else goes."""

from __future__ import annotations

import gc
import os

import numpy as np
import pytest

from tlcore.datasets.dataset import open_dataset
from tlcore.inference.networks import feature_part, prepared
from tlcore.inference.networks.installed import prepare_installed
from tlcore.inference.networks.prepared import load_prepared
from tlcore.runs.budget import cache_limit, keep_within_limit, room_taken
from tlcore.settings import settings
from tlcore.storage.caches import USED, cache_folder, in_use
from tlcore.storage.files import bytes_of
from tlcore.training.features.cache import FeatureCache, FeatureKey
from tlcore.zoo.catalog import INSTALLED, find

_SIZES = (16, 24, 32, 40)  # pixels: four files of features


def _features(dataset) -> dict[int, FeatureCache]:
    return {size: FeatureCache(dataset, FeatureKey("", size, 3, "stretch", ""), None) for size in _SIZES}


@pytest.fixture
def kept(objects):
    """Four files of features, the larger the longer ago they were used; nobody uses them."""
    dataset = open_dataset(objects)
    for cache in _features(dataset).values():
        cache.rows(np.arange(len(dataset)))
    folders = sorted(cache_folder("features").iterdir(), key=bytes_of)
    for age, folder in enumerate(folders):
        os.utime(folder / USED, (1_000_000 - age, 1_000_000 - age))
    return folders


def test_what_was_used_longest_ago_goes_first(home, kept, monkeypatch):
    monkeypatch.setenv("TLCORE_CACHE_BYTES", str(bytes_of(kept[0]) + bytes_of(kept[1]) + 1000))
    settings.cache_clear()
    before = bytes_of(home)
    assert keep_within_limit() == before - bytes_of(home) > 0
    assert [folder.exists() for folder in kept] == [True, True, False, False]
    assert keep_within_limit() == 0


def test_what_is_used_stays(kept, monkeypatch):
    monkeypatch.setenv("TLCORE_CACHE_BYTES", "1")
    settings.cache_clear()
    held = in_use(kept[3])
    os.utime(kept[3] / USED, (0, 0))
    keep_within_limit()
    assert [folder.exists() for folder in kept] == [False, False, False, True]
    held.close()
    keep_within_limit()
    assert not kept[3].exists()


def test_what_nobody_can_make_again_is_not_in_the_cache(home, objects, monkeypatch):
    monkeypatch.setenv("TLCORE_CACHE_BYTES", "1")
    settings.cache_clear()
    mine = home / "prepared" / "LeNet5-32-0123456789abcdef.1"
    mine.mkdir(parents=True)
    (mine / "card.json").write_text(
        '{"architecture": "LeNet5", "weights": "0123456789abcdef", "input_size": 32, '
        '"preprocessing": "tf", "cut_layer": "S4"}'
    )
    run = home / "runs" / "1a2b3c4d5e" / "predictions.npz"
    run.parent.mkdir(parents=True)
    run.write_bytes(b"x" * 1000)
    download = home / "downloads" / "set.zip"
    download.parent.mkdir()
    download.write_bytes(b"x" * 1000)
    keep_within_limit()
    assert mine.exists() and run.exists() and not download.exists()
    assert len(open_dataset(objects).image_bytes(0)) > 0


def test_a_network_that_is_loaded_stays_and_one_that_went_comes_back(home, monkeypatch):
    file = load_prepared(prepare_installed(find(INSTALLED))).features_file
    monkeypatch.setenv("TLCORE_CACHE_BYTES", "1")
    settings.cache_clear()
    keep_within_limit()
    assert file.is_file()
    for loaded in (prepared._load, feature_part._load):  # as in a process that has ended
        loaded.cache_clear()
    gc.collect()
    keep_within_limit()
    assert not file.exists()
    assert load_prepared(prepare_installed(find(INSTALLED))).features_file.is_file()


def test_the_limit_is_20_gb_or_a_fifth_of_the_disk_and_home_says_what_takes_room(home, objects):
    assert 0 < cache_limit() <= 20_000_000_000
    rooms = room_taken()
    assert rooms["datasets"] > 1000 and sum(rooms.values()) == bytes_of(home)
