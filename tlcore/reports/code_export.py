"""A plan as a Keras program of its own, for a student to read and to run where this project is not."""

from __future__ import annotations

import importlib.util
import inspect
import pprint
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from tlcore.datasets.split_folders import folder_names
from tlcore.images.augment_presets import read_augmentation
from tlcore.reports import code_parts as parts
from tlcore.training import schedules
from tlcore.training.layer_rates import rate_factors
from tlcore.training.plan import Phase, TrainingPlan
from tlcore.training.strategies import find_strategy
from tlcore.zoo.needs import needs_top
from tlcore.zoo.tables import layer_table

_KERAS = "keras.applications"
_OWN_ERROR = "from tlcore.errors import InputError"


def plan_code(plan: TrainingPlan, classes: Sequence[str], name: str = "") -> str:
    """Write a plan as a Keras program.

    Args:
        plan: a sound plan.
        classes: names of the dataset's classes, in order.
        name: what the user calls the run.

    Returns:
        Python source. It needs Keras with TensorFlow, NumPy and Pillow, and the images as
        `tlcore.reports.code_folder.write_code_folder` lays them beside it.
    """
    is_grey = plan.architecture.input_shape[2] == 1
    sections = [
        _head(plan, classes, name),
        parts.READING.format(
            square="\n".join(f"    {line}" for line in [*parts.SQUARES[plan.resize], *(parts.GREY if is_grey else [])]),
            channels=".reshape(SIZE, SIZE, 1)" if is_grey else "",
        ),
        _builder(plan),
        _network(plan, len(classes)),
        _training(plan, len(classes)),
        _main(plan, len(classes)),
    ]
    return "\n\n\n".join(section.strip("\n") for section in sections if section) + "\n"


