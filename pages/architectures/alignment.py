"""Two networks laid beside each other block by block, with what differs marked."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher

import streamlit as st

from pages.ui.text import plain
from tlcore.comparison.networks import CHANGED, EQUAL, ONLY_FIRST, ONLY_SECOND, Pair, Side, align
from tlcore.zoo.architecture import Architecture
from tlcore.zoo.layers.tables import layer_table

_NOTHING = Side("", (), "")


def show_alignment(first: Architecture, second: Architecture) -> None:
    """Draw how many blocks are equal, changed or only in one network, then all of them.

    Args:
        first: a network.
        second: another.
    """
    pairs = align(layer_table(first.name), layer_table(second.name))
    verdicts = {
        EQUAL: ("gray", "equal"),
        CHANGED: ("orange", "changed"),
        ONLY_FIRST: ("blue", f"only in {plain(first.title)}"),
        ONLY_SECOND: ("green", f"only in {plain(second.title)}"),
    }
    counts: Counter[str] = Counter()
    for pair in pairs:
        counts[pair.verdict] += len((pair.first or pair.second or _NOTHING).names)
    st.markdown(
        "Blocks: "
        + " ".join(
            f":{color}-badge[{counts[verdict]} {words}]"
            for verdict, (color, words) in verdicts.items()
            if counts[verdict]
        )
    )
    texts = [_marked(pair) for pair in pairs]
    st.table(
        {
            "": [":{}-badge[{}]".format(*verdicts[pair.verdict]) for pair in pairs],
            first.title: [one for one, _ in texts],
            second.title: [other for _, other in texts],
        },
        hide_index=True,
        border="horizontal",
    )
    st.caption(
        "From input to output; blocks stand beside each other where the maps have shrunk alike. Marked is what "
        "differs. 3×3, 64: a convolution of that window and so many channels."
        + (" pad: so many zeros on each side." if any("pad " in text for row in texts for text in row) else "")
    )


def _marked(pair: Pair) -> tuple[str, str]:
    """What stands in both columns; in a changed pair, what differs is marked."""
    words = [side.text.split(" ") if side else [] for side in (pair.first, pair.second)]
    if pair.verdict != CHANGED:
        parts = [[plain(" ".join(some))] for some in words]
    else:
        parts = [[], []]
        for kind, a, b, c, d in SequenceMatcher(None, words[0], words[1], autojunk=False).get_opcodes():
            for part, text in zip(parts, (words[0][a:b], words[1][c:d]), strict=True):
                if text:
                    shown = plain(" ".join(text))
                    is_marked = kind != "equal" and text != ["·"]
                    part.append(f":orange-background[{shown}]" if is_marked else shown)
    return _side_text(pair.first, " ".join(parts[0])), _side_text(pair.second, " ".join(parts[1]))


def _side_text(side: Side | None, text: str) -> str:
    if side is None:
        return ""
    names = side.names[0] if len(side.names) == 1 else f"{side.names[0]} … {side.names[-1]} ({len(side.names)} blocks)"
    stage = "" if side.stage == side.names[0] else f" :gray[{plain(side.stage)}]"
    return f"**{plain(names)}**{stage}  \n{text}"
