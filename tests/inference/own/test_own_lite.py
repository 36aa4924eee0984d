"""LiteRT files of the user's, float and quantized, with class names beside or within them."""

import zipfile

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.inference.own.tiny import SIDE, batch, block, classifier, prepared_from, probabilities
from tlcore.errors import InputError
from tlcore.images.preprocess import preprocess
from tlcore.inference.attention import occlusion
from tlcore.inference.own.given import gather
from tlcore.inference.own.network import look


@pytest.fixture(scope="module")
def model():
    return classifier(block("part"))


def lite(model, path, kind=None):
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if kind:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: ([row[None] / np.float32(255)] for row in batch())
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = kind
    path.write_bytes(converter.convert())
    return path


def test_a_float_file_answers_as_keras_does(tmp_path, model):
    path = lite(model, tmp_path / "model.tflite")
    network = prepared_from(path)
    expected = np.asarray(model(preprocess(batch(), "unit"), training=False))
    np.testing.assert_allclose(probabilities(network, batch()), expected, atol=1e-5)
    assert occlusion(network, batch()[0], 0).shape == (SIDE, SIDE)
    assert path.exists()


@pytest.mark.parametrize("kind", [tf.uint8, tf.int8])
def test_a_quantized_file_takes_pixels_as_they_are(tmp_path, model, kind):
    path = lite(model, tmp_path / "model.tflite", kind)
    network = prepared_from(path)
    assert network.card.preprocessing == "identity" and network.engine.takes_pixels
    expected = np.asarray(model(preprocess(batch(), "unit"), training=False))
    np.testing.assert_allclose(probabilities(network, batch()), expected, atol=0.04)
    with pytest.raises(InputError, match="scales them itself"):
        prepared_from(path, preprocessing="tf")


def test_class_names_within_the_file_are_found(tmp_path, model):
    path = lite(model, tmp_path / "model.tflite")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("labels.txt", "cat\ndog\nbird\n")
    assert prepared_from(path).card.classes == ("cat", "dog", "bird")


def test_an_export_of_teachable_machine_comes_as_a_zip(tmp_path, model):
    lite(model, tmp_path / "model_unquant.tflite")
    with zipfile.ZipFile(tmp_path / "converted_tflite.zip", "w") as archive:
        archive.write(tmp_path / "model_unquant.tflite", "model_unquant.tflite")
        archive.writestr("labels.txt", "0 cat\n1 dog\n2 bird\n")
    network = prepared_from(tmp_path / "converted_tflite.zip")
    assert network.card.classes == ("cat", "dog", "bird") and network.card.title == "converted_tflite"


def test_scores_and_other_outputs_are_told_apart(tmp_path):
    path = lite(classifier(block("part"), activation="linear"), tmp_path / "scores.tflite")
    assert look(gather([path])).activation == "linear"
    network = prepared_from(path, is_scores=True)
    np.testing.assert_allclose(probabilities(network, batch()).sum(axis=1), 1, atol=1e-6)
    picture = keras.Input((SIDE, SIDE, 3))
    lite(keras.Model(picture, block("part")(picture)), tmp_path / "maps.tflite")
    with pytest.raises(InputError, match="one number for each class"):
        look(gather([tmp_path / "maps.tflite"]))
    other = keras.Input((SIDE, SIDE, 3))
    lite(keras.Model([picture, other], keras.layers.Add()([picture, other])), tmp_path / "two.tflite")
    with pytest.raises(InputError, match="2 inputs"):
        look(gather([tmp_path / "two.tflite"]))


def test_operators_that_read_where_the_numbers_point_are_refused(tmp_path):
    """Two pictures may pass where a third one reads beyond the end."""
    picture = keras.Input((SIDE, SIDE, 3))
    scores = keras.layers.GlobalAveragePooling2D()(picture)
    places = keras.ops.cast(scores * 2, "int32")
    lite(keras.Model(picture, keras.ops.take(np.arange(9, dtype=np.float32), places)), tmp_path / "gather.tflite")
    with pytest.raises(InputError, match="GATHER"):
        look(gather([tmp_path / "gather.tflite"]))
