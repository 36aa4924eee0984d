"""What a worker can do: one row for each kind of job."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tlcore.rows import find_row

Emit = Callable[[dict], None]
ShouldStop = Callable[[], bool]
Handler = Callable[[dict, Path, Emit, ShouldStop], dict]


@dataclass(frozen=True)
class Job:
    """A kind of job.

    Args:
        name: its key in the store, the kind of a run.
        title: what a person calls it.
        is_training: whether it takes a training place; other jobs are short and need not wait behind training.
        handler: "module:function"; imported in the worker only, since most need TensorFlow. The function takes
            the run's plan, the run's folder, `emit(event)` and `should_stop()`, and returns the result.
    """

    name: str
    title: str
    is_training: bool
    handler: str

    def load(self) -> Handler:
        """Import the function that does the job."""
        module, function = self.handler.split(":")
        return getattr(importlib.import_module(module), function)


JOBS = (
    Job("train", "Training run", True, "tlcore.training.jobs:train"),
    Job("verify", "Verifying a run", False, "tlcore.runs.verify_job:verify_run"),
    Job("judge", "Looking for wrong labels", False, "tlcore.runs.judge_job:judge_run"),
    Job("find_rate", "Finding a learning rate", False, "tlcore.training.advice.rate_sweep:find_rate"),
    Job("search", "Looking for the best network", False, "tlcore.runs.search_job:search_best"),
    Job("advise", "Measuring a dataset", False, "tlcore.training.advice.advice_job:measure"),
    Job("prepare", "Preparing a network", False, "tlcore.inference.jobs:prepare"),
    Job("import", "Importing a dataset", False, "tlcore.datasets.jobs:import_images"),
    Job("version", "Changing a dataset", False, "tlcore.datasets.jobs:make_version"),
    Job("example", "First example", False, "tlcore.runs.example:run_example"),
    Job("export", "Exporting a network", False, "tlcore.export.jobs:export"),
    Job("changes", "Looking for what training changed", False, "tlcore.comparison.jobs:find_changes"),
    Job("table", "Computing a layer table", False, "tlcore.zoo.jobs:compute_job"),
)


def find_job(name: str) -> Job:
    """Look a kind of job up.

    Args:
        name: its key in the store.

    Returns:
        The row.

    Raises:
        NotFoundError: if there is none of this name.
    """
    return find_row("kind of job", name, JOBS)
