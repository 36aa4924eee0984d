"""The job that makes a folder of a trained network, to be used without this project. [TF]"""

from __future__ import annotations

import io
import runpy
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import keras
import numpy as np

from tlcore.comparison.comparison import ComparedRun, load_compared
from tlcore.datasets.dataset import Dataset, open_dataset
from tlcore.errors import StateError
from tlcore.export.model_card import model_card, predict_program
from tlcore.export.take_away import CARD_FILE, INT8_FILE, KERAS_FILE, LITERT_FILE, export_name, exported
from tlcore.images.preprocess import LUMINANCE, PREPROCESSING
from tlcore.images.resize import resize
from tlcore.inference.engine import Engine
from tlcore.inference.networks.convert import convert
from tlcore.inference.networks.prepared import Card, run_card
from tlcore.jobs import Monitor
from tlcore.storage.files import file_digest, write_json
from tlcore.storage.folders import new_version
from tlcore.text import unbroken
from tlcore.training.networks.trained_network import load_network
from tlcore.training.plans.plan import plan_from_json
from tlcore.training.results.evaluation import Predictions

_BATCH = 16
_SAMPLES = 100
_TIE = 1e-4  # two classes this close are equally probable: rounding decides which comes first


def export(request: dict, _folder: Path, monitor: Monitor) -> dict:
    """Write the network of a run as Keras and LiteRT files with all that belongs to them, and check each file.

    Args:
        request: as `tlcore.export.take_away.export_request` gives it.
        _folder: not needed; the files are the run's.
        monitor: told of progress, and asked between batches.

    Returns:
        {"folder": path, "checks": names of files → {"photos", "same", "correct"}}.

    Raises:
        StateError: if the run is not finished, or an exported file names other classes than the run.
        MissingError: if files of the run are gone.
        NotFoundError: if there is no such run, or its dataset is gone.
        Stopped: if asked to.
    """
    [item] = load_compared([request["run"]])
    maker = _Export(item, bool(request["int8"]), monitor)
    int8 = bool(request["int8"])
    with new_version(item.run.folder / export_name(int8)) as temporary:
        checks = maker.fill(temporary)
    return {"folder": str(exported(item.run, int8)), "checks": checks}


def complete_network(network: keras.Model, card: Card) -> keras.Model:
    """Put the preprocessing before a trained network and one probability for each class behind it.

    Args:
        network: preprocessed squares → probabilities, or the probability of the second of two classes.
        card: says size and preprocessing.

    Returns:
        float32 RGB (n, size, size, 3), 0..255 → probabilities (n, classes).
    """
    row = PREPROCESSING.find(card.preprocessing)
    photo = pixels = keras.Input((card.input_size, card.input_size, 3), name="photo")
    if card.channels == 1:
        gray = keras.layers.Dense(1, use_bias=False, name="gray")
        pixels = keras.ops.round(gray(pixels))
        gray.set_weights([np.array(LUMINANCE, np.float32)[:, None]])
    elif row.reverse:
        pixels = keras.ops.flip(pixels, axis=-1)
    subtract, divide = np.array(row.subtract)[: card.channels], np.array(row.divide)[: card.channels]
    pixels = keras.layers.Rescaling((1 / divide).tolist(), (-subtract / divide).tolist(), name="preprocessing")(pixels)
    answer = network(pixels)
    if answer.shape[-1] == 1:
        answer = keras.layers.Concatenate(name="probabilities")([1.0 - answer, answer])
    return keras.Model(photo, answer, name="photo_classifier")


