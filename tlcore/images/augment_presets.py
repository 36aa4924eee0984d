"""Augmentations as a plan writes them: the name of a ready mixture, or strengths one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tlcore.errors import InputError, NotFoundError
from tlcore.images.augment import AUGMENTATIONS, check_augmentation


@dataclass(frozen=True)
class Preset:
    """A ready mixture of augmentations.

    Args:
        name: its key in a plan.
        title: what a person calls it.
        help: when to choose it, in one sentence.
        strengths: strength by name of an augmentation.
    """

    name: str
    title: str
    help: str
    strengths: Mapping[str, float] = field(default_factory=dict)


PRESETS = (
    Preset("none", "None", "Every epoch sees the images as they are."),
    Preset(
        "light",
        "Light",
        "Small shifts and mirroring: safe for images of things that stand upright.",
        {"flip": 0.5, "rotate": 8.0, "zoom": 0.1, "shift": 0.05},
    ),
    Preset(
        "strong",
        "Strong",
        "Larger shifts, and changes in light and color: for few images and long training.",
        {"flip": 0.5, "rotate": 20.0, "zoom": 0.25, "shift": 0.15, "brightness": 0.3, "contrast": 0.3, "color": 0.3},
    ),
    Preset(
        "any_way_up",
        "Any orientation",
        "Rotated and mirrored every way: for images with no right way up, such as microscope or aerial images.",
        {"flip": 0.5, "flip_vertical": 0.5, "rotate": 90.0, "zoom": 0.1},
    ),
    Preset(
        "light_and_color",
        "Light and color",
        "Changes in light and color only: for text, signs and anything else that must not be mirrored.",
        {"brightness": 0.3, "contrast": 0.3, "color": 0.4},
    ),
)


def read_augmentation(text: str) -> dict[str, float]:
    """Read the augmentation of a plan.

    Args:
        text: name of a preset, or strengths such as "flip=0.5,rotate=10".

    Returns:
        Strength by name of an augmentation; {} for none.

    Raises:
        NotFoundError: if there is no preset or no augmentation of a name.
        InputError: if a strength is no number or out of range.
    """
    text = text.replace("colour", "color")  # as plans have it that were written until 2026
    if "=" not in text:
        presets = {row.name: row for row in PRESETS}
        if text not in presets:
            raise NotFoundError("augmentation", text, presets)
        return dict(presets[text].strengths)
    strengths = {}
    for part in text.split(","):
        name, _, strength = part.partition("=")
        try:
            strengths[name.strip()] = float(strength)
        except ValueError:
            raise InputError(
                "strengths such as flip=0.5,rotate=10", repr(part), "Write a number after each =."
            ) from None
    check_augmentation(strengths)
    return {name: strength for name, strength in strengths.items() if strength}


def write_augmentation(strengths: Mapping[str, float]) -> str:
    """Write strengths as a plan does; equal mixtures give equal text.

    Args:
        strengths: by name of an augmentation.

    Returns:
        Name of the preset that they are, or strengths such as "flip=0.5,rotate=10".
    """
    strengths = {row.name: float(strengths[row.name]) for row in AUGMENTATIONS if strengths.get(row.name)}
    for preset in PRESETS:
        if strengths == preset.strengths:
            return preset.name
    return ",".join(f"{name}={strength:g}" for name, strength in strengths.items())
