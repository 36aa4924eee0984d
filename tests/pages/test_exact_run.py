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
    said = page(going.id)
    assert any("Only the new head learns" in text.value and "In each pass" in text.value for text in said.markdown)
    assert [metric.label for metric in said.metric][1] == "Passes"
    assert not any("epoch" in text.value.lower() for text in [*said.markdown, *said.caption, *said.subheader])


def test_fine_tuning_after_a_solved_head_counts_passes_and_epochs_apart(objects):
    fields = {"first_trainable": "", "epochs": 3, "warmup_epochs": 1}
    plan = plan_from_json({**suggest_plan(open_dataset(objects), "full", "EfficientNetLite0"), **fields})
    store = open_store()
    run = store.add_run("train", plan.to_json(), "full")
    store.move(run.id, [QUEUED], TRAINING, worker={})
    [warm_up, main] = plan.phases()
    scores = {f"{part}_{name}": 0.5 for part in ("train", "validation") for name in ("loss", "accuracy")}
    for epoch, phase, rate in ((1, warm_up, None), (2, warm_up, None), (3, main, 1e-4)):
        facts = {"epoch": epoch, "phase": phase.title, "learning_rate": rate, "seconds": 1.0}
        store.add_event(run.id, "epoch", {**facts, **scores})
    store.add_event(run.id, "mistakes", {"epoch": 3, "photos": []})
    progress = Progress(main.title, 3, 4, epoch=4, epochs=4, epoch_share=0.5, images=42, learning_rate=1e-4)
    store.set_progress(run.id, progress)
    app = page(run.id)
    # Which epoch is under way is said once, as the bar and the sidebar have it.
    assert not any(metric.label.startswith("Epoch") for metric in app.metric)
    assert any("validation photos are right after epoch 1" in heading.value for heading in app.subheader)
    assert any("all layers learn together with the head" in text.value for text in app.markdown)
