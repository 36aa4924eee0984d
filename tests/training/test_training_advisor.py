"""The advisor: four scenarios from measured facts, and the measuring itself with the network that comes along."""

import numpy as np
import pytest

from tlcore.datasets.dataset import open_dataset
from tlcore.datasets.splits import split
from tlcore.errors import Stopped
from tlcore.inference.embedded import prepare_embedded
from tlcore.inference.prepared import load_prepared
from tlcore.training.advisor import Likeness, advise, advised_values
from tlcore.training.defaults import suggest_plan
from tlcore.training.likeness import measure_likeness
from tlcore.training.plan import plan_from_json


def likeness(per_class: float, correct: int, confidence: float) -> Likeness:
    return Likeness("MobileNetV2", 100, per_class, 2, correct, confidence, own_confidence=0.71)


@pytest.mark.parametrize(
    ("facts", "scenario", "strategy"),
    [
        (likeness(350, 97, 0.44), "small and similar", "frozen"),
        (likeness(350, 80, 0.50), "small and similar", "frozen"),
        (likeness(350, 80, 0.20), "small and different", "frozen"),
        (likeness(350, 60, 0.70), "small and different", "frozen"),
        (likeness(5000, 97, 0.44), "large and similar", "fine_tune"),
        (likeness(5000, 60, 0.20), "large and different", "full"),
    ],
)
def test_facts_lead_to_a_scenario_and_to_a_sound_plan(objects, facts, scenario, strategy):
    advice = advise(facts)
    assert (advice.scenario, advice.strategy) == (scenario, strategy)
    values = advised_values(facts, advice)
    plan = plan_from_json({**suggest_plan(open_dataset(objects), strategy, facts.network), **values})
    assert (plan.cut == plan.architecture.last_feature_layer) == (scenario != "small and different")


def test_measuring_looks_at_training_photos_only_and_can_be_stopped(objects, monkeypatch):
    network, dataset = load_prepared(prepare_embedded()), open_dataset(objects)
    train = split(dataset).train
    seen = []
    monkeypatch.setattr(type(dataset), "image", _spy(type(dataset).image, seen))
    found = measure_likeness(network, dataset, train, lambda done, total: None, lambda: False)
    assert set(seen) <= set(train.tolist())
    assert found.photos == len(seen) and found.classes == 5
    assert found.photos_per_class == len(train) / 5
    assert 0 < found.confidence < 1 and 0 <= found.correct <= found.photos
    with pytest.raises(Stopped):
        measure_likeness(network, dataset, train, lambda done, total: None, lambda: True)


def test_features_that_say_nothing_separate_nothing(objects):
    from tlcore.training.likeness import _separated

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
