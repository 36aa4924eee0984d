"""Whose turn it is: people who share a machine take turns, however many runs each of them has queued."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from tlcore.access.asker import OWNER
from tlcore.runs.kinds import JOBS
from tlcore.runs.run import ACTIVE, QUEUED, Run
from tlcore.runs.store import Store

_ORDINALS = ("next", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def fair_order(waiting: Iterable[Run], busy: Iterable[Run], last_starts: Mapping[str, str]) -> list[Run]:
    """Put waiting runs in the order in which they are to start.

    The turn is with whoever has the fewest runs under way or already in line; among equals with the one whose last turn
    is longest ago. The runs of one person keep the order in which they were queued. Visitors are told apart by who they
    are: a new nickname gives nobody another turn.

    Args:
        waiting: queued runs.
        busy: runs that are under way or handed to a worker.
        last_starts: `Run.turn` → when a run of theirs was last started, ISO 8601; who is missing never had a turn.

    Returns:
        The waiting runs, the next one first.
    """
    own: dict[str, list[Run]] = {}
    for run in sorted(waiting, key=lambda run: (run.created, run.id)):
        own.setdefault(run.turn, []).append(run)
    turns = Counter(run.turn for run in busy)
    last_turn = {owner: (0, moment) for owner, moment in last_starts.items()}
    line: list[Run] = []
    while own:
        owner = min(own, key=lambda name: (turns[name], last_turn.get(name, (0, "")), own[name][0].created))
        line.append(own[owner].pop(0))
        turns[owner] += 1
        last_turn[owner] = (1, f"{len(line):09}")  # after all who had their turn before
        if not own[owner]:
            del own[owner]
    return line


def places_in_line(store: Store) -> dict[str, int]:
    """Where each queued run stands.

    Args:
        store: the store.

    Returns:
        Id of each queued run → its place, 1 for the next one. Training and short jobs wait in lines of their own.
    """
    unfinished = store.runs(states=[QUEUED, *ACTIVE], for_whom=OWNER)  # nothing but places is told of others' runs
    last_starts = store.last_starts() if unfinished else {}
    places: dict[str, int] = {}
    for is_training in (True, False):
        line = [run for run in unfinished if JOBS.find(run.kind).is_training == is_training]
        waiting = [run for run in line if run.state == QUEUED]
        order = fair_order(waiting, [run for run in line if run.is_active], last_starts)
        places |= {run.id: place for place, run in enumerate(order, start=1)}
    return places


def place_text(place: int) -> str:
    """Say where a run stands.

    Args:
        place: 1 for the next one.

    Returns:
        Such as "next in the queue", "second in the queue" or "number 12 in the queue".
    """
    name = _ORDINALS[place - 1] if place <= len(_ORDINALS) else f"number {place}"
    return f"{name} in the queue"
