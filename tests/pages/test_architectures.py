"""The Architectures page: every view, the way through them, and no TensorFlow."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.architectures.gallery import _SORTS
from pages.architectures.questions import QUESTIONS
from tlcore import guard
from tlcore.inference.flow.value import Place
from tlcore.inference.inside import layers_with_maps
from tlcore.inference.networks.prepared import load_prepared, prepared_folder
from tlcore.runs.run import FINISHED, QUEUED
from tlcore.runs.store import open_store
from tlcore.zoo.catalog import ARCHITECTURES, INSTALLED
from tlcore.zoo.opened import network as opened

ROOT = Path(__file__).parent.parent.parent


def page(**query) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "architectures" / "page.py"), default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def gallery() -> AppTest:
    """The gallery with its networks in a table."""
    app = page()
    app.button_group(key="gallery_view").set_value("table").run()
    return app


def test_the_gallery_lists_all_networks_and_filters_them():
    app = gallery()
    assert not app.exception
    assert len(app.dataframe[0].value) == len(ARCHITECTURES)
    app.button_group(key="gallery_family").set_value(["VGG"]).run()
    assert list(app.dataframe[0].value["Network"]) == ["VGG-11", "VGG-13", "VGG-16", "VGG-19"]
    app.selectbox(key="gallery_sort").set_value("Top-1 accuracy, best first").run()
    assert app.dataframe[0].value["Network"].iloc[-1] == "VGG-11"
    app.toggle(key="gallery_here").set_value(True).run()
    assert app.info[0].value == "No network matches these filters."


def test_each_network_is_a_small_tower_that_opens_it():
    app = page()
    cards = json.loads(app.get("bidi_component")[0].proto.json)["networks"]
    assert [card["name"] for card in cards] == [row.name for row in sorted(ARCHITECTURES, key=_SORTS["Year"])]
    unet = next(card for card in cards if card["name"] == "UNet")
    heights = [height for _, _, height, _ in unet["boxes"]]
    assert heights[0] > min(heights) < heights[-1] and not any(is_vector for *_, is_vector in unet["boxes"])
    app.session_state["architecture_view"], app.session_state["architecture_name"] = "network", "UNet"
    app.run()
    assert not app.exception and app.query_params["name"] == "UNet"


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.text)
def test_each_question_leads_to_its_answer(question):
    app = page()
    app.button_group(key="question").set_value(question.text).run()
    assert not app.exception and not app.error
    assert app.session_state["architecture_view"] == question.shows["view"]
    text = " ".join(text.value for text in app.markdown).replace("\\", "")
    if question.shows.get("name") == "VGG16":
        assert "fc1`: 7·7·512·4,096 + 4,096 = 102,764,544, **74\N{NO-BREAK SPACE}%** of all" in text
    if question.shows.get("compared") == ["UNet", "FCN8s"]:
        assert "4 concatenations against 2 sums" in text
        assert len(app.get("plotly_chart")) == 2, "both are drawn as wholes"


@pytest.mark.parametrize("name", ["LeNet5", "VGG16", "UNet", "residual_net", "NASNetLarge", "ConvNeXtTiny"])
def test_a_network_in_depth(name):
    app = page(name=name)
    assert not app.exception
    assert not app.error
    row = next(row for row in ARCHITECTURES if row.name == name)
    assert any(row.lesson in text.value for text in app.markdown)
    for tab in ("Flow", "Blocks", "Layers", "Reuse"):
        app.session_state["architecture_tab"] = tab
        app.run()
        assert not app.exception and not app.error
        assert app.query_params["tab"] == tab
    assert [info.value for info in app.info] == ([row.why_no_classifier] if row.labels_pixels else [])
    assert len([button for button in app.button if button.label == "Cut here"]) == (
        0 if row.labels_pixels else len(row.cut_layers)
    )


def test_vgg16_tells_where_its_parameters_are():
    assert any("fc1\\: 103M of 138M, 74\N{NO-BREAK SPACE}%" in text.value for text in page(name="VGG16").markdown)


def test_choosing_and_searching_layers():
    app = page(name="InceptionV3", tab="Layers")
    app.session_state["explorer_tab"] = "Table"
    app.run()
    app.text_input(key="layer_search").set_value("mixed7 concatenate").run()
    assert list(app.dataframe[0].value["Layer"]) == ["mixed7"]
    layer = next(box for box in app.selectbox if box.label == "Layer")
    layer.set_value("mixed7").run()
    assert any("outputs **17×17×768**" in text.value for text in app.markdown)


def test_the_summary_as_text():
    app = page(name="VGG16", tab="Layers")
    app.session_state["explorer_tab"] = "Text"
    app.run()
    assert "Parameters: 138,357,544" in app.code[0].value


def test_opening_all_stages_keeps_the_page_whole():
    app = page(name="ResNet50", tab="Layers")
    next(button for button in app.button if button.label == "Open all stages").click().run()
    assert not app.exception


def test_an_unknown_network_is_explained():
    app = page(name="ResNet5")
    assert not app.exception
    assert "ResNet50" in app.error[0].value


def test_side_by_side():
    app = page(view="compare", names="VGG16,MobileNet")
    app.session_state["compared_tab"] = "All figures"
    app.run()
    assert not app.exception
    table = app.table[0].value
    assert list(table.columns) == ["", "VGG-16", "MobileNet"]
    assert "138,357,544" in set(table["VGG-16"])
    app.multiselect(key="architecture_compared").set_value(["VGG16"]).run()
    assert "at least two" in app.info[0].value


def test_two_networks_are_laid_beside_each_other_block_by_block():
    app = page(view="compare", names="VGG16,MobileNet,VGG19")
    app.button_group(key="aligned-VGG16-MobileNet-VGG19").set_value("VGG-16 and VGG-19").run()
    assert not app.exception
    table = app.table[0].value
    assert list(table.columns) == ["", "VGG-16", "VGG-19"]
    verdicts = [verdict.partition("[")[2].rstrip("]") for verdict in table[""]]
    assert verdicts == ["equal", "equal", "changed", "changed", "changed", "equal"]
    assert table["VGG-19"].iloc[2].endswith("3×3, 256 ReLU :orange-background[×4] · max 2×2 stride 2")
    assert any(":gray-badge[3 equal] :orange-badge[3 changed]" in text.value for text in app.markdown)
    assert any("1.27× the multiply-adds in VGG-19" in text.value.replace("\\", "") for text in app.markdown)
    app.button_group(key="pair").set_value("U-Net and FCN-8s").run()
    assert not app.exception
    assert list(app.table[0].value.columns) == ["", "U-Net", "FCN-8s"]


def test_the_years_say_what_each_paper_brought():
    app = page()
    app.button_group(key="gallery_view").set_value("years").run()
    assert not app.exception
    lines = json.loads(app.get("bidi_component")[0].proto.json)["networks"]
    assert [line["year"] for line in lines[:5]] == ["1998", "2012", "2014", "", ""]
    assert lines[3]["title"] == "VGG-11 to 19" and lines[3]["name"] == "VGG16"
    assert all(line["lines"] == [line["lesson"]] for line in lines)


def test_a_search_narrows_the_gallery():
    app = gallery()
    app.text_input(key="gallery_search").set_value("resnet-50").run()
    assert list(app.dataframe[0].value["Network"]) == ["ResNet-50", "ResNet-50 V2"]
    app.text_input(key="gallery_search").set_value("no such network").run()
    assert app.info[0].value == "No network matches these filters."


def test_a_photo_flows_through_and_a_value_is_written_out():
    app = page(name=INSTALLED, tab="Flow")
    assert not app.exception and not app.error
    flow = json.loads(app.get("bidi_component")[0].proto.json)
    assert flow["stages"][0]["name"] == "stem_activation" and len(flow["answer"]) == 5
    assert "bias" in app.get("html")[0].proto.body and "red" in app.get("html")[0].proto.body
    assert not [button for button in app.button if button.key == "flow-back"]  # the photo itself is under the window
    prepared = load_prepared(prepared_folder(INSTALLED))
    place = Place(next(one.tensor for one in layers_with_maps(prepared) if one.name == "block2b_add"), 8, 9, 3)
    app.session_state["flow"]["way"] = [place]
    app.run()
    assert any("block2b_add`, map 3, row 8, column 9" in text.value for text in app.markdown)
    app.button(key="flow-back").click().run()
    assert not app.exception and len(app.session_state["flow"]["way"]) == 2
    app.button_group(key="flow-sample").set_value("A rocket").run()
    assert len(app.session_state["flow"]["way"]) == 1


def test_networks_without_weights_say_how_to_get_them():
    app = page(name="VGG16", tab="Flow")
    assert "not on this machine" in app.info[0].value and "vgg16_weights" in app.code[0].value
    assert app.get("bidi_component"), "a photo flows through the network that is always here"
    app.button(key=f"flow-other-{INSTALLED}").click().run()
    assert not app.exception and app.get("bidi_component")
    assert "Keras publishes none" in page(name="LeNet5", tab="Flow").info[0].value


def test_figures_of_a_network_stand_beside_their_source_and_its_largest_layer_is_written_out():
    texts = [text.value for text in page(name="VGG16").markdown]
    assert any("`fc1`: 7·7·512·4,096 + 4,096 = 102,764,544, **74\N{NO-BREAK SPACE}%** of all" in text for text in texts)
    assert any("Each of the 4,096 units of fc1 has a weight" in text for text in texts)
    assert any("71.3 % top-1, 90.1 % top-5 (source: Keras' table" in text for text in texts)
    assert any("Deep ones did not learn" in text and "1409.1556" in text for text in texts)
    texts = " ".join(text.value for text in page(name="ResNet50").markdown)
    assert "the paper: 3.8G. Why they differ: " in texts
    assert "Keras publishes none; torchvision has some" in " ".join(text.value for text in page(name="VGG11").markdown)
    assert any("no published weights" in text.value for text in page(name="UNet").caption)


def test_the_view_is_part_of_the_address():
    app = page()
    app.button_group[0].set_value("file").run()
    assert app.query_params["view"] == "file"
    assert not app.exception


def test_cut_here_leads_to_training_with_that_cut():
    app = AppTest.from_file(str(ROOT / "pages" / "router.py"), default_timeout=60).run()
    app.query_params["name"], app.query_params["tab"] = "InceptionV3", "Reuse"
    app.switch_page("architectures/page.py").run()
    app.button(key="cut-mixed7").click().run()
    assert app.session_state["train_prefill"] == {"backbone": "InceptionV3", "cut_layer": "mixed7", "head": "new"}


def test_what_nobody_pretrained_is_cut_to_be_trained_from_scratch(objects):
    app = AppTest.from_file(str(ROOT / "pages" / "router.py"), default_timeout=60).run()
    app.query_params["name"], app.query_params["tab"] = "LeNet5", "Reuse"
    app.switch_page("architectures/page.py").run()
    app.button(key="cut-S2").click().run()
    app.switch_page("train/page.py").run()
    assert not app.exception and not app.error
    next(button for button in app.button if button.label == "Start training").click().run()
    plan = open_store().runs(kind="train")[0].plan
    assert [plan[name] for name in ("strategy", "backbone", "cut_layer", "head")] == ["scratch", "LeNet5", "S2", "new"]


def test_the_page_imports_no_tensorflow():
    code = (
        "import sys, streamlit.testing.v1 as testing\n"
        "app = testing.AppTest.from_file('pages/architectures/page.py', default_timeout=60)\n"
        "app.query_params['name'] = 'VGG16'\n"
        "assert not app.run().exception\n"
        "assert not {'tensorflow', 'keras', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def _network_file(name: str) -> bytes:
    layers = [
        {"class_name": "InputLayer", "config": {"name": "picture", "batch_shape": [None, 8, 8, 3]}},
        {"class_name": "Flatten", "config": {"name": "flat"}},
        {"class_name": "Dense", "config": {"name": name, "units": 5}},
    ]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("config.json", json.dumps({"class_name": "Sequential", "config": {"layers": layers}}))
    return file.getvalue()


def test_an_own_network_is_read_once_and_stays_until_another_comes(monkeypatch):
    app, read = page(view="file"), []
    monkeypatch.setattr(opened, "run", lambda *given: read.append(given[2]) or guard.run(*given))
    app.file_uploader(key="own-file-0").upload("mine.keras", _network_file("mine")).run()
    assert not app.exception and not app.error
    assert app.subheader[0].value == "mine" and app.metric[0].value == "965"
    assert app.file_uploader(key="own-file-1").value is None
    app.run()
    assert app.metric[0].value == "965" and read == ["mine.keras"]
    app.file_uploader(key="own-file-1").upload("other.keras", b"nothing").run()
    assert not app.exception and "other.keras" in app.error[0].value and not app.metric
    assert "other.keras" in app.run().error[0].value and read == ["mine.keras", "other.keras"]


def _closed_file() -> bytes:
    layers = [
        {"class_name": "InputLayer", "config": {"name": "picture", "batch_shape": [None, 8, 8, 3]}},
        {"class_name": "Lambda", "config": {"name": "code", "function": "never run"}},
        {"class_name": "Mystery", "config": {"name": "mystery"}},
        {"class_name": "Dense", "config": {"name": "answer", "units": 5}},
    ]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("config.json", json.dumps({"class_name": "Sequential", "config": {"layers": layers}}))
    return file.getvalue()


def test_totals_that_nobody_can_know_are_given_as_at_least():
    app = page(view="file")
    app.file_uploader(key="own-file-0").upload("mine.keras", _closed_file()).run()
    assert not app.exception and not app.error
    assert [metric.label for metric in app.metric] == [
        "Parameters, at least", "Multiply-adds, at least", "Depth, at least", "Input", "Output",
    ]  # fmt: skip
    assert "code (Lambda), mystery (Mystery)" in app.warning[0].value.replace("\\", "")
    app.session_state["explorer_tab"] = "Table"
    app.run()
    table = app.dataframe[0].value
    assert table["Multiply-adds"].isna().tolist() == [False, True, True, True]
    assert "parameters" in table["Not known"].iloc[2]


def test_a_network_that_was_trained_here_is_opened_without_a_file():
    store = open_store()
    run = store.add_run("train", {}, "Mine of today")
    run.folder.mkdir(parents=True, exist_ok=True)
    (run.folder / "model.keras").write_bytes(_network_file("mine"))
    store.move(run.id, [QUEUED], FINISHED)
    app = page(view="file")
    app.button(key=f"own-trained-{run.id}").click().run()
    assert not app.exception and not app.error
    assert app.subheader[0].value == "Mine of today" and app.metric[0].value == "965"


def test_a_zip_with_a_network_in_it_and_a_file_of_another_kind():
    app, packed = page(view="file"), io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("keras_model.keras", _network_file("mine"))
        archive.writestr("labels.txt", "0 cat")
    app.file_uploader(key="own-file-0").upload("converted_keras.zip", packed.getvalue()).run()
    assert not app.exception and app.metric[0].value == "965"
    app.file_uploader(key="own-file-1").upload("cat.h5", b"\xff\xd8\xff\xe0").run()
    assert "cat.h5, a photo" in app.error[0].value and not app.metric