def _head(plan: TrainingPlan, classes: Sequence[str], name: str) -> str:
    strategy = find_strategy(plan.strategy)
    title = name or f"{strategy.title} {plan.architecture.title}"
    folders = folder_names(classes)
    return parts.HEAD.format(
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


def _builder(plan: TrainingPlan) -> str:
    module = _own_builder(plan)
    if not module:
        return ""
    return _source(module).replace(_OWN_ERROR, "InputError = ValueError")


def _source(module: str) -> str:
    """A module's lines, and in place of what it imports from the zoo that module's lines."""
    # Read, not imported: the module needs Keras, and whoever writes the program need not have loaded it.
    source = Path(importlib.util.find_spec(module).origin).read_text("utf-8")
    body = source.split("from __future__ import annotations", 1)[1]
    elsewhere = ("import keras", "from keras import layers")
    own = "\n".join(line for line in body.splitlines() if line not in elsewhere)
    return re.sub(
        r"^from (tlcore\.zoo\.\w+) import .*$", lambda found: _source(found.group(1)), own, flags=re.MULTILINE
    )


def _network(plan: TrainingPlan, classes: int) -> str:
    include_top = plan.has_own_head or needs_top(plan.architecture, plan.cut)
    own = {"classes": classes} if plan.has_own_head else {}
    weights = "none" if plan.has_own_head else plan.weights
    lines = _construction("backbone", plan, weights, {"include_top": include_top, **own})
    if plan.weights == "none":
        lines += [line.format(momentum=plan.statistics_momentum) for line in parts.SCRATCH]
    lines.append(f'body = keras.Model(backbone.input, backbone.get_layer("{plan.cut}").output, name="body")')
    if plan.has_own_head:
        if plan.weights != "none":
            lines += _construction("pretrained", plan, plan.weights, {"include_top": False}) + parts.OWN_HEAD
        lines.append('head = keras.Model(body.output, backbone.output, name="head")')
    lines += [
        'photo = keras.Input(backbone.input_shape[1:], dtype="uint8")',
        "x = keras.layers.Rescaling(1.0)(photo)  # whole numbers to floating point, still 0 to 255",
        *(parts.AUGMENTING[key].format(strength=value) for key, value in read_augmentation(plan.augmentation).items()),
        *parts.SCALING[plan.pixel_mode],
        _body_call(plan),
        *(["x = head(x)"] if plan.has_own_head else _head_layers(plan, classes)),
        "return keras.Model(photo, x), body",
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
        return lines + parts.PACKAGE
    file = Path(weights).name
    if weights == "imagenet":
        file = architecture.imagenet_weights.file_name(bool(further["include_top"]), plan.input_size)
    return [*lines, f"{name}.load_weights(HERE / {file!r})  # the weights file, beside this program"]


def _body_call(plan: TrainingPlan) -> str:
    if plan.weights == "none" or plan.learn_statistics:
        return "x = body(x)"
    return "x = body(x, training=False)  # BatchNormalization keeps the statistics it was pretrained with"


def _head_layers(plan: TrainingPlan, classes: int) -> list[str]:
    shape = layer_table(plan.backbone).row(plan.cut).output_shape
    lines = [f"x = {parts.POOLINGS[plan.pooling]}(x)"] if len(shape) == 3 else []
    lines += [f'x = keras.layers.Dense({units}, activation="relu")(x)' for units in plan.hidden_units]
    if plan.dropout:
        lines.append(f"x = keras.layers.Dropout({plan.dropout})(x)")
    output = '1, activation="sigmoid"' if classes == 2 else f'{classes}, activation="softmax"'
    return [*lines, f"x = keras.layers.Dense({output})(x)"]


def _training(plan: TrainingPlan, classes: int) -> str:
    sections = []
    if plan.schedule != "constant":
        sections.append(_schedule(plan.schedule))
    factors = rate_factors(plan)
    if factors:
        table = pprint.pformat({key: round(value, 8) for key, value in factors.items()}, width=110, compact=True)
        sections.append(parts.LAYER_RATES.format(table=table, optimizer=parts.OPTIMIZERS[plan.optimizer][0]))
    name, extra = parts.OPTIMIZERS[plan.optimizer]
    sections.append(
        parts.TRAIN_PHASE.format(
            optimizer=f"{'LayerRates' if factors else f'keras.optimizers.{name}'}(rate{extra})",
            loss="BinaryCrossentropy" if _has_single_output(plan, classes) else "CategoricalCrossentropy",
            smoothing=f"label_smoothing={plan.label_smoothing}" if plan.label_smoothing else "",
            callbacks=", ".join(_callbacks(plan)),
        )
    )
    return "\n\n\n".join(sections)


def _callbacks(plan: TrainingPlan) -> list[str]:
    found = []
    if plan.schedule != "constant":
        found.append("Schedule(rate, epochs * len(batches))")
    if plan.early_stopping:
        patience = f'"val_loss", patience={plan.early_stopping}, restore_best_weights=True'
        found.append(f"keras.callbacks.EarlyStopping({patience})")
    return found


def _schedule(name: str) -> str:
    factor = schedules.find_schedule(name).factor
    values = f"{schedules._RISE}, {schedules._LOWEST_START}, {schedules._LOWEST_END}"
    constants = f"_RISE, _LOWEST_START, _LOWEST_END = {values}"
    sources = [inspect.getsource(schedules._between), inspect.getsource(factor)]
    functions = "\n\n\n".join(source.strip("\n") for source in sources)
    return parts.SCHEDULE.format(constants=constants, functions=functions, factor=factor.__name__)


def _main(plan: TrainingPlan, classes: int) -> str:
    is_single = _has_single_output(plan, classes)
    return parts.MAIN.format(
        balanced=parts.BALANCED if plan.class_weights else "",
        targets='labels[:, None].astype("float32")' if is_single else "np.eye(len(CLASSES))[labels]",
        weights="balanced(labels)[labels]" if plan.class_weights else "np.ones(len(labels))",
        phases="\n".join(f"    train_phase({_phase_values(phase)}, batches, validation)" for phase in plan.phases()),
        found="answers[:, 0] > 0.5" if is_single else "answers.argmax(axis=1)",
    )


def _phase_values(phase: Phase) -> str:
    return f"network, body, {phase.first_trainable!r}, {phase.epochs}, {phase.learning_rate!r}"
