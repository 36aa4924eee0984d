"""VGG: nothing but 3×3 convolutions, stacked deeper and deeper."""

from tlcore.zoo.architecture import CutLayer, Drawing, Evaluation
from tlcore.zoo.rows import KERAS_TABLE, architecture

FAMILY = {
    "family": "VGG",
    "year": 2014,
    "authors": "Karen Simonyan, Andrew Zisserman",
    "paper": "Very Deep Convolutional Networks for Large-Scale Image Recognition",
    "venue": "ICLR 2015",
    "link": "https://arxiv.org/abs/1409.1556",
    "lesson": "Nothing but 3×3 filters, stacked deep; yet most of its parameters sit in the first dense layer.",
    "idea": "Only small 3×3 filters, stacked. Two of them see as much as one 5×5 filter and three as much as one "
    "7×7, with fewer weights and more nonlinear steps in between. Up to 16 layers, depth alone made the network "
    "better: in the paper, on photos of one size, 11 layers name 70.4 % right, 13 layers 71.3 %, 16 layers 73.0 % "
    "and 19 layers 72.7 % (Keras' table, from the middle of each photo: 71.3 % for both of the deepest). Most of its "
    "weights sit in the first dense layer, not in the convolutions.",
    "note": "Second in ImageNet's contest of 2014. Deep ones did not learn from random weights: the authors trained "
    "the one of 11 layers first and began the others with its layers. No normalization stands anywhere.",
    "input_shape": (224, 224, 3),
    "classes": 1000,
    "minimum_size": 32,
    "last_feature_layer": "block5_pool",
    "cut_layers": (
        CutLayer(
            "block2_pool", "Edges and textures at a quarter of the size: for data unlike photos.", for_other_data=True
        ),
        CutLayer("block3_pool", "Patterns and small parts at an eighth of the size."),
        CutLayer("block4_pool", "Parts of objects at a sixteenth of the size: for small images."),
        CutLayer("block5_pool", "The last feature maps, 512 channels: the usual cut for photos."),
        CutLayer("fc2", "4,096 numbers for the whole image: a ready summary, only at the original size."),
    ),
    "blocks": r"^(block\d+)",
    "evaluation": Evaluation(256, 224),
    "own_head_from_scratch": True,
}
OWN = FAMILY | {
    "preprocessing": "unit",
    "constructor": "tlcore.zoo.builders.vgg:vgg",
    "accuracy_source": "the paper, table 3, photos of one size",
    "evaluation": None,  # the paper looked at the whole photo, not at its middle
    "weights_elsewhere": "torchvision has some",
}
KERAS = FAMILY | {"preprocessing": "caffe", "options": {"weights": None}, "accuracy_source": KERAS_TABLE}


def _whole(start: str) -> tuple[Drawing, ...]:
    caption = (
        "Five groups of 3×3 filters; after each, the maps are halved, and the next group has more of them, up to 512."
    )
    return (Drawing("The whole network", (start,), "predictions", caption),)


ROWS = (
    architecture(
        name="VGG11",
        title="VGG-11",
        options={"convolutions": (1, 1, 2, 2, 2)},
        diagram="stack_of_two",
        drawings=_whole("input"),
        **OWN,
    ),
    architecture(
        name="VGG13",
        title="VGG-13",
        options={"convolutions": (2, 2, 2, 2, 2)},
        diagram="stack_of_two",
        drawings=_whole("input"),
        **OWN,
    ),
    architecture(
        name="VGG16",
        title="VGG-16",
        constructor="keras.applications:VGG16",
        diagram="stack_of_three",
        drawings=_whole("input_layer"),
        accuracy_elsewhere="The paper, table 3, photos of one size: 73.0 % top-1, 91.2 % top-5.",
        **KERAS,
    ),
    architecture(
        name="VGG19",
        title="VGG-19",
        constructor="keras.applications:VGG19",
        diagram="stack_of_four",
        drawings=_whole("input_layer"),
        accuracy_elsewhere="The paper, table 3, photos of one size: 72.7 % top-1, 91.0 % top-5.",
        **KERAS,
    ),
)
