"""Networks for phones: MobileNet, versions 1 to 3."""

from tlcore.zoo.architecture import Architecture, CutLayer, Evaluation, ImagenetWeights

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
    "A width multiplier makes all layers thinner where even less must do.",
    "diagram": "depthwise",
    "preprocessing": "tf",
    "constructor": "keras.applications:MobileNet",
    "last_feature_layer": "conv_pw_13_relu",
    "cut_layers": (
        CutLayer("conv_pw_5_relu", "Patterns at an eighth of the size: for data unlike photos."),
        CutLayer("conv_pw_11_relu", "Parts of objects at a sixteenth of the size: for small photos."),
        CutLayer("conv_pw_13_relu", "The last feature maps: the usual cut for photos."),
    ),
    "blocks": r"^conv_(?:dw|pw|pad)_(\d+)",
}

ROWS = (
    Architecture(
        name="MobileNet",
        title="MobileNet",
        input_shape=(224, 224, 3),
        parameters=4_253_864,
        options={"weights": None},
        imagenet_weights=ImagenetWeights(
            "mobilenet_1_0_{size}_tf.h5", "mobilenet_1_0_{size}_tf_no_top.h5", sizes=(128, 160, 192, 224)
        ),
        top1=70.4,
        top5=89.5,
        **MOBILENET,
    ),
    Architecture(
        name="MobileNet025",
        title="MobileNet, a quarter as wide, 128 pixels",
        input_shape=(128, 128, 3),
        parameters=475_544,
        options={"weights": None, "alpha": 0.25},
        imagenet_weights=ImagenetWeights(
            "mobilenet_2_5_{size}_tf.h5", "mobilenet_2_5_{size}_tf_no_top.h5", sizes=(128, 160, 192, 224)
        ),
        top1=41.5,
        top5=66.3,
        accuracy_note="published with the TensorFlow-Slim checkpoints",
        **MOBILENET | {"evaluation": Evaluation(146, 128)},
    ),
    Architecture(
        name="MobileNetV2",
        title="MobileNetV2",
        year=2018,
        authors="Mark Sandler, Andrew Howard, Menglong Zhu, Andrey Zhmoginov, Liang-Chieh Chen",
        paper="MobileNetV2: Inverted Residuals and Linear Bottlenecks",
        venue="CVPR 2018",
        link="https://arxiv.org/abs/1801.04381",
        idea="Blocks are turned inside out: a 1×1 convolution first widens the maps six times, a cheap depthwise "
        "convolution filters them, and another 1×1 squeezes them again without an activation, so that nothing "
        "is cut off in the narrow place. The short cut joins the narrow ends, which saves memory on a phone.",
        diagram="inverted",
        input_shape=(224, 224, 3),
        parameters=3_538_984,
        preprocessing="tf",
        constructor="keras.applications:MobileNetV2",
        options={"weights": None},
        last_feature_layer="out_relu",
        cut_layers=(
            CutLayer("block_5_add", "Patterns at an eighth of the size, 32 channels: for data unlike photos."),
            CutLayer("block_12_add", "Parts of objects at a sixteenth of the size, 96 channels: for small photos."),
            CutLayer("block_16_project_BN", "Whole-object hints at 1/32 of the size, 320 channels."),
            CutLayer("out_relu", "The last feature maps, 1,280 channels: the usual cut for photos."),
        ),
        blocks=r"^(block_\d+|expanded_conv|Conv1|Conv_1)",
        imagenet_weights=ImagenetWeights(
            "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_{size}.h5",
            "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_{size}_no_top.h5",
            sizes=(96, 128, 160, 192, 224),
        ),
        top1=71.3,
        top5=90.1,
        **IMAGENET,
    ),
)
