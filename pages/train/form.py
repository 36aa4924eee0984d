"""The form of a plan: strategy and backbone in sight, the rest folded away, all with suitable defaults."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from pages.train.augmentation import show_views
from pages.train.cut import show_cut
from pages.train.fields import FIELDS, ask_field
from pages.train.layers import choose_layers
from pages.ui.errors import safely
from pages.ui.prefill import prefill, prefill_number, prefill_origin, prefilled, wanted
from pages.ui.text import plain
from tlcore.datasets.dataset import Dataset
from tlcore.errors import PlanError, Problem
from tlcore.figures.architecture.colors import short_number
from tlcore.training.features.boundary import used_rows
from tlcore.training.plans.defaults import suggest_backbone, suggest_plan
from tlcore.training.plans.fields import EXACT, keeps_own_head
from tlcore.training.plans.plan import TrainingPlan, plan_from_json
from tlcore.training.plans.strategies import STRATEGIES
from tlcore.training.plans.words import field_title
from tlcore.zoo import catalog

_FIELD = 200  # pixels that a field is wide at least
_BLOCK = ("first_trainable", "last_trainable")
_OF_A_NEW_HEAD = ("pooling", "normalize", "hidden_units", "dropout")
# What means something only where weights are found step by step.
_OF_STEPS = (
    "epochs",
    "batch_size",
    "learning_rate",
    "schedule",
    "hidden_units",
    "dropout",
    "mixup",
    "weight_averaging",
)
_OF_HIDDEN = ("hidden_units", "dropout")  # which a head that is solved cannot have
_OF_WARM_UP = ("warmup_epochs", "learning_rate")  # which mean nothing where a head is solved, but are kept
_GROUPS = {
    "Learning": (  # first, as the optimizer decides what a head may have
        "optimizer",
        "epochs",
        "batch_size",
        "learning_rate",
        "schedule",
        "early_stopping",
        "weight_averaging",
        "label_smoothing",
        "class_weights",
        "seed",
    ),
    "Images": ("input_size", "resize", "fraction", "augmented_views", "mixup"),
    "Backbone": ("weights", "cut_layer", "preprocessing"),
    "Head": ("head", *_OF_A_NEW_HEAD),  # whether the others are asked for follows from the first
    "From scratch": ("statistics_momentum",),
    "Fine-tuning": ("warmup_epochs", "fine_tune_learning_rate", "layer_decay", "learn_statistics"),
    "Split": ("subset", "shares", "split_seed"),
}


class _Form:
    """The widgets of a plan's fields, each with a place beneath it for what is wrong with its value.

    Args:
        values: what the fields begin with; those of the plan that are missing take their defaults.
        scope: part of the widgets' keys.
    """

    def __init__(self, values: dict[str, object], scope: str):
        self.values: dict[str, Any] = {name: values.get(name, field.default) for name, field in FIELDS.items()}
        self._scope = scope
        self._places: dict[str, st.delta_generator.DeltaGenerator] = {}

    def key(self, name: str) -> str:
        """Key of a widget that belongs to the form."""
        return f"plan-{name}-{self._scope}"

    @property
    def has_own_head(self) -> bool:
        """Whether the network's own classifier follows the features, as the fields stand."""
        return keeps_own_head(self.values["head"], self.values["strategy"], catalog.find(self.values["backbone"]))

    @property
    def is_exact(self) -> bool:
        """Whether all that is trained is a head that is solved, as the fields stand."""
        return self.values["optimizer"] == EXACT and self.values["strategy"] == "frozen"

    @property
    def _trains_backbone(self) -> bool:
        return STRATEGIES.find(self.values["strategy"]).trains_backbone

    @property
    def solves_first(self) -> bool:
        """Whether a head is solved before the backbone is trained, as the fields stand."""
        return self.values["optimizer"] == EXACT and self._trains_backbone

    def ask(self, names: Sequence[str]) -> None:
        """Draw fields beneath one another."""
        for name in names:
            is_built_in = name in _OF_A_NEW_HEAD and self.has_own_head
            if is_built_in or (name in _OF_STEPS and self.is_exact) or (name in _OF_HIDDEN and self.solves_first):
                self.values[name] = FIELDS[name].default  # what the form was filled with does not count
                continue
            if name in _OF_WARM_UP and self.solves_first:
                continue
            self.values[name] = self._ask(name)
            self.leave_place(name)

    def _ask(self, name: str) -> object:
        value, backbone = self.values[name], self.values["backbone"]
        if name == "epochs" and self.solves_first:  # passes of the head that is solved are no epochs
            solved = self.values["warmup_epochs"]
            title, scope = "Epochs after the head is solved", f"{self._scope}-after"
            after = ask_field(name, max(1, value - solved), backbone, scope, title)
            return after + solved if isinstance(after, int) else after
        words: Mapping[object, str] = {EXACT: "L-BFGS, then Adam"} if self._trains_backbone else {}
        return ask_field(name, value, backbone, self._scope, words=words)

    def leave_place(self, name: str) -> None:
        """Leave a place for the problems of a field that was drawn elsewhere."""
        self._places[name] = st.container()

    def read(self) -> TrainingPlan | None:
        """Make the plan, or say at each field what is wrong with it."""
        try:
            return plan_from_json(self.values)
        except PlanError as error:
            for problem in error.problems:
                if problem.field in self._places:
                    self._places[problem.field].markdown(f":red[:material/error: {plain(problem.mend)}]")
            st.error(_summary(error.problems), icon=":material/error:")
            return None


