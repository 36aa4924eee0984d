"""VGG: nothing but 3×3 convolutions, stacked deeper and deeper."""

from tlcore.zoo.architecture import Architecture, CutLayer, Evaluation, ImagenetWeights

FAMILY = {
    "family": "VGG",
    "year": 2014,
    "authors": "Karen Simonyan, Andrew Zisserman",
    "paper": "Very Deep Convolutional Networks for Large-Scale Image Recognition",
    "venue": "ICLR 2015",
    "link": "https://arxiv.org/abs/1409.1556",
    "idea": "Only small 3×3 filters, stacked. Two of them see as much as one 5×5 filter and three as much as "
    "one 7×7, with fewer weights and more non-linear steps in between. Depth alone made the network better. "
    "Most of its weights sit in the first dense layer, not in the convolutions.",
    "diagram": "stack",
    "input_shape": (224, 224, 3),
    "classes": 1000,
    "minimum_size": 32,
    "last_feature_layer": "block5_pool",
    "cut_layers": (
        CutLayer(
            "block2_pool", "Edges and textures at a quarter of the size: for data unlike photos.", for_other_data=True
        ),
        CutLayer("block3_pool", "Patterns and small parts at an eighth of the size."),
        CutLayer("block4_pool", "Parts of objects at a sixteenth of the size: for small photos."),
        CutLayer("block5_pool", "The last feature maps, 512 channels: the usual cut for photos."),
        CutLayer("fc2", "4,096 numbers for the whole photo: a ready summary, only at the original size."),
    ),
    "blocks": r"^(block\d+)",
    "evaluation": Evaluation(256, 224),
    "own_head_from_scratch": True,
}
OWN = FAMILY | {
    "preprocessing": "unit",
    "constructor": "tlcore.zoo.builders.vgg:vgg",
    "accuracy_note": "the paper, table 3, at one test scale",
}
KERAS = FAMILY | {"preprocessing": "caffe", "options": {"weights": None}}


def _weights(name: str, full_digest: str, no_top_digest: str) -> ImagenetWeights:
    return ImagenetWeights(
        full=f"{name}_weights_tf_dim_ordering_tf_kernels.h5",
        no_top=f"{name}_weights_tf_dim_ordering_tf_kernels_notop.h5",
        full_digest=full_digest,
        no_top_digest=no_top_digest,
    )


ROWS = (
    Architecture(
        name="VGG11",
        title="VGG-11",
        multiply_adds=7_610_000_000,
        multiply_adds_source="the documentation of torchvision's weights",
        parameters=132_863_336,
        options={"convolutions": (1, 1, 2, 2, 2)},
        top1=70.4,
        top5=89.6,
        **OWN,
    ),
    Architecture(
        name="VGG13",
        title="VGG-13",
        multiply_adds=11_310_000_000,
        multiply_adds_source="the documentation of torchvision's weights",
        parameters=133_047_848,
        options={"convolutions": (2, 2, 2, 2, 2)},
        top1=71.3,
        top5=90.1,
        **OWN,
    ),
    Architecture(
        name="VGG16",
        title="VGG-16",
        multiply_adds=15_470_000_000,
        multiply_adds_source="the documentation of torchvision's weights",
        parameters=138_357_544,
        constructor="keras.applications:VGG16",
        imagenet_weights=_weights("vgg16", "64373286793e3c8b2b4e3219cbf3544b", "6d6bbae143d832006294945121d1f1fc"),
        top1=71.3,
        top5=90.1,
        **KERAS,
    ),
    Architecture(
        name="VGG19",
        title="VGG-19",
        multiply_adds=19_630_000_000,
        multiply_adds_source="the documentation of torchvision's weights",
        parameters=143_667_240,
        constructor="keras.applications:VGG19",
        imagenet_weights=_weights("vgg19", "cbe5617147190e668d6c5d5026f83318", "253f8cb515780f3b799900260a226db6"),
        top1=71.3,
        top5=90.0,
        **KERAS,
    ),
)
