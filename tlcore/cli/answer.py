"""What a command answers: values for machines and text for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


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


def text_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Lay values out in columns; numbers to the right, text to the left.

    Args:
        header: names of the columns.
        rows: values, as many in each row as there are columns.

    Returns:
        Lines of text.
    """
    cells = [[str(value) for value in row] for row in rows]
    widths = [max(len(line[column]) for line in [list(header), *cells]) for column in range(len(header))]
    numeric = [
        bool(rows) and all(isinstance(row[column], int | float) for row in rows) for column in range(len(header))
    ]

    def line(values: Sequence[str]) -> str:
        parts = zip(values, widths, numeric, strict=True)
        return "  ".join(value.rjust(width) if right else value.ljust(width) for value, width, right in parts).rstrip()

    return "\n".join([line(header), line(["-" * width for width in widths]), *map(line, cells)])
