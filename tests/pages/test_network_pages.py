"""All pages say the same of the network: where one offers a download, none says that there is no connection."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tlcore import internet

APP = str(Path(__file__).parent.parent.parent / "pages" / "router.py")


def said(page: str, **query: str) -> str:
    app = AppTest.from_file(APP, default_timeout=60).run()
    for name, value in query.items():
        app.query_params[name] = value
    app = app.switch_page(f"{page}/page.py").run()
    if page == "train":
        app.selectbox(key="backbone").set_value("MobileNetV2").run()
    assert not app.exception
    words = [element.value for element in [*app.markdown, *app.caption, *app.info, *app.warning]]
    return " ".join([*words, *(button.label for button in app.button)])


@pytest.mark.parametrize("state", [internet.REACHABLE, internet.NOT_REACHABLE, internet.OFF])
def test_pages_agree(objects, monkeypatch, state):
    monkeypatch.setattr(internet, "network_state", lambda: state)
    texts = {
        "train": said("train"),
        "classify": said("classify", networks="MobileNetV2"),
        "architectures": said("architectures", view="network", name="MobileNetV2"),
    }
    for page, text in texts.items():
        assert ("there is no internet connection to fetch them" in text) == (state != internet.REACHABLE), page
        assert ("ownload" in text) == (state == internet.REACHABLE), page
