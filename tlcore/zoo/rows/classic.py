"""The first convolutional networks, LeNet-5 and AlexNet."""

from tlcore.zoo.architecture import CutLayer, Evaluation
from tlcore.zoo.rows import architecture

ROWS = (
    architecture(
        name="LeNet5",
        title="LeNet-5",
        family="LeNet",
        year=1998,
        authors="Yann LeCun, Léon Bottou, Yoshua Bengio, Patrick Haffner",
        paper="Gradient-Based Learning Applied to Document Recognition",
        venue="Proceedings of the IEEE",
        link="https://doi.org/10.1109/5.726791",
        idea="Small filters slide over the image and share their weights, so that a stroke is found wherever it "
        "is; averaging between them makes the maps smaller; everything is learned from examples, nothing is "
        "designed by hand. It read the digits on bank checks. Here every filter of the third layer sees all six "
        "maps (61,706 parameters); the original connected only some of them (60,000).",
        diagram="lenet",
        input_shape=(32, 32, 1),
        classes=10,
        preprocessing="unit",
        constructor="tlcore.zoo.builders.lenet:lenet5",
        minimum_size=32,
        last_feature_layer="S4",
        cut_layers=(
            CutLayer("S2", "Six maps of simple strokes at half the size: for data unlike digits.", for_other_data=True),
            CutLayer("S4", "Sixteen maps of combined strokes at a quarter of the size."),
            CutLayer("F6", "84 numbers for the whole image."),
        ),
        blocks=r"^([CSF]\d)$",
        own_head_from_scratch=True,
    ),
    architecture(
        name="AlexNet",
        title="AlexNet",
        family="AlexNet",
        year=2012,
        authors="Alex Krizhevsky, Ilya Sutskever, Geoffrey Hinton",
        paper="ImageNet Classification with Deep Convolutional Neural Networks",
        venue="NIPS 2012",
        link="https://papers.nips.cc/paper/4824-imagenet-classification-with-deep-convolutional-neural-networks",
        idea="The LeNet recipe, much larger, trained on 1.2 million images with two graphics cards. New were the ReLU "
        "activation, which trains several times faster than tanh; dropout against overfitting; and many altered "
        "copies of each image. It halved the error of the best handcrafted methods and started the deep learning "
        "wave. This is the single tower of 62 million parameters; the original split it over two cards (61 million).",
        diagram="alexnet",
        input_shape=(227, 227, 3),
        classes=1000,
        preprocessing="unit",
        constructor="tlcore.zoo.builders.alexnet:alexnet",
        minimum_size=67,
        last_feature_layer="pool5",
        cut_layers=(
            CutLayer(
                "pool2",
                "Textures at a sixteenth of the size, 256 channels: for data unlike photos.",
                for_other_data=True,
            ),
            CutLayer("pool5", "The last feature maps, 6×6 with 256 channels: the usual cut for photos."),
            CutLayer("fc7", "4,096 numbers for the whole image, only at the original size."),
        ),
        blocks=r"^(?:conv|pool)(\d)$",
        own_head_from_scratch=True,
        accuracy_note="the paper, one network",
        evaluation=Evaluation(256, 227),
    ),
)
