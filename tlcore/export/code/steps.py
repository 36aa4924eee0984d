"""The part of an exported program that trains step by step."""

from __future__ import annotations

import inspect
import pprint

from tlcore.training.networks.layer_rates import rate_factors
from tlcore.training.plans import schedules
from tlcore.training.plans.plan import Phase, TrainingPlan
from tlcore.training.plans.strategies import STRATEGIES

_OPTIMIZERS = {"adam": ("Adam", ""), "rmsprop": ("RMSprop", ""), "sgd": ("SGD", ", momentum=0.9")}

_BATCHES = '''class Batches(keras.utils.PyDataset):
    """The training images, batch by batch, in an order set by the seed and the epoch."""

    def __init__(self, images, targets, weights):
        super().__init__()
        self.images, self.targets, self.weights, self.epoch = images, targets, weights, 0
        self.draw()  # Keras looks at some batches before it begins

    def draw(self):
        random = np.random.default_rng([SEED, self.epoch])
        order = random.permutation(len(self.images))
        self.batches = np.split(order, range(BATCH, len(order), BATCH))
{draw}
    def on_epoch_begin(self):
        self.draw()
        self.epoch += 1

    def __len__(self):
        return len(self.batches)

    def __getitem__(self, number):
{item}
'''

_PLAIN_ITEM = """
        chosen = self.batches[number]
        return self.images[chosen], self.targets[chosen], self.weights[chosen]
"""

_MIXTURES = """        self.mixtures = [
            (random.beta({mixup}, {mixup}), random.permutation(len(chosen))) for chosen in self.batches
        ]
"""

_MIXED_ITEM = """
        chosen, (share, partners) = self.batches[number], self.mixtures[number]
        targets, weights = (
            share * rows[chosen] + (1 - share) * rows[chosen[partners]] for rows in (self.targets, self.weights)
        )
        shares = np.full(len(chosen), share, "float32")
        return (self.images[chosen], shares, partners.astype("int32")), targets, weights
"""

_MIXING = '''class Mixing(keras.Model):
    """Learns from mixtures of two images of a batch. They are mixed where the trained layers begin."""

    def __init__(self, network, start):
        super().__init__()
        self.network = network
        self.below, self.above = keras.Model(network.input, start), keras.Model(start, network.output)

    def call(self, inputs, training=False):
        if not isinstance(inputs, tuple):
            return self.network(inputs, training=training)
        images, shares, partners = inputs
        rows = self.below(images, training=training)
        shares = keras.ops.reshape(shares, (-1, *[1] * (len(rows.shape) - 1)))
        mixed = shares * rows + (1 - shares) * keras.ops.take(rows, partners, axis=0)
        return self.above(mixed, training=training)
'''

_AVERAGE = '''class Average(keras.callbacks.Callback):
    """Evaluates and keeps a running average of the weights. Early steps count less: the start is random."""

    def on_train_begin(self, logs=None):
        self.weights, self.steps = self.model.trainable_weights, 0
        self.averages = [weight.numpy() for weight in self.weights]

    def on_train_batch_end(self, batch, logs=None):
        self.steps += 1
        kept = min({decay}, (1 + self.steps) / (10 + self.steps))
        self.averages = [
            kept * average + (1 - kept) * weight.numpy()
            for average, weight in zip(self.averages, self.weights, strict=True)
        ]

    def on_test_begin(self, logs=None):
        self.swap()

    def on_epoch_begin(self, epoch, logs=None):
        if epoch > 0:  # training goes on from the weights themselves; after the last epoch the average stays
            self.swap()

    def swap(self):
        for index, weight in enumerate(self.weights):
            value = weight.numpy()
            weight.assign(self.averages[index])
            self.averages[index] = value
'''

_SCHEDULE = '''{constants}


{functions}


class Schedule(keras.callbacks.Callback):
    """Moves the learning rate after every step."""

    def __init__(self, rate, epochs, images):
        super().__init__()
        self.rate, self.epochs, self.images, self.epoch = rate, epochs, images, 0

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_begin(self, batch, logs=None):
        done = (self.epoch + batch * BATCH / self.images) / self.epochs
        self.model.optimizer.learning_rate = self.rate * {factor}(done)
'''

_LAYER_RATES = '''RATES = {table}


class LayerRates(keras.optimizers.{optimizer}):
    """The deeper a layer, the smaller its steps."""

    def update_step(self, gradient, variable, learning_rate):
        super().update_step(gradient, variable, learning_rate * RATES.get(variable.path.split("/")[0], 1.0))
'''

