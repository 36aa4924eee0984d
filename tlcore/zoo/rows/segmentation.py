"""Networks that label every pixel: FCN-8s and U-Net."""

from tlcore.zoo.architecture import CutLayer, Drawing
from tlcore.zoo.rows import architecture

# Where the boxes of the drawings stand, (lane, level): down on the left, up on the right, at the same level what joins.
_UNET_PLACES = {"output": (2, 0), "predictions": (2, 1), "input": (0, 1), "bottom_conv2": (1, 10)} | {
    name: place
    for level in (1, 2, 3, 4)
    for name, place in {
        f"down{level}_conv2": (0, 2 * level),
        f"down{level}_pool": (0, 2 * level + 1),
        f"up{level}_concat": (1, 2 * level),
        f"up{level}_conv2": (2, 2 * level),
        f"up{level}_grow": (2, 2 * level + 1),
    }.items()
}
_FCN_PLACES = {
    "input": (0, 0), "block1_conv2": (0, 1), "block1_pool": (0, 2), "block2_conv2": (0, 3), "block2_pool": (0, 4),
    "block3_conv3": (0, 5), "block3_pool": (0, 6), "block4_conv3": (0, 7), "block4_pool": (0, 8),
    "block5_conv3": (0, 9), "block5_pool": (0, 10), "fc6": (0, 11), "fc7": (0, 12), "score_fr": (2, 12),
    "upscore2": (2, 10), "score_pool4": (1, 8), "score_pool4_sum": (2, 8), "upscore_pool4": (2, 7),
    "score_pool3": (1, 6), "score_pool3_sum": (2, 6), "predictions": (2, 4), "output": (2, 2),
}  # fmt: skip

ROWS = (
    architecture(
        name="FCN8s",
        title="FCN-8s",
        family="Fully convolutional",
        year=2014,
        authors="Jonathan Long, Evan Shelhamer, Trevor Darrell",
        paper="Fully Convolutional Networks for Semantic Segmentation",
        venue="CVPR 2015",
        link="https://arxiv.org/abs/1411.4038",
        lesson="VGG-16 made to answer for every pixel: coarse scores are enlarged, and finer ones added on the way.",
        idea="VGG-16 with its dense layers turned into convolutions, so that it gives a map of scores instead of one "
        "answer. The coarse map is enlarged by learned steps, and on the way the scores of two earlier, finer layers "
        "are added to it: summed, where U-Net lays maps side by side. The result has a label for every pixel.",
        note="Each finer source helps less: on PASCAL VOC the mean overlap of labels (IoU) is 59.4 % for FCN-32s, "
        "which uses the last scores alone, 62.4 % for FCN-16s and 62.7 % for FCN-8s. It starts from the trained "
        "VGG-16.",
        drawings=(
            Drawing(
                "The whole network",
                ("input",),
                "predictions",
                "Down on the left as in VGG-16; up on the right the coarse scores "
                "are enlarged ×2, ×2 and ×8, and scores of two finer layers are cropped and added on the way.",
                _FCN_PLACES,
            ),
        ),
        input_shape=(500, 500, 3),
        classes=21,
        preprocessing="unit",
        constructor="tlcore.zoo.builders.fcn:fcn8s",
        minimum_size=32,
        last_feature_layer="fc7",
        cut_layers=(
            CutLayer("block4_pool", "Parts of objects at a sixteenth of the size, 512 channels."),
            CutLayer("fc7", "4,096 channels at 1/32 of the size, each place having seen most of the image."),
        ),
        blocks=r"^(block\d|fc\d|score_fr|score_pool\d|upscore\w+?)(?=_|$)",
        can_be_backbone=False,
        labels_pixels=True,
    ),
    architecture(
        name="UNet",
        title="U-Net",
        family="U-Net",
        year=2015,
        authors="Olaf Ronneberger, Philipp Fischer, Thomas Brox",
        paper="U-Net: Convolutional Networks for Biomedical Image Segmentation",
        venue="MICCAI 2015",
        link="https://arxiv.org/abs/1505.04597",
        lesson="Down to see what is there, up again to say where; at each level fine detail is laid beside.",
        idea="Labels every pixel instead of the whole image. The left side of the U shrinks the maps to see what "
        "is there, the right side grows them again to say where it is. At each level the maps of the left side are "
        "cropped and laid beside those of the right side (concatenated), so that fine detail is not lost. "
        "Convolutions without padding make the 572×572 input a 388×388 output.",
        note="Thirty microscope images were all there was to train on: elastic distortions made more of them, narrow "
        "borders between touching cells weighed more in the loss, and large images were cut into overlapping tiles.",
        drawings=(
            Drawing(
                "The whole network",
                ("input",),
                "predictions",
                "Down on the left with four poolings, up on the right with four "
                "joins: at each level the left side's maps are cropped and laid beside the enlarged ones.",
                _UNET_PLACES,
            ),
        ),
        input_shape=(572, 572, 1),
        classes=2,
        preprocessing="unit",
        constructor="tlcore.zoo.builders.unet:unet",
        minimum_size=188,
        last_feature_layer="bottom_conv2",
        cut_layers=(
            CutLayer("down4_conv2", "Parts of objects at an eighth of the size, 512 channels."),
            CutLayer("bottom_conv2", "The bottom of the U: 1,024 channels at a sixteenth of the size."),
        ),
        blocks=r"^(down\d|bottom|up\d)",
        can_be_backbone=False,
        labels_pixels=True,
    ),
)
