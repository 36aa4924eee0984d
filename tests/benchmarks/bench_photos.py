"""How many files of a folder are read as photos, why others are not, how long the slowest takes and how much memory.

python -m tests.benchmarks.bench_photos FOLDER
"""

from __future__ import annotations

import argparse
import threading
import time
from collections import Counter
from functools import partial
from pathlib import Path

import psutil

from tlcore.errors import ImageError
from tlcore.images.decode import read_bytes
from tlcore.inference.many import PhotoFile, classify_files
from tlcore.inference.networks.installed import prepare_installed
from tlcore.inference.networks.prepared import load_prepared
from tlcore.zoo import catalog


class Peak:
    """The most memory that this process, and any of its children, was seen to take."""

    def __init__(self) -> None:
        self.here = self.child = 0
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        me = psutil.Process()
        while True:
            self.here = max(self.here, me.memory_info().rss)
            for child in me.children():
                try:
                    self.child = max(self.child, child.memory_info().rss)
                except psutil.NoSuchProcess:
                    continue
            time.sleep(0.01)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    paths = sorted(path for path in parser.parse_args().folder.rglob("*") if path.is_file())
    prepared = load_prepared(prepare_installed(catalog.find(catalog.INSTALLED)))
    files = [PhotoFile(str(path), path.name, partial(read_bytes, path)) for path in paths]
    peak, reasons, times = Peak(), Counter(), []
    for file in files:  # one by one, so that each has its own time
        began = time.monotonic()
        result = next(classify_files(prepared, [file]))
        times.append((time.monotonic() - began, file.name))
        if isinstance(result, ImageError):
            reason = result.received.replace(file.name, "").strip(", ")
            reasons[reason] += 1
            print(f"refused {file.name}: {reason}")  # noqa: T201
    slowest, name = max(times)
    print(  # noqa: T201
        f"{len(files)} files, {len(files) - reasons.total()} read, {reasons.total()} refused; slowest {name} "
        f"{slowest:.2f} s; peak memory {peak.here / 1e6:.0f} MB here, {peak.child / 1e6:.0f} MB in a child"
    )
    for reason, count in reasons.most_common():
        print(f"{count:5} {reason}")  # noqa: T201


if __name__ == "__main__":
    main()
