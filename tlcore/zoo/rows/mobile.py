"""Networks for phones: MobileNet, versions 1 to 3, and the searched NASNet with its large sister."""

from tlcore.zoo.architecture import CutLayer, Evaluation
from tlcore.zoo.rows import architecture

IMAGENET = {
    "family": "MobileNet",
    "classes": 1000,
    "minimum_size": 32,
    "evaluation": Evaluation(256, 224),
}

MOBILENET = IMAGENET | {
    "year": 2017,
    "authors": "Andrew Howard and others",
    "paper": "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications",
    "venue": "arXiv",
    "link": "https://arxiv.org/abs/1704.04861",
    "idea": "A convolution is split in two: first every channel is filtered on its own (depthwise), then a 1×1 "
    "convolution mixes the channels (pointwise). Almost the same result for an eighth to a ninth of the work. "
    "A width multiplier makes all layers thinner where even less work is affordable.",
    "diagram": "depthwise",
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
    "idea": "MobileNetV2's blocks, with two additions: a small gate looks at the average of every channel and turns "
    "channels up or down (squeeze and excite), and a cheaper activation, the hard swish. A computer search chose the "
    "size of each layer by measuring the time on a real phone.",
    "diagram": "squeeze",
    "input_shape": (224, 224, 3),
    "preprocessing": "identity",
    "options": {"weights": None},
    "blocks": r"^(expanded_conv(?:_\d+)?|conv_1|conv)(?=_|$)",
    "accuracy_note": "the documentation of Keras' MobileNetV3; no top-5 is given",
}

NASNET = {
    "family": "NASNet",
    "year": 2017,
    "authors": "Barret Zoph, Vijay Vasudevan, Jonathon Shlens, Quoc Le",
    "paper": "Learning Transferable Architectures for Scalable Image Recognition",
    "venue": "CVPR 2018",
    "link": "https://arxiv.org/abs/1707.07012",
    "idea": "No person designed its blocks: a second network proposed thousands of them, each was trained on small "
    "images, and the proposer learned from the results. The best block, a tangle of separable convolutions and "
    "poolings, is then stacked as often as the budget allows: a few times for a phone, many times for a server.",
    "diagram": "search",
    "classes": 1000,
    "minimum_size": 32,
    "preprocessing": "tf",
    "options": {"weights": None},
    "blocks": r"^(?!activation|zero_padding|add_|cropping|concatenate).*?_(stem_\d|reduce_\d+|\d+)$",
}

ROWS = (
    architecture(
        name="MobileNet",
        title="MobileNet",
        input_shape=(224, 224, 3),
        options={"weights": None},
        **MOBILENET,
    ),
    architecture(
        name="MobileNet025",
        title="MobileNet, quarter width, 128 pixels",
        input_shape=(128, 128, 3),
        options={"weights": None, "alpha": 0.25},
        accuracy_note="published with the TensorFlow-Slim checkpoints",
        **MOBILENET | {"evaluation": Evaluation(146, 128)},
    ),
    architecture(
        name="MobileNetV2",
        title="MobileNetV2",
        year=2018,
        authors="Mark Sandler, Andrew Howard, Menglong Zhu, Andrey Zhmoginov, Liang-Chieh Chen",
        paper="MobileNetV2: Inverted Residuals and Linear Bottlenecks",
        venue="CVPR 2018",
        link="https://arxiv.org/abs/1801.04381",
        idea="Blocks are turned inside out: a 1×1 convolution first widens the maps six times, a cheap depthwise "
        "convolution filters them, and another 1×1 squeezes them again without an activation, so that nothing "
        "is cut off in the narrow place. The shortcut joins the narrow ends, which saves memory on a phone.",
        diagram="inverted",
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
