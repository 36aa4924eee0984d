"""The part of an exported program that solves a head exactly."""

from __future__ import annotations

from tlcore.export.code.source import module_source
from tlcore.images.augment_presets import read_augmentation
from tlcore.training.plans.fields import EXACT
from tlcore.training.plans.plan import EXACT_PASSES, TrainingPlan

_INTRODUCTION = "# The output layer is solved exactly: penalized logistic regression on the features before it."

_SOLVE_HEAD = '''def solve_head(network, body, images, labels, validation_images, validation_labels):
    """Find the best output layer while everything else is frozen."""
    for layer in body.layers:
        layer.trainable = False
    features = keras.Model(network.input, network.layers[-1].input)
{rows}
    judged = Rows(features.predict(validation_images, verbose=0), validation_labels)
    objective = Objective(rows, len(CLASSES), 1.0, {weights}, {smoothing})
    objective = objective.with_strength(choose_strength(objective, judged))
    heads, losses = [objective.start()], [np.inf]

    def passed(head):
        logarithms = head.log_probabilities(judged.features)
        heads.append(head)
        losses.append(-logarithms[np.arange(len(logarithms)), judged.labels].mean())
        print(f"Pass {{len(losses) - 1}}, validation loss {{losses[-1]:.4f}}")
        return {goes_on}

    objective.solve(heads[0], {passes}, passed)
    head = heads[{chosen}]
    network.layers[-1].set_weights([head.kernel, head.bias])
'''

_PLAIN_ROWS = "    rows = Rows(features.predict(images, verbose=0), labels)"
_CHANGED_ROWS = """    parts = np.split(images, range(BATCH, len(images), BATCH))
    rows = [features.predict(images, verbose=0)]  # the images as they are, then changed copies of them
    rows += [features(part, training=True) for _ in range({copies}) for part in parts]
    rows = Rows(np.concatenate(rows), np.tile(labels, 1 + {copies}))"""


def exact_sections(plan: TrainingPlan) -> list[str]:
    """Write what a program needs to solve the head exactly.

    Args:
        plan: of the run.

    Returns:
        The solver of this project, and a function `solve_head`; none where no head is solved.
    """
    if plan.optimizer != EXACT:
        return []
    is_changed = bool(read_augmentation(plan.augmentation))
    patience = plan.early_stopping
    solve_head = _SOLVE_HEAD.format(
        rows=_CHANGED_ROWS.format(copies=plan.augmented_views) if is_changed else _PLAIN_ROWS,
        weights="balanced(labels)" if plan.class_weights else "np.ones(len(CLASSES))",
        smoothing=plan.label_smoothing,
        goes_on=f"len(losses) - 1 - np.argmin(losses) < {patience}" if patience else "True",
        passes=EXACT_PASSES,
        chosen="np.argmin(losses)" if patience else "-1",
    )
    solver = module_source("tlcore.training.heads.exact_head").strip("\n")
    return [f"{_INTRODUCTION}\n{solver}", solve_head]
