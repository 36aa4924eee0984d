"""Assembling the network of a plan: a flat functional Keras model of backbone and head. [TF]"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import keras

from tlcore.training.boundary import find_boundary
from tlcore.training.needs import needs_top
from tlcore.training.plan import Phase, TrainingPlan
from tlcore.zoo.build import build

# Keras' networks average BatchNormalization statistics over thousands of steps. A run from scratch on some hundred
# photos takes far fewer, and would be judged with statistics of its random start.
_SCRATCH_MOMENTUM = 0.9

_POOLINGS = {
    "average": keras.layers.GlobalAveragePooling2D,
    "max": keras.layers.GlobalMaxPooling2D,
    "flatten": keras.layers.Flatten,
}


@dataclass(frozen=True)
class SplitNetwork:
    """A network taken apart at the boundary and at the cut layer.

    Args:
        boundary: name of the layer whose output can be computed once and kept.
        bottom: input photo → boundary; None if the boundary is the input itself.
        body: boundary → cut layer, the trained part of the backbone; None if nothing of it is trained.
        head: cut layer, or boundary if that is higher → class probabilities.
    """

    boundary: str
    bottom: keras.Model | None
    body: keras.Model | None
    head: keras.Model


def assemble(plan: TrainingPlan, classes: int) -> keras.Model:
    """Build the whole network of a plan.

    Args:
        plan: what to build.
        classes: how many classes the dataset has, at least 2.

    Returns:
        A flat functional model: preprocessed photos (n, size, size, channels) → probabilities (n, classes), or
        (n, 1) for two classes: the probability of the second.
    """
    keras.utils.set_random_seed(plan.seed)
    named = {"imagenet": "imagenet", "embedded": "embedded", "none": None}
    weights = named.get(plan.weights, Path(plan.weights))
    backbone = build(
        plan.architecture,
        input_size=plan.input_size,
        include_top=needs_top(plan.architecture, plan.cut),
        weights=weights,
    )
    if weights is None:
        for layer in backbone.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.momentum = min(layer.momentum, _SCRATCH_MOMENTUM)
    features = backbone.get_layer(plan.cut).output
    if len(features.shape) == 4:
        features = _POOLINGS[plan.pooling](name="head_pooling")(features)
    for index, units in enumerate(plan.hidden_units, start=1):
        features = keras.layers.Dense(units, activation="relu", name=f"head_dense_{index}")(features)
    if plan.dropout:
        features = keras.layers.Dropout(plan.dropout, name="head_dropout")(features)
    if classes == 2:
        output = keras.layers.Dense(1, activation="sigmoid", name="head_output")(features)
    else:
        output = keras.layers.Dense(classes, activation="softmax", name="head_output")(features)
    return keras.Model(backbone.input, output, name="network")


def set_trainable(model: keras.Model, phase: Phase) -> None:
    """Freeze every layer below a phase's first trainable one; the head is always trained.

    Args:
        model: as `assemble` returns.
        phase: says where training begins.
    """
    reached = False
    for layer in model.layers:
        reached = reached or layer.name == phase.first_trainable or layer.name.startswith("head_")
        layer.trainable = reached


def split_network(model: keras.Model, plan: TrainingPlan, phase: Phase) -> SplitNetwork:
    """Take a network apart at the boundary of a phase. The parts share their layers with the whole.

    Args:
        model: as `assemble` returns.
        plan: of which it was built.
        phase: says what is trained.

    Returns:
        The parts.
    """
    inputs = {layer.name: _sources(layer) for layer in model.layers}
    boundary = find_boundary(plan.cut, inputs, phase.first_trainable)
    body = None
    if boundary != plan.cut:
        body = keras.Model(model.get_layer(boundary).output, model.get_layer(plan.cut).output, name="body")
    elif "head_pooling" in inputs:
        boundary = "head_pooling"  # nothing to train and nothing random lies between the cut layer and here
    start = plan.cut if body else boundary
    head = keras.Model(model.get_layer(start).output, model.output, name="head")
    bottom = None
    if boundary != model.layers[0].name:
        bottom = keras.Model(model.input, model.get_layer(boundary).output, name="bottom")
    return SplitNetwork(boundary, bottom, body, head)


def weights_digest(model: keras.Model) -> str:
    """Identify the weights of a model.

    Args:
        model: any built model.

    Returns:
        SHA-256 over all weights with their paths, 64 hexadecimal digits.
    """
    digest = hashlib.sha256()
    for weight in model.weights:
        digest.update(weight.path.encode())
        digest.update(weight.numpy().tobytes())
    return digest.hexdigest()


def _sources(layer: keras.Layer) -> list[str]:
    node = layer._inbound_nodes[0]
    return [operation.operation.name for operation in node.parent_nodes]
