"""Many sessions on a server while a run trains: errors, how fast pages answer, and whether memory grows.

Run `python -m tests.benchmarks.bench_sessions [--sessions 30] [--minutes 10]`. It starts a server of its own in an
empty home, and sessions that speak Streamlit's protocol as a browser does: each opens a page, lets its fragments
refresh, and goes on to another page after a few seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

from tlcore.runs.store import open_store

ROOT = Path(__file__).parents[2]
PORT = 8791
PATIENCE_SECONDS = 60.0
THINK_SECONDS = (2.0, 8.0)  # between two pages of one person
REST_SECONDS = 3.0  # between two refreshes of the status in the sidebar


@dataclass
class Figures:
    """What the sessions saw."""

    pages: list[float] = field(default_factory=list)  # seconds until a page was drawn
    refreshes: list[float] = field(default_factory=list)  # seconds until a fragment was drawn again
    errors: list[str] = field(default_factory=list)


class Session:
    """One browser tab."""

    def __init__(self, socket, figures: Figures):
        self._socket = socket
        self._figures = figures
        self._fragments: dict[str, float] = {}  # that refresh by themselves → every so many seconds

    async def open(self, page: str, query: str = "") -> None:
        """Open a page and note how long it takes."""
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.query_string = query
        self._fragments.clear()
        self._figures.pages.append(await self._ask(message))

    async def refresh(self) -> None:
        """Refresh one fragment, as the browser does by itself."""
        if self._fragments:
            message = BackMsg()
            message.rerun_script.fragment_id = random.choice(list(self._fragments))
            message.rerun_script.is_auto_rerun = True
            self._figures.refreshes.append(await self._ask(message))

    async def _ask(self, message: BackMsg) -> float:
        began = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                answer = ForwardMsg()
                answer.ParseFromString(await self._socket.recv())
                self._note(answer)
                if answer.WhichOneof("type") == "script_finished":
                    return time.perf_counter() - began

    def _note(self, answer: ForwardMsg) -> None:
        if answer.WhichOneof("type") == "auto_rerun":
            self._fragments[answer.auto_rerun.fragment_id] = answer.auto_rerun.interval
        element = answer.delta.new_element
        if element.WhichOneof("type") == "exception":
            self._figures.errors.append(f"{element.exception.type}: {element.exception.message}")


async def live(number: int, addresses: list[tuple[str, str]], ends: float, figures: Figures) -> None:
    """Be one person until the time is over."""
    order = random.Random(number)
    await asyncio.sleep(order.uniform(0, 5))
    try:
        async with connect(
            f"ws://localhost:{PORT}/_stcore/stream", max_size=None, subprotocols=["streamlit"]
        ) as socket:
            session = Session(socket, figures)
            while time.monotonic() < ends:
                await session.open(*order.choice(addresses))
                leaves = time.monotonic() + order.uniform(*THINK_SECONDS)
                while time.monotonic() < leaves:
                    await asyncio.sleep(REST_SECONDS)
                    await session.refresh()
    except Exception as error:
        figures.errors.append(f"session {number}: {type(error).__name__}: {error}")


def start_server(home: Path) -> subprocess.Popen:
    """Start the app, and wait until it answers."""
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true", f"--server.port={PORT}"]
    log = (home / "server.log").open("wb")
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=log, stderr=log)
    while b"URL" not in (home / "server.log").read_bytes():
        time.sleep(0.2)
    return server


def start_training() -> list[str]:
    """Queue the first example, then a run that is not over before the sessions are; gives the ids of all runs."""
    from tlcore.datasets.importer import import_dataset
    from tlcore.runs import client
    from tlcore.training.plans.defaults import suggest_plan

    example = client.submit("example", {}, "First example")
    runs = client.wait(example.id).result["runs"]
    for run in runs:
        client.wait(run)
    dataset = import_dataset("digits", {}, "Digits")
    plan = {**suggest_plan(dataset, "full", "EfficientNetLite0"), "input_size": 64, "epochs": 1000, "early_stopping": 0}
    return [*runs, client.submit("train", plan, "Long run").id]


async def run_sessions(sessions: int, minutes: float, runs: list[str], server: psutil.Process) -> None:
    """Let all sessions live, and print what came of it once a minute."""
    pages = [(page, "") for page in ("", "architectures", "classify", "datasets", "train", "compare")]
    addresses = pages + [("train", f"run={run}") for run in runs] + [("compare", "runs=" + ",".join(runs[:3]))]
    figures, ends = Figures(), time.monotonic() + 60 * minutes
    people = [asyncio.create_task(live(number, addresses, ends, figures)) for number in range(sessions)]
    for minute in itertools.count(1):
        done, _ = await asyncio.wait(people, timeout=60)
        long_run = open_store().run(runs[-1])
        assert long_run.is_active, f"the long run is {long_run.state}: {long_run.error}"
        print_figures(minute, figures, server)
        if len(done) == len(people):
            break
    for error in dict.fromkeys(figures.errors):
        sys.stdout.write(f"  {figures.errors.count(error)} x {error}\n")


def print_figures(minute: int, figures: Figures, server: psutil.Process) -> None:
    """One line."""
    parts = [f"minute {minute}: {server.memory_info().rss / 1e6:.0f} MB, {len(figures.errors)} errors"]
    for name, seconds in (("pages", figures.pages), ("refreshes", figures.refreshes)):
        if len(seconds) > 1:
            median, late = statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1]
            parts.append(f"{len(seconds)} {name}, median {median:.2f} s, 95 % within {late:.2f} s")
    sys.stdout.write("; ".join(parts) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Start everything, measure, stop everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=10.0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"TLCORE_HOME": folder, "TLCORE_OFFLINE": "1"}
        server = start_server(Path(folder))
        try:
            runs = start_training()
            asyncio.run(run_sessions(chosen.sessions, chosen.minutes, runs, psutil.Process(server.pid)))
        finally:
            from tlcore.runs.execution.dispatcher import dispatcher_lease

            server.terminate()
            holder = dispatcher_lease().holder()
            if holder is not None:
                holder.kill()
            sys.stdout.write((Path(folder) / "server.log").read_text()[-2000:])
    return 0


if __name__ == "__main__":
    sys.exit(main())
