"""Assembling the network of a plan: a flat functional Keras model of backbone and head. [TF]"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import keras

from tlcore.jobs import SILENT, Monitor
from tlcore.training.features.boundary import layers_up_to
from tlcore.training.features.source import boundary_layer, feature_pooling
from tlcore.training.plans.plan import Phase, TrainingPlan
from tlcore.zoo.build import build
from tlcore.zoo.compat import input_tensors, made_by
from tlcore.zoo.needs import needs_top

_POOLINGS = {
    "average": keras.layers.GlobalAveragePooling2D,
    "max": keras.layers.GlobalMaxPooling2D,
    "flatten": keras.layers.Flatten,
}
OUTPUT = "head_output"


@dataclass(frozen=True)
class SplitNetwork:
    """What is trained in a phase: the layers above the boundary, taken apart at the cut layer.

    Args:
        body: boundary → cut layer, the trained part of the backbone; None if nothing of it is trained.
        head: cut layer, or what is kept of its features, → class probabilities.
    """

    body: keras.Model | None
    head: keras.Model


def assemble(plan: TrainingPlan, classes: int, monitor: Monitor = SILENT) -> keras.Model:
    """Build the whole network of a plan.

    Args:
        plan: what to build.
        classes: how many classes the dataset has, at least 2.
        monitor: told of the progress of a download of weights, and asked meanwhile.

    Returns:
        A flat functional model: preprocessed photos (n, size, size, channels) → probabilities (n, classes), or
        (n, 1) from a new head for two classes: the probability of the second.
    """
    keras.utils.set_random_seed(plan.seed)
    make = _with_own_head if plan.has_own_head else _with_new_head
    model = make(plan, classes, monitor)
    if plan.weights == "none":
        # Keras' networks average batch statistics over thousands of steps. A run on some hundred images takes far
        # fewer, and would be judged with statistics of its random start.
        for layer in model.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.momentum = min(layer.momentum, plan.statistics_momentum)
    return model


def assemble_head(plan: TrainingPlan, classes: int, shape: Sequence[int]) -> keras.Model:
    """Build the new head of a plan alone.

    Args:
        plan: with a new head.
        classes: how many classes the dataset has, at least 2.
        shape: of the features of an image; their pooling, unless they are flattened, is done already.

    Returns:
        Features (n, …) → probabilities, as `assemble` gives them.
    """
    keras.utils.set_random_seed(plan.seed)
    features = keras.Input(tuple(shape), name="features")
    return keras.Model(features, _new_head(plan, classes, features), name="head")


def _with_new_head(plan: TrainingPlan, classes: int, monitor: Monitor) -> keras.Model:
    backbone = _backbone(plan, needs_top(plan.architecture, plan.cut), monitor)
    return keras.Model(backbone.input, _new_head(plan, classes, backbone.get_layer(plan.cut).output), name="network")


def _new_head(plan: TrainingPlan, classes: int, features: keras.KerasTensor) -> keras.KerasTensor:
    if len(features.shape) == 4:
        features = _POOLINGS[plan.pooling](name="head_pooling")(features)
    if plan.normalize:
        features = keras.layers.UnitNormalization(name="head_unit")(features)
    for index, units in enumerate(plan.hidden_units, start=1):
        features = keras.layers.Dense(units, activation="relu", name=f"head_dense_{index}")(features)
    if plan.dropout:
        features = keras.layers.Dropout(plan.dropout, name="head_dropout")(features)
    if classes == 2:
        return keras.layers.Dense(1, activation="sigmoid", name=OUTPUT)(features)
    return keras.layers.Dense(classes, activation="softmax", name=OUTPUT)(features)


def _with_own_head(plan: TrainingPlan, classes: int, monitor: Monitor) -> keras.Model:
    model = build(plan.architecture, input_size=plan.input_size, classes=classes)
    if plan.weights != "none":
        pretrained = _backbone(plan, False, monitor)
        used = layers_up_to(plan.cut, layer_inputs(pretrained))
        for layer in pretrained.layers:
            if layer.name in used and layer.weights:
                model.get_layer(layer.name).set_weights(layer.get_weights())
    return model


def _backbone(plan: TrainingPlan, include_top: bool, monitor: Monitor) -> keras.Model:
    weights = None if plan.weights == "none" else plan.weights
    size = plan.input_size
    return build(plan.architecture, input_size=size, include_top=include_top, weights=weights, monitor=monitor)


def set_trainable(model: keras.Model, plan: TrainingPlan, phase: Phase) -> None:
    """Freeze every layer of the backbone that a phase does not train; the head is always trained.

    Args:
        model: as `assemble` returns.
        plan: of which it was built.
        phase: says where training begins.
    """
    used = layers_up_to(plan.cut, layer_inputs(model))
    names = [layer.name for layer in model.layers]
    first = names.index(phase.first_trainable) if phase.first_trainable else len(names)
    last = names.index(plan.last_trainable) if plan.last_trainable else len(names)
    for position, layer in enumerate(model.layers):
        layer.trainable = layer.name not in used or first <= position <= last


def split_network(model: keras.Model, plan: TrainingPlan, phase: Phase) -> SplitNetwork:
    """Take a network apart at the boundary of a phase. The parts share their layers with the whole.

    Args:
        model: as `assemble` returns.
        plan: of which it was built.
        phase: says what is trained.

    Returns:
        The parts above the boundary.
    """
    outputs = {row.name: row.output for row in model.operations}
    boundary = boundary_layer(plan, phase) or model.layers[0].name
    start, body = plan.cut, None
    if boundary != plan.cut:
        body = keras.Model(outputs[boundary], outputs[plan.cut], name="body")
    elif feature_pooling(plan, phase) and "head_pooling" in outputs:
        start = "head_pooling"
    return SplitNetwork(body, keras.Model(outputs[start], model.output, name="head"))


def layer_inputs(model: keras.Model) -> dict[str, list[str]]:
    """Say how a flat functional model is connected.

    Args:
        model: any.

    Returns:
        For each layer, and each operation that is no layer (MobileNetV3 multiplies so), in the model's order, the names
        of those that feed it.
    """
    return {
        row.name: list(dict.fromkeys(made_by(tensor).name for tensor in input_tensors(row))) for row in model.operations
    }
