"""The drawings of the Architectures page say what the layer tables and the papers say, and nothing lies on anything."""

import re
from itertools import combinations

import pytest

from tlcore.figures.architecture.diagrams import DIAGRAMS
from tlcore.figures.architecture.sketch import sketch_figure
from tlcore.zoo.catalog import ARCHITECTURES, find
from tlcore.zoo.layers.sketch import OUTPUT, is_depthwise, sketch
from tlcore.zoo.layers.tables import layer_table

DRAWINGS = [(row.name, number) for row in ARCHITECTURES for number in range(len(row.drawings))]


def drawn(name, number):
    drawing = find(name).drawings[number]
    return sketch(layer_table(name), drawing.start, drawing.end)


def words(name, number):
    """What stands in the boxes, in the order of the network."""
    return [
        " ".join(box.words) + (f" ×{box.times}" if box.times > 1 else "")
        for box in drawn(name, number).boxes
        if not box.is_end
    ]


def test_every_network_is_drawn():
    assert [row.name for row in ARCHITECTURES if not row.drawings] == []


@pytest.mark.parametrize(("name", "number"), DRAWINGS)
def test_a_drawing_holds_all_layers_between_its_ends_with_their_windows_widths_strides_and_joins(name, number):
    table, drawing, boxes = layer_table(name), find(name).drawings[number], drawn(name, number).boxes
    feeds = {}
    for row in table.rows:
        for source in row.connected_to:
            feeds.setdefault(source, []).append(row.name)
    after, before = (
        _reached(drawing.start, feeds),
        _reached((drawing.end,), {r.name: r.connected_to for r in table.rows}),
    )
    stop = _reached(drawing.start, {r.name: r.connected_to for r in table.rows})  # what lies above the start
    wanted = [
        row
        for row in table.rows
        if row.name in after | {drawing.end} and row.name in before | {drawing.end}
        and row.name not in stop | set(drawing.start)
        and row.type not in ("Dropout", "Flatten", "Reshape", "ZeroPadding2D", "Cropping2D")
        and (row.type != "Activation" or row.detail)
    ]  # fmt: skip
    assert sorted(row.name for box in boxes if not box.is_end for row in box.rows) == sorted(row.name for row in wanted)
    text = {row.name: " ".join(box.words) for box in boxes if not box.is_end for row in box.rows}
    for row in wanted:
        window = re.match(r"\d+×\d+", row.detail)
        stride = re.search(r"stride \d+", row.detail)
        assert window is None or window[0] in text[row.name]
        assert stride is None or stride[0] in text[row.name]
        if "Conv2D" in row.type and not is_depthwise(row):
            assert f"{row.output_shape[-1]:,}" in text[row.name]
        if row.type in ("Add", "Multiply", "Concatenate"):
            assert text[row.name].startswith({"Add": "+", "Multiply": "×", "Concatenate": "concatenate"}[row.type])


def _reached(start, feeds):
    waiting, seen = list(start), set()
    while waiting:
        for name in feeds.get(waiting.pop(), ()):
            if name not in seen:
                seen.add(name)
                waiting.append(name)
    return seen


