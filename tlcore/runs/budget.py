"""What takes room on the disk, and the limit for what can be computed or fetched again."""

from __future__ import annotations

import logging
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tlcore.inference.networks.prepared import CARD_FILE, PREPARED, PUBLISHED, read_card
from tlcore.runs.run import runs_folder
from tlcore.settings import settings
from tlcore.storage.caches import USED, cache_folder, remove_unless_used
from tlcore.storage.files import bytes_of

_DOWNLOADS = "downloads"
_LARGEST_BYTES, _SHARE_OF_DISK = 20_000_000_000, 0.2

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kept:
    """One thing that can be computed or fetched again.

    Args:
        path: a folder of the cache, or a downloaded file.
        bytes: that it takes.
        used: when it was used last, seconds since the epoch.
    """

    path: Path
    bytes: int
    used: float


def cache_limit() -> int:
    """Most bytes of what can be computed or fetched again: as set, else 20 GB, or a fifth of the disk if less."""
    if settings().cache_bytes:
        return settings().cache_bytes
    return min(_LARGEST_BYTES, int(_SHARE_OF_DISK * shutil.disk_usage(settings().home).total))


def room_taken() -> dict[str, int]:
    """What takes room in the home folder.

    Returns:
        What a person calls it → bytes, the largest first; nothing that is empty.
    """
    home = settings().home
    titles = {
        home / "datasets": "datasets",
        runs_folder(): "runs",
        cache_folder("features"): "features",
        cache_folder("parts"): "converted networks",
        home / PREPARED: "converted networks",
        home / _DOWNLOADS: "downloads",
    }
    cache = cache_folder("features").parent
    rooms: Counter[str] = Counter()
    for path in [*(path for path in home.iterdir() if path != cache), *(cache.iterdir() if cache.is_dir() else ())]:
        rooms[titles.get(path, "everything else")] += bytes_of(path)
    return {title: taken for title, taken in sorted(rooms.items(), key=lambda item: -item[1]) if taken > 0}


def keep_within_limit() -> int:
    """Remove what can be computed or fetched again until it fits its limit: first what was used longest ago.

    Nothing goes that a process holds in use.

    Returns:
        Bytes that are free again.
    """
    kept, limit, freed = sorted(_all_kept(), key=lambda item: item.used), cache_limit(), 0
    taken = sum(item.bytes for item in kept)
    for item in kept:
        if taken - freed <= limit:
            break
        if _remove(item.path):
            freed += item.bytes
    if freed:
        logger.info("%.1f MB of the cache are removed, to keep it within %.1f GB", freed / 1e6, limit / 1e9)
    return freed


def _all_kept() -> Iterator[Kept]:
    for folder in _folders():
        with suppress(OSError):
            yield Kept(folder, bytes_of(folder), _last_use(folder))
    for file in (settings().home / _DOWNLOADS).glob("[!.]*"):
        with suppress(OSError):
            yield Kept(file, file.stat().st_size, max(file.stat().st_atime, file.stat().st_mtime))


def _folders() -> Iterator[Path]:
    for kind in ("features", "parts"):
        yield from cache_folder(kind).glob("[!.]*")
    for file in (settings().home / PREPARED).glob(f"[!.]*/{CARD_FILE}"):
        card = read_card(file.parent)
        # What came of the user's own weights file can not be made again without it.
        if card is not None and card.weights in PUBLISHED:
            yield file.parent


def _last_use(folder: Path) -> float:
    mark = folder / USED
    return (mark if mark.exists() else folder).stat().st_mtime


def _remove(path: Path) -> bool:
    if path.is_dir():
        return remove_unless_used(path)
    try:
        path.unlink()
    except OSError:  # Windows: somebody reads it
        return False
    return True
