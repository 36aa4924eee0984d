"""Recipes: runs that courses teach, by name, with the figures that they must come to. Knows no TensorFlow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tlcore.datasets.dataset import Dataset
from tlcore.rows import find_row
from tlcore.training.defaults import suggest_plan

_CATS_AND_DOGS = "Two classes of photos, as in cats_vs_dogs"
_FIVE_OBJECTS = "Five classes: hat, cube, card, torch and screw; drawn here where there are no photos of them"
_ANY_TWO = "Two classes; for others the head has more outputs"
_PHOTOS = 4_652  # 20 % of the 23,262 photos of cats_vs_dogs

SLOW_STATISTICS = 0.999  # the momentum of MobileNetV2 in Keras; of networks with a lower one, theirs stays
# Known since https://github.com/tensorflow/tensorflow/issues/36065
SLOW_STATISTICS_WHY = (
    "With slow batch statistics, which Keras' own momentum of 0.99 or 0.999 gives, the running averages of "
    "BatchNormalization are still near their random start after few steps. Training looks fine, as it uses the "
    "statistics of each batch; validation uses the averages, and so is most likely at chance. The studio's 0.9 lets "
    "the averages follow."
)


@dataclass(frozen=True)
class Recipe:
    """A run with a name.

    Args:
        name: its key on the command line.
        title: what a person calls it.
        sentence: what it shows.
        data: what it is made for.
        values: the fields of the plan that it fixes; the others follow from the dataset.
        classes: of the dataset for which the figures hold.
        total: parameters of the whole network.
        trainable: parameters that the last phase changes.
        flatten: numbers that go into the head after flattening; 0 where it pools.
        source: source of a dataset that needs no network; "" if there is none.
        photos: how many images of the dataset take part, before it is split; 0 for all.
        reported: accuracy by part of the split, 0..1, where one was published with the recipe.
    """

    name: str
    title: str
    sentence: str
    data: str
    values: Mapping[str, object]
    classes: int
    total: int
    trainable: int
    flatten: int = 0
    source: str = ""
    photos: int = 0
    reported: Mapping[str, float] = field(default_factory=dict)

    @property
    def frozen(self) -> int:
        """Parameters that stay as they were."""
        return self.total - self.trainable


def _inception(dropout: float) -> dict[str, object]:
    return {
        "strategy": "frozen",
        "backbone": "InceptionV3",
        "input_size": 150,
        "cut_layer": "mixed7",
        "pooling": "flatten",
        "hidden_units": (1024,),
        "dropout": dropout,
        "optimizer": "rmsprop",
        "learning_rate": 1e-4,
    }


def _mobilenet(strategy: str, **values: object) -> dict[str, object]:
    return {"strategy": strategy, "backbone": "MobileNetV2", "input_size": 160, "epochs": 10, **values}


def _vgg16(strategy: str) -> dict[str, object]:
    return {
        "strategy": strategy,
        "backbone": "VGG16",
        "input_size": 224,
        "cut_layer": "fc2",
        "optimizer": "adam",
        "batch_size": 10,
        "epochs": 10,
    }


def _vgg19(strategy: str, **values: object) -> dict[str, object]:
    return {"strategy": strategy, "backbone": "VGG19", "input_size": 224, **values}


RECIPES = (
    Recipe(
        "inception-mixed7",
        "Inception V3 up to mixed7",
        "A large dense head on features from the middle of a frozen network, slowly with RMSprop.",
        _CATS_AND_DOGS,
        _inception(0.0),
        classes=2,
        total=47_512_481,
        trainable=38_537_217,
        flatten=37_632,
    ),
    Recipe(
        "inception-mixed7-dropout",
        "Inception V3 up to mixed7, with dropout",
        "The same, with a fifth of the hidden layer's outputs switched off at random against overfitting.",
        _CATS_AND_DOGS,
        _inception(0.2),
        classes=2,
        total=47_512_481,
        trainable=38_537_217,
        flatten=37_632,
    ),
    Recipe(
        "mobilenetv2-scratch",
        "MobileNetV2 from scratch",
        "What a good network learns from few photos without pretraining: little.",
        _CATS_AND_DOGS,
        _mobilenet("scratch"),
        classes=2,
        total=2_259_265,
        trainable=2_225_153,
        photos=_PHOTOS,
    ),
    Recipe(
        "mobilenetv2-scratch-slow-statistics",
        "MobileNetV2 from scratch, slow batch statistics",
        f"A trap: good in training, at chance on all other photos. {SLOW_STATISTICS_WHY} The validation loss that was "
        "reported with it, about 0.69, is what guessing between two classes gives.",
        _CATS_AND_DOGS,
        _mobilenet("scratch", statistics_momentum=SLOW_STATISTICS),
        classes=2,
        total=2_259_265,
        trainable=2_225_153,
        photos=_PHOTOS,
        reported={"train": 0.8306, "validation": 0.4815, "test": 0.4952},
    ),
    Recipe(
        "mobilenetv2-frozen",
        "MobileNetV2, frozen",
        "The same photos with pretrained weights and only a new head: 1,281 numbers are learned.",
        _CATS_AND_DOGS,
        _mobilenet("frozen"),
        classes=2,
        total=2_259_265,
        trainable=1_281,
        photos=_PHOTOS,
        reported={"train": 0.9652, "validation": 0.9725, "test": 0.9664},
    ),
    Recipe(
        "mobilenetv2-finetuned",
        "MobileNetV2, fine-tuned",
        "The same with the upper part of the network trained along, in small steps.",
        _CATS_AND_DOGS,
        _mobilenet("fine_tune", first_trainable="block_11_expand_BN"),
        classes=2,
        total=2_259_265,
        trainable=1_863_873,
        photos=_PHOTOS,
        reported={"train": 0.9989, "validation": 0.9828, "test": 0.9810},
    ),
    Recipe(
        "vgg16-five-objects",
        "VGG-16 tells five objects apart",
        "The 4,096 numbers that VGG-16 says about a photo, and one new layer on top of them.",
        _FIVE_OBJECTS,
        _vgg16("frozen"),
        classes=5,
        total=134_281_029,
        trainable=20_485,
        source="rendered",
    ),
    Recipe(
        "vgg16-five-objects-full",
        "VGG-16 tells five objects apart, all of it trained",
        "The same with every layer trained along: 6,500 times as many numbers for the same photos.",
        _FIVE_OBJECTS,
        _vgg16("full"),
        classes=5,
        total=134_281_029,
        trainable=134_281_029,
        source="rendered",
    ),
    Recipe(
        "vgg19-small-similar",
        "Few photos, similar to ImageNet",
        "Train only a linear classifier on the deepest features: they already fit.",
        _ANY_TWO,
        _vgg19("frozen"),
        classes=2,
        total=20_024_897,
        trainable=513,
    ),
    Recipe(
        "vgg19-large-similar",
        "Many photos, similar to ImageNet",
        "Train every layer along: there are enough photos to improve features that already fit.",
        _ANY_TWO,
        _vgg19("full"),
        classes=2,
        total=20_024_897,
        trainable=20_024_897,
    ),
    Recipe(
        "vgg19-large-similar-first-frozen",
        "Many photos, similar to ImageNet, first layers kept",
        "Train all but the first five layers, which see edges and colours in photos of any kind.",
        _ANY_TWO,
        _vgg19("fine_tune", first_trainable="block2_conv2"),
        classes=2,
        total=20_024_897,
        trainable=19_912_321,
    ),
    Recipe(
        "vgg19-small-different",
        "Few photos, unlike ImageNet",
        "A few dense layers on early features: edges and textures fit where whole objects do not.",
        _ANY_TWO,
        _vgg19("frozen", cut_layer="block2_pool", hidden_units=(256, 128)),
        classes=2,
        total=326_209,
        trainable=66_049,
    ),
    Recipe(
        "large-different",
        "Many photos, unlike ImageNet",
        "Train the whole network, starting from pretrained weights: they still learn faster than random ones.",
        _ANY_TWO,
        _vgg19("full"),
        classes=2,
        total=20_024_897,
        trainable=20_024_897,
    ),
    Recipe(
        "large-different-scratch",
        "Many photos, unlike ImageNet, from scratch",
        "Train a network of its own from random weights, to see what pretrained ones still bought.",
        _ANY_TWO,
        _mobilenet("scratch"),
        classes=2,
        total=2_259_265,
        trainable=2_225_153,
    ),
)


def find_recipe(name: str) -> Recipe:
    """Look a recipe up.

    Args:
        name: its key.

    Returns:
        The row.

    Raises:
        NotFoundError: if there is none of this name.
    """
    return find_row("recipe", name, RECIPES)


def recipe_values(recipe: Recipe, dataset: Dataset) -> dict[str, object]:
    """Values for the fields of a plan that follows a recipe.

    Args:
        recipe: which.
        dataset: what to learn from.

    Returns:
        What `tlcore.training.plan.plan_from_json` takes: what the recipe fixes, and suitable values for the rest.
    """
    subset = float(recipe.photos) if 0 < recipe.photos < len(dataset) else 1.0
    settled = {"subset": subset, "optimizer": "adam", **recipe.values}  # as their sources have it, step by step
    return suggest_plan(dataset, str(recipe.values["strategy"]), str(recipe.values["backbone"]), settled)
