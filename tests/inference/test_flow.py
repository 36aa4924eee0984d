"""A photo flowing through a network: each value written out against Keras, and what it sees against trial."""

import keras
import numpy as np
import pytest

from tests.inference.stand_in import NAME, photo
from tlcore.images.preprocess import preprocess
from tlcore.inference.classifier import see
from tlcore.inference.flow.operations import Span
from tlcore.inference.flow.stages import photo_through, stage_layers
from tlcore.inference.flow.value import Place, activated, write_out
from tlcore.inference.inside import feature_maps, layers_with_maps, network_input, open_inside
from tlcore.inference.networks.installed import prepare_installed
from tlcore.inference.networks.prepared import load_prepared
from tlcore.zoo.build import build
from tlcore.zoo.catalog import INSTALLED, find
from tlcore.zoo.layers.tables import layer_table


def layer_named(network, name):
    return next(layer for layer in layers_with_maps(network) if layer.name == name)


def folded(model, convolution, normalization):
    """Weights and bias of a convolution with the normalization behind it, from Keras' own numbers."""
    kernel = np.asarray(model.get_layer(convolution).get_weights()[0])
    layer = model.get_layer(normalization)
    gamma, beta, mean, variance = map(np.asarray, layer.get_weights())
    scale = gamma / np.sqrt(variance + layer.epsilon)
    return (kernel * scale[:, None] if "dw" in convolution else kernel * scale), beta - mean * scale


@pytest.mark.parametrize(
    ("name", "source", "padding"),
    [
        ("conv1", None, 0),
        ("conv_dw_3", "conv_pw_2_relu", 1),
        ("conv_dw_4", "conv_pw_3_relu", 0),
        ("conv_pw_6", "conv_dw_6_relu", 0),
    ],
)
def test_a_value_written_out_is_what_keras_numbers_give(network, name, source, padding):
    model = build(find(NAME), weights="imagenet")
    square = see(network.card, photo(3))
    given = preprocess(square[None], "tf")
    taken = given[0] if source is None else keras.Model(model.input, model.get_layer(source).output)(given)[0]
    taken = np.asarray(taken)
    kernel, bias = folded(model, name, f"{name}_bn")
    step, (high, wide) = model.get_layer(name).strides[0], kernel.shape[:2]
    framed = np.pad(taken, ((padding, high), (padding, wide), (0, 0)))  # strides of 2 have all of it below and right
    layer = layer_named(network, f"{name}_relu")
    for y, x, channel in [(0, 0, 0), (layer.height - 1, layer.width - 1, 1), (2, 3, 5)]:
        patch = framed[y * step : y * step + high, x * step : x * step + wide]
        if name.startswith("conv_dw"):
            products = (patch[..., channel] * kernel[..., channel, 0])[..., None]
        else:
            products = patch * kernel[..., channel]
        expected = products.sum() + bias[channel]
        steps = write_out(open_inside(network), given, Place(layer.tensor, y, x, channel))
        assert len(steps) == 1 and steps[0].activation == "relu6"
        assert steps[0].bias == pytest.approx(bias[channel], abs=1e-5)
        assert steps[0].before == pytest.approx(expected, abs=1e-4)
        assert steps[0].value == pytest.approx(min(6, max(0, expected)), abs=1e-4)
        totals = [term.total for term in steps[0].terms]
        order = [channel] if name.startswith("conv_dw") else [term.channel for term in steps[0].terms]
        np.testing.assert_allclose(
            totals,
            products.sum((0, 1))[order if products.shape[-1] > 1 else [0]],
            atol=1e-4,
        )
        assert [abs(total) for total in totals] == sorted(map(abs, totals), reverse=True)


def test_a_value_sees_the_pixels_of_its_field_and_no_others(network):
    inside, square = open_inside(network), see(network.card, photo(1))
    given, random = network_input(network, square), np.random.default_rng(0)
    table = layer_table(NAME)
    for name, y, x in (("conv1_relu", 0, 63), ("conv_dw_3_relu", 9, 4), ("conv_pw_5_relu", 0, 7)):
        layer = layer_named(network, name)
        down, across = inside.fields[layer.tensor]
        assert down == across and down.high - down.low + 1 == table.row(name).receptive_field
        (top, bottom), (left, right) = down.pixels(y, len(square)), across.pixels(x, len(square))
        value = inside.run(given, layer.tensor)[0, y, x]
        other = random.uniform(-1, 1, given.shape).astype(np.float32)
        outside = other.copy()
        outside[:, top:bottom, left:right] = given[:, top:bottom, left:right]
        np.testing.assert_array_equal(inside.run(outside, layer.tensor)[0, y, x], value)
        for row, column in ((top, left), (bottom - 1, right - 1)):
            edge = given.copy()
            edge[:, row, column] += 3
            assert np.abs(inside.run(edge, layer.tensor)[0, y, x] - value).max() > 0
    assert Span(32, -10, 40).pixels(0, 128) == (0, 41) and Span(0, -np.inf, np.inf).pixels(3, 128) == (0, 128)


def test_stages_lead_from_the_first_filter_to_the_last_maps(network):
    square = see(network.card, photo(2))
    stages = photo_through(network, square)
    assert [stage.layer for stage in stages] == stage_layers(network)
    assert stages[0].layer.name == "conv1_relu" and stages[-1].layer.name == "conv_pw_13_relu"
    heights = [stage.layer.height for stage in stages]
    assert heights == sorted(heights, reverse=True) and len(stages) == len(set(heights)) + 1
    counts = [len(stage.channels) for stage in stages]
    assert counts == sorted(counts) and counts[-1] > counts[0]
    for stage in stages:
        maps = feature_maps(network, square, stage.layer)
        np.testing.assert_array_equal(stage.maps, np.moveaxis(maps[..., list(stage.channels)], -1, 0))
        assert maps[..., stage.channels[0]].std() == pytest.approx(maps.std(axis=(0, 1)).max(), rel=1e-4)


def test_a_short_cut_is_a_sum_and_the_way_back_leads_to_the_largest_input():
    network = load_prepared(prepare_installed(find(INSTALLED)))
    inside, given = open_inside(network), network_input(network, see(network.card, photo(5)))
    layer = layer_named(network, "block2b_add")
    joined, window = write_out(inside, given, Place(layer.tensor, 8, 9, 3))
    assert (joined.kind, window.kind) == ("sum", "convolution")
    assert joined.value == pytest.approx(sum(joined.operands), abs=1e-5)
    assert min(abs(window.value - operand) for operand in joined.operands) < 1e-6
    assert activated(window.before, window.activation) == pytest.approx(window.value, abs=1e-4)
    assert window.largest and window.largest.channel == window.terms[0].channel
    behind = write_out(inside, given, window.largest)[0]
    assert behind.kind == "depthwise"
    assert behind.value == pytest.approx(float(window.terms[0].patch.max()), abs=1e-6)
