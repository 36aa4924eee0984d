"""What a network's file is, before anything is built: read in a child of `tlcore.guard`. Knows no TensorFlow."""

from __future__ import annotations

import itertools
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tlcore.errors import InputError
from tlcore.inference.own.description import Unknown, checked_network
from tlcore.inference.own.known_layers import PASSING
from tlcore.settings import settings
from tlcore.zoo.opened.saved_file import read_config

ASSUMED_SIDE = 224  # of networks that take pictures of any size
MOST_SIDE = 4_000
_LITE = b"TFL3"
_POINTER = b"version "  # begins what Git keeps in place of a large file
_MOST_MEMBERS = 1_000
_LEARNING = ("Conv2D", "Dense", "DepthwiseConv2D", "SeparableConv2D")  # what comes after them sees no pixels

# What a name among the layers tells of the pixels that the network was trained with; the first one found counts.
_SIGNS = (
    ("dense_Dense", "tf", "it is an export of Teachable Machine"),
    ("efficientnet", "identity", "it is built on EfficientNet"),
    ("convnext", "identity", "it is built on ConvNeXt"),
    ("mobilenetv3", "identity", "it is built on MobileNetV3"),
    ("mobilenet", "tf", "it is built on MobileNet"),
    ("expanded_conv_", "tf", "it is built on MobileNetV2"),
    ("conv_dw_1", "tf", "it is built on MobileNet"),
    ("densenet", "torch", "it is built on DenseNet"),
    ("conv2_block1_0_bn", "torch", "it is built on DenseNet"),
    ("preact_bn", "tf", "it is built on ResNetV2"),
    ("resnet50v2", "tf", "it is built on ResNetV2"),
    ("block14_sepconv", "tf", "it is built on Xception"),
    ("mixed10", "tf", "it is built on Inception"),
    ("mixed_7a", "tf", "it is built on Inception"),
    ("nasnet", "tf", "it is built on NASNet"),
    ("vgg", "caffe", "it is built on VGG"),
    ("block5_conv3", "caffe", "it is built on VGG"),
    ("resnet", "caffe", "it is built on ResNet"),
    ("conv2_block1_1_conv", "caffe", "it is built on ResNet"),
)


def describe_own(path: Path, name: str) -> dict:
    """Say what a network's file is, in this process, which only a child of `tlcore.guard` may.

    Args:
        path: the file; not trusted.
        name: what the user calls it.

    Returns:
        {"kind": "keras" or "lite", "side": pixels, "channels": 1 or 3, "outputs": number of classes or 0 if that shows
        only when it is built, "activation": of the output, "preprocessing": the guess, "reason": for it, "labels":
        class names that the file holds}; for a Keras file also "network": the checked description.

    Raises:
        InputError: if it is no network that classifies pictures, or cannot be rebuilt.
    """
    with path.open("rb") as file:
        start = file.read(8)
    if start[4:8] == _LITE:
        from tlcore.inference.own.lite import describe_lite  # LiteRT is only needed here

        return describe_lite(path, name)
    if start == _POINTER:
        raise InputError(
            "a network's file", f"{name}, which only points to one (Git LFS)", "Download the file itself: git lfs pull."
        )
    try:
        network = checked_network(read_config(path.read_bytes(), name))
        return _facts(network)
    except (MemoryError, InputError):
        raise
    except Unknown as problem:
        raise InputError(
            "a network of layers that this program knows",
            f"{name}, in which {problem}",
            "Save a network without this layer, or convert it to a .tflite file and give that.",
        ) from problem
    except Exception as problem:  # a description that means ill can break any expectation
        raise InputError(
            "a network saved by Keras", f"{name}: {problem!s:.300}", "Save the whole network again."
        ) from (problem)


def picture_shape(shape: list | tuple | None) -> tuple[int, int]:
    """Read a network's input as that of square pictures.

    Args:
        shape: height, width and channels; None for a length that is left open.

    Returns:
        The side in pixels, `ASSUMED_SIDE` where it is open, and the number of channels.

    Raises:
        InputError: if it takes something else.
    """
    if not shape or len(shape) != 3 or shape[2] not in (1, 3):
        words = " x ".join("?" if side is None else str(side) for side in shape or ())
        raise InputError(
            "a network that takes pictures, with 3 colors or 1 gray",
            f"one that takes {f'{words} numbers' if words else 'inputs of unknown shape'}",
            "Choose a network that classifies pictures.",
        )
    height, width = (side or ASSUMED_SIDE for side in shape[:2])
    if max(height, width) > MOST_SIDE:
        received = f"one for {height:,} x {width:,} pixels"
        raise InputError(f"pictures of at most {MOST_SIDE:,} pixels a side", received, "Choose a smaller network.")
    if height != width:
        raise InputError(
            "a network that takes square pictures", f"one for {height} x {width} pixels", "Choose another network."
        )
    return height, shape[2]


