"""Networks with parallel branches: GoogLeNet, InceptionV3, InceptionResNetV2 and Xception."""

from tlcore.zoo.architecture import CutLayer, Evaluation
from tlcore.zoo.rows import architecture

IMAGENET = {
    "family": "Inception",
    "input_shape": (299, 299, 3),
    "classes": 1000,
    "preprocessing": "tf",
    "options": {"weights": None},
    "evaluation": Evaluation(342, 299),
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
        idea="Instead of choosing one filter size, each block uses 1×1, 3×3 and 5×5 filters and a pooling side by side "
        "and lays their results next to each other. 1×1 convolutions before the large filters thin the maps out first "
        "(the bottleneck). With global pooling instead of dense layers it needs a ninth of AlexNet's parameters.",
        diagram="branches",
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
        accuracy_note="the paper, several networks together; it gives no top-1 accuracy",
        **IMAGENET
        | {
            "input_shape": (224, 224, 3),
            "preprocessing": "unit",
            "options": {},
            "evaluation": Evaluation(256, 224),
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
        idea="Filters of several sizes look at the same maps side by side and their results are laid next to each "
        "other. Large filters are taken apart into cheap ones: a 5×5 into two 3×3, a 7×7 into a 1×7 after a 7×1. "
        "Batch normalization after every convolution keeps training stable.",
        diagram="branches",
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
        idea="Inception's parallel branches with ResNet's shortcuts: each block adds the joined branches, scaled "
        "down, to its input. The shortcuts make training much faster, and the scaling keeps it from blowing up.",
        diagram="branches_skip",
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
        idea="Inception taken to its extreme: as many branches as there are channels. Each channel is filtered on its "
        "own, then a 1×1 convolution mixes them (a depthwise separable convolution), with shortcuts around every "
        "block. It beats Inception v3 with the same number of parameters.",
        diagram="depthwise",
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
