"""Workers, dispatchers and a stand-in of the app, killed at random moments while small jobs of all kinds are done.

By hand, with as many kills as there is time for (about 2 s each):

    python tests/faults/kills.py --kills 1000 --seed 1

Then nothing may be lost, stuck, failed, half there or left over, and every curve must be the one that the same plan
draws when nobody is killed.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, field
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parent.parent.parent))  # where this is run as a program

from tlcore.datasets.dataset import list_datasets, open_dataset
from tlcore.datasets.importer import import_dataset
from tlcore.datasets.places import datasets_folder
from tlcore.errors import StateError
from tlcore.export.take_away import CARD_FILE, export_zip, exported
from tlcore.inference.networks.prepared import load_prepared
from tlcore.runs import client
from tlcore.runs import run as states
from tlcore.runs.execution.dispatcher import dispatcher_lease
from tlcore.runs.housekeeping import tidy
from tlcore.runs.run import Run, locks_folder, runs_folder
from tlcore.runs.store import open_store
from tlcore.settings import settings
from tlcore.storage.caches import USED, cache_folder
from tlcore.storage.files import file_digest, read_json, write_json
from tlcore.storage.folders import damaged_files
from tlcore.storage.processes import Process
from tlcore.training.plans.defaults import suggest_plan
from tlcore.training.plans.plan import plan_from_json
from tlcore.zoo.catalog import INSTALLED

ROOT = Path(__file__).parent.parent.parent
SIZES = (32, 48, 64)  # of the exact heads, so that there are always features that are not kept yet
EPOCHS = 4
AHEAD = 5  # so many jobs wait or are under way
REPORT_EVERY = 25
_RHYTHM = (0.2, 0.2, 0.2, 3.4)  # kills come in volleys, with time in between in which something can be done
PATIENCE_SECONDS = 240.0
_ENOUGH = "enough"  # a file: the app only ends the turns that it has begun
_READY = "ready"  # a file: the number of the app that has started
_PLANS = "plans.json"


def jobs(turn: int) -> list[tuple[str, str, dict]]:
    """What the app asks for in one of its turns: kind, name, plan; "after" names a run that has to be finished."""
    plans, size = read_json(settings().home / _PLANS, {}), SIZES[turn % len(SIZES)]
    rendered = {"images_per_class": 5, "size": 48, "seed": 100 + turn}
    return [
        ("train", f"scratch {turn}", plans["scratch"]),
        ("import", f"import {turn}", {"source": "rendered", "options": rendered, "name": f"objects {turn}"}),
        ("train", f"exact {size} {turn}", plans[f"exact {size}"]),
        ("prepare", f"prepare {turn}", {"architecture": "LeNet5", "weights": plans["weights"]}),
        ("verify", f"verify {turn}", {"after": f"scratch {turn}"}),
        ("export", f"export {turn}", {"after": f"scratch {turn}", "int8": False}),
    ]


def missing_jobs(names: Container[str]) -> list[tuple[str, str, dict]]:
    """What the app has not asked for yet: of the turns that it has begun, and of one more unless there are enough.

    Args:
        names: of the runs that there are.
    """
    turns = [jobs(0)]
    while any(name in names for _, name, _ in turns[-1]):
        turns.append(jobs(len(turns)))
    if (settings().home / _ENOUGH).exists():
        turns.pop()
    return [job for turn in turns for job in turn if job[1] not in names]


def be_the_app() -> None:
    """Ask for jobs, read, resume what is interrupted, until killed; what was asked for before is not asked twice."""
    store = open_store()
    write_json(settings().home / _READY, os.getpid())
    while True:  # until it is killed
        runs = {run.name: run for run in store.runs()}
        unfinished = client.unfinished_runs()
        for run in runs.values():
            if run.state == states.INTERRUPTED:
                with contextlib.suppress(StateError):  # its worker lives after all, and has taken it back
                    client.resume(run.id)
        finished = {name: run.id for name, run in runs.items() if run.state == states.FINISHED}
        possible = [job for job in missing_jobs(runs) if job[2].get("after", "") in ("", *finished)]
        for kind, name, plan in possible[: max(0, AHEAD + len(finished) - len(runs))]:
            after = {"run": finished[plan["after"]]} if "after" in plan else {}
            client.submit(kind, {**plan, **after}, name, owner=kind)
        for run in unfinished:
            client.curve(store.events(run.id))
        time.sleep(0.2)


@dataclass
class Hunt:
    """One home, the app in it, and who was killed.

    Args:
        chance: decides who is killed when.
        pause: mean seconds between two kills.
    """

    chance: random.Random
    pause: float
    killed: Counter = field(default_factory=Counter)
    references: dict[str, list[dict]] = field(default_factory=dict)
    _app: subprocess.Popen | None = None
    _said: int = 0  # kills at the last report

    def prepare(self) -> None:
        """Run every training plan once without any kill, then forget the features that were kept."""
        digits = import_dataset("digits", {}, "digits")
        objects = import_dataset("rendered", {"images_per_class": 8, "size": 48, "seed": 3}, "objects")
        weights = settings().home / "lenet.weights.h5"
        code = (
            "import sys; from tlcore.zoo.build import build; from tlcore.zoo.catalog import find; "
            "build(find('LeNet5')).save_weights(sys.argv[1])"
        )
        subprocess.run([sys.executable, "-c", code, weights], cwd=ROOT, check=True, capture_output=True)
        scratch = {"input_size": 32, "epochs": EPOCHS, "fraction": 0.3, "early_stopping": 0}
        plans = {"scratch": {**suggest_plan(digits, "scratch", "LeNet5"), **scratch}}
        for size in SIZES:
            plans[f"exact {size}"] = {**suggest_plan(objects, "frozen", INSTALLED), "input_size": size}
        plans = {name: plan_from_json(plan).to_json() for name, plan in plans.items()}
        for name, plan in plans.items():
            run = client.wait(client.submit("train", plan, f"undisturbed {name}").id)
            assert run.state == states.FINISHED, run.error
            self.references[name] = curve(run)
            assert self.references[name]
        write_json(settings().home / _PLANS, {**plans, "weights": str(weights)})
        shutil.rmtree(cache_folder("features"), ignore_errors=True)

    def run(self, kills: int) -> None:
        """Kill so often, then let everything come to its end.

        Args:
            kills: how often.
        """
        began = time.monotonic()
        try:
            while self.killed.total() < kills:
                self._keep_app()
                time.sleep(self.chance.expovariate(1 / self.pause) * self.chance.choice(_RHYTHM))
                self._kill_one()
                if self.killed.total() >= self._said + REPORT_EVERY:
                    self._say(began)
            (settings().home / _ENOUGH).touch()
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not self._is_done():
                self._keep_app()
                assert time.monotonic() < deadline, [run for run in open_store().runs() if not run.has_ended]
                time.sleep(0.2)
        finally:
            if self._app is not None:
                self._app.kill()
                self._app.wait()
        self._say(began)

    def _is_done(self) -> bool:
        runs = {run.name: run for run in open_store().runs()}
        return not missing_jobs(runs) and all(run.state == states.FINISHED for run in runs.values())

    def _keep_app(self) -> None:
        if self._app is not None and self._app.poll() is None:
            return
        with (settings().home / "app.log").open("ab") as log:
            self._app = subprocess.Popen([sys.executable, __file__, "--app"], stdout=log, stderr=log, cwd=ROOT)

    def _kill_one(self) -> None:
        victims = {"app": [], "dispatcher": [], "worker": []}
        assert self._app is not None
        if read_json(settings().home / _READY, 0) == self._app.pid:  # before, it does nothing that could break
            victims["app"].append(self._app.pid)
        holder = dispatcher_lease().holder()
        with contextlib.suppress(psutil.NoSuchProcess):
            if holder is not None:
                victims["dispatcher"].append(holder.pid)
                victims["worker"] += [child.pid for child in psutil.Process(holder.pid).children()]
        active = [Process(**run.worker) for run in open_store().runs(states=states.ACTIVE)]
        victims["worker"] += [worker.pid for worker in active if worker.is_alive]
        if not any(victims.values()):
            return
        role = self.chance.choice([role for role, numbers in victims.items() if numbers])
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(self.chance.choice(victims[role])).kill()
            self.killed[role] += 1

    def _say(self, began: float) -> None:
        self._said = self.killed.total()
        runs, store = open_store().runs(), open_store()
        assert not [run for run in runs if run.state == states.FAILED], "kills alone make nothing fail"
        interrupted, resumed = (
            sum(len(store.events(run.id, kind=kind)) for run in runs) for kind in (states.INTERRUPTED, "resumed")
        )
        finished = sum(run.state == states.FINISHED for run in runs)
        who = ", ".join(f"{role} {count}" for role, count in sorted(self.killed.items()))
        say(
            f"{self.killed.total()} kills ({who}), {len(runs)} runs, {finished} finished, {interrupted} interruptions, "
            f"{resumed} times on from a checkpoint, {time.monotonic() - began:.0f} s"
        )

    def check(self) -> Counter:
        """Look at everything that is there.

        Returns:
            What was found, by kind.
        """
        found: Counter = Counter()
        holder = dispatcher_lease().holder()
        if holder is not None:
            holder.kill()  # with its idle worker
        # What failed by itself has said so: nothing but kills was to happen.
        assert "Traceback" not in (settings().home / "app.log").read_text(), (settings().home / "app.log").read_text()
        with contextlib.closing(sqlite3.connect(settings().store_file)) as database:
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        runs = open_store().runs()
        assert max(Counter(run.name for run in runs).values()) == 1, "nothing was asked for twice"
        for run in runs:
            self._check_run(run)
            found[run.name.split()[0]] += 1
        assert {path.name for path in runs_folder().iterdir() if path.is_dir()} <= {run.id for run in runs}
        check_datasets()
        tidy(open_store())
        assert leftovers() == []
        return found

    def _check_run(self, run: Run) -> None:
        assert run.state == states.FINISHED, (run.name, run.state, run.error)
        events = open_store().events(run.id)
        assert [event.sequence for event in events] == list(range(1, len(events) + 1)), run.name
        assert sum(event.kind == states.FINISHED for event in events) == 1, run.name
        if run.kind == "train":
            name = run.name.removeprefix("undisturbed ").rsplit(" ", 0 if "undisturbed" in run.name else 1)[0]
            assert curve(run) == self.references[name], (run.name, curve(run), self.references[name])
        elif run.kind == "prepare":
            load_prepared(Path(run.result["folder"]))
        elif run.kind == "import":
            open_dataset(run.result["dataset"])
        elif run.kind == "export":
            check_export(open_store().run(run.plan["run"]))


def curve(run: Run) -> list[dict]:
    """What a run measured after each epoch, without how long it took."""
    return [
        {name: value for name, value in epoch.items() if name.endswith(("_loss", "_accuracy")) or name == "epoch"}
        for epoch in client.curve(open_store().events(run.id))
    ]


def check_export(run: Run) -> None:
    """An exported folder is what its card says, and its archive is whole."""
    folder = exported(run, False)
    assert folder is not None and damaged_files(folder, deep=True) == [], run.name
    digests = json.loads((folder / CARD_FILE).read_text("utf-8"))["sha256"]
    written = {path.name: file_digest(path) for path in folder.iterdir() if path.name in digests}
    assert written == digests and len(digests) >= 4, run.name
    with zipfile.ZipFile(io.BytesIO(export_zip(run, False))) as archive:
        assert archive.testzip() is None


def check_datasets() -> None:
    """Every dataset that is there is whole."""
    folders = [path for path in datasets_folder().iterdir() if not path.name.startswith(".")]
    assert len(list_datasets()) == len(folders)
    for dataset in list_datasets():
        for index in range(len(dataset)):
            assert hashlib.sha256(dataset.image_bytes(index)).digest() == dataset.digests[index].tobytes()


def leftovers() -> list[Path]:
    """What should not be there once everything has ended."""
    hidden = [path for path in settings().home.rglob(".*") if path.name != USED]
    return sorted([*hidden, *locks_folder().iterdir()])


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pause", type=float, default=2.0, help="mean seconds between two kills")
    parser.add_argument("--app", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.app:
        be_the_app()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"TLCORE_HOME": folder, "TLCORE_OFFLINE": "1", "TLCORE_THREADS": "1"}
        hunt = Hunt(random.Random(arguments.seed), arguments.pause)
        try:
            hunt.prepare()
            say("The undisturbed runs are done.")
            hunt.run(arguments.kills)
            say(f"All is well: {dict(hunt.check())}")
        except BaseException:
            shutil.copytree(folder, tempfile.mkdtemp(prefix="kills-"), dirs_exist_ok=True)
            raise
        finally:
            holder = dispatcher_lease().holder()
            if holder is not None:
                holder.kill()


if __name__ == "__main__":
    main()
