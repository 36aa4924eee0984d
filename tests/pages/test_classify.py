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


def test_with_nothing_here_a_sample_is_classified_by_the_network_that_comes_along():
    app = page()
    app.segmented_control(key="photo-source").set_value("Samples").run()
    titles = ["A cup of coffee", "Chelsea the cat", "A rocket", "A flower", "The Summer Palace in Beijing"]
    assert app.segmented_control(key="samples").options == titles
    assert not app.exception and not app.warning
    assert app.query_params["networks"] == "EfficientNetLite0"
    guesses = next(element for element in app.get("html") if "guesses" in element.proto.body)
    assert guesses.proto.body.count(" %)") == 5
    assert "espresso" in guesses.proto.body
    assert not app.button


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


def test_a_sample_photo_is_classified(ready):
    app = page(networks=NAME)
    app.segmented_control(key="photo-source").set_value("Samples").run()
    assert not app.exception
    guesses = next(element for element in app.get("html") if "guesses" in element.proto.body)
    assert guesses.proto.body.count(" %)") == 5
    assert guesses.proto.body.count(" → ") > 5 and ". WordNet n" in guesses.proto.body
    app.segmented_control(key="closer").set_value(":material/visibility: Where it looked").run()
    assert not app.exception
    app.segmented_control(key="samples").set_value(["flower.jpg", "china.jpg"]).run()
    assert not app.exception
    assert list(app.dataframe[0].value["file"]) == ["A flower", "The Summer Palace in Beijing"]


def test_photos_outlive_their_fields_until_they_are_removed(tmp_path, monkeypatch):
    freed = []
    monkeypatch.setattr("pages.classify.kept.forget_upload", lambda upload: freed.append(upload.name))
    app = page()

    def show(source: str) -> None:
        app.segmented_control(key="photo-source").set_value(source).run()

    def earlier() -> list[str]:
        return [name for field in app.multiselect if field.label == "Photos from before" for name in field.options]

    def files() -> list[str]:
        return list(app.dataframe[0].value["file"]) if app.dataframe else captions(app)[:1]

    photo = photo_file(tmp_path / "a.jpg").read_bytes()
    app.file_uploader(key="photos").upload("a.jpg", photo).upload("b.jpg", photo).run()
    assert files() == ["a.jpg", "b.jpg"] and not earlier()
    show("Samples")
    show("Files")
    assert files() == earlier() == ["a.jpg", "b.jpg"] and not app.file_uploader(key="photos").value
    app.file_uploader(key="photos").upload("c.jpg", photo).run()
    assert files() == ["a.jpg", "b.jpg", "c.jpg"] and earlier() == ["a.jpg", "b.jpg"]
    field = app.multiselect(key="photos-earlier")
    field.set_value(field.value[1:]).run()
    assert files() == ["b.jpg", "c.jpg"] and earlier() == ["b.jpg"]
    for source, names in (("Camera", ["first.jpg", "second.jpg"]), ("Paste", ["third.jpg", "fourth.jpg"])):
        show(source)
        assert not earlier()
        for name in names:  # another photo takes the place of the one before
            if source == "Camera":
                app.camera_input(key="camera").set_value((name, photo, "image/jpeg")).run()
            else:
                app.chat_input(key="pasted").upload(name, photo).set_value("").run()
            assert not app.dataframe and not app.exception
        show("Samples")
        show(source)
        assert earlier() == names[1:]
    show("Files")
    assert earlier() == files() == ["b.jpg", "c.jpg"]
    app.multiselect(key="photos-earlier").set_value([]).run()
    assert not earlier() and not app.dataframe and not app.get("image")
    assert freed == ["a.jpg", "third.jpg", "b.jpg", "c.jpg"], "the server holds what was removed"


def test_a_second_opinion_outlives_what_is_done_next():
    app = page()
    app.segmented_control(key="photo-source").set_value("Samples").run()
    app.segmented_control(key="closer").set_value(":material/visibility: Where it looked").run()
    next(toggle for toggle in app.toggle if toggle.label == "Second opinion").set_value(True).run()
    assert any("covering the red area lowers" in words for words in captions(app))
    for opacity in (80, 20):
        next(slider for slider in app.slider if slider.label == "Heat map").set_value(opacity).run()
        assert not app.exception and not app.error
        assert any("covering the red area lowers" in words for words in captions(app))


def test_the_page_knows_no_tensorflow(ready):
    code = f"""
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file({str(ROOT / "pages" / "classify" / "page.py")!r}, default_timeout=60)
app.query_params["networks"] = {NAME!r}
app.run()
app.segmented_control(key="photo-source").set_value("Samples").run()
assert not app.exception
assert any("guesses" in element.proto.body for element in app.get("html"))
assert not {{"tensorflow", "keras"}} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, timeout=120)
