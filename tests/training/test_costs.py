"""What a plan costs does not depend on what earlier runs have left."""

from __future__ import annotations

import pytest

from tlcore.datasets.dataset import open_dataset
from tlcore.jobs import SILENT
from tlcore.training.plans.plan import TrainingPlan
from tlcore.training.results.result import TrainResult

pytestmark = pytest.mark.slow


def test_the_order_by_cost_is_the_same_on_a_cold_and_a_warm_home(home, tmp_path):
    from tlcore.datasets.importer import import_dataset
    from tlcore.training.jobs import train
    from tlcore.zoo.build import build
    from tlcore.zoo.catalog import find

    weights = tmp_path / "mobilenet.weights.h5"
    build(find("MobileNet025"), input_size=128, include_top=False).save_weights(weights)
    dataset = import_dataset("rendered", {"images_per_class": 24, "size": 64, "seed": 3}, "objects").id

    def run(name: str, cut: str) -> TrainResult:
        values = {"backbone": "MobileNet025", "weights": str(weights), "cut_layer": cut, "input_size": 128, "epochs": 1}
        plan = TrainingPlan(dataset=dataset, **values)
        return TrainResult.from_json(train(plan.to_json(), tmp_path / name, SILENT))

    cuts = ("conv_pw_1_relu", "conv_pw_13_relu")
    run("warm up", cuts[0])  # the first network of a process takes longer to build than all others
    cold = {cut: run(f"cold {cut}", cut) for cut in cuts}
    warm = {cut: run(f"warm {cut}", cut) for cut in reversed(cuts)}
    deep = cuts[1]
    images = len(open_dataset(dataset))
    assert cold[deep].reused.sentence == ""
    assert warm[deep].reused.sentence == f"Features of {images} images were reused from run cold {deep}."
    # What was waited for says nothing of the plan; what it needs is nearly the same.
    assert warm[deep].seconds < warm[deep].cost_seconds
    assert warm[deep].costs.features == cold[deep].costs.features
    order = [sorted(cuts, key=lambda cut: results[cut].costs.features) for results in (cold, warm)]
    assert order[0] == order[1]
    # A run from before costs, reuse, solvers and checks were recorded.
    older = {name: value for name, value in cold[deep].to_json().items() if name not in ("costs", "reused", "verified")}
    assert TrainResult.from_json(older).cost_seconds == cold[deep].seconds
