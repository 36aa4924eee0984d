"""The page of a run whose head is solved: while it goes on and afterward."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from tlcore.datasets.dataset import open_dataset
from tlcore.jobs import Progress
from tlcore.runs.execution.worker import execute
from tlcore.runs.run import QUEUED, TRAINING
from tlcore.runs.store import open_store
from tlcore.training.plans.defaults import suggest_plan
from tlcore.training.plans.plan import plan_from_json

ROOT = Path(__file__).parent.parent.parent


def page(run_id: str, tab: str = "") -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "router.py"), default_timeout=60)
    app.query_params["run"] = run_id
    if tab:
        app.session_state[f"result-{run_id}"] = tab
    app = app.run().switch_page("train/page.py").run()
    assert not app.exception
    return app


def test_it_is_shown_with_its_passes_and_without_a_learning_rate(objects):
    store = open_store()
    plan = plan_from_json(suggest_plan(open_dataset(objects), "frozen", "EfficientNetLite0")).to_json()
    run = store.add_run("train", plan, "exact")
    assert execute(run.id)
    done = store.run(run.id)
    app = page(run.id, "Details")
    # It takes as many passes as it needs, whatever the plan says of epochs.
    words = " ".join(element.value for element in app.caption)
    assert f"{done.result['epochs']} passes" in words
    assert f"solved exactly in {done.result['solver']['passes']} passes" in words
    # Caught in the middle: with the events so far, and the progress that a pass reports.
    going = store.add_run("train", plan, "exact, still going")
    store.move(going.id, [QUEUED], TRAINING, worker={})
    for event in store.events(run.id):
        if event.kind == "epoch":
            store.add_event(going.id, "epoch", event.payload)
    progress = Progress("Training the head", 1, 2, epoch=2, epochs=100, epoch_share=0.5, images=42)
    store.set_progress(going.id, progress)
    page(going.id)
