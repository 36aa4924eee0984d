"""Texts as they are kept and shown: what people typed as one line of bounded length, lists and counts in sentences."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from decimal import Decimal

_COUNTED = ", run "
_TENTHS_FROM = 1000  # images: there an interval is some 3 points wide


def one_line(text: str, most: int) -> str:
    """Make a text one line that can be shown anywhere.

    Args:
        text: whatever came; letters that cannot be seen, such as control characters, become blanks.
        most: how many characters are kept; a longer text ends with "…".

    Returns:
        The text without blanks at the ends or double blanks within.
    """
    words = "".join(letter if letter.isprintable() else " " for letter in text[: 4 * most]).split()
    line = " ".join(words)
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def unbroken(text: str) -> str:
    """Keep a text as it is, but on one line: a name with a line break would shift all lines after it.

    Args:
        text: anything.
    """
    return " ".join(text.splitlines())


def listed(words: Sequence[str], most: int = 5) -> str:
    """Name several things in a sentence, and of many only the first.

    Args:
        words: at least one.
        most: how many are named.

    Returns:
        Such as "a", "a and b", or "a, b, c and 997 more".
    """
    shown = list(words[:most])
    if len(words) > most:
        return f"{', '.join(shown)} and {len(words) - most:,} more"
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))


def names_together(titles: Sequence[str]) -> str:
    """Name several things in one, by what differs in their names.

    Args:
        titles: at least one.

    Returns:
        Such as "Frozen, 5, 10 and 20 images" for "Frozen, 5 images" and so on.
    """
    words = [title.split(" ") for title in titles]
    start, end = _shared(words), _shared([list(reversed(each)) for each in words])
    own = [" ".join(each[start : len(each) - end]) for each in words]
    if len(titles) == 1 or not all(own):
        return listed(titles, len(titles))
    comma = "," if all(each.endswith(",") for each in own) else ""  # stands once, behind all of them
    several = listed([each.removesuffix(",") for each in own], len(own)) + comma
    return " ".join([*words[0][:start], several, *words[0][len(words[0]) - end :]])


def _shared(words: Sequence[Sequence[str]]) -> int:
    """With how many equal words all begin."""
    return next((n for n, each in enumerate(zip(*words, strict=False)) if len(set(each)) > 1), min(map(len, words)))


def distinct_name(name: str, taken: Collection[str], ending: str = "") -> str:
    """Find a name that nothing else has, by counting.

    Args:
        name: wanted.
        taken: names of others.
        ending: what is to stay at its end.

    Returns:
        The name; where it is taken, such as "Frozen VGG-16, run 2 on flowers" with the ending " on flowers".
    """
    end = ending if name.endswith(ending) else ""
    start = uncounted(name.removesuffix(end))
    counted = (f"{start}{_COUNTED}{number}{end}" for number in itertools.count(2))
    return name if name not in taken else next(each for each in counted if each not in taken)


def uncounted(name: str) -> str:
    """Take off what `distinct_name` has added.

    Args:
        name: without the ending.
    """
    words, _, number = name.rpartition(_COUNTED)
    return words if words and number.isdecimal() else name


def count_text(number: int, word: str, plural: str = "") -> str:
    """Say how many there are of something.

    Args:
        number: 0 or more.
        word: for one of them.
        plural: for several; by default with an "s".

    Returns:
        Such as "1 image" or "1,200 images".
    """
    return f"{number:,} {word if number == 1 else plural or word + 's'}"


def ago_text(moment: str) -> str:
    """Say how long ago something was.

    Args:
        moment: in ISO format, with its time zone.

    Returns:
        Such as "2 days ago"; "just now" for less than a minute.
    """
    seconds = (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            return f"{count_text(int(seconds // length), unit)} ago"
    return "just now"


def number_text(number: int) -> str:
    """Say a number as people do: exact while it is small, else in millions or billions.

    Args:
        number: 0 or more.

    Returns:
        Such as "1,605" or "1.4 million".
    """
    for unit, word in ((10**9, "billion"), (10**6, "million")):
        if number >= unit:
            return f"{number / unit:.1f}".removesuffix(".0") + f" {word}"
    return f"{number:,}"


def decimal_text(number: float, digits: int = 6) -> str:
    """Write a number as people do, without a power of ten.

    Args:
        number: such as a learning rate.
        digits: how many count at most, from the first that is not 0.

    Returns:
        Such as "0.00003".
    """
    return f"{Decimal(f'{number:.{digits}g}'):f}"


def percent_text(share: float, images: int) -> str:
    """Say a share as people do: in whole percent, unless so many images stand behind it that a tenth tells something.

    Args:
        share: 0..1.
        images: how many it was measured on.

    Returns:
        Such as "66 %", or "66.1 %" from 1,000 images on. Only what is never wrong is "100 %".
    """
    decimals = 1 if images >= _TENTHS_FROM else 0
    while 0 < share < 1 and f"{share:.{decimals}%}" in (f"{0:.{decimals}%}", f"{1:.{decimals}%}"):
        decimals += 1
    return f"{100 * share:.{decimals}f} %"


def probability_text(probability: float) -> str:
    """Say how probable a network takes something to be, in whole percent: more digits of one answer mean nothing.

    Args:
        probability: 0..1.

    Returns:
        Such as "66 %"; "under 1 %" and "over 99 %" at the ends.
    """
    if probability < 0.01:
        return "under 1 %"
    return "over 99 %" if probability > 0.99 else f"{100 * probability:.0f} %"
