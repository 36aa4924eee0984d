"""Catalogs are tuples of rows; this is how a row is found by its name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from tlcore.errors import NotFoundError


class Named(Protocol):
    """A row of a catalog."""

    @property
    def name(self) -> str:
        """Its key."""


Row = TypeVar("Row", bound=Named)


def find_row(kind: str, name: str, rows: Iterable[Row]) -> Row:
    """Find a row.

    Args:
        kind: what the rows are, such as "strategy".
        name: the key looked for.
        rows: the catalog.

    Returns:
        The row of that name.

    Raises:
        NotFoundError: if there is none; it suggests the nearest names.
    """
    by_name = {row.name: row for row in rows}
    if name not in by_name:
        raise NotFoundError(kind, name, by_name)
    return by_name[name]
