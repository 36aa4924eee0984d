"""Networks that label every pixel: FCN-8s and U-Net."""

from tlcore.zoo.architecture import CutLayer
from tlcore.zoo.rows import architecture

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
        idea="VGG-16 with its dense layers turned into convolutions, so that it gives a map of scores instead of one "
        "answer. The coarse map is enlarged by learned steps, and on the way the scores of two earlier, finer layers "
        "are added to it: summed, where U-Net lays maps side by side. The result has a label for every pixel.",
        diagram="fcn",
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
        idea="Labels every pixel instead of the whole image. The left side of the U shrinks the maps to see what "
        "is there, the right side grows them again to say where it is. At each level the maps of the left side are "
        "cropped and laid beside those of the right side (concatenated), so that fine detail is not lost. "
        "Convolutions without padding make the 572×572 input a 388×388 output.",
        diagram="unet",
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
