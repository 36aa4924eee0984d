"""Names that people gave or files hold, made safe for figures."""

from __future__ import annotations

import html

_JOINER = "\u2060"  # WORD JOINER: no width, no break


def literal(name: str) -> str:
    """Take away the meaning that Plotly gives to some characters.

    Args:
        name: anything.

    Returns:
        Text that a figure shows as it is: no tag, no link, no entity, and no placeholder in a hover template. Quotation
        marks stay, as Plotly knows no entity for them.
    """
    return html.escape(name, quote=False).replace("%{", f"%{_JOINER}{{")
