"""The codes that let people into a shared studio, and the key that signs who they are; all kept in the home folder."""

from __future__ import annotations

import functools
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tlcore.access.private import private_file, private_home
from tlcore.errors import InputError
from tlcore.settings import PREFIX, settings
from tlcore.storage.files import read_json, write_json

CODES_FILE = "codes.json"

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another: no i, l, o, 0, 1
_GROUP = 4
_FEWEST = 6


@dataclass(frozen=True)
class Codes:
    """What is kept.

    Args:
        access: the code for the class.
        owner: the code for whom the machine belongs to.
        key: signs the cookies of those who have entered.
    """

    access: str
    owner: str
    key: str


def codes() -> Codes:
    """The codes in force: those of the settings, else those that were drawn when they were first asked for.

    Raises:
        InputError: if a code of the settings is too short, or both are the same.
    """
    return _codes(settings().home, settings().access_code, settings().owner_code)


def bare(code: str) -> str:
    """What counts of a code.

    Args:
        code: as somebody typed it.

    Returns:
        Its letters and digits, in lower case.
    """
    return "".join(filter(str.isalnum, code)).casefold()


@functools.lru_cache(maxsize=1)
def _codes(home: Path, access: str, owner: str) -> Codes:
    private_home()
    path = home / CODES_FILE
    drawn = Codes(draw_code(2), draw_code(3), secrets.token_hex(32))
    kept = Codes(**{**asdict(drawn), **read_json(path, {})})
    write_json(path, asdict(kept))
    private_file(path)
    found = replace(kept, access=access or kept.access, owner=owner or kept.owner)
    _check(found)
    return found


def draw_code(groups: int) -> str:
    """Draw a code that can be read aloud and not be guessed.

    Args:
        groups: of four letters and digits; two of them are one of 850 thousand million.
    """
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(groups))


def _check(found: Codes) -> None:
    for name, code in (("ACCESS_CODE", found.access), ("OWNER_CODE", found.owner)):
        if len(bare(code)) < _FEWEST:
            raise InputError(f"at least {_FEWEST} letters and digits in {PREFIX}{name}", "fewer", "Lengthen the code.")
    if bare(found.access) == bare(found.owner):
        raise InputError("two different codes", "the same for the class and the owner", "Change one of them.")
