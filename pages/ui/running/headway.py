"""How far training runs are and how long they still take, as it is shown: it never goes back, however often one looks.

What has been shown is kept for all who watch, so that a reload shows the same.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import streamlit as st

from pages.ui.jobs import duration_text, read_run
from tlcore.runs.headway import share_of_run
from tlcore.runs.run import Run
from tlcore.runs.time_left import Countdown

_ROUGHLY = (  # under so many seconds → in words
    (60, "under 1 min"),
    (120, "1–2 min"),
    (180, "2–3 min"),
    (300, "3–5 min"),
    (600, "5–10 min"),
    (1200, "10–20 min"),
    (1800, "20–30 min"),
    (3600, "30–60 min"),
    (7200, "1–2 h"),
    (math.inf, "over 2 h"),
)
_NEARLY_ALL = 0.9
_BY_SECOND, _BY_FIVE = 10, 90  # seconds up to which the time left is said in steps of one second, and of five


@dataclass
class _Reached:
    share: float = 0.0


@st.cache_resource(max_entries=300, show_spinner=False)
def _reached(run_id: str, started: str) -> _Reached:
    """Of each attempt at a run."""
    return _Reached()


@st.cache_resource(max_entries=300, show_spinner=False)
def _countdowns(key: str) -> list[Countdown]:
    """One, once there was something to count down."""
    return []


def share_shown(run: Run) -> float:
    """How much of a training run is done.

    Args:
        run: any training run.

    Returns:
        0..1; never less than anybody has seen of this attempt.
    """
    if run.has_ended:
        return 1.0
    reached = _reached(run.id, run.started)
    reached.share = max(reached.share, share_of_run(run, read_run(run.id)[1]))
    return reached.share


def time_left(key: str, estimated: float, share: float) -> str:
    """Say how long something still takes.

    Args:
        key: of what is counted down, such as the id of an experiment.
        estimated: seconds, as far as is known now.
        share: how much of it is done, 0..1; nothing is counted down before it begins.

    Returns:
        Such as "about 40 s left"; "1–2 min left" where an earlier promise could not be kept.
    """
    if not share:
        return f"{_roughly(estimated)} left"
    found, now = _countdowns(key), time.monotonic()
    if not found:
        found.append(Countdown(estimated, now))
    countdown = found[0]
    countdown.fall(estimated, now)
    if countdown.is_over and share >= _NEARLY_ALL:
        return "almost done"
    if countdown.is_over or countdown.is_rough:
        return f"{_roughly(countdown.shown)} left"
    # Up: who is promised a little more than it takes is not let down.
    step = 1 if countdown.shown <= _BY_SECOND else 5 if countdown.shown <= _BY_FIVE else 60
    return f"{duration_text(step * math.ceil(countdown.shown / step))} left"


def _roughly(seconds: float) -> str:
    return next(words for most, words in _ROUGHLY if seconds < most)


def forget_time_left(key: str) -> None:
    """Count down anew the next time, as for an experiment that is resumed.

    Args:
        key: of what was counted down.
    """
    _countdowns.clear(key)
