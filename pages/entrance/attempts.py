"""Wrong codes, counted for each address, so that nobody can try them all."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable

_AT_ONCE = 10
_MOST_OWED = 20  # attempts: whoever shares an address with somebody who guesses waits a minute, not an hour
_SECONDS_EACH = 6.0
_MOST_ADDRESSES = 10_000


class Attempts:
    """A stock of attempts for each address, which wrong codes use up and time refills.

    A class behind one address goes on entering while somebody mistypes, but nobody tries more than ten codes a minute:
    against eight letters and digits that is hopeless.

    Args:
        clock: tells the time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._full_at: dict[str, float] = {}  # when the stock of an address will be full again

    def wait(self, address: str) -> float:
        """How long an address has to wait before its next attempt.

        Args:
            address: of a client.

        Returns:
            Seconds; 0 if it need not.
        """
        missing = (self._full_at.get(_network(address), 0.0) - self._clock()) / _SECONDS_EACH
        return max(0.0, (missing - _AT_ONCE + 1) * _SECONDS_EACH)

    def note_wrong(self, address: str) -> None:
        """Count a wrong code.

        Args:
            address: of the client that sent it.
        """
        now, network = self._clock(), _network(address)
        if len(self._full_at) >= _MOST_ADDRESSES:
            self._full_at = {each: full for each, full in self._full_at.items() if full > now}
        owed = max(now, self._full_at.get(network, now)) + _SECONDS_EACH
        self._full_at[network] = min(owed, now + _MOST_OWED * _SECONDS_EACH)


def _network(address: str) -> str:
    """What one client can change of an IPv6 address by itself does not count."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address
