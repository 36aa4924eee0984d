"""What only a browser shows of training: live curves, a reload in mid-run, an app that dies while a run goes on."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import start_app
from tlcore.datasets.importer import import_dataset
from tlcore.runs import client
from tlcore.runs.run import FINISHED, QUEUED, STOPPED
from tlcore.runs.store import open_store

pytestmark = [pytest.mark.browser, pytest.mark.slow]

POINTS = "document.querySelector('.js-plotly-plot')?.data?.[0]?.x?.length ?? 0"


def launch(page, app, epochs: int) -> str:
    """Launch LeNet-5 from scratch on the digits from the Train page; returns the run's id."""
    dataset = import_dataset("digits", {}, "digits")
    page.goto(f"{app.url}/train?dataset={dataset.id}")
    page.get_by_text("From scratch", exact=True).click()
    page.get_by_role("combobox", name="Backbone").click()
    page.keyboard.type("LeNet-5")
    page.keyboard.press("Enter")
    page.get_by_text("61,706", exact=True).wait_for()  # parameters of LeNet-5 up to S4, with a head for ten digits
    page.get_by_text("All settings", exact=True).click()
    field = page.get_by_role("spinbutton", name="Epochs", exact=True)
    field.fill(str(epochs))
    field.press("Enter")
    page.get_by_text("Time here").wait_for()
    page.get_by_role("button", name="Start training").click()
    page.wait_for_url(re.compile(r"run="))
    return page.url.split("run=")[1]


def wait_for_points(page, more_than: int) -> int:
    """Wait until the curve has more than so many epochs; returns how many it has."""
    page.wait_for_function(f"({POINTS}) > {more_than}", timeout=90_000)
    return page.evaluate(POINTS)


def test_curves_grow_and_survive_a_reload_and_a_stop(app, page):
    run_id = launch(page, app, epochs=1000)  # more than a quick machine gets through before the click
    first = wait_for_points(page, 0)
    grown = wait_for_points(page, first)
    page.reload()
    assert wait_for_points(page, grown) > grown
    assert run_id in page.url
    page.get_by_test_id("stMain").get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Resume").wait_for(timeout=90_000)
    assert open_store().run(run_id).state == STOPPED
    assert page.evaluate(POINTS) >= grown


def test_a_run_outlives_the_app_and_the_page_finds_it_again(app, chromium, page):
    # A browser page of its own: losing the server rightly fills its console with complaints.
    context = chromium.new_context()
    run_id = launch(context.new_page(), app, epochs=8)
    app.process.kill()
    app.process.wait()
    context.close()
    assert client.wait(run_id).state == FINISHED
    again = start_app(app.home)
    try:
        page.goto(f"{again.url}/train?run={run_id}")
        page.get_by_role("tab", name="Curves").click()
        assert wait_for_points(page, 7) == 8
    finally:
        page.goto("about:blank")  # a page that loses its server fills its console with complaints
        again.process.kill()
        again.process.wait()


def test_an_earlier_run_stays_open_when_a_tab_is_opened(app, page, objects, finished_run):
    run = finished_run(objects)
    page.goto(f"{app.url}/train?dataset={objects}")
    page.get_by_role("button", name="Earlier runs").click()
    page.get_by_test_id("stPopoverBody").get_by_test_id("stDataFrame").click(position={"x": 40, "y": 55})
    page.get_by_role("tab", name="Confusion").click()
    page.locator(".js-plotly-plot").wait_for()
    assert f"run={run.id}" in page.url
    page.reload()
    page.get_by_role("tab", name="Confusion").wait_for()
    page.go_back()
    page.get_by_role("button", name="Start training").wait_for()


def test_a_link_on_the_page_that_is_open_names_the_run_in_the_address(app, page, objects, finished_run):
    run = finished_run(objects)
    job = open_store().add_run("verify", {"run": run.id}, "check")
    open_store().move(job.id, [QUEUED], FINISHED, result={})
    page.goto(f"{app.url}/train?run={job.id}")
    page.get_by_role("link", name="Back to the checked run").click()
    page.get_by_role("tab", name="Confusion").click()
    page.locator(".js-plotly-plot").wait_for()
    assert f"run={run.id}" in page.url


def test_the_first_example_needs_one_click(app, page):
    page.goto(app.url)
    page.get_by_role("button", name="Run the first example").click()
    page.wait_for_url(re.compile(r"/compare\?experiment="))
    address = page.url
    page.get_by_text("What they learn from").wait_for()
    curves = "document.querySelector('.live-chart')?.data?.some(curve => curve.x.length)"
    page.wait_for_function(curves, timeout=90_000)
    page.get_by_role("tab", name="Mistakes").wait_for(timeout=240_000)
    assert page.url.startswith(address)
    runs = open_store().runs(kind="train")
    accuracy = {run.plan["strategy"]: run.result["scores"]["test"]["accuracy"] for run in runs}
    assert min(accuracy["frozen"], accuracy["fine_tune"]) > accuracy["scratch"]
