"""Weights from a file into a rebuilt network, in the file's own order, each compared in shape. [TF]

The file was read through in a child of `tlcore.guard` before.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import h5py
import keras
import numpy as np

from tlcore.errors import InputError
from tlcore.inference.own.known_layers import PASSING
from tlcore.inference.own.rebuild import Rebuilt, leaves
from tlcore.zoo.compat import default_layer_name
from tlcore.zoo.weights.layout import NUMBERS, listed, read_layout


def fill(network: Rebuilt, path: Path, name: str) -> None:
    """Give a network the weights that a file holds.

    Args:
        network: rebuilt from the same file.
        path: an HDF5 file, of a whole network or of `.weights.h5`; not trusted.
        name: what the user calls it.

    Raises:
        InputError: if one is missing, or has another shape.
    """
    read_layout(path)  # reads all of it, where that can do no harm
    with h5py.File(path, "r") as file:
        try:
            if "layers" in file and "layer_names" not in file.attrs:
                _fill_grouped(network, network.description, file, ())
            else:
                _fill_ordered(network, file.get("model_weights", file))
        except (KeyError, ValueError, TypeError, AttributeError) as problem:
            reason = str(problem).partition("\n")[0]
            raise InputError(
                "weights for all layers", f"{name}, in which they differ ({reason:.200})", "Save the network again."
            ) from problem


def _fill_ordered(network: Rebuilt, root: h5py.Group) -> None:
    """The older layout: for each layer of the outermost network a list, of those that are trained first."""
    if not listed(root, "layer_names"):
        raise ValueError("there are none")
    for layer in network.description["layers"]:
        places = [layer["name"]]
        nested = leaves(layer["network"], (layer["name"],)) if "network" in layer else [((layer["name"],), layer)]
        made = [(place, network.layers[place]) for place, _ in nested if place in network.layers]
        wanted = [(place, weight) for place, row in made for weight in row.trainable_weights]
        wanted += [(place, weight) for place, row in made for weight in row.non_trainable_weights]
        if not wanted:
            continue
        group = root[places[0]]
        names = listed(group, "weight_names")
        if len(names) != len(wanted):
            raise ValueError(f"layer {layer['name']} has {len(names)} arrays instead of {len(wanted)}")
        for (_, weight), value in zip(_by_name(wanted, names), [group[n] for n in names], strict=True):
            _assign(weight, value, layer["name"])
        for _, row in made:
            _finish(row)


def _by_name(wanted: list, names: list[str]) -> list:
    """Bring weights into the order of the file's names, where these say which layer each belongs to."""
    keys = [(place[-1], weight.name) for place, weight in wanted]
    parts = [name.split(":")[0].rpartition("/") for name in names]
    given = [(place.rpartition("/")[2], weight) for place, _, weight in parts]
    # Keras 2 has another name for the kernel of a depthwise convolution.
    given = [key if key in keys else (key[0], key[1].removeprefix("depthwise_")) for key in given]
    if sorted(keys) == sorted(given) and len(set(keys)) == len(keys):
        found = dict(zip(keys, wanted, strict=True))
        return [found[key] for key in given]
    return wanted


def _fill_grouped(network: Rebuilt, description: dict, group: h5py.Group, path: tuple[str, ...]) -> None:
    """The newer layout: a group for each layer, named after its class and counted."""
    counts: Counter[str] = Counter()
    for layer in description["layers"]:
        if layer["kind"] == "Operation":
            continue  # no layer for Keras
        kind = default_layer_name(layer["kind"])
        number = counts[kind]
        counts[kind] += 1
        place = (*path, layer["name"])
        if layer["kind"] in PASSING or ("network" not in layer and not _weights(network, place)):
            continue
        own = group["layers"][f"{kind}_{number}" if number else kind]
        if "network" in layer:
            _fill_grouped(network, layer["network"], own, place)
        else:
            made = network.layers[place]
            variables, values = made.weights, own["vars"]
            if len(values) != len(variables):
                raise ValueError(f"layer {layer['name']} has {len(values)} arrays instead of {len(variables)}")
            for index, weight in enumerate(variables):
                _assign(weight, values[str(index)], layer["name"])
            _finish(made)


def _weights(network: Rebuilt, place: tuple[str, ...]) -> list:
    return network.layers[place].weights if place in network.layers else []


def _assign(weight: keras.Variable, value: h5py.Dataset, layer: str) -> None:
    if tuple(value.shape) != tuple(weight.shape):
        raise ValueError(f"layer {layer} has {weight.name} of shape {value.shape} instead of {tuple(weight.shape)}")
    if value.dtype.kind not in NUMBERS:  # nor was it read where that can do no harm
        raise ValueError(f"layer {layer} has {weight.name} of type {value.dtype}")
    with np.errstate(over="ignore"):
        numbers = np.asarray(value[()]).astype(np.float32)
    if not np.isfinite(numbers).all():
        raise ValueError(f"layer {layer} has {weight.name} with numbers that are none")
    weight.assign(numbers)


def _finish(layer: keras.Layer) -> None:
    if isinstance(layer, keras.layers.Normalization):
        layer.finalize_state()
