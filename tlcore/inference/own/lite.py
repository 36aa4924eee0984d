"""A LiteRT file of the user's: tried out in a child of `tlcore.guard`, as the interpreter trusts what it reads."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from tlcore.errors import InputError
from tlcore.inference.engine import as_numbers
from tlcore.inference.own.facts import guess_by_names, picture_shape
from tlcore.inference.own.labels import read_labels
from tlcore.text import listed
from tlcore.zoo.opened.lite_file import operator_kinds

_TYPES = (np.float32, np.uint8, np.int8)
_SUM_TOLERANCE = 0.05  # eight bits for each of many classes do not add up to 1 exactly
_MOST_LABEL_BYTES = 1_000_000
# Operators of networks that classify. Where any of these reads does not depend on the numbers that come in, so a file
# that two pictures have not harmed will not be harmed by another one.
_OPERATORS = frozenset(
    [
        "ABS",
        "ADD",
        "ADD_N",
        "AVERAGE_POOL_2D",
        "BATCH_MATMUL",
        "BATCH_TO_SPACE_ND",
        "BROADCAST_TO",
        "CAST",
        "CEIL",
        "CONCATENATION",
        "CONV_2D",
        "COS",
        "DEPTHWISE_CONV_2D",
        "DEPTH_TO_SPACE",
        "DEQUANTIZE",
        "DIV",
        "ELU",
        "EXP",
        "EXPAND_DIMS",
        "FLOOR",
        "FULLY_CONNECTED",
        "GELU",
        "HARD_SWISH",
        "L2_NORMALIZATION",
        "L2_POOL_2D",
        "LEAKY_RELU",
        "LOCAL_RESPONSE_NORMALIZATION",
        "LOG",
        "LOGISTIC",
        "LOG_SOFTMAX",
        "MAXIMUM",
        "MAX_POOL_2D",
        "MEAN",
        "MINIMUM",
        "MIRROR_PAD",
        "MUL",
        "NEG",
        "PACK",
        "PAD",
        "PADV2",
        "POW",
        "PRELU",
        "QUANTIZE",
        "REDUCE_MAX",
        "REDUCE_MIN",
        "REDUCE_PROD",
        "RELU",
        "RELU6",
        "RELU_0_TO_1",
        "RELU_N1_TO_1",
        "RESHAPE",
        "RESIZE_BILINEAR",
        "RESIZE_NEAREST_NEIGHBOR",
        "REVERSE_V2",
        "ROUND",
        "RSQRT",
        "SHAPE",
        "SIGN",
        "SIN",
        "SLICE",
        "SOFTMAX",
        "SPACE_TO_BATCH_ND",
        "SPACE_TO_DEPTH",
        "SPLIT",
        "SPLIT_V",
        "SQRT",
        "SQUARE",
        "SQUARED_DIFFERENCE",
        "SQUEEZE",
        "STRIDED_SLICE",
        "SUB",
        "SUM",
        "TANH",
        "TILE",
        "TRANSPOSE",
        "TRANSPOSE_CONV",
        "UNPACK",
    ]
)


def describe_lite(path: Path, name: str) -> dict:
    """Run a LiteRT file with a black picture and one of noise, and say what it is.

    Args:
        path: the file; not trusted.
        name: what the user calls it.

    Returns:
        As `tlcore.inference.own.facts.describe_own`, without "network".

    Raises:
        InputError: if it cannot be run, or is no network that classifies pictures.
    """
    data = path.read_bytes()
    try:
        others = operator_kinds(data) - _OPERATORS
        if others:
            raise InputError(
                "a network of operators that classifiers have",
                f"{name} with {listed(sorted(others))}",
                "Convert it without them, or give the Keras file that it was made of.",
            )
        interpreter = Interpreter(model_content=data, num_threads=1)
        inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
    except (MemoryError, InputError):
        raise
    except Exception as problem:
        raise InputError(
            "a LiteRT file that this machine can run", f"{name} ({problem!s:.200})", "Convert the network again."
        ) from problem
    if len(inputs) != 1 or len(outputs) != 1:
        received = f"{name} with {len(inputs)} inputs and {len(outputs)} outputs"
        raise InputError("a network with one input and one output", received, "Choose one that names one class.")
    signature = [None if size < 0 else int(size) for size in inputs[0]["shape_signature"]]
    side, channels = picture_shape(signature[1:] if len(signature) == 4 else signature)
    if inputs[0]["dtype"] not in _TYPES or outputs[0]["dtype"] not in _TYPES:
        received = f"{inputs[0]['dtype'].__name__} and {outputs[0]['dtype'].__name__}"
        raise InputError("numbers of type float32, uint8 or int8", received, "Convert the network with one of these.")
    answers = _answers(interpreter, inputs[0], outputs[0], (1, side, side, channels), name)
    units = answers.shape[1]
    names = " ".join([name, *(row["name"] for row in interpreter.get_tensor_details())])
    is_whole = inputs[0]["dtype"] is not np.float32
    preprocessing, reason = _guess(names, is_whole)
    return {
        "kind": "lite",
        "side": side,
        "channels": channels,
        "outputs": units,
        "activation": _activation(answers),
        "preprocessing": preprocessing,
        "reason": reason,
        "is_whole": is_whole,
        "labels": _labels_within(path),
    }


def _answers(interpreter: Interpreter, taken: dict, given: dict, shape: tuple[int, ...], name: str) -> np.ndarray:
    try:
        if tuple(taken["shape"]) != shape:
            interpreter.resize_tensor_input(taken["index"], shape)
        interpreter.allocate_tensors()
        rows = []
        for batch in (np.zeros(shape), np.random.default_rng(0).integers(0, 256, shape)):
            scaled = batch / 127.5 - 1 if taken["dtype"] is np.float32 else batch + np.iinfo(taken["dtype"]).min
            interpreter.set_tensor(taken["index"], scaled.astype(taken["dtype"]))
            interpreter.invoke()
            rows.append(as_numbers(interpreter.get_tensor(given["index"]), given))
    except MemoryError:
        raise
    except Exception as problem:
        raise InputError(
            "a LiteRT file that this machine can run", f"{name} ({problem!s:.200})", "Convert the network again."
        ) from problem
    if any(row.shape[0] != 1 or row[0].size != row.shape[-1] for row in rows):
        received = f"{name}, which gives {' x '.join(map(str, rows[0].shape[1:]))} numbers"
        raise InputError("a network that gives one number for each class", received, "Choose one that classifies.")
    answers = np.concatenate([row.reshape(1, -1) for row in rows])
    if not np.isfinite(answers).all():
        raise InputError("probabilities", f"{name}, which gives no numbers for a black picture", "Convert it again.")
    return answers


def _activation(answers: np.ndarray) -> str:
    if answers.min() < 0 or answers.max() > 1 + _SUM_TOLERANCE:
        return "linear"
    is_share = np.abs(answers.sum(axis=1) - 1).max() < _SUM_TOLERANCE
    return "softmax" if is_share and answers.shape[1] > 1 else "sigmoid"


def _guess(names: str, is_whole: bool) -> tuple[str, str]:
    if is_whole:
        return "identity", "it takes pixels as whole numbers, as they are"
    if "rescaling" in names.lower():
        return "identity", "it scales pixels itself, in a layer called rescaling"
    return guess_by_names(names)


def _labels_within(path: Path) -> list[str]:
    """Class names that were packed into the file as an archive at its end."""
    if not zipfile.is_zipfile(path):
        return []
    with zipfile.ZipFile(path) as archive:
        names: list[Any] = [row for row in archive.infolist() if row.filename.endswith(".txt")]
        if not names or names[0].file_size > _MOST_LABEL_BYTES:
            return []
        return list(read_labels(archive.read(names[0]), names[0].filename))
