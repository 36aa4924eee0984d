"""The store in SQLite and in PostgreSQL, side by side: writing events, polling, and what a page asks for.

    python -m tests.benchmarks.bench_store

Needs PostgreSQL's programs (Debian: `postgresql`). Both databases are on this machine, each as safe as it is by itself:
a run that PostgreSQL has noted outlasts a power cut, of SQLite the last moments may be lost.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.synchronize import Barrier

import click
import sqlalchemy as sa

from tests.postgresql import Server, programs
from tlcore.runs import run as states
from tlcore.runs.database.engine import open_engine
from tlcore.runs.database.tables import EVENTS, RUNS, now
from tlcore.runs.store import Store, open_store
from tlcore.settings import settings

WRITERS = (1, 4, 16)
SESSIONS = 30
RUNS_IN_ALL = 1000
_BATCH = 20_000
_EPOCH = {"epoch": 1, "phase": "Training the head", "seconds": 0.5, "learning_rate": 1e-3} | {
    f"{part}_{metric}": 0.123456789 for part in ("train", "validation") for metric in ("loss", "accuracy")
}
_PLAN = {f"field_{number}": "a value of some length" for number in range(30)}
_RESULT = {"confusion": [[1] * 10] * 10, "scores": dict.fromkeys(("train", "validation", "test"), _EPOCH)}


@contextmanager
def stores() -> Iterator[dict[str, dict[str, str]]]:
    """What each store needs in the environment, by the name of its database."""
    bin = programs()
    if bin is None:
        raise SystemExit("Expected PostgreSQL's programs, but got none. Install them: apt-get install postgresql")
    server = Server(bin, durable=True)
    try:
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
            address = server.address(server.new_database())
            yield {
                "SQLite": {"TLCORE_HOME": one, "TLCORE_STORE": ""},
                "PostgreSQL": {"TLCORE_HOME": other, "TLCORE_STORE": address},
            }
    finally:
        server.remove()


def use(environment: dict[str, str]) -> Store:
    """Make a store the one in force."""
    os.environ.update(environment)
    settings.cache_clear()
    return open_store()


def _write(environment: dict[str, str], start: Barrier, seconds: float, counts: multiprocessing.SimpleQueue) -> None:
    store = use(environment)
    run = store.claim(store.add_run("train", _PLAN, "a writer").id, {})
    assert run is not None
    start.wait()
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        store.add_event(run.id, "epoch", _EPOCH, run.token)
        count += 1
    store.move(run.id, states.ACTIVE, states.STOPPED)
    counts.put(count)


def written_a_second(environment: dict[str, str], writers: int, seconds: float) -> float:
    """How many events processes write that each execute a run of their own."""
    context = multiprocessing.get_context("spawn")
    start, counts = context.Barrier(writers), context.SimpleQueue()
    arguments = (environment, start, seconds, counts)
    processes = [context.Process(target=_write, args=arguments) for _ in range(writers)]
    for process in processes:
        process.start()
    total = sum(counts.get() for _ in processes)
    for process in processes:
        process.join()
    return total / seconds


def put(environment: dict[str, str], run_ids: list[str], each: int) -> float:
    """Put finished runs with so many events each into the store; gives the seconds that took."""
    use(environment)
    began = time.monotonic()
    runs = (
        {"id": run_id, "kind": "train", "name": run_id, "plan": _PLAN, "state": states.FINISHED}
        | {"created": now(), "result": _RESULT, "experiment": f"strategies-{number // 4}"}
        for number, run_id in enumerate(run_ids)
    )
    rows = (
        {"run": run_id, "sequence": sequence, "time": now(), "kind": "epoch", "payload": _EPOCH}
        for run_id, sequence in itertools.product(run_ids, range(1, each + 1))
    )
    with open_engine(settings().store_address).begin() as connection:
        connection.execute(RUNS.insert(), list(runs))
        while batch := list(itertools.islice(rows, _BATCH)):
            connection.execute(EVENTS.insert(), batch)
        connection.execute(sa.text("ANALYZE"))  # which PostgreSQL does by itself a minute later, amid the measurements
    return time.monotonic() - began


def polls_a_second(environment: dict[str, str], run_ids: list[str], seconds: float) -> float:
    """How often sessions of one app learn how a run is and what is new, all as fast as they can."""
    store = use(environment)
    end = time.monotonic() + seconds

    def follow(run_id: str) -> int:
        count = 0
        while time.monotonic() < end:
            store.poll(run_id)
            count += 1
        return count

    with ThreadPoolExecutor(len(run_ids)) as sessions:
        return sum(sessions.map(follow, run_ids)) / seconds


def page_queries(environment: dict[str, str]) -> dict[str, float]:
    """How long what pages ask for takes: title → median seconds."""
    store = use(environment)
    questions: dict[str, Callable[[], object]] = {
        "one run and all its events": lambda: (store.run("run7"), store.events("run7")),
        "its events since the last look": lambda: store.events("run7", after=10**9),
        "what waits or is in progress": lambda: store.runs(states=[states.QUEUED, *states.ACTIVE]),
        "the runs of an experiment": lambda: store.runs(experiment="strategies-7"),
        f"all {RUNS_IN_ALL:,} training runs": lambda: store.runs(kind="train"),
    }
    return {title: _median_seconds(ask) for title, ask in questions.items()}


def _median_seconds(ask: Callable[[], object]) -> float:
    ask()
    taken = []
    for _ in range(15):
        began = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--events", type=int, default=1_000_000, help="in the store while it is polled")
    parser.add_argument("--seconds", type=float, default=2.0, help="of each measurement of writing and polling")
    arguments = parser.parse_args()
    with stores() as found:

        def compare(title: str, unit: str, measure: Callable[[dict[str, str]], float], repeats: int = 3) -> None:
            # In turn, and the best of each: whatever else this machine does must not decide who is faster.
            rounds = [[measure(environment) for environment in found.values()] for _ in range(repeats)]
            one, other = (max(each) for each in zip(*rounds, strict=True))
            click.echo(f"{title:<52}{one:>12,.1f}{other:>12,.1f} {unit:<10}{other / one:>6.2f}")

        click.echo(f"{'':<52}{'SQLite':>12}{'PostgreSQL':>12} {'':<10}ratio")
        for count in WRITERS:
            title = f"events written by {count} writer{'s' if count > 1 else ''}"
            compare(title, "a second", lambda store, count=count: written_a_second(store, count, arguments.seconds))
        few, title = [f"few{number}" for number in range(SESSIONS)], f"polls of {SESSIONS} sessions"
        for environment in found.values():
            put(environment, few, 10)
        compare(f"{title}, few events", "a second", lambda store: polls_a_second(store, few, arguments.seconds))
        many = [f"run{number}" for number in range(RUNS_IN_ALL)]
        each = arguments.events // RUNS_IN_ALL
        compare(f"putting {arguments.events:,} events in", "seconds", lambda store: put(store, many, each), repeats=1)
        title += f", {arguments.events:,} events"
        compare(title, "a second", lambda store: polls_a_second(store, many[:SESSIONS], arguments.seconds))
        title = f"events written by 1 writer, {arguments.events:,} there"
        compare(title, "a second", lambda store: written_a_second(store, 1, arguments.seconds))
        times = {name: page_queries(store) for name, store in found.items()}
        for title in times["SQLite"]:
            one, other = (1000 * each[title] for each in times.values())
            click.echo(f"{title:<52}{one:>12,.2f}{other:>12,.2f} {'ms':<10}{other / one:>6.2f}")


if __name__ == "__main__":
    main()
