"""Runs of this project against the plain Keras loop, side by side on the same photos and the same split.

python tests/benchmarks/bench_training.py --photos FOLDER      (needs the ImageNet weights of MobileNetV2 at 160 pixels)

--frozen       a frozen run, again with its features kept, and plain Keras; what is measured without any flag
--augmented    the same with augmentation: K kept copies of each photo against Keras' augmentation layers
--fine-tune    from block 11 on, as proposed and epoch for epoch, against the whole model
--click        from the click to the first epoch of a frozen run whose features are kept, and the worker's memory
--scale        cost of a photo and memory, from 1,000 to 50,000 drawn JPEGs; needs no photos and no weights
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parent.parent.parent))

import numpy as np
import psutil
import tensorflow  # noqa: F401  both sides find it imported already
from PIL import Image
from plain_keras import AUGMENTATION, SIZE, Measured, plain_keras

from tlcore.comparison.statistics import accuracy_text
from tlcore.datasets.dataset import Dataset
from tlcore.datasets.importer import import_dataset
from tlcore.jobs import SILENT
from tlcore.runs.client import submit, wait
from tlcore.runs.execution.dispatcher import dispatcher_lease
from tlcore.runs.run import FINISHED
from tlcore.runs.store import open_store
from tlcore.storage.caches import cache_folder
from tlcore.training.jobs import train
from tlcore.training.plans.defaults import suggest_plan
from tlcore.training.plans.fields import EXACT
from tlcore.training.plans.plan import TrainingPlan

FIRST_TRAINABLE = "block_11_expand_BN"
EXACT_HEAD = {"optimizer": EXACT, "normalize": True}  # what the app proposes
CLICKS = 5
REPEATS = 5  # of runs so short that their median counts
JPEG_SIDE = 192


def studio(dataset: Dataset, epochs: int, folder: Path, **fields: object) -> Measured:
    """A run of this project, saving included.

    Args:
        dataset: two classes.
        epochs: how many.
        folder: of the run.
        **fields: of the plan.

    Returns:
        What it came to.
    """
    started = time.perf_counter()
    plan = TrainingPlan(dataset=dataset.id, input_size=SIZE, epochs=epochs, **fields)
    result = train(plan.to_json(), folder, SILENT)
    seconds = time.perf_counter() - started
    gc.collect()  # as a worker does between runs
    test = result["scores"]["test"]
    return Measured(seconds, test["correct"], test["images"], result["costs"]["training"])


def compare_frozen(dataset: Dataset, options: argparse.Namespace, home: Path) -> dict[str, Measured]:
    """A frozen run with the network to be converted first, with it prepared, a few times again, and plain Keras."""
    unprepared = studio(dataset, options.epochs, home / "unprepared", **EXACT_HEAD)
    shutil.rmtree(cache_folder("features"))
    first = studio(dataset, options.epochs, home / "first", **EXACT_HEAD)
    again = [studio(dataset, options.epochs, home / f"again-{turn}", **EXACT_HEAD) for turn in range(REPEATS)]
    return {
        "not even prepared": unprepared,
        "this project, first run": first,
        f"the same again, of {REPEATS}": sorted(again, key=lambda run: run.seconds)[REPEATS // 2],
        "plain Keras fit": plain_keras(dataset, options.epochs),
    }


def compare_augmented(dataset: Dataset, options: argparse.Namespace, home: Path) -> dict[str, Measured]:
    """The same with augmentation."""
    fields = {"augmentation": AUGMENTATION, "augmented_views": options.views}
    return {
        f"this project, {options.views} copies": studio(dataset, options.epochs, home / "augmented", **fields),
        "plain Keras with layers": plain_keras(dataset, options.epochs, augmented=True),
    }


def compare_fine_tuned(dataset: Dataset, options: argparse.Namespace, home: Path) -> dict[str, Measured]:
    """Fine-tuning: as the app proposes it, with a solved head and few epochs; and epoch for epoch what Keras does."""
    fields = {"strategy": "fine_tune", "first_trainable": FIRST_TRAINABLE, "fine_tune_learning_rate": 1e-4}
    proposed = suggest_plan(dataset, "fine_tune", "MobileNetV2", {"first_trainable": FIRST_TRAINABLE})
    own = {name: proposed[name] for name in ("optimizer", "normalize", "warmup_epochs", "fine_tune_learning_rate")}
    unprepared = studio(dataset, proposed["epochs"], home / "own", **fields | own)
    shutil.rmtree(cache_folder("features"))
    return {
        "not even prepared": unprepared,
        "as proposed, first run": studio(dataset, proposed["epochs"], home / "own-first", **fields | own),
        "as proposed, again": studio(dataset, proposed["epochs"], home / "own-again", **fields | own),
        "epochs as in Keras": studio(dataset, options.epochs, home / "tuned", **fields),
        "plain Keras, whole model": plain_keras(dataset, options.epochs, FIRST_TRAINABLE),
    }


def show(title: str, rows: dict[str, Measured]) -> None:
    """Print one comparison; the last row is what the others are measured against."""
    baseline = list(rows.values())[-1]
    sys.stdout.write(f"{title}\n")
    for name, row in rows.items():
        sys.stdout.write(
            f"  {name:26} {row.seconds:7.1f} s  {baseline.seconds / row.seconds:5.1f} times as fast   epochs only "
            f"{row.epoch_seconds:7.1f} s  {baseline.epoch_seconds / row.epoch_seconds:6.1f} times   "
            f"test {accuracy_text(row.correct, row.images, exact=True)}\n"
        )


def measure_clicks(dataset: Dataset, epochs: int) -> list[float]:
    """Seconds from a click to its first epoch, with the features kept and a worker warm; prints the worker's memory.

    Args:
        dataset: two classes.
        epochs: of each run.

    Returns:
        One figure a click.
    """
    plan = TrainingPlan(dataset=dataset.id, input_size=SIZE, epochs=epochs, **EXACT_HEAD)
    store, found = open_store(), []
    for click in range(CLICKS + 1):
        started = time.perf_counter()
        run = submit("train", plan.to_json(), f"click {click}")
        while not any(event.kind == "epoch" for event in store.events(run.id)) and not store.run(run.id).has_ended:
            time.sleep(0.02)
        found.append(time.perf_counter() - started)
        if wait(run.id).state != FINISHED:
            raise SystemExit(f"run {run.id} did not finish: {store.run(run.id).error}")
        time.sleep(1)  # the worker says that it is idle again
    dispatcher = psutil.Process(dispatcher_lease().holder().pid)
    for worker in dispatcher.children(recursive=True):
        has_tensorflow = any("tensorflow" in area.path for area in worker.memory_maps())
        sys.stdout.write(
            f"memory of the worker: {worker.memory_info().rss / 1e6:.0f} MB, "
            f"{'with' if has_tensorflow else 'without'} TensorFlow\n"
        )
    dispatcher_lease().holder().kill()
    return found[1:]  # the first one computed the features and imported TensorFlow


def draw_photos(folder: Path, count: int) -> None:
    """Draw JPEGs of two classes that differ in brightness; all of them differ from one another."""
    random = np.random.default_rng(0)
    for index in range(count):
        kind = index % 2
        path = folder / ("dark", "bright")[kind] / f"{index:06d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        coarse = random.integers(80 * kind, 176 + 80 * kind, (12, 12, 3), np.uint8)
        Image.fromarray(coarse).resize((JPEG_SIDE, JPEG_SIDE), Image.Resampling.BICUBIC).save(path, quality=85)


def measure_size(photos: Path, count: int) -> dict[str, float]:
    """Import so many photos and train a frozen head on them for one epoch, in this process.

    Args:
        photos: where to draw them.
        count: how many.

    Returns:
        Milliseconds a photo for each stage, and the most memory that was used, in megabytes.
    """
    draw_photos(photos, count)
    started = time.perf_counter()
    dataset = import_dataset("folder", {"path": str(photos)}, "drawn")
    imported = time.perf_counter() - started
    plan = TrainingPlan(
        dataset=dataset.id, backbone="EfficientNetLite0", weights="package", input_size=64, epochs=1, batch_size=64
    )
    result = train(plan.to_json(), photos.parent / "run", SILENT)
    return {
        "import": 1000 * imported / count,
        "features": 1000 * result["costs"]["features"] / count,
        "epoch": 1000 * result["costs"]["training"] / count,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def measure_sizes(counts: list[int]) -> None:
    """Measure and print each size in a fresh process with a home of its own, so that memory is its own, too."""
    sys.stdout.write("cost of a photo in milliseconds, most memory in megabytes\n")
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, __file__, "--one-size", str(count), "--photos", str(Path(folder) / "photos")]
            environment = {**os.environ, "TLCORE_HOME": folder}
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
            row = json.loads(done.stdout.splitlines()[-1])
        sys.stdout.write(f"  {count:7,} photos  " + "  ".join(f"{name} {value:8.2f}" for name, value in row.items()))
        sys.stdout.write("\n")
        sys.stdout.flush()


COMPARISONS = {"frozen": compare_frozen, "augmented": compare_augmented, "fine_tune": compare_fine_tuned}


def main() -> None:
    """Measure and print what the flags ask for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=Path, help="a folder of two class folders")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--views", type=int, default=4, help="kept copies of each photo with --augmented")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 5_000, 20_000, 50_000], help="for --scale")
    for flag in ("--frozen", "--augmented", "--fine-tune", "--click", "--scale"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("--one-size", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one_size:
        sys.stdout.write(json.dumps(measure_size(options.photos, options.one_size)) + "\n")
        return
    if options.scale:
        measure_sizes(options.sizes)
    chosen = [name for name in COMPARISONS if getattr(options, name)]
    if not chosen and not options.click and not options.scale:
        chosen = ["frozen"]
    if not chosen and not options.click:
        return
    if options.photos is None:
        parser.error("--photos FOLDER is needed for all but --scale")
    with tempfile.TemporaryDirectory() as home:
        os.environ["TLCORE_HOME"] = home
        dataset = import_dataset("folder", {"path": str(options.photos)}, "benchmark")
        for name in chosen:
            show(name.replace("_", "-"), COMPARISONS[name](dataset, options, Path(home)))
        if options.click:
            seconds = measure_clicks(dataset, options.epochs)
            sys.stdout.write(
                f"click to first epoch: median {statistics.median(seconds):.2f} s, of {CLICKS} from "
                f"{min(seconds):.2f} to {max(seconds):.2f} s\n"
            )


if __name__ == "__main__":
    main()
