"""What the studio asks a Ray cluster for, against a stand-in for the cluster's job server."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tlcore.errors import InputError, MissingError, StateError
from tlcore.runs import run as states
from tlcore.runs.execution import ray_cluster
from tlcore.runs.execution.dispatcher import Dispatcher, ensure_dispatcher
from tlcore.runs.execution.executors import LocalExecutor
from tlcore.runs.execution.ray_cluster import RayCluster, configured_cluster
from tlcore.runs.execution.ray_executor import RayExecutor
from tlcore.runs.store import open_store
from tlcore.settings import settings

TOKEN = "a-secret-that-nobody-may-see"


class _Server(ThreadingHTTPServer):
    """Remembers jobs, as Ray's job server does; what becomes of them is up to the test."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.jobs: dict[str, dict] = {}
        self.log = ""
        self.token = TOKEN
        self.processors, self.gpus = 4.0, 0.0


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def _answer(self, status: int, body: object = None) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _is_let_in(self) -> bool:
        if self.server.token and self.headers.get("Authorization") != f"Bearer {self.server.token}":
            self._answer(401, "Unauthorized")
            return False
        return True

    def do_GET(self):
        if not self._is_let_in():
            return
        if self.path == "/api/jobs/":
            self._answer(200, list(self.server.jobs.values()))
        elif self.path.endswith("/logs"):
            self._answer(200, {"logs": self.server.log})
        elif self.path.startswith("/nodes"):
            raylet = {
                "nodeId": "a",
                "nodeManagerHostname": "h",
                "state": "ALIVE",
                "resourcesTotal": {"CPU": self.server.processors, "GPU": self.server.gpus},
            }
            dead = {**raylet, "nodeId": "b", "state": "DEAD"}
            self._answer(200, {"data": {"summary": [{"raylet": raylet}, {"raylet": dead}]}})
        else:
            self._answer(200, {"data": {"clusterStatus": {"loadMetricsReport": {"usage": {"CPU": [1.0, 4.0]}}}}})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)) or "{}")
        if not self._is_let_in():
            return
        if self.path.endswith("/stop"):
            self.server.jobs[self.path.split("/")[-2]]["status"] = "STOPPED"
            return self._answer(200, {"stopped": True})
        id = body["submission_id"]
        if id in self.server.jobs:
            return self._answer(500, f"ValueError: Job with submission_id {id} already exists.")
        started = len(self.server.jobs) + 1
        self.server.jobs[id] = {**body, "status": "PENDING", "start_time": started, "driver_exit_code": None}
        self._answer(200, {"submission_id": id})

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server():
    found = _Server()
    threading.Thread(target=found.serve_forever, daemon=True).start()
    yield found
    found.shutdown()


