"""Run the first example and record what it comes to: Home shows that as a picture before anybody has run it.

Usage, from the project's root: python -m tests.benchmarks.record_example
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from tlcore.comparison.statistics import wilson_interval
from tlcore.runs import client
from tlcore.runs.experiments import runs_of
from tlcore.runs.run import Run
from tlcore.settings import settings
from tlcore.training.results.result import TrainResult

OUTCOME = Path(__file__).parents[2] / "pages" / "home" / "outcome.json"


def main() -> None:
    """Record the example in a home folder of its own, so that nothing is reused."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["TLCORE_HOME"] = home
        settings.cache_clear()
        example = client.wait(client.submit("example", {}, "First example").id)
        runs = [client.wait(run.id) for run in runs_of(example.result["experiment"])]
        outcome = {
            "recorded": datetime.now(UTC).date().isoformat(),
            "classes": len(runs[0].result["classes"]),
            "runs": [_row(run) for run in runs],
        }
    OUTCOME.write_text(json.dumps(outcome, indent=2) + "\n")
    sys.stdout.write(OUTCOME.read_text())


def _row(run: Run) -> dict:
    result = TrainResult.from_json(run.result)
    low, high = wilson_interval(result.test.correct, result.test.images)
    return {
        "strategy": run.plan["strategy"],
        "correct": result.test.correct,
        "images": result.test.images,
        "low": round(low, 4),
        "high": round(high, 4),
        "trained": result.trainable,
        "epochs": result.epochs,
        "seconds": round(result.cost_seconds),
    }


if __name__ == "__main__":
    main()
