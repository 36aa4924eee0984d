"""The job that computes the layer table of a network in another form than its original. [TF]"""

from __future__ import annotations

from pathlib import Path

from tlcore.jobs import Monitor
from tlcore.zoo.catalog import find
from tlcore.zoo.layers.compute import compute_architecture


def compute_table(request: dict, _folder: Path, monitor: Monitor) -> dict:
    """Build an architecture as asked for and describe its layers.

    Args:
        request: {"architecture": name, "input_size": pixels or None, "classes": units or None, "include_top": bool}.
        _folder: not needed.
        monitor: told of progress, and asked before and after building.

    Returns:
        The table, as `LayerTable.to_json` writes it.

    Raises:
        InputError: if the network cannot be built that way; it says why.
        Stopped: if asked to.
    """

    def report(what: str, done: int) -> None:
        monitor.check()
        monitor.report(what, done, 1)

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
