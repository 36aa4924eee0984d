"""The form of a plan: a few fields in sight, the rest folded away, all with suitable defaults."""

from __future__ import annotations

import dataclasses

import streamlit as st

from pages.ui.job_progress import duration_text
from tlcore.datasets.dataset import Dataset
from tlcore.doctor import can_download, network_state
from tlcore.inference.embedded import NAME as EMBEDDED
from tlcore.training.boundary import layers_up_to
from tlcore.training.defaults import suggest_backbone, suggest_plan
from tlcore.training.estimate import estimate
from tlcore.training.plan import TrainingPlan, parse_field, plan_from_json
from tlcore.training.strategies import STRATEGIES, find_strategy
from tlcore.zoo import catalog
from tlcore.zoo.tables import layer_table

_IN_SIGHT = ("epochs", "input_size", "fraction")
_TITLES = {
    "input_size": "Input size in pixels",
    "fraction": "Share of the training photos",
    "resize": "Resizing",
    "cut_layer": "Cut layer",
    "hidden_units": "Hidden dense layers",
    "first_trainable": "Fine-tune from layer",
    "warmup_epochs": "Warm-up epochs",
    "learning_rate": "Learning rate of the head",
    "fine_tune_learning_rate": "Learning rate of fine-tuning",
    "early_stopping": "Early stopping after",
    "shares": "Training, validation and test shares",
}
_CHOSEN_ABOVE = ("dataset", "strategy", "backbone")


def edit_plan(dataset: Dataset) -> TrainingPlan:
    """Draw the form and read it.

    Args:
        dataset: what to learn from.

    Returns:
        A sound plan.

    Raises:
        PlanError: with everything that is wrong with the present values.
    """
    strategy = _choose_strategy()
    backbone = _choose_backbone()
    suggested = suggest_plan(dataset, strategy, backbone)
    fields = [field for field in dataclasses.fields(TrainingPlan) if field.name not in _CHOSEN_ABOVE]
    # Other choices above bring other defaults, so the widgets below are new ones then.
    scope = f"{dataset.id}-{strategy}-{backbone}"
    values = dict(suggested)
    visible = [field for field in fields if field.name in _IN_SIGHT]
    visible.sort(key=lambda field: _IN_SIGHT.index(field.name))
    for column, field in zip(st.columns(len(visible)), visible, strict=True):
        with column:
            values[field.name] = _ask(field, suggested, backbone, scope)
    with st.expander("Advanced"):
        rest = [field for field in fields if field.name not in _IN_SIGHT and _applies(field.name, strategy)]
        columns = st.columns(3)
        for index, field in enumerate(rest):
            with columns[index % 3]:
                values[field.name] = _ask(field, suggested, backbone, scope)
    return plan_from_json(values)


def show_cost(plan: TrainingPlan, dataset: Dataset) -> None:
    """Draw what the plan comes to: parameters and time.

    Args:
        plan: a sound plan.
        dataset: of the plan.
    """
    expected = estimate(plan, len(dataset), len(dataset.classes))
    trainable, frozen, seconds = st.columns(3)
    trainable.metric("Trainable parameters", f"{expected.trainable:,}", help="Numbers that training changes.")
    frozen.metric("Frozen parameters", f"{expected.frozen:,}", help="Numbers that stay as they were pretrained.")
    seconds.metric(
        "Time on this machine",
        duration_text(expected.seconds),
        help="An estimate for a first run; features that are kept from an earlier run make it much shorter.",
    )


def show_missing_weights(plan: TrainingPlan) -> bool:
    """Say what happens if the pretrained weights are not on this machine.

    Args:
        plan: a sound plan.

    Returns:
        Whether the run can work.
    """
    architecture = plan.architecture
    if plan.weights != "imagenet" or catalog.has_weights(architecture, False, plan.input_size):
        return True
    path = catalog.weights_path(architecture, False, plan.input_size)
    if network_state() == "reachable":
        st.info(f"The ImageNet weights of {architecture.title} will be downloaded first.", icon=":material/download:")
        return True
    st.warning(
        f"The ImageNet weights of {architecture.title} are not on this machine, and there is no network to fetch "
        f"them. Put the file `{path.name}` into `{path.parent}`, choose a weights file of your own under Advanced, "
        f"take {catalog.find(EMBEDDED).title}, which comes with this project, or train from scratch.",
        icon=":material/cloud_off:",
    )
    return False


