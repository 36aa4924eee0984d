"""The Home and Train pages, as the script runs them."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.datasets.photo_files import photo_bytes
from tlcore.datasets.importer import import_dataset
from tlcore.runs import run as states
from tlcore.runs.store import open_store
from tlcore.text import decimal_text
from tlcore.training.plans.defaults import suggest_plan
from tlcore.training.plans.plan import plan_from_json

APP = str(Path(__file__).parent.parent.parent / "pages" / "router.py")


def open_page(page: str | None = None, opened: str = "", **query: str) -> AppTest:
    """Run the app from its entry point, and a page of it, with a box of it opened."""
    app = AppTest.from_file(APP, default_timeout=60).run()
    if opened:
        app.session_state[opened] = True
    for name, value in query.items():
        app.query_params[name] = value
    if page:
        app = app.switch_page(page).run()
    assert not app.exception
    return app


def test_home_says_what_is_on_this_machine(home):
    app = open_page()
    text = " ".join(element.value for element in [*app.markdown, *app.caption])
    assert "EfficientNet-Lite0" in text
    assert "off" in text
    assert any(button.label == "Run the first example" for button in app.button)


def test_home_starts_the_example_once(home):
    app = open_page()
    for _ in range(2):
        next(button for button in app.button if button.label == "Run the first example").click()
        app.run()
        app = open_page()
    assert len(open_store().runs(kind="example")) == 1


def test_a_dataset_that_cannot_be_split_is_not_trained_on(home, tmp_path):
    for place in range(4):
        (tmp_path / "few" / "ab"[place % 2]).mkdir(parents=True, exist_ok=True)
        (tmp_path / "few" / "ab"[place % 2] / f"{place}.jpg").write_bytes(photo_bytes(place))
    import_dataset("folder", {"path": tmp_path / "few"})
    app = open_page("train/page.py")
    assert any("a with 2 and b with 2" in warning.value for warning in app.warning)
    assert labeled(app.button, "Start training").disabled
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.session_state["compare-launcher"] = True
    app = app.switch_page("compare/page.py").run()
    assert [button.disabled for button in app.button if button.label.startswith("Start ")] == [True]


def test_train_without_a_dataset_offers_to_add_one(home):
    app = open_page("train/page.py")
    assert "no dataset" in app.info[0].value
    assert not any(button.label == "Start training" for button in app.button)


def test_missing_weights_are_said_before_the_click(objects):
    app = open_page("train/page.py")
    assert not app.warning, "offline the network with installed weights is the default"
    assert app.selectbox(key="backbone").value == "EfficientNetLite0"
    assert not next(button for button in app.button if button.label == "Start training").disabled
    app.selectbox(key="backbone").set_value("MobileNetV2").run()
    assert "not on this machine" in app.warning[0].value
    assert next(button for button in app.button if button.label == "Start training").disabled


def test_a_run_is_queued_with_the_plan_of_the_form(objects):
    app = open_page("train/page.py")
    app.radio(key="strategy").set_value("scratch").run()
    epochs = next(field for field in app.number_input if field.label == "Epochs")
    epochs.set_value(3).run()
    next(button for button in app.button if button.label == "Start training").click().run()
    assert not app.exception
    run = open_store().runs(kind="train")[0]
    assert (run.plan["strategy"], run.plan["epochs"], run.plan["dataset"]) == ("scratch", 3, objects)
    assert run.id in app.query_params["run"]


def test_the_form_asks_for_the_epochs_that_run_and_says_what_comes_first(objects):
    app = open_page("train/page.py")
    app.radio(key="strategy").set_value("fine_tune").run()
    assert not {"Epochs", "Warm-up epochs", "Learning rate for the head"} & {field.label for field in app.number_input}
    labeled(app.number_input, "Epochs after the head is solved").set_value(4).run()
    said = " ".join(element.value for element in [*app.markdown, *app.caption])
    assert "then 4 epochs of fine-tuning with Adam" in said and "42 of the 60 images train it" in said
    labeled(app.button, "Start training").click().run()
    plan = plan_from_json(open_store().runs(kind="train")[0].plan)
    assert [phase.is_exact for phase in plan.phases()] == [True, False] and plan.phases()[1].epochs == 4


def labeled(widgets, label: str):
    """The widget of a label."""
    return next(widget for widget in widgets if widget.label == label)


def test_every_problem_of_a_form_is_shown_next_to_its_field_and_nothing_is_lost(objects):
    app = open_page("train/page.py")
    app.radio(key="strategy").set_value("fine_tune").run()
    labeled(app.selectbox, "Optimizer").set_value("adam").run()  # a head that is solved has no epochs
    labeled(app.text_input, "Training, validation and test shares").set_value("0.5, much")
    labeled(app.number_input, "Warm-up epochs").set_value(10).run()
    assert not app.exception
    marked = [element.value for element in app.markdown if element.value.startswith(":red[")]
    assert len(marked) == 2
    assert "shares" in app.error[0].value and "Warm-up epochs" in app.error[0].value
    assert labeled(app.text_input, "Training, validation and test shares").value == "0.5, much"
    assert not any(button.label == "Start training" for button in app.button)


def test_the_first_layer_to_train_is_chosen_on_a_picture_and_the_counts_follow(objects):
    app = open_page("train/page.py")
    app.radio(key="strategy").set_value("fine_tune").run()
    slider = app.select_slider[0]
    before = app.metric[0].value
    slider.set_value(("top_activation", "top_activation")).run()
    assert int(app.metric[0].value.replace(",", "")) < int(before.replace(",", ""))
    labeled(app.selectbox, "Optimizer").set_value("adam").run()
    labeled(app.number_input, "Hidden dense layers").set_value(2).run()
    labeled(app.number_input, "Units of dense layer 2").set_value(10).run()
    labeled(app.button, "Find a learning rate").click().run()
    assert not app.exception
    run = open_store().runs(kind="find_rate")[0]
    assert (run.plan["first_trainable"], run.plan["last_trainable"]) == ("top_activation", "")
    assert slider.options[-1] == "end of block 18"
    assert run.plan["hidden_units"] == [128, 10]


def test_a_recipe_fills_the_form_and_says_what_is_missing(objects):
    app = open_page("train/page.py", "recipes-0")
    app.radio(key="recipe-missing").set_value("inception-mixed7-dropout").run()
    assert any("inception_v3_weights" in caption.value for caption in app.caption)
    labeled(app.button, "Use it anyway").click().run()
    assert not app.exception
    assert app.radio(key="strategy").value == "frozen"
    assert app.selectbox(key="backbone").value == "InceptionV3"
    assert labeled(app.number_input, "Units of dense layer 1").value == 1024
    assert app.metric[0].value == "38,541,317"  # five objects: four outputs more than for cats and dogs
    # Another backbone is another plan: it takes its own suggestions again.
    app.selectbox(key="backbone").set_value("MobileNetV2").run()
    assert labeled(app.selectbox, "Optimizer").value == "lbfgs"
    # A head that is solved has no hidden layers and no learning rate; one that is trained has both.
    assert not {"Hidden dense layers", "Epochs"} & {widget.label for widget in app.number_input}
    labeled(app.selectbox, "Optimizer").set_value("adam").run()
    assert labeled(app.number_input, "Hidden dense layers").value == 0


def test_a_recipe_without_its_weights_is_done_with_a_network_that_is_here(objects):
    app = open_page("train/page.py", "recipes-0")
    assert app.radio(key="recipe-missing").value == "inception-mixed7", "no training from scratch is chosen first"
    assert "MobileNetV2 from scratch" in app.radio(key="recipe-here").options
    app.radio(key="recipe-missing").set_value("inception-mixed7-dropout").run()
    labeled(app.button, "Do it with EfficientNet-Lite0, which is here").click().run()
    assert not app.exception and not app.error and not app.warning
    assert app.selectbox(key="backbone").value == "EfficientNetLite0"
    assert labeled(app.number_input, "Units of dense layer 1").value == 1024
    assert any("Inception V3 up to mixed7, with dropout" in caption.value for caption in app.caption)
    assert not labeled(app.button, "Start training").disabled


def test_a_cut_is_said_with_a_way_back_and_the_head_stands_in_the_picture(objects):
    app = AppTest.from_file(APP, default_timeout=60).run()
    app.session_state["train_prefill"] = {"backbone": "EfficientNetLite0", "cut_layer": "block3b_add", "head": "new"}
    app = app.switch_page("train/page.py").run()
    assert "Cut after `block3b_add`" in app.info[0].value
    assert labeled(app.button, "See the cut on Architectures")
    before = app.metric[0].value
    labeled(app.button, "Use all its layers").click().run()
    assert not app.exception and not app.info
    assert labeled(app.selectbox, "Cut layer").value == "top_activation"
    assert app.metric[0].value == "6,405" != before


def test_a_network_keeps_its_own_classifier_from_scratch_unless_a_new_head_is_wanted(objects):
    app = open_page("train/page.py")
    app.radio(key="strategy").set_value("scratch").run()
    app.selectbox(key="backbone").set_value("LeNet5").run()
    assert not app.exception and not app.error
    assert app.metric[0].value == "61,281"  # the 61,706 of ten digits, with five outputs
    built_in = {"Pooling", "Dropout", "Hidden dense layers"}
    labels = {widget.label for kind in ("selectbox", "slider", "number_input") for widget in app.get(kind)}
    assert not labels & built_in
    labeled(app.button, "Start training").click().run()
    assert plan_from_json(open_store().runs(kind="train")[0].plan).has_own_head
    app = open_page("train/page.py")
    app.radio(key="strategy").set_value("scratch").run()
    app.selectbox(key="backbone").set_value("LeNet5").run()
    labeled(app.selectbox, "Head").set_value("new").run()
    assert app.metric[0].value == "2,657"
    labeled(app.selectbox, "Pooling").set_value("max").run()
    labeled(app.button, "Start training").click().run()
    plan = plan_from_json(open_store().runs(kind="train")[0].plan)
    assert (plan.has_own_head, plan.pooling) == (False, "max")


def test_a_pretrained_network_is_given_its_own_classifier_if_asked_to(objects):
    app = open_page("train/page.py")
    app.selectbox(key="backbone").set_value("MobileNetV2").run()
    labeled(app.selectbox, "Head").set_value("own").run()
    assert any(
        "L-BFGS can only solve a new head" in text.value for text in app.markdown if text.value.startswith(":red[")
    )
    labeled(app.selectbox, "Optimizer").set_value("adam").run()
    cut = labeled(app.selectbox, "Cut layer")
    assert cut.value == "out_relu", "the last feature layer is named, which is where the classifier begins"
    assert not app.exception and not app.error
    assert app.metric[0].value == "6,405"
    cut.set_value("block_12_add").run()
    assert any("own classifier follows" in text.value for text in app.markdown if text.value.startswith(":red["))


def test_what_a_recipe_says_of_a_new_head_does_not_stand_in_the_way_of_the_own(objects):
    app = open_page("train/page.py", "recipes-0")
    app.radio(key="recipe-missing").set_value("inception-mixed7-dropout").run()
    labeled(app.button, "Use it anyway").click().run()
    labeled(app.selectbox, "Head").set_value("own").run()
    labeled(app.selectbox, "Cut layer").set_value("mixed10").run()
    assert not app.exception and not app.error
    labeled(app.selectbox, "Head").set_value("new").run()
    assert labeled(app.number_input, "Units of dense layer 1").value == 1024


def test_a_network_without_pretrained_weights_stays_chosen_and_says_what_it_can_do(objects):
    app = open_page("train/page.py")
    app.radio(key="strategy").set_value("scratch").run()
    assert not {"UNet", "FCN8s"} & set(app.selectbox(key="backbone").options)
    for name, trainable in (("residual_net", "411,365"), ("residual_net_projection", "534,949")):
        app.selectbox(key="backbone").set_value(name).run()
        app.radio(key="strategy").set_value("frozen").run()
        assert not app.exception
        assert app.selectbox(key="backbone").value == name
        assert "train it from scratch" in app.error[0].value
        app.radio(key="strategy").set_value("scratch").run()
        assert app.selectbox(key="backbone").value == name
        assert not app.exception and not app.error
        assert app.metric[0].value == trainable
        labeled(app.button, "Start training").click().run()
        assert plan_from_json(open_store().runs(kind="train")[0].plan).has_own_head
        app = open_page("train/page.py")
        app.radio(key="strategy").set_value("scratch").run()


def test_augmentation_shows_eight_results(objects):
    app = open_page("train/page.py")
    before = len(app.get("image"))
    labeled(app.selectbox, "Augmentation").set_value("strong").run()
    assert not app.exception
    assert len(app.get("image")) == before + 8
    labeled(app.selectbox, "Augmentation").set_value("own").run()
    labeled(app.slider, "Rotate").set_value(45.0).run()
    labeled(app.button, "Start training").click().run()
    assert open_store().runs(kind="train")[0].plan["augmentation"] == "rotate=45"


def test_a_found_learning_rate_is_shown_and_taken(objects):
    from tlcore.datasets.dataset import open_dataset
    from tlcore.training.advice.rate_finder import read_sweep, sweep_rates

    plan = plan_from_json(suggest_plan(open_dataset(objects), "scratch", "LeNet5"))
    rates = sweep_rates(60)
    sweep = read_sweep(rates, [abs(step - 40) / 40 for step in range(60)])
    store = open_store()
    run = store.add_run("find_rate", plan.to_json(), "a search")
    store.move(run.id, [states.QUEUED], states.FINISHED, result={"plan": plan.to_json(), **sweep.to_json()})
    app = open_page("train/page.py", run=run.id)
    assert any(decimal_text(sweep.suggestion) in element.value for element in app.markdown)
    labeled(app.button, "Use this rate").click().run()
    assert not app.exception
    assert labeled(app.number_input, "Learning rate for the head").value == sweep.suggestion
    assert app.selectbox(key="backbone").value == "LeNet5"


def test_an_interrupted_run_says_why_and_can_be_resumed(objects):
    from tlcore.datasets.dataset import open_dataset

    plan = plan_from_json(suggest_plan(open_dataset(objects), "scratch", "LeNet5"))
    store = open_store()
    run = store.add_run("train", plan.to_json(), "a run")
    store.add_event(run.id, "epoch", _epoch(1))
    store.move(run.id, [states.QUEUED], states.INTERRUPTED, error={"message": "The worker ended.", "log": "last words"})
    app = open_page("train/page.py", run=run.id)
    assert "The worker ended." in app.warning[0].value
    next(button for button in app.button if button.label == "Resume").click().run()
    assert store.run(run.id).state in (states.QUEUED, *states.ACTIVE)


def test_an_unknown_run_is_said_so(home):
    app = open_page("train/page.py", run="nosuchrun")
    assert "nosuchrun" in app.error[0].value


def _epoch(number: int) -> dict:
    measured = {f"{part}_{what}": 0.5 for part in ("train", "validation") for what in ("loss", "accuracy")}
    return {"epoch": number, "phase": "Training", "learning_rate": 0.001, "seconds": 1.0, **measured}
