"""Waiting for a run in a terminal."""

from __future__ import annotations

import sys

from tlcore.errors import StudioError
from tlcore.runs.client import wait
from tlcore.runs.run import FINISHED, Run


def wait_and_show(run_id: str) -> Run:
    """Wait for a run, with its progress on the terminal if there is one.

    Args:
        run_id: its id.

    Returns:
        The finished run.

    Raises:
        StudioError: if it ended in any other way; it says why.
    """
    run = wait(run_id, _show)
    if sys.stderr.isatty():
        sys.stderr.write("\n")
    if "parts" in run.error:
        raise StudioError(*run.error["parts"])
    if run.state != FINISHED:
        reason = run.error.get("message", "It was asked to stop.")
        raise StudioError("a finished run", f"run {run.id}, which is {run.state}", reason)
    return run


def _show(run: Run) -> None:
    if not sys.stderr.isatty():
        return
    progress = run.progress
    what = f"{progress.what}: {progress.done}/{progress.total}" if progress else "waiting for a worker"
    sys.stderr.write(f"\r\033[K{run.state}: {what} ")
    sys.stderr.flush()