def _choose_strategy() -> str:
    names = [row.name for row in STRATEGIES]
    return st.radio(
        "Strategy",
        names,
        index=names.index("frozen"),
        format_func=lambda name: find_strategy(name).title,
        captions=[row.sentence for row in STRATEGIES],
        horizontal=True,
        key="strategy",
    )


def _choose_backbone() -> str:
    names = [row.name for row in catalog.ARCHITECTURES if row.can_be_backbone]
    wanted = st.session_state.get("train_prefill", {}).get("backbone") or suggest_backbone(can_download)
    return st.selectbox(
        "Backbone",
        names,
        index=names.index(wanted) if wanted in names else 0,
        format_func=lambda name: _backbone_label(catalog.find(name)),
        help="The network that turns photos into features.",
        key="backbone",
    )


def _backbone_label(architecture: catalog.Architecture) -> str:
    label = f"{architecture.title}, {architecture.parameters / 1e6:.1f} million parameters"
    if architecture.embedded_weights:
        return f"{label}, works offline, comes with this project"
    if architecture.imagenet_weights is None:
        return f"{label}, no pretrained weights"
    here = any(
        catalog.has_weights(architecture, False, size)
        for size in (*architecture.imagenet_weights.sizes, architecture.input_size)
    )
    return label if here else f"{label}, weights not on this machine"


def _applies(name: str, strategy: str) -> bool:
    """Whether a field means anything under a strategy."""
    row = find_strategy(strategy)
    if name == "first_trainable":
        return row.needs_layer
    if name in ("warmup_epochs", "fine_tune_learning_rate"):
        return row.needs_weights and row.trains_backbone
    return name != "weights" or row.needs_weights


def _ask(field: dataclasses.Field, suggested: dict, backbone: str, scope: str) -> object:
    """Draw the widget that fits a field's type and read it."""
    value = suggested.get(field.name, field.default)
    limits = field.metadata
    title = _TITLES.get(field.name, field.name.replace("_", " ").capitalize())
    common = {"help": limits["help"], "key": f"plan-{field.name}-{scope}"}
    if field.name == "cut_layer":
        return _ask_cut_layer(title, backbone, common)
    if field.name == "first_trainable":
        return _ask_first_trainable(title, backbone, value, common)
    if limits["choices"]:
        return st.selectbox(title, limits["choices"], index=limits["choices"].index(value), **common)
    if isinstance(value, bool):
        return st.checkbox(title, value=value, **common)
    if isinstance(value, tuple):
        text = st.text_input(title, value=", ".join(f"{item:g}" for item in value), **common)
        return parse_field(field.name, text)
    if isinstance(value, str):
        return st.text_input(title, value=value, **common).strip()
    kind = type(value)
    return st.number_input(
        title,
        value=value,
        min_value=kind(limits["low"]),
        max_value=kind(limits["high"]),
        step=_step(field.name, value),
        format=None if kind is int else "%.2f" if limits["low"] >= 0.001 or limits["low"] == 0 else "%g",
        **common,
    )


def _step(name: str, value: float) -> float | int:
    if isinstance(value, int):
        return 32 if name == "input_size" else 1
    return 0.05 if name in ("fraction", "dropout", "label_smoothing") else value / 2


def _ask_cut_layer(title: str, backbone: str, common: dict) -> str:
    architecture = catalog.find(backbone)
    yields = {row.layer: row.yields for row in architecture.cut_layers}
    prefill = st.session_state.get("train_prefill", {})
    wanted = prefill.get("cut_layer") if prefill.get("backbone") == backbone else None
    layers = list(dict.fromkeys([architecture.last_feature_layer, *yields, *([wanted] if wanted else [])]))
    return st.selectbox(
        title,
        layers,
        index=layers.index(wanted) if wanted else 0,
        format_func=lambda layer: f"{layer}: {yields[layer]}" if layer in yields else layer,
        **common,
    )


def _ask_first_trainable(title: str, backbone: str, value: str, common: dict) -> str:
    inputs = {row.name: row.connected_to for row in layer_table(backbone).rows}
    layers = layers_up_to(catalog.find(backbone).last_feature_layer, inputs)
    return st.selectbox(title, layers, index=layers.index(value), **common)
