"""What is published of a network, each figure with its source."""

from __future__ import annotations

from pages.architectures.gallery import weights_here
from tlcore.figures.architecture.colors import short_number
from tlcore.internet import can_download
from tlcore.zoo.catalog import Architecture
from tlcore.zoo.layers.tables import layer_totals

_CLOSE = 0.01  # a published count that is as near as this agrees


def percent(value: float | None) -> str:
    """Write an accuracy, or say that there is none."""
    return "not rated" if value is None else f"{value:.1f} %"


def accuracy_text(row: Architecture) -> str:
    """Say how accurate a network is on ImageNet, and by whom.

    Args:
        row: the architecture.

    Returns:
        A few sentences.
    """
    if row.top1 is None:
        return "none is published for ImageNet."
    top5 = f", {percent(row.top5)} top-5" if row.top5 else ""
    saw = f" Its weights also saw {row.also_saw}, unlike most here." if row.also_saw else ""
    photos = f" Photos: {row.evaluation.words}." if row.evaluation else ""
    elsewhere = f" {row.accuracy_elsewhere}" if row.accuracy_elsewhere else ""
    return f"{percent(row.top1)} top-1{top5} (source: {row.accuracy_source}).{saw}{photos}{elsewhere}"


def multiply_adds_text(row: Architecture) -> str:
    """Set the count of a network's work beside the published one.

    Args:
        row: the architecture.

    Returns:
        A sentence.
    """
    counted = layer_totals(row.name).multiply_adds
    text = f"{short_number(counted)} for one photo, counted from its layers"
    if not row.multiply_adds:
        return f"{text}; no published figure is known."
    agrees = abs(counted / row.multiply_adds - 1) <= _CLOSE
    published = f"{row.multiply_adds_source}: {short_number(row.multiply_adds)}"
    return (
        f"{text}; {published}." if agrees else f"{text}; {published}. Why they differ: {row.multiply_adds_difference}."
    )


def weights_text(row: Architecture) -> str:
    """Say where the pretrained weights of a network are.

    Args:
        row: the architecture.

    Returns:
        A sentence.
    """
    if row.package_weights:
        return "installed with the studio; they work offline."
    if row.imagenet_weights is None:
        return f"{row.why_no_weights}. Training starts from random weights."
    if weights_here(row):
        return "on this machine."
    if can_download():
        return "not on this machine; downloaded when first needed."
    return "not on this machine, and there is no internet connection to fetch them."
