"""Check a weights file against a network before anything is loaded from it. [TF]"""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import keras

from tlcore.errors import InputError, MissingError
from tlcore.settings import settings
from tlcore.zoo.compat import default_layer_name
from tlcore.zoo.weights.layout import Shapes, read_layout

DIFFERENCES_SHOWN = 3


def check_weights_file(path: Path, model: keras.Model) -> None:
    """Compare a weights file with a network, layer by layer.

    Args:
        path: a `.h5` or `.weights.h5` file written by Keras.
        model: the network that is to have the weights.

    Raises:
        MissingError: if there is no such file.
        InputError: if it is too large, no HDF5 weights file, or made for another network; it names what differs.
    """
    if not path.is_file():
        raise MissingError("a weights file", f"no file at {path}", "Check the path.")
    limit = settings().max_weights_bytes
    if path.stat().st_size > limit:
        raise InputError(
            f"a weights file of at most {limit:,} bytes",
            f"{path.name} with {path.stat().st_size:,}",
            "Raise TLCORE_MAX_WEIGHTS_BYTES if you trust it.",
        )
    if zipfile.is_zipfile(path) or path.suffix not in (".h5", ".hdf5"):
        raise InputError("a .h5 or .weights.h5 file", path.name, "Save the network with `model.save_weights(…)` first.")
    layout = read_layout(path)
    if layout.ordered:
        expected = [(layer.name, _layer_shapes(layer)) for layer in model.layers if layer.weights]
    else:
        expected = _counted_names(model)
    differences = _differences(layout.layers, expected)
    if differences:
        shown = "; ".join(differences[:DIFFERENCES_SHOWN])
        more = f"; and {len(differences) - DIFFERENCES_SHOWN} more" if len(differences) > DIFFERENCES_SHOWN else ""
        raise InputError(
            f"weights for {model.name}",
            f"{path.name}, in which {shown}{more}",
            "Give a file saved from this architecture, with its top if you ask for the top, without it if you do not.",
        )


def _layer_shapes(layer: keras.Layer) -> Shapes:
    """Shapes in the order of the older layout: trainable first."""
    return [tuple(weight.shape) for weight in layer.trainable_weights + layer.non_trainable_weights]


def _counted_names(model: keras.Model) -> list[tuple[str, Shapes]]:
    counts: Counter[str] = Counter()
    layers = []
    for layer in model.layers:
        kind = default_layer_name(type(layer).__name__)
        name = f"{kind}_{counts[kind]}" if counts[kind] else kind
        counts[kind] += 1
        if layer.weights:
            layers.append((name, sorted(_layer_shapes(layer))))
    return sorted(layers)


def _differences(found: Sequence[tuple[str, Shapes]], expected: list[tuple[str, Shapes]]) -> list[str]:
    """Say what differs. Names alone do not matter (older Keras versions counted them otherwise), shapes do."""
    if [shapes for _, shapes in found] == [shapes for _, shapes in expected]:
        return []
    has, wants = dict(found), dict(expected)
    missing = [f"layer {name} is missing" for name in wants if name not in has]
    extra = [f"layer {name} is not part of the network" for name in has if name not in wants]
    differing = [
        f"layer {name} has {_shown(has[name])} instead of {_shown(shapes)}"
        for name, shapes in wants.items()
        if name in has and has[name] != shapes
    ]
    return differing + missing + extra or ["the layers are in a different order"]


def _shown(shapes: Shapes) -> str:
    return " and ".join("x".join(map(str, shape)) or "one number" for shape in shapes)
