"""What a run costs: the seconds that its plan needs on a machine where nothing is kept yet, by what they are for.

The time that somebody waited says less: a run that finds features computed by an earlier one is spared the longest
part, so that two plans would change places with the order in which they are run. Knows no TensorFlow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Costs:
    """Seconds that a plan needs, nothing kept.

    Args:
        preparing: building the network, and converting its frozen part.
        features: computing what lies below the trained layers, once for each image.
        training: all epochs, with their validation.
        evaluation: predictions for all parts at the end.
        saving: writing the network, and reading it back to check it.
    """

    preparing: float
    features: float
    training: float
    evaluation: float
    saving: float

    @property
    def total(self) -> float:
        """All of it, in seconds."""
        return sum(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True)
class KeptCost:
    """What features that are kept cost whoever computed them first.

    Args:
        seconds: as measured then, for as much of it as was used now.
        images: whose features were found and not computed anew; 0 where nothing was spared.
        maker: id of the run that computed them, or "".
    """

    seconds: float
    images: int
    maker: str


@dataclass(frozen=True)
class Reuse:
    """What a run found already computed.

    Args:
        images: whose features were found.
        runs: ids of the runs that made them.
    """

    images: int = 0
    runs: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """Such as "Features of 850 images were reused from run 1a2b3c."; "" where everything was computed."""
        if not self.images:
            return ""
        source = f" from run{'s' if len(self.runs) > 1 else ''} {', '.join(self.runs)}" if self.runs else ""
        return f"Features of {self.images:,} images were reused{source}."


def add_up(kept: Sequence[KeptCost], run: str = "") -> Reuse:
    """Sum up what a run found already computed by others.

    Args:
        kept: one for each file of features that it used.
        run: its id; what an earlier attempt of its own has computed does not count.
    """
    others = [cost for cost in kept if cost.images and not (run and cost.maker == run)]
    makers = dict.fromkeys(cost.maker for cost in others if cost.maker)
    return Reuse(sum(cost.images for cost in others), tuple(makers))
