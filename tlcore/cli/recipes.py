"""Commands about recipes: `recipes list`, `recipes show`."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from tlcore.cli.answer import Answer, text_table
from tlcore.training.plans.recipes import RECIPES, Recipe


def add_commands(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser) -> None:
    """Add the commands of this group.

    Args:
        commands: where to add them.
        shared: options that all commands have.
    """
    recipes = commands.add_parser("recipes", parents=[shared], help="runs that courses teach, by name")
    recipes.set_defaults(command=_list)
    group = recipes.add_subparsers(metavar="ACTION")
    group.add_parser("list", parents=[shared], help="list the recipes").set_defaults(command=_list)
    show = group.add_parser("show", parents=[shared], help="show one recipe")
    show.add_argument("name")
    show.set_defaults(command=_show)


def _list(_options: argparse.Namespace) -> Answer:
    rows = [[recipe.name, recipe.title, f"{recipe.trainable:,}", f"{recipe.total:,}"] for recipe in RECIPES]
    text = text_table(["recipe", "what", "trainable", "of"], rows)
    return Answer([_plain(recipe) for recipe in RECIPES], f"{text}\nRun one: python -m tlcore train --recipe NAME")


def _show(options: argparse.Namespace) -> Answer:
    recipe = RECIPES.find(options.name)
    lines = [f"{recipe.title} ({recipe.name})", recipe.sentence, f"Made for: {recipe.data}."]
    lines += [f"  {name} = {value}" for name, value in recipe.values.items()]
    lines += [f"Parameters: {recipe.total:,}; trainable {recipe.trainable:,}, frozen {recipe.frozen:,}."]
    if recipe.flatten:
        lines += [f"Numbers that go into the head: {recipe.flatten:,}."]
    if recipe.reported:
        lines += ["Reported accuracy: " + ", ".join(f"{part} {share:.2%}" for part, share in recipe.reported.items())]
    return Answer(_plain(recipe), "\n".join(lines))


def _plain(recipe: Recipe) -> dict:
    return {**asdict(recipe), "frozen": recipe.frozen}
