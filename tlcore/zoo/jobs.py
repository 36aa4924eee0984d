"""The job that computes the layer table of a network in another form than its original. [TF]"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tlcore.errors import Stopped
from tlcore.zoo.catalog import find
from tlcore.zoo.layers.compute import compute_architecture


def compute_job(
    request: dict, folder: Path | None, emit: Callable[[dict], None], should_stop: Callable[[], bool]
) -> dict:
    """Build an architecture as asked for and describe its layers.

    Args:
        request: {"architecture": name, "input_size": pixels or None, "classes": units or None, "include_top": bool}.
        folder: of the run; nothing is written there.
        emit: takes progress reports.
        should_stop: asked before and after building.

    Returns:
        The table, as `LayerTable.to_json` writes it.

    Raises:
        InputError: if the network cannot be built that way; it says why.
        Stopped: if asked to.
    """

    def report(what: str, done: int) -> None:
        if should_stop():
            raise Stopped
        emit({"kind": "progress", "what": what, "done": done, "total": 1})

    architecture = find(request["architecture"])
    report(f"Building {architecture.title}", 0)
    table = compute_architecture(
        architecture,
        input_size=request.get("input_size"),
        classes=request.get("classes"),
        include_top=request.get("include_top", True),
    )
    report(f"{len(table.rows)} layers", 1)
    return table.to_json()
