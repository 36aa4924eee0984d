"""Weights that come as packages: read as data, the right numbers in the right layers, and nothing hostile is run."""

import collections
import os
import pickle
from dataclasses import replace

import numpy as np
import pytest

from tlcore.errors import InputError, MissingError, StateError
from tlcore.zoo.build import build
from tlcore.zoo.catalog import ARCHITECTURES, find, has_weights
from tlcore.zoo.weights import package as package_weights
from tlcore.zoo.weights.package import package_path, read_package_weights
from tlcore.zoo.weights.torch_file import read_torch_file

INSTALLED = [row for row in ARCHITECTURES if row.package_weights]


@pytest.mark.parametrize("row", INSTALLED, ids=lambda row: row.name)
def test_every_variable_of_the_network_gets_its_array(row):
    assert has_weights(row)
    arrays, model = read_package_weights(row), build(row, weights="package")
    assert {variable.path: tuple(variable.shape) for variable in model.weights} == {
        name: array.shape for name, array in arrays.items()
    }
    assert sum(array.size for array in arrays.values()) == row.parameters
    for variable in model.weights:
        np.testing.assert_array_equal(variable.numpy(), arrays[variable.path])


def test_a_changed_file_and_a_missing_package_are_refused(monkeypatch):
    row = find("EfficientNetLite0")
    other = replace(row, package_weights=replace(row.package_weights, digest="0" * 64))
    with pytest.raises(StateError, match="Install the package again"):
        read_package_weights(other)
    absent = replace(row, package_weights=replace(row.package_weights, module="no_such_package"))
    assert not has_weights(absent)
    with pytest.raises(MissingError, match="pip install -r"):
        read_package_weights(absent)
    with pytest.raises(InputError, match="installed with the requirements, but got VGG-16"):
        read_package_weights(find("VGG16"))
    monkeypatch.setattr(package_weights, "package_path", lambda row: package_path(row).with_name("gone.pth"))
    with pytest.raises(StateError, match="no such file"):
        read_package_weights(row)


class _Call:
    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


def _file(tmp_path, tensors: object, keys: object = (), tail: bytes = b""):
    path = tmp_path / "weights.pth"
    parts = (0x1950A86A20F9469CFC6C, 1001, {}, tensors, list(keys))
    path.write_bytes(b"".join(pickle.dumps(part, 2) for part in parts) + tail)
    return path


@pytest.mark.parametrize(
    "tensors",
    [
        _Call(os.system, "touch hacked"),
        _Call(eval, "open('hacked', 'w')"),
        _Call(getattr, [], "append"),
        collections.OrderedDict(weight=_Call(os.mkdir, "hacked")),
        {"weight": "no tensor"},
        ["weight"],
    ],
    ids=["system", "eval", "getattr", "in a tensor's place", "text", "a list"],
)
def test_a_hostile_pickle_runs_nothing(tmp_path, monkeypatch, tensors):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="PyTorch's first layout"):
        read_torch_file(_file(tmp_path, tensors))
    assert not (tmp_path / "hacked").exists()


def _tensor_file(tmp_path, size=6, offset=0, shape=(2, 3), strides=(3, 1), numbers=6, count=None):
    """A file with one tensor "w"; assembled from opcodes, as its globals belong to a package that is not here."""

    def whole(number: int) -> bytes:
        return pickle.dumps(number, 2)[2:-1]

    def tuple_of(numbers) -> bytes:
        return b"(" + b"".join(map(whole, numbers)) + b"t"

    def text(value: str) -> bytes:
        return b"X" + len(value).to_bytes(4, "little") + value.encode()

    storage = b"(" + text("storage") + b"ctorch\nFloatStorage\n" + text("7") + text("cpu") + whole(size) + b"NtQ"
    tensor = b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + whole(offset) + tuple_of(shape) + tuple_of(strides)
    tensor += b"\x89ccollections\nOrderedDict\n)RtR"
    tensors = b"\x80\x02}" + text("w") + tensor + b"s."
    first, last = (0x1950A86A20F9469CFC6C, 1001, {}), ["7"]
    path = tmp_path / "weights.pth"
    content = np.arange(numbers, dtype="<f4").tobytes()
    tail = (numbers if count is None else count).to_bytes(8, "little") + content
    path.write_bytes(b"".join(pickle.dumps(part, 2) for part in first) + tensors + pickle.dumps(last, 2) + tail)
    return path


def test_tensors_are_read_by_offset_shape_and_strides(tmp_path):
    assert read_torch_file(_tensor_file(tmp_path))["w"].tolist() == [[0, 1, 2], [3, 4, 5]]
    turned = _tensor_file(tmp_path, shape=(3, 2), strides=(1, 3))
    assert read_torch_file(turned)["w"].tolist() == [[0, 3], [1, 4], [2, 5]]
    assert read_torch_file(_tensor_file(tmp_path, offset=4, shape=(2,), strides=(1,)))["w"].tolist() == [4, 5]


@pytest.mark.parametrize(
    "changes",
    [
        {"shape": (3, 3)},
        {"offset": 1},
        {"offset": -1},
        {"strides": (-3, 1)},
        {"strides": (1 << 40, 1)},
        {"shape": (2, 0)},
        {"shape": (1 << 40, 1), "strides": (0, 1), "offset": 6},
        {"size": 1 << 40},
        {"numbers": 5},
        {"numbers": 7},
        {"count": 1 << 60},
    ],
    ids=str,
)
def test_a_tensor_that_reaches_beyond_its_numbers_is_refused(tmp_path, changes):
    with pytest.raises(InputError, match="PyTorch's first layout"):
        read_torch_file(_tensor_file(tmp_path, **changes))


def test_a_cut_file_is_refused_wherever_it_ends(tmp_path):
    path = _tensor_file(tmp_path)
    whole = path.read_bytes()
    for end in range(0, len(whole), 7):
        path.write_bytes(whole[:end])
        with pytest.raises(InputError):
            read_torch_file(path)
