"""What experiments of each kind answer: the lesson of their own question, and a finding for each thing varied."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tlcore.comparison.comparison import ComparedRun, by_strategy
from tlcore.comparison.findings.pairs import Pairs
from tlcore.comparison.findings.strategies import is_guessing, percent
from tlcore.comparison.statistics import p_text
from tlcore.training.plans.strategies import STRATEGIES
from tlcore.zoo import catalog

Found = tuple[str, tuple[str, ...]]  # the lesson's sentence, and its findings


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


def experiment_lesson(runs: Sequence[ComparedRun], pairs: Pairs) -> Found | None:
    """Answer the question of an experiment.

    Args:
        runs: at least two, on the same test images.
        pairs: of these runs.

    Returns:
        A sentence and the findings behind it; None for runs that are no experiment, or one whose question is just that
        of any comparison.
    """
    ask = _QUESTIONS.get(kind_of(runs))
    return ask(runs, pairs) if ask else None


def images_a_class(item: ComparedRun) -> float:
    """Training images of a class, on average."""
    return item.result.scores["train"].images / len(item.classes)


def cheapest_of_the_best(runs: Sequence[ComparedRun], pairs: Pairs) -> ComparedRun:
    """The run that costs least among those that no other run beats beyond chance.

    Args:
        runs: on the same test images.
        pairs: of these runs.

    Returns:
        The run.
    """
    unbeaten = [item for item in runs if not any(_beats(other, item, pairs) for other in runs)]
    return min(unbeaten, key=lambda item: item.result.cost_seconds)


def _beats(one: ComparedRun, other: ComparedRun, pairs: Pairs) -> bool:
    return pairs.is_clear(one, other) and one.result.test.correct > other.result.test.correct


def _how_many_images(runs: Sequence[ComparedRun], pairs: Pairs) -> Found | None:
    found = [sorted(group, key=images_a_class) for group in by_strategy(runs)]
    findings = tuple(_enough(group, pairs) for group in found if len(group) > 1)
    frozen, bare = (
        next((group for group in found if group[0].strategy.name == name), []) for name in ("frozen", "scratch")
    )
    if frozen and bare:
        return _few_against_many(frozen, bare[-1], pairs), findings
    return (findings[0], findings[1:]) if findings else None


def _few_against_many(frozen: Sequence[ComparedRun], bare: ComparedRun, pairs: Pairs) -> str:
    """How few images on pretrained features do what the most images do from scratch."""
    most = f"{_images(bare)} from scratch ({percent(bare)})"
    for item in frozen:
        if _beats(item, bare, pairs):
            return f"{_images(item)} images per class on pretrained features ({percent(item)}) do better than {most}."
        if not pairs.is_clear(item, bare) and item.result.test.correct >= bare.result.test.correct:
            few = f"{_images(item)} images per class on pretrained features ({percent(item)})"
            return f"On {bare.result.test.images:,} test images, no difference shows between {few} and {most}."
    return f"Even {_images(frozen[-1])} images per class on pretrained features do no better than {most}."


def _enough(runs: Sequence[ComparedRun], pairs: Pairs) -> str:
    """What a strategy does with the fewest images and with the most, and whether something between is enough."""
    fewest, most, name = runs[0], runs[-1], runs[-1].strategy.title
    if all(map(is_guessing, runs)):
        return f"{name}: no better than guessing, even with {_images(most)} images per class ({percent(most)})."
    if fewest.result.test.correct == most.result.test.correct:
        ends = f"{_images(fewest)} and {_images(most)} images per class ({percent(most)})"
        return f"{name}: no difference shows between {ends}."
    ends = f"{percent(fewest)} with {_images(fewest)} images per class, {percent(most)} with {_images(most)}"
    if not pairs.is_clear(fewest, most):
        return f"{name}: {ends}; the difference may be chance {pairs.images_text(fewest, most)}."
    enough = next(item for item in runs if not pairs.is_clear(item, most))
    rest = "" if enough is most else f" {_images(enough)} may be enough ({percent(enough)})."
    return f"{name}: {ends}; that is more than chance explains {pairs.images_text(fewest, most)}.{rest}"


def _images(item: ComparedRun) -> str:
    return f"{images_a_class(item):.0f}"


def _which_is_enough(what: Callable[[ComparedRun], str]) -> Callable[[Sequence[ComparedRun], Pairs], Found]:
    def ask(runs: Sequence[ComparedRun], pairs: Pairs) -> Found:
        chosen = cheapest_of_the_best(runs, pairs)
        costs = sorted(item.result.cost_seconds for item in runs)
        return (
            f"{what(chosen)} is enough: {percent(chosen)} right in {chosen.result.cost_seconds:,.0f} s (all runs: "
            f"{costs[0]:,.0f} to {costs[-1]:,.0f}). No other is clearly better on {chosen.result.test.images:,} images."
        ), ()

    return ask


def _was_it_luck(runs: Sequence[ComparedRun], pairs: Pairs) -> Found | None:
    """Whether strategies differ by more than their own runs do from seed to seed."""
    ranges = {
        strategy: sorted(
            (item for item in runs if item.strategy == strategy), key=lambda item: item.result.test.correct
        )
        for strategy in STRATEGIES
        if sum(item.strategy == strategy for item in runs) > 1
    }
    if not ranges:
        return None
    ordered = sorted(ranges, key=lambda strategy: -sum(item.result.test.correct for item in ranges[strategy]))
    best, last = ordered[0], ordered[-1]
    said = " and ".join(f"{row.title.lower()} gets {_range(ranges[row])} right" for row in dict.fromkeys((best, last)))
    seeds = f"{len(ranges[best])} random seeds"
    if best is last:
        return f"Over {seeds}, {said}: a smaller difference between two runs may be luck.", ()
    if ranges[best][0].result.test.correct > ranges[last][-1].result.test.correct:
        return f"Not luck: with each of {seeds}, {said}.", ()
    return f"May be luck: over {seeds}, {said}, and the ranges overlap.", ()


def _range(runs: Sequence[ComparedRun]) -> str:
    low, high = percent(runs[0]), percent(runs[-1])
    return low if low == high else f"{low.removesuffix(' %')} to {high}"


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


def _what_broke(runs: Sequence[ComparedRun], pairs: Pairs) -> Found | None:
    sound = next((item for item in runs if _broken_by(item, runs) is None), None)
    broken = {item: row for item in runs if (row := _broken_by(item, runs)) is not None}
    if sound is None or not broken:
        return None
    findings = tuple(_harm(item, row, sound, pairs) for item, row in broken.items())
    clear = [item for item in broken if _beats(sound, item, pairs)]
    if not clear:
        return f"Done right, {percent(sound)} are right; no mistake does clear harm on these images.", findings
    worst = min(clear, key=lambda item: item.result.test.correct)
    what = broken[worst].words.partition(":")[0]
    return f"Done right, {percent(sound)} are right; one mistake ({what}) leaves {percent(worst)}.", findings


def _harm(item: ComparedRun, row: _Break, sound: ComparedRun, pairs: Pairs) -> str:
    pair = pairs.between(item, sound)
    verdict = (
        f"unlikely to be due to chance, {p_text(pair.adjusted)}"
        if pairs.is_clear(item, sound)
        else f"could be due to chance {pairs.images_text(item, sound)}"
    )
    return f"{row.words[:1].upper()}{row.words[1:]}; {percent(item)} ({verdict})."


def _broken_by(item: ComparedRun, compared: Sequence[ComparedRun]) -> _Break | None:
    """In what a run differs from most of its experiment."""
    return next((row for row in _BREAKS if item.run.plan.get(row.field) != _usual(row.field, compared)), None)


def _usual(field: str, compared: Sequence[ComparedRun]) -> object:
    """The commonest value among the runs that are fine-tuned, as the sound one is."""
    values = [item.run.plan.get(field) for item in compared if item.strategy.name == "fine_tune"]
    return max(values, key=values.count) if values else None


_QUESTIONS: Mapping[str, Callable[[Sequence[ComparedRun], Pairs], Found | None]] = {
    "photos": _how_many_images,
    "few": _how_many_images,
    "cuts": _which_is_enough(lambda item: f"The cut at {item.run.plan['cut_layer'] or 'the last layer'}"),
    "backbones": _which_is_enough(lambda item: catalog.title_of(item.run.plan["backbone"])),
    "seeds": _was_it_luck,
    "broken": _what_broke,
}
