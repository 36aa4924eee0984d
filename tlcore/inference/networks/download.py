"""Fetching published weights for Keras. [TF]

Keras' own download begins anew after every interruption and leaves half a file under the final name when its process
is killed. Here Keras only says what to fetch: file name, address and digest.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tlcore.download import fetch
from tlcore.jobs import Monitor
from tlcore.settings import settings
from tlcore.zoo.compat import downloads_through


@contextmanager
def resumable_downloads(monitor: Monitor) -> Iterator[None]:
    """Let Keras Applications fetch its weights through `tlcore.download.fetch` inside the block.

    Args:
        monitor: told of progress in bytes, and asked between pieces.
    """

    def get_file(fname: str, origin: str, cache_subdir: str = "models", file_hash: str | None = None) -> str:
        return str(fetch(origin, settings().keras_home / cache_subdir / fname, file_hash, monitor))

    with downloads_through(get_file):
        yield
