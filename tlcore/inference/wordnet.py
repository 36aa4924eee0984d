"""What a class is a kind of, by WordNet 3.0: Fellbaum (editor), "WordNet: An Electronic Lexical Database" (1998)."""

from __future__ import annotations

import functools
from pathlib import Path

_FILE = Path(__file__).parent / "wordnet_parents.tsv"


def kinds(wordnet_id: str) -> tuple[str, ...]:
    """Name what a class is a kind of, step by step.

    Args:
        wordnet_id: such as "n02123045", a tabby.

    Returns:
        From the nearest to the widest, such as ("domestic cat", "cat", "feline", …, "entity"); empty for an unknown id.
        Where WordNet gives a class several parents, its first is followed.
    """
    parents = _parents()
    found = []
    above = parents.get(wordnet_id, ("", ""))[0]
    while above:
        above, name = parents[above]
        found.append(name)
    return tuple(found)


@functools.cache
def _parents() -> dict[str, tuple[str, str]]:
    """WordNet id → (id of its parent or "", name)."""
    lines = [line for line in _FILE.read_text("utf-8").splitlines() if not line.startswith("#")]
    return {wordnet_id: (parent, name) for wordnet_id, parent, name in (line.split("\t") for line in lines)}
