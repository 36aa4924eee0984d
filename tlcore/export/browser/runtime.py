"""The runtime that computes a network in a browser: LiteRT.js, from the npm registry, downloaded once and kept."""

from __future__ import annotations

import base64
import os
import tarfile
from dataclasses import dataclass
from pathlib import Path

from tlcore.download import by_hand, fetch
from tlcore.jobs import Monitor
from tlcore.settings import settings

# With relaxed SIMD it is no faster (measured), and Safari has none; threads need a server that sends special headers.
_LOADER, _WASM = "wasm/litert_wasm_compat_internal.js", "wasm/litert_wasm_compat_internal.wasm"
_MODULE = "dist/index.js"
_IMPORT = 'import { createWasmLib } from "@litertjs/wasm-utils";'  # the page has a function of this name


@dataclass(frozen=True)
class Package:
    """A package of the npm registry, of one version.

    Args:
        name: with its scope.
        version: the only one that this program knows.
        integrity: SHA-512 of its archive, as npm writes it.
        size: of its archive, in bytes.
    """

    name: str
    version: str
    integrity: str
    size: int

    @property
    def file_name(self) -> str:
        """What the registry calls the archive."""
        return f"{self.name.rpartition('/')[2]}-{self.version}.tgz"

    @property
    def address(self) -> str:
        """Where the registry in force has the archive."""
        return f"{_registry()}/{self.name}/-/{self.file_name}"

    @property
    def path(self) -> Path:
        """Where the archive is kept."""
        return settings().caches_folder / "runtimes" / self.file_name

    @property
    def way_out(self) -> str:
        """What to do where it cannot be downloaded."""
        return by_hand(self.address, self.path)

    @property
    def digest(self) -> str:
        """SHA-512 of the archive, in hexadecimal digits."""
        return base64.b64decode(self.integrity.removeprefix("sha512-")).hex()


LITERT_JS = Package(
    "@litertjs/core",
    "2.5.3",
    "sha512-PlGmbMOq9WitX7FO0jhbdJw9GthatsyuCQXjTt/wJZo0FLaw48q4tz8IwqgqCIkviYGr9OFDL1kCnN4nzWoyJQ==",
    11_817_097,
)


@dataclass(frozen=True)
class Runtime:
    """What a page needs to compute a network.

    Args:
        title: name and version.
        loader: JavaScript that starts the WebAssembly.
        module: JavaScript module that loads and runs networks.
        wasm: the WebAssembly.
    """

    title: str
    loader: bytes
    module: bytes
    wasm: bytes


def load_runtime(package: Package, monitor: Monitor) -> Runtime:
    """Read the runtime from its archive, which is downloaded unless it is kept already.

    Args:
        package: which archive.
        monitor: told of progress in bytes, and asked between pieces.

    Returns:
        The runtime.

    Raises:
        MissingError: if it is not kept and cannot be downloaded, or is another file than it should be.
        Stopped: if asked to.
    """
    package.path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fetch(package.address, package.path, package.digest, monitor)) as archive:
        loader, wasm, module = (_read(archive, name) for name in (_LOADER, _WASM, _MODULE))
    return Runtime(f"LiteRT.js {package.version}", loader, module.replace(_IMPORT.encode(), b""), wasm)


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(f"package/{name}")
    assert file is not None, name  # the digest says that it is there, and a file
    return file.read()


def _registry() -> str:
    """Address of the npm registry: npm's own variable, then npm's file, then the setting."""
    variables = {name.lower(): value for name, value in os.environ.items()}  # npm takes them in any case
    named = variables.get("npm_config_registry") or _from_file()
    return (named or settings().npm_registry).rstrip("/")


def _from_file() -> str:
    try:
        lines = (Path.home() / ".npmrc").read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return ""
    pairs = [line.partition("=") for line in lines]
    return next((value.strip().strip("\"'") for key, _, value in pairs if key.strip() == "registry"), "")
