"""Small folders of photos to import, and limits to run into."""

import pytest

from tests.datasets.photo_files import photo_bytes
from tlcore.settings import settings


@pytest.fixture
def limit(monkeypatch):
    """Set one of the settings' limits."""

    def change(name, value):
        monkeypatch.setenv(f"TLCORE_{name.upper()}", str(value))
        settings.cache_clear()

    return change


@pytest.fixture
def make_folder(tmp_path):
    """Write a folder of class folders from {class name: number of photos}."""

    def make(counts, name="pets"):
        root = tmp_path / name
        root.mkdir(exist_ok=True)
        seed = 0
        for label, count in counts.items():
            (root / label).mkdir()
            for index in range(count):
                (root / label / f"{label}_{index}.jpg").write_bytes(photo_bytes(seed))
                seed += 1
        return root

    return make
