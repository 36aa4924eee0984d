"""What a plan costs does not depend on what earlier runs have left."""

from __future__ import annotations

import pytest

from tlcore.datasets.dataset import open_dataset
from tlcore.training.costs import cost_seconds, reuse_sentence
from tlcore.training.plans.plan import TrainingPlan

pytestmark = pytest.mark.slow


def test_the_order_by_cost_is_the_same_on_a_cold_and_a_warm_home(home, tmp_path):
    from tlcore.datasets.importer import import_dataset
    from tlcore.training.jobs import train
    from tlcore.zoo.build import build
    from tlcore.zoo.catalog import find

    weights = tmp_path / "mobilenet.weights.h5"
    build(find("MobileNet025"), input_size=128, include_top=False).save_weights(weights)
    dataset = import_dataset("rendered", {"images_per_class": 24, "size": 64, "seed": 3}, "objects").id

    def run(name: str, cut: str) -> dict:
        values = {"backbone": "MobileNet025", "weights": str(weights), "cut_layer": cut, "input_size": 128, "epochs": 1}
        plan = TrainingPlan(dataset=dataset, **values)
        return train(plan.to_json(), tmp_path / name, lambda event: None, lambda: False)

    cuts = ("conv_pw_1_relu", "conv_pw_13_relu")
    run("warm up", cuts[0])  # the first network of a process takes longer to build than all others
    cold = {cut: run(f"cold {cut}", cut) for cut in cuts}
    warm = {cut: run(f"warm {cut}", cut) for cut in reversed(cuts)}
    deep = cuts[1]
    images = len(open_dataset(dataset))
    assert cold[deep]["reused"] == {"images": 0, "runs": []}
    assert warm[deep]["reused"] == {"images": images, "runs": [f"cold {deep}"]}
    assert reuse_sentence(warm[deep]) == f"Features of {images} images were reused from run cold {deep}."
    # What was waited for says nothing of the plan; what it needs is nearly the same.
    assert warm[deep]["seconds"] < cost_seconds(warm[deep])
    assert warm[deep]["costs"]["features"] == cold[deep]["costs"]["features"]
    order = [sorted(cuts, key=lambda cut: results[cut]["costs"]["features"]) for results in (cold, warm)]
    assert order[0] == order[1] == list(cuts)
    assert cost_seconds({"seconds": 3.5}) == 3.5  # a run from before costs were recorded
