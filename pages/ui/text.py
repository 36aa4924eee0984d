"""Text that a user or a folder named, made safe for Markdown."""

from __future__ import annotations

import re


def plain(text: str) -> str:
    """Take away the meaning that Markdown gives to some characters.

    Args:
        text: anything.

    Returns:
        Markdown that shows the text as it is.
    """
    return re.sub(r"([\\`*_{}\[\]()#+!$~|<>:])", r"\\\1", text)
