"""The network of a plan: the choice of the layers to train, and the picture of what is trained."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.ui.figure import show_figure
from tlcore.datasets.dataset import Dataset
from tlcore.figures.trained_layers import trained_figure, trained_table
from tlcore.text import count_text
from tlcore.training.estimate import head_layers
from tlcore.training.features.boundary import used_rows
from tlcore.training.plans.defaults import suggest_first_trainable
from tlcore.training.plans.plan import TrainingPlan
from tlcore.training.plans.strategies import STRATEGIES
from tlcore.zoo import catalog
from tlcore.zoo.layers.tables import LayerRow


def choose_layers(backbone: str, cut: str, value: tuple[str, str], help: str, key: str) -> tuple[str, str]:
    """Draw the choice of the block that is fine-tuned.

    Args:
        backbone: name of an architecture.
        cut: name of its layer whose output feeds the head; "" for the usual one.
        value: the first layer of the block to begin with, and the last one, "" for the last of all.
        help: on the choice.
        key: unique on the page.

    Returns:
        The first and the last layer that are trained, as a plan writes them.
    """
    architecture = catalog.find(backbone)
    rows = used_rows(architecture, cut)
    places = _places(rows)
    names = list(places)
    begin = value[0] if value[0] in names else suggest_first_trainable(architecture, cut)
    end = value[1] if value[1] in names else names[-1]
    label = "First and last layer to fine-tune"
    first, last = st.select_slider(label, names, value=(begin, end), format_func=places.__getitem__, help=help, key=key)
    block = rows[names.index(first) : names.index(last) + 1]
    st.caption(_block_words(rows, block), help=_names_sentence(block))
    return first, "" if last == names[-1] else last


def _places(rows: Sequence[LayerRow]) -> dict[str, str]:
    """Layer → where it stands, counted in blocks from the image."""
    blocks: dict[str, list[str]] = {}
    for row in rows[1:]:
        blocks.setdefault(row.block, []).append(row.name)
    places = {rows[0].name: "image"}
    for number, layers in enumerate(blocks.values(), start=1):
        for place, name in enumerate(layers, start=1):
            places[name] = f"block {number}, layer {place} of {len(layers)}"
        places |= {layers[-1]: f"end of block {number}", layers[0]: f"block {number} of {len(blocks)}"}
    return {row.name: places[row.name] for row in rows}


def _block_words(rows: Sequence[LayerRow], block: Sequence[LayerRow]) -> str:
    """Which part of a network some of its layers are, counted in blocks."""
    blocks = list(dict.fromkeys(row.block for row in rows[1:]))  # the first row is the image
    begin, end = (1 + blocks.index(row.block or blocks[0]) for row in (block[0], block[-1]))
    which = f"block {begin}" if begin == end else f"blocks {begin} to {end}"
    learn = sum(row.trainable for row in block)
    return (
        f"That is {which} of {len(blocks)}, counted from the image: {count_text(len(block), 'layer')} of "
        f"{len(rows):,}, with {learn:,} parameters. Early blocks see edges and textures, later ones whole things."
    )


def _names_sentence(block: Sequence[LayerRow]) -> str:
    """What the network itself calls the layers, which may count in another way."""
    return f"The network's own names, which may count otherwise: `{block[0].name}` to `{block[-1].name}`."


def show_network(plan: TrainingPlan, dataset: Dataset) -> None:
    """Draw the network of a plan from the image to the answer.

    Args:
        plan: a sound plan.
        dataset: of the plan.
    """
    rows, strategy = used_rows(plan.architecture, plan.cut), STRATEGIES.find(plan.strategy)
    head = head_layers(plan, len(dataset.classes))
    first = plan.phases()[-1].first_trainable
    trains = f"the blocks from {first} on, and" if first else "none of its blocks, only"
    show_figure(
        trained_figure(rows, head, first, plan.strategy, plan.last_trainable),
        lambda: trained_table(rows, head, first, plan.last_trainable),
        f"trained-layers-{plan.backbone}",
        key="trained-layers",
        alt=f"The blocks of {plan.architecture.title} and its head; {strategy.title.lower()} trains {trains} the head.",
    )
