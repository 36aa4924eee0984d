"""The rows of the catalog, a file a family. Published figures of each stand in `figures.json`, by its name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tlcore.zoo.architecture import Architecture, ImagenetWeights, PackageWeights

KERAS_TABLE = "Keras' table of applications, for the weights that Keras publishes"

_FIGURES = json.loads(Path(__file__).with_name("figures.json").read_text("utf-8"))
_RECORDS = {"imagenet_weights": ImagenetWeights, "package_weights": PackageWeights}


def architecture(name: str, **words: Any) -> Architecture:
    """Make a row of what is written about an architecture and its published figures.

    Args:
        name: its identifier.
        **words: fields of `Architecture` that are not in `figures.json`.

    Returns:
        The row.
    """
    figures = dict(_FIGURES[name])
    for field, record in _RECORDS.items():
        if field in figures:
            values = {key: tuple(value) if isinstance(value, list) else value for key, value in figures[field].items()}
            figures[field] = record(**values)
    return Architecture(name=name, **words, **figures)
