"""The live camera in Chromium, which takes a film of the samples for its camera."""

import pytest

from tests.browser.camera_file import page_with_camera
from tlcore.images.samples import sample_photos

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE = 90_000


@pytest.fixture
def camera_page(chromium, tmp_path):
    """A page of a browser with a camera before which first a flower, then a cup of coffee is held for long."""
    samples = {sample.name: sample.path for sample in sample_photos()}
    photos = [samples["flower.jpg"], samples["coffee.png"]]
    with page_with_camera(chromium, photos, tmp_path, frames_each=60) as page:
        page.set_default_timeout(PATIENCE)
        yield page


def test_the_camera_names_what_it_sees_stops_and_keeps_a_picture(app, camera_page):
    page = camera_page
    page.goto(f"{app.url}/classify?photos-from=Live+camera")
    page.get_by_text("None is stored").wait_for()
    assert page.get_by_role("button", name="Stop").count() == 0, "the camera is off until it is started"
    page.get_by_role("button", name="Start the camera").click()
    guess = page.locator(".cards .guess").first
    guess.filter(has_text="daisy").wait_for()
    guess.filter(has_text="espresso").wait_for()
    assert page.locator(".cards .heat").count() == 1
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Start the camera").click()
    guess.filter(has_text="daisy").wait_for()
    page.get_by_role("button", name="Keep this picture").click()
    page.locator(".st-key-photos").get_by_text("camera ").first.wait_for()
    page.get_by_text("Red counts most").wait_for()
    assert page.locator("video").count() == 0


def test_a_browser_without_a_camera_is_told_what_to_do(app, page):
    page.goto(f"{app.url}/classify?photos-from=Live+camera")
    page.get_by_role("button", name="Start the camera").click()
    page.get_by_role("alert").filter(has_text="start").wait_for()
