"""Runs of earlier versions whose network is gone: every page and command opens them, or says so in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tlcore.cli import main
from tlcore.runs.run import FINISHED
from tlcore.runs.store import open_store

ROOT = Path(__file__).parent.parent.parent
GONE = {"backbone": "EmbeddedResNet", "weights": "embedded"}


@pytest.fixture
def earlier(finished_run, objects):
    """Two finished runs, the first of which used a network that this version does not have."""
    import sqlalchemy as sa

    from tlcore.runs.database import tables

    runs = [finished_run(objects, strategy, name=strategy) for strategy in ("frozen", "fine_tune")]
    store = open_store()
    with store._engine.begin() as connection:
        change = sa.update(tables.RUNS).where(tables.RUNS.c.id == runs[0].id).values(plan={**runs[0].plan, **GONE})
        connection.execute(change)
    assert store.run(runs[0].id).plan["backbone"] == "EmbeddedResNet"
    return [store.run(run.id) for run in runs]


def opened(page: str, **query: object) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "router.py"), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run().switch_page(page).run()


def test_every_page_opens_with_them(earlier):
    gone, other = (run.id for run in earlier)
    for page, query in (
        ("home/page.py", {}),
        ("classify/page.py", {}),
        ("train/page.py", {}),
        ("train/page.py", {"run": gone}),
        ("compare/page.py", {"runs": [gone, other]}),
    ):
        assert not opened(page, **query).exception, (page, query)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("runs list", 0),
        ("runs show {run}", 0),
        ("compare {run} {other}", 0),
        ("compare {run} {other} --report {folder}/report.html", 0),
        ("code {run}", 2),
        ("export {run} --to {folder}/out", 2),
        ("predict {run} {folder}/none.jpg", 2),
        ("summary EmbeddedResNet", 2),
    ],
)
def test_commands_look_at_them_or_say_what_to_take_instead(earlier, tmp_path, capsys, command, code):
    gone, other = (run.id for run in earlier)
    assert main(command.format(run=gone, other=other, folder=tmp_path).split()) == code
    output = capsys.readouterr()
    if code:
        assert "EfficientNetLite0" in output.err and "Traceback" not in output.err
    assert open_store().run(gone).state == FINISHED
