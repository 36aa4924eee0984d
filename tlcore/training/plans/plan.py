"""The plan: the complete, validated, serializable description of one training run."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from tlcore.datasets.dataset import Dataset
from tlcore.datasets.splits import Split, split
from tlcore.errors import InputError, PlanError, Problem
from tlcore.images.preprocess import PREPROCESSING
from tlcore.images.resize import RESIZE_MODES
from tlcore.training.plans.problems import plan_problems
from tlcore.training.plans.schedules import SCHEDULES
from tlcore.training.plans.strategies import STRATEGIES, find_strategy
from tlcore.zoo import catalog
from tlcore.zoo.layers.tables import layer_table

SCHEMA = 2
POOLINGS = ("average", "max", "flatten")
HEADS = ("new", "own")
WARM_UP = "Warming up the head"  # title of the phase before the backbone joins
EXACT_PASSES = 100  # at most, whatever the plan says of epochs: a head is usually solved in 20 to 40
EXACT = "lbfgs"  # solves a head to the end; what follows the warm-up of the head is trained by Adam
OPTIMIZERS = (EXACT, "adam", "rmsprop", "sgd")
# What fields that came later meant before there were any: plans of an earlier schema are read with these.
_BEFORE = {1: {"head": "new", "shares": (0.7, 0.15, 0.15)}}


def _field(default: Any, help: str, low: float | None = None, high: float | None = None, choices: tuple = ()) -> Any:
    metadata = {"help": help, "low": low, "high": high, "choices": choices}
    return dataclasses.field(default=default, metadata=metadata)


@dataclass(frozen=True)
class Phase:
    """A stretch of a run with one set of trainable layers.

    Args:
        title: what a person calls it.
        epochs: how many, at least 1.
        first_trainable: the first backbone layer that is trained; "" trains the head only.
        learning_rate: step size of the optimizer.
        optimizer: one of `OPTIMIZERS`.
    """

    title: str
    epochs: int
    first_trainable: str
    learning_rate: float
    optimizer: str

    @property
    def is_exact(self) -> bool:
        """Whether its head is solved instead of trained step by step."""
        return self.optimizer == EXACT


@dataclass(frozen=True)
class TrainingPlan:
    """One training run, described in full. Each field's help, range and choices are in its metadata.

    Raises:
        PlanError: on construction, with every problem of the plan at once.
    """

    dataset: str = _field("", "The dataset to learn from.")
    strategy: str = _field(
        "frozen", "What is trained, and from what starting point.", choices=tuple(row.name for row in STRATEGIES)
    )
    backbone: str = _field("MobileNetV2", "The network that turns images into features.")
    weights: str = _field(
        "imagenet",
        "Where the backbone's weights come from: imagenet (published by Keras), package (installed with the "
        "requirements), none, or a file.",
    )
    input_size: int = _field(160, "Side of the square that each image is resized to, in pixels.", 16, 1024)
    resize: str = _field("stretch", "How an image is made square.", choices=tuple(row.name for row in RESIZE_MODES))
    preprocessing: str = _field(
        "",
        "How pixels are scaled; empty for what the backbone expects, anything else to see what a mismatch does.",
        choices=("", *(row.name for row in PREPROCESSING)),
    )
    cut_layer: str = _field("", "The backbone layer whose output feeds the head; empty for the last one.")
    head: str = _field(
        "",
        "What follows the features: a new head, or the network's own classifier with as many outputs as there are "
        "classes; empty for whatever suits the network and the strategy.",
        choices=("", *HEADS),
    )
    pooling: str = _field("average", "How feature maps become a list of numbers.", choices=POOLINGS)
    hidden_units: tuple[int, ...] = _field((), "Number of units in each hidden dense layer of the head.", 1, 8192)
    dropout: float = _field(
        0.0,
        "Share of the values just before the output that each training step turns off at random: outputs of the "
        "last hidden layer, or features if the head has none.",
        0.0,
        0.9,
    )
    normalize: bool = _field(
        False,
        "Scale the features of each image to length 1 before the head, so that only their proportions count; a few "
        "images then go further (Wang et al. 2019, SimpleShot).",
    )
    first_trainable: str = _field("", "The first backbone layer that fine-tuning changes.")
    last_trainable: str = _field(
        "",
        "The last backbone layer that fine-tuning changes; empty for the very last. An earlier block suits "
        "images that look different but show the same things (Lee et al. 2023, surgical fine-tuning).",
    )
    warmup_epochs: int = _field(0, "Epochs that train the head alone before the backbone joins.", 0, 1000)
    epochs: int = _field(10, "Number of passes through the training images, including warm-up.", 1, 1000)
    batch_size: int = _field(32, "Number of images in each optimizer step.", 1, 1024)
    optimizer: str = _field(
        "adam",
        "How weights are found. L-BFGS solves a head without hidden layers exactly: it runs until nothing improves, "
        "and its passes are plotted as epochs. If backbone layers are trained afterward, Adam takes over. The others "
        "go step by step.",
        choices=OPTIMIZERS,
    )
    learning_rate: float = _field(1e-3, "Step size for the head, and for training from scratch.", 1e-8, 10.0)
    fine_tune_learning_rate: float = _field(1e-4, "Step size once pretrained layers are trained too.", 1e-8, 10.0)
    schedule: str = _field(
        "constant", "How the learning rate changes within each phase.", choices=tuple(row.name for row in SCHEDULES)
    )
    layer_decay: float = _field(
        1.0,
        "Each stage of the backbone learns at this share of the rate of the stage above it; 1 for the same rate.",
        0.05,
        1.0,
    )
    statistics_momentum: float = _field(
        0.9,
        "From scratch: how much of BatchNormalization's running statistics each step keeps. Keras networks keep "
        "0.99 or 0.999, which takes thousands of steps to forget the random start.",
        0.0,
        0.9999,
    )
    learn_statistics: bool = _field(
        False, "Let the fine-tuned BatchNormalization layers learn new statistics; this often does harm."
    )
    augmentation: str = _field(
        "none", "Random changes to the training images: a preset's name, or strengths such as flip=0.5,rotate=10."
    )
    augmented_views: int = _field(
        4, "Changed copies of each image, computed once and used in turn; 0 makes new ones each epoch.", 0, 64
    )
    mixup: float = _field(
        0.0,
        "Train on mixtures of two images and their labels: 0 never, 0.2 mostly slightly, 1 in all ratios equally. The "
        "trained layers' input is mixed: pixels from scratch, else features (Zhang et al. 2018; Verma et al. 2019).",
        0.0,
        8.0,
    )
    weight_averaging: float = _field(
        0.0,
        "Evaluate and keep a running average of the weights instead of the last ones: the share that each step keeps, "
        "such as 0.99; 0 for none (Polyak and Juditsky 1992; Izmailov et al. 2018).",
        0.0,
        0.9999,
    )
    early_stopping: int = _field(
        0, "Stop after this many epochs without a better validation loss, and keep the best; 0 for never.", 0, 1000
    )
    class_weights: bool = _field(
        False,
        "Mistakes on rare classes count more, so that each class carries the same weight. Rare classes are found more "
        "often; in return, more images are wrongly assigned to them (lower precision), and probabilities shift "
        "toward them.",
    )
    label_smoothing: float = _field(
        0.0,
        "Share of each target that is spread evenly over all classes. At 10 %, the right class gets 95 % with two "
        "classes, 91 % with ten: the network becomes less confident on purpose, and its training loss cannot reach 0.",
        0.0,
        0.5,
    )
    subset: float = _field(
        1.0,
        "How much of the dataset is used, before it is split: a share up to 1, or a number of images.",
        0.001,
        1e7,
    )
    fraction: float = _field(1.0, "Share of the training images that is used.", 0.001, 1.0)
    shares: tuple[float, ...] = _field(
        (),
        "Training, validation and test shares; empty keeps the parts that the dataset came with, or draws 70 %, 15 % "
        "and 15 % if it came with none.",
        0.0,
        1.0,
    )
    split_seed: int = _field(0, "Seed of the split; the same seed gives the same split.", 0, 2**31 - 1)
    seed: int = _field(0, "Seed of the weights and of the order of the images.", 0, 2**31 - 1)

    def __post_init__(self) -> None:
        problems = self.problems()
        if problems:
            raise PlanError(problems)

    def problems(self) -> list[Problem]:
        """Everything that is wrong with the plan.

        Returns:
            All problems, each naming field, value and mend; an empty list for a sound plan.
        """
        return plan_problems(self)

    @property
    def architecture(self) -> catalog.Architecture:
        """The backbone's row in the catalog."""
        return catalog.find(self.backbone)

    @property
    def cut(self) -> str:
        """The cut layer in force."""
        return self.cut_layer or self.architecture.last_feature_layer

    @property
    def trains_head_only(self) -> bool:
        """Whether a new head on the frozen backbone is all that is trained."""
        return not find_strategy(self.strategy).trains_backbone and not self.has_own_head

    @property
    def has_own_head(self) -> bool:
        """Whether the network's own classifier follows the features, instead of a new head."""
        return keeps_own_head(self.head, self.strategy, self.architecture)

    def split(self, dataset: Dataset) -> Split:
        """Split a dataset as the plan says.

        Args:
            dataset: the plan's.

        Returns:
            Which images serve for what.

        Raises:
            DatasetError: if a class would have no image in a part.
        """
        return split(dataset, self.shares, self.split_seed, self.fraction, self.subset)

    @property
    def pixel_mode(self) -> str:
        """The mode of `tlcore.images.preprocess` in force."""
        return self.preprocessing or self.architecture.preprocessing

    def phases(self) -> tuple[Phase, ...]:
        """The stretches of the run, in order.

        Returns:
            One phase; two if the head is warmed up before the backbone joins.
        """
        strategy = find_strategy(self.strategy)
        if not strategy.trains_backbone:
            return (self._head_phase("Training the head", self.epochs),)
        first = self.first_trainable or layer_table(self.architecture.name).rows[0].name
        steps = "adam" if self.optimizer == EXACT else self.optimizer
        if not strategy.needs_weights:
            return (Phase("Training every layer", self.epochs, first, self.learning_rate, steps),)
        title = "Fine-tuning" if strategy.needs_layer else "Training every layer"
        main = Phase(title, self.epochs - self.warmup_epochs, first, self.fine_tune_learning_rate, steps)
        if self.warmup_epochs == 0:
            return (main,)
        return (self._head_phase(WARM_UP, self.warmup_epochs), main)

    def _head_phase(self, title: str, epochs: int) -> Phase:
        epochs = EXACT_PASSES if self.optimizer == EXACT else epochs
        return Phase(title, epochs, "", self.learning_rate, self.optimizer)

    def to_json(self) -> dict:
        """The plan as plain values, with its schema version."""
        return {"schema": SCHEMA, **dataclasses.asdict(self)}


