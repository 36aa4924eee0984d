"""Features on a device of TensorFlow: the same as LiteRT's; the processor stands in for a GPU, which is not here."""

from __future__ import annotations

import numpy as np
import pytest

from tlcore.inference.networks import device_part, gpu
from tlcore.inference.networks.feature_part import open_part
from tlcore.inference.networks.feature_source import FeatureSource
from tlcore.jobs import SILENT
from tlcore.runs.execution.executors import worker_variables
from tlcore.training.jobs import train
from tlcore.training.results.evaluation import PREDICTIONS_FILE

SOURCE = FeatureSource("EfficientNetLite0", "package", 64, "top_activation")
PLAN = {"backbone": "EfficientNetLite0", "weights": "package", "input_size": 64, "epochs": 2, "strategy": "frozen"}


@pytest.mark.parametrize("pooling", ["", "average"])
def test_a_device_gives_the_features_that_litert_gives(home, pooling):
    part = open_part(SOURCE)
    there = device_part.on_device(part, SOURCE, "/CPU:0").pooled(pooling)
    assert there.function is not None and there.batch_size > part.batch_size
    batch = np.random.default_rng(0).uniform(-1, 1, (5, 64, 64, 3)).astype(np.float32)
    expected = part.pooled(pooling).run(batch)
    np.testing.assert_allclose(there.on_each_core(2)(batch), expected, atol=1e-3 * np.abs(expected).max())


def test_a_device_that_gives_other_numbers_is_not_used(home, monkeypatch):
    part = open_part(SOURCE)
    monkeypatch.setattr(device_part, "relative_difference", lambda *_: float("nan"))
    assert device_part.on_device(part, SOURCE, "/CPU:0") is part


def test_a_run_whose_features_a_device_computes_ends_as_one_on_litert(home, objects, tmp_path, monkeypatch):
    # The same images in another dataset would share the features; another size keeps the two runs apart.
    used = []
    on_device = device_part.on_device
    monkeypatch.setattr(device_part, "on_device", lambda *given: used.append(given[2]) or on_device(*given))
    answers = []
    for device in ("", "/CPU:0"):
        monkeypatch.setenv("TLCORE_CACHES", str(tmp_path / f"caches{device.replace('/', '-')}"))
        from tlcore.settings import settings

        settings.cache_clear()
        monkeypatch.setattr("tlcore.training.features.phase.gpu_device", lambda device=device: device)
        train(PLAN | {"dataset": objects}, tmp_path / f"run{len(answers)}", SILENT)
        with np.load(tmp_path / f"run{len(answers)}" / PREDICTIONS_FILE) as found:
            answers.append({name: found[name] for name in found.files})
    assert used == ["/CPU:0"]
    for name, values in answers[0].items():
        if values.dtype == np.float32:
            np.testing.assert_allclose(answers[1][name], values, atol=1e-3, err_msg=name)


def test_no_gpu_is_looked_for_where_there_is_none_or_none_is_given(monkeypatch, tmp_path):
    def must_not_be_asked(name):
        raise AssertionError("TensorFlow was imported")

    monkeypatch.setattr(gpu.importlib, "import_module", must_not_be_asked)
    monkeypatch.setattr(gpu, "_NVIDIA", tmp_path / "nobody")
    assert gpu.gpu_device() == ""
    monkeypatch.setattr(gpu, "_NVIDIA", tmp_path)
    for none in ("", "-1"):
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", none)
        assert gpu.gpu_device() == ""


def test_workers_share_the_memory_of_a_gpu():
    assert worker_variables(1)["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"
