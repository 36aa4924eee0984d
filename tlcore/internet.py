"""Whether published weights can be downloaded now: the one place that says so, for pages, commands and reports."""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import threading
import time
import urllib.request

from tlcore.settings import settings

OFF = "off"
REACHABLE = "reachable"
NOT_REACHABLE = "not reachable"

# One of the files that Keras publishes, asked for as a download asks for it, through a proxy if there is one.
_ADDRESS = (
    "https://storage.googleapis.com/tensorflow/keras-applications/mobilenet_v2/"
    "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5"
)
_FRESH_SECONDS = 30.0
_WAIT_SECONDS = 1.0
_TIMEOUT_SECONDS = 10.0


class _Look(threading.Thread):
    """One attempt, in a thread of its own, as looking a name up can hang for half a minute and knows no time limit."""

    def __init__(self, before: bool):
        super().__init__(daemon=True)
        self.reached = before  # what holds until this attempt knows better
        self.begun = time.monotonic()

    def run(self) -> None:
        reached = False
        with contextlib.suppress(OSError, http.client.HTTPException):
            request = urllib.request.Request(_ADDRESS, method="HEAD")
            urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS).close()
            reached = True
        self.reached = reached


_latest: _Look | None = None
_lock = threading.Lock()


def network_state() -> str:
    """Say whether published weights can be downloaded now; looks at most twice a minute and waits at most a second.

    Returns:
        `OFF` (switched off by TLCORE_OFFLINE), `REACHABLE` or `NOT_REACHABLE`; where a look takes longer, what the one
        before found.
    """
    if settings().offline:
        return OFF
    look = _look()
    look.join(max(0.0, look.begun + _WAIT_SECONDS - time.monotonic()))
    return REACHABLE if look.reached else NOT_REACHABLE


def is_loopback(address: str) -> bool:
    """Tell whether an address is that of this machine itself, which nobody else can use.

    Args:
        address: of a machine, as numbers; anything else is none.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return (getattr(parsed, "ipv4_mapped", None) or parsed).is_loopback


def can_download() -> bool:
    """Tell whether published weights can be downloaded now."""
    return network_state() == REACHABLE


def _look() -> _Look:
    """The latest attempt, or a new one if that has ended and is no longer fresh."""
    global _latest
    with _lock:
        look = _latest
        if look is None or (not look.is_alive() and time.monotonic() - look.begun >= _FRESH_SECONDS):
            look = _latest = _Look(before=look is not None and look.reached)
            look.start()
        return look
