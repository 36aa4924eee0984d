"""The command that compares finished training runs: `compare`."""

from __future__ import annotations

import argparse

from tlcore.cli.answer import Answer, text_table
from tlcore.reports.comparison import comparison_rows, incomparable, load_compared
from tlcore.reports.conclusions import conclusions, pair_rows, pairs
from tlcore.reports.differences import plan_differences
from tlcore.reports.statistics import accuracy_text


def add_commands(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser) -> None:
    """Add the commands of this group.

    Args:
        commands: where to add them.
        shared: options that all commands have.
    """
    compare = commands.add_parser("compare", parents=[shared], help="compare finished training runs")
    compare.add_argument("runs", nargs="+", metavar="RUN")
    compare.set_defaults(command=_compare)


def _compare(options: argparse.Namespace) -> Answer:
    compared = load_compared(options.runs)
    rows = comparison_rows(compared)
    differing, equal = plan_differences(compared)
    data = {
        "runs": rows,
        "warnings": incomparable(compared),
        "conclusions": conclusions(compared),
        "pairs": pair_rows(pairs(compared)),
        "plans differ in": differing,
        "plans agree in": equal,
    }
    lines = [_table(rows), "", *incomparable(compared), *data["conclusions"]]
    if differing:
        lines += ["", text_table(list(differing[0])[:-1], [list(row.values())[:-1] for row in differing])]
    return Answer(data, "\n".join(lines))


def _table(rows: list[dict]) -> str:
    header = ["run", "title", "training", "validation", "test", "trainable", "epochs", "seconds"]
    return text_table(
        header,
        [
            [
                row["run"],
                row["title"],
                f"{100 * row['train accuracy']:.1f} %, loss {row['train loss']:.3f}",
                f"{100 * row['validation accuracy']:.1f} %, loss {row['validation loss']:.3f}",
                f"{accuracy_text(row['test correct'], row['test photos'])}, loss {row['test loss']:.3f}",
                row["trainable parameters"],
                row["epochs"],
                round(row["seconds"], 1),
            ]
            for row in rows
        ],
    )
