"""Under which names the pages are reached, and from which pages they may be asked for something.

A foreign page cannot read what a browser gets from here, unless its own name is made to point here (DNS rebinding):
then the browser sends that name. So names are checked. Addresses in digits need no check, as nobody can make them point
elsewhere; this is why Starlette's TrustedHostMiddleware does not do: a laptop's address changes with its network.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pages.entrance.refusal import refuse
from tlcore.settings import PREFIX, settings

_READING = ("GET", "HEAD", "OPTIONS")
_UNKNOWN = f"This studio is not known under that name. If it is yours, add the name to {PREFIX}HOSTS."
_FOREIGN = "Another page asked for this. Open the studio itself and try again."


class Hosts:
    """Middleware that refuses unknown names, and changes that other pages ask for.

    Args:
        app: what answers the rest.
    """

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on, as ASGI asks."""
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        if not _is_known(host):
            return await refuse(400, _UNKNOWN, scope, receive, send)
        changes = scope["type"] == "websocket" or scope["method"] not in _READING
        # A proxy has to pass on the name that browsers see.
        if changes and origin is not None and origin.lower().partition("://")[2] != host.lower():
            return await refuse(403, _FOREIGN, scope, receive, send)
        await self._app(scope, receive, _unframed(send))


def _unframed(send: Send) -> Send:
    """No other page may show these within itself, and lure somebody into clicking on them."""

    async def send_with_header(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).setdefault("X-Frame-Options", "SAMEORIGIN")
        await send(message)

    return send_with_header


def _is_known(host: str) -> bool:
    name = _name(host)
    try:
        ipaddress.ip_address(name)
        return True
    except ValueError:
        own = socket.gethostname().lower()
        return name in ("localhost", own, f"{own}.local", *settings().named_hosts)


def _name(host: str) -> str:
    """The name within a Host header, without port; "" where there is none."""
    try:
        parts = urlsplit(f"//{host}")
    except ValueError:
        return ""
    return "" if parts.username else (parts.hostname or "").rstrip(".")
