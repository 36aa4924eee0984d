"""Calls of networks inside are found, although versions of Keras count them from 0 or 1."""

import json

import h5py
import keras
import pytest
from keras import layers

from tlcore.zoo.opened.network import open_network


def network(name, make):
    maps = keras.Input((8, 8, 3))
    return keras.Model(maps, make(maps), name=name)


def test_a_network_inside_may_end_with_a_network(tmp_path):
    last = network("last", layers.Conv2D(3, 1))
    both = network("both", lambda maps: last(layers.ReLU()(maps)))
    model = network("all", lambda maps: layers.Flatten()(both(maps)))
    model.save(tmp_path / "mine.keras")
    table = open_network(tmp_path / "mine.keras", "mine.keras")
    assert table.parameters == 12 and table.multiply_adds == 64 * 9 and table.is_complete("multiply_adds")
    assert table.rows[-1].output_shape == (192,)


@pytest.mark.parametrize("calls", [1, 2])
def test_keras_2_counts_the_calls_of_a_network_from_1(tmp_path, calls):
    part = network("part", layers.Conv2D(3, 1))
    model = network("all", lambda maps: layers.Flatten(name="flat")(part(part(maps) if calls == 2 else maps)))
    model.save(tmp_path / "old.h5")
    with h5py.File(tmp_path / "old.h5", "r+") as file:
        described = json.loads(file.attrs["model_config"])
        first, inside, flat = described["config"]["layers"]
        inside["inbound_nodes"] = [[[first["name"], 0, 0, {}]], [["part", 1, 0, {}]]][:calls]
        flat["inbound_nodes"] = [[["part", calls, 0, {}]]]
        file.attrs["model_config"] = json.dumps(described)
    table = open_network(tmp_path / "old.h5", "old.h5")
    assert table.parameters == 12 and table.multiply_adds == calls * 64 * 9
    assert table.rows[-1].connected_to == (table.rows[-2].name,)
