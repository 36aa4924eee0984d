"""What jobs say while they work."""

from __future__ import annotations

from collections.abc import Callable

Report = Callable[[str, int, int], None]


def report_to(emit: Callable[[dict], None]) -> Report:
    """Turn what a job says of its progress into events.

    Args:
        emit: takes events.

    Returns:
        A function that takes what is being done, how much of it is done, and of how much.
    """
    return lambda what, done, total: emit({"kind": "progress", "what": what, "done": done, "total": total})
