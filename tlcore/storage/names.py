"""Names of files and folders made from what people wrote, which itself never becomes a path."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_LONGEST = 60  # characters
_RESERVED = {"CON", "PRN", "AUX", "NUL", *(f"{port}{number}" for port in ("COM", "LPT") for number in range(10))}


def safe_names(texts: Sequence[str]) -> list[str]:
    """Give each text a name that is safe for a file or folder on any system.

    Args:
        texts: anything that people wrote: names of classes, of uploads.

    Returns:
        As many names, no two the same even where case does not count; most texts as they are.
    """
    found: dict[str, str] = {}
    for name in texts:
        plain = re.sub(r"[^\w .,()&'+-]", "_", unicodedata.normalize("NFC", name))[:_LONGEST].strip(" .") or "unnamed"
        plain = f"_{plain}" if plain.split(".")[0].upper() in _RESERVED else plain
        number, unique = 1, plain
        while unique.casefold() in found:
            number += 1
            unique = f"{plain} ({number})"
        found[unique.casefold()] = unique
    return list(found.values())
