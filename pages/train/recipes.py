"""The choice of a recipe, which fills the form."""

from __future__ import annotations

import streamlit as st

from pages.train.launch import launch_and_watch
from pages.ui.errors import safely
from pages.ui.prefill import prefill
from tlcore.datasets.dataset import Dataset
from tlcore.datasets.sources.catalog import SOURCES
from tlcore.internet import can_download
from tlcore.training.plans.needs import missing_weights
from tlcore.training.plans.plan import plan_from_json
from tlcore.training.plans.recipes import RECIPES, Recipe, recipe_values


def choose_recipe(dataset: Dataset) -> None:
    """Draw the recipes, folded away.

    Args:
        dataset: what to learn from.
    """
    with st.expander("Start from a recipe", icon=":material/menu_book:"):
        name = st.selectbox(
            "Recipe",
            [row.name for row in RECIPES],
            format_func=lambda name: RECIPES.find(name).title,
            help="Runs taught in courses. Each one fills in the form below.",
            key="recipe",
        )
        recipe = RECIPES.find(name)
        values = recipe_values(recipe, dataset)
        st.write(recipe.sentence)
        st.caption(_facts(recipe, dataset))
        _show_missing(values)
        with st.container(horizontal=True):
            st.button("Use this recipe", icon=":material/edit_note:", on_click=safely(prefill), args=(values,))
            if recipe.source and len(dataset.classes) != recipe.classes:
                _offer_dataset(recipe)


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


def _show_missing(values: dict[str, object]) -> None:
    missing = missing_weights(plan_from_json(values))
    if missing is None:
        st.caption("Everything it needs is on this machine.")
    elif can_download():
        st.caption(f"Its weights, `{missing.name}`, will be downloaded first.")
    else:
        st.caption(
            ":material/cloud_off: Its weights are not on this machine, "
            "and there is no internet connection to fetch them. "
            f"Put `{missing.name}` into `{missing.parent}`."
        )
