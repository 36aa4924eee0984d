"""Networks with parallel branches: GoogLeNet, InceptionV3, InceptionResNetV2 and Xception."""

from tlcore.zoo.architecture import CutLayer, Drawing, Evaluation
from tlcore.zoo.rows import KERAS_TABLE, architecture

IMAGENET = {
    "family": "Inception",
    "input_shape": (299, 299, 3),
    "classes": 1000,
    "preprocessing": "tf",
    "options": {"weights": None},
    "evaluation": Evaluation(342, 299),
    "accuracy_source": KERAS_TABLE,
}

ROWS = (
    architecture(
        name="GoogLeNet",
        title="GoogLeNet (Inception v1)",
        year=2014,
        authors="Christian Szegedy and others",
        paper="Going Deeper with Convolutions",
        venue="CVPR 2015",
        link="https://arxiv.org/abs/1409.4842",
        lesson="Several filter sizes side by side, thinned out first by 1×1: a ninth of AlexNet's parameters.",
        idea="Instead of choosing one filter size, each block uses 1×1, 3×3 and 5×5 filters and a pooling side by side "
        "and lays their results next to each other. 1×1 convolutions before the large filters thin the maps out first "
        "(the bottleneck). With global pooling instead of dense layers it needs a ninth of AlexNet's parameters.",
        note="Winner of ImageNet's contest of 2014. While it trained, two further classifiers sat on inner blocks, "
        "each with a weight of 0.3 in the loss, so that early layers had a nearer goal; afterwards they were thrown "
        "away.",
        drawings=(
            Drawing(
                "A block",
                ("pool2",),
                "inception_3a",
                "Four branches look at the same maps; 1×1 convolutions thin them out before the larger filters.",
            ),
        ),
        constructor="tlcore.zoo.builders.googlenet:googlenet",
        minimum_size=32,
        last_feature_layer="inception_5b",
        cut_layers=(
            CutLayer(
                "inception_3b",
                "Patterns at an eighth of the size, 480 channels: for data unlike photos.",
                for_other_data=True,
            ),
            CutLayer("inception_4e", "Parts of objects at a sixteenth of the size, 832 channels: for small images."),
            CutLayer("inception_5b", "The last feature maps, 1,024 channels: the usual cut for photos."),
        ),
        blocks=r"^(inception_\d\w|conv\d|pool\d)",
        accuracy_elsewhere="The paper: 89.9 % top-5 with one network and one crop; the 93.3 % that are often quoted "
        "took seven networks and 144 crops of each photo.",
        weights_elsewhere="torchvision has some for a network with normalization and 3×3 in place of 5×5 filters, "
        "which do not fit this one",
        **IMAGENET
        | {
            "input_shape": (224, 224, 3),
            "preprocessing": "unit",
            "options": {},
            "evaluation": Evaluation(256, 224),
            "accuracy_source": "torchvision's documentation: weights ported from the paper's, one network, one crop",
        },
    ),
    architecture(
        name="InceptionV3",
        title="Inception v3",
        year=2015,
        authors="Christian Szegedy, Vincent Vanhoucke, Sergey Ioffe, Jonathon Shlens, Zbigniew Wojna",
        paper="Rethinking the Inception Architecture for Computer Vision",
        venue="CVPR 2016",
        link="https://arxiv.org/abs/1512.00567",
        lesson="Large filters taken apart into cheap ones, a 7×7 into 1×7 and 7×1, side by side in each block.",
        idea="Filters of several sizes look at the same maps side by side and their results are laid next to each "
        "other. Large filters are taken apart into cheap ones: a 5×5 into two 3×3, a 7×7 into a 1×7 after a 7×1. "
        "Batch normalization after every convolution keeps training stable.",
        note="This paper introduced label smoothing: the right class has a target a little below 1, the others a "
        "little above 0, so that the network does not grow too sure of itself.",
        drawings=(
            Drawing(
                "35×35: mixed 0 to 2",
                ("max_pooling2d_1",),
                "mixed0",
                "Two 3×3 in one branch, and in Keras still a 5×5 in another; the paper has two 3×3 there.",
            ),
            Drawing(
                "17×17: mixed 4 to 7",
                ("mixed3",),
                "mixed4",
                "Each 7×7 is a 1×7 and a 7×1, one after the other.",
            ),
            Drawing(
                "8×8: mixed 9 and 10",
                ("mixed8",),
                "mixed9",
                "Here 1×3 and 3×1 look at the same maps: two branches split at their ends.",
            ),
            Drawing(
                "Reduction: mixed 3",
                ("mixed2",),
                "mixed3",
                "The maps are halved by a pooling and by convolutions, side by "
                "side, so that nothing is lost in a narrow place.",
            ),
            Drawing("Reduction: mixed 8", ("mixed7",), "mixed8", "The same for the last halving."),
        ),
        constructor="keras.applications:InceptionV3",
        minimum_size=75,
        last_feature_layer="mixed10",
        cut_layers=(
            CutLayer(
                "mixed2",
                "Patterns at an eighth of the size, 288 channels: for data unlike photos.",
                for_other_data=True,
            ),
            CutLayer(
                "mixed7",
                "Parts of objects at a sixteenth of the size, 768 channels: 7×7 for a 150-pixel image, "
                "so the usual cut for small images.",
            ),
            CutLayer("mixed10", "The last feature maps, 2,048 channels: for large images like ImageNet's."),
        ),
        blocks=r"^(mixed\d+|max_pooling2d(?:_1)?)$",
        blocks_close=True,
        **IMAGENET,
    ),
    architecture(
        name="InceptionResNetV2",
        title="Inception-ResNet v2",
        year=2016,
        authors="Christian Szegedy, Sergey Ioffe, Vincent Vanhoucke, Alex Alemi",
        paper="Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning",
        venue="AAAI 2017",
        link="https://arxiv.org/abs/1602.07261",
        lesson="Inception's parallel branches, and around each block the shortcut of ResNet.",
        idea="Inception's parallel branches with ResNet's shortcuts: each block adds the joined branches, scaled "
        "down, to its input. The shortcuts make training much faster, and the scaling keeps it from blowing up.",
        note="With more than 1,000 filters training died: after some ten thousand steps the last layers gave only "
        "zeros. Neither a lower learning rate nor more normalization helped, but multiplying what a block adds by "
        "0.1 to 0.3 did.",
        drawings=(
            Drawing(
                "Block A, ten in Keras",
                ("block35_1_ac",),
                "block35_2_ac",
                "Three branches, joined, brought to 320 channels, multiplied by 0.17 and added.",
            ),
            Drawing(
                "Block B, twenty in Keras",
                ("block17_1_ac",),
                "block17_2_ac",
                "Two branches, one with 1×7 and 7×1; multiplied by 0.1 and added.",
            ),
            Drawing(
                "Block C, ten in Keras",
                ("block8_1_ac",),
                "block8_2_ac",
                "Two branches, one with 1×3 and 3×1; multiplied by 0.2 and added.",
            ),
            Drawing(
                "Reduction A", ("block35_10_ac",), "mixed_6a", "A pooling and two branches with stride 2, side by side."
            ),
            Drawing("Reduction B", ("block17_20_ac",), "mixed_7a", "The same with three branches."),
        ),
        constructor="keras.applications:InceptionResNetV2",
        minimum_size=75,
        last_feature_layer="conv_7b_ac",
        cut_layers=(
            CutLayer(
                "block35_10_ac",
                "Patterns at an eighth of the size, 320 channels: for data unlike photos.",
                for_other_data=True,
            ),
            CutLayer("block17_20_ac", "Parts of objects at a sixteenth of the size, 1,088 channels: for small images."),
            CutLayer("conv_7b_ac", "The last feature maps, 1,536 channels: the usual cut for photos."),
        ),
        blocks=r"^(mixed_\d[a-z]$|block8_10(?=_conv$)|block\d+_\d+(?=_ac$)|conv_7b(?=_ac$)|max_pooling2d(?:_1)?$)",
        blocks_close=True,
        **IMAGENET,
    ),
    architecture(
        name="Xception",
        title="Xception",
        year=2016,
        authors="François Chollet",
        paper="Xception: Deep Learning with Depthwise Separable Convolutions",
        venue="CVPR 2017",
        link="https://arxiv.org/abs/1610.02357",
        lesson="Filter each channel on its own, then mix the channels: a convolution split in two, with shortcuts.",
        idea="Inception taken to its extreme: as many branches as there are channels. Each channel is filtered on its "
        "own, then a 1×1 convolution mixes them (a depthwise separable convolution), with shortcuts around all blocks "
        "but the first and the last. It beats Inception v3 with the same number of parameters.",
        note="No activation stands between the two halves of a separable convolution: with ReLU or ELU there the "
        "paper saw slower training and a worse result.",
        diagram="depthwise",
        drawings=(
            Drawing(
                "Block 3; 4 and 13 likewise",
                ("add",),
                "add_1",
                "The maps are halved; a 1×1 convolution with stride 2 brings the shortcut to the same shape.",
            ),
            Drawing(
                "Blocks 5 to 12",
                ("add_2",),
                "add_3",
                "Three separable convolutions, each activated first, and the input added.",
            ),
            Drawing("The last block", ("add_11",), "block14_sepconv2_act", "No shortcut, and activations last."),
        ),
        constructor="keras.applications:Xception",
        minimum_size=71,
        last_feature_layer="block14_sepconv2_act",
        cut_layers=(
            CutLayer(
                "add_1", "Patterns at an eighth of the size, 256 channels: for data unlike photos.", for_other_data=True
            ),
            CutLayer("add_10", "Parts of objects at a sixteenth of the size, 728 channels: for small images."),
            CutLayer("block14_sepconv2_act", "The last feature maps, 2,048 channels: the usual cut for photos."),
        ),
        blocks=r"^(block\d+)",
        **IMAGENET,
    ),
)
