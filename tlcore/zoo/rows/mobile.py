"""Networks for phones: MobileNet, versions 1 to 3, and the searched NASNet with its large sister."""

from tlcore.zoo.architecture import CutLayer, Drawing, Evaluation
from tlcore.zoo.rows import KERAS_TABLE, architecture

IMAGENET = {
    "family": "MobileNet",
    "classes": 1000,
    "minimum_size": 32,
    "evaluation": Evaluation(256, 224),
    "accuracy_source": KERAS_TABLE,
}

MOBILENET = IMAGENET | {
    "year": 2017,
    "authors": "Andrew Howard and others",
    "paper": "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications",
    "venue": "arXiv",
    "link": "https://arxiv.org/abs/1704.04861",
    "lesson": "A convolution split in two, filter and then mix, takes an eighth to a ninth of the work.",
    "idea": "A convolution is split in two: first every channel is filtered on its own (depthwise), then a 1×1 "
    "convolution mixes the channels (pointwise). Almost the same result for an eighth to a ninth of the work. "
    "A width multiplier makes all layers thinner where even less work is affordable.",
    "diagram": "depthwise",
    "drawings": (
        Drawing(
            "A block",
            ("conv_pw_2_relu",),
            "conv_pw_3_relu",
            "Filter each channel, then mix the channels; normalization and ReLU after both.",
        ),
        Drawing(
            "Where the maps are halved",
            ("conv_pw_1_relu",),
            "conv_pw_2_relu",
            "The stride stands in the depthwise half.",
        ),
    ),
    "preprocessing": "tf",
    "constructor": "keras.applications:MobileNet",
    "last_feature_layer": "conv_pw_13_relu",
    "cut_layers": (
        CutLayer("conv_pw_5_relu", "Patterns at an eighth of the size: for data unlike photos.", for_other_data=True),
        CutLayer("conv_pw_11_relu", "Parts of objects at a sixteenth of the size: for small images."),
        CutLayer("conv_pw_13_relu", "The last feature maps: the usual cut for photos."),
    ),
    "blocks": r"^conv_(?:dw|pw|pad)_(\d+)(?=_|$)",
}

MOBILENET_V3 = IMAGENET | {
    "year": 2019,
    "authors": "Andrew Howard and others",
    "paper": "Searching for MobileNetV3",
    "venue": "ICCV 2019",
    "link": "https://arxiv.org/abs/1905.02244",
    "lesson": "MobileNetV2's blocks with gates that turn channels up or down, sized by the time on a real phone.",
    "idea": "MobileNetV2's blocks, with two additions: a small gate looks at the average of every channel and turns "
    "channels up or down (squeeze and excite), and a cheaper activation, the hard swish. A computer search chose the "
    "size of each layer by measuring the time on a real phone.",
    "note": "After the search for blocks came a second one: NetAdapt took channels away layer by layer, by the time "
    "that each saved on a phone.",
    "input_shape": (224, 224, 3),
    "preprocessing": "identity",
    "options": {"weights": None},
    "blocks": r"^(expanded_conv(?:_\d+)?|conv_1|conv)(?=_|$)",
    "accuracy_source": "the documentation of Keras' MobileNetV3; no top-5 is given",
}

NASNET = {
    "family": "NASNet",
    "year": 2017,
    "authors": "Barret Zoph, Vijay Vasudevan, Jonathon Shlens, Quoc Le",
    "paper": "Learning Transferable Architectures for Scalable Image Recognition",
    "venue": "CVPR 2018",
    "link": "https://arxiv.org/abs/1707.07012",
    "lesson": "No person designed its blocks: a search found them.",
    "idea": "No person designed its blocks: a second network proposed thousands of them, each was trained on small "
    "images, and the proposer learned from the results. The best block, a tangle of separable convolutions and "
    "poolings, is then stacked as often as the budget allows: a few times for a phone, many times for a server.",
    "diagram": "search",
    "note": "The search kept 500 graphics cards busy for four days, on the small images of CIFAR-10. Only two cells "
    "were searched, one that keeps the size of the maps and one that halves them; both are then used again and again.",
    "accuracy_source": KERAS_TABLE,
    "classes": 1000,
    "minimum_size": 32,
    "preprocessing": "tf",
    "options": {"weights": None},
    "blocks": r"^(?!activation|zero_padding|add_|cropping|concatenate).*?_(stem_\d|reduce_\d+|\d+)$",
}


