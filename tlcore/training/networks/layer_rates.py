"""Learning rates by depth: the lower a stage of the backbone lies, the smaller its steps. Knows no TensorFlow."""

from __future__ import annotations

from tlcore.training.features.boundary import used_rows
from tlcore.training.plans.plan import TrainingPlan
from tlcore.zoo.layers.stages import stages_of
from tlcore.zoo.layers.tables import layer_table


def rate_factors(plan: TrainingPlan) -> dict[str, float]:
    """By what the learning rate of each backbone layer is multiplied.

    Discriminative fine-tuning after Howard and Ruder (2018), "Universal language model fine-tuning", with the stages
    of one resolution as groups: the head takes the full rate, the topmost stage that is used that rate times the
    plan's `layer_decay`, the stage below times its square, and so on.

    Args:
        plan: the run.

    Returns:
        Factor above 0 and at most 1, by name of each layer up to the cut; {} if all learn alike.
    """
    if plan.layer_decay == 1.0:
        return {}
    used = {row.name for row in used_rows(plan.architecture, plan.cut)}
    stages = [
        [row.name for row in stage.rows if row.name in used] for stage in stages_of(layer_table(plan.architecture.name))
    ]
    stages = [names for names in stages if names]
    return {name: plan.layer_decay**depth for depth, names in enumerate(reversed(stages), start=1) for name in names}
