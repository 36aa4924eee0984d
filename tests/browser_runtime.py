"""A stand-in for the runtime of browsers, and for the registry that has it."""

from __future__ import annotations

import base64
import hashlib
import http.server
import io
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tlcore.export.browser.runtime import Package

# Its "network" finds a photo as probable to be of the first class as it is red.
MODULE = b"""
import { createWasmLib } from "@litertjs/wasm-utils";
export class Tensor {
  constructor(values) { this.values = values; }
  async data() { return this.values; }
  delete() {}
}
export async function loadLiteRt() { await createWasmLib(class {}); }
export async function loadAndCompile(network) {
  if (new TextDecoder().decode(network) !== "network") throw new Error("not the network");
  const run = async (photo) => {
    const red = photo.values.filter((_, index) => index % 3 === 0);
    const share = red.reduce((sum, value) => sum + value, 0) / red.length / 255;
    return [new Tensor(Float32Array.of(share, 1 - share))];
  };
  return { run };
}
"""
LOADER = b"""
var ModuleFactory = async ({ wasmBinary }) => {
  if (new TextDecoder().decode(wasmBinary) !== "wasm") throw new Error("not the runtime");
};
"""
FILES = {
    "dist/index.js": MODULE,
    "wasm/litert_wasm_compat_internal.js": LOADER,
    "wasm/litert_wasm_compat_internal.wasm": b"wasm",
}


def archive() -> bytes:
    """The archive of the stand-in, as a registry keeps it."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as members:
        for name, content in FILES.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(content)
            members.addfile(member, io.BytesIO(content))
    return file.getvalue()


def package(content: bytes) -> Package:
    """The row that belongs to an archive."""
    integrity = base64.b64encode(hashlib.sha512(content).digest()).decode()
    return Package("@scope/runtime", "1.2.3", f"sha512-{integrity}", len(content))


@contextmanager
def registry(content: bytes) -> Iterator[tuple[str, list[str]]]:
    """Serve an archive on this machine; yields the address of the registry, and the paths that are asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()
