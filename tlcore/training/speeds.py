"""What runs took on this machine against what was expected, kept for each network, so that later estimates are right.

Knows no TensorFlow.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from statistics import median

from tlcore.settings import settings
from tlcore.storage.files import write_json
from tlcore.training.costs import Costs
from tlcore.training.plans.plan import TrainingPlan

_FILE = "speeds.json"
_MOST = 5  # measurements of a network that are kept: a machine is busy now and then

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
    if plan.early_stopping and expected.training:
        return
    fixed = costs.preparing + costs.evaluation + costs.saving
    measured = Speeds(
        fixed + (0.0 if expected.training else costs.training),
        costs.features / expected.features if expected.features else 1.0,
        costs.training / expected.training if expected.training else 1.0,
    )
    known = _read()
    known[_key(plan)] = [*known.get(_key(plan), []), asdict(measured)][-_MOST:]
    write_json(settings().home / _FILE, known)


def known_speeds(plan: TrainingPlan) -> Speeds | None:
    """What runs of a network took here.

    Args:
        plan: of the network.

    Returns:
        Seconds of what is fixed, and how many times as long as expected the others took; None if none was run.
    """
    rows = _read().get(_key(plan), [])
    return Speeds(*(median(row[part.name] for row in rows) for part in fields(Speeds))) if rows else None


def _key(plan: TrainingPlan) -> str:
    return f"{plan.backbone}, cut at {plan.cut}, trained from {plan.first_trainable or plan.strategy}"


def _read() -> dict[str, list[Mapping[str, float]]]:
    """What is known; nothing where the file is missing or damaged, which costs no more than better estimates."""
    try:
        return json.loads((settings().home / _FILE).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        logger.warning("no speeds: %s", error)
        return {}
