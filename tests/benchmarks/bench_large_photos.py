"""Photos of 12 megapixels as phones take them: importing, looking at them, and their way into a network.

python -m tests.benchmarks.bench_large_photos [--photos 1000]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from tlcore.datasets.dataset import Dataset
from tlcore.datasets.importer import import_dataset
from tlcore.datasets.thumbnails import tiles
from tlcore.images.resize import resize

SIZE = (4032, 3024)
DRAWN = 20  # the others are copies with a few bytes of their own: drawing takes longer than importing
INPUT = 224
TILES = 48
SAMPLE = 20


def draw_photos(folder: Path, count: int) -> None:
    """Draw JPEGs of two classes with structure at all scales, about 3 MB each."""
    random = np.random.default_rng(0)
    drawn: list[bytes] = []
    for index in range(count):
        path = folder / ("ash", "oak")[index % 2] / f"{index:05}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        if len(drawn) < DRAWN:
            layers = [random.normal(0, 40, (SIZE[1] // cell + 1, SIZE[0] // cell + 1, 3)) for cell in (504, 63, 8)]
            large = [
                np.asarray(Image.fromarray((128 + layer).clip(0, 255).astype(np.uint8)).resize(SIZE), np.int16)
                for layer in layers
            ]
            Image.fromarray((sum(large) - 256).clip(0, 255).astype(np.uint8)).save(path, quality=92)
            drawn.append(path.read_bytes())
        else:
            path.write_bytes(drawn[index % DRAWN] + index.to_bytes(4, "big"))


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _milliseconds(dataset: Dataset, target: int | None) -> float:
    """Of decoding and resizing a photo, on one core."""
    seconds = _seconds(
        lambda: [resize(dataset.image(index, target), INPUT, INPUT, "stretch") for index in range(SAMPLE)]
    )
    return 1000 * seconds / SAMPLE


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=1000)
    count = parser.parse_args().photos
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TLCORE_HOME"] = str(Path(folder) / "home")
        draw_photos(Path(folder) / "photos", count)
        started = time.perf_counter()
        dataset = import_dataset("folder", {"path": str(Path(folder) / "photos")})
        imported = time.perf_counter() - started
        shown = _seconds(lambda: tiles(dataset, range(TILES)))
        originals = _seconds(lambda: [dataset.image(index, 160) for index in range(TILES)])
        whole, reduced = _milliseconds(dataset, None), _milliseconds(dataset, INPUT)
    sys.stdout.write(f"import of {count:,} photos      {imported:6.1f} s, {1000 * imported / count:.0f} ms each\n")
    sys.stdout.write(
        f"{TILES} tiles of a page        {shown:6.2f} s, {originals / shown:.1f} times as fast as of originals\n"
    )
    sys.stdout.write(f"a photo to {INPUT} pixels     {reduced:6.0f} ms, {whole / reduced:.1f} times as fast as whole\n")


if __name__ == "__main__":
    main()
