"""A network as one web page, opened from a file as whoever gets it does."""

import base64
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.browser.camera_file import page_with_camera
from tests.browser_runtime import archive, package
from tlcore.export.browser import page as page_parts
from tlcore.export.browser.one_photo import for_one_photo
from tlcore.export.browser.page import Shown, page_html
from tlcore.export.browser.runtime import LITERT_JS, load_runtime
from tlcore.images.decode import decode_image
from tlcore.images.resize import RESIZE_MODES, resize
from tlcore.images.samples import sample_photos
from tlcore.inference.engine import Engine
from tlcore.inference.networks.lite_file import lite_file
from tlcore.jobs import SILENT
from tlcore.settings import Settings
from tlcore.zoo.catalog import ARCHITECTURES
from tlcore.zoo.weights.package import read_package_weights

pytestmark = pytest.mark.browser
NAMES = ["</script><script>document.title = 'taken over'</script>", "<img src=x onerror=alert(1)>"]


def keep(content: bytes, row) -> None:
    row.path.parent.mkdir(parents=True, exist_ok=True)
    row.path.write_bytes(content)


@pytest.fixture
def stand_in_page(home, tmp_path) -> str:
    """The address of a page whose network looks for red."""
    keep(archive(), package(archive()))
    runtime = load_runtime(package(archive()), SILENT)
    path = tmp_path / "red.html"
    path.write_text(page_html(Shown(NAMES[0], NAMES, 8, "crop", []), b"network", runtime), "utf-8")
    return path.as_uri()


def test_squares_are_those_of_the_engine(page):
    """Any other filter, crop or rounding would feed the network another picture than in training."""
    page.goto("about:blank")
    page.add_script_tag(content=page_parts._part("squares.js"))
    random = np.random.default_rng(0)
    tall = (64, 311)  # Pillow filters its columns first, and rounds in between
    for mode in (row.name for row in RESIZE_MODES if row.for_training):
        for wide, high in ((64, 64), (97, 64), (301, 200), tall, (20, 33), (320, 240)):
            photo = random.integers(0, 256, (high, wide, 3), np.uint8)
            opaque = np.concatenate([photo, np.full((high, wide, 1), 255, np.uint8)], axis=2)
            square = page.evaluate(
                """([width, height, text, mode]) => {
                    const data = Uint8ClampedArray.from(atob(text), (letter) => letter.charCodeAt(0));
                    return Array.from(makeSquare({ width, height, data }, 64, mode));
                }""",
                [wide, high, base64.b64encode(opaque.tobytes()).decode(), mode],
            )
            difference = np.abs(np.reshape(square, (64, 64, 3)) - resize(photo, 64, 64, mode))
            assert difference.max() <= ((wide, high) == tall), (mode, wide, high)


def test_a_photo_is_classified_and_names_stay_names(page, stand_in_page, tmp_path):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(stand_in_page)
    page.locator("#status", has_text="Ready").wait_for()
    Image.new("RGB", (40, 30), (51, 0, 0)).save(tmp_path / "dark.png")
    page.set_input_files("#file", tmp_path / "dark.png")
    page.locator("#answer", has_text="<img src=x onerror=alert(1)> (80 %)").wait_for()
    assert page.locator("#bars li").all_inner_texts() == [f"{NAMES[0]}\n20 %", f"{NAMES[1]}\n80 %"]
    assert page.locator("#bars img").count() == 0 and page.title() == NAMES[0]
    assert all(url.startswith(("file:", "blob:")) for url in asked)
    (tmp_path / "broken.jpg").write_bytes(b"no photo")
    page.set_input_files("#file", tmp_path / "broken.jpg")
    page.locator("#status", has_text="cannot open broken.jpg").wait_for()


def test_the_camera_is_followed_until_it_is_stopped(chromium, stand_in_page, tmp_path):
    for name, color in {"red": (255, 0, 0), "blue": (0, 0, 255)}.items():
        Image.new("RGB", (640, 480), color).save(tmp_path / f"{name}.png")
    photos = [tmp_path / "red.png", tmp_path / "blue.png"]
    with page_with_camera(chromium, photos, tmp_path, frames_each=30) as page:
        page.goto(stand_in_page)
        page.get_by_role("button", name="Start camera").click()
        page.locator("#answer", has_text="</script>").wait_for()
        page.locator("#answer", has_text="<img").wait_for()
        frame, film = page.locator("#frame").bounding_box(), page.locator("#camera").bounding_box()
        assert frame["width"] / film["height"] == pytest.approx(0.875, abs=0.02)  # a crop shows what it keeps
        page.get_by_role("button", name="Stop camera").click()
        page.locator("#camera").wait_for(state="hidden")


def test_without_a_camera_it_says_so(page, stand_in_page):
    page.goto(stand_in_page)
    page.get_by_role("button", name="Start camera").click()
    page.locator("#status", has_text="Choose a photo instead").wait_for()


def test_the_real_runtime_computes_as_the_engine_does(page, home, tmp_path):
    kept = Path(os.environ.get("TLCORE_TEST_RUNTIME") or Settings().home / "runtimes" / LITERT_JS.file_name)
    if not kept.is_file():
        pytest.skip(f"needs {LITERT_JS.file_name}: name it in TLCORE_TEST_RUNTIME, or export any run with --web once")
    keep(kept.read_bytes(), LITERT_JS)
    architecture, size = ARCHITECTURES.find("EfficientNetLite0"), 32
    network = lite_file(architecture, read_package_weights(architecture), size, "top_activation")
    (tmp_path / "network.tflite").write_bytes(network)
    names = [str(number) for number in range(1280)]
    shown = Shown("Features", names, size, "stretch", [])
    path = tmp_path / "features.html"
    path.write_text(page_html(shown, for_one_photo(network), load_runtime(LITERT_JS, SILENT)), "utf-8")
    page.goto(path.as_uri())
    page.locator("#status", has_text="Ready").wait_for()
    engine = Engine(tmp_path / "network.tflite")
    for sample in sample_photos():
        photo = decode_image(sample.path.read_bytes())
        Image.fromarray(photo).save(tmp_path / "photo.png")  # which every program decodes alike
        page.set_input_files("#file", tmp_path / "photo.png")
        square = resize(photo, size, size, "stretch")
        expected = engine.run(square[None].astype(np.float32)).ravel()
        best = int(expected.argmax())
        page.locator("#bars li.best", has_text=str(best)).wait_for()
        found = page.locator("#bars li.best").get_attribute("data-probability")
        assert float(found) == pytest.approx(float(expected[best]), rel=1e-3), sample.name
