"""The four strategies of transfer learning, with the one color that each has everywhere."""

from __future__ import annotations

from dataclasses import dataclass

from tlcore.catalog import Catalog


@dataclass(frozen=True)
class Strategy:
    """What is trained, and from which start.

    Args:
        name: its key in a plan.
        title: what a person calls it.
        sentence: what it does, in one sentence.
        hint: what is trained, in a few words.
        needs_weights: whether it starts from pretrained weights.
        trains_backbone: whether any backbone layer is trained.
        needs_layer: whether the plan names the first backbone layer to train.
        color: from the color-blind safe palette of Okabe and Ito (2008).
        dash: Plotly's line style, so that no meaning hangs on color alone.
    """

    name: str
    title: str
    sentence: str
    hint: str
    needs_weights: bool
    trains_backbone: bool
    needs_layer: bool
    color: str
    dash: str


STRATEGIES = Catalog(
    "strategy",
    (
        Strategy(
            "scratch",
            "From scratch",
            "Random weights; every layer is trained. Needs many images and a lot of time.",
            "random start",
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
            "only a head",
            needs_weights=True,
            trains_backbone=False,
            needs_layer=False,
            color="#0072B2",
            dash="solid",
        ),
        Strategy(
            "fine_tune",
            "Fine-tuned",
            "First the head alone, then the head with the upper layers of the backbone, in small steps.",
            "upper layers",
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
            "every layer",
            needs_weights=True,
            trains_backbone=True,
            needs_layer=False,
            color="#CC79A7",
            dash="longdash",
        ),
    ),
)
