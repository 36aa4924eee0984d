"""The child that `tlcore.guard` starts: it parses untrusted bytes within limits, and knows nothing worth harming."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from pathlib import Path

import numpy as np
import psutil

from tlcore.errors import StudioError
from tlcore.guard import read_message, write_message

_ROOM_BYTES = 1_500_000_000  # besides what Python and its libraries take
_NICENESS = 5  # whoever waits for a page goes before whoever waits for a file


def _limit() -> None:
    """Bound the memory, forbid to write files, and take second place, where the operating system can."""
    try:
        import resource
    except ImportError:  # Windows: the parent's watchdog is all there is
        return
    os.nice(_NICENESS)
    most = psutil.Process().memory_info().vms + _ROOM_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(request: dict, data: bytes) -> tuple[dict, bytes]:
    module, function = request["function"].split(":")
    try:
        given = Path(request["path"]) if "path" in request else data
        found = getattr(importlib.import_module(module), function)(given, **request["arguments"])
    except StudioError as error:
        parts = (error.expected, error.received, error.action)
        return {"error": type(error).__name__, "parts": parts}, b""
    except MemoryError:
        return {"harm": f"which needs more than {_ROOM_BYTES / 1e9:.1f} GB of memory to read"}, b""
    except Exception as problem:  # whatever a library stumbles over in bytes like these; the child itself is well
        trace = traceback.format_exception(problem)
        return {"harm": "over which the program that reads it stumbled", "trace": "".join(trace[-3:])}, b""
    if isinstance(found, np.ndarray):
        return {"shape": found.shape, "dtype": found.dtype.str}, found.tobytes()
    return {"values": found}, b""


def main() -> None:
    """Answer messages until the parent is gone."""
    for module in sys.argv[1:]:
        importlib.import_module(module)  # before the limits, and before anybody waits
    inbox, outbox = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what libraries print must not get between the messages
    _limit()
    write_message(outbox, {})  # ready: the time for a task begins
    while True:
        try:
            request, data = read_message(inbox)
        except EOFError:
            return
        write_message(outbox, *_answer(request, data))


if __name__ == "__main__":
    main()
