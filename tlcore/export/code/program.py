"""A plan as a Keras program of its own, for a student to read and to run where this project is not."""

from __future__ import annotations

import pprint
from collections.abc import Mapping, Sequence
from pathlib import Path

from tlcore.export.code import parts as parts
from tlcore.export.code.exact import exact_sections
from tlcore.export.code.source import module_source
from tlcore.export.code.steps import phase_arguments, step_phases, step_sections
from tlcore.images.augment_presets import read_augmentation
from tlcore.storage.names import safe_names
from tlcore.training.features.boundary import used_rows
from tlcore.training.features.source import boundary_layer
from tlcore.training.plans.fields import EXACT, WEIGHTS
from tlcore.training.plans.plan import Phase, TrainingPlan
from tlcore.training.plans.strategies import STRATEGIES
from tlcore.zoo.catalog import weights_path
from tlcore.zoo.layers.tables import layer_table
from tlcore.zoo.needs import needs_top

_KERAS = "keras.applications"


def plan_code(plan: TrainingPlan, classes: Sequence[str], name: str = "") -> str:
    """Write a plan as a Keras program.

    Args:
        plan: a sound plan.
        classes: names of the dataset's classes, in order.
        name: what the user calls the run.

    Returns:
        Python source. Its first lines say which packages it needs; `tlcore.export.code.folder.write_code_folder` lays
        the images beside it.
    """
    is_single = _has_single_output(plan, len(classes))
    is_gray = plan.architecture.input_shape[2] == 1
    sections = [
        parts.READING.format(
            square="\n".join(f"    {line}" for line in [*parts.SQUARES[plan.resize], *(parts.GRAY if is_gray else [])]),
            channels=".reshape(SIZE, SIZE, 1)" if is_gray else "",
        ),
        module_source(_own_builder(plan)) if _own_builder(plan) else "",
        _network(plan, len(classes)),
        parts.BALANCED if plan.class_weights else "",
        *exact_sections(plan),
        *step_sections(plan, is_single),
        *_main(plan, is_single),
    ]
    program = "\n\n\n".join(section.strip("\n") for section in sections if section)
    return f"{_head(plan, classes, name, 'math.' in program)}\n\n{program}\n"


def _head(plan: TrainingPlan, classes: Sequence[str], name: str, uses_math: bool) -> str:
    strategy = STRATEGIES.find(plan.strategy)
    title = name or f"{strategy.title} {plan.architecture.title}"
    folders = safe_names(classes)
    is_exact = plan.optimizer == EXACT
    return parts.HEAD.format(
        needs=", SciPy, scikit-learn" if is_exact else "",
        future="from __future__ import annotations\n\n" if is_exact else "",
        math="import math\n" if uses_math else "",
        title=" ".join(title.replace('"', "'").replace("\\", "/").split()),
        note=parts.AUGMENTED if read_augmentation(plan.augmentation) else "",
        layers="from keras import layers\n" if _own_builder(plan) else "",
        classes=_listed(classes),
        folders="CLASSES" if folders == list(classes) else _listed(folders),
        size=plan.input_size,
        seed=plan.seed,
        batch=plan.batch_size,
    )


def _listed(names: Sequence[str]) -> str:
    return pprint.pformat(list(names), width=110, compact=True)


def _has_single_output(plan: TrainingPlan, classes: int) -> bool:
    """Whether a new head for two classes answers with the probability of the second."""
    return classes == 2 and not plan.has_own_head


def _own_builder(plan: TrainingPlan) -> str:
    """Module of this project that builds the network; "" for networks that Keras has."""
    module, _ = plan.architecture.constructor.split(":")
    return "" if module == _KERAS else module


def _network(plan: TrainingPlan, classes: int) -> str:
    include_top = plan.has_own_head or needs_top(plan.architecture, plan.cut)
    own = {"classes": classes} if plan.has_own_head else {}
    weights = "none" if plan.has_own_head else plan.weights
    lines = _construction("backbone", plan, weights, {"include_top": include_top, **own})
    if plan.weights == "none":
        lines += [line.format(momentum=plan.statistics_momentum) for line in parts.SCRATCH]
    lines.append(f'body = keras.Model(backbone.input, backbone.get_layer("{plan.cut}").output, name="body")')
    has_dropout = any(row.type == "Dropout" for row in used_rows(plan.architecture, plan.cut))
    if has_dropout and plan.weights != "none" and not plan.learn_statistics:
        lines += parts.NO_DROPOUT
    if plan.has_own_head:
        if plan.weights != "none":
            lines += _construction("pretrained", plan, plan.weights, {"include_top": False}) + parts.OWN_HEAD
        lines.append('head = keras.Model(body.output, backbone.output, name="head")')
    lines += [
        'photo = keras.Input(backbone.input_shape[1:], dtype="uint8")',
        "x = keras.layers.Rescaling(1.0)(photo)  # integers to floating point, still 0 to 255",
        *(parts.AUGMENTING[key].format(strength=value) for key, value in read_augmentation(plan.augmentation).items()),
        *parts.SCALING[plan.pixel_mode],
        *_body_and_head(plan, classes),
        f"return keras.Model(photo, x), body{', starts' if plan.mixup else ''}",
    ]
    return parts.BUILD.format(lines="\n".join(f"    {line}" for line in lines))


