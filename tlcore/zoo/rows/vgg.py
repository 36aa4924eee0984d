"""VGG: nothing but 3×3 convolutions, stacked deeper and deeper."""

from tlcore.zoo.architecture import CutLayer, Evaluation
from tlcore.zoo.rows import architecture

FAMILY = {
    "family": "VGG",
    "year": 2014,
    "authors": "Karen Simonyan, Andrew Zisserman",
    "paper": "Very Deep Convolutional Networks for Large-Scale Image Recognition",
    "venue": "ICLR 2015",
    "link": "https://arxiv.org/abs/1409.1556",
    "idea": "Only small 3×3 filters, stacked. Two of them see as much as one 5×5 filter and three as much as "
    "one 7×7, with fewer weights and more nonlinear steps in between. Depth alone made the network better. "
    "Most of its weights sit in the first dense layer, not in the convolutions.",
    "diagram": "stack",
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
    "accuracy_note": "the paper, table 3, at one test scale",
}
KERAS = FAMILY | {"preprocessing": "caffe", "options": {"weights": None}}


ROWS = (
    architecture(
        name="VGG11",
        title="VGG-11",
        options={"convolutions": (1, 1, 2, 2, 2)},
        **OWN,
    ),
    architecture(
        name="VGG13",
        title="VGG-13",
        options={"convolutions": (2, 2, 2, 2, 2)},
        **OWN,
    ),
    architecture(
        name="VGG16",
        title="VGG-16",
        constructor="keras.applications:VGG16",
        **KERAS,
    ),
    architecture(
        name="VGG19",
        title="VGG-19",
        constructor="keras.applications:VGG19",
        **KERAS,
    ),
)
