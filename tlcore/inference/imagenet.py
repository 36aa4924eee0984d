"""The 1,000 classes of ImageNet (ILSVRC 2012), in the order of the networks' outputs."""

from __future__ import annotations

import functools
from pathlib import Path

_FILE = Path(__file__).parent / "imagenet_classes.tsv"


@functools.cache
def imagenet_classes() -> tuple[tuple[str, str], ...]:
    """Read the list that ships with the project.

    Returns:
        (WordNet id, name) for each of the 1,000 outputs.
    """
    rows = (line.split("\t") for line in _FILE.read_text("utf-8").splitlines())
    return tuple((wordnet_id, name) for wordnet_id, name in rows)


@functools.cache
def imagenet_ids() -> tuple[str, ...]:
    """The WordNet ids alone, in the same order."""
    return tuple(wordnet_id for wordnet_id, _ in imagenet_classes())


@functools.cache
def imagenet_names() -> tuple[str, ...]:
    """The names alone, in the same order."""
    return tuple(name for _, name in imagenet_classes())
