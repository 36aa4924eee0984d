"""Assembling the network of a plan: a flat functional Keras model of backbone and head. [TF]"""

from __future__ import annotations

from dataclasses import dataclass

import keras

from tlcore.training.boundary import find_boundary, layers_up_to
from tlcore.training.needs import needs_top
from tlcore.training.plan import Phase, TrainingPlan
from tlcore.zoo.build import build

_POOLINGS = {
    "average": keras.layers.GlobalAveragePooling2D,
    "max": keras.layers.GlobalMaxPooling2D,
    "flatten": keras.layers.Flatten,
}
# What lies between a cut and a head's first weights, and gives the same numbers whatever is trained.
_FIXED = (*_POOLINGS.values(), keras.layers.Reshape)


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
        (n, 1) from a new head for two classes: the probability of the second.
    """
    keras.utils.set_random_seed(plan.seed)
    model = _with_own_head(plan, classes) if plan.has_own_head else _with_new_head(plan, classes)
    if plan.weights == "none":
        # Keras' networks average batch statistics over thousands of steps. A run on some hundred images takes far
        # fewer, and would be judged with statistics of its random start.
        for layer in model.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.momentum = min(layer.momentum, plan.statistics_momentum)
    return model


def _with_new_head(plan: TrainingPlan, classes: int) -> keras.Model:
    backbone = _backbone(plan, needs_top(plan.architecture, plan.cut))
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


def _with_own_head(plan: TrainingPlan, classes: int) -> keras.Model:
    model = build(plan.architecture, input_size=plan.input_size, classes=classes)
    if plan.weights != "none":
        pretrained = _backbone(plan, include_top=False)
        used = layers_up_to(plan.cut, layer_inputs(pretrained))
        for layer in pretrained.layers:
            if layer.name in used and layer.weights:
                model.get_layer(layer.name).set_weights(layer.get_weights())
    return model


def _backbone(plan: TrainingPlan, include_top: bool) -> keras.Model:
    weights = None if plan.weights == "none" else plan.weights
    return build(plan.architecture, input_size=plan.input_size, include_top=include_top, weights=weights)


def set_trainable(model: keras.Model, plan: TrainingPlan, phase: Phase) -> None:
    """Freeze every layer of the backbone below a phase's first trainable one; the head is always trained.

    Args:
        model: as `assemble` returns.
        plan: of which it was built.
        phase: says where training begins.
    """
    inputs = layer_inputs(model)
    names = list(inputs)
    first = names.index(phase.first_trainable) if phase.first_trainable else len(names)
    frozen = set(names[:first]) & set(layers_up_to(plan.cut, inputs))
    for layer in model.layers:
        layer.trainable = layer.name not in frozen


def split_network(model: keras.Model, plan: TrainingPlan, phase: Phase) -> SplitNetwork:
    """Take a network apart at the boundary of a phase. The parts share their layers with the whole.

    Args:
        model: as `assemble` returns.
        plan: of which it was built.
        phase: says what is trained.

    Returns:
        The parts.
    """
    inputs = layer_inputs(model)
    outputs = {row.name: row.output for row in model.operations}
    boundary = find_boundary(plan.cut, inputs, phase.first_trainable)
    body = None
    if boundary != plan.cut:
        body = keras.Model(outputs[boundary], outputs[plan.cut], name="body")
    else:
        boundary = _above_fixed_layers(model, boundary, inputs)
    start = plan.cut if body else boundary
    head = keras.Model(outputs[start], model.output, name="head")
    bottom = None
    if boundary != model.layers[0].name:
        bottom = keras.Model(model.input, outputs[boundary], name="bottom")
    return SplitNetwork(boundary, bottom, body, head)


def _above_fixed_layers(model: keras.Model, name: str, inputs: dict[str, list[str]]) -> str:
    """The last layer above a given one, itself included, before anything is trained or random: the head's pooling."""
    following = [layer for layer in model.layers if name in inputs[layer.name]]
    if len(following) == 1 and isinstance(following[0], _FIXED):
        return _above_fixed_layers(model, following[0].name, inputs)
    return name


def layer_inputs(model: keras.Model) -> dict[str, list[str]]:
    """Say how a flat functional model is connected.

    Args:
        model: any.

    Returns:
        For each layer, and each operation that is no layer (MobileNetV3 multiplies so), in the model's order, the names
        of those that feed it.
    """
    return {row.name: [node.operation.name for node in row._inbound_nodes[0].parent_nodes] for row in model.operations}
