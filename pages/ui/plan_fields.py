"""The widget of each field of a plan, chosen by the field's type, range and choices."""

from __future__ import annotations

import dataclasses

import streamlit as st

from pages.ui.plan_augmentation import choose_augmentation
from tlcore.training.plan import TrainingPlan, parse_field
from tlcore.training.schedules import SCHEDULES
from tlcore.zoo import catalog

FIELDS = {field.name: field for field in dataclasses.fields(TrainingPlan)}
_TITLES = {
    "input_size": "Input size in pixels",
    "fraction": "Share of the training photos",
    "resize": "Resizing",
    "preprocessing": "Scaling of pixels",
    "cut_layer": "Cut layer",
    "hidden_units": "Hidden dense layers",
    "first_trainable": "Fine-tune from layer",
    "warmup_epochs": "Warm-up epochs",
    "learning_rate": "Learning rate of the head",
    "fine_tune_learning_rate": "Learning rate of fine-tuning",
    "schedule": "Schedule of the learning rate",
    "layer_decay": "Learning rate by depth",
    "learn_statistics": "New batch statistics",
    "augmented_views": "Changed copies of each photo",
    "early_stopping": "Early stopping after",
    "shares": "Training, validation and test shares",
    "split_seed": "Seed of the split",
}
_CHOICES = {
    "preprocessing": {"": "as the backbone expects"},
    "schedule": {row.name: row.title for row in SCHEDULES},
}
_MOST_DENSE_LAYERS = 8


def field_title(name: str) -> str:
    """What a person calls a field.

    Args:
        name: of the field.

    Returns:
        Its title.
    """
    return _TITLES.get(name, name.replace("_", " ").capitalize())


def ask_field(name: str, value: object, backbone: str, scope: str) -> object:
    """Draw the widget of a field and read it.

    Args:
        name: of the field.
        value: what it begins with.
        backbone: name of the architecture chosen above.
        scope: part of the widget's key; another scope, another widget.

    Returns:
        The field's value, or what the user wrote where it does not parse; the plan then says what is wrong.
    """
    limits, title = FIELDS[name].metadata, field_title(name)
    common = {"help": limits["help"], "key": f"plan-{name}-{scope}"}
    special = {"cut_layer": _ask_cut_layer, "hidden_units": _ask_dense_layers, "augmentation": _ask_augmentation}
    if name in special:
        return special[name](title, value, backbone, common)
    if limits["choices"]:
        labels = _CHOICES.get(name, {})
        options = limits["choices"]
        return st.selectbox(
            title, options, index=options.index(value), format_func=lambda key: labels.get(key, key), **common
        )
    if isinstance(value, bool):
        return st.checkbox(title, value=value, **common)
    if isinstance(value, tuple):
        return parse_field(name, st.text_input(title, value=", ".join(f"{item:g}" for item in value), **common))
    if isinstance(value, str):
        return st.text_input(title, value=value, **common).strip()
    return _ask_number(title, value, name, common)


def _ask_number(title: str, value: float, name: str, common: dict) -> float | int:
    limits, kind = FIELDS[name].metadata, type(value)
    small = limits["high"] <= 1  # shares, as against learning rates, whose steps follow their size
    if kind is int:
        step, written = (32 if name == "input_size" else 1), None
    else:
        step, written = (0.05, "%.2f") if small else (value / 2, "%g")
    low, high = kind(limits["low"]), kind(limits["high"])
    return st.number_input(title, value=value, min_value=low, max_value=high, step=step, format=written, **common)


def _ask_cut_layer(title: str, value: str, backbone: str, common: dict) -> str:
    architecture = catalog.find(backbone)
    yields = {row.layer: row.yields for row in architecture.cut_layers}
    layers = list(dict.fromkeys([architecture.last_feature_layer, *yields, *([value] if value else [])]))
    return st.selectbox(
        title,
        layers,
        index=layers.index(value) if value else 0,
        format_func=lambda layer: f"{layer}: {yields[layer]}" if layer in yields else layer,
        **common,
    )


def _ask_dense_layers(title: str, value: tuple[int, ...], _backbone: str, common: dict) -> tuple[int, ...]:
    limits = FIELDS["hidden_units"].metadata
    most = max(_MOST_DENSE_LAYERS, len(value))
    count = st.number_input(
        title,
        value=len(value),
        min_value=0,
        max_value=most,
        help="How many dense layers lie between the features and the output.",
        key=common["key"],
    )
    return tuple(
        st.number_input(
            f"Units of dense layer {index + 1}",
            value=value[index] if index < len(value) else 128,
            min_value=limits["low"],
            max_value=limits["high"],
            help=limits["help"],
            key=f"{common['key']}-{index}",
        )
        for index in range(count)
    )


def _ask_augmentation(_title: str, value: str, _backbone: str, common: dict) -> str:
    return choose_augmentation(value, common["help"], common["key"])
