"""What a worker can do: one row for each kind of job."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tlcore.catalog import Catalog
from tlcore.jobs import Monitor

Handler = Callable[[dict, Path, Monitor], dict]


@dataclass(frozen=True)
class JobKind:
    """A kind of job.

    Args:
        name: its key in the store, the kind of a run.
        title: what a person calls it.
        is_training: whether it takes a training place; other jobs are short and need not wait behind training.
        handler: "module:function"; imported in the worker only, since most need TensorFlow. The function takes
            the run's plan, the run's folder and a monitor, and returns the result.
    """

    name: str
    title: str
    is_training: bool
    handler: str

    def load(self) -> Handler:
        """Import the function that does the job."""
        module, function = self.handler.split(":")
        return getattr(importlib.import_module(module), function)


JOBS = Catalog(
    "kind of job",
    (
        JobKind("train", "Training run", True, "tlcore.training.jobs:train"),
        JobKind("verify", "Verifying a run", False, "tlcore.runs.jobs:verify_run"),
        JobKind("judge", "Checking labels", False, "tlcore.runs.jobs:judge_labels"),
        JobKind("find_rate", "Finding a learning rate", False, "tlcore.training.jobs:find_rate"),
        JobKind("search", "Looking for the best network", False, "tlcore.training.jobs:search_best"),
        JobKind("advise", "Measuring a dataset", False, "tlcore.training.jobs:advise"),
        JobKind("map", "Arranging the images of a dataset", False, "tlcore.training.jobs:arrange_images"),
        JobKind("prepare", "Preparing a network", False, "tlcore.inference.jobs:prepare"),
        JobKind("preview", "Looking at images before they are imported", False, "tlcore.datasets.jobs:preview_import"),
        JobKind("import", "Importing a dataset", False, "tlcore.datasets.jobs:import_images"),
        JobKind("teach", "Keeping what was recorded, and training on it", False, "tlcore.runs.jobs:keep_and_train"),
        JobKind("version", "Changing a dataset", False, "tlcore.datasets.jobs:make_version"),
        JobKind("example", "First example", False, "tlcore.runs.jobs:run_example"),
        JobKind("export", "Exporting a network", False, "tlcore.export.jobs:export"),
        JobKind("lesson", "Preparing a lesson", False, "tlcore.lessons.jobs:prepare"),
        JobKind("web_page", "Making a web page of a network", False, "tlcore.export.browser.jobs:make_web_page"),
        JobKind("changes", "Measuring what training changed", False, "tlcore.comparison.jobs:find_changes"),
        JobKind("table", "Computing a layer table", False, "tlcore.zoo.jobs:compute_table"),
    ),
)
