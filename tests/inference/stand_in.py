"""A small network with random weights, stored where Keras would keep its published ones, and prepared once."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from tlcore.jobs import Monitor
from tlcore.settings import settings

NAME = "MobileNet025"


def write_weights(path: Path, name: str = NAME) -> None:
    """Random weights in Keras' older layout, the one of the published files."""
    import h5py
    import keras
    from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group

    from tlcore.zoo import catalog
    from tlcore.zoo.build import build

    keras.utils.set_random_seed(1)
    model = build(catalog.find(name))
    # Freshly made networks hardly tell photos apart: a stronger last layer gives probabilities worth ranking.
    last = next(layer for layer in reversed(model.layers) if layer.weights)
    batch = np.stack([photo(seed, 128, 128) for seed in range(4)]) / 127.5 - 1
    scores = np.asarray(keras.Model(model.input, last.output)(batch, training=False))
    last.set_weights([last.get_weights()[0] * 3 / scores.std(), *last.get_weights()[1:]])
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        save_weights_to_hdf5_group(file, model)


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """(Keras folder, home) with the stand-in's weights and the prepared stand-in."""
    from tlcore.inference.jobs import prepare
    from tlcore.zoo import catalog

    keras_home, home = tmp_path_factory.mktemp("keras"), tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_HOME", str(keras_home))
        patch.setenv("TLCORE_HOME", str(home))
        settings.cache_clear()
        write_weights(catalog.weights_path(catalog.find(NAME)))
        reports = []
        prepare({"architecture": NAME, "weights": "imagenet"}, home, Monitor(reports.append))
    settings.cache_clear()
    assert [report["done"] for report in reports] == [0, 1, 2, 3]
    return keras_home, home


@pytest.fixture
def weights_here(made, home):
    """The test's own Keras folder with the stand-in's weights; nothing is prepared."""
    shutil.copytree(made[0], settings().keras_home, dirs_exist_ok=True)
    return settings().keras_home / "models"


@pytest.fixture
def ready(made, weights_here, home):
    """The test's own home with the prepared stand-in."""
    shutil.copytree(made[1], home, dirs_exist_ok=True)
    return home


@pytest.fixture
def network(ready):
    """The prepared stand-in, loaded."""
    from tlcore.inference.networks.prepared import load_prepared, prepared_folder

    return load_prepared(prepared_folder(NAME))


def photo(seed: int, height: int = 150, width: int = 200) -> np.ndarray:
    """A picture with large shapes, uint8 (height, width, 3)."""
    from PIL import Image

    cells = np.random.default_rng(seed).integers(0, 256, (5, 7, 3)).astype(np.uint8)
    return np.asarray(Image.fromarray(cells).resize((width, height), Image.Resampling.BICUBIC))


def photo_file(path: Path, seed: int = 0) -> Path:
    """The same as a JPEG file."""
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(photo(seed)).save(path, "JPEG", quality=92)
    return path
