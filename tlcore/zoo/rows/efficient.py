"""Networks scaled by rule: EfficientNet, EfficientNet-Lite, EfficientNetV2 and ConvNeXt."""

from tlcore.zoo.architecture import Architecture, CutLayer, Drawing, Evaluation
from tlcore.zoo.rows import KERAS_TABLE, architecture

IMAGENET = {"classes": 1000, "minimum_size": 32, "preprocessing": "identity"}

_FIRST_BLOCK = Drawing(
    "The first block", ("stem_activation",), "block1a_project_bn", "It is not widened, and there is no shortcut."
)


EFFICIENTNET = IMAGENET | {
    "options": {"weights": None},
    "family": "EfficientNet",
    "year": 2019,
    "authors": "Mingxing Tan, Quoc Le",
    "paper": "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks",
    "venue": "ICML 2019",
    "link": "https://arxiv.org/abs/1905.11946",
    "lesson": "One small network grown by one rule: deeper, wider and with larger photos, all three together.",
    "idea": "A small network (B0, from MobileNetV2's blocks with gates) was found by computer search; the others are "
    "the same one grown by a fixed rule: deeper, wider and with larger images, all three together. Growing only one of "
    "the three soon stops helping. B1 to B7 each need about twice the work of the one before.",
    "diagram": "compound",
    "accuracy_source": KERAS_TABLE,
    "note": "The rule: in each step 1.2 times as deep, 1.1 times as wide, and photos 1.15 times as large. 1.2 · 1.1² "
    "· 1.15² is about 2, so each step doubles the work. Fewer operations are not always less time, as its successor "
    "showed.",
    "drawings": (
        Drawing(
            "A block",
            ("block2a_project_bn",),
            "block2b_add",
            "Widen six times, filter each channel, gate each channel by its average, narrow, and add the input.",
        ),
        _FIRST_BLOCK,
    ),
    "blocks": r"^(stem|block\d[a-z]|top)",
    "last_feature_layer": "top_activation",
}

EFFICIENTNET_V2 = EFFICIENTNET | {
    "family": "EfficientNetV2",
    "year": 2021,
    "paper": "EfficientNetV2: Smaller Models and Faster Training",
    "venue": "ICML 2021",
    "link": "https://arxiv.org/abs/2104.00298",
    "lesson": "EfficientNet made quick to train: ordinary 3×3 convolutions where the maps are large.",
    "idea": "EfficientNet made quick to train. Depthwise convolutions need little arithmetic but keep a processor "
    "waiting in early layers with their large maps, so there the block uses one ordinary 3×3 convolution instead "
    "(fused). Training starts with small images and light augmentation, and both grow together.",
    "note": "It is trained on smaller photos than it is tested on: S on up to 300 pixels, tested at 384. Small "
    "photos are quick.",
    "diagram": "",
    "drawings": (
        Drawing(
            "Early blocks: fused",
            ("block2a_project_bn",),
            "block2b_add",
            "One ordinary 3×3 convolution widens and filters at once; no gate.",
        ),
        Drawing(
            "Late blocks: not fused",
            ("block4a_project_bn",),
            "block4b_add",
            "Widen, filter each channel, gate, narrow, and add the input.",
        ),
    ),
}

LITE = IMAGENET | {
    "family": "EfficientNet",
    "year": 2020,
    "authors": "Renjie Liu, Mingxing Tan and others",
    "paper": "Higher accuracy on vision models with EfficientNet-Lite",
    "venue": "the TensorFlow blog",
    "link": "https://blog.tensorflow.org/2020/03/higher-accuracy-on-vision-models-with-efficientnet-lite.html",
    "lesson": "EfficientNet without what phones are slow at; its weights are installed, so that it always works.",
    "idea": "EfficientNet without what phones are slow at: the gates (squeeze and excite) are gone, and a ReLU that "
    "stops at 6 replaces the swish. It grows by the same rule, but the first and the last layers stay small. Its "
    "pretrained weights are installed with this program, so it always works, even offline.",
    "diagram": "compound",
    "drawings": (
        Drawing(
            "A block",
            ("block2a_project_bn",),
            "block2b_add",
            "EfficientNet's block without its gate: widen six times, filter each channel, narrow, and add the input.",
        ),
        _FIRST_BLOCK,
    ),
    "preprocessing": "lite",
    "constructor": "tlcore.zoo.builders.efficientnet_lite:efficientnet_lite",
    "accuracy_source": "the README of EfficientNet-Lite in TensorFlow's TPU models, without quantization",
    "blocks": r"^(stem|block\d[a-z]|top)",
    "last_feature_layer": "top_activation",
}

CONVNEXT = IMAGENET | {
    "family": "ConvNeXt",
    "year": 2022,
    "authors": "Zhuang Liu, Hanzi Mao, Chao-Yuan Wu, Christoph Feichtenhofer, Trevor Darrell, Saining Xie",
    "paper": "A ConvNet for the 2020s",
    "venue": "CVPR 2022",
    "link": "https://arxiv.org/abs/2201.03545",
    "lesson": "A ResNet modernized step by step, until it matched the transformers.",
    "idea": "A ResNet modernized step by step with what transformers had taught: images cut into 4×4 patches, 7×7 "
    "depthwise filters, wide 1×1 layers inside the block, one smooth activation and one layer normalization instead "
    "of many. A plain convolutional network then matches the transformers.",
    "note": "The new way to train, alone, took ResNet-50 from 76.1 % to 78.8 %, before anything in the design had "
    "changed.",
    "input_shape": (224, 224, 3),
    "blocks": r"(stage_\d_block_\d+|downsampling_block_\d|stem|head)(?=_|$)",
    "evaluation": Evaluation(256, 224),
}


