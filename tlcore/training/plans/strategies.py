"""The four strategies of transfer learning, with the one color that each has everywhere."""

from __future__ import annotations

from dataclasses import dataclass

from tlcore.rows import find_row


@dataclass(frozen=True)
class Strategy:
    """What is trained, and from which start.

    Args:
        name: its key in a plan.
        title: what a person calls it.
        sentence: what it does, in one sentence.
        needs_weights: whether it starts from pretrained weights.
        trains_backbone: whether any backbone layer is trained.
        needs_layer: whether the plan names the first backbone layer to train.
        color: from the color-blind safe palette of Okabe and Ito (2008).
        dash: Plotly's line style, so that no meaning hangs on color alone.
    """

    name: str
    title: str
    sentence: str
    needs_weights: bool
    trains_backbone: bool
    needs_layer: bool
    color: str
    dash: str


STRATEGIES = (
    Strategy(
        "scratch",
        "From scratch",
        "Random weights; every layer is trained. Needs many images and a lot of time.",
        needs_weights=False,
        trains_backbone=True,
        needs_layer=False,
        color="#D55E00",
        dash="dot",
    ),
    Strategy(
        "frozen",
        "Frozen",
        "The pretrained backbone stays as it is; only the new head is trained. Takes seconds.",
        needs_weights=True,
        trains_backbone=False,
        needs_layer=False,
        color="#0072B2",
        dash="solid",
    ),
    Strategy(
        "fine_tune",
        "Fine-tuned",
        "First the head alone, then the head together with the upper layers of the backbone, in small steps.",
        needs_weights=True,
        trains_backbone=True,
        needs_layer=True,
        color="#009E73",
        dash="dash",
    ),
    Strategy(
        "full",
        "Full",
        "First the head alone, then every layer of the pretrained backbone, in small steps.",
        needs_weights=True,
        trains_backbone=True,
        needs_layer=False,
        color="#CC79A7",
        dash="longdash",
    ),
)


def find_strategy(name: str) -> Strategy:
    """Look a strategy up.

    Args:
        name: its key in a plan.

    Returns:
        The row.

    Raises:
        NotFoundError: if there is none of this name.
    """
    return find_row("strategy", name, STRATEGIES)
