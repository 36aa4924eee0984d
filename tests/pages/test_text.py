"""Text that is not to be Markdown; that a browser draws it so is tested in tests/browser/test_names.py."""

import pytest

from pages.ui.text import plain


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("cat, 12 (98.1 %)", "cat, 12 \\(98.1\N{NO-BREAK SPACE}%\\)"),
        ("- item", "\\- item"),
        ("1. one\n    2. two", "1\\. one\n2\\. two"),
        ("===", "\\==="),
        ("# heading", "\\# heading"),
        ("&amp;", "&amp;amp;"),
        ("a->b", "a-\u2060\\>b"),
        ("www.a.example", "www\u2060.a.example"),
        ("me@a.example", "me\u2060@a.example"),
        (":red[x]", "\\:\u2060red\\[x\\]"),
    ],
)
def test_what_markdown_would_change_is_kept_from_it(text, markdown):
    assert plain(text) == markdown
