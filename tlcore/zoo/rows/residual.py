"""Networks in which a block's input takes a short cut: ResNet and DenseNet."""

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

RESNET_CUTS = (
    CutLayer("conv2_block3_out", "Edges and textures at a quarter of the size, 256 channels."),
    CutLayer("conv3_block4_out", "Patterns at an eighth of the size, 512 channels."),
    CutLayer("conv4_block6_out", "Parts of objects at a sixteenth of the size, 1,024 channels: for small photos."),
    CutLayer("conv5_block3_out", "The last feature maps, 2,048 channels: the usual cut for photos."),
)

ROWS = (
    Architecture(
        name="ResNet50",
        title="ResNet-50",
        parameters=25_636_712,
        constructor="keras.applications:ResNet50",
        last_feature_layer="conv5_block3_out",
        cut_layers=RESNET_CUTS,
        imagenet_weights=_weights("resnet50", "2cb95161c43110f7111970584f804107", "4d473c1dd8becc155b73f8504c6f6626"),
        top1=74.9,
        top5=92.1,
        **RESNET,
    ),
)
