"""The widget of each field of a plan, chosen by the field's type, range and choices."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import streamlit as st

from pages.train.augmentation import choose_augmentation
from tlcore.training.plans.fields import WEIGHTS
from tlcore.training.plans.plan import TrainingPlan
from tlcore.training.plans.words import PERCENTAGES, field_title, parse_shares, shares_text, value_text
from tlcore.zoo import catalog

FIELDS = {field.name: field for field in dataclasses.fields(TrainingPlan)}
_PERCENT_STEPS = {"fraction": 1.0, "label_smoothing": 1.0}  # five elsewhere
_MOST_DENSE_LAYERS = 8


def ask_field(
    name: str,
    value: Any,
    backbone: str,
    scope: str,
    title: str = "",
    words: Mapping[object, str] = MappingProxyType({}),
) -> object:
    """Draw the widget of a field and read it.

    Args:
        name: of the field.
        value: what it begins with.
        backbone: name of the architecture chosen above.
        scope: part of the widget's key; another scope, another widget.
        title: what it is called here; "" for its usual title.
        words: choice → what it is called here, of those that are called otherwise.

    Returns:
        The field's value, or what the user wrote where it does not parse; the plan then says what is wrong.
    """
    limits, title = FIELDS[name].metadata, title or field_title(name)
    common = {"help": limits["help"], "key": f"plan-{name}-{scope}"}
    special: dict[str, Callable[[str, Any, str, dict], object]] = {
        "cut_layer": _ask_cut_layer,
        "hidden_units": _ask_dense_layers,
        "augmentation": _ask_augmentation,
        "weights": _ask_weights,
    }
    if name in special:
        return special[name](title, value, backbone, common)
    if limits["choices"]:
        options = limits["choices"]
        return st.selectbox(
            title,
            options,
            index=options.index(value),
            format_func=lambda key: words.get(key) or value_text(name, key),
            **common,
        )
    if isinstance(value, bool):
        return st.checkbox(title, value=value, **common)
    if name == "shares":
        return parse_shares(st.text_input(title, value=shares_text(value), **common))
    if name in PERCENTAGES:
        return _ask_percent(title, value, name, common)
    if isinstance(value, str):
        return st.text_input(title, value=value, **common).strip()
    return _ask_number(title, value, name, common)


def _ask_percent(title: str, value: float, name: str, common: dict) -> float:
    limits, step = FIELDS[name].metadata, _PERCENT_STEPS.get(name, 5.0)
    # A plan may hold less than a step; the share itself stays what it was until somebody moves the slider.
    shown = round(100 * value, 4)
    low, high = (100 * limits[end] for end in ("low", "high"))
    percent = st.slider(
        title, min(shown, max(low, step if low else 0.0)), high, shown, step=step, format="%g %%", **common
    )
    return round(percent / 100, 6)


def _ask_number(title: str, value: float, name: str, common: dict) -> float | int:
    limits, kind = FIELDS[name].metadata, type(value)
    step = value / 2 if kind is float else 32 if name == "input_size" else 1  # learning rates: steps follow their size
    written = "%g" if kind is float else None
    low, high = kind(limits["low"]), kind(limits["high"])
    return st.number_input(title, value=value, min_value=low, max_value=high, step=step, format=written, **common)


def _ask_weights(title: str, value: str, _backbone: str, common: dict) -> str:
    options = list(dict.fromkeys([*WEIGHTS, value]))
    chosen = st.selectbox(
        title,
        options,
        index=options.index(value),
        format_func=lambda key: value_text("weights", key),
        accept_new_options=True,
        placeholder="Choose, or enter the path to a file",
        **common,
    )
    return (chosen or "").strip()


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
        help="How many dense layers to put between the features and the output.",
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
