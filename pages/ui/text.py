"""Text that a user or a folder named, made safe for Markdown."""

from __future__ import annotations

import re

_JOINER = "\u2060"  # WORD JOINER: no width, no break
_APART = re.compile(r"(?<=\d) (?=%)")  # a number and its sign, between which no line may break
# What is shown is looked through for addresses, names of icons and arrows once more; a backslash does not help there.
_PARTED = re.compile(r"(?<=:)(?=\w)|(?<=\w)(?=@)|(?<=www)(?=\.)|(?<=/)(?=/)|(?<=[<>~-])(?=[=>-])", re.IGNORECASE)


def plain(text: str) -> str:
    """Take away the meaning that Markdown gives to some characters.

    Args:
        text: anything.

    Returns:
        Markdown that shows the text as it is: no link, no picture, no icon, no list; "84 %" stays in one line.
    """
    text = _PARTED.sub(_JOINER, _APART.sub("\N{NO-BREAK SPACE}", text))
    text = re.sub("^[ \t]+", "", text, flags=re.MULTILINE).replace("&", "&amp;")
    text = re.sub(r"([\\`*_{}\[\]()#+!$~|<>:])", r"\\\1", text)
    return re.sub(r"^(\d*)([-=.])", r"\1\\\2", text, flags=re.MULTILINE)  # a list, or a line beneath a heading