# By hand, from the papers' figures and tables and from Keras' code.
BY_HAND = {
    ("LeNet5", 0): "5×5, 6 tanh | average 2×2 stride 2 | 5×5, 16 tanh | average 2×2 stride 2 | 5×5, 120 tanh"
    " | dense, 84 tanh | dense, 10 softmax",
    ("VGG11", 0): "3×3, 64 ReLU | P | 3×3, 128 ReLU | P | 3×3, 256 ReLU ×2 | P | 3×3, 512 ReLU ×2 | P"
    " | 3×3, 512 ReLU ×2 | P | dense, 4,096 ReLU ×2 | dense, 1,000 softmax",
    ("VGG19", 0): "3×3, 64 ReLU ×2 | P | 3×3, 128 ReLU ×2 | P | 3×3, 256 ReLU ×4 | P | 3×3, 512 ReLU ×4 | P"
    " | 3×3, 512 ReLU ×4 | P | dense, 4,096 ReLU ×2 | dense, 1,000 softmax",
    ("ResNet50", 0): "1×1, 128 norm ReLU | 3×3, 128 norm ReLU | 1×1, 512 norm | + ReLU",
    ("ResNet50", 1): "1×1, 128 stride 2 norm ReLU | 3×3, 128 norm ReLU | 1×1, 512 norm | 1×1, 512 stride 2 norm"
    " | + ReLU",
    ("ResNet152V2", 0): "norm ReLU 1×1, 128 | norm ReLU 3×3, 128 | norm ReLU 1×1, 512 | +",
    ("ResNet50V2", 2): "norm ReLU 1×1, 64 | norm ReLU 3×3, 64 stride 2 | norm ReLU 1×1, 256 | max 1×1 stride 2 | +",
    ("DenseNet121", 0): "norm ReLU 1×1, 128 | norm ReLU 3×3, 32 | concatenate 128",
    ("DenseNet121", 2): "norm ReLU 1×1, 128 | average 2×2 stride 2",
    ("MobileNet", 0): "depthwise 3×3 norm ReLU | 1×1, 128 norm ReLU",
    ("MobileNetV2", 0): "1×1, 144 norm ReLU | depthwise 3×3 norm ReLU | 1×1, 24 norm | +",
    ("MobileNetV2", 1): "1×1, 144 norm ReLU | depthwise 3×3 stride 2 norm ReLU | 1×1, 32 norm",
    ("MobileNetV3Large", 0): "1×1, 672 norm hard swish | depthwise 3×3 norm hard swish | average of all"
    " | 1×1, 168 ReLU | 1×1, 672 ReLU | × | 1×1, 112 norm | +",
    ("MobileNetV3Small", 1): "1×1, 88 norm ReLU | depthwise 3×3 norm ReLU | 1×1, 24 norm | +",
    ("EfficientNetB0", 0): "1×1, 144 norm swish | depthwise 3×3 norm swish | average of all | 1×1, 6 swish"
    " | 1×1, 144 sigmoid | × | 1×1, 24 norm | +",
    ("EfficientNetLite0", 0): "1×1, 144 norm ReLU | depthwise 3×3 norm ReLU | 1×1, 24 norm | +",
    ("EfficientNetV2S", 0): "3×3, 192 norm swish | 1×1, 48 norm | +",
    ("EfficientNetV2S", 1): "1×1, 512 norm swish | depthwise 3×3 norm swish | average of all | 1×1, 32 swish"
    " | 1×1, 512 sigmoid | × | 1×1, 128 norm | +",
    ("ConvNeXtTiny", 0): "depthwise 7×7 layer norm | 1×1, 384 GELU | 1×1, 96 scale | +",
    ("Xception", 0): "ReLU separable 3×3, 256 norm ×2 | max 3×3 stride 2 | 1×1, 256 stride 2 norm | +",
    ("Xception", 1): "ReLU separable 3×3, 728 norm ×3 | +",
    ("residual_net", 0): "3×3, 32 ReLU ×2 | + | max 2×2 stride 2 | dense, 64 ReLU | dense, 10 softmax",
}  # fmt: skip


@pytest.mark.parametrize(("name", "number"), BY_HAND)
def test_blocks_are_as_the_papers_draw_them(name, number):
    wanted = BY_HAND[name, number].replace("| P", "| max 2×2 stride 2")
    assert " | ".join(words(name, number)) == wanted


# The branches of a block as sets of paths: windows only, "P" for a pooling.
BRANCHES = {
    ("GoogLeNet", 0): {"1×1", "1×1 3×3", "1×1 5×5", "P 1×1"},
    ("InceptionV3", 0): {"1×1", "1×1 5×5", "1×1 3×3 3×3", "P 1×1"},
    ("InceptionV3", 1): {"1×1", "1×1 1×7 7×1", "1×1 7×1 1×7 7×1 1×7", "P 1×1"},
    ("InceptionV3", 2): {"1×1", "1×1 1×3", "1×1 3×1", "1×1 3×3 1×3", "1×1 3×3 3×1", "P 1×1"},
    ("InceptionV3", 3): {"3×3/2", "1×1 3×3 3×3/2", "P/2"},
    ("InceptionV3", 4): {"1×1 3×3/2", "1×1 1×7 7×1 3×3/2", "P/2"},
    ("InceptionResNetV2", 0): {"", "1×1 1×1", "1×1 3×3 1×1", "1×1 3×3 3×3 1×1"},
    ("InceptionResNetV2", 1): {"", "1×1 1×1", "1×1 1×7 7×1 1×1"},
    ("InceptionResNetV2", 2): {"", "1×1 1×1", "1×1 1×3 3×1 1×1"},
    ("InceptionResNetV2", 3): {"3×3/2", "1×1 3×3 3×3/2", "P/2"},
    ("InceptionResNetV2", 4): {"1×1 3×3/2", "1×1 3×3 3×3/2", "P/2"},
}


@pytest.mark.parametrize(("name", "number"), BRANCHES)
def test_inception_blocks_have_the_branches_of_the_papers(name, number):
    boxes, edges = drawn(name, number).boxes, drawn(name, number).edges
    feeds = {box.id: [target for source, target in edges if source == box.id] for box in boxes}
    steps = {box.id: [_step(row) for _ in [0] for row in box.rows if _step(row)] for box in boxes if not box.is_end}

    def paths(box):
        if box == OUTPUT:
            return {""}
        own = " ".join(steps.get(box, []))
        return {f"{own} {rest}".strip() for target in feeds[box] for rest in paths(target)}

    assert paths(boxes[0].id) == BRANCHES[name, number]


