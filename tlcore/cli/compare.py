"""The command that compares finished training runs: `compare`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from click import argument, option

from tlcore.cli.answer import Answer, text_table
from tlcore.cli.parameters import FILE, complete
from tlcore.cli.program import program
from tlcore.errors import InputError
from tlcore.storage.files import replacing


@program.command("compare")
@argument("runs", nargs=-1, required=True, help="Ids of finished training runs.", shell_complete=complete)
@option("--report", type=FILE, help="Write the report, one HTML file.")
@option("--data", "data_file", type=FILE, help="Write CSV, JSON and TensorBoard logs of everything.")
def _compare(runs: Sequence[str], report: Path | None, data_file: Path | None) -> Answer:
    """Compare finished training runs."""
    # Plotly, SciPy and scikit-learn take seconds to import; no other command needs them.
    from tlcore.comparison.comparison import load_compared
    from tlcore.export.data_files import comparison_json, data_zip
    from tlcore.export.report import report_html

    compared = load_compared(runs)
    data = comparison_json(compared)
    lines = [text_table([_row(run) for run in data["runs"]]), "", *data["warnings"], data["headline"], ""]
    lines += data["conclusions"]
    differing = data["plans differ in"]
    if differing:
        lines += ["", text_table([dict(list(row.items())[:-1]) for row in differing])]
    if report:
        _write(report, report_html(compared).encode())
        lines.append(f"The report is {report}.")
    if data_file:
        _write(data_file, data_zip(compared))
        lines.append(f"The data are {data_file}.")
    return Answer(data, "\n".join(lines))


def _write(path: Path, content: bytes) -> None:
    try:
        with replacing(path) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        raise InputError("a file name that can be written", str(error), "Choose another name or folder.") from error


def _row(run: dict) -> dict:
    from tlcore.comparison.statistics import accuracy_text

    return {
        "run": run["run"],
        "title": run["title"],
        "training": f"{100 * run['train accuracy']:.1f} %, loss {run['train loss']:.3f}",
        "validation": f"{100 * run['validation accuracy']:.1f} %, loss {run['validation loss']:.3f}",
        "test": f"{accuracy_text(run['test correct'], run['test photos'], exact=True)}, loss {run['test loss']:.3f}",
        "trainable": run["trainable parameters"],
        "epochs": run["epochs"],
        "seconds": round(run["seconds"], 1),
    }
