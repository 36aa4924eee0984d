"""Networks in which a block's input takes a short cut: the smallest one, ResNet and DenseNet."""

from tlcore.zoo.architecture import Architecture, CutLayer, Evaluation, ImagenetWeights


def _weights(name: str, full_digest: str, no_top_digest: str) -> ImagenetWeights:
    return ImagenetWeights(
        full=f"{name}_weights_tf_dim_ordering_tf_kernels.h5",
        no_top=f"{name}_weights_tf_dim_ordering_tf_kernels_notop.h5",
        full_digest=full_digest,
        no_top_digest=no_top_digest,
    )


IMAGENET = {
    "input_shape": (224, 224, 3),
    "classes": 1000,
    "minimum_size": 32,
    "options": {"weights": None},
    "evaluation": Evaluation(256, 224),
}

RESNET = IMAGENET | {
    "family": "ResNet",
    "year": 2015,
    "authors": "Kaiming He, Xiangyu Zhang, Shaoqing Ren, Jian Sun",
    "paper": "Deep Residual Learning for Image Recognition",
    "venue": "CVPR 2016",
    "link": "https://arxiv.org/abs/1512.03385",
    "idea": "Each block learns only what to add to its input: a short cut carries the input around the block and "
    "the two are summed. If a block has nothing to add it can output zero, and the gradient always has a straight "
    "way back. So hundreds of layers can be trained where plain stacks got worse.",
    "diagram": "skip",
    "preprocessing": "caffe",
    "blocks": r"^(conv\d_block\d+|conv1|pool1)",
}

RESNET_V2 = RESNET | {
    "year": 2016,
    "paper": "Identity Mappings in Deep Residual Networks",
    "venue": "ECCV 2016",
    "link": "https://arxiv.org/abs/1603.05027",
    "idea": "ResNet with the steps of a block in another order: normalization and activation come before each "
    "convolution instead of after it. Nothing stands in the way of the short cuts any more, so that the input of the "
    "first block reaches the last one unchanged, and the gradient the other way.",
    "preprocessing": "tf",
    "last_feature_layer": "post_relu",
}

DENSENET = IMAGENET | {
    "family": "DenseNet",
    "year": 2016,
    "authors": "Gao Huang, Zhuang Liu, Laurens van der Maaten, Kilian Weinberger",
    "paper": "Densely Connected Convolutional Networks",
    "venue": "CVPR 2017",
    "link": "https://arxiv.org/abs/1608.06993",
    "idea": "Every layer of a block sees the maps of all layers before it, laid side by side (concatenated, not "
    "summed). Each adds only 32 new maps, since nothing has to be learned twice. So it needs a third of ResNet's "
    "parameters for the same accuracy, but more memory.",
    "diagram": "dense",
    "preprocessing": "torch",
    "blocks": r"^(conv\d_block\d+|pool\d|conv1)",
    "last_feature_layer": "relu",
}

SKIP = {
    "family": "ResNet",
    "year": 2015,
    "authors": "after Kaiming He and others",
    "paper": "Deep Residual Learning for Image Recognition",
    "venue": "CVPR 2016",
    "link": "https://arxiv.org/abs/1512.03385",
    "diagram": "skip",
    "classes": 10,
    "preprocessing": "unit",
    "minimum_size": 2,
    "last_feature_layer": "pool",
    "cut_layers": (
        CutLayer("add", "The sum of the input and what two convolutions add to it, 32 channels at full size."),
        CutLayer("pool", "The same at half the size: the usual cut."),
    ),
    "blocks": r"^(conv|projection|add|pool)",
    "can_be_backbone": False,
    "own_head_from_scratch": True,
}


def _resnet_cuts(third: int, fourth: int) -> tuple[CutLayer, ...]:
    """Cut layers of a ResNet whose stages 3 and 4 have that many blocks."""
    return (
        CutLayer("conv2_block3_out", "Edges and textures at a quarter of the size, 256 channels."),
        CutLayer(
            f"conv3_block{third}_out",
            "Patterns at an eighth of the size, 512 channels: for data unlike photos.",
            for_other_data=True,
        ),
        CutLayer(
            f"conv4_block{fourth}_out",
            "Parts of objects at a sixteenth of the size, 1,024 channels: for small photos.",
        ),
        CutLayer("conv5_block3_out", "The last feature maps, 2,048 channels: the usual cut for photos."),
    )


def _resnet_v2_cuts(third: int, fourth: int) -> tuple[CutLayer, ...]:
    """The same for version 2, where the last block of a stage already halves the maps."""
    return (
        CutLayer("conv2_block2_out", "Edges and textures at a quarter of the size, 256 channels."),
        CutLayer(
            f"conv3_block{third - 1}_out",
            "Patterns at an eighth of the size, 512 channels: for data unlike photos.",
            for_other_data=True,
        ),
        CutLayer(
            f"conv4_block{fourth - 1}_out",
            "Parts of objects at a sixteenth of the size, 1,024 channels: for small photos.",
        ),
        CutLayer("post_relu", "The last feature maps, 2,048 channels: the usual cut for photos."),
    )


def _densenet_cuts(fourth: int, last: int) -> tuple[CutLayer, ...]:
    """Cut layers of a DenseNet with that many layers in its fourth stage and channels at its end."""
    return (
        CutLayer("conv2_block6_concat", "Edges and textures at a quarter of the size, 256 channels."),
        CutLayer(
            "conv3_block12_concat",
            "Patterns at an eighth of the size, 512 channels: for data unlike photos.",
            for_other_data=True,
        ),
        CutLayer(f"conv4_block{fourth}_concat", "Parts of objects at a sixteenth of the size: for small photos."),
        CutLayer("relu", f"The last feature maps, {last:,} channels: the usual cut for photos."),
    )


