"""The fields of a plan: what each means, and which values it takes."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tlcore.images.preprocess import PREPROCESSING
from tlcore.images.resize import RESIZE_MODES
from tlcore.training.plans.schedules import SCHEDULES
from tlcore.training.plans.strategies import STRATEGIES
from tlcore.zoo import catalog

POOLINGS = ("average", "max", "flatten")
HEADS = ("new", "own")
WEIGHTS = ("imagenet", "package", "none")
EXACT = "lbfgs"  # solves a head to the end; what follows the warm-up of the head is trained by Adam
OPTIMIZERS = (EXACT, "adam", "rmsprop", "sgd")


def _field(default: Any, help: str, low: float | None = None, high: float | None = None, choices: tuple = ()) -> Any:
    metadata = {"help": help, "low": low, "high": high, "choices": choices}
    return dataclasses.field(default=default, metadata=metadata)


@dataclass(frozen=True)
class PlanFields:
    """What is said of a training run, with any values. Each field's help, range and choices are in its metadata."""

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
    resize: str = _field(
        "stretch", "How an image is made square.", choices=tuple(row.name for row in RESIZE_MODES if row.for_training)
    )
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
    fraction: float = _field(1.0, "How many of the training images it learns from; the rest is left out.", 0.001, 1.0)
    shares: tuple[float, ...] = _field(
        (),
        "Training, validation and test shares; empty keeps the parts that the dataset came with, or draws 70 %, 15 % "
        "and 15 % if it came with none.",
        0.0,
        1.0,
    )
    split_seed: int = _field(0, "Seed of the split; the same seed gives the same split.", 0, 2**31 - 1)
    seed: int = _field(0, "Seed of the weights and of the order of the images.", 0, 2**31 - 1)

    @property
    def architecture(self) -> catalog.Architecture:
        """The backbone's row in the catalog."""
        return catalog.find(self.backbone)

    @property
    def has_own_head(self) -> bool:
        """Whether the network's own classifier follows the features, instead of a new head."""
        return keeps_own_head(self.head, self.strategy, self.architecture)


# What each field is where nothing is said of it.
DEFAULTS: Mapping[str, Any] = {field.name: field.default for field in dataclasses.fields(PlanFields)}


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
