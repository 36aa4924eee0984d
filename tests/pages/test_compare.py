"""The Compare page, driven without a browser."""

import json
from pathlib import Path

import pytest
import streamlit as st
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


def choose(app, tab, view=None):
    app.session_state["compare-tab"] = tab
    app.run()
    if view:
        next(group for group in app.button_group if group.label == "View").set_value(view).run()


def texts(app):
    return [text.value for text in [*app.header, *app.caption, *app.markdown]]


def test_without_runs_it_says_what_to_do(page):
    app = page()
    assert not app.exception
    assert any("no finished run yet" in text for text in texts(app))
    assert "Begin with the first example" in {button.label for button in app.button}


def test_without_runs_but_with_a_dataset_an_experiment_is_one_click_away(page, two_classes):
    app = page()
    next(button for button in app.button if button.label == "Set up an experiment").click().run()
    assert not app.exception and not app.error
    assert "Start 3 runs" in {button.label for button in app.button}


def test_the_launcher_begins_with_what_is_shown(page, runs, objects, two_classes, finished_run):
    run = finished_run(objects, backbone="MobileNet", input_size=128)
    app = page(runs=[run.id])
    app.session_state["compare-launcher"] = True
    app.run()
    assert (app.selectbox(key="experiment-dataset").value, app.selectbox(key="experiment-backbone").value) == (
        objects,
        "MobileNet",
    )


def test_what_is_worth_comparing_is_there_at_once(page, runs):
    app = page()
    assert not app.exception and not app.error
    assert app.query_params["runs"] == [run.id for run in runs]
    assert app.header[0].value == (
        "1,281 trained numbers on pretrained features get 94\N{NO-BREAK SPACE}% right; starting from nothing is no "
        "better than guessing after 3 epochs \\(33\N{NO-BREAK SPACE}%\\)."
    )
    [board] = [element.proto.body for element in app.get("html") if 'class="board"' in element.proto.body]
    assert board.index("Scratch") < board.index("Frozen") and board.count("3 epochs") == 2


def test_statistics_are_one_click_deeper(page, runs):
    app = page()
    assert not any("McNemar" in text for text in texts(app))
    app.button(key="compare-evidence").click().run()
    assert list(app.table[0].value["Chance?"]) == ["unlikely"]
    assert list(app.dataframe[0].value["Only second right"]) == [11]


def test_the_address_brings_the_choice_back(page, runs):
    app = page(runs=[runs[1].id, "gone"])
    assert not app.exception
    assert app.query_params["runs"] == runs[1].id
    assert "gone" in app.warning[0].value


def test_runs_are_filtered_and_chosen_from_a_table(page, runs):
    app = page(runs=[runs[0].id])
    app.button(key="compare-choose").click().run()
    assert list(app.dataframe[0].value["Id"]) == [runs[0].id, runs[1].id]  # what is compared now comes first
    assert app.button(key="compare-chosen").label == "Show 1 run"
    # Driven without a browser, a dialog closes with each redraw.
    app.session_state["compare-words"] = "frozen noise"
    app.button(key="compare-choose").click().run()
    assert list(app.dataframe[0].value["Id"]) == [runs[1].id]
    assert app.button(key="compare-chosen").disabled
    app.session_state["compare-words"], app.session_state["compare-Strategy"] = "", ["From scratch"]
    app.button(key="compare-choose").click().run()
    assert list(app.dataframe[0].value["Id"]) == [runs[0].id]
    assert not app.exception and not app.error


def test_runs_on_other_photos_are_said_to_be_so(page, runs, two_classes, finished_run):
    other = finished_run(two_classes, split_seed=4)
    app = page(runs=[runs[0].id, other.id])
    assert "different sets of images" in app.warning[0].value


def test_a_cell_opens_into_its_photos(page, runs):
    app = page()
    choose(app, "Mistakes", "Confused classes")
    options = app.selectbox(key="compare-cell").options
    assert options[0].startswith("Scratch: ") and "mistaken for" in options[0]
    assert "Frozen: cat mistaken for dog (1)" in options
    app.session_state["compare-cell"] = (runs[1].id, 0, 1)
    app.run()
    assert not app.exception
    assert app.get("image")


