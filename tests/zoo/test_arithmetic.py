"""The parameters of layers written out."""

import re
from math import prod

import pytest

from tlcore.zoo.catalog import ARCHITECTURES
from tlcore.zoo.layers.arithmetic import largest_layers, why_sentence
from tlcore.zoo.layers.tables import LayerRow, LayerTable, layer_table


def value(text: str) -> int:
    """What an arithmetic such as "3·3·64 + 64" comes to."""
    return sum(prod(int(factor.replace(",", "")) for factor in part.split("·")) for part in text.split(" + "))


@pytest.mark.parametrize("name", [row.name for row in ARCHITECTURES])
def test_the_largest_layers_of_every_network_add_up(name):
    table = layer_table(name)
    counts = largest_layers(table)
    assert len(counts) == 3
    assert counts[0].row.parameters == max(row.parameters for row in table.rows)
    for count in counts:
        written, _, result = count.text.partition(" = ")
        assert value(written) == value(result) == count.row.parameters
        assert re.search("·", written), "no arithmetic"
        assert count.share == count.row.parameters / table.parameters
    assert why_sentence(table)


def test_why_vgg16_has_so_many_parameters():
    table = layer_table("VGG16")
    first = largest_layers(table)[0]
    assert (first.row.name, first.text) == ("fc1", "7·7·512·4,096 + 4,096 = 102,764,544")
    assert f"{first.share:.0%}" == "74%"
    assert "7·7·512 = 25,088 values" in why_sentence(table) and "together hold 11 %" in why_sentence(table)
    assert "the dense layers hold 8 %" in why_sentence(layer_table("ResNet50"))
    assert "there is no dense layer" in why_sentence(layer_table("UNet"))


def test_a_layer_whose_sum_cannot_be_written_out_still_has_its_number():
    rows = (
        LayerRow(0, "in", "InputLayer", "", None, (8,), 0, 0, 0, None, None, (), "input"),
        LayerRow(1, "mine", "Mine", "opaque", None, (8,), 1234, 1234, 0, None, None, ("in",), "input"),
    )
    table = LayerTable("own", rows)
    assert [count.text for count in largest_layers(table)] == ["1,234"]
    assert why_sentence(table) == ""
