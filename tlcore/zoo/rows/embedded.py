"""The small pretrained network that comes with this project."""

from tlcore.zoo.architecture import Architecture, CutLayer

NAME = "EmbeddedResNet"

ROWS = (
    Architecture(
        name=NAME,
        title="Embedded ResNet",
        family="ResNet",
        year=2015,
        authors="this project, after Kaiming He and others",
        paper="Deep Residual Learning for Image Recognition",
        venue="CVPR 2016",
        link="https://arxiv.org/abs/1512.03385",
        idea="The pretrained network that comes with this project, so that everything works without network: a stem "
        "and three residual blocks for small photos. Each block halves the photo, learns what to add to its input, and "
        "adds it. Its short cuts average four pixels before a 1×1 convolution, so that none is thrown away. "
        "Nobody published it: its design follows ResNet, and its weights were trained for this project.",
        diagram="skip",
        input_shape=(64, 64, 3),
        classes=200,
        parameters=1_895_464,
        preprocessing="identity",
        constructor="tlcore.embedded.network:build_network",
        minimum_size=32,
        size_step=16,
        last_feature_layer="stage3_out",
        cut_layers=(
            CutLayer("stem_relu", "Edges and colours at half the size, 32 channels."),
            CutLayer("stage1_out", "Textures at a quarter of the size, 64 channels."),
            CutLayer(
                "stage2_out",
                "Patterns at an eighth of the size, 160 channels: for data unlike photos.",
                for_other_data=True,
            ),
            CutLayer("stage3_out", "The last feature maps, 320 channels: the usual cut for photos."),
        ),
        blocks=r"^(stem|stage\d)",
        embedded_weights=True,
    ),
)
