"""A layer table as text. Knows no TensorFlow."""

from __future__ import annotations

from collections.abc import Iterable

from tlcore.zoo.layers.tables import UNKNOWABLE, LayerTable


def summary_text(table: LayerTable, width: int = 110) -> str:
    """Write a table as `model.summary()` does.

    Args:
        table: any layer table.
        width: characters a line.

    Returns:
        Plain text, one line a layer, totals below.
    """
    shares = (0.36, 0.22, 0.14)
    edges = [int(width * sum(shares[: count + 1])) for count in range(len(shares))]

    def line(cells: Iterable[str]) -> str:
        text = ""
        for cell, edge in zip(cells, [*edges, width], strict=True):
            text = (text + cell)[: edge - 1].ljust(edge)
        return text.rstrip()

    rows = [line(("Layer (type)", "Output shape", "Parameters", "Connected to")), "=" * width]
    rows += [
        line(
            (
                f"{row.name} ({row.type})",
                "unknown" if "output_shape" in row.unknown else str((None, *row.output_shape)),
                "unknown" if row.known("parameters") is None else f"{row.parameters:,}",
                ", ".join(row.connected_to),
            )
        )
        for row in table.rows
    ]
    least = {measure: "" if table.is_complete(measure) else "at least " for measure in UNKNOWABLE}
    rows += [
        "=" * width,
        f"Parameters: {least['parameters']}{table.parameters:,}",
        f"Trainable parameters: {least['trainable']}{table.trainable:,}",
        f"Non-trainable parameters: {table.parameters - table.trainable:,}" if not least["trainable"] else "",
        f"Multiply-adds for one image: {least['multiply_adds']}{table.multiply_adds:,}",
        *table.notes,
    ]
    return "\n".join(row for row in rows if row)