@pytest.fixture
def cluster(server, home, monkeypatch):
    """The stand-in, as the cluster that the settings name."""
    monkeypatch.setenv("TLCORE_EXECUTOR", "ray")
    monkeypatch.setenv("TLCORE_RAY_ADDRESS", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("RAY_AUTH_TOKEN", TOKEN)
    monkeypatch.setenv("TLCORE_ACCESS_CODE", "who-may-come-in")
    settings.cache_clear()
    return configured_cluster()


def _step(executor: RayExecutor, dispatcher: Dispatcher) -> None:
    executor._next_look = 0.0
    dispatcher.step()


def test_each_attempt_is_one_job_also_after_the_dispatcher_died(cluster, server):
    store = open_store()
    run = store.add_run("train", {}, "a run")
    for _ in range(3):  # three dispatchers, one after the other
        executor = RayExecutor(cluster)
        dispatcher = Dispatcher(store, executor, _Nobody())
        _step(executor, dispatcher)
        _step(executor, dispatcher)
    RayExecutor(cluster).submit(run)  # by one that has not looked yet
    assert list(server.jobs) == [f"{run.id}-first-0"]
    (job,) = server.jobs.values()
    assert job["entrypoint"] == f"python -m tlcore worker {run.id}"
    assert job["entrypoint_num_cpus"] == 2, "without any, all jobs land on the head node"
    variables = job["runtime_env"]["env_vars"]
    assert variables["TLCORE_THREADS"] == variables["OMP_NUM_THREADS"] == "2"
    assert variables["TLCORE_HOME"] == str(settings().home)
    assert TOKEN not in json.dumps(job) and "who-may-come-in" not in json.dumps(job)


def test_runs_fill_the_cluster_and_no_more(cluster, server):
    store, executor = open_store(), RayExecutor(cluster)
    for number in range(5):
        store.add_run("train", {}, f"run {number}")
    dispatcher = Dispatcher(store, executor, _Nobody())
    _step(executor, dispatcher)
    assert len(server.jobs) == 2, "four processors, two a run"


def test_a_job_that_ends_before_it_takes_its_run_is_tried_again_and_says_what_is_missing(cluster, server, monkeypatch):
    store, executor = open_store(), RayExecutor(cluster)
    run = store.add_run("train", {}, "a run")
    dispatcher = Dispatcher(store, executor, _Nobody())
    _step(executor, dispatcher)
    server.log = "/usr/bin/python: No module named tlcore"
    server.jobs[f"{run.id}-first-0"] |= {"status": "FAILED", "driver_exit_code": 1}
    dispatcher._tries[run.id].next_at = 0.0
    _step(executor, dispatcher)
    assert list(server.jobs) == [f"{run.id}-first-0", f"{run.id}-first-1"]
    assert "Install this project on every node" in store.run(run.id).error["message"]


def test_a_run_whose_process_ended_is_interrupted_and_one_lost_to_sight_waits_for_its_heartbeat(cluster, server):
    store, executor = open_store(), RayExecutor(cluster)
    runs = [store.add_run("train", {}, name) for name in ("ended", "lost")]
    dispatcher = Dispatcher(store, executor, _Nobody())
    _step(executor, dispatcher)
    for run in runs:
        assert store.claim(run.id, {"host": "elsewhere", "pid": 1, "born": "x"})
    server.jobs[f"{runs[0].id}-first-0"] |= {"status": "FAILED", "driver_exit_code": 137}
    server.jobs[f"{runs[1].id}-first-0"] |= {"status": "FAILED", "driver_exit_code": None}
    _step(executor, dispatcher)
    _step(executor, dispatcher)
    ended, lost = (store.run(run.id) for run in runs)
    assert ended.state == states.INTERRUPTED and "memory ran out" in ended.error["message"]
    assert lost.state == states.PREPARING


def test_a_cluster_that_is_away_is_said_to_the_run_and_ends_nothing(cluster, server):
    store, executor = open_store(), RayExecutor(cluster)
    dispatcher = Dispatcher(store, executor, _Nobody())
    server.shutdown()
    server.server_close()
    run = store.add_run("train", {}, "a run")
    _step(executor, dispatcher)
    assert store.run(run.id).state == states.QUEUED
    assert "Start its head node" in store.run(run.id).error["message"]


def test_short_jobs_stay_here(cluster, server):
    store, nobody = open_store(), _Nobody()
    store.add_run("import", {}, "an import")
    executor = RayExecutor(cluster)
    _step(executor, Dispatcher(store, executor, nobody))
    assert not server.jobs and nobody.submitted == 1


def test_a_cluster_elsewhere_that_asks_for_no_token_is_refused(cluster, server, monkeypatch):
    monkeypatch.setattr(ray_cluster, "_is_this_machine", lambda host: False)
    server.token = ""
    with pytest.raises(StateError, match="executes what anybody gives it"):
        RayCluster(cluster.address).submit("a", "true", {}, {})
    assert not server.jobs
    server.token = TOKEN
    RayCluster(cluster.address).submit("a", "true", {}, {})
    assert list(server.jobs) == ["a"]


def test_a_wrong_token_is_said_without_it(cluster, server):
    server.token = "another"
    with pytest.raises(StateError, match="RAY_AUTH_TOKEN_PATH") as caught:
        cluster.state()
    assert TOKEN not in str(caught.value)


def test_the_token_is_read_from_a_file(cluster, server, tmp_path, monkeypatch):
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    monkeypatch.delenv("RAY_AUTH_TOKEN")
    monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(tmp_path / "token"))
    state = cluster.state()
    assert (state.processors, state.free_processors, [node.host for node in state.nodes]) == (4.0, 3.0, ["h"])


def test_nothing_listens_at_the_address(home):
    with pytest.raises(MissingError, match="TLCORE_RAY_ADDRESS"):
        RayCluster("http://127.0.0.1:9").jobs()


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"TLCORE_EXECUTOR": "slurm"}, "TLCORE_EXECUTOR"),
        ({"TLCORE_RAY_ADDRESS": "head:8265"}, "TLCORE_RAY_ADDRESS"),
        ({"TLCORE_RAY_ADDRESS": "http://head:8265"}, "SQLite"),
        ({"TLCORE_STORE": "postgresql://a:hidden@db/studio"}, "no password in TLCORE_STORE"),
        ({"TLCORE_STORE": "@/no/such/file"}, "a file with the store's address"),
    ],
)
def test_settings_that_cannot_work_are_said_to_who_starts_a_run(cluster, monkeypatch, variables, words):
    for name, text in variables.items():
        monkeypatch.setenv(name, text)
    settings.cache_clear()
    with pytest.raises(InputError, match=words) as caught:
        ensure_dispatcher()
    assert "hidden" not in str(caught.value)


class _Nobody(LocalExecutor):
    """Starts no processes."""

    def __init__(self):
        super().__init__()
        self.submitted = 0

    def submit(self, run):
        self.submitted += 1

    def tidy(self, unfinished):
        pass


def test_a_run_asks_for_a_share_of_a_gpu_and_as_many_go_on_as_shares_fit(cluster, server, monkeypatch):
    monkeypatch.setenv("TLCORE_RAY_PROCESSORS", "1")
    monkeypatch.setenv("TLCORE_RAY_GPUS", "0.5")
    settings.cache_clear()
    server.processors, server.gpus = 8.0, 1.0
    store = open_store()
    for number in range(4):
        store.add_run("train", {}, f"run {number}")
    executor = RayExecutor(cluster)
    _step(executor, Dispatcher(store, executor, _Nobody()))
    assert executor.places == 2  # two halves of the one GPU, whatever the processors
    assert [job["entrypoint_num_gpus"] for job in server.jobs.values()] == [0.5, 0.5]
    server.gpus = 0.0  # the node with the GPU is gone
    _step(executor, Dispatcher(store, executor, _Nobody()))
    assert executor.places == 1
