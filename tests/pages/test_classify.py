"""The Classify page without a browser: what is missing is said, samples are classified, no TensorFlow."""

import subprocess
import sys
from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.inference.stand_in import NAME, made, photo_file, ready, weights_here
from tlcore.runs.store import open_store
from tlcore.settings import settings

__all__ = ["made", "ready", "weights_here"]
ROOT = Path(__file__).parent.parent.parent


def page(**query) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "classify" / "page.py"), default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def text_of(app: AppTest) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption, *app.code, *app.error])


def captions(app: AppTest) -> list[str]:
    """What stands beneath the pictures."""
    return [picture.caption for element in app.get("image") for picture in element.proto.imgs]


def guesses(app: AppTest) -> str:
    """The bars of the first network."""
    return next(element.proto.body for element in app.get("html") if 'role="list"' in element.proto.body)


def test_with_nothing_here_a_sample_is_answered_at_once_and_another_is_clicked():
    app = page()
    assert not app.exception and not app.warning
    assert app.query_params["networks"] == "EfficientNetLite0" and app.query_params["sample"] == "coffee.png"
    assert guesses(app).count(" %<") == 5 and "<span>espresso</span>" in guesses(app)
    assert any("Red counts most toward “espresso”" in words for words in captions(app)), "where it looked is shown"
    assert not app.button
    assert app.pills(key="samples").options[1].startswith("![Chelsea the cat](data:image/webp;base64,")
    app.pills(key="samples").set_value(1).run()
    assert "tiger cat" in guesses(app) and "Stefan van der Walt, CC0" in captions(app)[0]
    assert app.query_params["sample"] == "chelsea.png"
    again = page(sample="chelsea.png")
    assert "tiger cat" in guesses(again), "a reload keeps the photo"


def test_offline_without_weights_the_page_names_file_and_folder():
    app = page(networks="MobileNetV2")
    assert not app.exception
    words = text_of(app)
    assert "there is no internet connection to fetch them" in words
    assert "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5" in words
    assert str(settings().keras_home / "models") in words


def test_weights_on_the_machine_can_be_prepared(weights_here):
    app = page(networks=NAME)
    button = next(button for button in app.button if button.label.startswith("Prepare MobileNet"))
    button.click().run()
    assert not app.exception
    run = open_store().runs(kind="prepare")[0]
    assert run.plan == {"architecture": NAME, "weights": "imagenet"}
    again = page(networks=NAME)
    assert "Preparing MobileNet" in text_of(again), "another session must find the same preparation"


def test_networks_answer_side_by_side(ready):
    app = page(networks=f"EfficientNetLite0,{NAME}")
    assert not app.exception
    lists = [element.proto.body for element in app.get("html") if 'role="list"' in element.proto.body]
    assert len(lists) == 2 and all(body.count(" %<") == 3 for body in lists)
    assert lists[1].count(" → ") > 5 and ". WordNet n" in lists[1]
    assert sum("Red counts most" in words for words in captions(app)) == 2
    assert "The networks disagree." in text_of(app) or "Both networks say" in text_of(app)
    app.session_state["more"] = "Inside the network"
    app.run()
    assert not app.exception and app.select_slider
    assert sum(words.startswith("Map ") for words in captions(app)) == 24


def test_photos_outlive_their_fields_until_they_are_removed(tmp_path, monkeypatch):
    freed = []
    monkeypatch.setattr("pages.classify.kept.forget_upload", lambda upload: freed.append(upload.name))
    app = page(**{"photos-from": "Your photos"})

    def show(source: str) -> None:
        app.segmented_control(key="photos-from").set_value(source).run()

    def earlier() -> list[str]:
        return [name for field in app.multiselect if field.label == "Photos from before" for name in field.options]

    def files() -> list[str]:
        pills = [field for field in app.pills if field.key and field.key.startswith("of-")]
        return [label[2:].split("]")[0].replace("\\", "") for label in pills[0].options] if pills else captions(app)[:1]

    photo = photo_file(tmp_path / "a.jpg").read_bytes()
    app.file_uploader(key="photos").upload("a.jpg", photo).upload("b.jpg", photo).run()
    assert files() == ["a.jpg", "b.jpg"] and not earlier()
    show("Samples")
    show("Your photos")
    assert files() == earlier() == ["a.jpg", "b.jpg"] and not app.file_uploader(key="photos").value
    app.file_uploader(key="photos").upload("c.jpg", photo).run()
    assert files() == ["a.jpg", "b.jpg", "c.jpg"] and earlier() == ["a.jpg", "b.jpg"]
    field = app.multiselect(key="photos-earlier")
    field.set_value(field.value[1:]).run()
    assert files() == ["b.jpg", "c.jpg"] and earlier() == ["b.jpg"]
    show("Live camera")
    show("Your photos")
    assert earlier() == files() == ["b.jpg", "c.jpg"]
    app.multiselect(key="photos-earlier").set_value([]).run()
    assert not earlier() and not app.pills and not app.get("image")
    assert freed == ["a.jpg", "b.jpg", "c.jpg"], "the server holds what was removed"


def test_several_networks_share_the_table_of_all_photos(ready, tmp_path):
    app = page(**{"photos-from": "Your photos", "networks": f"EfficientNetLite0,{NAME}"})
    photo = photo_file(tmp_path / "a.jpg").read_bytes()
    app.file_uploader(key="photos").upload("a.jpg", photo).upload("b.jpg", photo).run()
    app.session_state["more"] = "All photos"
    app.run()
    assert not app.exception
    [table] = [element.value for element in app.dataframe]
    assert list(table.columns)[:2] == ["photo", "file"] and len(table.columns) == 4 and len(table) == 2
    [opened] = [field for field in app.pills if field.key and field.key.startswith("of-")]
    assert opened.value == 0, "the first that was given is opened first"


def test_photos_of_one_name_are_told_apart(tmp_path):
    app = page(**{"photos-from": "Your photos"})
    photo = photo_file(tmp_path / "a.jpg").read_bytes()
    app.file_uploader(key="photos").upload("image.png", photo).upload("image.png", photo).run()
    for source in ("Samples", "Your photos"):
        app.segmented_control(key="photos-from").set_value(source).run()
    assert app.multiselect(key="photos-earlier").options == ["image.png", "image.png · 2"]
    assert len(app.multiselect(key="photos-earlier").value) == 2


def test_what_covering_costs_is_kept():
    app = page()
    app.segmented_control(key="view").set_value("Cover it up").run()
    assert any(words.startswith("Covering red costs “espresso” up to") for words in captions(app))
    assert len(app.session_state["occlusions"]) == 1
    app.segmented_control(key="view").set_value("What it saw").run()
    assert "What the network saw" in captions(app)
    app.segmented_control(key="view").set_value("Cover it up").run()
    assert not app.exception and not app.error and len(app.session_state["occlusions"]) == 1


def test_the_camera_page_needs_no_camera_and_says_where_pictures_go():
    app = page(**{"photos-from": "Live camera"})
    assert not app.exception and not app.error
    assert "Frames go only to the machine that runs this studio" in text_of(app)


def test_the_page_knows_no_tensorflow(ready):
    code = f"""
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file({str(ROOT / "pages" / "classify" / "page.py")!r}, default_timeout=60)
app.query_params["networks"] = {NAME!r}
app.run()
assert not app.exception
assert any("guesses" in element.proto.body for element in app.get("html"))
assert not {{"tensorflow", "keras"}} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, timeout=120)
