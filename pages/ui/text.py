"""Text that a user or a folder named, made safe for Markdown."""

from __future__ import annotations

import re

_JOINER = "\u2060"  # WORD JOINER: no width, no break


def plain(text: str) -> str:
    """Take away the meaning that Markdown gives to some characters.

    Args:
        text: anything.

    Returns:
        Markdown that shows the text as it is: no link, no picture, no icon. Where a backslash does not help, since
        what is shown is looked through for addresses and names of icons once more, an invisible joiner parts them.
    """
    text = re.sub(r"(:(?=\w)|(?<=\w)@|www(?=\.)|//)", rf"\1{_JOINER}", text, flags=re.IGNORECASE).replace("&", "&amp;")
    return re.sub(r"([\\`*_{}\[\]()#+!$~|<>:])", r"\\\1", text)
