"""The first convolutional networks: LeNet-5 and AlexNet."""

from tlcore.zoo.architecture import Architecture, CutLayer

ROWS = (
    Architecture(
        name="LeNet5",
        title="LeNet-5",
        family="LeNet",
        year=1998,
        authors="Yann LeCun, Léon Bottou, Yoshua Bengio, Patrick Haffner",
        paper="Gradient-Based Learning Applied to Document Recognition",
        venue="Proceedings of the IEEE",
        link="https://doi.org/10.1109/5.726791",
        idea="Small filters slide over the picture and share their weights, so that a stroke is found wherever it "
        "stands; averaging between them makes the maps smaller; everything is learned from examples, nothing is "
        "designed by hand. It read the digits on bank cheques. Here every filter of the third layer sees all six "
        "maps (61,706 parameters); the original connected only some of them (60,000).",
        diagram="lenet",
        input_shape=(32, 32, 1),
        classes=10,
        parameters=61_706,
        preprocessing="unit",
        constructor="tlcore.zoo.builders.lenet:lenet5",
        minimum_size=32,
        last_feature_layer="S4",
        cut_layers=(
            CutLayer("S2", "Six maps of simple strokes at half the size."),
            CutLayer("S4", "Sixteen maps of combined strokes at a quarter of the size."),
            CutLayer("F6", "84 numbers for the whole picture."),
        ),
        blocks=r"^[CSF](\d)$",
    ),
)
