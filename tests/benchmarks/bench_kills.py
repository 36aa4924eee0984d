"""Random kills while runs go on: jobs, nodes and head of a Ray cluster, dispatcher, connections to the database.

    python -m tests.benchmarks.bench_kills --kills 200

Needs Ray (`pip install '.[cluster]'`) and PostgreSQL's programs. Whoever uses the studio is played by this program: it
keeps a few runs going, and resumes each that was interrupted. It ends when all have finished, and says

- lost: runs that are not in the store any more, or never finished;
- twice: runs of which two processes worked at the same time on the same attempt, or that noted an epoch twice;
- other: predictions that differ from those of the same run without any kill.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import click
import numpy as np
import psutil

from tests.postgresql import Server, programs
from tests.ray_nodes import RayNodes
from tlcore.datasets.importer import import_dataset
from tlcore.errors import StudioError
from tlcore.jobs import SILENT
from tlcore.runs import client
from tlcore.runs import run as states
from tlcore.runs.execution.dispatcher import dispatcher_lease, ensure_dispatcher
from tlcore.runs.run import Run
from tlcore.runs.store import open_store
from tlcore.settings import settings
from tlcore.training.results.evaluation import PREDICTIONS_FILE

_NODES = 2
_UNFINISHED = 4  # runs that wait or go on at any time
_LOOK_SECONDS = 0.25
_KILL_EVERY = (2.0, 10.0)  # seconds, at random
_END_SECONDS = 900.0  # for what is unfinished after the last kill
_SHORT = {"backbone": "EfficientNetLite0", "weights": "package", "input_size": 64, "epochs": 2, "strategy": "frozen"}
_LONG = {"backbone": "LeNet5", "weights": "none", "input_size": 32, "epochs": 60, "strategy": "scratch"}


class Trial:
    """A studio whose parts are killed.

    Args:
        dataset: id of what its runs learn.
        ray: executes them.
        database: keeps them.
        seed: of what is killed, and when.
    """

    def __init__(self, dataset: str, ray: RayNodes, database: Server, seed: int):
        self._dataset, self._ray, self._database = dataset, ray, database
        self._random = random.Random(seed)
        self.submitted: list[str] = []
        self.kills: Counter[str] = Counter()
        self.twice: set[str] = set()
        self.resumed = 0
        self._kinds: dict[str, Callable[[], bool]] = {
            "job": self._kill_job,
            "node": self._kill_node,
            "head": self._kill_head,
            "dispatcher": self._kill_dispatcher,
            "connections": self._cut_connections,
        }

    def kill_and_go_on(self, kills: int) -> None:
        """Kill so many parts, one after the other, while runs go on.

        Args:
            kills: how many.
        """
        next_kill = time.monotonic() + self._random.uniform(*_KILL_EVERY)
        while self.kills.total() < kills:
            with _as_far_as_the_database_answers():
                self._keep_going(_UNFINISHED)
            if time.monotonic() < next_kill:
                time.sleep(_LOOK_SECONDS)
                continue
            # A whole cluster takes long to come back; jobs are what there is most of.
            kind = self._random.choices(list(self._kinds), (8, 3, 1, 4, 4))[0]
            with _as_far_as_the_database_answers():
                if self._kinds[kind]():
                    self.kills[kind] += 1
                    click.echo(f"{self.kills.total()}: {kind}")
            next_kill = time.monotonic() + self._random.uniform(*_KILL_EVERY)

    def finish(self) -> None:
        """Let all runs end that are unfinished."""
        deadline = time.monotonic() + _END_SECONDS
        while time.monotonic() < deadline and any(not self._is_finished(id) for id in self.submitted):
            self._keep_going(0)
            time.sleep(_LOOK_SECONDS)

    def _is_finished(self, id: str) -> bool:
        return open_store().run(id).state == states.FINISHED

    def _keep_going(self, most: int) -> None:
        """What people do: start runs, and resume those that were interrupted."""
        ensure_dispatcher()
        present = open_store().runs()
        for run in present:
            if run.state in (states.INTERRUPTED, states.FAILED):
                client.resume(run.id)
                self.resumed += 1
        for run in present:
            self._note_if_twice(run)
        for _ in range(most - sum(not run.has_ended for run in present)):
            number = len(self.submitted)
            plan = {**(_SHORT if number % 2 else _LONG), "dataset": self._dataset, "seed": number // 2 % 3}
            self.submitted.append(client.submit("train", plan, f"run {number}").id)

    def _note_if_twice(self, run: Run) -> None:
        """Only one process may hold an attempt; one that lost its run may need a moment to notice."""
        working = [process for process in _workers_of(run.id) if process.pid != run.worker.get("pid")]
        now = time.time()
        for process in working:
            with contextlib.suppress(psutil.Error):
                started = process.create_time()
                if run.is_active and now - started > settings().silence_seconds * 3:
                    self.twice.add(run.id)

    def _kill_job(self) -> bool:
        active = [run for run in open_store().runs(states=states.ACTIVE) if run.worker]
        return bool(active) and _kill(psutil.Process(self._random.choice(active).worker["pid"]))

    def _kill_node(self) -> bool:
        raylets = self._ray.raylets()
        if not raylets or not _kill(self._random.choice(raylets)):
            return False
        self._ray.add_node()
        return True

    def _kill_head(self) -> bool:
        self._ray.kill()
        self._ray.start()
        return True

    def _kill_dispatcher(self) -> bool:
        holder = dispatcher_lease().holder()
        return holder is not None and _kill(psutil.Process(holder.pid))

    def _cut_connections(self) -> bool:
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'studio%'"
        return bool(self._database.execute(cut))

    def epochs_noted_twice(self) -> set[str]:
        """Runs of which an epoch is in the curve twice."""
        noted = {id: [row["epoch"] for row in client.curve(open_store().events(id))] for id in self.submitted}
        return {id for id, epochs in noted.items() if len(epochs) != len(set(epochs))}

    def others(self, folder: Path) -> set[str]:
        """Runs whose predictions differ from those of the same plan, executed here without a kill.

        Args:
            folder: takes what is executed here.
        """
        from tlcore.training.jobs import train

        expected: dict[str, dict[str, np.ndarray]] = {}
        differing = set()
        for run in map(open_store().run, self.submitted):
            key = f"{run.plan['strategy']}-{run.plan['seed']}"
            if key not in expected:
                train(run.plan, folder / key, SILENT)
                expected[key] = _predictions(folder / key)
            found = _predictions(run.folder)
            if any(not np.allclose(found[name], values, atol=1e-6) for name, values in expected[key].items()):
                differing.add(run.id)
        return differing


@contextlib.contextmanager
def _as_far_as_the_database_answers():
    try:
        yield
    except (StudioError, psutil.Error) as error:
        click.echo(f"   {error}")


def _kill(process: psutil.Process) -> bool:
    try:
        process.send_signal(signal.SIGKILL)
    except psutil.NoSuchProcess:
        return False
    return True


def _workers_of(run_id: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.cmdline()[-2:] == ["worker", run_id]:
                found.append(process)
    return found


def _predictions(folder: Path) -> dict[str, np.ndarray]:
    with np.load(folder / PREDICTIONS_FILE) as found:
        return {name: found[name] for name in found.files}


def main() -> None:
    """Run the trial and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    bin = programs()
    if bin is None:
        raise SystemExit("Expected PostgreSQL's programs, but got none. Install them: apt-get install postgresql")
    database, ray = Server(bin), RayNodes(_NODES)
    try:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            (home / "store").write_text(database.address(database.new_database()))
            os.environ |= {
                "TLCORE_HOME": str(home / "home"),
                "TLCORE_STORE": f"@{home / 'store'}",
                "TLCORE_EXECUTOR": "ray",
                "TLCORE_RAY_ADDRESS": ray.address,
                "TLCORE_RAY_PROCESSORS": "1",
                "TLCORE_CACHES": str(home / "node"),
                "RAY_AUTH_TOKEN_PATH": str(ray.token),
            }
            settings.cache_clear()
            dataset = import_dataset("rendered", {"images_per_class": 12, "size": 64, "seed": 3}, "objects").id
            trial = Trial(dataset, ray, database, asked.seed)
            started = time.monotonic()
            trial.kill_and_go_on(asked.kills)
            trial.finish()
            known = {run.id: run for run in open_store().runs()}
            lost = [id for id in trial.submitted if id not in known or known[id].state != states.FINISHED]
            twice = trial.twice | trial.epochs_noted_twice()
            click.echo(f"kills: {dict(trial.kills)} in {time.monotonic() - started:.0f} s")
            click.echo(f"runs: {len(trial.submitted)}, resumed {trial.resumed} times")
            click.echo(f"lost: {lost}\ntwice: {sorted(twice)}")
            other = trial.others(home / "here") if not lost else set()
            click.echo(f"other predictions: {sorted(other)}")
            if lost or twice or other:
                raise SystemExit(1)
    finally:
        ray.remove()
        database.remove()


if __name__ == "__main__":
    main()