_LAST = """        reached = reached and layer.name != {last!r}  # the last one that is trained
"""
# `training=False` in the call of the pretrained part would not do: Keras hands on what `fit` says.
_STATISTICS = """        if isinstance(layer, keras.layers.BatchNormalization):  # keeps its pretrained statistics
            trained, layer.trainable = layer.trainable, False
            for weight in (layer.gamma, layer.beta):
                if weight is not None:
                    weight.trainable = trained
"""
_LEARNER = """    learner = Mixing(network, starts[first])
"""
_TRAIN_PHASE = '''def train_phase({arguments}, first, epochs, rate, batches, validation):
    """Train the head, and the pretrained part from layer `first` on ("" trains none of it)."""
    reached = False
    for layer in body.layers:
        reached = reached or layer.name == first
        layer.trainable = reached
{last}{statistics}{learner}    loss = keras.losses.{loss}({smoothing})
    {model}.compile({optimizer}, loss, metrics=["accuracy"], jit_compile=False)
    {model}.fit(batches, epochs=epochs, shuffle=False, validation_data=validation, callbacks=[{callbacks}], verbose=2)
'''


def step_phases(plan: TrainingPlan) -> list[Phase]:
    """The stretches of a run that are trained step by step.

    Args:
        plan: of the run.

    Returns:
        All but those whose head is solved exactly.
    """
    return [phase for phase in plan.phases() if not phase.is_exact]


def step_sections(plan: TrainingPlan, is_single: bool) -> list[str]:
    """Write what a program needs to train step by step.

    Args:
        plan: of the run.
        is_single: whether the network answers with the probability of the second of two classes.

    Returns:
        Classes and functions, `train_phase` the last of them; none where nothing is trained so.
    """
    phases = step_phases(plan)
    if not phases:
        return []
    item = (_MIXED_ITEM if plan.mixup else _PLAIN_ITEM).strip("\n")
    sections = [_BATCHES.format(draw=_MIXTURES.format(mixup=plan.mixup) if plan.mixup else "", item=item)]
    if plan.mixup:
        sections.append(_MIXING)
    if plan.weight_averaging:
        sections.append(_AVERAGE.format(decay=plan.weight_averaging))
    if plan.schedule != "constant":
        sections.append(_schedule(plan.schedule))
    factors = rate_factors(plan)
    name, extra = _OPTIMIZERS[phases[0].optimizer]
    if factors:
        table = pprint.pformat({key: round(value, 8) for key, value in factors.items()}, width=110, compact=True)
        sections.append(_LAYER_RATES.format(table=table, optimizer=name))
    sections.append(
        _TRAIN_PHASE.format(
            arguments=phase_arguments(plan),
            last=_LAST.format(last=plan.last_trainable) if plan.last_trainable else "",
            statistics=_STATISTICS if _keeps_statistics(plan) else "",
            learner=_LEARNER if plan.mixup else "",
            model="learner" if plan.mixup else "network",
            optimizer=f"{'LayerRates' if factors else f'keras.optimizers.{name}'}(rate{extra})",
            loss="BinaryCrossentropy" if is_single else "CategoricalCrossentropy",
            smoothing=f"label_smoothing={plan.label_smoothing}" if plan.label_smoothing else "",
            callbacks=", ".join(_callbacks(plan)),
        )
    )
    return sections


def phase_arguments(plan: TrainingPlan) -> str:
    """Say what `build` returns and `train_phase` takes.

    Args:
        plan: of the run.

    Returns:
        Names, separated by commas.
    """
    return "network, body, starts" if plan.mixup else "network, body"


def _keeps_statistics(plan: TrainingPlan) -> bool:
    """Whether a pretrained part is trained, but not its statistics; what is frozen keeps them in any case."""
    return STRATEGIES.find(plan.strategy).trains_backbone and plan.weights != "none" and not plan.learn_statistics


def _callbacks(plan: TrainingPlan) -> list[str]:
    found = []
    if plan.weight_averaging:
        found.append("Average()")
    if plan.schedule != "constant":
        found.append("Schedule(rate, epochs, len(batches.images))")
    if plan.early_stopping:
        patience = f'"val_loss", patience={plan.early_stopping}, restore_best_weights=True'
        found.append(f"keras.callbacks.EarlyStopping({patience})")
    return found


def _schedule(name: str) -> str:
    factor = schedules.SCHEDULES.find(name).factor
    values = f"{schedules._RISE}, {schedules._LOWEST_START}, {schedules._LOWEST_END}"
    constants = f"_RISE, _LOWEST_START, _LOWEST_END = {values}"
    sources = [inspect.getsource(schedules._between), inspect.getsource(factor)]
    functions = "\n\n\n".join(source.strip("\n") for source in sources)
    return _SCHEDULE.format(constants=constants, functions=functions, factor=factor.__name__)
