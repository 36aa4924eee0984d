"""Networks in which a block's input takes a shortcut: the smallest one, ResNet and DenseNet."""

from tlcore.zoo.architecture import CutLayer, Drawing, Evaluation
from tlcore.zoo.rows import KERAS_TABLE, architecture

IMAGENET = {
    "input_shape": (224, 224, 3),
    "classes": 1000,
    "minimum_size": 32,
    "options": {"weights": None},
    "evaluation": Evaluation(256, 224),
    "accuracy_source": KERAS_TABLE,
}

RESNET = IMAGENET | {
    "family": "ResNet",
    "year": 2015,
    "authors": "Kaiming He, Xiangyu Zhang, Shaoqing Ren, Jian Sun",
    "paper": "Deep Residual Learning for Image Recognition",
    "venue": "CVPR 2016",
    "link": "https://arxiv.org/abs/1512.03385",
    "lesson": "Each block learns only what to add to its input, so that hundreds of layers can be trained.",
    "idea": "Each block learns only what to add to its input: a shortcut carries the input around the block and "
    "the two are summed. If a block has nothing to add it can output zero, and the gradient always has a straight "
    "way back. So hundreds of layers can be trained where plain stacks got worse.",
    "note": "A plain network of 56 layers had a higher error than one of 20, and already on the training images: it "
    "did not learn too much by heart, it was hard to train. Shortcuts mend just that.",
    "drawings": (
        Drawing(
            "A block (bottleneck)",
            ("conv3_block1_out",),
            "conv3_block2_out",
            "A 1×1 convolution narrows the maps, a 3×3 "
            "filters them, a 1×1 widens them; the input goes around and is added: only the difference is learned.",
        ),
        Drawing(
            "The first block of a stage",
            ("conv2_block3_out",),
            "conv3_block1_out",
            "The shape changes, so the shortcut has "
            "a 1×1 convolution too. Stride 2 stands in the first 1×1, as in the paper; torchvision has it in the 3×3.",
        ),
    ),
    "preprocessing": "caffe",
    "blocks": r"^(conv\d_block\d+|conv1|pool1)",
}

RESNET_V2 = RESNET | {
    "year": 2016,
    "paper": "Identity Mappings in Deep Residual Networks",
    "venue": "ECCV 2016",
    "link": "https://arxiv.org/abs/1603.05027",
    "lesson": "Normalize and activate before each convolution, and the shortcuts run free through a whole stage.",
    "idea": "ResNet with the steps of a block in another order: normalization and activation come before each "
    "convolution instead of after it. Within a stage nothing stands in the way of the shortcuts anymore: the input "
    "of its second block reaches its last one unchanged, and the gradient the other way. Only where a stage begins, "
    "and where it halves its maps, does the shortcut change them.",
    "note": "In this order even 1,001 layers could be trained, to 4.62 % error on the small photos of CIFAR-10.",
    "drawings": (
        Drawing(
            "A block",
            ("conv3_block1_out",),
            "conv3_block2_out",
            "Normalization and ReLU come before each convolution, and nothing comes after the sum.",
        ),
        Drawing(
            "The first block of a stage",
            ("conv2_block3_out",),
            "conv3_block1_out",
            "A 1×1 convolution in the shortcut changes the number of channels.",
        ),
        Drawing(
            "The last block of a stage",
            ("conv2_block2_out",),
            "conv2_block3_out",
            "In Keras the maps are halved here, "
            "by a stride in the 3×3 and by keeping every second value in the shortcut.",
        ),
    ),
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
    "lesson": "Every layer of a block sees all maps before it, so that each has to add only a few.",
    "idea": "Every layer of a block sees the maps of all layers before it, laid side by side (concatenated, not "
    "summed). Each adds only 32 new maps, since nothing has to be learned twice. So it needs a third of ResNet's "
    "parameters for the same accuracy, but more memory.",
    "note": "Each layer adds k = 32 maps (the growth rate). Its 1×1 convolution first narrows all that has piled up to "
    "4k = 128 maps, and the transition between two blocks halves the number of channels and the side of the maps.",
    "drawings": (
        Drawing(
            "One layer of a block",
            ("conv2_block1_concat",),
            "conv2_block2_concat",
            "What comes in is kept, and 32 new maps are laid beside it.",
        ),
        Drawing(
            "Three layers in a row",
            ("pool1",),
            "conv2_block3_concat",
            "So each layer sees the maps of all before it.",
        ),
        Drawing(
            "The transition to the next block",
            ("conv2_block6_concat",),
            "pool2_pool",
            "Half the channels, half the side.",
        ),
    ),
    "preprocessing": "torch",
    "blocks": r"^(conv\d_block\d+|pool\d|conv1)",
    "last_feature_layer": "relu",
}

