"""What a browser shows to prove that it has entered: a signed cookie with the visitor's id."""

from __future__ import annotations

import hmac
import secrets

from itsdangerous import BadData, URLSafeSerializer

from tlcore.access.asker import OWNER, Visitor
from tlcore.access.codes import bare, codes

COOKIE = "studio_visitor"


def issue(code: str, before: Visitor | None) -> str | None:
    """Let somebody in.

    Args:
        code: as they typed it.
        before: who they were before; a visitor stays the same one.

    Returns:
        The cookie; None if the code is wrong.
    """
    typed = bare(code).encode()
    # All are compared, so that the time does not tell which one was nearly right.
    right = [known for known in (codes().owner, codes().access) if hmac.compare_digest(bare(known).encode(), typed)]
    id = before.id if before else ""
    return _signer(right[0]).dumps(id or secrets.token_hex(16)) if right else None


def read(cookie: str) -> Visitor | None:
    """Recognize somebody who has entered.

    Args:
        cookie: what their browser shows.

    Returns:
        The visitor; None if it is no valid cookie, such as one from before the code was changed.
    """
    for code, is_owner in ((codes().owner, True), (codes().access, False)):
        try:
            id = _signer(code).loads(cookie)
        except BadData:
            continue
        return OWNER if is_owner else Visitor(id)
    return None


def _signer(code: str) -> URLSafeSerializer:
    return URLSafeSerializer(codes().key, salt=f"studio visitor {bare(code)}")
