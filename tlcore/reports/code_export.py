"""A plan as a Keras program of its own, for a student to read and to run where this project is not."""

from __future__ import annotations

import importlib.util
import inspect
import pprint
from collections.abc import Sequence
from pathlib import Path

from tlcore.images.augment_presets import read_augmentation
from tlcore.reports import code_parts as parts
from tlcore.training import schedules
from tlcore.training.layer_rates import rate_factors
from tlcore.training.needs import needs_top
from tlcore.training.plan import Phase, TrainingPlan
from tlcore.training.strategies import find_strategy
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
        Python source. It needs Keras with TensorFlow, NumPy and Pillow, and a folder with one folder for each class.
    """
    sections = [
        _head(plan, classes, name),
        parts.READING.format(
            grey="L" if plan.architecture.input_shape[2] == 1 else "RGB",
            square=parts.SQUARES[plan.resize],
            channels=".reshape(SIZE, SIZE, 1)" if plan.architecture.input_shape[2] == 1 else "",
        ),
        _builder(plan),
        _network(plan, len(classes)),
        _training(plan),
        _main(plan),
    ]
    return "\n\n\n".join(section.strip("\n") for section in sections if section) + "\n"


def _head(plan: TrainingPlan, classes: Sequence[str], name: str) -> str:
    strategy = find_strategy(plan.strategy)
    title = name or f"{strategy.title} {plan.architecture.title}"
    listed = pprint.pformat(list(classes), width=110, compact=True)
    return parts.HEAD.format(
        title=title.replace('"', "'").replace("\\", "/"),
        imports="import math\n" if plan.schedule != "constant" else "",
        layers="from keras import layers\n" if _own_builder(plan) else "",
        classes=listed,
        size=plan.input_size,
        shares=plan.shares,
        fraction=plan.fraction,
        split_seed=plan.split_seed,
        seed=plan.seed,
        batch=plan.batch_size,
    )


def _own_builder(plan: TrainingPlan) -> str:
    """Module of this project that builds the network; "" for networks that Keras has."""
    module, _ = plan.architecture.constructor.split(":")
    return "" if module == _KERAS else module


def _builder(plan: TrainingPlan) -> str:
    module = _own_builder(plan)
    if not module:
        return ""
    # Read, not imported: the module needs Keras, and whoever writes the program need not have loaded it.
    source = Path(importlib.util.find_spec(module).origin).read_text("utf-8")
    body = source.split("from __future__ import annotations", 1)[1]
    elsewhere = ("import keras", "from keras import layers")
    own = "\n".join(line for line in body.splitlines() if line not in elsewhere)
    return own.replace(_OWN_ERROR, "InputError = ValueError")


def _network(plan: TrainingPlan, classes: int) -> str:
    architecture = plan.architecture
    module, function = architecture.constructor.split(":")
    include_top = needs_top(architecture, plan.cut)
    options = {
        "input_shape": (plan.input_size, plan.input_size, architecture.input_shape[2]),
        "include_top": include_top,
        **architecture.options,
    }
    if module == _KERAS:
        options["weights"] = "imagenet" if plan.weights == "imagenet" else None
    call = ", ".join(f"{key}={value!r}" for key, value in options.items())
    lines = [f"backbone = {'keras.applications.' if module == _KERAS else ''}{function}({call})"]
    lines += _weights(plan, module, include_top)
    if plan.weights == "none":
        lines += parts.SCRATCH
    lines.append(f'body = keras.Model(backbone.input, backbone.get_layer("{plan.cut}").output, name="body")')
    lines += [
        'photo = keras.Input(backbone.input_shape[1:], dtype="uint8")',
        "x = keras.layers.Rescaling(1.0)(photo)  # whole numbers to floating point, still 0 to 255",
        *(parts.AUGMENTING[key].format(strength=value) for key, value in read_augmentation(plan.augmentation).items()),
        *parts.SCALING[plan.pixel_mode],
        _body_call(plan),
        *_head_layers(plan, classes),
        "return keras.Model(photo, x), body",
    ]
    return parts.BUILD.format(lines="\n".join(f"    {line}" for line in lines))


def _weights(plan: TrainingPlan, module: str, include_top: bool) -> list[str]:
    if plan.weights == "none" or (plan.weights == "imagenet" and module == _KERAS):
        return []
    if plan.weights == "embedded":
        return parts.EMBEDDED
    name = Path(plan.weights).name
    if plan.weights == "imagenet":
        name = plan.architecture.imagenet_weights.file_name(include_top, plan.input_size)
    return [f"backbone.load_weights({name!r})  # the weights file, beside this program"]


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


def _training(plan: TrainingPlan) -> str:
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
            smoothing=f"label_smoothing={plan.label_smoothing}" if plan.label_smoothing else "",
            callbacks=", ".join(_callbacks(plan)),
        )
    )
    return "\n\n\n".join(sections)


def _callbacks(plan: TrainingPlan) -> list[str]:
    found = []
    if plan.schedule != "constant":
        found.append("Schedule(rate, epochs * math.ceil(len(images) / BATCH))")
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


def _main(plan: TrainingPlan) -> str:
    return parts.MAIN.format(
        weights="balanced(labels[train])" if plan.class_weights else "None",
        balanced=parts.BALANCED if plan.class_weights else "",
        phases="\n".join(f"    train_phase({_phase_values(phase)}, *data)" for phase in plan.phases()),
    )


def _phase_values(phase: Phase) -> str:
    return f"network, body, {phase.first_trainable!r}, {phase.epochs}, {phase.learning_rate!r}"
