"""A real export of Teachable Machine answers as Keras does, with its own way of preparing photos."""

import json

import h5py
import keras
import numpy as np
from PIL import Image, ImageOps

from tests.inference.own.tiny import prepared_from
from tlcore.images.decode import decode_image
from tlcore.inference.classifier import classify

SIDE = 224


def loaded_by_hand(path):
    """What Keras 3 cannot load: the same layers by `from_config`, the arrays by their names in the file."""
    with h5py.File(path) as file:
        described = json.loads(file.attrs["model_config"])
        _, features, top = described["config"]["layers"]
        backbone = features["config"]["layers"][1]
        for layer in [*backbone["config"]["layers"], *top["config"]["layers"]]:
            for name in {"DepthwiseConv2D": ["groups"], "Dense": ["batch_input_shape"]}.get(layer["class_name"], []):
                layer["config"].pop(name, None)
        maps = keras.Model.from_config(backbone["config"])
        dense = [keras.layers.Dense.from_config(layer["config"]) for layer in top["config"]["layers"][1:]]
        values = keras.layers.GlobalAveragePooling2D()(maps.layers[-1].output)
        for layer in dense:
            values = layer(values)
        model = keras.Model(maps.layers[0].output, values)
        for group, layers in ((features["config"]["name"], maps.layers), (top["config"]["name"], dense)):
            for layer in layers:
                own = file[f"model_weights/{group}/{layer.name}"] if layer.weights else {}
                for weight in layer.weights:
                    depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
                    weight.assign(own[f"{'depthwise_' * depthwise}{weight.name}:0"][()])
    return model


def as_teachable_machine_does(path):
    """What the Python program does that Teachable Machine gives with its Keras files."""
    photo = ImageOps.fit(Image.open(path).convert("RGB"), (SIDE, SIDE), Image.Resampling.LANCZOS)
    return (np.asarray(photo).astype(np.float32) / 127.5) - 1


def test_a_teachable_machine_export_classifies_ten_photos_as_keras_does(shared, tmp_path):
    file = tmp_path / "converted_keras" / "keras_model.h5"
    file.parent.mkdir()
    file.write_bytes((shared / "data" / "odd_files" / "teachable_machine_waste_keras_model.h5").read_bytes())
    (file.parent / "labels.txt").write_text("0 cardboard\n1 plastic\n2 glass\n3 metal\n")
    network = prepared_from(file.parent)
    assert network.card.classes == ("cardboard", "plastic", "glass", "metal")
    assert (network.card.preprocessing, network.card.resize, network.card.ratio) == ("tf", "cover", 1.0)
    model = loaded_by_hand(file)
    photos = sorted((shared / "data" / "imagenet_samples").glob("*.jpg"))[:10]
    squares = np.stack([as_teachable_machine_does(path) for path in photos])
    expected = np.asarray(model(squares, training=False))
    # The network itself, given the same pixels, gives the same probabilities.
    np.testing.assert_allclose(network.head.probabilities(network.engine.run(squares)), expected, atol=2e-5)
    for path, square, row in zip(photos, squares, expected, strict=True):
        [result] = classify(network, [decode_image(path.read_bytes(), path.name, SIDE)], top=4)
        assert np.array_equal(result.square, np.rint((square + 1) * 127.5))
        assert max(abs(guess.probability - row[guess.index]) for guess in result.guesses) < 2e-5
        assert result.best.index == row.argmax()