def _step(row):
    stride = "/2" if "stride 2" in row.detail else ""
    return "P" + stride if "Pooling" in row.type else row.detail.split(",")[0] + stride if row.type == "Conv2D" else ""


def test_unet_has_four_poolings_four_joins_and_five_widths():
    boxes = words("UNet", 0)
    assert sum(box.startswith("max 2×2") for box in boxes) == 4
    assert [box for box in boxes if box.startswith("concatenate")] == [
        "concatenate 1,024", "concatenate 512", "concatenate 256", "concatenate 128",
    ]  # fmt: skip
    assert [box for box in boxes if box.startswith("3×3")] == [
        f"3×3, {width} ReLU ×2" for width in ("64", "128", "256", "512", "1,024", "512", "256", "128", "64")
    ]
    edges = drawn("UNet", 0).edges
    assert all((f"down{level}_conv2", f"up{level}_concat") in edges for level in (1, 2, 3, 4))


def test_fcn_enlarges_twice_by_two_and_once_by_eight_and_adds_two_finer_scores():
    boxes = words("FCN8s", 0)
    assert [box for box in boxes if box.startswith("enlarge")] == [
        "enlarge 4×4, 21 stride 2", "enlarge 4×4, 21 stride 2", "enlarge 16×16, 21 stride 8 softmax",
    ]  # fmt: skip
    assert boxes.count("+") == 2 and not any("concatenate" in box for box in boxes)
    assert {("block4_pool", "score_pool4"), ("block3_pool", "score_pool3")} < set(drawn("FCN8s", 0).edges)


def test_nasnet_cells_add_five_pairs_of_the_operations_in_the_paper():
    normal = " ".join(words("NASNetMobile", 0))
    assert (normal.count("+"), normal.count("separable 5×5"), normal.count("separable 3×3")) == (5, 2, 3)
    assert normal.count("average 3×3") == 3
    reduction = words("NASNetLarge", 1)
    assert reduction.count("+") == 5
    assert sum(box.startswith("max 3×3 stride 2") for box in reduction) == 2
    assert sum("separable 7×7" in box and "stride 2" in box for box in reduction) == 2


@pytest.mark.parametrize("name", ["VGG11", "VGG13", "VGG16", "VGG19"])
def test_the_idea_of_vgg_stacks_as_many_filters_as_the_network(name):
    diagram = DIAGRAMS[find(name).diagram]
    stacked = sum(text == "3×3" for _, _, text, _ in diagram.boxes.values())
    assert stacked == max(box.times for box in drawn(name, 0).boxes if "3×3" in " ".join(box.words))
    side = 2 * stacked + 1
    assert f"one {side}×{side}, with {9 * stacked} instead of {side**2}" in diagram.caption


def test_the_idea_of_depthwise_convolutions_stands_where_there_are_some():
    for row in ARCHITECTURES:
        if row.diagram == "depthwise":
            assert any(is_depthwise(layer) or layer.type == "SeparableConv2D" for layer in layer_table(row.name).rows)


def test_what_a_lecturer_adds_agrees_with_the_tables():
    table = layer_table("MobileNet")
    mixing = sum(row.multiply_adds for row in table.rows if row.detail.startswith("1×1"))
    assert f"{mixing / table.multiply_adds:.0%}".replace("%", " %") in find("MobileNet").note
    assert "about 2" in find("EfficientNetB0").note and round(1.2 * 1.1**2 * 1.15**2, 1) == 1.9
    assert all(row.note for row in ARCHITECTURES if row.top1 and not row.name.startswith("EfficientNetLite"))


@pytest.mark.parametrize(("name", "number"), DRAWINGS)
def test_nothing_in_a_drawing_is_clipped_or_lies_on_another(name, number):
    layout = sketch_figure(drawn(name, number), find(name).drawings[number].places).layout
    boxes = [shape for shape in layout.shapes if shape.type == "rect"]
    assert len(boxes) == len(drawn(name, number).boxes)
    left, right = layout.xaxis.range
    assert all(left <= box.x0 and box.x1 <= right and box.y0 >= 0 and box.y1 <= layout.height for box in boxes)
    for one, other in combinations(boxes, 2):
        beside = one.x1 <= other.x0 or other.x1 <= one.x0
        assert beside or one.y1 <= other.y0 or other.y1 <= one.y0
    texts = [note for note in layout.annotations if note.text]
    for box, note in zip(boxes, texts, strict=True):
        pixels = 300 / (right - left) * (box.x1 - box.x0)  # of the box on a phone
        lines = note.text.split("<br>")
        assert max(map(len, lines)) * 5.4 <= pixels and 14 * len(lines) < box.y1 - box.y0
