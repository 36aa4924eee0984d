"""What teaching comes to: accuracy from three photos a class, how long a head takes, how soon it answers in a browser.

Run `python -m tests.benchmarks.bench_teach accuracy FOLDER`, `… solve`, or start the app and run `… browser URL`.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tlcore.teaching.folder import read_examples
from tlcore.teaching.head import backbone, solve

DRAWS = (10, 100)
EACH = (3, 5, 10)  # photos of each class that are taught
FRAMES = ((3, 2), (30, 2), (100, 3), (300, 2), (300, 3), (300, 6), (600, 6), (2400, 12))
REPEATS = 9
ROUNDS = 10
PATIENCE = 60_000


def accuracy(folder: Path) -> None:
    """Teach a few photos of each class, draw by draw, and answer all others."""
    examples, _ = read_examples(folder, backbone())
    classes = len(examples.classes)
    for each in EACH:
        found = []
        for seed in range(max(DRAWS)):
            random = np.random.default_rng(seed)
            order = [random.permutation(np.flatnonzero(examples.labels == label)) for label in range(classes)]
            taught = np.concatenate([rows[:each] for rows in order])
            asked = np.concatenate([rows[each:] for rows in order])
            head = solve(examples.features[taught], examples.labels[taught], classes)
            answers = head.log_probabilities(examples.features[asked]).argmax(axis=1)
            found.append((answers == examples.labels[asked]).mean())
        for draws in DRAWS:
            mean, deviation = np.mean(found[:draws]), np.std(found[:draws], ddof=1)
            sys.stdout.write(f"{each} of each class, {draws} draws: {mean:.1%} (standard deviation {deviation:.1%})\n")


def solving() -> None:
    """Time heads on features that differ as much within a class as between classes."""
    random = np.random.default_rng(0)
    for frames, classes in FRAMES:
        labels = np.arange(frames) % classes
        centers = np.abs(random.normal(size=(classes, 1280)))
        features = np.abs(centers[labels] + random.normal(size=(frames, 1280))).astype(np.float32)
        features /= np.linalg.norm(features, axis=1, keepdims=True)
        times = []
        for _ in range(REPEATS):
            started = time.perf_counter()
            solve(features, labels, classes)
            times.append(1000 * (time.perf_counter() - started))
        sys.stdout.write(f"{frames} frames, {classes} classes: {statistics.median(times):.0f} ms\n")


def browser(url: str) -> None:
    """Press the button of the second class, and wait for the first answer."""
    from playwright.sync_api import sync_playwright

    from tests.browser.camera_file import camera_flags
    from tlcore.images.samples import sample_photos

    times = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        flags = camera_flags([sample.path for sample in sample_photos()], Path(folder) / "film.mjpeg")
        chromium = play.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu", *flags]
        )
        for _ in range(ROUNDS):
            context = chromium.new_context(viewport={"width": 1280, "height": 900})
            page = context.new_page()
            page.set_default_timeout(PATIENCE)
            page.goto(f"{url}/teach")
            page.get_by_role("button", name="Start the camera").click()
            page.get_by_role("button", name="Stop").wait_for()
            page.keyboard.down("1")
            page.locator(".count").nth(0).filter(has_text="images").wait_for()
            page.wait_for_timeout(1000)
            page.keyboard.up("1")
            page.wait_for_timeout(500)
            started = time.perf_counter()
            page.keyboard.down("2")
            page.locator(".guess.best").wait_for()
            times.append(time.perf_counter() - started)
            page.keyboard.up("2")
            context.close()
        chromium.close()
    ordered = sorted(times)
    sys.stdout.write(f"record to first answer: median {statistics.median(ordered):.2f} s, most {ordered[-1]:.2f} s\n")


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    {"accuracy": lambda: accuracy(Path(rest[0])), "solve": solving, "browser": lambda: browser(rest[0])}[what]()
