"""The gate: nothing of a shared studio is served to a browser that has not entered; an unshared one stays at home."""

from __future__ import annotations

import math
from urllib.parse import parse_qs, quote

from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from pages.entrance import passes
from pages.entrance.attempts import Attempts
from pages.entrance.login import login_page
from pages.entrance.refusal import refuse
from pages.entrance.uploads import UPLOAD, Uploads
from tlcore.access.asker import Visitor
from tlcore.internet import is_loopback
from tlcore.settings import settings

ENTER = "/enter"  # shows the form also to those who have entered, so that the owner can enter the owner's code

_MOST_FORM_BYTES = 2000
_KEPT_SECONDS = 180 * 24 * 3600
_AT_HOME = "This studio is for the machine that it runs on. Its owner can share it: see Sharing in the README."
_CLOSED = "Enter the access code first: open the studio in a browser."


class Gate:
    """Middleware that lets in whom the settings let in.

    Args:
        app: what answers them.
    """

    def __init__(self, app: ASGIApp):
        self._app = app
        self._attempts = Attempts()
        self._uploads = Uploads(app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on, as ASGI asks."""
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        if not settings().shared:
            if not is_loopback(_address(scope)):
                return await refuse(403, _AT_HOME, scope, receive, send)
            return await self._app(scope, receive, send)
        visitor = passes.read(HTTPConnection(scope).cookies.get(passes.COOKIE, ""))
        if visitor is None or scope["path"].endswith(ENTER):
            await self._ask_code(visitor, scope, receive, send)
        elif not visitor.is_owner and _is_upload(scope):
            await self._uploads.pass_on(visitor.id, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _ask_code(self, visitor: Visitor | None, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST":
            answer = await self._answer(visitor, scope, receive)
            await answer(scope, receive, send)
        elif "text/html" in HTTPConnection(scope).headers.get("accept", "") and scope["type"] == "http":
            await HTMLResponse(login_page(), 401 if visitor is None else 200, _HEADERS)(scope, receive, send)
        else:
            await refuse(401, _CLOSED, scope, receive, send)

    async def _answer(self, visitor: Visitor | None, scope: Scope, receive: Receive) -> Response:
        """Answer a code that was typed into the form; from its last letter on nothing else comes in between."""
        code, address = await _typed_code(receive), _address(scope)
        if seconds := math.ceil(self._attempts.wait(address)):
            words = f"Too many wrong codes. Try again in {seconds} second{'s' if seconds > 1 else ''}."
            return HTMLResponse(login_page(words), 429, {**_HEADERS, "Retry-After": str(seconds)})
        cookie = passes.issue(code, visitor)
        if cookie is None:
            self._attempts.note_wrong(address)
            return HTMLResponse(login_page("That code is not right. Check it and try again."), 401, _HEADERS)
        answer = RedirectResponse(_back(scope), 303)
        secure = scope.get("scheme") == "https"
        answer.set_cookie(passes.COOKIE, cookie, _KEPT_SECONDS, secure=secure, httponly=True, samesite="lax")
        return answer


_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; frame-ancestors 'none'"
    ),
}


def _address(scope: Scope) -> str:
    return scope["client"][0] if scope.get("client") else ""


def _back(scope: Scope) -> str:
    """The page that was asked for. One slash in front and quoting: no path can name another server."""
    path = "/" + quote(scope["path"].removesuffix(ENTER).lstrip("/"))
    query = scope["query_string"].decode("ascii", "ignore")
    return f"{path}?{query}" if query else path


async def _typed_code(receive: Receive) -> str:
    """Read the one field of the form; what is longer than any code is none."""
    body, more = b"", True
    while more and len(body) <= _MOST_FORM_BYTES:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return parse_qs(body[:_MOST_FORM_BYTES].decode("utf-8", "replace")).get("code", [""])[0]


def _is_upload(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["method"] == "PUT" and UPLOAD in scope["path"]
