"""How fast photos are classified, side by side with the bare LiteRT call and with TensorFlow.

Run it with `python -m tests.benchmarks.bench_inference`. Only ratios mean something: every round measures all ways one
after the other, and the medians of the rounds are compared.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf

from tlcore.images.preprocess import preprocess
from tlcore.inference.classifier import classify, see
from tlcore.inference.jobs import prepare_model
from tlcore.inference.networks.prepared import Card, Prepared, load_prepared
from tlcore.zoo import catalog
from tlcore.zoo.build import build

NAME = "MobileNetV2"
BATCH = 64
MATRIX = 1024


@dataclass(frozen=True)
class Cost:
    """What one call costs.

    Args:
        wall: seconds that pass.
        processor: seconds that all its threads together compute: hardly changed by what else the machine does.
    """

    wall: float
    processor: float


def measure(work: Callable[[], object]) -> Cost:
    """One call."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - wall, time.process_time() - processor)


def compare(ways: dict[str, Callable[[], object]], rounds: int) -> dict[str, Cost]:
    """Median cost of each way, measured in turn."""
    for work in ways.values():
        work()  # the first call compiles, allocates and warms caches
    found: dict[str, list[Cost]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, work in ways.items():
            found[name].append(measure(work))
    return {
        name: Cost(statistics.median(c.wall for c in costs), statistics.median(c.processor for c in costs))
        for name, costs in found.items()
    }


def made(folder: Path) -> tuple[keras.Model, Prepared]:
    """The network with random weights, which are as fast as any others, and its prepared twin."""
    row = catalog.find(NAME)
    model = build(row)
    card = Card(row.name, "imagenet", row.input_size, row.preprocessing, row.last_feature_layer, row.title)
    prepare_model(model, row.last_feature_layer, folder / "made", card)
    return model, load_prepared(folder / "made")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    photo = np.random.default_rng(0).integers(0, 256, (480, 640, 3), dtype=np.uint8)
    with tempfile.TemporaryDirectory() as folder:
        model, prepared = made(Path(folder))
        one = preprocess(see(prepared.card, photo)[None], prepared.card.preprocessing)
        many = np.repeat(one, BATCH, axis=0)
        compiled = tf.function(lambda batch: model(batch, training=False))
        single = compare(
            {
                "bare LiteRT call": lambda: prepared.engine.run(one),
                "decoded photo to top five": lambda: classify(prepared, [photo]),
                "tf.function": lambda: compiled(tf.constant(one)).numpy(),
                "model.predict": lambda: model.predict(one, verbose=0),
            },
            rounds,
        )
        batch = compare(
            {
                "decoded photos to top five": lambda: classify(prepared, [photo] * BATCH),
                "tf.function": lambda: compiled(tf.constant(many)).numpy(),
                "matrix product": matrix_product(),
            },
            max(3, rounds // 4),
        )
    report(single, batch)


def matrix_product() -> Callable[[], object]:
    """Multiply two square matrices with all cores: what the machine can do at best."""
    left, right = (tf.random.normal((MATRIX, MATRIX), seed=seed) for seed in (1, 2))
    return lambda: tf.linalg.matmul(left, right).numpy()


def report(single: dict[str, Cost], batch: dict[str, Cost]) -> None:
    """Print the figures and ratios."""
    write = sys.stdout.write
    write(f"{NAME} at {catalog.find(NAME).input_size} pixels, medians; by the clock, and by the processor's time\n")
    for name, cost in single.items():
        write(f"  {name:34} {1000 * cost.wall:8.1f} ms {1000 * cost.processor:8.1f} ms\n")
    ours, bare, predict = (single[name] for name in ("decoded photo to top five", "bare LiteRT call", "model.predict"))
    ratios(write, "against the bare call (at most 1.5)", ours, bare)
    ratios(write, "faster than model.predict (10)", predict, ours)
    for name in ("decoded photos to top five", "tf.function"):
        wall, processor = BATCH / batch[name].wall, BATCH / batch[name].processor
        write(f"  {BATCH} photos, {name:23} {wall:8.1f} /s {processor:8.1f} /s\n")
    ours, compiled = batch["decoded photos to top five"], batch["tf.function"]
    ratios(write, "throughput (at least 3.5)", compiled, ours)
    best = {kind: MATRIX**3 / getattr(batch["matrix product"], kind) for kind in ("wall", "processor")}
    share = [
        100 * catalog.find(NAME).multiply_adds * BATCH / getattr(ours, kind) / best[kind]
        for kind in ("wall", "processor")
    ]
    write(f"  share of the matrix-product rate   {share[0]:8.0f} %  {share[1]:8.0f} %\n")


def ratios(write: Callable[[str], object], title: str, more: Cost, less: Cost) -> None:
    """Print how many times more one way costs than another."""
    write(f"  {title:34} {more.wall / less.wall:8.2f} ×  {more.processor / less.processor:8.2f} ×\n")


if __name__ == "__main__":
    main()
