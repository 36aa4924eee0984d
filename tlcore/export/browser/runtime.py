"""The runtime that computes a network in a browser: LiteRT.js, from the npm registry, downloaded once and kept."""

from __future__ import annotations

import base64
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path

from tlcore.download import fetch
from tlcore.errors import MissingError
from tlcore.jobs import Monitor
from tlcore.settings import PREFIX, settings

# With relaxed SIMD it is no faster (measured), and Safari has none; threads need a server that sends special headers.
_LOADER, _WASM = "wasm/litert_wasm_compat_internal.js", "wasm/litert_wasm_compat_internal.wasm"
_MODULE = "dist/index.js"
_NPM_SECONDS = 30
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

    def address(self) -> str:
        """Where the registry in force has the archive.

        Raises:
            MissingError: if nothing on this machine says which registry that is.
        """
        registry = _registry()
        if not registry:
            raise MissingError(f"the file {self.file_name}", "none, and no registry that is known here", self.way_out)
        return f"{registry}/{self.name}/-/{self.file_name}"

    @property
    def path(self) -> Path:
        """Where the archive is kept."""
        return settings().caches_folder / "runtimes" / self.file_name

    @property
    def way_out(self) -> str:
        """What to do where it cannot be downloaded."""
        return (
            f"Run npm pack {self.name}@{self.version} on a machine with internet and put what it downloads into the "
            f"folder {self.path.parent} as {self.file_name}, or set {PREFIX}NPM_REGISTRY to the address of npm's "
            "registry."
        )

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
    if not package.path.is_file() and settings().offline:
        raise MissingError(
            f"the file {package.file_name}", "none, and this machine is set to work offline", package.way_out
        )
    address = "" if package.path.is_file() else package.address()
    with tarfile.open(fetch(address, package.path, package.digest, monitor)) as archive:
        loader, wasm, module = (_read(archive, name) for name in (_LOADER, _WASM, _MODULE))
    return Runtime(f"LiteRT.js {package.version}", loader, module.replace(_IMPORT.encode(), b""), wasm)


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(f"package/{name}")
    assert file is not None, name  # the digest says that it is there, and a file
    return file.read()


def _registry() -> str:
    """Address of the npm registry: the setting, or what npm on this machine uses; "" where neither is there."""
    if settings().npm_registry:
        return settings().npm_registry.rstrip("/")
    npm = shutil.which("npm")
    if npm is None:
        return ""
    found = subprocess.run([npm, "config", "get", "registry"], capture_output=True, text=True, timeout=_NPM_SECONDS)
    return found.stdout.strip().rstrip("/") if found.returncode == 0 else ""
