"""Two architectures side by side: what is equal, what changed, and the sentences about it."""

import pytest

from tlcore.comparison.networks import CHANGED, EQUAL, ONLY_FIRST, ONLY_SECOND, align, differences
from tlcore.zoo.catalog import ARCHITECTURES
from tlcore.zoo.layers.stages import blocks_of
from tlcore.zoo.layers.tables import layer_table


def compared(first, second):
    return align(layer_table(first), layer_table(second))


def told(first, second):
    return " ".join(differences(layer_table(first), layer_table(second), ("One", "Other")))


def test_vgg16_and_vgg19_differ_in_three_blocks():
    pairs = compared("VGG16", "VGG19")
    assert [pair.verdict for pair in pairs] == [EQUAL, EQUAL, CHANGED, CHANGED, CHANGED, EQUAL]
    assert pairs[2].first.text == "3×3, 256 ReLU ×3 · max 2×2 stride 2"
    assert pairs[2].second.text == "3×3, 256 ReLU ×4 · max 2×2 stride 2"
    text = told("VGG16", "VGG19")
    assert "Other has 1.04 times as many parameters as One: 143.7 million against 138.4 million." in text
    assert "One is 16 layers with weights deep, Other 19." in text
    assert "Both have no join" in text


def test_a_deeper_resnet_has_more_of_the_same_blocks():
    pairs = compared("ResNet50", "ResNet101")
    assert {pair.verdict for pair in pairs} == {EQUAL, ONLY_SECOND}
    [more] = [pair for pair in pairs if pair.verdict == ONLY_SECOND]
    assert len(more.second.names) == 23 - 6
    assert [pair.verdict for pair in compared("ResNet101", "ResNet50")].count(ONLY_FIRST) == 1


def test_version_2_of_resnet_only_changes_the_order():
    assert ONLY_FIRST not in {pair.verdict for pair in compared("ResNet50", "ResNet50V2")}
    text = told("ResNet50", "ResNet50V2")
    assert "Both have about as many parameters: 25.6 million and 25.6 million." in text
    assert "Both have 16 sums." in text
    assert "Other normalizes and activates before its convolutions, One after them." in text


def test_unet_concatenates_and_is_symmetric_where_fcn_adds_and_is_not():
    text = told("UNet", "FCN8s")
    assert "One has 4 concatenations, Other has 2 sums." in text
    assert "One enlarges its maps by ×2, ×2, ×2, ×2, a step for each halving (symmetric), with 8 convolutions" in text
    assert "Other enlarges its maps by ×2, ×2, ×8, 3 steps for 5 halvings, with no convolutions" in text
    assert "One has 18 convolutions without padding" in text
    first = compared("UNet", "FCN8s")[0]
    assert first.verdict == CHANGED and first.first.text == f"{first.second.text} (not padded)"


def test_mobilenet_v3_adds_gates():
    assert "One has 10 sums, Other has 10 sums and 8 gates." in told("MobileNetV2", "MobileNetV3Large")


@pytest.mark.parametrize("name", [row.name for row in ARCHITECTURES])
def test_a_network_equals_itself_and_every_block_stands_in_the_comparison_with_another(name):
    table = layer_table(name)
    assert {pair.verdict for pair in align(table, table)} == {EQUAL}
    pairs = align(table, layer_table("MobileNetV2"))
    names = [name for pair in pairs if pair.first for name in pair.first.names]
    assert sorted(names) == sorted(block.name for block in blocks_of(table) if block.name in names)
    left_out = [block for block in blocks_of(table) if block.name not in names]
    assert not any(block.parameters for block in left_out if block.name != "input")
