"""Commands about architectures: `zoo` and `summary`."""

from __future__ import annotations

from tlcore.cli.answer import Answer, text_table
from tlcore.cli.parameters import network_argument
from tlcore.cli.program import program
from tlcore.zoo import catalog
from tlcore.zoo.layers.tables import layer_table


@program.command("zoo")
def _zoo() -> Answer:
    """List the architectures."""
    rows = [
        {
            "name": row.name,
            "year": row.year,
            "family": row.family,
            "parameters": row.parameters,
            "input": row.input_size,
            "top1": row.top1,
            "weights": _weights_state(row),
        }
        for row in catalog.ARCHITECTURES
    ]
    return Answer(rows, _titled_table(rows))


def _titled_table(rows: list[dict]) -> str:
    titles = {"top1": "top-1 %", "weights": "pretrained weights"}
    titles |= {"multiply_adds": "multiply-adds", "connected_to": "connected to"}
    return text_table(
        [{titles.get(name, name): "" if value is None else value for name, value in row.items()} for row in rows]
    )


def _weights_state(row: catalog.Architecture) -> str:
    if row.pretrained_weights == "none":
        return row.why_no_weights
    return "here" if catalog.has_weights(row) else "not on this machine"


@program.command("summary")
@network_argument
def _summary(network: str) -> Answer:
    """Show the layers of an architecture."""
    architecture = catalog.find(network)
    table = layer_table(architecture.name)
    rows = [
        {
            "index": row.index,
            "name": row.name,
            "type": row.type,
            "output": "×".join(map(str, row.output_shape)),
            "parameters": row.parameters,
            "multiply_adds": row.multiply_adds,
            "connected_to": ", ".join(row.connected_to),
        }
        for row in table.rows
    ]
    header = f"{architecture.title} ({architecture.year}), {architecture.authors}: {architecture.paper}"
    return Answer(
        {"name": architecture.name, "parameters": table.parameters, "layers": rows},
        f"{header}\n{_titled_table(rows)}\n{table.parameters:,} parameters",
    )