@pytest.mark.parametrize(
    ("tab", "view", "says"),
    [
        ("Curves", None, None),
        ("Mistakes", "Still wrong", "Frozen gets 1 of 18 test images wrong, the fewest of all 2 runs."),
        (
            "Mistakes",
            "Two runs",
            "On 11 images, **only Frozen** is right; on 0, **only Scratch**. They disagree on 11 of 18",
        ),
        ("Mistakes", "One run", "in order of their loss"),
        ("Confidence", None, "too sure of itself"),
        ("Confidence", "Threshold", "chosen on the test images"),
        ("Inside", None, "compared with the one it started from"),
        ("Costs", None, None),
        ("Plans", None, "What is trained, and from what starting point"),
        ("Take away", None, "The same from the command line"),
    ],
)
def test_every_tab(page, runs, tab, view, says):
    app = page()
    choose(app, tab, view)
    assert not app.exception and not app.error
    assert not says or any(says in text for text in texts(app))


def test_only_the_open_tab_is_computed(page, runs, monkeypatch):
    opened = []
    monkeypatch.setattr("pages.compare.curves.curves_figure", lambda *_, **__: opened.append("curves"))
    monkeypatch.setattr("pages.compare.confidence.calibration_figure", lambda _: opened.append("confidence"))
    app = page()
    assert opened == []
    choose(app, "Confidence")
    assert opened == ["confidence"]


def test_mistakes_come_first_and_are_those_of_the_best_run(page, runs):
    from tlcore.runs.run import FINISHED
    from tlcore.runs.store import open_store

    scores = {**runs[0].result["scores"], "validation": {**runs[0].result["scores"]["validation"], "correct": 1}}
    open_store().move(runs[0].id, [FINISHED], FINISHED, result={**runs[0].result, "scores": scores})
    app = page()
    assert app.tabs[0].label == "Mistakes"
    said = next(text for text in texts(app) if "of 18 test images wrong" in text)
    # The run from scratch only guesses: what it says about a photo teaches nothing.
    assert said.startswith("Frozen gets 1 of 18 test images wrong, the fewest of all 2 runs.")
    assert "no better than guessing" in said and said.endswith("Scratch.")
    cards = [text for text in texts(app) if ":material/close:" in text or ":material/check:" in text]
    assert len(cards) == 1 and "Frozen: dog" in cards[0] and "scratch" not in cards[0].lower()


def test_the_predictions_of_a_run_are_read_once(page, runs, monkeypatch):
    from tlcore.comparison import comparison

    read, load = [], comparison.load_predictions
    monkeypatch.setattr(
        comparison, "load_predictions", lambda path, part: read.append((path, part)) or load(path, part)
    )
    app = page()
    assert len(read) == len(set(read)) and sum(part == "test" for _, part in read) == len(runs)
    assert not app.exception


def test_a_single_run_with_a_frozen_backbone(page, runs):
    app = page(runs=[runs[1].id])
    for tab in ("Curves", "Mistakes", "Confidence", "Inside", "Costs", "Plans", "Take away"):
        choose(app, tab)
        assert not app.exception and not app.error
    assert app.header[0].value.startswith(
        "1,281 trained numbers on pretrained features get 94\N{NO-BREAK SPACE}% of 18 new images right"
    )


def test_what_a_worker_has_to_compute_is_offered_and_then_drawn(page, runs):
    import numpy as np

    from tlcore.runs.store import open_store

    app = page()
    choose(app, "Take away")
    assert "Create the folder" in {button.label for button in app.button}
    choose(app, "Mistakes")
    assert "Show where Frozen looked" in {button.label for button in app.button}
    choose(app, "Mistakes", "Two runs")
    app.toggle(key="disagree-attention").set_value(True).run()
    next(button for button in app.button if button.label == "Prepare both networks").click().run()
    assert {run.name for run in open_store().runs(kind="prepare")} == {"Prepare Scratch", "Prepare Frozen"}
    assert "Prepare both networks" not in {button.label for button in app.button}
    choose(app, "Inside")
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
    choose(app, "Inside")
    assert not app.exception and not app.error
    assert any("How the network arranges 8 test images" in text.value for text in app.markdown)


