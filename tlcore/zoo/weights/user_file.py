"""Check a weights file against a network before anything is loaded from it. [TF]"""

from __future__ import annotations

import zipfile
from collections import Counter
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

import keras

from tlcore.errors import InputError, MissingError
from tlcore.settings import settings
from tlcore.zoo.compat import default_layer_name
from tlcore.zoo.opened.foreign import find_foreign, what_it_is
from tlcore.zoo.weights.layout import Shapes, read_layout

DIFFERENCES_SHOWN = 3
_WANTED = "a weights file of Keras (.h5 or .weights.h5)"


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
    _check_kind(path)
    layout = read_layout(path)
    if layout.ordered:
        expected = [(layer.name, _layer_shapes(layer)) for layer in model.layers if layer.weights]
    else:
        expected = _counted_names(model)
    differences = _differences(layout.layers, expected)
    if differences:
        about_the_top = _about_the_top(layout.layers, model)
        if about_the_top:
            what, action = about_the_top
            raise InputError(f"weights for {model.name}", f"{path.name}, {what}", action)
        shown = "; ".join(differences[:DIFFERENCES_SHOWN])
        more = f"; and {len(differences) - DIFFERENCES_SHOWN} more" if len(differences) > DIFFERENCES_SHOWN else ""
        raise InputError(
            f"weights for {model.name}",
            f"{path.name}, in which {shown}{more}",
            "Give a file saved from this architecture, with its top if you ask for the top, without it if you do not.",
        )


def _check_kind(path: Path) -> None:
    """Say what a file is that is no HDF5."""
    with path.open("rb") as file:
        head = file.read(512)
    entries = zipfile.ZipFile(path).namelist() if zipfile.is_zipfile(path) else []
    if "config.json" in entries:
        raise InputError(
            _WANTED, f"{path.name}, a whole network (.keras)", "Save its weights with `model.save_weights(…)` first."
        )
    if entries or find_foreign(path.name, head) is not None:
        raise what_it_is(path.name, head, entries, _WANTED)
    if path.suffix not in (".h5", ".hdf5"):
        raise InputError(_WANTED, path.name, "Save the weights with `model.save_weights(…)` first.")


def _about_the_top(found: Sequence[tuple[str, Shapes]], model: keras.Model) -> tuple[str, str] | None:
    """What is in a file that differs only in its classifier, and what to do; None if more differs, or nothing does."""
    has = Counter(_key(shapes) for _, shapes in found)
    layers = [layer for layer in model.layers if layer.weights]
    wants = Counter(_key(_layer_shapes(layer)) for layer in layers)
    missing, extra = wants - has, has - wants
    # The layers at the end that no longer give maps.
    top = list(takewhile(lambda layer: set(layer.output.shape[1:-1]) <= {1}, reversed(layers)))
    last = _key(_layer_shapes(layers[-1]))
    has_top = len(model.output.shape) == 2
    if has_top and missing and not extra and not missing - Counter(_key(_layer_shapes(layer)) for layer in top):
        return "a file without the classifier (no_top)", "Give the file with the classifier (its name has no “notop”)."
    if extra and not missing and not has_top:
        return "a file with the classifier, which is not wanted here", "Give the file without it (no_top)."
    if list(missing.elements()) == [last] and extra.total() == 1:
        other, classes = next(extra.elements()), layers[-1].output.shape[-1]
        number = other[0][-1]
        if other == tuple((*shape[:-1], number) if shape[-1] == classes else shape for shape in last):
            return (
                f"a classifier of {number:,} classes instead of {classes:,}",
                "Give a file for as many classes, or train a head of your own on the Train page.",
            )
    return None


def _key(shapes: Shapes) -> tuple[tuple[int, ...], ...]:
    return tuple(sorted(shapes))


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
