"""Thirty people who watch a run cost the store as much as one."""

from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from pages.ui.jobs import read_run
from tlcore.runs.store import open_store


def test_thirty_watchers_read_the_store_once(home):
    store = open_store()
    run = store.add_run("train", {}, "watched")
    store.add_event(run.id, "epoch", {"epoch": 1})
    statements = []

    def note(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        with ThreadPoolExecutor(30) as watchers:
            seen = list(watchers.map(read_run, [run.id] * 30))
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert sum(statement.lstrip().startswith("SELECT") for statement in statements) == 2
    assert all(watched.id == run.id and [event.kind for event in events] == ["epoch"] for watched, events in seen)
