"""Live charts in Chromium: what a reader has zoomed into and points at stays while points arrive."""

from __future__ import annotations

import pytest

from tlcore.datasets.dataset import open_dataset
from tlcore.runs.database.tables import now
from tlcore.runs.run import QUEUED, STOPPED, TRAINING
from tlcore.runs.store import open_store
from tlcore.storage.processes import this_process
from tlcore.training.plans.defaults import suggest_plan
from tlcore.training.plans.plan import plan_from_json

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CHART = "document.querySelector('.live-chart')"
POINTS = f"({CHART}?.data?.[0]?.x?.length ?? 0)"


def report(run_id: str, epoch: int, seconds: float = 0.5) -> None:
    """Let a run report an epoch."""
    payload = {"epoch": epoch, "phase": "Training every layer", "seconds": seconds, "learning_rate": 1e-3}
    for part in ("train", "validation"):
        payload |= {f"{part}_loss": 1 / epoch, f"{part}_accuracy": 1 - 0.5 / epoch}
    open_store().add_event(run_id, "epoch", payload)


def under_way(dataset: str, experiment: str = "") -> str:
    """A run that reports only what the test lets it report; this process counts as its worker. Returns its id."""
    plan = plan_from_json(suggest_plan(open_dataset(dataset), "scratch", "LeNet-5", {"epochs": 20}))
    store = open_store()
    run = store.add_run("train", plan.to_json(), "slow run", experiment)
    store.move(run.id, [QUEUED], TRAINING, worker=this_process().to_json(), started=now())
    report(run.id, 1)
    report(run.id, 2)
    return run.id


def test_zoom_and_hover_stay_while_points_arrive(objects, app, page):
    run_id = under_way(objects)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{app.url}/train?run={run_id}")
    page.wait_for_function(f"{POINTS} == 2")
    box = page.locator(".live-chart .nsewdrag").first.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 5, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 3, middle, steps=5)
    page.mouse.up()
    page.wait_for_function(f"{CHART}.layout.xaxis.range[1] < 15")
    zoomed = page.evaluate(f"{CHART}.layout.xaxis.range")
    second = box["x"] + page.evaluate(f"{CHART}._fullLayout.xaxis.l2p(2)")
    page.mouse.move(second, middle - 20)
    page.mouse.move(second + 3, middle - 20)
    page.locator(".live-chart .hoverlayer .legend").first.wait_for()

    report(run_id, 3)
    page.wait_for_function(f"{POINTS} == 3")
    page.wait_for_timeout(500)
    assert page.evaluate(f"{CHART}.layout.xaxis.range") == zoomed
    assert page.locator(".live-chart .hoverlayer .legend").count() == 1
    # Plotly came from this server, once for both charts.
    assert len([url for url in asked if "plotly-" in url]) == 1
    assert all(url.startswith((app.url, "data:", "blob:")) for url in asked)


def test_an_experiment_is_found_again_after_a_reload_and_stopped_as_one(objects, app, page):
    store, id = open_store(), "strategies-1"
    first = store.run(under_way(objects, id))
    second = store.add_run("train", first.plan, "waiting run", id)  # the only place is taken
    address = f"{app.url}/compare?experiment={id}"
    page.goto(address)
    page.wait_for_function(f"{POINTS} == 2")
    point = page.locator(".live-chart .points path").last.bounding_box()
    page.mouse.move(point["x"], point["y"])
    page.mouse.move(point["x"] + point["width"] / 2, point["y"] + point["height"] / 2)
    page.locator(".live-chart .hovertext").wait_for()
    report(first.id, 3, seconds=60)
    page.wait_for_function(f"{POINTS} == 3")
    page.wait_for_timeout(500)
    assert page.locator(".live-chart .hovertext").count() == 1  # however long an epoch takes, the point stays there
    page.reload()
    page.wait_for_function(f"{POINTS} == 3")
    assert page.url == address
    page.get_by_role("button", name="Stop the experiment").click()
    page.locator("button:disabled", has_text="Stop the experiment").wait_for()
    assert store.run(first.id).stop_requested and store.run(second.id).state == STOPPED
    store.move(first.id, [TRAINING], STOPPED)
    page.get_by_role("button", name="Resume", exact=True).wait_for()
    assert page.url.startswith(address)
