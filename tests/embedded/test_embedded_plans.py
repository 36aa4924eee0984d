"""The embedded network in plans: what it takes, what it does not, and where it is the default."""

import pytest

from tlcore.datasets.dataset import open_dataset
from tlcore.errors import PlanError
from tlcore.training.defaults import suggest_backbone, suggest_plan
from tlcore.training.plan import plan_from_json
from tlcore.zoo import catalog

EMBEDDED = {"dataset": "a-1", "backbone": "EmbeddedResNet", "weights": "embedded", "input_size": 64}


@pytest.mark.parametrize(
    ("changes", "field", "mend"),
    [
        ({"input_size": 72}, "input_size", "multiples of 16"),
        ({"input_size": 16}, "input_size", "at least 32"),
        ({"weights": "imagenet"}, "weights", "choose embedded"),
        ({"backbone": "MobileNetV2"}, "weights", "choose imagenet"),
        ({"strategy": "scratch"}, "weights", "choose none"),
    ],
)
def test_each_mistake_names_its_field_and_the_mend(changes, field, mend):
    with pytest.raises(PlanError) as caught:
        plan_from_json({**EMBEDDED, **changes})
    assert any(problem.field == field and mend in problem.mend for problem in caught.value.problems)


def test_suggestions_are_sound_for_every_strategy(objects):
    dataset = open_dataset(objects)
    for strategy in ("scratch", "frozen", "fine_tune", "full"):
        plan = plan_from_json(suggest_plan(dataset, strategy, "EmbeddedResNet"))
        assert plan.weights == ("none" if strategy == "scratch" else "embedded")
        assert plan.input_size == 64


def test_it_is_the_default_where_the_preferred_weights_cannot_be_had(home):
    assert suggest_backbone(lambda: False) == "EmbeddedResNet"
    assert suggest_backbone(lambda: True) == "MobileNetV2"
    path = catalog.weights_path(catalog.find("MobileNetV2"), include_top=False, input_size=160)
    path.parent.mkdir(parents=True)
    path.touch()
    assert suggest_backbone(lambda: pytest.fail("nothing has to be downloaded")) == "MobileNetV2"
