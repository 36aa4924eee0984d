"""The Classify page in Chromium: prepare, upload, read the result; hostile files beside good ones."""

import base64
import io
import re
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from tests.images.test_hostile import REFUSED, SERVED
from tests.inference.stand_in import NAME, made, photo_file, ready, weights_here
from tlcore.images.samples import sample_photos
from tlcore.inference.networks.prepared import is_folder_prepared, prepared_folder

__all__ = ["made", "ready", "weights_here"]
pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE = 90_000
GUESS = re.compile(r".+\n(\d+|under 1|over 99) %")

PASTE = """content => {
    const bytes = Uint8Array.from(atob(content), letter => letter.charCodeAt(0));
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([bytes], 'image.png', {type: 'image/png'}));
    document.body.dispatchEvent(new ClipboardEvent('paste', {clipboardData, bubbles: true, cancelable: true}));
}"""


def upload(page, files) -> None:
    page.get_by_text("Your photos").click()
    page.wait_for_selector(".st-key-photos input[type=file]", state="attached")
    page.set_input_files(".st-key-photos input[type=file]", files)


def memory(process) -> int:
    """Largest resident set of a process so far, in bytes."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return 1024 * int(next(line.split()[1] for line in lines if line.startswith("VmHWM")))


def test_prepare_in_the_page_reload_meanwhile_and_classify(weights_here, app, page, tmp_path):
    page.goto(f"{app.url}/classify?networks={NAME}")
    page.get_by_role("button", name="Prepare MobileNet").click()
    page.get_by_text("Preparing MobileNet").wait_for()
    page.reload()
    page.get_by_text("Preparing MobileNet").wait_for(timeout=PATIENCE)
    page.get_by_text("Preparing MobileNet").wait_for(state="detached", timeout=PATIENCE)
    assert is_folder_prepared(prepared_folder(NAME))
    upload(page, [photo_file(tmp_path / "a photo.jpg")])
    page.locator(".guesses .guess").nth(4).wait_for(timeout=PATIENCE)
    guesses = page.locator(".guesses .guess").all_inner_texts()
    assert len(guesses) == 5
    assert all(GUESS.fullmatch(text.strip()) for text in guesses)
    page.get_by_text("Red counts most").wait_for()
    page.get_by_text("Cover it up").click()
    page.get_by_text("Covering red costs").wait_for(timeout=PATIENCE)
    page.get_by_text("What it saw").click()
    page.get_by_text("What the network saw").wait_for()
    page.get_by_text("Inside the network").click()
    page.get_by_text(re.compile(r"maps of \d+ × \d+")).wait_for()


def test_a_sample_is_answered_when_the_page_opens_and_clicking_another_shows_it(app, page):
    page.goto(f"{app.url}/classify")
    page.locator(".guesses .guess").nth(4).wait_for()
    assert "espresso" in page.locator(".guesses .guess").first.inner_text()
    assert all(GUESS.fullmatch(text.strip()) for text in page.locator(".guesses .guess").all_inner_texts())
    assert page.get_by_role("button", name="Prepare").count() == 0
    page.get_by_role("radio", name="Chelsea the cat").or_(page.get_by_alt_text("Chelsea the cat").first).first.click()
    page.get_by_text("tiger cat").first.wait_for()
    page.reload()
    page.get_by_text("tiger cat").first.wait_for()
    assert "sample=chelsea.png" in page.url


def test_a_photo_is_pasted_anywhere_on_the_page(app, page):
    page.goto(f"{app.url}/classify")
    page.locator(".guesses .guess").nth(4).wait_for()
    page.get_by_test_id("stBidiComponentIsolated").wait_for(state="attached")
    page.wait_for_timeout(1000)  # the page shows nothing by which its readiness could be seen
    cat = next(sample for sample in sample_photos() if sample.name == "chelsea.png")
    page.evaluate(PASTE, base64.b64encode(cat.path.read_bytes()).decode())
    page.get_by_text("image.png").first.wait_for()
    page.get_by_text("tiger cat").first.wait_for()


def test_a_photo_of_a_phone_outlives_a_change_of_page(app, page):
    file = io.BytesIO()
    pillow_heif.from_pillow(Image.open(sample_photos()[0].path)).save(file)
    page.goto(f"{app.url}/classify")
    upload(page, [{"name": "phone.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}])  # whatever its name
    guesses = page.locator(".guesses .guess")
    guesses.nth(4).wait_for(timeout=PATIENCE)
    before = guesses.all_inner_texts()
    assert "espresso" in before[0] and page.get_by_text("Photos from before").count() == 0
    for _ in range(2):
        page.get_by_role("link", name="Datasets").click()
        page.get_by_role("heading", name="Datasets").wait_for()
        page.get_by_role("link", name="Classify").click()
        page.get_by_text("Your photos").click()
        page.get_by_text("Photos from before").wait_for()
        guesses.nth(4).wait_for()
        assert guesses.all_inner_texts()[0] == before[0]
    field = page.get_by_test_id("stMultiSelect").filter(has_text="Photos from before")
    field.get_by_label("Clear all").click()
    page.get_by_text("Photos from before").wait_for(state="detached")
    guesses.first.wait_for(state="detached")


def test_many_photos_with_hostile_files_among_them(ready, app, page):
    page.goto(f"{app.url}/classify?networks={NAME}")
    before = memory(app.process)
    files = [
        {"name": f"{kind}.jpg", "mimeType": "image/jpeg", "buffer": data}
        for kind, data in [*REFUSED.items(), *SERVED.items()]
    ]
    upload(page, files)
    page.get_by_text(f"{len(REFUSED) - 1} files are not usable photos").or_(
        page.get_by_text(f"{len(REFUSED)} files are not usable photos")
    ).wait_for(timeout=PATIENCE)
    page.get_by_role("tab", name="All photos").click()
    page.get_by_text(f"{len(SERVED)} photos").wait_for()
    page.locator(".guesses .guess").nth(4).wait_for()
    assert memory(app.process) - before < 700_000_000
