"""Commands about several runs: `compare`, `experiment KIND` launches some, `experiments list|show|stop|resume`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from click import Choice, argument, option

from tlcore.cli.answer import Answer, text_table, write_file
from tlcore.cli.parameters import FILE, changes_option, complete, nickname_option
from tlcore.cli.program import program
from tlcore.cli.waiting import wait_and_show
from tlcore.datasets.dataset import open_dataset
from tlcore.errors import StudioError
from tlcore.runs.client import unfinished_runs
from tlcore.runs.experiments import (
    EXPERIMENTS,
    launch,
    past_experiments,
    plan_experiment,
    resume,
    runs_of,
    stop,
)
from tlcore.runs.headway import share_of_run
from tlcore.runs.run import FINISHED, Run
from tlcore.runs.store import open_store
from tlcore.runs.time_left import expected_seconds, seconds_left, share_of_all
from tlcore.training.plans.defaults import suggest_backbone


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
    lines = [text_table([_compared_row(run) for run in data["runs"]]), "", *data["warnings"], data["headline"], ""]
    lines += data["conclusions"]
    differing = data["plans differ in"]
    if differing:
        lines += ["", text_table([dict(list(row.items())[:-1]) for row in differing])]
    if report:
        write_file(report, report_html(compared).encode())
        lines.append(f"The report is {report}.")
    if data_file:
        write_file(data_file, data_zip(compared))
        lines.append(f"The data are {data_file}.")
    return Answer(data, "\n".join(lines))


def _compared_row(run: dict) -> dict:
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


_KINDS = "; ".join(f"{row.name}: {row.question}" for row in EXPERIMENTS)


@program.command("experiment")
@argument("kind", type=Choice([row.name for row in EXPERIMENTS]), metavar="KIND", help=_KINDS)
@option("--dataset", required=True, help="Id of a dataset.", shell_complete=complete)
@option("--backbone", "network", help="By default the most accurate quick one that is here.", shell_complete=complete)
@changes_option
@nickname_option
@option("--plan-only", is_flag=True, help="Only say what would be run.")
@option("--wait", is_flag=True, help="Wait until all runs have ended.")
def _experiment(
    kind: str, dataset: str, network: str | None, changes: dict, nickname: str, plan_only: bool, wait: bool
) -> Answer:
    """Launch several runs as one."""
    opened = open_dataset(dataset)
    row = EXPERIMENTS.find(kind)
    plans = plan_experiment(row, opened, network or suggest_backbone(), changes)
    if plan_only:
        seconds = expected_seconds(list(plans.values()))
        table = text_table([{"run": name, "seconds": round(value)} for name, value in zip(plans, seconds, strict=True)])
        return Answer({name: plan.to_json() for name, plan in plans.items()}, f"{table}\n{row.note}".rstrip())
    experiment = launch(kind, plans, nickname)
    ids = [run.id for run in runs_of(experiment)]
    if wait:
        failed = [run_id for run_id in ids if not _finishes(run_id)]
        if failed:
            action = f"Look at it, then: python -m tlcore experiments resume {experiment}"
            raise StudioError("all runs finished", f"{len(failed)} that did not: {', '.join(failed)}", action)
    lines = [f"Experiment {experiment}.", row.note, f"Compare its runs: python -m tlcore compare {' '.join(ids)}"]
    return Answer({"experiment": experiment, "runs": ids}, "\n".join(filter(None, lines)))


def _finishes(run_id: str) -> bool:
    """Wait for a run; one that fails does not keep the others from being waited for."""
    try:
        wait_and_show(run_id)
    except StudioError:
        return False
    return True


@program.group("experiments")
def _experiments() -> None:
    """List, watch and manage experiments."""


_experiment_argument = argument("experiment", help="Id of an experiment.", shell_complete=complete)


@_experiments.command("list")
def _list() -> Answer:
    """List all experiments, newest first."""
    rows = [
        {
            "experiment": experiment,
            "created": runs[0].created,
            "runs": len(runs),
            "finished": sum(run.state == FINISHED for run in runs),
            "first": runs[0].name,
        }
        for experiment, runs in past_experiments().items()
    ]
    nothing = "There are no experiments yet. Launch one: experiment strategies --dataset ID"
    return Answer(rows, text_table(rows) if rows else nothing)


@_experiments.command("show")
@_experiment_argument
def _show(experiment: str) -> Answer:
    """Show how far its runs are."""
    unfinished_runs()
    runs = runs_of(experiment)
    rows = [{"id": run.id, "state": run.state, "name": run.name} for run in runs]
    store = open_store()

    def done(run: Run) -> float:
        return share_of_run(run, store.events(run.id))

    left, share = seconds_left(runs, done), share_of_all(runs, done)
    table = text_table(rows)
    return Answer(
        {"experiment": experiment, "runs": rows, "share_done": share, "seconds_left": left},
        f"{table}\n{100 * share:.0f} % done, about {left:.0f} s left.",
    )


@_experiments.command("stop")
@_experiment_argument
def _stop(experiment: str) -> Answer:
    """Ask all its runs to stop."""
    ids = [run.id for run in stop(experiment)]
    return Answer({"experiment": experiment, "runs": ids}, f"{len(ids)} runs were asked to stop.")


@_experiments.command("resume")
@_experiment_argument
def _resume(experiment: str) -> Answer:
    """Go on with all its runs that did not finish."""
    ids = [run.id for run in resume(experiment)]
    return Answer({"experiment": experiment, "runs": ids}, f"{len(ids)} runs are queued again.")
