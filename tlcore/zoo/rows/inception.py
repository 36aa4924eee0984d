"""Networks with parallel branches: GoogLeNet, InceptionV3, InceptionResNetV2 and Xception."""

from tlcore.zoo.architecture import Architecture, CutLayer, Evaluation, ImagenetWeights

IMAGENET = {
    "family": "Inception",
    "input_shape": (299, 299, 3),
    "classes": 1000,
    "preprocessing": "tf",
    "options": {"weights": None},
    "evaluation": Evaluation(342, 299),
}

ROWS = (
    Architecture(
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
        parameters=23_851_784,
        constructor="keras.applications:InceptionV3",
        minimum_size=75,
        last_feature_layer="mixed10",
        cut_layers=(
            CutLayer("mixed2", "Patterns at an eighth of the size, 288 channels: for data unlike photos."),
            CutLayer(
                "mixed7",
                "Parts of objects at a sixteenth of the size, 768 channels: 7×7 for a 150-pixel photo, "
                "so the usual cut for small photos.",
            ),
            CutLayer("mixed10", "The last feature maps, 2,048 channels: for large photos like ImageNet's."),
        ),
        blocks=r"^(mixed\d+|mixed9_\d|max_pooling2d\w*|avg_pool|predictions)$",
        blocks_close=True,
        imagenet_weights=ImagenetWeights(
            full="inception_v3_weights_tf_dim_ordering_tf_kernels.h5",
            no_top="inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5",
            full_digest="9a0d58056eeedaa3f26cb7ebd46da564",
            no_top_digest="bcbd6486424b2319ff4ef7d526e38f63",
        ),
        top1=77.9,
        top5=93.7,
        **IMAGENET,
    ),
)
