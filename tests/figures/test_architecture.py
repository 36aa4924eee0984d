"""Stages, graphs and figures of all networks: complete, consistent, and quick to draw."""

import pytest
from PIL import Image

from tlcore.figures.architecture.diagrams import DIAGRAMS, diagram_figure
from tlcore.figures.architecture.field import field_picture, field_sentence
from tlcore.figures.architecture.gallery import accuracy_figure, family_marks
from tlcore.figures.architecture.graph import graph_figure
from tlcore.figures.architecture.labels import LabelRoom
from tlcore.figures.architecture.shares import compared_shares_figure, parts_of, shares_figure, where_sentence
from tlcore.figures.architecture.tower import map_sizes, tower_figure, tower_figures
from tlcore.zoo.catalog import ARCHITECTURES, find
from tlcore.zoo.layers.graph import graph_of
from tlcore.zoo.layers.sight import Sight, sight_of
from tlcore.zoo.layers.stages import stages_of
from tlcore.zoo.layers.tables import layer_table, layer_totals

NAMES = [row.name for row in ARCHITECTURES]
FEW = 12  # boxes of a graph that shows stages only


def everything(table):
    stages = stages_of(table)
    return {f"stage:{stage.name}" for stage in stages} | {
        f"block:{block.name}" for stage in stages for block in stage.blocks
    }


@pytest.mark.parametrize("name", NAMES)
def test_stages_hold_every_layer_once(name):
    table = layer_table(name)
    stages = stages_of(table)
    assert sorted(row.index for stage in stages for row in stage.rows) == list(range(len(table.rows)))
    assert len({stage.name for stage in stages}) == len(stages) <= FEW
    assert layer_totals(name).multiply_adds == table.multiply_adds
    assert sum(parameters for _, parameters, _ in parts_of(table)) == table.parameters


@pytest.mark.parametrize("name", NAMES)
def test_graphs_lead_downward_and_open_to_every_layer(name):
    table = layer_table(name)
    closed = graph_of(table)
    opened = graph_of(table, everything(table))
    assert len(closed.nodes) <= FEW
    assert len(opened.nodes) == len(table.rows)
    assert len(opened.edges) == sum(len(row.connected_to) for row in table.rows)
    for graph in (closed, opened):
        level = {node.id: node.level for node in graph.nodes}
        assert all(level[source] < level[target] for source, target in graph.edges)
        places = [(node.level, round(node.lane, 6)) for node in graph.nodes]
        assert len(set(places)) == len(places), "two boxes lie on each other"


@pytest.mark.parametrize("name", NAMES)
def test_figures_of_every_network(name):
    row, table = find(name), layer_table(name)
    figure = graph_figure(graph_of(table), row.last_feature_layer, tuple(cut.layer for cut in row.cut_layers))
    boxes = [box for trace in figure.data if trace.type == "bar" for box in trace.customdata]
    assert len(boxes) == len(graph_of(table).nodes)
    assert len(tower_figure(table).data[0].x) == len(map_sizes(table))
    assert len(shares_figure(table).data) == 2
    assert row.diagram in {"", *DIAGRAMS}


def test_the_heaviest_part_of_vgg16_is_named():
    assert "is in fc1: 103M of 138M, 74 %" in where_sentence(layer_table("VGG16"))


@pytest.mark.parametrize("key", DIAGRAMS)
def test_every_idea_is_drawn_and_used(key):
    assert diagram_figure(key).layout.annotations
    assert any(row.diagram == key for row in ARCHITECTURES)


def test_gallery_figures_carry_the_names_to_open():
    marks = family_marks(ARCHITECTURES)
    assert len({color for color, _ in marks.values()}) == len({symbol for _, symbol in marks.values()}) == len(marks)
    figure = accuracy_figure(ARCHITECTURES, marks, "multiply_adds")
    names = [point[0] for trace in figure.data if trace.customdata is not None for point in trace.customdata]
    assert names
    assert set(names) <= set(NAMES)


