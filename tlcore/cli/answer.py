"""What a command answers: values for machines and text for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tlcore.errors import InputError
from tlcore.storage.files import replacing


@dataclass(frozen=True)
class Answer:
    """The outcome of a command.

    Args:
        data: JSON-able values.
        text: the same for a person.
        code: exit code of the process.
    """

    data: object
    text: str
    code: int = 0


def text_table(rows: Sequence[dict]) -> str:
    """Lay values out in columns; numbers to the right, text to the left.

    Args:
        rows: values by the names of the columns, which are the same in all rows; at least one row.

    Returns:
        Lines of text.
    """
    header = list(rows[0])
    cells = [[str(value) for value in row.values()] for row in rows]
    widths = [max(map(len, column)) for column in zip(header, *cells, strict=True)]
    numeric = [all(isinstance(row[name], int | float) for row in rows) for name in header]

    def line(values: Sequence[str]) -> str:
        parts = zip(values, widths, numeric, strict=True)
        return "  ".join(value.rjust(width) if right else value.ljust(width) for value, width, right in parts).rstrip()

    return "\n".join([line(header), line(["-" * width for width in widths]), *map(line, cells)])


def write_file(path: Path, content: bytes) -> None:
    """Write a file that somebody asked for, whole or not at all.

    Args:
        path: where.
        content: of it.

    Raises:
        InputError: if it cannot be written there.
    """
    try:
        with replacing(path) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        raise InputError("a file name that can be written", str(error), "Choose another name or folder.") from error
