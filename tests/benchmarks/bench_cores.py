"""How features, an exact head and fine-tuning scale with the cores that a worker may use.

python -m tests.benchmarks.bench_cores --photos FOLDER      (needs the ImageNet weights of MobileNetV2 at 160 pixels)
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SIZE = 160
FIRST_TRAINABLE = "block_11_expand_BN"
EPOCHS = 3


def measure(photos: Path, folder: Path) -> dict[str, float]:
    """Run a frozen and a fine-tuned plan in this process.

    Args:
        photos: a folder of two class folders.
        folder: for the runs.

    Returns:
        Features a second, seconds for an exact head, seconds for an epoch of fine-tuning.
    """
    from tlcore.datasets.importer import import_dataset
    from tlcore.jobs import SILENT
    from tlcore.training.jobs import train
    from tlcore.training.plans.fields import EXACT
    from tlcore.training.plans.plan import TrainingPlan

    dataset = import_dataset("folder", {"path": str(photos)})
    frozen = TrainingPlan(dataset=dataset.id, input_size=SIZE, optimizer=EXACT, normalize=True)
    tuned = TrainingPlan(
        dataset=dataset.id,
        input_size=SIZE,
        strategy="fine_tune",
        first_trainable=FIRST_TRAINABLE,
        fine_tune_learning_rate=1e-4,
        epochs=EPOCHS,
    )
    costs, tuning = (train(plan.to_json(), folder / plan.strategy, SILENT)["costs"] for plan in (frozen, tuned))
    return {
        "features a second": len(dataset) / costs["features"],
        "seconds for an exact head": costs["training"],
        "seconds an epoch of fine-tuning": tuning["training"] / EPOCHS,
    }


def main() -> None:
    """Measure with one core and with all, each in a process of its own, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=Path, required=True, help="a folder of two class folders")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        sys.stdout.write(json.dumps(measure(options.photos, Path(os.environ["TLCORE_HOME"]) / "runs")) + "\n")
        return
    counts = sorted({1, 2, os.cpu_count() or 1})
    rows = []
    for cores in counts:
        with tempfile.TemporaryDirectory() as home:
            environment = {**os.environ, "TLCORE_HOME": home, "TLCORE_THREADS": str(cores)}
            command = [sys.executable, "-m", "tests.benchmarks.bench_cores", "--here", "--photos", str(options.photos)]
            # Not all libraries ask how many threads are wanted; all of them see how many cores there are.
            limit = {"preexec_fn": lambda cores=cores: os.sched_setaffinity(0, range(cores))}
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, **limit)
        rows.append(json.loads(done.stdout.splitlines()[-1]))
    for name in rows[0]:
        figures = [
            f"{cores} {'core' if cores == 1 else 'cores'}: {row[name]:8.2f}"
            for cores, row in zip(counts, rows, strict=True)
        ]
        sys.stdout.write(f"{name:34} {'   '.join(figures)}\n")


if __name__ == "__main__":
    main()
