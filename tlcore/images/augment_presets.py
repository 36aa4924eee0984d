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
    Preset("none", "None", "Every epoch sees the photos as they are."),
    Preset(
        "light",
        "Light",
        "Small moves and mirror images: safe for photos of things that stand upright.",
        {"flip": 0.5, "rotate": 8.0, "zoom": 0.1, "shift": 0.05},
    ),
    Preset(
        "strong",
        "Strong",
        "Larger moves, and changes of light and colour: for few photos and long training.",
        {"flip": 0.5, "rotate": 20.0, "zoom": 0.25, "shift": 0.15, "brightness": 0.3, "contrast": 0.3, "colour": 0.3},
    ),
    Preset(
        "any_way_up",
        "Any way up",
        "Turned and mirrored every way: for pictures without an above, as through a microscope or from the air.",
        {"flip": 0.5, "flip_vertical": 0.5, "rotate": 90.0, "zoom": 0.1},
    ),
    Preset(
        "light_and_colour",
        "Light and colour",
        "Changes of light and colour only: for writing, signs and whatever must not be mirrored.",
        {"brightness": 0.3, "contrast": 0.3, "colour": 0.4},
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