def _construction(name: str, plan: TrainingPlan, weights: str, further: Mapping[str, object]) -> list[str]:
    """The lines that build the network, with its weights."""
    architecture = plan.architecture
    module, function = architecture.constructor.split(":")
    size = (plan.input_size, plan.input_size, architecture.input_shape[2])
    options = {"input_shape": size, **further, **architecture.options}
    if module == _KERAS:
        options["weights"] = "imagenet" if weights == "imagenet" else None
    call = ", ".join(f"{key}={value!r}" for key, value in options.items())
    lines = [f"{name} = {'keras.applications.' if module == _KERAS else ''}{function}({call})"]
    if weights == "none" or (weights == "imagenet" and module == _KERAS):
        return lines
    if weights == "package":
        return lines + [line.format(name=name) for line in parts.PACKAGE]
    file = weights_beside(plan)
    assert file is not None  # all other origins of weights are dealt with above
    return [*lines, f"{name}.load_weights(HERE / {file.name!r})  # the weights file, next to this program"]


def weights_beside(plan: TrainingPlan) -> Path | None:
    """The file of weights that the program of a plan reads from beside it.

    Args:
        plan: a sound plan.

    Returns:
        The file on this machine, whether or not it is there; None where Keras fetches the weights, or none are read.
    """
    if plan.weights == "imagenet" and _own_builder(plan):
        include_top = not plan.has_own_head and needs_top(plan.architecture, plan.cut)
        return weights_path(plan.architecture, include_top, plan.input_size)
    return None if plan.weights in WEIGHTS else Path(plan.weights)


def _body_and_head(plan: TrainingPlan, classes: int) -> list[str]:
    """The lines from the scaled pixels on; they keep the places where images are mixed."""
    mixed = {boundary_layer(plan, phase): phase.first_trainable for phase in step_phases(plan)} if plan.mixup else {}
    marks = {layer: [f"starts[{first!r}] = x"] for layer, first in mixed.items()}
    lines = ["starts = {}  # where images are mixed, by the first layer that is trained"] if mixed else []
    lines += marks.get("", [])
    between = [layer for layer in mixed if layer not in ("", plan.cut)]
    if between:
        lines += [
            f"between = next(row.output for row in body.operations if row.name == {between[0]!r})",
            "x = keras.Model(body.input, between)(x)",
            *marks[between[0]],
            "x = keras.Model(between, body.output)(x)",
        ]
    else:
        lines.append("x = body(x)")
    if not plan.has_own_head and len(layer_table(plan.architecture.name).row(plan.cut).output_shape) == 3:
        lines.append(f"x = {parts.POOLINGS[plan.pooling]}(x)")
    lines += marks.get(plan.cut, [])
    if plan.trains_head_only:
        lines.append("keras.utils.set_random_seed(SEED)  # the head starts the same, whatever comes before it")
    return lines + (["x = head(x)"] if plan.has_own_head else _head_layers(plan, classes))


def _head_layers(plan: TrainingPlan, classes: int) -> list[str]:
    lines = ["x = keras.layers.UnitNormalization()(x)"] if plan.normalize else []
    lines += [f'x = keras.layers.Dense({units}, activation="relu")(x)' for units in plan.hidden_units]
    if plan.dropout:
        lines.append(f"x = keras.layers.Dropout({plan.dropout})(x)")
    output = '1, activation="sigmoid"' if classes == 2 else f'{classes}, activation="softmax"'
    return [*lines, f"x = keras.layers.Dense({output})(x)"]


def _main(plan: TrainingPlan, is_single: bool) -> list[str]:
    weights = "balanced(labels)[labels]" if plan.class_weights else "np.ones(len(labels))"
    has_steps = bool(step_phases(plan))
    main = parts.MAIN.format(
        batches=parts.BATCHES.format(weights=weights) if has_steps else "",
        built=phase_arguments(plan),
        phases="\n".join(f"    {_phase_call(plan, phase)}" for phase in plan.phases()),
        found="answers[:, 0] > 0.5" if is_single else "answers.argmax(axis=1)",
    )
    targets = 'labels[:, None].astype("float32")' if is_single else "np.eye(len(CLASSES))[labels]"
    return [parts.TARGETS.format(targets=targets), main] if has_steps else [main]


def _phase_call(plan: TrainingPlan, phase: Phase) -> str:
    if phase.is_exact:
        return "solve_head(network, body, images, labels, validation_images, validation_labels)"
    values = f"{phase.first_trainable!r}, {phase.epochs}, {phase.learning_rate!r}"
    return f"train_phase({phase_arguments(plan)}, {values}, batches, validation)"
