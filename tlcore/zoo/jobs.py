"""The job that computes the layer table of a network in another form than its original. [TF]"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tlcore.zoo.catalog import find
from tlcore.zoo.compute_tables import compute_architecture


def compute_job(
    request: dict, folder: Path | None, emit: Callable[[dict], None], should_stop: Callable[[], bool]
) -> dict:
    """Build an architecture as asked for and describe its layers.

    Args:
        request: {"architecture": name, "input_size": pixels or None, "classes": units or None, "include_top": bool}.
        folder: of the run; nothing is written there.
        emit: takes events; one says that building has begun.
        should_stop: asked once before building.

    Returns:
        The table, as `LayerTable.to_json` writes it; empty if stopped before.

    Raises:
        InputError: if the network cannot be built that way; it says why.
    """
    architecture = find(request["architecture"])
    if should_stop():
        return {}
    emit({"kind": "progress", "what": f"Building {architecture.title}", "done": 0, "total": 1})
    table = compute_architecture(
        architecture,
        input_size=request.get("input_size"),
        classes=request.get("classes"),
        include_top=request.get("include_top", True),
    )
    emit({"kind": "progress", "what": f"{len(table.rows)} layers", "done": 1, "total": 1})
    return table.to_json()
