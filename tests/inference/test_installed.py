"""Networks with installed weights: the same in LiteRT as in Keras, ready without TensorFlow, right about photos."""

import subprocess
import sys

import numpy as np
import pytest

from tlcore.images.decode import decode_image, read_bytes
from tlcore.images.preprocess import preprocess
from tlcore.images.samples import sample_photos
from tlcore.inference.classifier import classify
from tlcore.inference.engine import Engine
from tlcore.inference.networks.installed import prepare_installed
from tlcore.inference.networks.lite_file import lite_file, writable_layers
from tlcore.inference.networks.prepared import load_prepared
from tlcore.zoo.catalog import INSTALLED, find
from tlcore.zoo.weights.package import read_package_weights


@pytest.mark.parametrize(("name", "size"), [("EfficientNetLite0", 96), ("EfficientNetLite2", 101)])
def test_the_written_file_computes_what_keras_computes_at_every_layer(tmp_path, name, size):
    import keras

    from tlcore.zoo.build import build

    row = find(name)
    model, weights = build(row, input_size=size, include_top=False, weights="package"), read_package_weights(row)
    batch = np.random.default_rng(0).uniform(-1, 1, (3, size, size, 3)).astype(np.float32)
    for layer in ["stem_activation", "block1a_project_bn", "block3b_add", "block5c", "top_activation"]:
        layer = layer if layer in writable_layers(row) else f"{layer}_activation"
        (tmp_path / "part.tflite").write_bytes(lite_file(row, weights, size, layer))
        expected = np.asarray(keras.Model(model.input, model.get_layer(layer).output)(batch, training=False))
        found = Engine(tmp_path / "part.tflite").run(batch)
        np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max(), err_msg=layer)


def test_the_prepared_network_gives_the_probabilities_of_keras(home):
    from tlcore.zoo.build import build

    row = find(INSTALLED)
    prepared = load_prepared(prepare_installed(row))
    photo = np.random.default_rng(1).integers(0, 256, (300, 260, 3), np.uint8)
    [result] = classify(prepared, [photo], top=1000)
    found = {guess.index: guess.probability for guess in result.guesses}
    expected = np.asarray(build(row, weights="package")(preprocess(result.square[None], "lite"), training=False))[0]
    np.testing.assert_allclose([found[index] for index in range(1000)], expected, atol=1e-5)


def test_it_is_ready_without_tensorflow(home):
    code = (
        "import sys, numpy as np\n"
        "from tlcore.inference.classifier import classify\n"
        "from tlcore.inference.networks.installed import prepare_installed\n"
        "from tlcore.inference.networks.prepared import load_prepared\n"
        "from tlcore.zoo.catalog import INSTALLED, find\n"
        "classify(load_prepared(prepare_installed(find(INSTALLED))), [np.zeros((80, 90, 3), np.uint8)])\n"
        "print([name for name in ('tensorflow', 'keras') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "[]", done.stderr


def test_the_bundled_cat_is_a_cat_and_the_cup_an_espresso(home):
    prepared = load_prepared(prepare_installed(find(INSTALLED)))
    best = {photo.name: classify(prepared, [decode_image(read_bytes(photo.path))])[0].best for photo in sample_photos()}
    assert 281 <= best["chelsea.png"].index <= 285, "one of ImageNet's five cats"
    assert best["coffee.png"].name == "espresso"


@pytest.mark.parametrize(("name", "least"), [("EfficientNetLite0", 89), ("EfficientNetLite2", 91)])
def test_real_photos_are_named(home, shared, name, least):
    files = sorted((shared / "data" / "imagenet_samples").glob("*.[jJ]*"))
    prepared = load_prepared(prepare_installed(find(name)))
    results = classify(prepared, [decode_image(read_bytes(file)) for file in files])
    ids = [prepared.wordnet_ids[result.best.index] for result in results]
    assert sum(file.name.startswith(found) for file, found in zip(files, ids, strict=True)) >= least
    assert len(files) == 100