def test_names_in_a_chart_keep_off_marks_lines_and_each_other():
    room = LabelRoom([(50, 50, 10), (50, 25, 10), (190, 50, 10), (20, 90, 10)], 200, 100, [(190, 60), (190, 90)])
    assert room.place(0, "first") == "middle right"  # a mark is above
    assert room.place(2, "at the edge") == "middle left"
    assert room.place(1, "a name that is wider than the whole chart") == ""
    assert [room.place(3, name) for name in ("one", "two")] == ["top center", "middle right"]


def test_every_family_but_the_most_crowded_is_named_in_the_chart():
    marks = family_marks(ARCHITECTURES)
    for measure in ("parameters", "multiply_adds"):
        families = [trace for trace in accuracy_figure(ARCHITECTURES, marks, measure).data if trace.text]
        assert sum(any(trace.text) for trace in families) >= len(families) - 1


def test_a_receptive_field_is_drawn_and_told():
    picture = field_picture(Image.new("RGB", (400, 300), (200, 200, 200)), Sight(224, 112, (112,), 32))
    assert picture.getpixel((200, 200)) == (200, 200, 200)  # seen
    assert picture.getpixel((240, 240)) != (200, 200, 200)  # a dot: the value whose field is drawn
    assert picture.getpixel((60, 60)) == (80, 80, 80)  # not seen
    assert "212 × 212 of the 224 × 224" in field_sentence(Sight(224, 212, tuple(range(16, 224, 32)), 32))


@pytest.mark.parametrize(
    ("name", "layer", "first", "last"),
    [
        ("LeNet5", "C1", 2.5, 29.5),  # 5×5 without padding on 32 pixels: pixels 0 to 4
        ("LeNet5", "S4", 8, 24),  # 2.5, + 0.5 pooled, + 2 · 2 for 5×5, + 1 pooled
        ("AlexNet", "pool1", 9.5, 217.5),  # 11×11 by 4: 5.5; 3×3 by 2: + 4; 27 values 8 apart
        ("EfficientNetLite0", "stem_activation", 1.5, 223.5),  # the one column that is missing is added behind
        ("ResNet50", "conv1_conv", 0.5, 222.5),  # 3 pixels added on both sides for 7×7
        ("MobileNetV2", "block_1_depthwise", 3.5, 223.5),  # a layer of its own adds the column behind
        ("UNet", "up1_conv2", 92.5, 479.5),  # of 572 pixels 92 are lost on either side: 388
    ],
)
def test_values_look_where_padding_and_steps_put_them(name, layer, first, last):
    table = layer_table(name)
    centers = sight_of(table, table.row(layer)).centers
    assert (centers[0], centers[-1]) == (first, last)


def test_only_what_all_values_can_see_is_called_the_whole_photo():
    def told(name: str, layer: str) -> str:
        table = layer_table(name)
        return field_sentence(sight_of(table, table.row(layer)))

    assert "those at the corners too" in told(
        "ResNet50", "conv5_block3_out"
    )  # 483 pixels around 0.5, 32.5 …: up to 242
    assert "those at the corners see 146 × 146 of the 224 × 224" in told(
        "ResNet50", "conv4_block6_out"
    )  # 0.5 + 291 / 2
    assert "by an average of whole maps" in told("EfficientNetB0", "block1a_project_bn")  # a gate before it
    assert "3 × 3 of the 224 × 224" in told("EfficientNetB0", "stem_bn")
    assert told("ResNet50", "predictions") == "Each value depends on the whole photo."


def test_networks_side_by_side_share_their_axes():
    tables = [layer_table(name) for name in ("VGG16", "ResNet50", "MobileNetV2")]
    towers = tower_figures(tables)
    assert len({(tower.layout.xaxis.range, tower.layout.yaxis.range) for tower in towers}) == 1
    assert towers[0].data[0].text[:3] == ("3", "64", "64")
    assert towers[0].layout.xaxis.ticktext == ("224²", "112²", "56²", "28²", "14²", "7²", "vectors")
    assert tower_figure(layer_table("DenseNet201")).data[0].text.count("") > 80  # no room for each of 108 boxes
    ends = [trace.y[-1] for trace in compared_shares_figure(tables, ["a", "b", "c"], "parameters").data]
    assert ends == [table.parameters for table in tables]
