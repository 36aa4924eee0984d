"""The choice of a recipe, which fills the form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import streamlit as st

from pages.train.launch import launch_and_watch
from pages.ui.errors import safely
from pages.ui.prefill import prefill, prefill_number
from tlcore.datasets.dataset import Dataset
from tlcore.datasets.sources.catalog import SOURCES
from tlcore.internet import can_download
from tlcore.text import count_text
from tlcore.training.plans.defaults import on_another_backbone, suggest_backbone
from tlcore.training.plans.needs import missing_weights
from tlcore.training.plans.plan import plan_from_json
from tlcore.training.plans.recipes import RECIPES, Recipe, recipe_values
from tlcore.training.plans.strategies import STRATEGIES
from tlcore.zoo import catalog

_HERE, _MISSING = "recipe-here", "recipe-missing"  # keys of the two lists, in one of which something is chosen


def choose_recipe(dataset: Dataset) -> None:
    """Draw the recipes, once they are opened.

    Args:
        dataset: what to learn from.
    """
    # Under a new key once the form is filled, so that it closes and the form is in sight.
    key = f"recipes-{prefill_number()}"
    box = st.popover("Recipes", icon=":material/menu_book:", type="tertiary", key=key, on_change="rerun")
    if not box.open:
        return
    with box:
        values = {row.name: recipe_values(row, dataset) for row in RECIPES}
        missing = {name: missing_weights(plan_from_json(each)) for name, each in values.items()}
        name = _ask_recipe([name for name in values if not missing[name]], [name for name in values if missing[name]])
        recipe = RECIPES.find(name)
        st.markdown(f"**{recipe.title}.** {recipe.sentence}")
        st.caption(_facts(recipe, dataset))
        _show_missing(missing[name])
        with st.container(horizontal=True):
            origin = f"Filled in by the recipe “{recipe.title}”."
            is_lost = missing[name] is not None and not can_download()
            if is_lost:
                offer_installed(dataset, values[name], f"{origin[:-1]}, with a network that is on this machine.")
            label, args = "Use it anyway" if is_lost else "Use this recipe", (values[name], origin)
            st.button(label, icon=":material/edit_note:", on_click=safely(prefill), args=args)
            if recipe.source and len(dataset.classes) != recipe.classes:
                _offer_dataset(recipe)


def _ask_recipe(here: Sequence[str], missing: Sequence[str]) -> str:
    """Draw the recipes that run on this machine, and folded away those whose weights are missing."""
    here, missing = (sorted(names, key=_is_from_scratch) for names in (here, missing))
    if not (st.session_state.get(_HERE) or st.session_state.get(_MISSING)):
        first = min([*here, *missing], key=_is_from_scratch)  # what this is about: pretrained, if need be not yet here
        st.session_state[_HERE if first in here else _MISSING] = first
    if here:
        help = "Runs taught in courses. Each one fills in the form."
        _list_recipes("These run on this machine", here, _HERE, _MISSING, help)
    if missing:
        title = f"{count_text(len(missing), 'needs', 'need')} weights that are not on this machine"
        with st.expander(title, icon=":material/cloud_off:", expanded=bool(st.session_state.get(_MISSING))):
            _list_recipes("These need weights first", missing, _MISSING, _HERE)
    return str(st.session_state[_HERE] or st.session_state[_MISSING])


def _is_from_scratch(name: str) -> bool:
    return not STRATEGIES.find(str(RECIPES.find(name).values["strategy"])).needs_weights


def _list_recipes(title: str, names: Sequence[str], key: str, other: str, help: str | None = None) -> None:
    st.radio(
        title,
        names,
        index=None,
        format_func=lambda name: RECIPES.find(name).title,
        help=help,
        key=key,
        on_change=safely(lambda: st.session_state.update({other: None})),
    )


def offer_installed(dataset: Dataset, values: Mapping[str, object], origin: str) -> None:
    """Draw the button that takes a plan over to a network whose weights are on this machine.

    Args:
        dataset: what to learn from.
        values: of the plan.
        origin: what the form then says about where its values come from.
    """
    backbone = suggest_backbone()
    st.button(
        f"Do it with {catalog.find(backbone).title}, which is here",
        icon=":material/swap_horiz:",
        on_click=safely(lambda: prefill(on_another_backbone(dataset, values, backbone), origin)),
        key=f"on-{backbone}-{origin}",
    )


def _offer_dataset(recipe: Recipe) -> None:
    source = SOURCES.find(recipe.source)
    if st.button(f"Add its dataset: {source.title.lower()}", icon=":material/add:", type="tertiary"):
        launch_and_watch("import", {"source": source.name, "options": {}, "name": None}, f"Import: {source.title}")


def _facts(recipe: Recipe, dataset: Dataset) -> str:
    facts = [
        f"Made for: {recipe.data.lower()}.",
        f"It trains {recipe.trainable:,} of {recipe.total:,} parameters.",
    ]
    if len(dataset.classes) != recipe.classes:
        facts.append(f"These numbers are for {recipe.classes} classes; this dataset has {len(dataset.classes)}.")
    if recipe.reported:
        facts.append(f"Reported accuracy on unseen images: {100 * recipe.reported['test']:.1f} %.")
    return " ".join(facts)


def _show_missing(file: Path | None) -> None:
    if file is None:
        st.caption("Everything it needs is on this machine.")
    elif can_download():
        st.caption(f"Its weights, `{file.name}`, will be downloaded first.")
    else:
        st.caption(
            ":material/cloud_off: Its weights are not on this machine, "
            "and there is no internet connection to fetch them. "
            f"Put `{file.name}` into `{file.parent}`."
        )