def _compound_cuts(eighth: str, sixteenth: str, channels: int) -> tuple[CutLayer, ...]:
    """Cut layers of a network whose last layers at an eighth and a sixteenth of the input size have these names."""
    return (
        CutLayer(eighth, "Patterns at an eighth of the size: for data unlike photos.", for_other_data=True),
        CutLayer(sixteenth, "Parts of objects at a sixteenth of the size: for small images."),
        CutLayer("top_activation", f"The last feature maps, {channels:,} channels: the usual cut for photos."),
    )


def _lite(name: str, size: int, width: float, depth: float, eighth: str, sixteenth: str) -> Architecture:
    return architecture(
        name=name,
        title=name.replace("Net", "Net-"),
        input_shape=(size, size, 3),
        options={"width": width, "depth": depth},
        cut_layers=_compound_cuts(eighth, sixteenth, 1280),
        evaluation=Evaluation(round(size / 0.875), size),
        **LITE,
    )


def _efficientnet(family: dict, name: str, size: int, channels: int, eighth: str, sixteenth: str) -> Architecture:
    # The official code of version 2 cuts photos only for sizes below 320.
    squashes = family is EFFICIENTNET_V2 and size >= 320
    return architecture(
        name=name,
        title=f"{family['family']}-{name.removeprefix(family['family'])}",
        input_shape=(size, size, 3),
        constructor=f"keras.applications:{name}",
        cut_layers=_compound_cuts(eighth, sixteenth, channels),
        evaluation=Evaluation(size, None) if squashes else Evaluation(size + 32, size),
        **family,
    )


def _convnext(size: str, channels: int, blocks: int) -> Architecture:
    """One size. `blocks` is how many there are in the third stage, at a sixteenth of the input size."""
    name, file = f"ConvNeXt{size}", f"convnext_{size.lower()}"
    third, last = f"{file}_stage_2_block_{blocks - 1}_add", f"{file}_stage_3_block_2_add"
    large = size in ("Base", "Large", "XLarge")
    return architecture(
        name=name,
        title=f"ConvNeXt {size.lower()}",
        constructor="tlcore.zoo.builders.convnext:convnext",
        options={"variant": name, "weights": None},
        accuracy_source=f"{KERAS_TABLE}; no top-5 is given",
        also_saw="ImageNet-21k" if large else "",
        drawings=(
            Drawing(
                "A block",
                (f"{file}_stage_0_block_0_add",),
                f"{file}_stage_0_block_1_add",
                "Filter each channel in a wide "
                "window, widen four times, narrow, scale, and add the input; one normalization and one activation.",
            ),
        ),
        last_feature_layer=last,
        cut_layers=(
            CutLayer(
                f"{file}_stage_1_block_2_add",
                "Patterns at an eighth of the size: for data unlike photos.",
                for_other_data=True,
            ),
            CutLayer(third, "Parts of objects at a sixteenth of the size: for small images."),
            CutLayer(last, f"The last feature maps, {channels:,} channels: the usual cut for photos."),
        ),
        **CONVNEXT,
    )


ROWS = (
    _lite("EfficientNetLite0", 224, 1.0, 1.0, "block3b_add", "block5c_add"),
    _lite("EfficientNetLite1", 240, 1.0, 1.1, "block3c_add", "block5d_add"),
    _lite("EfficientNetLite2", 260, 1.1, 1.2, "block3c_add", "block5d_add"),
    _efficientnet(EFFICIENTNET, "EfficientNetB0", 224, 1280, "block3b_add", "block5c_add"),
    _efficientnet(EFFICIENTNET, "EfficientNetB1", 240, 1280, "block3c_add", "block5d_add"),
    _efficientnet(EFFICIENTNET, "EfficientNetB2", 260, 1408, "block3c_add", "block5d_add"),
    _efficientnet(EFFICIENTNET, "EfficientNetB3", 300, 1536, "block3c_add", "block5e_add"),
    _efficientnet(EFFICIENTNET, "EfficientNetB4", 380, 1792, "block3d_add", "block5f_add"),
    _efficientnet(EFFICIENTNET, "EfficientNetB5", 456, 2048, "block3e_add", "block5g_add"),
    _efficientnet(EFFICIENTNET, "EfficientNetB6", 528, 2304, "block3f_add", "block5h_add"),
    _efficientnet(EFFICIENTNET, "EfficientNetB7", 600, 2560, "block3g_add", "block5j_add"),
    _efficientnet(EFFICIENTNET_V2, "EfficientNetV2B0", 224, 1280, "block3b_add", "block5e_add"),
    _efficientnet(EFFICIENTNET_V2, "EfficientNetV2B1", 240, 1280, "block3c_add", "block5f_add"),
    _efficientnet(EFFICIENTNET_V2, "EfficientNetV2B2", 260, 1408, "block3c_add", "block5f_add"),
    _efficientnet(EFFICIENTNET_V2, "EfficientNetV2B3", 300, 1536, "block3c_add", "block5g_add"),
    _efficientnet(EFFICIENTNET_V2, "EfficientNetV2S", 384, 1280, "block3d_add", "block5i_add"),
    _efficientnet(EFFICIENTNET_V2, "EfficientNetV2M", 480, 1280, "block3e_add", "block5n_add"),
    _efficientnet(EFFICIENTNET_V2, "EfficientNetV2L", 480, 1280, "block3g_add", "block5s_add"),
    _convnext("Tiny", 768, 9),
    _convnext("Small", 768, 27),
    _convnext("Base", 1024, 27),
    _convnext("Large", 1536, 27),
    _convnext("XLarge", 2048, 27),
)
