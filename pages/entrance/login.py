"""The page that asks for the code: one form, which needs no script and no other file."""

from __future__ import annotations

import html
from pathlib import Path
from string import Template

_PAGE = Template(Path(__file__).with_suffix(".html").read_text("utf-8"))


def login_page(complaint: str = "") -> str:
    """Draw the page.

    Args:
        complaint: what was wrong with the code before, or "".

    Returns:
        HTML.
    """
    alert = f'<p class="alert" id="complaint" role="alert">{html.escape(complaint)}</p>' if complaint else ""
    described = 'aria-invalid="true" aria-describedby="complaint"' if complaint else ""
    return _PAGE.substitute(alert=alert, described=described)
