"""A Ray cluster, spoken to through the HTTP interface of its job server; Ray itself is not needed here.

Ray executes whatever its job server is given, so a server elsewhere that asks for no token is refused.
Interface: Ray 2.52 and later, "Ray Jobs REST API" of its documentation.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import requests

from tlcore.errors import InputError, MissingError, StateError
from tlcore.internet import is_loopback
from tlcore.runs.database.engine import parse_address
from tlcore.settings import PREFIX, settings

_TIMEOUT_SECONDS = 5.0
_SUBMIT_SECONDS = 12.0  # Ray looks for a node that takes a job for 10, and says then why there is none
_TOKEN_FILE = Path("~/.ray/auth_token")  # where Ray looks, too
ENDED = ("SUCCEEDED", "FAILED", "STOPPED")


@dataclass(frozen=True)
class Node:
    """A machine of the cluster that is there.

    Args:
        id: as Ray numbers it.
        host: its name.
        processors: how many Ray may use of it.
        gpus: likewise.
    """

    id: str
    host: str
    processors: float
    gpus: float


@dataclass(frozen=True)
class ClusterState:
    """What a cluster has at this moment.

    Args:
        nodes: its machines.
        free_processors: how many of their processors no job has.
    """

    nodes: list[Node]
    free_processors: float

    @property
    def processors(self) -> float:
        """Of all nodes together."""
        return sum(node.processors for node in self.nodes)

    def places(self, processors: float, gpus: float) -> int:
        """How many jobs there is room for.

        Args:
            processors: that each asks for, all on one node; more than 0.
            gpus: likewise, 0 for none.
        """
        return sum(
            int(min(node.processors // processors, node.gpus / gpus if gpus else node.processors))
            for node in self.nodes
        )


@dataclass(frozen=True)
class RayJob:
    """A job as its server knows it.

    Args:
        id: chosen by who submitted it.
        status: "PENDING", "RUNNING" or one of `ENDED`.
        labels: what was given along, text by text.
        started: in milliseconds, of whatever clock the server has.
        exit_code: of its process; None while that runs, and where Ray lost sight of it.
        message: Ray's word on the status.
    """

    id: str
    status: str
    labels: dict[str, str]
    started: int
    exit_code: int | None
    message: str

    @property
    def has_ended(self) -> bool:
        """Whether it is neither waiting nor running."""
        return self.status in ENDED


class RayCluster:
    """The job server of a cluster.

    Args:
        address: such as "http://head:8265".

    Raises:
        InputError: if the address is none.
    """

    def __init__(self, address: str):
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username:
            raise InputError(
                f"an address such as http://head:8265 in {PREFIX}RAY_ADDRESS", repr(address), "Correct the variable."
            )
        self.address = address.rstrip("/")
        self.is_here = _is_this_machine(parts.hostname)
        self._is_trusted = self.is_here

    def submit(self, id: str, command: str, variables: dict[str, str], labels: dict[str, str]) -> None:
        """Have a command executed on some node; a second job of the same id is not made.

        Args:
            id: of the job.
            command: for the shell of the node.
            variables: of its environment. Whoever can read the cluster's pages can read them.
            labels: kept with the job.

        Raises:
            StateError, MissingError: if the cluster does not take it.
        """
        body = {
            "submission_id": id,
            "entrypoint": command,
            "entrypoint_num_cpus": settings().ray_processors,  # without any, Ray would put it on the head node
            "entrypoint_num_gpus": settings().ray_gpus,
            "runtime_env": {"env_vars": variables},
            "metadata": labels,
        }
        answer = self._ask("POST", "/api/jobs/", body, allowed=(500,))
        if answer.status_code == 500 and "already exists" not in answer.text:
            last = (answer.text.strip() or "no word why").splitlines()[-1]
            raise StateError(f"a cluster at {self.address} that takes jobs", last, "Look at the log of its head node.")

    def jobs(self) -> list[RayJob]:
        """All jobs that the server remembers."""
        return [_job(row) for row in self._ask("GET", "/api/jobs/").json() if row.get("submission_id")]

    def stop(self, id: str) -> None:
        """End a job by force; one that is not there is left alone."""
        self._ask("POST", f"/api/jobs/{quote(id)}/stop", allowed=(404,))

    def forget(self, id: str) -> None:
        """Have the server forget a job that has ended; one that is not there is left alone."""
        self._ask("DELETE", f"/api/jobs/{quote(id)}", allowed=(404,))

    def log(self, id: str) -> str:
        """What a job printed; "" where nothing is known of it."""
        answer = self._ask("GET", f"/api/jobs/{quote(id)}/logs", allowed=(400, 404, 500))
        return answer.json()["logs"] if answer.ok else ""

    def state(self) -> ClusterState:
        """Its machines, and what is free of them."""
        summary = self._ask("GET", "/nodes?view=summary").json()["data"]["summary"]
        nodes = [_node(row["raylet"]) for row in summary if row.get("raylet", {}).get("state") == "ALIVE"]
        report = self._ask("GET", "/api/cluster_status").json()["data"]["clusterStatus"] or {}
        used = (report.get("loadMetricsReport") or {}).get("usage", {}).get("CPU", [0.0, 0.0])[0]
        return ClusterState(nodes, max(0.0, sum(node.processors for node in nodes) - used))

    def _ask(
        self, method: str, path: str, body: dict | None = None, allowed: tuple[int, ...] = ()
    ) -> requests.Response:
        if not self._is_trusted:
            self._check_that_it_asks_for_a_token()
        answer = self._send(method, path, body, _token())
        if answer.status_code in (401, 403):
            action = "Give its token in RAY_AUTH_TOKEN, or name the token's file in RAY_AUTH_TOKEN_PATH."
            raise StateError(f"access to the cluster at {self.address}", "a refusal of the token", action)
        if not answer.ok and answer.status_code not in allowed:
            raise StateError(
                f"an answer of the Ray cluster at {self.address}",
                f"HTTP status {answer.status_code}",
                f"Check {PREFIX}RAY_ADDRESS, and that its Ray is 2.52 or later.",
            )
        return answer

    def _check_that_it_asks_for_a_token(self) -> None:
        if self._send("GET", "/api/jobs/", None, "").status_code not in (401, 403):
            raise StateError(
                "a Ray cluster that asks for a token",
                f"one at {self.address} that executes what anybody gives it",
                "Start its nodes with RAY_AUTH_MODE=token (Ray 2.52 or later).",
            )
        self._is_trusted = True

    def _send(self, method: str, path: str, body: dict | None, token: str) -> requests.Response:
        try:
            # A redirect could carry the token elsewhere.
            return requests.request(
                method,
                self.address + path,
                json=body,
                headers={"Authorization": f"Bearer {token}"} if token else {},
                timeout=_SUBMIT_SECONDS if body else _TIMEOUT_SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise MissingError(
                f"a Ray cluster at {self.address}",
                f"no answer ({type(error).__name__})",
                f"Start its head node, or correct {PREFIX}RAY_ADDRESS.",
            ) from None


def configured_cluster() -> RayCluster | None:
    """The cluster that executes training runs, as the settings say; it is not asked anything yet.

    Returns:
        None where they are executed on this machine.

    Raises:
        InputError: if the settings name no executor, no address, or a store that does not go with a cluster.
    """
    if settings().executor == "local":
        return None
    if settings().executor != "ray":
        raise InputError(f'"local" or "ray" in {PREFIX}EXECUTOR', repr(settings().executor), "Correct the variable.")
    cluster = RayCluster(settings().ray_address)
    store = parse_address(settings().store_address) if settings().store else None
    if (store is None or store.get_backend_name() == "sqlite") and not cluster.is_here:
        raise InputError(
            f"a store that other machines reach in {PREFIX}STORE",
            "SQLite, which is for one machine",
            f"Name a PostgreSQL database, such as {PREFIX}STORE=postgresql://studio@host/studio.",
        )
    if store is not None and store.password and not settings().store.startswith("@"):
        raise InputError(
            f"no password in {PREFIX}STORE, as the cluster shows the environment of its jobs",
            "an address with one",
            f"Write the address to a file that all nodes have, and set {PREFIX}STORE=@ and the path of this file.",
        )
    return cluster


def _token() -> str:
    """The token, from where Ray itself looks for it; it is read anew, as it may be replaced."""
    if os.environ.get("RAY_AUTH_TOKEN"):
        return os.environ["RAY_AUTH_TOKEN"].strip()
    file = Path(os.environ.get("RAY_AUTH_TOKEN_PATH") or _TOKEN_FILE).expanduser()
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _is_this_machine(host: str) -> bool:
    return host == "localhost" or is_loopback(host)


def _job(row: dict[str, Any]) -> RayJob:
    return RayJob(
        row["submission_id"],
        row["status"],
        row.get("metadata") or {},
        row.get("start_time") or 0,
        row.get("driver_exit_code"),
        row.get("message") or "",
    )


def _node(raylet: dict[str, Any]) -> Node:
    total = raylet["resourcesTotal"]
    return Node(raylet["nodeId"], raylet["nodeManagerHostname"], total.get("CPU", 0.0), total.get("GPU", 0.0))