def edit_plan(dataset: Dataset) -> TrainingPlan | None:
    """Draw the form and read it.

    Args:
        dataset: what to learn from.

    Returns:
        A sound plan; None if there are problems, which stand next to their fields.
    """
    origin = st.container()
    strategy, backbone = _choose_strategy(), _choose_backbone()
    values = suggest_plan(dataset, strategy, backbone, prefilled(strategy, backbone))
    # Other choices above bring other defaults, so the widgets below are new ones then.
    form = _Form(values, f"{dataset.id}-{strategy}-{backbone}-{prefill_number()}")
    for name in ("dataset", "strategy", "backbone"):
        form.leave_place(name)
    # What stands here follows from the fields folded away: which layers there are to choose from, and the cut.
    layers = st.container()
    with st.expander("All settings", icon=":material/tune:"):
        _ask_groups(form, dataset, strategy)
    with layers:
        show_cut(backbone, form.values)
        if STRATEGIES.find(strategy).needs_layer:
            _ask_layers(form, backbone)
    if prefilled(strategy, backbone):
        with origin:
            _show_origin(form.values)
    return form.read()


def _show_origin(values: Mapping[str, object]) -> None:
    """Say where the values come from that the form was filled with, and whether they still stand so."""
    origin = prefill_origin()
    if origin:
        filled = st.session_state.setdefault(f"plan-filled-{prefill_number()}", dict(values))
        changed = "" if filled == dict(values) else " It was changed since."
        with st.container(horizontal=True, vertical_alignment="center", key="plan-origin"):
            st.caption(f":material/edit_note: {plain(origin)}{changed}", width="content")
            st.button("Start over", type="tertiary", icon=":material/close:", on_click=safely(prefill), args=({},))


def _ask_layers(form: _Form, backbone: str) -> None:
    first, last = (form.values[name] for name in _BLOCK)
    chosen = choose_layers(
        backbone,
        form.values["cut_layer"],
        (first, last),
        " ".join(FIELDS[name].metadata["help"] for name in _BLOCK),
        form.key(f"first_trainable-{form.values['cut_layer']}"),
    )
    form.values |= dict(zip(_BLOCK, chosen, strict=True))
    for name in _BLOCK:
        form.leave_place(name)


def _ask_groups(form: _Form, dataset: Dataset, strategy: str) -> None:
    groups = {title: [name for name in names if _applies(name, strategy)] for title, names in _GROUPS.items()}
    groups = {title: names for title, names in groups.items() if names}
    for tab, (title, names) in zip(st.tabs(list(groups)), groups.items(), strict=True):
        with tab:
            with st.grid(min_column_width=_FIELD):
                for name in names:
                    with st.container():
                        form.ask([name])
            if title == "Images":
                form.ask(["augmentation"])  # in the whole width: a mixture of one's own has a slider for each change
                shown = ("augmentation", "augmented_views", "input_size", "resize")
                show_views(dataset.id, *(form.values[name] for name in shown))
            elif title == "Head" and form.has_own_head:
                st.caption("The network's own classifier is used, so pooling, hidden layers and dropout are built in.")
            elif title == "Head" and (form.is_exact or form.solves_first):
                st.caption("L-BFGS works only without hidden layers. To add some, choose Adam.")


def _summary(problems: Sequence[Problem]) -> str:
    listing = "\n".join(f"- **{field_title(problem.field)}**: {plain(problem.mend)}" for problem in problems)
    return f"This plan cannot run yet. Fix the following:\n{listing}"


def _choose_strategy() -> str:
    # Said in each run of the page: one that a click cuts short never reaches the browser.
    st.session_state["strategy"] = st.session_state.get("strategy") or wanted("strategy", "frozen")
    strategy = st.radio(
        "Strategy",
        [row.name for row in STRATEGIES],
        format_func=lambda name: STRATEGIES.find(name).title,
        captions=[row.hint for row in STRATEGIES],
        horizontal=True,
        key="strategy",
    )
    st.caption(STRATEGIES.find(strategy).sentence)
    return strategy


def _choose_backbone() -> str:
    names = [row.name for row in catalog.CLASSIFIERS]  # under every strategy, so that a choice outlives a change of it
    name = st.session_state.get("backbone") or wanted("backbone", "")
    st.session_state["backbone"] = name if name in names else suggest_backbone()
    return st.selectbox(
        "Backbone",
        names,
        format_func=lambda name: _backbone_label(catalog.find(name)),
        help="The network that turns images into features. Parameters are those of its features: its own classifier, "
        "where it has one, gives way to the new head.",
        key="backbone",
    )


def _backbone_label(architecture: catalog.Architecture) -> str:
    label = f"{architecture.title}, {short_number(_feature_parameters(architecture.name))} parameters"
    if architecture.package_weights:
        return f"{label}, works offline"
    if architecture.imagenet_weights is None:
        return f"{label}, no pretrained weights"
    here = catalog.has_weights_of_any_size(architecture, include_top=False)
    return label if here else f"{label}, weights not on this machine"


@functools.cache
def _feature_parameters(backbone: str) -> int:
    return sum(row.parameters for row in used_rows(catalog.find(backbone)))


def _applies(name: str, strategy: str) -> bool:
    """Whether a field means anything under a strategy."""
    row = STRATEGIES.find(strategy)
    if name in _GROUPS["Fine-tuning"]:
        return row.needs_weights and row.trains_backbone
    if name in _GROUPS["From scratch"]:
        return not row.needs_weights
    return name != "weights" or row.needs_weights
