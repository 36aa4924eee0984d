"""The store: runs and their events, in SQLite or PostgreSQL through SQLAlchemy Core.

Every change of state is a compare-and-set in one transaction, so that two processes can never both make it. Reading
shows the asker no run that is not for them: see `tlcore.runs.database.readers`.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tlcore.access.asker import Visitor, asker
from tlcore.access.private import private_home
from tlcore.errors import InputError, NotFoundError, StateError
from tlcore.jobs import Progress
from tlcore.runs import run as states
from tlcore.runs.database.engine import open_engine
from tlcore.runs.database.readers import readable, seconds_allowed
from tlcore.runs.database.tables import EVENTS, PUPILS, RUNS, Moment
from tlcore.runs.kinds import JOBS
from tlcore.runs.run import Event, Run
from tlcore.settings import settings
from tlcore.text import one_line

MOST_NAME = 200  # characters
_MOST_PLAN_LETTERS = 10_000_000
_ATTEMPT = "attempt"  # the event that says when a run is claimed again how long it took before


class Store:
    """All runs and events behind one address.

    Args:
        address: SQLAlchemy address, such as `sqlite:////home/me/studio.sqlite`.
    """

    def __init__(self, address: str):
        self._engine = open_engine(address)

    def add_run(self, kind: str, plan: dict, name: str, experiment: str = "", owner: str = "", lesson: str = "") -> Run:
        """Queue a run; it belongs to whoever asks. In a lesson a pupil has one at a time that has not ended.

        Args:
            kind: a key of `tlcore.runs.kinds.JOBS`.
            plan: the request, JSON-able.
            name: what the user calls it.
            experiment: id shared by runs that belong together, or "".
            owner: nickname of who asks, or "".
            lesson: id of a lesson that the asker has joined, or "".

        Returns:
            The queued run.

        Raises:
            InputError: if the request is larger than any that a page or command makes.
            StateError: if the asker has not joined the lesson, or a run of theirs in it has not ended.
        """
        size = len(json.dumps(plan))
        if size > _MOST_PLAN_LETTERS:
            received = f"one of {size / 1e6:,.1f} MB"
            raise InputError(f"a request of at most {_MOST_PLAN_LETTERS / 1e6:.0f} MB", received, "Shorten its texts.")
        run_id = secrets.token_hex(5)
        values = {
            "id": run_id,
            "kind": kind,
            "name": one_line(name, MOST_NAME),
            "plan": plan,
            "state": states.QUEUED,
            "created": Moment(),
            "experiment": experiment,
            "owner": one_line(owner, MOST_NAME),
            "visitor": asker().id,
            "lesson": lesson,
        }
        with self._engine.begin() as connection:
            if lesson:
                self._check_turn(connection, lesson, asker().id)
            if JOBS.find(kind).is_training:
                values["most_seconds"] = seconds_allowed(connection, asker(), lesson)
            connection.execute(RUNS.insert().values(values))
        return self.run(run_id)

    def _check_turn(self, connection: sa.Connection, lesson: str, visitor: str) -> None:
        """Refuse a second run of a pupil in a lesson while the first has not ended."""
        pupil = PUPILS.c.lesson == lesson, PUPILS.c.visitor == visitor
        # Whoever changes the pupil's row has it alone until the transaction ends: of two clicks only one counts.
        if connection.execute(PUPILS.update().where(*pupil).values(lesson=lesson)).rowcount != 1:
            raise StateError("somebody who has joined the lesson", "somebody else", "Join it with its code.")
        unfinished = RUNS.c.state.in_([states.QUEUED, *states.ACTIVE]), RUNS.c.deleted == ""
        own = RUNS.c.lesson == lesson, RUNS.c.visitor == visitor
        if connection.scalar(sa.select(sa.func.count()).where(*own, *unfinished)):
            raise StateError(
                "one run of yours at a time in this lesson",
                "another one that has not ended",
                "Wait for it, or stop it.",
            )

    def run(self, run_id: str) -> Run:
        """Look a run up, also a deleted one that is not purged yet.

        Args:
            run_id: its id.

        Returns:
            The run.

        Raises:
            NotFoundError: if there is none of this id.
        """
        return self.poll(run_id)[0]

    def poll(self, run_id: str) -> tuple[Run, int]:
        """Look a run up, and how far its events go: one statement, whose answer stands in two indexes.

        Args:
            run_id: its id.

        Returns:
            The run, and the sequence number of its last event, 0 if it has none.

        Raises:
            NotFoundError: if there is none of this id that the asker may read.
        """
        last = sa.select(sa.func.max(EVENTS.c.sequence)).where(EVENTS.c.run == RUNS.c.id).scalar_subquery()
        may_read = readable(asker())
        query = sa.select(RUNS, last.label("last")).where(RUNS.c.id == run_id, *may_read)
        with self._engine.connect() as connection:
            row = connection.execute(query).mappings().first()
            if row is None:
                others = sa.select(RUNS.c.id).where(*may_read).order_by(RUNS.c.created.desc()).limit(200)
                known = connection.execute(others)
                raise NotFoundError("run", run_id, known.scalars())
        values = dict(row)
        last_event = values.pop("last") or 0
        return Run.from_row(values), last_event

    def runs(
        self,
        *,
        kind: str | None = None,
        states: Sequence[str] | None = None,
        experiment: str | None = None,
        deleted: bool | None = False,
        most: int | None = None,
        for_whom: Visitor | None = None,
    ) -> list[Run]:
        """List runs, newest first.

        Args:
            kind: only this kind.
            states: only these states.
            experiment: only runs of this experiment.
            deleted: the deleted runs that are not purged yet, instead of all others; None for both.
            most: so many at most; None for all.
            for_whom: who is to read them; None for the asker.

        Returns:
            The runs that fit.
        """
        query = RUNS.select().where(*readable(for_whom or asker())).order_by(RUNS.c.created.desc()).limit(most)
        if deleted is not None:
            query = query.where(RUNS.c.deleted != "" if deleted else RUNS.c.deleted == "")
        if kind is not None:
            query = query.where(RUNS.c.kind == kind)
        if states is not None:
            query = query.where(RUNS.c.state.in_(states))
        if experiment is not None:
            query = query.where(RUNS.c.experiment == experiment)
        with self._engine.connect() as connection:
            return [Run.from_row(row) for row in connection.execute(query).mappings()]

    def long_deleted(self, keep: timedelta) -> list[Run]:
        """List deleted runs whose time is over.

        Args:
            keep: how long a deleted run can be restored.

        Returns:
            The runs that were deleted longer ago, by the clock of the database.
        """
        query = RUNS.select().where(RUNS.c.deleted != "", RUNS.c.deleted < Moment(-keep.total_seconds()))
        with self._engine.connect() as connection:
            return [Run.from_row(row) for row in connection.execute(query).mappings()]

    def last_starts(self) -> dict[str, str]:
        """When everybody's turn was last.

        Returns:
            `Run.turn` → when the run of theirs that was started last was started, UTC, ISO 8601.
        """
        whose = sa.func.coalesce(sa.func.nullif(RUNS.c.visitor, sa.literal_column("''")), RUNS.c.owner)
        query = sa.select(whose, sa.func.max(RUNS.c.started)).group_by(whose)
        with self._engine.connect() as connection:
            return {turn: started for turn, started in connection.execute(query) if started}

    def names(self, kind: str) -> set[str]:
        """What the runs of a kind are called that are not deleted and that the asker may read.

        Args:
            kind: a key of `tlcore.runs.kinds.JOBS`.
        """
        query = sa.select(RUNS.c.name).where(RUNS.c.kind == kind, RUNS.c.deleted == "", *readable(asker()))
        with self._engine.connect() as connection:
            return set(connection.scalars(query))

    def count(self, states: Sequence[str], kind: str | None = None) -> int:
        """Count runs that are not deleted, without reading them.

        Args:
            states: only these states.
            kind: only this kind.
        """
        query = sa.select(sa.func.count()).where(RUNS.c.state.in_(states), RUNS.c.deleted == "", *readable(asker()))
        if kind is not None:
            query = query.where(RUNS.c.kind == kind)
        with self._engine.connect() as connection:
            return connection.scalar(query) or 0

    def latest(self, count: int) -> list[list[Run]]:
        """Read the newest experiments, and training runs on their own, and no others.

        Args:
            count: how many of both.

        Returns:
            The newest first; of each its training runs in the order in which they were queued.
        """
        # A literal, as PostgreSQL takes an expression with a parameter for another one each time that it stands there.
        group = sa.func.coalesce(sa.func.nullif(RUNS.c.experiment, sa.literal_column("''")), RUNS.c.id)
        listed = RUNS.c.kind == "train", RUNS.c.deleted == "", *readable(asker())
        newest = sa.select(group).where(*listed).group_by(group).order_by(sa.func.max(RUNS.c.created).desc())
        with self._engine.connect() as connection:
            found: dict[str, list[Run]] = {name: [] for name in connection.scalars(newest.limit(count))}
            rows = connection.execute(RUNS.select().where(*listed, group.in_(list(found))).order_by(RUNS.c.created))
            for row in rows.mappings():
                found[row["experiment"] or row["id"]].append(Run.from_row(row))
        return list(found.values())

    def claim(self, run_id: str, worker: dict) -> Run | None:
        """Take a queued run; from now on only what is written with the token of this attempt holds.

        Args:
            run_id: its id.
            worker: the process that is going to execute it, as `Run.worker`.

        Returns:
            The run with its new token; None if another worker was faster.
        """
        try:
            before, token = self.run(run_id), secrets.token_hex(8)
        except NotFoundError:  # purged meanwhile
            return None
        begun: dict[str, Any] = {
            "worker": worker,
            "started": Moment(),
            "heartbeat": Moment(),
            "error": {},
        }
        # What an earlier attempt took is known until its times are overwritten; its last heartbeat is when it ended.
        event = {"kind": _ATTEMPT, "spent": self.seconds_spent(run_id) + _lasted(before)} if before.started else None
        if not self.move(run_id, [states.QUEUED], states.PREPARING, **begun, token=token, event=event):
            return None
        return replace(self.run(run_id), token=token)

    def seconds_spent(self, run_id: str) -> float:
        """How long all attempts at a run took before the one that was claimed last.

        Args:
            run_id: its id.

        Returns:
            Seconds; 0 for a run that was never resumed.
        """
        attempts = self.events(run_id, kind=_ATTEMPT)
        return attempts[-1].payload["spent"] if attempts else 0.0

    def take_back(self, run: Run, state: str) -> bool:
        """Go on with a run whose worker was taken for dead, if it is not deleted and no other worker has taken it.

        Args:
            run: as its worker claimed it.
            state: what the worker is doing.

        Returns:
            Whether the run is that worker's again.
        """
        change = self._update(run.id, [states.INTERRUPTED, states.QUEUED], run.token).where(RUNS.c.deleted == "")
        present = {"state": state, "worker": run.worker, "heartbeat": Moment()}
        with self._engine.begin() as connection:
            return connection.execute(change.values(**present, ended="", error={})).rowcount == 1

    def move(
        self,
        run_id: str,
        sources: Sequence[str],
        target: str,
        *,
        attempt: str | None = None,
        event: Mapping[str, object] | None = None,
        **values: object,
    ) -> bool:
        """Change a run's state if it is in one of the expected states.

        Args:
            run_id: its id.
            sources: states in which the change is allowed.
            target: the new state.
            attempt: only while this is the run's token; None for whatever it is.
            event: the fact that tells of the change, {"kind": …, …}, appended in the same transaction; None for none.
            **values: other columns to set in the same transaction.

        Returns:
            Whether this call made the change.
        """
        change = self._update(run_id, sources, attempt).values(state=target, **values)
        with self._engine.begin() as connection:
            is_made = connection.execute(change).rowcount == 1
            if is_made and event is not None:
                self._append(connection, run_id, event)
        return is_made

    def explain_waiting(self, run_id: str, message: str) -> None:
        """Note why a queued run has not started yet; nothing happens if it has.

        Args:
            run_id: its id.
            message: for the user.
        """
        self._change(run_id, [states.QUEUED], error={"message": message, "log": ""})

    def request_stop(self, run_id: str) -> None:
        """Ask a run to stop: at once if it is queued, at the next opportunity if a worker has it.

        Args:
            run_id: its id.

        Raises:
            StateError: if it has ended already.
        """
        if self.move(run_id, [states.QUEUED], states.STOPPED, ended=Moment(), stop_requested=True):
            return
        if not self._change(run_id, states.ACTIVE, stop_requested=True):
            raise self._refusal(run_id, "a run that is queued or in progress", "There is nothing to stop.")

    def resume(self, run_id: str) -> None:
        """Queue a run again that did not finish; it goes on from its last checkpoint.

        Args:
            run_id: its id.

        Raises:
            StateError: if it is finished, queued or under way, or its pupil has another one in its lesson.
        """
        run = self.run(run_id)
        if run.lesson:
            with self._engine.begin() as connection:
                self._check_turn(connection, run.lesson, run.visitor)
        cleared: dict[str, Any] = {
            "ended": "",
            "worker": {},
            "error": {},
            "progress": {},
            "stop_requested": False,
            "deleted": "",
        }
        if not self.move(run_id, states.RESUMABLE, states.QUEUED, **cleared):
            wanted = f"a run that is {', '.join(states.RESUMABLE)}"
            raise self._refusal(run_id, wanted, "Only runs that did not finish can be resumed.")

    def describe_run(self, run_id: str, values: Mapping[str, Any]) -> None:
        """Change what people call a run and say about it.

        Args:
            run_id: its id.
            values: any of "name", "notes" (texts) and "tags" (a list of texts).

        Raises:
            NotFoundError: if there is none of this id.
        """
        self.run(run_id)
        self._change(run_id, None, **values)

    def delete_run(self, run_id: str) -> None:
        """Put a run aside, out of all lists; `restore_run` brings it back until it is purged.

        Args:
            run_id: its id.

        Raises:
            StateError: if a worker is busy with it.
        """
        moment = Moment()
        if self.move(run_id, [states.QUEUED], states.STOPPED, ended=moment, deleted=moment):
            return
        if not self._change(run_id, states.ENDED, deleted=moment):
            raise self._refusal(run_id, "a run that has ended", "Stop it first.")

    def restore_run(self, run_id: str) -> None:
        """Bring a deleted run back.

        Args:
            run_id: its id.

        Raises:
            NotFoundError: if there is none of this id, or it was purged.
        """
        self.run(run_id)
        self._change(run_id, None, deleted="")

    def purge_run(self, run_id: str) -> bool:
        """Remove a deleted run and its events for good; its folder is the caller's to remove.

        Args:
            run_id: its id.

        Returns:
            Whether it was there and deleted.
        """
        with self._engine.begin() as connection:
            is_gone = connection.execute(RUNS.delete().where(RUNS.c.id == run_id, RUNS.c.deleted != "")).rowcount == 1
            if is_gone:
                connection.execute(EVENTS.delete().where(EVENTS.c.run == run_id))
        return is_gone

    def beat(self, run_id: str, attempt: str) -> bool:
        """Note that the worker of a run is alive.

        Args:
            run_id: its id.
            attempt: the token that the worker has.

        Returns:
            Whether the run is under way, and still this worker's.
        """
        return self._change(run_id, states.ACTIVE, attempt, heartbeat=Moment())

    def set_progress(self, run_id: str, progress: Progress, attempt: str | None = None) -> bool:
        """Replace the latest progress report of a run.

        Args:
            run_id: its id.
            progress: how far it is.
            attempt: only while this is the run's token and it is under way; None for any run.

        Returns:
            Whether this call made the change.
        """
        sources = None if attempt is None else states.ACTIVE
        beat = Moment()
        return self._change(run_id, sources, attempt, progress=progress.to_json(), heartbeat=beat)

    def _update(self, run_id: str, sources: Sequence[str] | None, attempt: str | None) -> sa.Update:
        """A change of a run, but only out of certain states and in one attempt, where these are given."""
        change = RUNS.update().where(RUNS.c.id == run_id)
        if sources is not None:
            change = change.where(RUNS.c.state.in_(sources))
        return change if attempt is None else change.where(RUNS.c.token == attempt)

    def _change(self, run_id: str, sources: Sequence[str] | None, attempt: str | None = None, **values: object) -> bool:
        """Change a run in one transaction, under the conditions of `_update`; tells whether they were met."""
        with self._engine.begin() as connection:
            return connection.execute(self._update(run_id, sources, attempt).values(**values)).rowcount == 1

    def _refusal(self, run_id: str, expected: str, action: str) -> StateError:
        return StateError(expected, f"run {run_id}, which is {self.run(run_id).state}", action)

    def add_event(self, run_id: str, kind: str, payload: dict, attempt: str | None = None) -> bool:
        """Append a fact to a run.

        Args:
            run_id: the run's id.
            kind: "phase", "epoch", "evaluated" …
            payload: the fact, JSON-able.
            attempt: only while this is the run's token and it is under way; None for any run.

        Returns:
            Whether it was appended.
        """
        sources = None if attempt is None else states.ACTIVE
        # Whoever changes the run's row has it alone until the transaction ends: numbers have no gaps and no races.
        touch = self._update(run_id, sources, attempt).values(id=run_id)
        with self._engine.begin() as connection:
            is_there = connection.execute(touch).rowcount == 1
            if is_there:
                self._append(connection, run_id, {"kind": kind, **payload})
        return is_there

    def _append(self, connection: sa.Connection, run_id: str, event: Mapping[str, object]) -> None:
        last = connection.scalar(sa.select(sa.func.max(EVENTS.c.sequence)).where(EVENTS.c.run == run_id))
        payload = {name: value for name, value in event.items() if name != "kind"}
        row = {"run": run_id, "sequence": (last or 0) + 1, "time": Moment(), "kind": event["kind"], "payload": payload}
        connection.execute(EVENTS.insert().values(row))

    def events(self, run_id: str, after: int = 0, kind: str | None = None) -> list[Event]:
        """Read what a run reported.

        Args:
            run_id: its id.
            after: only events with a higher sequence number.
            kind: only this kind.

        Returns:
            The events in order; none of a run that the asker may not read.
        """
        query = EVENTS.select().where(EVENTS.c.run == run_id, EVENTS.c.sequence > after)
        if may_read := readable(asker()):
            query = query.where(sa.exists().where(RUNS.c.id == run_id, *may_read))
        if kind is not None:
            query = query.where(EVENTS.c.kind == kind)
        columns = (EVENTS.c.sequence, EVENTS.c.time, EVENTS.c.kind, EVENTS.c.payload)
        with self._engine.connect() as connection:
            rows = connection.execute(query.with_only_columns(*columns).order_by(EVENTS.c.sequence))
            return [Event(**row) for row in rows.mappings()]


def _lasted(run: Run) -> float:
    """Seconds from the start of a run's last attempt to its last sign of life."""
    begun, seen = (datetime.fromisoformat(moment) for moment in (run.started, run.heartbeat))
    return max(0.0, (seen - begun).total_seconds())


def open_store() -> Store:
    """The store that the settings name.

    Returns:
        The store, its folder and tables created where missing.
    """
    private_home()
    return Store(settings().store_address)
