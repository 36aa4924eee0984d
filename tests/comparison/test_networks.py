"""Two architectures side by side: what is equal, what changed, and the sentences about it."""

import pytest

from tlcore.comparison.networks import CHANGED, EQUAL, ONLY_FIRST, ONLY_SECOND, align, differences
from tlcore.zoo.catalog import ARCHITECTURES
from tlcore.zoo.layers.stages import blocks_of
from tlcore.zoo.layers.tables import layer_table


def compared(first, second):
    return align(layer_table(first), layer_table(second))


def told(first, second):
    found = differences(layer_table(first), layer_table(second), ("One", "Other"))
    return " ".join(f"{difference.headline}: {difference.text}" for difference in found)


def test_vgg16_and_vgg19_differ_in_three_blocks():
    pairs = compared("VGG16", "VGG19")
    assert [pair.verdict for pair in pairs] == [EQUAL, EQUAL, CHANGED, CHANGED, CHANGED, EQUAL]
    assert pairs[2].first.text == "3×3, 256 ReLU ×3 · max 2×2 stride 2"
    assert pairs[2].second.text == "3×3, 256 ReLU ×4 · max 2×2 stride 2"
    text = told("VGG16", "VGG19")
    assert text.startswith("16 layers deep against 19: ")
    assert "1.04× the parameters in Other: One has 138 million, Other 144 million." in text
    assert "No joins in both" in text


def test_a_deeper_resnet_has_more_of_the_same_blocks():
    pairs = compared("ResNet50", "ResNet101")
    assert {pair.verdict for pair in pairs} == {EQUAL, ONLY_SECOND}
    [more] = [pair for pair in pairs if pair.verdict == ONLY_SECOND]
    assert len(more.second.names) == 23 - 6
    assert [pair.verdict for pair in compared("ResNet101", "ResNet50")].count(ONLY_FIRST) == 1


def test_version_2_of_resnet_only_changes_the_order():
    assert ONLY_FIRST not in {pair.verdict for pair in compared("ResNet50", "ResNet50V2")}
    text = told("ResNet50", "ResNet50V2")
    assert text.startswith("Other normalizes first: It normalizes and activates before its convolutions, One after")
    assert "About as many parameters: One has 25.6 million, Other 25.6 million." in text
    assert "16 sums in both" in text


def test_unet_concatenates_and_is_symmetric_where_fcn_adds_and_is_not():
    text = told("UNet", "FCN8s")
    assert text.startswith("4.3× the parameters in Other: One has 31 million, Other 134 million. 4 steps up")
    assert "One doubles its maps as often as it halves them: symmetric." in text
    assert "Other halves its maps 5 times and enlarges them by ×2, ×2 and ×8." in text
    assert "4 concatenations against 2 sums: One lays maps side by side (concatenation); Other adds maps (sum)." in text
    assert "8 filters on the way up against none" in text
    assert "18 convolutions without padding against 1" in text
    first = compared("UNet", "FCN8s")[0]
    assert first.verdict == CHANGED and f"pad 99 · {first.first.text}" == f"{first.second.text} (not padded)"


def test_only_blocks_with_the_same_part_to_play_are_paired():
    paired = [
        (pair.first.names[0], pair.second.names[0]) for pair in compared("UNet", "FCN8s") if pair.first and pair.second
    ]
    assert paired == [*((f"down{place}", f"block{place}") for place in range(1, 5)), ("bottom", "block5")]
    alone = {pair.second.names[0] for pair in compared("VGG16", "ResNet50") if pair.second and not pair.first}
    assert {"pool1", "conv2_block1"} <= alone  # a pooling and a sum are no changed stack of convolutions


def test_mobilenet_v3_adds_gates():
    assert "10 sums against 10 sums and 8 gates: " in told("MobileNetV2", "MobileNetV3Large")


@pytest.mark.parametrize("name", [row.name for row in ARCHITECTURES])
def test_a_network_equals_itself_and_every_block_stands_in_the_comparison_with_another(name):
    table = layer_table(name)
    assert {pair.verdict for pair in align(table, table)} == {EQUAL}
    pairs = align(table, layer_table("MobileNetV2"))
    names = [name for pair in pairs if pair.first for name in pair.first.names]
    assert sorted(names) == sorted(block.name for block in blocks_of(table) if block.name in names)
    left_out = [block for block in blocks_of(table) if block.name not in names]
    assert not any(block.parameters for block in left_out if block.name != "input")
