"""A refusal in a plain sentence, of a request or of a websocket."""

from __future__ import annotations

from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

_POLICY = 1008


async def refuse(status: int, sentence: str, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer that something is not allowed.

    Args:
        status: of the answer to a request; a websocket is not opened at all, which its client sees as 403.
        sentence: why, and what to do.
        scope, receive, send: as ASGI gives them.
    """
    if scope["type"] == "websocket":
        await WebSocketClose(_POLICY, sentence)(scope, receive, send)
    else:
        await PlainTextResponse(f"{sentence}\n", status)(scope, receive, send)
