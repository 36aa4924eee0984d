"""Catalogs: what there is of a kind, as rows, and how a row is found by its name."""

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


class Catalog(tuple[Row, ...]):
    """All rows of a kind, in their order.

    Args:
        kind: what the rows are, such as "strategy".
        rows: the rows; no two have the same name.
    """

    kind: str

    def __new__(cls, kind: str, rows: Iterable[Row]) -> Catalog[Row]:
        """Make a tuple that knows its kind."""
        catalog = super().__new__(cls, rows)
        catalog.kind = kind
        return catalog

    def find(self, name: str) -> Row:
        """Look a row up.

        Args:
            name: its key.

        Returns:
            The row.

        Raises:
            NotFoundError: if there is none; it suggests the nearest names.
        """
        for row in self:
            if row.name == name:
                return row
        raise NotFoundError(self.kind, name, [row.name for row in self])
