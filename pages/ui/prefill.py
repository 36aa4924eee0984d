"""Values that something outside the form of a plan puts into it: a recipe, a found learning rate, another page."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

_VALUES, _NUMBER, _ORIGIN = "train_prefill", "train_prefill_number", "train_prefill_origin"
CHOSEN_ABOVE = ("strategy", "backbone")


def prefill(values: Mapping[str, object], origin: str = "") -> None:
    """Fill the form; call it before the form is drawn, such as when a button is clicked.

    Args:
        values: fields of a plan by name; those missing take their suggestions.
        origin: where they come from, as the form is to say it; "" to say nothing.
    """
    st.session_state[_ORIGIN] = origin
    st.session_state[_VALUES] = {name: value for name, value in values.items() if name != "dataset"}
    st.session_state[_NUMBER] = st.session_state.get(_NUMBER, 0) + 1
    for name in CHOSEN_ABOVE:
        if name in values:
            st.session_state[name] = values[name]


def take_plan(dataset: str, values: Mapping[str, object], origin: str = "") -> None:
    """Go from the page of a job back to the form, filled with what the job found.

    Args:
        dataset: id of the dataset to train on.
        values, origin: as `prefill` takes them.
    """
    prefill(values, origin)
    del st.query_params["run"]
    st.query_params["dataset"] = dataset


def prefilled(strategy: str, backbone: str) -> dict[str, object]:
    """What the form is filled with.

    Args:
        strategy: chosen above the form.
        backbone: likewise.

    Returns:
        Fields by name; {} once another strategy or backbone is chosen than they were meant for.
    """
    values = st.session_state.get(_VALUES, {})
    fits = values.get("strategy", strategy) == strategy and values.get("backbone", backbone) == backbone
    return values if fits else {}


def wanted(name: str, default: str) -> str:
    """What a choice above the form begins with.

    Args:
        name: "strategy" or "backbone".
        default: without a prefilled value.

    Returns:
        The value.
    """
    return st.session_state.get(_VALUES, {}).get(name, default)


def prefill_origin() -> str:
    """Where the values come from that the form was last filled with; "" if nobody said so."""
    return st.session_state.get(_ORIGIN, "")


def prefill_number() -> int:
    """How often the form was filled; a part of the widgets' keys, since new values need new widgets."""
    return st.session_state.get(_NUMBER, 0)