def keeps_own_head(head: str, strategy: str, architecture: catalog.Architecture) -> bool:
    """Tell whether the network's own classifier follows the features.

    Args:
        head: as in a plan, "" for what suits the other two.
        strategy: a key of `tlcore.training.plans.strategies`.
        architecture: the backbone.

    Returns:
        False where a new head follows.
    """
    if head:
        return head == "own"
    return strategy == "scratch" and architecture.own_head_from_scratch


def plan_from_json(values: dict) -> TrainingPlan:
    """Make a plan of plain values; fields that are missing take their defaults.

    Args:
        values: field names and values, as `TrainingPlan.to_json` gives or a person wrote.

    Returns:
        The plan.

    Raises:
        PlanError: with every problem at once, unknown fields included.
        InputError: if the values were written by a newer version of this project.
    """
    if not isinstance(values, dict):
        raise InputError("a plan as a JSON object", type(values).__name__, 'Write it as {"dataset": …, …}.')
    schema = values.get("schema", SCHEMA)
    if schema != SCHEMA and schema not in _BEFORE:
        raise InputError(f"a plan of schema {SCHEMA} or earlier", f"schema {schema!r}", "Update this program.")
    values = {**_BEFORE.get(schema, {}), **values}
    fields = {field.name: field for field in dataclasses.fields(TrainingPlan)}
    known = {name: _plain_to_field(fields[name], value) for name, value in values.items() if name in fields}
    unknown = [
        Problem(name, value, f"There is no such field. The fields are {', '.join(fields)}.")
        for name, value in values.items()
        if name not in fields and name != "schema"
    ]
    try:
        plan = TrainingPlan(**known)
    except PlanError as error:
        raise PlanError([*unknown, *error.problems]) from None
    if unknown:
        raise PlanError(unknown)
    return plan


def parse_field(name: str, text: str) -> object:
    """Read one field of a plan as a person writes it on the command line.

    Args:
        name: the field.
        text: its value; several numbers are separated by commas.

    Returns:
        The value in the field's type, or the text unchanged where it does not parse; the plan then says what is wrong.
    """
    field = {field.name: field for field in dataclasses.fields(TrainingPlan)}.get(name)
    if field is None:
        return text
    try:
        if name == "shares":
            return () if text.strip().lower() == "as given" else tuple(map(float, filter(str.strip, text.split(","))))
        if isinstance(field.default, tuple):
            return tuple(int(part) for part in text.split(",") if part.strip())
        if isinstance(field.default, bool):
            return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[text.lower()]
        return type(field.default)(text)
    except (ValueError, KeyError):
        return text


def _plain_to_field(field: dataclasses.Field, value: object) -> object:
    if isinstance(field.default, tuple) and isinstance(value, list):
        return tuple(value)
    if isinstance(field.default, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value
