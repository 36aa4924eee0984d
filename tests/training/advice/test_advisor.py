"""The advisor: four scenarios from measured facts, and the measuring itself with the network that comes along."""

import numpy as np
import pytest

from tlcore.datasets.dataset import open_dataset
from tlcore.datasets.splits import split
from tlcore.inference.networks.installed import prepare_installed
from tlcore.inference.networks.prepared import load_prepared
from tlcore.jobs import SILENT, Monitor, Stopped
from tlcore.runs.experiments import find_experiment
from tlcore.training.advice.advisor import advise, advised_values, measured_sentences
from tlcore.training.advice.likeness import Likeness
from tlcore.training.advice.likeness_measure import measure_likeness
from tlcore.training.plans.plan import plan_from_json
from tlcore.zoo.catalog import ARCHITECTURES, INSTALLED, find


def likeness(per_class: float, correct: int, confidence: float, classes: int = 2, photos: int = 100) -> Likeness:
    return Likeness("MobileNetV2", photos, per_class, classes, correct, confidence)


@pytest.mark.parametrize(
    ("facts", "scenario", "strategy", "experiment"),
    [
        (likeness(100, 97, 0.44), "small and similar", "frozen", ""),
        (likeness(700, 97, 0.44), "small and similar", "frozen", "strategies"),
        (likeness(100, 80, 0.50), "small and similar", "frozen", "cuts"),
        (likeness(100, 80, 0.20), "small and different", "frozen", "cuts"),
        (likeness(100, 60, 0.20), "small and different", "frozen", "cuts"),
        (likeness(100, 60, 0.70), "small and different", "frozen", "cuts"),
        (likeness(5000, 97, 0.44), "large and similar", "fine_tune", ""),
        (likeness(1500, 97, 0.44), "large and similar", "fine_tune", "strategies"),
        (likeness(5000, 80, 0.50), "large and similar", "fine_tune", "strategies"),
        (likeness(5000, 60, 0.20), "large and different", "full", ""),
        (likeness(5000, 80, 0.20), "large and different", "full", "strategies"),
        (likeness(500, 97, 0.44, classes=200), "large and similar", "fine_tune", ""),
        (likeness(10, 97, 0.44, classes=400), "small and similar", "frozen", "strategies"),
        (likeness(5000, 8, 0.44, photos=8), "large and similar", "fine_tune", "strategies"),
    ],
)
def test_facts_lead_to_a_scenario_and_near_a_limit_to_an_experiment(facts, scenario, strategy, experiment):
    advice = advise(facts)
    assert (advice.scenario, advice.strategy, advice.experiment) == (scenario, strategy, experiment)
    words = " ".join(advice.reasons)
    assert "this project's rule of thumb" in words
    assert ("worth trying both" in words) == bool(experiment)
    assert not experiment or f'"{find_experiment(experiment).title}"' in words
    assert ("limited use" in words) != facts.is_similar


@pytest.mark.parametrize("strategy", ["frozen", "fine_tune", "full"])
def test_what_is_worth_trying_besides_is_something_else(strategy):
    facts = {"frozen": (700, 97, 0.44), "fine_tune": (1500, 97, 0.44), "full": (1500, 60, 0.2)}[strategy]
    advice = advise(likeness(*facts))
    others = {"frozen": "the upper layers too", "fine_tune": "only a new head", "full": "the upper layers only"}
    assert advice.strategy == strategy and f"both this and training {others[strategy]}" in advice.reasons[-1]


@pytest.mark.parametrize(
    "backbone", [row for row in ARCHITECTURES if row.pretrained_weights != "none"], ids=lambda row: row.name
)
def test_unlike_photos_go_to_the_cut_that_says_it_is_for_them(backbone):
    facts = Likeness(backbone.name, 100, 100, 2, 60, 0.1)
    assert facts.published_accuracy > 0.4
    advice = advise(facts)
    start = {"dataset": "a-1", "weights": backbone.pretrained_weights, "input_size": backbone.input_size}
    plan = plan_from_json({**start, **advised_values(facts, advice)})
    said = next(cut.yields for cut in backbone.cut_layers if cut.layer == plan.cut)
    assert "for data unlike photos" in said and f"{plan.cut}: {said}" in advice.reasons[2]
    serves = advise(Likeness(backbone.name, 100, 100, 2, 97, 0.1))
    assert "cut_layer" not in serves.changes and "earlier layer" not in " ".join(serves.reasons)


def test_the_yardstick_of_familiarity_is_called_one():
    facts = likeness(100, 97, 0.44)
    assert facts.familiarity == pytest.approx(0.44 / 0.713)
    words = " ".join(measured_sentences(facts, advise(facts)))
    assert "71 %, its published accuracy" in words and "was not measured" in words


def test_a_record_of_an_earlier_version_is_read():
    facts = likeness(100, 97, 0.44)
    assert Likeness.from_json({**facts.to_json(), "own_confidence": 0.7}) == facts


def test_measuring_looks_at_training_photos_only_and_can_be_stopped(objects, monkeypatch):
    network, dataset = load_prepared(prepare_installed(find(INSTALLED))), open_dataset(objects)
    train = split(dataset).train
    seen = []
    monkeypatch.setattr(type(dataset), "image", _spy(type(dataset).image, seen))
    found = measure_likeness(network, dataset, train, SILENT)
    assert set(seen) <= set(train.tolist())
    assert found.photos == len(seen) and found.classes == 5
    assert found.photos_per_class == len(train) / 5
    assert 0 < found.confidence < 1 and 0 <= found.correct <= found.photos
    with pytest.raises(Stopped):
        measure_likeness(network, dataset, train, Monitor(should_stop=lambda: True))


def test_features_that_say_nothing_separate_nothing(objects):
    from tlcore.training.advice.likeness_measure import _separated

    random = np.random.default_rng(0)
    labels = np.repeat(np.arange(5), 20)
    assert _separated(random.normal(size=(100, 50)).astype(np.float32), labels) < 45
    told = np.eye(5, 50, dtype=np.float32)[labels] + random.normal(0, 0.1, (100, 50))
    assert _separated(told, labels) > 95


def _spy(original, seen):
    def image(self, index, *arguments):
        seen.append(index)
        return original(self, index, *arguments)

    return image
