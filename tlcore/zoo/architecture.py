"""The records a catalog row is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class CutLayer:
    """A good place to cut a backbone.

    Args:
        layer: name of the layer whose output feeds the head.
        yields: one sentence on what comes out there and when to use it.
        for_other_data: whether it is the one to try on images unlike those of the pretraining; each backbone has one.
    """

    layer: str
    yields: str
    for_other_data: bool = False


@dataclass(frozen=True)
class Evaluation:
    """How photos are cut for the published accuracy.

    Args:
        resize: length in pixels to which the short side is resized.
        crop: side in pixels of the square cut from the center; None where nothing is cut, and the whole photo is
            squashed to a square of `resize`.
    """

    resize: int
    crop: int | None

    @property
    def words(self) -> str:
        """What is done to a photo, as the end of a sentence."""
        if self.crop is None:
            return f"the whole photo squashed to {self.resize}×{self.resize} pixels"
        return f"short side to {self.resize} pixels, then the middle {self.crop}×{self.crop}"


@dataclass(frozen=True)
class Drawing:
    """A part of a network that its page draws.

    Args:
        title: which part.
        start: names of the layers whose outputs come in.
        end: name of the layer whose output goes out.
        caption: what to see in it.
        places: box of `tlcore.zoo.layers.sketch` → (lane, level); empty where boxes are placed by what feeds them.
    """

    title: str
    start: tuple[str, ...]
    end: str
    caption: str
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class ImagenetWeights:
    """The pretrained weights that Keras publishes, by their file names in `KERAS_HOME/models`.

    Args:
        full: file with the classifier; `{size}` stands for the input size where files differ by it.
        no_top: file without the classifier.
        sizes: input sizes that have their own files; empty where one file serves all.
        default_size: the size whose file serves the sizes that have none.
    """

    full: str
    no_top: str
    sizes: tuple[int, ...] = ()
    default_size: int = 224

    def file_name(self, include_top: bool, input_size: int | None) -> str:
        """Name the file that fits an input size, as Keras does.

        Args:
            include_top: with the classifier or without.
            input_size: side of the square input in pixels; None for the default.

        Returns:
            The file name.
        """
        size = input_size if input_size in self.sizes else self.default_size
        return (self.full if include_top else self.no_top).format(size=size)


@dataclass(frozen=True)
class PackageWeights:
    """Pretrained weights that come as a Python package with the requirements.

    Args:
        module: name under which the package is installed.
        file: of weights, relative to the module.
        digest: its SHA-256.
    """

    module: str
    file: str
    digest: str


@dataclass(frozen=True)
class Architecture:
    """One network design: a row of the catalog.

    Args:
        name: exact identifier, such as "MobileNetV2".
        title: name as people write it, such as "VGG-16".
        family: the line of designs it belongs to.
        year: of first publication.
        authors: of the paper.
        paper: its title.
        venue: where it appeared.
        link: address of the paper.
        lesson: what there is to learn from it, in one sentence.
        idea: what was new, for a first-year student.
        input_shape: (height, width, channels) of the original.
        classes: output units of the original.
        parameters: of the original, with its classifier.
        preprocessing: mode of `tlcore.images.preprocess`: caffe, tf, torch, identity or unit (0..1).
        constructor: "module:function" that builds it, imported late.
        minimum_size: smallest input side in pixels.
        last_feature_layer: the layer whose output feeds the pooling before the classifier: the default cut.
        cut_layers: good places to cut, from shallow to deep.
        blocks: regular expression whose first group is the block a layer name belongs to; a layer
            that does not match joins the block before it.
        blocks_close: True where a matching name ends its block instead of being inside it.
        options: further arguments of the constructor.
        top1: published ImageNet top-1 accuracy in percent, None if it never was an ImageNet classifier.
        top5: the same for top-5.
        accuracy_source: who published that accuracy, and for which weights; "" where there is none.
        accuracy_elsewhere: sentences with other figures that are published or often quoted; "" for none.
        also_saw: what its weights were trained on besides ImageNet's 1,000 classes; "" for nothing.
        note: a fact or two that a lecturer would add, from the paper at `link`.
        diagram: key of a drawing that shows the idea, beside the drawings of its parts; "" for none.
        drawings: the parts that are drawn.
        imagenet_weights: the weights that Keras publishes, None if it publishes none.
        weights_elsewhere: who else has pretrained weights, as a clause; "" where nobody is known to.
        package_weights: its pretrained weights among the requirements, None if they are not.
        can_be_backbone: whether it makes sense as a feature extractor for photos.
        labels_pixels: whether it answers for every pixel instead of the whole photo (segmentation).
        own_head_from_scratch: whether training from scratch keeps its own classifier unless the plan says otherwise.
        evaluation: how photos are cut for the published accuracy, None where no single square is, or there is none.
        multiply_adds: figure published for one image, None if none is known.
        multiply_adds_source: where that figure stands.
        multiply_adds_difference: why it differs from the count of the layer table, where it does by over 1 %.
    """

    name: str
    title: str
    family: str
    year: int
    authors: str
    paper: str
    venue: str
    link: str
    lesson: str
    idea: str
    input_shape: tuple[int, int, int]
    classes: int
    parameters: int
    preprocessing: str
    constructor: str
    minimum_size: int
    last_feature_layer: str
    cut_layers: tuple[CutLayer, ...]
    blocks: str
    blocks_close: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    top1: float | None = None
    top5: float | None = None
    accuracy_source: str = ""
    accuracy_elsewhere: str = ""
    also_saw: str = ""
    note: str = ""
    diagram: str = ""
    drawings: tuple[Drawing, ...] = ()
    imagenet_weights: ImagenetWeights | None = None
    weights_elsewhere: str = ""
    package_weights: PackageWeights | None = None
    can_be_backbone: bool = True
    labels_pixels: bool = False
    own_head_from_scratch: bool = False
    evaluation: Evaluation | None = None
    multiply_adds: int | None = None
    multiply_adds_source: str = ""
    multiply_adds_difference: str = ""

    @property
    def input_size(self) -> int:
        """Side of the original's square input in pixels."""
        return self.input_shape[0]

    @property
    def accuracy_mark(self) -> str:
        """What tells that its accuracy does not compare: "*" where its weights also saw more photos, "†" where it was
        not measured on one square of each photo, as the others were; else ""."""
        if self.top1 is None:
            return ""
        return "*" if self.also_saw else "" if self.evaluation else "†"

    @property
    def why_no_classifier(self) -> str:
        """Why it cannot tell the classes of whole photos apart, in a sentence or two; "" where it can."""
        if not self.labels_pixels:
            return ""
        return (
            f"{self.title} gives every pixel a class (segmentation) but no answer for a whole photo. "
            "Choose a network that classifies, such as ResNet-50."
        )

    @property
    def pretrained_weights(self) -> str:
        """The pretrained weights that it can start from: "package", "imagenet", or "none"."""
        return "package" if self.package_weights else "imagenet" if self.imagenet_weights else "none"

    @property
    def weights_sizes(self) -> tuple[int, ...]:
        """Input sizes whose published weights have files of their own; empty where one file serves all."""
        return self.imagenet_weights.sizes if self.imagenet_weights else ()

    @property
    def weights_bytes(self) -> int:
        """Size of its pretrained weights in bytes, four for each parameter (32-bit numbers); 0 where it has none."""
        return 0 if self.pretrained_weights == "none" else 4 * self.parameters

    @property
    def why_no_weights(self) -> str:
        """Who publishes none and who has some, as a clause; "" where it has pretrained weights."""
        if self.pretrained_weights != "none":
            return ""
        return f"Keras publishes none; {self.weights_elsewhere}" if self.weights_elsewhere else "Keras publishes none"
