"""The Compare page, driven without a browser."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def page():
    def open_page(**query):
        app = AppTest.from_file(str(ROOT / "pages" / "router.py"), default_timeout=60).run()
        for name, value in query.items():
            app.query_params[name] = value
        return app.switch_page("compare/page.py").run()

    return open_page


@pytest.fixture
def runs(two_classes, finished_run):
    return [
        finished_run(two_classes, "scratch", wrong=range(12), name="Scratch on noise"),
        finished_run(two_classes, "frozen", wrong=[3], name="Frozen on noise"),
    ]


def choose(app, view):
    next(group for group in app.button_group if group.label == "View").set_value(view).run()


def test_without_runs_it_says_what_to_do(page):
    app = page()
    assert not app.exception
    assert "no finished run yet" in app.info[0].value


def test_what_is_worth_comparing_is_there_at_once(page, runs):
    app = page()
    assert not app.exception and not app.error
    assert app.multiselect(key="compare-runs").value == [run.id for run in runs]
    assert app.query_params["runs"] == [run.id for run in runs]
    assert any("This is unlikely to be due to chance" in text.value for text in app.markdown)
    assert list(app.dataframe[1].value["Run"]) == ["Scratch", "Frozen"]


def test_the_address_brings_the_choice_back(page, runs):
    app = page(runs=[runs[1].id, "gone"])
    assert not app.exception
    assert app.multiselect(key="compare-runs").value == [runs[1].id]
    assert "gone" in app.warning[0].value
    app.multiselect(key="compare-runs").set_value([]).run()
    assert "Choose at least one run" in app.info[0].value


def test_runs_are_filtered_and_chosen_from_a_table(page, runs):
    app = page(runs=[runs[0].id])
    app.session_state["compare-table"] = True
    app.run()
    assert list(app.dataframe[0].value["Id"]) == [runs[1].id, runs[0].id]
    app.text_input(key="compare-words").set_value("frozen noise").run()
    assert list(app.dataframe[0].value["Id"]) == [runs[1].id]
    app.text_input(key="compare-words").set_value("").run()
    app.multiselect(key="compare-Strategy").set_value(["From scratch"]).run()
    assert list(app.dataframe[0].value["Id"]) == [runs[0].id]
    assert not app.exception and not app.error


def test_runs_on_other_photos_are_said_to_be_so(page, runs, two_classes, finished_run):
    other = finished_run(two_classes, split_seed=4)
    app = page(runs=[runs[0].id, other.id])
    assert "different sets of images" in app.warning[0].value


def test_a_cell_opens_into_its_photos(page, runs):
    app = page()
    options = app.selectbox(key="compare-cell").options
    assert options[0].startswith("Scratch: ") and "mistaken for" in options[0]
    assert "Frozen: cat mistaken for dog (1)" in options
    app.session_state["compare-cell"] = (runs[1].id, 0, 1)
    app.run()
    assert not app.exception
    assert app.get("image")


@pytest.mark.parametrize(
    ("view", "says"),
    [
        ("Hardest images", "in order of their loss"),
        ("Classes", None),
        ("Calibration", "too sure of itself"),
        ("Where two runs disagree", "They disagree on 11 of 18"),
        ("What training changed", "compared with the one it started from"),
        ("Threshold", "chosen on the test images"),
    ],
)
def test_every_closer_view(page, runs, view, says):
    app = page()
    choose(app, view)
    assert not app.exception and not app.error
    if says:
        assert any(says in text.value for text in [*app.caption, *app.markdown])
    else:
        assert any("Precision" in table.value for table in app.dataframe)


def test_what_a_worker_has_to_compute_is_offered_and_then_drawn(page, runs):
    import numpy as np

    from tlcore.runs.store import open_store

    app = page()
    assert {"Create the folder"} <= {button.label for button in app.button}
    choose(app, "Where two runs disagree")
    app.toggle(key="disagree-attention").set_value(True).run()
    next(button for button in app.button if button.label == "Prepare both networks").click().run()
    assert {run.name for run in open_store().runs(kind="prepare")} == {"Prepare Scratch", "Prepare Frozen"}
    assert "Prepare both networks" not in {button.label for button in app.button}
    choose(app, "What training changed")
    assert "Look inside" in {button.label for button in app.button}
    random = np.random.default_rng(0)
    features = {name: random.normal(size=(8, 5)).astype(np.float32) for name in ("before", "after")}
    np.savez(
        runs[0].folder / "changes.npz",
        layers=np.array(["C1", "C2"]),
        weights=np.array([10, 20]),
        change=np.array([0.0, 0.5]),
        indices=np.arange(8),
        labels=np.arange(8) % 2,
        **features,
    )
    choose(app, "What training changed")
    assert not app.exception and not app.error
    assert any("How the network arranges 8 test images" in text.value for text in app.markdown)


def test_lost_files_and_datasets_are_said(page, runs, two_classes):
    from tlcore.datasets.deleting import delete_dataset

    delete_dataset(two_classes)
    app = page()
    assert not app.exception
    assert any("dataset" in error.value for error in app.error)
    (runs[0].folder / "predictions.npz").unlink()
    app = page()
    assert not app.exception
    assert any("Train the run again" in error.value for error in app.error)


def test_an_experiment_is_watched_and_then_compared(page, two_classes, finished_run, monkeypatch):
    from tlcore.datasets.dataset import open_dataset
    from tlcore.jobs import Progress
    from tlcore.runs import experiments
    from tlcore.runs.run import FINISHED, QUEUED, TRAINING
    from tlcore.runs.store import open_store
    from tlcore.runs.tables import now

    monkeypatch.setattr(experiments, "ensure_dispatcher", lambda: None)
    monkeypatch.setattr("pages.compare.experiment.ensure_dispatcher", lambda: None)
    kind = experiments.EXPERIMENTS.find("strategies")
    id = experiments.launch(
        "strategies", experiments.plan_experiment(kind, open_dataset(two_classes), "MobileNetV2", {})
    )
    app = page(experiment=id)
    assert not app.exception and not app.error
    assert app.title[0].value == "What did pretraining, freezing and fine-tuning buy?"
    assert "Starting." in app.get("progress")[0].proto.text
    runs = experiments.runs_of(id)
    store, twin = open_store(), finished_run(two_classes)
    store.move(runs[0].id, [QUEUED], TRAINING, started=now())
    store.set_progress(runs[0].id, Progress("Training the head", 3, 10, epoch=3, epochs=10))
    scores = {"train_loss": 1.0, "train_accuracy": 0.5, "validation_loss": 1.0, "validation_accuracy": 0.66114}
    store.add_event(runs[0].id, "epoch", {"epoch": 1, "phase": "Training the head", "seconds": 0.5, **scores})
    wrong = {"image": 7, "true": 0, "predicted": 1, "probability": 0.98}
    store.add_event(runs[0].id, "mistakes", {"epoch": 1, "photos": [wrong]})
    app = page(experiment=id)
    assert not app.exception and not app.error
    drawn = "".join(each.value for each in app.html)
    assert ">66 %<" in drawn and "Training the head, epoch 3 of 10" in drawn and drawn.count("waits") == 2
    assert "cat, said <b>dog</b> (98 %)" in drawn
    assert [trace["y"] for trace in json.loads(app.get("plotly_chart")[0].proto.spec)["data"] if trace["y"]] == [
        [0.66114]
    ]
    assert "0 of 3 done" in app.get("progress")[0].proto.text
    for run in runs[:2]:
        run.folder.mkdir(parents=True)
        (run.folder / "predictions.npz").write_bytes((twin.folder / "predictions.npz").read_bytes())
        store.move(run.id, [QUEUED, TRAINING], FINISHED, result=twin.result)
    store.request_stop(runs[2].id)
    app = page(experiment=id)
    assert not app.exception and not app.error
    assert app.multiselect(key="compare-runs").value == [run.id for run in runs[:2]]
    assert "did not finish" in app.warning[0].value and "stopped" in app.warning[0].value
