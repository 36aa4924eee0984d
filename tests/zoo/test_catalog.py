"""The catalog itself: names, addresses of weights, facts that must be there. No TensorFlow."""

import re
import subprocess
import sys

import pytest

from tlcore.errors import InputError, NotFoundError
from tlcore.training.plans.plan import TrainingPlan
from tlcore.zoo.catalog import ARCHITECTURES, find, matches, weights_path
from tlcore.zoo.layers.summary import summary_text
from tlcore.zoo.layers.tables import layer_table

NAMES = [row.name for row in ARCHITECTURES]


def test_names_are_unique_and_found_however_they_are_written():
    assert len(set(NAMES)) == len(NAMES)
    assert find("mobilenet-v2").name == "MobileNetV2"
    assert find("VGG_16").name == "VGG16"


def test_an_unknown_name_suggests_the_nearest():
    with pytest.raises(NotFoundError, match="MobileNetV2"):
        find("MobilNetV2")


def test_weights_files_have_the_names_keras_gives_them(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    mobile = find("MobileNetV2")
    prefix = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0"
    assert weights_path(mobile) == tmp_path / "models" / f"{prefix}_224.h5"
    assert weights_path(mobile, include_top=False, input_size=160).name == f"{prefix}_160_no_top.h5"
    assert weights_path(mobile, include_top=False, input_size=150).name == f"{prefix}_224_no_top.h5"
    assert weights_path(find("MobileNet025")).name == "mobilenet_2_5_128_tf.h5"
    with pytest.raises(InputError, match="LeNet"):
        weights_path(find("LeNet5"))


@pytest.mark.parametrize("name", NAMES)
def test_every_row_agrees_with_its_layer_table(name):
    row, table = find(name), layer_table(name)
    assert table.parameters == row.parameters
    assert table.rows[0].output_shape == row.input_shape
    assert table.rows[-1].output_shape[-1] == row.classes
    layers = {layer.name for layer in table.rows}
    assert row.last_feature_layer in layers
    assert {cut.layer for cut in row.cut_layers} <= layers
    assert re.compile(row.blocks).groups == 1
    assert len(row.idea) > 80
    lines = summary_text(table).splitlines()
    assert len(lines) == len(table.rows) + 8 - 1
    assert f"{row.parameters:,}" in lines[-4]


@pytest.mark.parametrize("name", NAMES)
def test_every_backbone_has_one_cut_for_other_data_below_its_usual_one_and_says_so(name):
    row, layers = find(name), [layer.name for layer in layer_table(name).rows]
    said = [cut.layer for cut in row.cut_layers if "for data unlike" in cut.yields]
    assert said == [cut.layer for cut in row.cut_layers if cut.for_other_data]
    assert len(said) == (1 if row.can_be_backbone else 0)
    assert all(layers.index(layer) < layers.index(row.last_feature_layer) for layer in said)


def test_reading_the_catalog_imports_no_tensorflow():
    code = (
        "import sys, tlcore.zoo.catalog, tlcore.zoo.layers.tables\n"
        "assert not {'tensorflow', 'keras', 'streamlit'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


PUBLISHED = [row.name for row in ARCHITECTURES if row.multiply_adds]


def test_enough_published_figures():
    assert len({find(name).family for name in PUBLISHED}) >= 6


@pytest.mark.parametrize("name", PUBLISHED)
def test_multiply_adds_agree_with_the_published_figure_within_one_percent_or_it_is_said_why_not(name):
    row = find(name)
    assert row.multiply_adds_source
    agrees = layer_table(name).multiply_adds == pytest.approx(row.multiply_adds, rel=0.01)
    assert agrees == (row.multiply_adds_difference == "")


def test_each_accuracy_names_its_source_and_what_saw_more_photos_says_so():
    assert [row.name for row in ARCHITECTURES if bool(row.accuracy_source) != (row.top1 is not None)] == []
    assert {row.name for row in ARCHITECTURES if row.also_saw} == {"ConvNeXtBase", "ConvNeXtLarge", "ConvNeXtXLarge"}
    # The paper's 71.3 % of VGG-13 must not stand beside Keras' 71.3 % of VGG-16 as if depth brought nothing.
    assert {row.name for row in ARCHITECTURES if row.accuracy_mark == "†"} == {"AlexNet", "VGG11", "VGG13"}


def test_how_photos_are_cut_for_an_accuracy_is_said_where_one_square_is_cut():
    assert find("VGG16").evaluation.words == "short side to 256 pixels, then the middle 224×224"
    assert find("EfficientNetV2S").evaluation.words == "the whole photo squashed to 384×384 pixels"
    assert find("EfficientNetV2B3").evaluation.crop == 300  # below 320 pixels the official code cuts
    assert find("AlexNet").evaluation is None  # ten crops


def test_who_has_no_weights_has_no_size_of_weights_and_says_who_publishes_some():
    without = {row.name for row in ARCHITECTURES if not row.weights_bytes}
    assert {"LeNet5", "UNet", "FCN8s", "residual_net"} < without
    assert all(find(name).why_no_weights.startswith("Keras publishes none") for name in without)
    elsewhere = {name for name in without if "torchvision" in find(name).why_no_weights}
    assert elsewhere == {"AlexNet", "GoogLeNet", "VGG11", "VGG13"}
    assert find("VGG16").why_no_weights == ""


def test_networks_of_earlier_versions_are_found_by_their_old_names():
    assert find("SkipNet").name == "residual_net"
    assert find("SkipNetProjection").title == "Residual net (the course's), projected"
    plan = TrainingPlan(dataset="d", strategy="scratch", backbone="SkipNet", weights="none", input_size=28)
    assert plan.architecture.name == "residual_net"


def test_a_search_finds_names_families_and_authors_however_they_are_written():
    def found(words: str) -> list[str]:
        return [row.name for row in ARCHITECTURES if matches(row, words)]

    assert found("vgg-16") == found("VGG 16") == ["VGG16"]
    assert found("krizhevsky") == ["AlexNet"]
    assert found("mobilenet v3") == ["MobileNetV3Small", "MobileNetV3Large"]
    assert found("no such network") == [] and len(found("")) == len(NAMES)


@pytest.mark.parametrize(
    ("name", "pixels"),
    [
        ("VGG16", 212),
        ("InceptionV3", 1311),
        ("MobileNet", 315),
        ("ResNet50", 483),
        ("ResNet101", 1027),
        ("ResNet152", 1507),
    ],
)
def test_receptive_fields_agree_with_published_ones(name, pixels):
    """Araujo, Norris, Sim, "Computing Receptive Fields of Convolutional Neural Networks", table of section 6."""
    assert layer_table(name).row(find(name).last_feature_layer).receptive_field == pixels
