"""The command that compares finished training runs: `compare`."""

from __future__ import annotations

import argparse
from pathlib import Path

from tlcore.cli.answer import Answer, text_table
from tlcore.errors import InputError
from tlcore.files import replacing


def add_commands(commands: argparse._SubParsersAction, shared: argparse.ArgumentParser) -> None:
    """Add the commands of this group.

    Args:
        commands: where to add them.
        shared: options that all commands have.
    """
    compare = commands.add_parser("compare", parents=[shared], help="compare finished training runs")
    compare.add_argument("runs", nargs="+", metavar="RUN")
    compare.add_argument("--report", type=Path, metavar="FILE", help="write the report, one HTML file")
    compare.add_argument("--data", type=Path, metavar="FILE", help="write CSV, JSON and TensorBoard logs of everything")
    compare.set_defaults(command=_compare)


def _compare(options: argparse.Namespace) -> Answer:
    # Plotly, SciPy and scikit-learn take seconds to import; no other command needs them.
    from tlcore.comparison.comparison import load_compared
    from tlcore.export.data_files import comparison_json, data_zip
    from tlcore.export.report import report_html

    compared = load_compared(options.runs)
    data = comparison_json(compared)
    lines = [_table(data["runs"]), "", *data["warnings"], data["headline"], "", *data["conclusions"]]
    differing = data["plans differ in"]
    if differing:
        lines += ["", text_table(list(differing[0])[:-1], [list(row.values())[:-1] for row in differing])]
    if options.report:
        _write(options.report, report_html(compared).encode())
        lines.append(f"The report is {options.report}.")
    if options.data:
        _write(options.data, data_zip(compared))
        lines.append(f"The data are {options.data}.")
    return Answer(data, "\n".join(lines))


def _write(path: Path, content: bytes) -> None:
    try:
        with replacing(path) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        raise InputError("a file name that can be written", str(error), "Choose another name or folder.") from error


def _table(rows: list[dict]) -> str:
    from tlcore.comparison.statistics import accuracy_text

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
