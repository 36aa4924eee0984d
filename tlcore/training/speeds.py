"""What runs took on this machine against what was expected, kept for each network, so that later estimates are right.

Knows no TensorFlow.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, fields
from statistics import median

from tlcore.settings import settings
from tlcore.storage.files import read_json, write_json
from tlcore.training.costs import Costs
from tlcore.training.plans.plan import TrainingPlan

_FILE = "speeds.json"
_MOST = 5  # measurements of a network that are kept: a machine is busy now and then
_MOST_VALUE = 1e9  # no run takes 30 years: whatever is larger was not measured

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Speeds:
    """How long the parts of a run take.

    Args:
        fixed: seconds whatever the number of images: building, converting, testing and saving.
        features: seconds that computing features takes.
        training: seconds of all epochs.
    """

    fixed: float
    features: float
    training: float

    @property
    def total(self) -> float:
        """All of it, in seconds."""
        return self.fixed + self.features + self.training

    def times(self, known: Speeds) -> Speeds:
        """What is expected where a network is known to take longer, or less.

        Args:
            known: from `known_speeds`.
        """
        return Speeds(known.fixed, self.features * known.features, self.training * known.training)


def note_speeds(plan: TrainingPlan, expected: Speeds, costs: Costs) -> None:
    """Remember what a run took, unless it may have ended before its time.

    Args:
        plan: the run.
        expected: of it, on some machine.
        costs: what it took, nothing kept.
    """
    if plan.early_stopping and not all(phase.is_exact for phase in plan.phases()):
        return
    measured = Speeds(
        costs.preparing + costs.evaluation + costs.saving,
        costs.features / expected.features if expected.features else 1.0,
        costs.training / expected.training,
    )
    known = _read()
    known[_key(plan)] = [*known.get(_key(plan), []), measured][-_MOST:]
    rows = {network: [asdict(each) for each in found] for network, found in known.items()}
    try:
        write_json(settings().home / _FILE, rows)
    except OSError as error:  # a full disk: the run is done all the same
        logger.warning("no speeds are kept: %s", error)


def known_speeds(plan: TrainingPlan) -> Speeds | None:
    """What runs of a network took here.

    Args:
        plan: of the network.

    Returns:
        Seconds of what is fixed, and how many times as long as expected the others took; None if none was run.
    """
    found = _read().get(_key(plan), [])
    return Speeds(*(median(getattr(each, part.name) for each in found) for part in fields(Speeds))) if found else None


def _key(plan: TrainingPlan) -> str:
    return f"{plan.backbone}, cut at {plan.cut}, trained from {plan.first_trainable or plan.strategy}"


def _read() -> dict[str, list[Speeds]]:
    """What is known; nothing where the file is missing or damaged, which costs no more than better estimates."""
    try:
        found = read_json(settings().home / _FILE, {})
    except OSError as error:
        logger.warning("no speeds: %s", error)
        return {}
    rows = found.items() if isinstance(found, dict) else ()
    return {
        network: [Speeds(**row) for row in measured if _is_sound(row)]
        for network, measured in rows
        if isinstance(measured, list)
    }


def _is_sound(row: object) -> bool:
    """Whether a row is a measurement, and not what damage or somebody else left there."""
    return (
        isinstance(row, dict)
        and {*row} == {part.name for part in fields(Speeds)}
        and all(type(value) in (int, float) and 0 <= value <= _MOST_VALUE for value in row.values())
    )