class _Export:
    def __init__(self, item: ComparedRun, int8: bool, monitor: Monitor):
        self._item = item
        self._int8 = int8
        self._monitor = monitor
        self._dataset: Dataset = open_dataset(item.run.plan["dataset"])
        self._card = run_card(item.run.plan, item.classes, item.run.name)
        self._test = item.predictions()

    def fill(self, folder: Path) -> dict[str, dict]:
        """Write all files into a folder and say how each did on the test photos."""
        self._report("Combining preprocessing and network", 0, 1)
        keras.backend.clear_session()
        run = self._item.run
        trained = load_network(run.folder, plan_from_json(run.plan), len(self._item.classes))
        whole = complete_network(trained, self._card)
        whole.save(folder / KERAS_FILE)
        self._report("Converting to LiteRT", 0, 1)
        convert(whole, folder / LITERT_FILE)
        if self._int8:
            self._report("Quantizing to 8 bits", 0, 1)
            convert(whole, folder / INT8_FILE, self._samples)
        (folder / "labels.txt").write_text("".join(f"{unbroken(name)}\n" for name in self._item.classes), "utf-8")
        (folder / "predict.py").write_text(predict_program(self._card.resize), "utf-8")
        checks = self._check(folder)
        self._describe(folder, checks)
        return checks

    def _samples(self) -> Iterator[list[np.ndarray]]:
        """Training photos by which the quantization chooses its ranges."""
        indices = self._item.predictions("train").indices
        for index in np.random.default_rng(0).permutation(indices)[:_SAMPLES]:
            yield [self._square(int(index))[None]]

    def _square(self, index: int) -> np.ndarray:
        size = self._card.input_size
        return resize(self._dataset.image(index, size), size, size, self._card.resize).astype(np.float32)

    def _check(self, folder: Path) -> dict[str, dict]:
        """Ask each file about all test photos."""
        reloaded = keras.models.load_model(folder / KERAS_FILE)
        answers = {
            KERAS_FILE: lambda squares: np.asarray(reloaded(squares, training=False)),
            LITERT_FILE: Engine(folder / LITERT_FILE).run,
        }
        if self._int8:
            answers[INT8_FILE] = Engine(folder / INT8_FILE).run
        found: dict[str, list[np.ndarray]] = {name: [] for name in answers}
        count = len(self._test.indices)
        for start in range(0, count, _BATCH):
            squares = np.stack([self._square(int(index)) for index in self._test.indices[start : start + _BATCH]])
            for name, answer in answers.items():
                found[name].append(answer(squares))
            self._report("Checking the files on all test images", start + len(squares), count)
        checks = {name: _compare(np.concatenate(parts), self._test) for name, parts in found.items()}
        for name in (KERAS_FILE, LITERT_FILE):
            if checks[name]["same"] < count:
                raise StateError(
                    f"{name} to agree with the run on all {count} test images",
                    f"agreement on {checks[name]['same']}",
                    "The exported network cannot be trusted on this machine; nothing was kept.",
                )
        return {**checks, "predict.py": self._check_program(folder / "predict.py")}

    def _check_program(self, path: Path) -> dict:
        """Let the exported program read the test photos' own files."""
        network = runpy.run_path(str(path), run_name="exported")["Network"]()
        count = len(self._test.indices)
        answers = np.zeros_like(self._test.probabilities)
        for position, index in enumerate(self._test.indices):
            try:
                answers[position] = network.probabilities(io.BytesIO(self._dataset.image_bytes(int(index))))
            except (OSError, ValueError):
                continue  # an unusual file: its answer stays empty and counts as another one
            self._report("Checking the program on all test images", position + 1, count)
        return _compare(answers, self._test)

    def _describe(self, folder: Path, checks: dict[str, dict]) -> None:
        sizes = {path.name: path.stat().st_size for path in folder.iterdir()}
        digests = {path.name: file_digest(path) for path in folder.iterdir()}
        text = model_card(self._item, self._card.input_size, self._dataset.name, checks, sizes)
        (folder / "README.md").write_text(text, "utf-8")
        run = self._item.run
        write_json(
            folder / CARD_FILE,
            {
                "name": run.name,
                "run": run.id,
                "classes": self._item.classes,
                "input": {"size": self._card.input_size, "values": "RGB, 0 to 255", "resize": self._card.resize},
                "scores": run.result["scores"],
                "checks": checks,
                "sha256": digests,
                "dataset": {"id": self._dataset.id, "digest": self._dataset.digest},
                "plan": run.plan,
                "created": datetime.now(UTC).isoformat(timespec="seconds"),
            },
        )

    def _report(self, what: str, done: int, total: int) -> None:
        self._monitor.check()
        self._monitor.report(what, done, total)


def _compare(answers: np.ndarray, run: Predictions) -> dict[str, int]:
    """Count test photos on which a file names the run's class, and those that it gets right."""
    # What the run itself left undecided counts as the same.
    picked = run.probabilities[np.arange(len(answers)), answers.argmax(axis=1)]
    same = (run.probabilities.max(axis=1) - picked < _TIE) & (answers.max(axis=1) > 0)
    return {
        "photos": len(answers),
        "same": int(same.sum()),
        "correct": int((answers.argmax(axis=1) == run.labels).sum()),
    }
