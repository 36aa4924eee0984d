"""The names of the classes as people keep them: a line for each, numbered or not, or JSON."""

from __future__ import annotations

import codecs
import json
import re

from tlcore.errors import InputError
from tlcore.text import one_line

MOST_LETTERS = 200
_LINES = re.compile(r"\r\n?|\n")  # `str.splitlines` also splits at letters of older encodings
_NUMBERED = re.compile(r"^(\d+)[\s,;:.]+(?=\S)")


def read_labels(content: bytes, name: str) -> tuple[str, ...]:
    """Read class names.

    Args:
        content: lines, where all are numbered from 0 without the numbers, as Teachable Machine writes them; or JSON, a
            list, or names by number or numbers by name, as `class_indices` of Keras has them.
        name: what the user calls the file.

    Returns:
        The names in the order of the outputs.

    Raises:
        InputError: if it is no text, JSON of another kind, or its numbers leave some out or come twice.
    """
    is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    if "\0" in text:
        raise InputError("class names, one on each line", name, "Give a text file such as labels.txt.")
    if text.lstrip().startswith(("{", "[")):
        return _from_json(text, name)
    lines = [one_line(line, MOST_LETTERS) for line in _LINES.split(text) if line.strip()]
    numbers = [found and int(found[1]) for found in map(_NUMBERED.match, lines)]
    if numbers == list(range(len(lines))):
        lines = [_NUMBERED.sub("", line) for line in lines]
    return tuple(lines)


def _from_json(text: str, name: str) -> tuple[str, ...]:
    try:
        values = json.loads(text)
        if isinstance(values, dict):
            by_name = all(type(value) is int for value in values.values())
            pairs = [(value, key) for key, value in values.items()] if by_name else list(values.items())
            named = {int(number): label for number, label in pairs}
            if len(named) != len(pairs) or max(named, default=0) - min(named, default=0) >= max(len(named), 1):
                raise InputError("names numbered without gaps", name, "Give each output of the network one name.")
            values = [named[number] for number in sorted(named)]
        if isinstance(values, list) and all(isinstance(label, str) for label in values):
            return tuple(one_line(label, MOST_LETTERS) for label in values)
    except (ValueError, TypeError, RecursionError):
        pass
    raise InputError("class names as a list, or with their numbers", name, "Give a line for each class instead.")
