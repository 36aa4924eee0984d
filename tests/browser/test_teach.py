"""Teaching by camera in Chromium, which takes a film of two drawn objects for its camera."""

import pytest
from PIL import Image

from tests.browser.camera_file import page_with_camera
from tlcore.datasets.sources.rendered import render

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE = 90_000


@pytest.fixture
def camera_page(chromium, tmp_path):
    """A page of a browser with a camera before which drawn objects are held."""
    photos = []
    for number in range(6):
        photos.append(tmp_path / f"{number}.png")
        Image.fromarray(render(number % 2, number, 240, 3)).save(photos[-1])
    viewport = {"width": 390, "height": 844}
    with page_with_camera(chromium, photos, tmp_path, frames_each=30, viewport=viewport) as page:
        page.set_default_timeout(PATIENCE)
        yield page


def test_two_classes_are_recorded_by_hand_and_by_keys_and_answered_at_once(app, camera_page):
    page = camera_page
    page.goto(f"{app.url}/teach")
    page.get_by_role("button", name="Start the camera").click()
    page.get_by_role("button", name="Stop").wait_for()
    counts = page.locator(".count")
    button = page.get_by_role("button", name="Hold to record Class 1")
    button.scroll_into_view_if_needed()
    button.hover()
    page.mouse.down()
    page.locator(".recording", has_text="Recording Class 1").wait_for()
    counts.nth(0).filter(has_text="images, 1 recording").wait_for()
    page.wait_for_timeout(800)
    page.mouse.up()
    assert page.locator(".guess.best").count() == 0, "one class is no choice"
    page.keyboard.down("2")
    page.locator(".guesses .guess.best").wait_for()
    page.keyboard.up("2")
    assert page.locator(".over .heat").count() == 1 and page.locator(".guesses .guess").count() == 2
    page.get_by_text("a second time, in another place").wait_for()
    page.locator(".thumb img").nth(1).wait_for()
    page.get_by_role("button", name="Undo the last recording").click()
    counts.nth(1).filter(has_text="No image yet").wait_for()
    page.get_by_role("button", name="Hold to record Class 2").focus()
    page.keyboard.down("Space")
    counts.nth(1).filter(has_text="images, 1 recording").wait_for()
    page.locator(".guesses .guess.best").wait_for()
    page.keyboard.up("Space")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, "nothing is wider than a phone"
    video = page.evaluate_handle("""() => [...document.querySelectorAll('*')].map(each => each.shadowRoot)
        .concat(document).map(root => root?.querySelector('video')).find(Boolean).srcObject""")
    page.get_by_role("link", name="Home").first.evaluate("link => link.click()")
    page.get_by_role("heading", name="Transfer Learning Studio").wait_for()
    page.wait_for_function("stream => stream.getTracks().every(track => track.readyState === 'ended')", arg=video)


def test_without_a_camera_drawn_objects_can_be_taught_and_kept(app, page):
    page.goto(f"{app.url}/teach")
    page.get_by_role("button", name="Try drawn objects").click()
    page.locator(".figure strong", has_text="18 recordings").wait_for()
    first = page.locator(".guesses").inner_text()
    page.get_by_role("button", name="Show it another drawing").click()
    page.locator(".guesses .guess.best").wait_for()
    page.wait_for_function(
        "first => [...document.querySelectorAll('*')].map(each => each.shadowRoot).concat(document)"
        ".map(root => root?.querySelector('.guesses')).find(Boolean).innerText !== first",
        arg=first,
    )
    page.get_by_role("button", name="Make it a dataset and train").click()
    page.wait_for_url("**/train?run=**")
    page.get_by_text("test images are classified correctly").wait_for()
