"""The Compare page in Chromium: a cell opens into its photos, the address keeps the choice, the report stands alone."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PATIENCE = 90_000


@pytest.fixture
def runs(two_classes, finished_run):
    return [
        finished_run(two_classes, "scratch", wrong=range(12), name="Scratch on noise"),
        finished_run(two_classes, "frozen", wrong=[3], name="Frozen on noise"),
    ]


def test_from_the_sentence_down_to_the_photo_and_away_with_the_report(runs, app, page, tmp_path):
    page.goto(f"{app.url}/compare")
    page.get_by_text("starting from nothing is no better than guessing").wait_for(timeout=PATIENCE)
    assert all(run.id in page.url for run in runs)

    page.get_by_role("tab", name="Mistakes").click()
    page.get_by_role("radio", name="Confused classes").click()

    matrix = page.locator(f".st-key-confusion-{runs[1].id} .js-plotly-plot .nsewdrag").first
    matrix.wait_for(timeout=PATIENCE)
    matrix.scroll_into_view_if_needed()
    page.wait_for_timeout(1000)
    box = matrix.bounding_box()
    # The only photo that the frozen run gets wrong: a cat, upper row, taken for a dog, right column.
    page.mouse.move(box["x"] + 0.7 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.click(box["x"] + 0.7 * box["width"], box["y"] + 0.3 * box["height"])
    page.get_by_text("says dog").first.wait_for(timeout=PATIENCE)

    # On a busy machine the rest of the page is still being redrawn, and a click on what is replaced goes nowhere.
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')", timeout=PATIENCE)
    page.get_by_role("radio", name="Two runs").click()
    page.get_by_text("They disagree on 11 of 18 test images").wait_for(timeout=PATIENCE)
    page.get_by_role("tab", name="Confidence").click()
    page.get_by_role("radio", name="Threshold").click()
    page.get_by_text("ROC curve").first.wait_for(timeout=PATIENCE)
    page.get_by_role("tab", name="Take away").click()

    with page.expect_download(timeout=PATIENCE) as waiting:
        page.get_by_role("button", name="Report").click()
    report = tmp_path / "report.html"
    waiting.value.save_as(report)
    page.context.set_offline(True)
    page.goto(report.as_uri())
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    assert page.locator(".js-plotly-plot").count() == 5
    assert page.locator(".photo img").evaluate_all("images => images.every(image => image.naturalWidth === 160)")
