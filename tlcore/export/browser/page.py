"""One HTML file of a network, its runtime and a page for the camera, put together."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from tlcore.export.browser.runtime import Runtime
from tlcore.text import count_text, listed, unbroken

_PARTS = Path(__file__).with_name("parts")
_SCRIPTS = ("squares.js", "network.js", "page.js")


@dataclass(frozen=True)
class Shown:
    """What the page says of a network, and how it is fed.

    Args:
        title: of the page.
        classes: their names, in the order of the network's answers.
        size: side of the square input in pixels.
        resize: mode of `tlcore.images.resize` by which photos become squares.
        about: sentences on how it was made and how good it is.
    """

    title: str
    classes: Sequence[str]
    size: int
    resize: str
    about: Sequence[str]


def page_html(shown: Shown, network: bytes, runtime: Runtime) -> str:
    """Write the page.

    Args:
        shown: what it says, and how the network is fed.
        network: a LiteRT file: float32 RGB (1, size, size, 3), 0..255 → probabilities (1, classes).
        runtime: what computes it.

    Returns:
        HTML that needs no other file and may not reach any.
    """
    style, script = _part("page.css"), "\n".join(["'use strict';", *map(_part, _SCRIPTS)])
    blocks = {
        "runtime-loader": runtime.loader,
        "runtime-module": runtime.module,
        "runtime-wasm": runtime.wasm,
        "network": network,
    }
    classes = [unbroken(name) for name in shown.classes]
    return Template(_part("page.html")).substitute(
        policy=_policy(script, style),
        title=html.escape(unbroken(shown.title)),
        lesson=html.escape(f"It tells {count_text(len(classes), 'class', 'classes')} apart: {listed(classes, 10)}."),
        about="\n".join(f"<p>{html.escape(sentence)}</p>" for sentence in shown.about),
        runtime=html.escape(runtime.title),
        license=html.escape(_part("apache-2.0.txt").strip("\n")),
        facts=_json({"classes": classes, "size": shown.size, "resize": shown.resize}),
        blocks="\n".join(_block(name, content) for name, content in blocks.items()),
        style=style,
        script=script,
    )


def _part(name: str) -> str:
    return (_PARTS / name).read_text("utf-8")


def _policy(script: str, style: str) -> str:
    """What the browser may do for the page: run its own script and the runtime, show pictures, reach nobody."""
    return (
        f"default-src 'none'; script-src {_source(script)} blob: 'wasm-unsafe-eval'; style-src {_source(style)}; "
        "img-src blob:; media-src blob:; base-uri 'none'; form-action 'none'"
    )


def _source(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _json(value: Mapping[str, object]) -> str:
    """JSON in which nothing can end the element around it."""
    return json.dumps(value).replace("<", "\\u003c")


def _block(name: str, content: bytes) -> str:
    packed = base64.b64encode(gzip.compress(content, mtime=0)).decode()
    return f'<script type="application/octet-stream" id="{name}">{packed}</script>'