ROWS = (
    Architecture(
        name="SkipNet",
        title="Smallest skip network",
        idea="Two 3×3 convolutions with 32 filters, and the input added to their result: all there is to a skip "
        "connection. As it stands the sum needs an input with 32 channels, or with one, which is then added to "
        "each of the 32; a colour photo with three does not fit.",
        input_shape=(28, 28, 1),
        parameters=411_690,
        constructor="tlcore.zoo.builders.skipnet:skipnet",
        **SKIP,
    ),
    Architecture(
        name="SkipNetProjection",
        title="Smallest skip network, projected",
        idea="The same two convolutions, with a 1×1 convolution in the short cut that turns any number of channels "
        "into 32. So it takes colour photos, and shows what ResNet does where the number of channels changes.",
        input_shape=(32, 32, 3),
        parameters=535_274,
        constructor="tlcore.zoo.builders.skipnet:skipnet",
        options={"projection": True},
        **SKIP,
    ),
    Architecture(
        name="ResNet50",
        title="ResNet-50",
        parameters=25_636_712,
        constructor="keras.applications:ResNet50",
        last_feature_layer="conv5_block3_out",
        cut_layers=_resnet_cuts(4, 6),
        imagenet_weights=_weights("resnet50", "2cb95161c43110f7111970584f804107", "4d473c1dd8becc155b73f8504c6f6626"),
        top1=74.9,
        top5=92.1,
        **RESNET,
    ),
    Architecture(
        name="ResNet101",
        title="ResNet-101",
        multiply_adds=7_600_000_000,
        multiply_adds_source="the paper",
        parameters=44_707_176,
        constructor="keras.applications:ResNet101",
        last_feature_layer="conv5_block3_out",
        cut_layers=_resnet_cuts(4, 23),
        imagenet_weights=_weights("resnet101", "f1aeb4b969a6efcfb50fad2f0c20cfc5", "88cf7a10940856eca736dc7b7e228a21"),
        top1=76.4,
        top5=92.8,
        **RESNET,
    ),
    Architecture(
        name="ResNet152",
        title="ResNet-152",
        multiply_adds=11_300_000_000,
        multiply_adds_source="the paper",
        parameters=60_419_944,
        constructor="keras.applications:ResNet152",
        last_feature_layer="conv5_block3_out",
        cut_layers=_resnet_cuts(8, 36),
        imagenet_weights=_weights("resnet152", "100835be76be38e30d865e96f2aaae62", "ee4c566cf9a93f14d82f913c2dc6dd0c"),
        top1=76.6,
        top5=93.1,
        **RESNET,
    ),
    Architecture(
        name="ResNet50V2",
        title="ResNet-50 V2",
        parameters=25_613_800,
        constructor="keras.applications:ResNet50V2",
        cut_layers=_resnet_v2_cuts(4, 6),
        imagenet_weights=_weights("resnet50v2", "3ef43a0b657b3be2300d5770ece849e0", "fac2f116257151a9d068a22e544a4917"),
        top1=76.0,
        top5=93.0,
        **RESNET_V2,
    ),
    Architecture(
        name="ResNet101V2",
        title="ResNet-101 V2",
        parameters=44_675_560,
        constructor="keras.applications:ResNet101V2",
        cut_layers=_resnet_v2_cuts(4, 23),
        imagenet_weights=_weights(
            "resnet101v2", "6343647c601c52e1368623803854d971", "c0ed64b8031c3730f411d2eb4eea35b5"
        ),
        top1=77.2,
        top5=93.8,
        **RESNET_V2,
    ),
    Architecture(
        name="ResNet152V2",
        title="ResNet-152 V2",
        parameters=60_380_648,
        constructor="keras.applications:ResNet152V2",
        cut_layers=_resnet_v2_cuts(8, 36),
        imagenet_weights=_weights(
            "resnet152v2", "a49b44d1979771252814e80f8ec446f9", "ed17cf2e0169df9d443503ef94b23b33"
        ),
        top1=78.0,
        top5=94.2,
        **RESNET_V2,
    ),
    Architecture(
        name="DenseNet121",
        title="DenseNet-121",
        multiply_adds=2_830_000_000,
        multiply_adds_source="the documentation of torchvision's weights",
        parameters=8_062_504,
        constructor="keras.applications:DenseNet121",
        cut_layers=_densenet_cuts(24, 1024),
        imagenet_weights=_weights(
            "densenet121", "9d60b8095a5708f2dcce2bca79d332c7", "30ee3e1110167f948a6b9946edeeb738"
        ),
        top1=75.0,
        top5=92.3,
        **DENSENET,
    ),
    Architecture(
        name="DenseNet169",
        title="DenseNet-169",
        multiply_adds=3_360_000_000,
        multiply_adds_source="the documentation of torchvision's weights",
        parameters=14_307_880,
        constructor="keras.applications:DenseNet169",
        cut_layers=_densenet_cuts(32, 1664),
        imagenet_weights=_weights(
            "densenet169", "d699b8f76981ab1b30698df4c175e90b", "b8c4d4c20dd625c148057b9ff1c1176b"
        ),
        top1=76.2,
        top5=93.2,
        **DENSENET,
    ),
    Architecture(
        name="DenseNet201",
        title="DenseNet-201",
        multiply_adds=4_290_000_000,
        multiply_adds_source="the documentation of torchvision's weights",
        parameters=20_242_984,
        constructor="keras.applications:DenseNet201",
        cut_layers=_densenet_cuts(48, 1920),
        imagenet_weights=_weights(
            "densenet201", "1ceb130c1ea1b78c3bf6114dbdfd8807", "c13680b51ded0fb44dff2d8f86ac8bb1"
        ),
        top1=77.3,
        top5=93.6,
        **DENSENET,
    ),
)
