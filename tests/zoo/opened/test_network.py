"""A user's own network is read as data: the same table as from the built network, and nothing executed."""

import json
import os
import time
import zipfile

import keras
import pytest
from keras import layers

from tlcore.errors import InputError
from tlcore.figures.architecture.graph import graph_figure
from tlcore.figures.architecture.shares import shares_figure
from tlcore.figures.architecture.tower import tower_figure
from tlcore.zoo.build import build
from tlcore.zoo.catalog import find
from tlcore.zoo.layers.compute import compute_table
from tlcore.zoo.layers.graph import graph_of
from tlcore.zoo.layers.stages import stages_of
from tlcore.zoo.layers.summary import summary_text
from tlcore.zoo.opened.network import open_network

FIELDS = ("name", "type", "output_shape", "parameters", "trainable", "multiply_adds", "receptive_field", "connected_to")


def facts(table):
    return [tuple(getattr(row, field) for field in FIELDS) for row in table.rows]


@pytest.mark.parametrize(
    "name", ["LeNet5", "UNet", "GoogLeNet", "MobileNet025", "MobileNetV2", "residual_net_projection"]
)
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_a_file_gives_the_same_table_as_the_network_itself(tmp_path, name, suffix):
    model = build(find(name))
    path = tmp_path / f"mine{suffix}"
    model.save(path)
    table = open_network(path.read_bytes(), path.name)
    assert table.name == "mine"
    assert facts(table) == facts(compute_table(model, "mine"))


def test_code_in_a_file_stays_closed_and_never_runs(tmp_path):
    marker = tmp_path / "was executed"
    address = str(marker)
    picture = keras.Input((8, 8, 3))
    code = layers.Lambda(lambda x: (os.mkdir(address), x * 2)[1], output_shape=(8, 8, 3), name="code")  # noqa: PTH102
    model = keras.Model(picture, layers.Conv2D(4, 3)(code(picture)))
    path = tmp_path / "mine.keras"
    model.save(path)
    if marker.exists():  # Keras may have run it while the test built the network
        marker.rmdir()
    table = open_network(path.read_bytes(), path.name)
    assert table.row("code").is_closed and table.row("code").known("multiply_adds") is None
    assert table.rows[-1].output_shape == (6, 6, 4) and "receptive_field" in table.rows[-1].unknown
    assert table.multiply_adds == 36 * 27 * 4 and not table.is_complete("multiply_adds")
    assert table.parameters == 112 and table.is_complete("parameters") and table.is_complete("depth")
    assert not marker.exists()


def _keras_file(path, config):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", config if isinstance(config, str) else json.dumps(config))
    return path.read_bytes()


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ("{", "cannot be followed"),
        ({"class_name": "os.system", "config": {}}, "not a Functional or Sequential"),
        ({"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "config": 3}]}}, "followed"),
        ({"class_name": "Functional", "config": {"layers": []}}, "0 layers"),
        ({"class_name": "Functional", "config": {"layers": [{"class_name": "Dense", "config": 3}]}}, "followed"),
        ([], "cannot be followed"),
    ],
)
def test_nonsense_is_refused_with_a_reason(tmp_path, config, reason):
    with pytest.raises(InputError, match=reason):
        open_network(_keras_file(tmp_path / "x.keras", config), "x.keras")


def _input(*shape):
    return {"class_name": "InputLayer", "config": {"name": "first", "batch_shape": [None, *shape]}}


def _chain(*stack):
    return {"class_name": "Sequential", "config": {"name": "chain", "layers": [_input(8), *stack]}}


def _dense(name="dense", **config):
    return {"class_name": "Dense", "config": {"name": name, "units": 4, **config}}


HARMFUL = {
    "deep": ("[" * 9_000_000, "RecursionError"),
    "a million layers": (
        '{"class_name": "Sequential", "config": {"layers": [%s{}]}}' % ("{}," * 1_000_000),
        "1000001 layers",
    ),
    "a name of a megabyte": (_chain(_dense("n" * 1_000_000)), "a text of 1,000,000"),
    "a shape of a million sides": (
        {"class_name": "Sequential", "config": {"layers": [_input(*[3] * 1_000_000)]}},
        "a shape of",
    ),
    "a number of 4000 digits": ('{"class_name": "Sequential", "config": {"layers": [%s]}}' % ("9" * 5000), "digits"),
    "units without end": (json.dumps(_chain(_dense())).replace("4", "Infinity"), "infinity"),
    "units of 1e300": (_chain(_dense(units=1e300)), "out of all proportion"),
    "units of 31 digits": (_chain(_dense(units=10**30)), "out of all proportion"),
}


@pytest.mark.parametrize("kind", HARMFUL)
def test_descriptions_that_mean_ill_are_refused_soon_and_in_short(tmp_path, kind):
    config, reason = HARMFUL[kind]
    data = _keras_file(tmp_path / "x.keras", config)
    started = time.monotonic()
    with pytest.raises(InputError, match=reason) as caught:
        open_network(data, "x.keras")
    assert time.monotonic() - started < 4 and len(str(caught.value)) < 1000


def test_connections_out_of_all_proportion_are_refused(tmp_path):
    names = [f"layer{index}" for index in range(200)]

    def layer(name, sources):
        tensors = [
            {"class_name": "__keras_tensor__", "config": {"shape": [None, 8], "keras_history": [source, 0, 0]}}
            for source in sources
        ]
        kind = "Add" if sources else "InputLayer"
        return {
            "class_name": kind,
            "name": name,
            "config": {"name": name, "batch_shape": [None, 8]},
            "inbound_nodes": [{"args": [tensors], "kwargs": {}}],
        }

    layers = [layer(name, names[:index]) for index, name in enumerate(names)]
    data = _keras_file(tmp_path / "x.keras", {"class_name": "Functional", "config": {"layers": layers}})
    with pytest.raises(InputError, match="more than 10,000 connections"):
        open_network(data, "x.keras")


def test_a_bomb_is_not_unpacked(tmp_path):
    path = tmp_path / "x.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", " " * 30_000_000)
    with pytest.raises(InputError, match="20 MB"):
        open_network(path.read_bytes(), "x.keras")


@pytest.mark.parametrize(
    "stack",
    [
        [keras.Input((12,)), layers.Dense(4), layers.Dense(2)],
        [keras.Input((20, 3)), layers.LSTM(5), layers.Dense(2)],
        [keras.Input((None, None, 3)), layers.Conv2D(4, 3), layers.GlobalMaxPooling2D()],
    ],
)
def test_networks_that_take_no_photos_are_drawn_too(tmp_path, stack):
    path = tmp_path / "mine.keras"
    keras.Sequential(stack).save(path)
    table = open_network(path.read_bytes(), path.name)
    assert len(table.rows) == 3
    assert graph_figure(graph_of(table, {f"stage:{stage.name}" for stage in stages_of(table)})).data
    assert tower_figure(table).data
    assert shares_figure(table).data
    assert summary_text(table)