def _gated(start: str, end: str) -> tuple[Drawing, ...]:
    return (
        Drawing(
            "A block with a gate",
            (start,),
            end,
            "The gate looks at each channel's average and turns the channel up or down. "
            "Its last step is a hard sigmoid, ReLU(x + 3) up to 6, divided by 6.",
        ),
        Drawing(
            "A block without",
            ("expanded_conv_1_project_bn",),
            "expanded_conv_2_add",
            "Some early blocks have no gate, and ReLU "
            "instead of hard swish, whose cost the paper found to pay only in deeper layers.",
        ),
    )


def _cells(normal: int, reduction: int) -> tuple[Drawing, ...]:
    """The two cells; `reduction` is the number of the first one that halves the maps between normal cells."""
    return (
        Drawing(
            "The normal cell",
            (f"normal_concat_{normal}", f"normal_concat_{normal + 1}"),
            f"normal_concat_{normal + 2}",
            "It takes what the last two cells gave. Five pairs are added; all sums lie side by side at the end, "
            "with what came in first.",
        ),
        Drawing(
            "The reduction cell",
            (f"normal_concat_{reduction - 2}", f"normal_concat_{reduction - 1}"),
            f"reduction_concat_reduce_{reduction}",
            "It halves the maps, by strides and poolings; four of the five sums lie side by side at the end.",
        ),
    )


