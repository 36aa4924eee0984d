"""What the environment decides: folders, store, workers, network and the limits on untrusted input.

Every setting is an environment variable `TLCORE_<NAME>`; they are read once, when first asked for.
"""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from tlcore.errors import InputError

PREFIX = "TLCORE_"
Value = bool | int | float | str | Path
KEEP_DELETED = timedelta(days=7)  # how long deleted runs and datasets can be restored


@dataclass(frozen=True)
class Settings:
    """All settings, typed, with their defaults.

    Args:
        home: folder for the store, datasets, runs, prepared models and caches.
        store: SQLAlchemy address of the store, or "@" and the file that holds it; empty: one SQLite file in `home`.
        executor: what executes training runs: "local" for this machine, "ray" for a cluster.
        ray_address: where the cluster's job server answers, such as http://head:8265.
        ray_processors: processors of the cluster that each run asks for.
        ray_gpus: GPUs of the cluster that each run asks for, or the share of one.
        caches: folder for what can be computed again; empty means `home`.
        workers: how many runs may execute at the same time.
        threads: threads for each worker; 0 means all cores shared out among the workers.
        offline: never try the network.
        heartbeat_seconds: how often a worker says that it is alive.
        silence_seconds: after this long without a heartbeat a worker counts as dead.
        idle_seconds: the dispatcher and its warm worker end after this long without work.
        cache_bytes: most bytes of what can be computed or fetched again, such as features; 0 means 20 GB, or a fifth of
            the disk if that is less.
        max_image_bytes: largest image file that is decoded.
        max_image_pixels: most pixels (width x height) of a decoded image; larger JPEGs are decoded at 1/2 to 1/8 of
            their size.
        max_dataset_images: most images in one dataset.
        max_dataset_bytes: most bytes of image files in one dataset.
        max_classes: most classes in one dataset.
        max_weights_bytes: largest weights file that is opened.
        npm_registry: where packages for browsers are downloaded; empty means where npm on this machine does.
        shared: let others in, each by the access code; otherwise the pages are for whoever sits at this machine.
        access_code: the code for visitors; empty means that one is drawn.
        owner_code: the code for the owner of the machine; empty means that one is drawn.
        hosts: names under which the pages are reached besides this machine's own, separated by commas.
        folders: folders below which visitors may name files, separated like those of `PATH`.
        visitor_upload_bytes: largest file that a visitor may upload.
        visitor_runs: most runs of a visitor that wait or are in progress at once.
        visitor_bytes: how much disk space the datasets, runs and uploads of a visitor may take.
    """

    home: Path = Path.home() / ".transfer-learning-studio"
    store: str = ""
    executor: str = "local"
    ray_address: str = "http://localhost:8265"
    ray_processors: int = 2
    ray_gpus: float = 0.0
    caches: str = ""
    workers: int = 1
    threads: int = 0
    offline: bool = False
    heartbeat_seconds: float = 2.0
    silence_seconds: float = 12.0
    idle_seconds: float = 600.0
    cache_bytes: int = 0
    max_image_bytes: int = 40_000_000
    max_image_pixels: int = 110_000_000
    max_dataset_images: int = 100_000
    max_dataset_bytes: int = 8_000_000_000
    max_classes: int = 1000
    max_weights_bytes: int = 1_000_000_000
    npm_registry: str = ""
    shared: bool = False
    access_code: str = ""
    owner_code: str = ""
    hosts: str = ""
    folders: str = ""
    visitor_upload_bytes: int = 300_000_000
    visitor_runs: int = 20
    visitor_bytes: int = 5_000_000_000

    @property
    def named_hosts(self) -> tuple[str, ...]:
        """The names of `hosts`, in lower case."""
        return tuple(name.strip().lower() for name in self.hosts.split(",") if name.strip())

    @property
    def named_folders(self) -> tuple[Path, ...]:
        """The folders of `folders`, without links."""
        return tuple(Path(name).expanduser().resolve() for name in self.folders.split(os.pathsep) if name.strip())

    @functools.cached_property
    def store_address(self) -> str:
        """SQLAlchemy address of the store in force; a file that holds it is read once, like the environment.

        Raises:
            InputError: if it is to be read from a file that cannot be read.
        """
        if not self.store.startswith("@"):
            return self.store or f"sqlite:///{self.store_file}"
        try:
            return Path(self.store[1:]).expanduser().read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                f"a file with the store's address, as {PREFIX}STORE says",
                str(error),
                "Correct the variable or the file.",
            ) from None

    @property
    def caches_folder(self) -> Path:
        """Where lies what can be computed again."""
        return Path(self.caches).expanduser() if self.caches else self.home

    @property
    def store_file(self) -> Path:
        """The SQLite file that is the store where no other is named."""
        return self.home / "studio.sqlite"

    @property
    def worker_threads(self) -> int:
        """Threads that one worker may use, at least 1."""
        return self.threads or max(1, (os.cpu_count() or 1) // self.workers)

    @property
    def keras_home(self) -> Path:
        """Where Keras keeps downloaded weights (`KERAS_HOME`, else `~/.keras`)."""
        return Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")


def _parse(name: str, text: str, default: Value) -> Value:
    try:
        if isinstance(default, bool):
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}[
                text.strip().lower()
            ]
        if isinstance(default, Path):
            return Path(text).expanduser().resolve()
        value = type(default)(text)
    except (KeyError, ValueError):
        kind = "yes or no" if isinstance(default, bool) else f"a number like {default}"
        raise InputError(f"{kind} in {PREFIX}{name.upper()}", repr(text), "Correct or unset the variable.") from None
    if isinstance(value, int | float) and value < 0:
        raise InputError(f"zero or more in {PREFIX}{name.upper()}", text, "Correct or unset the variable.")
    return value


@functools.cache
def settings() -> Settings:
    """Read the settings from the environment, once a process.

    Returns:
        The settings in force. Tests call `settings.cache_clear()` after changing the environment.

    Raises:
        InputError: if a variable does not parse; it names the variable.
    """
    found: dict[str, Any] = {  # each of the type of its field
        name: _parse(name, os.environ[PREFIX + name.upper()], default)
        for name, default in vars(Settings()).items()
        if os.environ.get(PREFIX + name.upper())  # an empty variable says nothing
    }
    result = Settings(**found)
    for name in ("workers", "ray_processors"):
        if getattr(result, name) < 1:
            asked = f"at least 1 in {PREFIX}{name.upper()}"
            raise InputError(asked, str(getattr(result, name)), "Correct or unset the variable.")
    return result
