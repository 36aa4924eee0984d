"""The first convolutional networks, LeNet-5 and AlexNet."""

from tlcore.zoo.architecture import CutLayer, Drawing
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
        lesson="Filter, shrink, filter, shrink, decide: the recipe that every network here still follows.",
        idea="Small filters slide over the image and share their weights, so that a stroke is found wherever it "
        "is; averaging between them makes the maps smaller; everything is learned from examples, nothing is "
        "designed by hand. It read the digits on bank checks. The original has 60,000 parameters, this one 61,706: 900 "
        "more because every filter of C3 sees all six maps, 850 more for a softmax layer instead of fixed codes of the "
        "digits, and 44 fewer because its poolings learn nothing.",
        note="On MNIST it misreads 0.95 % of the test digits, and 0.8 % when distorted copies join the training "
        "digits. Its field of 32×32 is larger than the 28×28 of the digits, so that ends of strokes can lie in the "
        "middle of a filter.",
        drawings=(
            Drawing(
                "The whole network",
                ("input",),
                "predictions",
                "Filter, shrink, filter, shrink, decide: the recipe for all that followed.",
            ),
        ),
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
        lesson="LeNet's recipe a thousand times larger, on graphics cards: the start of the deep learning wave.",
        idea="The LeNet recipe, much larger, trained on 1.2 million images with two graphics cards. New was the "
        "scale, and that several fresh ideas came together: ReLU (Nair and Hinton, 2010), which trains several times "
        "faster than tanh; dropout against overfitting; altered copies of each image. In the contest of 2012 one "
        "network named a wrong five in 18.2 % of the photos, the next best team in 26.2 %: a third less, and the "
        "start of the deep learning wave. This is the single tower of 62 million parameters; the original split it "
        "over two cards (61 million).",
        note="It trained for five to six days on two cards with 3 GB of memory each. The paper normalizes responses "
        "between the first layers; that is left out here, since later networks do as well without it.",
        drawings=(
            Drawing(
                "The whole network",
                ("input",),
                "predictions",
                "LeNet's recipe with 1,000 times as many parameters; nearly all of them in the dense layers.",
            ),
        ),
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
        accuracy_source="the paper, table 2: ImageNet 2012, one network, mean of ten crops of each photo",
        accuracy_elsewhere="The 62.5 % and 83.0 % that are often quoted are for ImageNet 2010. torchvision's "
        "weights, for a somewhat other AlexNet of 2014, reach 56.5 % and 79.1 % with one crop.",
        weights_elsewhere="torchvision has some for a later version of 2014, which do not fit this one",
    ),
)
