"""How long 15 runs take on this machine and on a Ray cluster, and what handing a run over costs.

    python -m tests.benchmarks.bench_cluster

Needs Ray (`pip install '.[cluster]'`). Executes the experiment "How few images are enough" on a worker of this machine,
and on clusters of one and two nodes with one processor each, on drawn objects. For more nodes it says what a model
gives, which is tried on the real ones first: each place takes the next run of the queue as soon as it is free, each run
takes as long as it took, alone, on one node, and between two runs of a place passes the median of what passed there.
It leaves out that nodes read the same disk and database.
"""

from __future__ import annotations

import heapq
import itertools
import os
import statistics
import tempfile
from datetime import datetime
from pathlib import Path

import click

from tests.ray_nodes import RayNodes
from tlcore.datasets.importer import import_dataset
from tlcore.runs import client
from tlcore.runs.experiments import EXPERIMENTS, launch, plan_experiment, runs_of
from tlcore.runs.run import FINISHED, Run
from tlcore.settings import settings
from tlcore.zoo.catalog import INSTALLED

_NODES = (1, 2)
_SIMULATED = (1, 2, 4, 8, 16)


def execute(home: Path, variables: dict[str, str]) -> list[Run]:
    """Execute the experiment.

    Args:
        home: an empty folder for it.
        variables: of the environment, which say where.

    Returns:
        Its runs as they ended.
    """
    os.environ |= {"TLCORE_HOME": str(home), "TLCORE_IDLE_SECONDS": "5", **variables}
    settings.cache_clear()
    dataset = import_dataset("rendered", {"images_per_class": 50, "size": 128, "seed": 0}, "objects")
    plans = plan_experiment(EXPERIMENTS.find("few"), dataset, INSTALLED, {"epochs": 3})
    ended = [client.wait(run.id) for run in runs_of(launch("few", plans))]
    assert all(run.state == FINISHED for run in ended), [run.error for run in ended]
    return ended


def seconds_of(run: Run) -> float:
    """How long a run took, from its start to its end."""
    return _moment(run.ended) - _moment(run.started)


def whole_seconds(runs: list[Run]) -> float:
    """How long runs took, from when the first was queued to when the last ended."""
    return max(_moment(run.ended) for run in runs) - min(_moment(run.created) for run in runs)


def gaps(runs: list[Run]) -> list[float]:
    """What passed between two runs that one place executed one after the other, in seconds.

    Args:
        runs: executed at one place.
    """
    in_order = sorted(runs, key=lambda run: run.started)
    return [_moment(after.started) - _moment(run.ended) for run, after in itertools.pairwise(in_order)]


def model_seconds(durations: list[float], gap: float, places: int) -> float:
    """How long runs would take at some places.

    Args:
        durations: of the runs in the order of their queue.
        gap: seconds before each run.
        places: how many go on at once.
    """
    free = [0.0] * places
    for duration in durations:
        heapq.heappush(free, heapq.heappop(free) + gap + duration)
    return max(free)


def _moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def main() -> None:
    """Measure and print."""
    found: dict[int, list[Run]] = {}
    with tempfile.TemporaryDirectory() as folder:
        local = execute(Path(folder) / "local", {"TLCORE_EXECUTOR": "local", "TLCORE_THREADS": "1"})
        for count in _NODES:
            ray = RayNodes(count)
            try:
                variables = {
                    "TLCORE_EXECUTOR": "ray",
                    "TLCORE_RAY_ADDRESS": ray.address,
                    "TLCORE_RAY_PROCESSORS": "1",
                    "TLCORE_CACHES": f"{folder}/node-{count}",
                    "RAY_AUTH_TOKEN_PATH": str(ray.token),
                }
                found[count] = execute(Path(folder) / f"ray-{count}", variables)
            finally:
                ray.remove()
    here, there = statistics.median(gaps(local)), statistics.median(gaps(found[1]))
    click.echo(f"runs: {len(local)}; a worker of this machine: {whole_seconds(local):.0f} s")
    click.echo(f"between two runs: {here:.2f} s on this machine, {there:.2f} s on a node: {there - here:.2f} s a job")
    durations = [seconds_of(run) for run in sorted(found[1], key=lambda run: run.started)]
    click.echo(f"{'nodes':>5}  {'measured':>8}  {'model':>6}  {'faster':>6}")
    one = model_seconds(durations, there, 1)
    for count in _SIMULATED:
        expected = model_seconds(durations, there, count)
        measured = f"{whole_seconds(found[count]):.0f} s" if count in found else "-"
        click.echo(f"{count:>5}  {measured:>8}  {expected:>4.0f} s  {one / expected:>5.1f}x")


if __name__ == "__main__":
    main()