SMALLEST = {
    "family": "ResNet",
    "year": 2015,
    "authors": "after Kaiming He and others",
    "paper": "Deep Residual Learning for Image Recognition",
    "venue": "CVPR 2016",
    "link": "https://arxiv.org/abs/1512.03385",
    "drawings": (
        Drawing(
            "The whole network",
            ("input",),
            "predictions",
            "The input goes around two convolutions and is added: they learn only the difference.",
        ),
    ),
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
            "Parts of objects at a sixteenth of the size, 1,024 channels: for small images.",
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
            "Parts of objects at a sixteenth of the size, 1,024 channels: for small images.",
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
        CutLayer(f"conv4_block{fourth}_concat", "Parts of objects at a sixteenth of the size: for small images."),
        CutLayer("relu", f"The last feature maps, {last:,} channels: the usual cut for photos."),
    )


ROWS = (
    architecture(
        name="residual_net",
        title="Residual net (the course's)",
        lesson="A shortcut is nothing but a sum: what came in, plus what two convolutions made of it.",
        idea="Two 3×3 convolutions with 32 filters, and the input added to their result: all there is to a "
        "shortcut. As it stands the sum needs an input with 32 channels, or with one, which is then added to "
        "each of the 32; a color image with three does not fit.",
        input_shape=(28, 28, 1),
        constructor="tlcore.zoo.builders.residual_net:residual_net",
        **SMALLEST,
    ),
    architecture(
        name="residual_net_projection",
        title="Residual net (the course's), projected",
        lesson="Where the number of channels changes, a 1×1 convolution in the shortcut makes the sum possible.",
        idea="The same two convolutions, with a 1×1 convolution in the shortcut that turns any number of channels "
        "into 32. So it takes color images, and shows what ResNet does where the number of channels changes.",
        input_shape=(32, 32, 3),
        constructor="tlcore.zoo.builders.residual_net:residual_net",
        options={"projection": True},
        **SMALLEST,
    ),
    architecture(
        name="ResNet50",
        title="ResNet-50",
        constructor="keras.applications:ResNet50",
        last_feature_layer="conv5_block3_out",
        cut_layers=_resnet_cuts(4, 6),
        **RESNET,
    ),
    architecture(
        name="ResNet101",
        title="ResNet-101",
        constructor="keras.applications:ResNet101",
        last_feature_layer="conv5_block3_out",
        cut_layers=_resnet_cuts(4, 23),
        **RESNET,
    ),
    architecture(
        name="ResNet152",
        title="ResNet-152",
        constructor="keras.applications:ResNet152",
        last_feature_layer="conv5_block3_out",
        cut_layers=_resnet_cuts(8, 36),
        **RESNET,
    ),
    architecture(
        name="ResNet50V2",
        title="ResNet-50 V2",
        constructor="keras.applications:ResNet50V2",
        cut_layers=_resnet_v2_cuts(4, 6),
        **RESNET_V2,
    ),
    architecture(
        name="ResNet101V2",
        title="ResNet-101 V2",
        constructor="keras.applications:ResNet101V2",
        cut_layers=_resnet_v2_cuts(4, 23),
        **RESNET_V2,
    ),
    architecture(
        name="ResNet152V2",
        title="ResNet-152 V2",
        constructor="keras.applications:ResNet152V2",
        cut_layers=_resnet_v2_cuts(8, 36),
        **RESNET_V2,
    ),
    architecture(
        name="DenseNet121",
        title="DenseNet-121",
        constructor="keras.applications:DenseNet121",
        cut_layers=_densenet_cuts(24, 1024),
        **DENSENET,
    ),
    architecture(
        name="DenseNet169",
        title="DenseNet-169",
        constructor="keras.applications:DenseNet169",
        cut_layers=_densenet_cuts(32, 1664),
        **DENSENET,
    ),
    architecture(
        name="DenseNet201",
        title="DenseNet-201",
        constructor="keras.applications:DenseNet201",
        cut_layers=_densenet_cuts(48, 1920),
        **DENSENET,
    ),
)
