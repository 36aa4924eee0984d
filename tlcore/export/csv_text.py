"""Tables as CSV text."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence


def csv_text(rows: Sequence[dict]) -> str:
    """Write rows as CSV (RFC 4180).

    Args:
        rows: names of columns → values; columns may be missing in some rows.

    Returns:
        A header line and one line for each row; empty text for no rows.
    """
    columns = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns)
    if columns:
        writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