ROWS = (
    architecture(
        name="MobileNet",
        title="MobileNet",
        input_shape=(224, 224, 3),
        options={"weights": None},
        note="1×1 convolutions do 95 % of its multiply-adds: filtering is cheap, mixing is not.",
        accuracy_elsewhere="TensorFlow's own weights: 70.9 % top-1, 89.9 % top-5.",
        **MOBILENET,
    ),
    architecture(
        name="MobileNet025",
        title="MobileNet, quarter width, 128 pixels",
        input_shape=(128, 128, 3),
        options={"weights": None, "alpha": 0.25},
        note="The cost of a layer goes with the square of the width: a quarter of the channels needs about a "
        "sixteenth of the work, and the smaller photo saves two thirds of what is left.",
        **MOBILENET
        | {
            "evaluation": Evaluation(146, 128),
            "accuracy_source": "TensorFlow's README of MobileNet, for its own weights",
        },
    ),
    architecture(
        name="MobileNetV2",
        title="MobileNetV2",
        year=2018,
        authors="Mark Sandler, Andrew Howard, Menglong Zhu, Andrey Zhmoginov, Liang-Chieh Chen",
        paper="MobileNetV2: Inverted Residuals and Linear Bottlenecks",
        venue="CVPR 2018",
        link="https://arxiv.org/abs/1801.04381",
        lesson="Widen, filter cheaply, narrow again: the shortcuts join the narrow ends.",
        idea="Blocks are turned inside out: a 1×1 convolution first widens the maps six times, a cheap depthwise "
        "convolution filters them, and another 1×1 squeezes them again without an activation, so that nothing "
        "is cut off in the narrow place. The shortcut joins the narrow ends, which saves memory on a phone.",
        note="Nothing is activated at the narrow end (a linear bottleneck): the paper measured that ReLU there "
        "destroys information, since there are few channels to keep it.",
        drawings=(
            Drawing(
                "A block with stride 1",
                ("block_1_project_BN",),
                "block_2_add",
                "Wide inside, narrow outside; the shortcut joins the narrow ends.",
            ),
            Drawing(
                "A block with stride 2",
                ("block_2_add",),
                "block_3_project_BN",
                "Where the shape changes there is no shortcut.",
            ),
        ),
        accuracy_elsewhere="TensorFlow's own weights: 71.8 % top-1, 91.0 % top-5.",
        input_shape=(224, 224, 3),
        preprocessing="tf",
        constructor="keras.applications:MobileNetV2",
        options={"weights": None},
        last_feature_layer="out_relu",
        cut_layers=(
            CutLayer(
                "block_5_add",
                "Patterns at an eighth of the size, 32 channels: for data unlike photos.",
                for_other_data=True,
            ),
            CutLayer("block_12_add", "Parts of objects at a sixteenth of the size, 96 channels: for small images."),
            CutLayer("block_16_project_BN", "Whole-object hints at 1/32 of the size, 320 channels."),
            CutLayer("out_relu", "The last feature maps, 1,280 channels: the usual cut for photos."),
        ),
        blocks=r"^(block_\d+|expanded_conv|Conv1|Conv_1)",
        **IMAGENET,
    ),
    architecture(
        name="MobileNetV3Small",
        title="MobileNetV3 small",
        constructor="keras.applications:MobileNetV3Small",
        drawings=_gated("expanded_conv_3_project_bn", "expanded_conv_4_add"),
        accuracy_elsewhere="TensorFlow's own README: 67.5 % top-1.",
        last_feature_layer="activation_17",
        cut_layers=(
            CutLayer(
                "expanded_conv_2_add",
                "Patterns at an eighth of the size, 24 channels: for data unlike photos.",
                for_other_data=True,
            ),
            CutLayer(
                "expanded_conv_7_add", "Parts of objects at a sixteenth of the size, 48 channels: for small images."
            ),
            CutLayer("activation_17", "The last feature maps, 576 channels: the usual cut for photos."),
        ),
        **MOBILENET_V3,
    ),
    architecture(
        name="MobileNetV3Large",
        title="MobileNetV3 large",
        constructor="keras.applications:MobileNetV3Large",
        drawings=_gated("expanded_conv_10_project_bn", "expanded_conv_11_add"),
        accuracy_elsewhere="TensorFlow's own README: 75.2 % top-1.",
        last_feature_layer="activation_19",
        cut_layers=(
            CutLayer(
                "expanded_conv_5_add",
                "Patterns at an eighth of the size, 40 channels: for data unlike photos.",
                for_other_data=True,
            ),
            CutLayer(
                "expanded_conv_11_add", "Parts of objects at a sixteenth of the size, 112 channels: for small images."
            ),
            CutLayer("activation_19", "The last feature maps, 960 channels: the usual cut for photos."),
        ),
        **MOBILENET_V3,
    ),
    architecture(
        name="NASNetMobile",
        title="NASNet mobile",
        input_shape=(224, 224, 3),
        constructor="keras.applications:NASNetMobile",
        drawings=_cells(0, 4),
        last_feature_layer="activation_187",
        cut_layers=(
            CutLayer(
                "normal_concat_3",
                "Patterns at an eighth of the size, 264 channels: for data unlike photos.",
                for_other_data=True,
            ),
            CutLayer("normal_concat_8", "Parts of objects at a sixteenth of the size, 528 channels: for small images."),
            CutLayer("activation_187", "The last feature maps, 1,056 channels: the usual cut for photos."),
        ),
        evaluation=Evaluation(256, 224),
        **NASNET,
    ),
    architecture(
        name="NASNetLarge",
        title="NASNet large",
        input_shape=(331, 331, 3),
        constructor="keras.applications:NASNetLarge",
        drawings=_cells(0, 6),
        last_feature_layer="activation_259",
        cut_layers=(
            CutLayer(
                "normal_concat_5",
                "Patterns at an eighth of the size, 1,008 channels: for data unlike photos.",
                for_other_data=True,
            ),
            CutLayer(
                "normal_concat_12", "Parts of objects at a sixteenth of the size, 2,016 channels: for small images."
            ),
            CutLayer("activation_259", "The last feature maps, 4,032 channels: the usual cut for photos."),
        ),
        evaluation=Evaluation(378, 331),
        **NASNET,
    ),
)