def test_lost_files_and_datasets_are_said(page, runs, two_classes):
    from tlcore.datasets.deleting import delete_dataset

    delete_dataset(two_classes)
    app = page()
    choose(app, "Mistakes")
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
    from tlcore.runs.database.tables import now
    from tlcore.runs.run import FINISHED, QUEUED, TRAINING
    from tlcore.runs.store import open_store
    from tlcore.training.plans.plan import plan_from_json

    monkeypatch.setattr(experiments, "ensure_dispatcher", lambda: None)
    monkeypatch.setattr("pages.compare.experiment.ensure_dispatcher", lambda: None)
    kind = experiments.EXPERIMENTS.find("strategies")
    id = experiments.launch(
        "strategies", experiments.plan_experiment(kind, open_dataset(two_classes), "MobileNetV2", {})
    )
    app = page(experiment=id)
    assert not app.exception and not app.error
    assert app.title[0].value == "What did pretraining, freezing and fine-tuning buy?"
    assert "Starting." in app.get("progress")[0].proto.text and "so far" not in app.get("progress")[0].proto.text
    drawn = json.loads(app.get("plotly_chart")[0].proto.spec)  # not quite empty: what guessing comes to
    [note] = [note["text"] for note in drawn["layout"]["annotations"]]
    assert note == "guessing:<br>always one<br>class, 50 %"
    runs = experiments.runs_of(id)
    store, twin = open_store(), finished_run(two_classes)
    store.move(runs[0].id, [QUEUED], TRAINING, started=now())
    store.set_progress(runs[0].id, Progress("Training the head", 3, 10, epoch=3, epochs=10))
    main = plan_from_json(runs[1].plan).phases()[-1].epochs
    scores = {"train_loss": 1.0, "train_accuracy": 0.5, "validation_loss": 1.0, "validation_accuracy": 0.66114}
    store.add_event(runs[0].id, "epoch", {"epoch": 1, "phase": "Training the head", "seconds": 0.5, **scores})
    wrong = {"image": 7, "true": 0, "predicted": 1, "probability": 0.98}
    store.add_event(runs[0].id, "mistakes", {"epoch": 1, "photos": [wrong]})
    store.move(runs[1].id, [QUEUED], TRAINING, started=now())
    epochs = main + 57  # so many passes had the head of the warm-up needed
    store.set_progress(runs[1].id, Progress("Fine-tuning", epochs - 1, epochs, epoch=epochs - 1, epochs=epochs))
    swallowing = {"epoch": 1, "photos": [wrong] * 6, "swallowing": {"class": 1, "share": 1.0}}
    store.add_event(runs[1].id, "mistakes", swallowing)
    st.cache_data.clear()  # one reading serves a second
    app = page(experiment=id)
    assert not app.exception and not app.error
    drawn = "".join(each.value for each in app.html)
    assert ">66 %<" in drawn and drawn.count("Next in the queue") == 1
    # The plan knows no epochs of a head that is solved.
    assert "Training the head<" in drawn and f"Fine-tuning, epoch {main - 1} of {main}" in drawn
    assert drawn.count("cat, taken for <b>dog</b>") == 1 and "It calls everything <b>dog</b>." in drawn
    assert [trace["y"] for trace in json.loads(app.get("plotly_chart")[0].proto.spec)["data"] if trace["y"]] == [
        [1 / 2, 0.66114],  # from where a new head begins in two classes
        [1 / 2],
        [0.66114],
    ]
    assert "0 of 3 runs finished" in app.get("progress")[0].proto.text
    for run in runs[:2]:
        run.folder.mkdir(parents=True)
        (run.folder / "predictions.npz").write_bytes((twin.folder / "predictions.npz").read_bytes())
        store.move(run.id, [QUEUED, TRAINING], FINISHED, result=twin.result)
    store.request_stop(runs[2].id)
    app = page(experiment=id)
    assert not app.exception and not app.error
    assert app.query_params["runs"] == [run.id for run in runs[:2]]
    assert not app.warning  # one quiet line, after the lesson
    assert any("1 run of this experiment did not finish (1 stopped)" in caption.value for caption in app.caption)
    app.session_state["past-experiments"] = True
    app.run()
    links = [link.proto.label for link in app.get("page_link")]
    assert any("just now · 3 runs · best 100 %" in label for label in links)