def _facts(network: dict) -> dict:
    for what in ("inputs", "outputs"):
        if len(network[what]) != 1:
            raise InputError(
                f"a network with one {what[:-1]}", f"one with {len(network[what])}", "Choose one that names one class."
            )
    layers = {layer["name"]: layer for layer in network["layers"]}
    shape = layers[network["inputs"][0][0]]["arguments"].get("shape")
    everything = list(_all_layers(network))
    if shape is None:
        shape = next((s for kind, _, s in _inputs(network) if s), None)
    resizing = next((layer for layer in everything if layer["kind"] == "Resizing"), None)
    if resizing and shape and None in shape:
        shape = [resizing["arguments"]["height"], resizing["arguments"]["width"], shape[-1]]
    side, channels = picture_shape(shape)
    outputs, activation = _output(network)
    preprocessing, reason = _guess(network, everything)
    return {
        "kind": "keras",
        "side": side,
        "channels": channels,
        "outputs": outputs,
        "activation": activation,
        "preprocessing": preprocessing,
        "reason": reason,
        "labels": [],
        "network": network,
    }


def _all_layers(network: dict) -> Iterator[dict]:
    for layer in network["layers"]:
        yield layer
        if "network" in layer:
            yield from _all_layers(layer["network"])


def _inputs(network: dict) -> Iterator[tuple[str, str, list | None]]:
    return ((row["kind"], row["name"], row["arguments"].get("shape")) for row in _all_layers(network))


def _output(network: dict) -> tuple[int, str]:
    """How many numbers come out, 0 if unknown, and the activation that they went through."""
    layers = {layer["name"]: layer for layer in network["layers"]}
    activation, name = "linear", network["outputs"][0][0]
    while name:
        layer = layers[name]
        kind, arguments = layer["kind"], layer["arguments"]
        if "network" in layer:
            units, inner = _output(layer["network"])
            return units, inner if activation == "linear" else activation
        if activation == "linear":
            activation = "softmax" if kind == "Softmax" else arguments.get("activation", "linear")
        if kind in ("Dense", "Conv2D"):
            return int(arguments.get("units") or arguments.get("filters") or 0), activation
        if kind not in ("Activation", "Softmax", "Flatten", "Reshape", "GlobalAveragePooling2D", *PASSING):
            break
        sources = [argument["from"][0] for argument in layer["calls"][0] if "from" in argument]
        name = sources[0] if len(sources) == 1 else ""
    return 0, activation


def _guess(network: dict, layers: list[dict]) -> tuple[str, str]:
    first = itertools.takewhile(lambda row: row["kind"] not in _LEARNING, layers)
    inside = [row for row in first if _scales(row)]
    if inside:
        return "identity", f"it scales pixels itself, in its layer {inside[0]['name'][:60]}"
    return guess_by_names(" ".join(row["name"] for row in layers))


def _scales(layer: dict) -> bool:
    """Whether it changes pixels by numbers of its own, as no cast and no sum of two branches does."""
    if layer["kind"] != "Operation":
        return layer["kind"] in ("Rescaling", "Normalization")
    return any("value" in argument for call in layer["calls"] for argument in call)


def guess_by_names(names: str) -> tuple[str, str]:
    """Guess from the names of layers how the pixels were scaled that a network was trained with.

    Args:
        names: all of them.

    Returns:
        Mode of `tlcore.images.preprocess`, and the reason as the end of a sentence.
    """
    for sign, mode, reason in _SIGNS:
        if sign in names or sign in names.lower():
            return mode, reason
    return "unit", "nothing in the file tells how its pixels were scaled, and this is the most usual way"


def unpack(path: Path, name: str, member: str = "") -> dict | np.ndarray:
    """List an archive's members, or read one, in a child of `tlcore.guard`.

    Args:
        path: the archive; not trusted.
        name: what the user calls it.
        member: the one to read; "" to list them.

    Returns:
        {"members": [names]}, or its bytes as uint8 (n,).

    Raises:
        InputError: if it is no archive, or the member is too large.
    """
    limit = settings().max_weights_bytes
    try:
        with zipfile.ZipFile(path) as archive:
            if not member:
                return {"members": archive.namelist()[:_MOST_MEMBERS]}
            if archive.getinfo(member).file_size > limit:
                raise InputError(f"a file of at most {limit:,} bytes", f"a larger one in {name}", "Unpack it yourself.")
            with archive.open(member) as file:
                return np.frombuffer(file.read(limit + 1), np.uint8)
    except (MemoryError, InputError):
        raise
    except Exception as problem:  # zipfile passes on whatever it stumbles over
        raise InputError("a zip file", f"{name}, which is damaged ({problem!s:.200})", "Make it again.") from problem
