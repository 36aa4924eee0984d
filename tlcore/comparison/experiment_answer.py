"""What an experiment answers: one sentence to its own question, in numbers that the test images can tell apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tlcore.comparison.comparison import ComparedRun
from tlcore.comparison.conclusions import SIGNIFICANT, pairs
from tlcore.comparison.statistics import p_text
from tlcore.training.plans.strategies import STRATEGIES


def kind_of(compared: Sequence[ComparedRun]) -> str:
    """Tell which kind of experiment runs belong to.

    Args:
        compared: any runs.

    Returns:
        Key of `tlcore.runs.experiments.EXPERIMENTS`; "" if they are not of one experiment, or tested on other images.
    """
    ids = {item.run.experiment for item in compared}
    is_one = len(ids) == 1 and len({item.tested_on for item in compared}) == 1 and len(compared) > 1
    return ids.pop().rpartition("-")[0] if is_one else ""


def answer(compared: Sequence[ComparedRun]) -> str:
    """Answer the question of an experiment.

    Args:
        compared: finished runs of one experiment.

    Returns:
        A sentence or more; "" for a kind that `tlcore.comparison.conclusions.headline` answers well.
    """
    ask = _ANSWERS.get(kind_of(compared))
    return ask(compared) if ask else ""


def images_a_class(item: ComparedRun) -> float:
    """Training images of a class, on average."""
    return item.result.scores["train"].images / len(item.classes)


def told_apart(compared: Sequence[ComparedRun]) -> dict[frozenset[str], float]:
    """Adjusted p-values of all pairs of runs, by their two titles."""
    return {frozenset((pair.first, pair.second)): pair.adjusted for pair in pairs(compared)}


def cheapest_of_the_best(compared: Sequence[ComparedRun]) -> ComparedRun:
    """The run that costs least among those that no other run beats beyond chance.

    Args:
        compared: runs on the same test images.

    Returns:
        The run.
    """
    apart = told_apart(compared)

    def is_beaten(item: ComparedRun) -> bool:
        return any(
            apart[frozenset((item.title, other.title))] < SIGNIFICANT and _right(other) > _right(item)
            for other in compared
            if other is not item
        )

    return min((item for item in compared if not is_beaten(item)), key=lambda item: item.result.cost_seconds)


def _right(item: ComparedRun) -> int:
    return item.result.test.correct


def _how_many_images(compared: Sequence[ComparedRun]) -> str:
    return " ".join(
        _enough([item for item in compared if item.strategy == strategy])
        for strategy in STRATEGIES
        if sum(item.strategy == strategy for item in compared) > 1
    )


def _enough(runs: Sequence[ComparedRun]) -> str:
    """The fewest images with which a strategy does as well as with the most."""
    runs = sorted(runs, key=images_a_class)
    apart, most = told_apart(runs), runs[-1]
    enough = next(item for item in runs if apart.get(frozenset((item.title, most.title)), 1.0) >= SIGNIFICANT)
    images = most.result.test.images
    if enough is most:
        return f"{most.strategy.title}: more images still help; {images_a_class(most):.0f} per class beats any fewer."
    return (
        f"{most.strategy.title}: {images_a_class(enough):.0f} images per class are enough; more (up to "
        f"{images_a_class(most):.0f}) make no clear difference on {images} test images."
    )


def _which_is_enough(what: Callable[[ComparedRun], str]) -> Callable[[Sequence[ComparedRun]], str]:
    def ask(compared: Sequence[ComparedRun]) -> str:
        chosen = cheapest_of_the_best(compared)
        score = chosen.result.test
        costs = sorted(item.result.cost_seconds for item in compared)
        return (
            f"{what(chosen)} is enough: {100 * score.accuracy:.0f} % at {chosen.result.cost_seconds:.0f} s (all runs: "
            f"{costs[0]:.0f} to {costs[-1]:.0f} s). No run is significantly better on {score.images} test images."
        )

    return ask


@dataclass(frozen=True)
class _Break:
    """A precaution that a run goes without.

    Args:
        field: of the plan, by which it differs from the run as it should be.
        words: what is wrong, and how one sees it.
    """

    field: str
    words: str


_BREAKS = (
    _Break("statistics_momentum", "slow batch statistics: training accuracy rises while validation stays at chance"),
    _Break("strategy", "no pretraining: both curves start at chance and rise slowly"),
    _Break("preprocessing", "wrong preprocessing: pixels in a range new to the network, accuracy low from the start"),
    _Break("learn_statistics", "BatchNormalization unfrozen: validation drops when fine-tuning begins"),
    _Break("learning_rate", "learning rate × 100: the loss jumps and barely falls"),
    _Break("warmup_epochs", "no warm-up: the random head disrupts pretrained layers in the first epochs"),
)


def _what_broke(compared: Sequence[ComparedRun]) -> str:
    sound = [item for item in compared if _broken_by(item, compared) is None]
    if not sound:
        return ""
    apart, right = told_apart(compared), sound[0]
    said = [f"Done right: {_percent(right)}."]
    for item in compared:
        broken = _broken_by(item, compared)
        if broken is not None:
            p = apart[frozenset((item.title, right.title))]
            verdict = f"unlikely to be due to chance, {p_text(p)}" if p < SIGNIFICANT else "could be due to chance"
            said.append(f"{broken.words[:1].upper()}{broken.words[1:]}; {_percent(item)} ({verdict}).")
    return " ".join(said)


def _broken_by(item: ComparedRun, compared: Sequence[ComparedRun]) -> _Break | None:
    """In what a run differs from most of its experiment."""
    return next((row for row in _BREAKS if item.run.plan.get(row.field) != _usual(row.field, compared)), None)


def _usual(field: str, compared: Sequence[ComparedRun]) -> object:
    """The commonest value among the runs that are fine-tuned, as the sound one is."""
    values = [item.run.plan.get(field) for item in compared if item.strategy.name == "fine_tune"]
    return max(values, key=values.count) if values else None


def _percent(item: ComparedRun) -> str:
    return f"{100 * item.result.test.accuracy:.0f} %"


_ANSWERS: Mapping[str, Callable[[Sequence[ComparedRun]], str]] = {
    "photos": _how_many_images,
    "few": _how_many_images,
    "cuts": _which_is_enough(lambda item: f"The cut at {item.run.plan['cut_layer'] or 'the last layer'}"),
    "backbones": _which_is_enough(lambda item: item.run.plan["backbone"]),
    "broken": _what_broke,
}
