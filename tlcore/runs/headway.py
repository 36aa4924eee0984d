"""How far a training run is as a whole: through all phases and the test, by the time that each should take."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence

from tlcore.datasets.dataset import open_dataset
from tlcore.errors import NotFoundError
from tlcore.runs.run import EVALUATING, QUEUED, Event, Run
from tlcore.training.estimate import phase_seconds
from tlcore.training.plans.plan import TRYING, Phase, plan_from_json
from tlcore.training.speeds import Speeds, known_speeds

_TEST_SHARE = 0.05  # of the whole, for the test and for saving
_TRIES_SHARE = 0.8  # of solving a head: most of it is trying how strong its penalty should be


def share_of_run(run: Run, events: Sequence[Event]) -> float:
    """How much of a training run is done.

    Args:
        run: any training run.
        events: what it has reported, in order.

    Returns:
        0..1; 1 for a run that has ended. What a run does between its phases, such as reading images, counts where it
        belongs.
    """
    if run.has_ended:
        return 1.0
    if run.state == QUEUED or run.progress is None:
        return 0.0
    if run.state == EVALUATING:
        return 1 - _TEST_SHARE
    phases = plan_from_json(run.plan).phases()
    try:
        seconds = _seconds(json.dumps(run.plan), _computed(events, phases))
    except NotFoundError:  # its images are hidden from whoever asks
        return run.progress.share
    place, looking, training = _place(run, events, phases)
    features, steps = seconds[place]
    done = sum(map(sum, seconds[:place])) + looking * features + training * steps
    return (1 - _TEST_SHARE) * done / max(sum(map(sum, seconds)), 1e-9)


def _computed(events: Sequence[Event], phases: Sequence[Phase]) -> tuple[float, ...]:
    """Of each phase, the share of its features that had to be computed; all, as long as nothing else is known."""
    found = {event.payload["title"]: event.payload.get("computed", 1.0) for event in events if event.kind == "phase"}
    return tuple(found.get(phase.title, 1.0) for phase in phases)


@functools.lru_cache(maxsize=64)
def _seconds(plan_text: str, computed: Sequence[float]) -> list[tuple[float, float]]:
    """Of each phase, what computing its features takes, and what its steps take, as this machine has been measured."""
    plan = plan_from_json(json.loads(plan_text))
    known = known_speeds(plan) or Speeds(0.0, 1.0, 1.0)
    phases = phase_seconds(plan, len(open_dataset(plan.dataset)))
    return [
        (features * share * known.features, steps * known.training)
        for (features, steps), share in zip(phases, computed, strict=True)
    ]


def _place(run: Run, events: Sequence[Event], phases: Sequence[Phase]) -> tuple[int, float, float]:
    """Which phase is under way, and how much is done of its features and of its steps, 0..1 each."""
    assert run.progress is not None
    titles = [phase.title for phase in phases]
    begun = [event.payload["title"] for event in events if event.kind == "phase"]
    reached = titles.index(begun[-1]) if begun and begun[-1] in titles else -1  # the last of them is what it does
    if run.progress.what == TRYING:
        return max(0, reached), 1.0, _TRIES_SHARE * run.progress.share
    if reached < 0:
        return 0, run.progress.share if run.progress.total > 1 else 0.0, 0.0
    phase, progress = phases[reached], run.progress
    if progress.what == phase.title and progress.epochs:
        first = progress.epochs - sum(later.epochs for later in phases[reached:])
        gone = progress.epoch - 1 - first + progress.epoch_share
        tried = _TRIES_SHARE if phase.is_exact else 0.0
        return reached, 1.0, tried + (1 - tried) * min(1.0, max(0.0, gone / phase.epochs))
    made = {
        event.payload["epoch"] for event in events if event.kind == "epoch" and event.payload["phase"] == phase.title
    }
    is_over = bool(made) and (phase.is_exact or len(made) >= phase.epochs)
    if is_over and reached + 1 < len(phases):  # the features of the next one are computed
        return reached + 1, progress.share if progress.total > 1 else 0.0, 0.0
    return reached, 1.0, min(1.0, len(made) / phase.epochs)
