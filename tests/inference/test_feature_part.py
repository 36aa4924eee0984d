"""Feature parts: the same numbers as Keras wherever they are cut, kept under all that they follow from."""

from __future__ import annotations

import itertools
import os
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tlcore.errors import MissingError
from tlcore.inference.networks import feature_part
from tlcore.inference.networks.feature_part import open_part
from tlcore.inference.networks.feature_source import DENSE_FILE, FeatureSource
from tlcore.inference.networks.lite_file import lite_file
from tlcore.zoo.needs import needs_top

LENET = FeatureSource("LeNet5", "", 32, "F6")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """For two seeds a file of random weights of the same network, each with its classifier and without: (top, seed)."""
    import keras

    from tlcore.zoo.build import build
    from tlcore.zoo.catalog import find

    folder, paths = tmp_path_factory.mktemp("weights"), {}
    for seed, top in itertools.product((0, 1), (True, False)):
        keras.utils.set_random_seed(seed)
        paths[top, seed] = folder / f"{seed}-{top}.weights.h5"
        build(find("LeNet5"), include_top=top).save_weights(paths[top, seed])
    return paths


def network(path: Path, layer: str, top: bool):
    import keras

    from tlcore.zoo.build import build
    from tlcore.zoo.catalog import find

    model = build(find("LeNet5"), weights=path, include_top=top)
    return keras.Model(model.input, model.get_layer(layer).output)


@pytest.mark.parametrize("layer", ["C3", "S4", "C5", "F6"])
def test_it_gives_what_keras_gives_also_behind_dense_layers(home, files, layer):
    file = files[(top := needs_top(LENET.architecture, layer)), 0]
    part = open_part(replace(LENET, weights=str(file), layer=layer))
    batch = np.random.default_rng(0).random((5, 32, 32, 1), np.float32)
    expected = np.asarray(network(file, layer, top)(batch, training=False))
    np.testing.assert_allclose(part.run(batch), expected, atol=1e-5)
    assert part.output_shape == expected.shape[1:]
    # Dense layers are kept as arrays, and only the maps below them are converted.
    assert (part.file.parent / DENSE_FILE).is_file() == (layer == "F6")
    if expected.ndim == 4:
        pooled = part.pooled("average")
        np.testing.assert_allclose(pooled.run(batch), expected.mean(axis=(1, 2)), atol=1e-5)
        assert pooled.output_shape == expected.shape[3:]


def test_other_weights_another_size_or_layer_are_another_part(home, files):
    first = replace(LENET, weights=str(files[False, 0]), layer="S4")
    others = [replace(first, weights=str(files[False, 1])), replace(first, layer="C3"), replace(first, input_size=36)]
    assert len({source.folder for source in [first, *others]}) == 4
    digest = open_part(first).digest
    assert len({digest, *(open_part(source).digest for source in others[:2])}) == 3
    # What it is called does not count: the same file under another name is the same part.
    copy = files[False, 0].with_name("copy.weights.h5")
    shutil.copyfile(files[False, 0], copy)
    assert replace(first, weights=str(copy)).folder == first.folder


def test_a_file_that_changes_under_its_name_is_another_part(home, files, tmp_path):
    path = tmp_path / "mine.weights.h5"
    shutil.copyfile(files[False, 0], path)
    source = replace(LENET, weights=str(path), layer="S4")
    before, folder = open_part(source).digest, source.folder
    times = path.stat()
    shutil.copyfile(files[False, 1], path)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # as a copy that keeps times, or an archive, leaves it
    assert source.folder != folder
    assert open_part(source).digest != before


def test_what_is_installed_opens_in_a_moment_and_the_rest_says_what_is_missing(home):
    lite = FeatureSource("EfficientNetLite0", "package", 64, "block3b_add")
    assert lite.is_written and lite.is_here
    assert open_part(lite).output_shape == (8, 8, 40)
    assert not replace(lite, layer="block3b_project_conv").is_written, "folded into what follows it"
    absent = FeatureSource("VGG16", "imagenet", 224, "fc2")
    assert not absent.is_here
    with pytest.raises(MissingError, match="switched off"):
        open_part(absent)


def test_several_that_need_a_part_at_once_make_it_once(home, monkeypatch):
    made, source = [], FeatureSource("EfficientNetLite0", "package", 64, "block3b_add")

    def slow(*arguments):
        made.append(threading.get_ident())
        time.sleep(0.3)
        return lite_file(*arguments)

    monkeypatch.setattr(feature_part, "lite_file", slow)
    with ThreadPoolExecutor(4) as pool:
        parts = list(pool.map(lambda _: open_part(source), range(4)))
    assert len(made) == 1
    assert all(part.file.is_file() for part in parts), "the file of an older version would be removed"
