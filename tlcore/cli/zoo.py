"""Commands about architectures: `zoo` and `summary`."""

from __future__ import annotations

import argparse

from tlcore.cli.answer import Answer, text_table
from tlcore.zoo import catalog
from tlcore.zoo.layers.tables import layer_table


def add_commands(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser) -> None:
    """Add the commands of this group.

    Args:
        commands: where to add them.
        shared: options that all commands have.
    """
    zoo = commands.add_parser("zoo", parents=[shared], help="list the architectures")
    zoo.set_defaults(command=_zoo)
    summary = commands.add_parser("summary", parents=[shared], help="show the layers of an architecture")
    summary.add_argument("name", help="such as MobileNetV2")
    summary.set_defaults(command=_summary)


def _zoo(_options: argparse.Namespace) -> Answer:
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
    table = text_table(
        ["name", "year", "family", "parameters", "input", "top-1 %", "pretrained weights"],
        [
            [*list(row.values())[:5], "" if row["top1"] is None else f"{row['top1']:.1f}", row["weights"]]
            for row in rows
        ],
    )
    return Answer(rows, table)


def _weights_state(row: catalog.Architecture) -> str:
    if row.pretrained_weights == "none":
        return "none published"
    return "here" if catalog.has_weights(row) else "not on this machine"


def _summary(options: argparse.Namespace) -> Answer:
    architecture = catalog.find(options.name)
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
    text = text_table(
        ["index", "name", "type", "output", "parameters", "multiply-adds", "connected to"],
        [list(row.values()) for row in rows],
    )
    header = f"{architecture.title} ({architecture.year}), {architecture.authors}: {architecture.paper}"
    return Answer(
        {"name": architecture.name, "parameters": table.parameters, "layers": rows},
        f"{header}\n{text}\n{table.parameters:,} parameters",
    )
