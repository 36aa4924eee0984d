"""Small files of each kind, and seeded ways to damage them."""

from __future__ import annotations

import io
import json
import math
import pickle
import random
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import ai_edge_litert.schema_py_generated as schema
import flatbuffers
import h5py
import numpy as np
import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()  # to write such files here

HEADER = 600  # bytes at the beginning and at the end, where most kinds of files keep what describes the rest
VALUES = (None, True, -1, 0, 1, 2**31, 2**63, 10**400, 1e308, float("nan"), float("inf"), "", "x" * 5000, [], {}, [[]])


@dataclass(frozen=True)
class Seed:
    """A valid file, or the part of one that is damaged.

    Args:
        data: what is damaged.
        wrap: makes a file of it.
        damage: damages it.
    """

    data: bytes
    wrap: Callable[[bytes], bytes] = bytes
    damage: Callable[[bytes, random.Random], bytes] | None = None

    def mutated(self, chance: random.Random) -> bytes:
        """A file that is damaged in one to three ways."""
        data = self.data
        for _ in range(chance.choice((1, 1, 2, 3))):
            data = (self.damage or damage_bytes)(data, chance)
        return self.wrap(data)


def _place(data: bytes, chance: random.Random) -> int:
    """Anywhere, but mostly in the headers."""
    if chance.random() < 0.6:
        place = chance.randrange(HEADER)
        return min(place, len(data)) if chance.random() < 0.5 else max(0, len(data) - place)
    return chance.randrange(len(data) + 1)


def flip(data: bytes, chance: random.Random) -> bytes:
    """Change some bytes."""
    changed = bytearray(data)
    for _ in range(min(len(data), chance.choice((1, 2, 4, 16)))):
        changed[min(_place(data, chance), len(data) - 1)] = chance.randrange(256)
    return bytes(changed)


def cut(data: bytes, chance: random.Random) -> bytes:
    """Leave out the end, or a piece."""
    start = _place(data, chance)
    return data[:start] + (b"" if chance.random() < 0.5 else data[start + chance.randrange(1, 200) :])


def set_number(data: bytes, chance: random.Random) -> bytes:
    """Put another number where a length, a count or an offset may stand."""
    width = chance.choice((1, 2, 4, 8))
    place = min(_place(data, chance), max(0, len(data) - width))
    top = 1 << 8 * width
    number = chance.choice((0, 1, top - 1, top // 2, top // 2 - 1, len(data) % top, place % top, chance.randrange(top)))
    order = chance.choice(("little", "big"))
    return data[:place] + number.to_bytes(width, order) + data[place + width :]


def repeat(data: bytes, chance: random.Random) -> bytes:
    """Insert a piece of the file, or noise, or write a piece over another."""
    start, place, length = _place(data, chance), _place(data, chance), chance.randrange(1, 400)
    piece = data[start : start + length] if chance.random() < 0.7 else chance.randbytes(length)
    return data[:place] + piece + data[place + (len(piece) if chance.random() < 0.5 else 0) :]


def damage_bytes(data: bytes, chance: random.Random) -> bytes:
    """Damage in one of these ways."""
    return chance.choice((flip, cut, set_number, repeat))(data, chance)


def damage_json(data: bytes, chance: random.Random) -> bytes:
    """Replace, remove, repeat or nest one thing in a description."""
    tree = json.loads(data)
    places: list[tuple] = []

    def collect(node: object) -> None:
        for key in list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ():
            places.append((node, key))
            collect(node[key])

    collect(tree)
    if not places:
        return data
    holder, key = chance.choice(places)
    kind = chance.randrange(4)
    if kind == 0:
        holder[key] = chance.choice(VALUES)
    elif kind == 1:
        del holder[key]
    elif kind == 2:
        other, name = chance.choice(places)
        holder[key] = json.loads(json.dumps(other[name])) if name in other or isinstance(other, list) else []
    else:
        holder[key] = [holder[key]] * chance.choice((1, 3, 300))
    return json.dumps(tree).encode()


def weights_seeds() -> list[Seed]:
    """Weights files of both layouts that Keras has."""
    older, newer = io.BytesIO(), io.BytesIO()
    with h5py.File(older, "w") as file:
        file.attrs["layer_names"] = [b"conv", b"dense"]
        for layer in ("conv", "dense"):
            group = file.create_group(layer)
            group.attrs["weight_names"] = [f"{layer}/kernel:0".encode(), f"{layer}/bias:0".encode()]
            group[f"{layer}/kernel:0"] = np.ones((3, 3, 3, 4), np.float32)
            group[f"{layer}/bias:0"] = np.zeros(4, np.float32)
    with h5py.File(newer, "w") as file:
        for layer in ("conv2d", "dense"):
            for number, shape in enumerate(((3, 3, 3, 4), (4,))):
                packed = {"compression": "gzip", "chunks": shape} if number == 0 else {}
                file.create_dataset(f"layers/{layer}/vars/{number}", data=np.ones(shape, np.float32), **packed)
    return [Seed(older.getvalue()), Seed(newer.getvalue())]


def _config() -> bytes:
    def layer(kind: str, name: str, feeds: str, **config: object) -> dict:
        tensor = {
            "class_name": "__keras_tensor__",
            "config": {"shape": [None, 8, 8, 3], "keras_history": [feeds, 0, 0]},
        }
        nodes = [{"args": [tensor], "kwargs": {}}] if feeds else []
        return {"class_name": kind, "name": name, "config": {"name": name, **config}, "inbound_nodes": nodes}

    square = {"kernel_size": [3, 3], "strides": [1, 1], "padding": "same", "use_bias": True}
    layers = [
        layer("InputLayer", "picture", "", batch_shape=[None, 8, 8, 3]),
        layer("Conv2D", "conv", "picture", filters=4, **square),
        layer("BatchNormalization", "norm", "conv", axis=3),
        layer("MaxPooling2D", "pool", "norm", pool_size=[2, 2], strides=[2, 2], padding="valid"),
        layer("Flatten", "flat", "pool"),
        layer("Dense", "dense", "flat", units=5, activation="softmax", use_bias=True),
    ]
    return json.dumps({"class_name": "Functional", "config": {"name": "mine", "layers": layers}}).encode()


def _whole_model(config: bytes) -> bytes:
    file = io.BytesIO()
    with h5py.File(file, "w") as model:
        model.attrs["model_config"] = config.decode()
        weights = model.create_group("model_weights")
        weights.attrs["layer_names"] = [b"conv"]
        group = weights.create_group("conv")
        group.attrs["weight_names"] = [b"conv/kernel:0"]
        group["conv/kernel:0"] = np.ones((3, 3, 3, 4), np.float32)
    return file.getvalue()


def _zip(entries: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return file.getvalue()


def _keras_file(config: bytes, weights: bytes | None = None) -> bytes:
    newer = weights_seeds()[1].data if weights is None else weights
    return _zip({"metadata.json": b"{}", "config.json": config, "model.weights.h5": newer})


def whole_model_seeds() -> list[Seed]:
    """A network in HDF5, damaged as a file and in its description."""
    return [Seed(_whole_model(_config())), Seed(_config(), _whole_model, damage_json)]


def keras_seeds() -> list[Seed]:
    """A `.keras` file, damaged as a file, in its description and in its weights."""
    return [
        Seed(_keras_file(_config())),
        Seed(_config(), _keras_file, damage_json),
        Seed(_config(), _keras_file),
        Seed(weights_seeds()[1].data, lambda data: _keras_file(_config(), data)),
    ]


def lite_seeds() -> list[Seed]:
    """A LiteRT file of a convolution, a pooling and a dense operator."""

    def tensor(name: str, shape: list[int], content: bool = False) -> int:
        row = schema.TensorT()
        row.name, row.shape, row.type, row.buffer = name, shape, schema.TensorType.FLOAT32, len(buffers) * content
        if content:
            buffers.append(schema.BufferT())
            buffers[-1].data = np.ones(4 * math.prod(shape), np.uint8)
        graph.tensors.append(row)
        return len(graph.tensors) - 1

    def operator(code: int, inputs: list[int], output: int, **settings: int) -> None:
        model.operatorCodes.append(schema.OperatorCodeT())
        model.operatorCodes[-1].builtinCode = model.operatorCodes[-1].deprecatedBuiltinCode = code
        row = schema.OperatorT()
        row.opcodeIndex, row.inputs, row.outputs = len(model.operatorCodes) - 1, inputs, [output]
        name = {"CONV_2D": "Conv2D", "MAX_POOL_2D": "Pool2D", "FULLY_CONNECTED": "FullyConnected"}[names[code]]
        row.builtinOptionsType = getattr(schema.BuiltinOptions, f"{name}Options")
        row.builtinOptions = getattr(schema, f"{name}OptionsT")()
        vars(row.builtinOptions).update(settings)
        graph.operators.append(row)

    codes, names = schema.BuiltinOperator, {code: name for name, code in vars(schema.BuiltinOperator).items()}
    buffers = [schema.BufferT()]
    model, graph = schema.ModelT(), schema.SubGraphT()
    model.version, model.subgraphs, model.buffers, model.operatorCodes = 3, [graph], buffers, []
    graph.tensors, graph.operators = [], []
    picture, maps, pooled = tensor("picture", [1, 8, 8, 3]), tensor("maps", [1, 8, 8, 4]), tensor("pool", [1, 4, 4, 4])
    answer, kernel = tensor("answer", [1, 5]), tensor("kernel", [4, 3, 3, 3], True)
    step = {"strideH": 1, "strideW": 1, "dilationHFactor": 1, "dilationWFactor": 1}
    operator(codes.CONV_2D, [picture, kernel], maps, **step)
    operator(codes.MAX_POOL_2D, [maps], pooled, strideH=2, strideW=2, filterHeight=2, filterWidth=2)
    operator(codes.FULLY_CONNECTED, [pooled, tensor("weights", [5, 64], True)], answer)
    graph.inputs, graph.outputs = [picture], [answer]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return [Seed(bytes(builder.Output()))]


def array_seeds() -> list[Seed]:
    """Files of arrays in each format, damaged as a file and in what an `.npz` file holds."""
    images, labels, objects, hdf5 = (io.BytesIO() for _ in range(4))
    rows = np.arange(6 * 8 * 8 * 3, dtype=np.uint8).reshape(6, -1)
    np.save(images, rows.reshape(6, 8, 8, 3))
    np.save(objects, np.array(["cat", "dog"] * 3, object))
    with h5py.File(hdf5, "w") as file:
        file["set_x"], file["set_y"], file["list_classes"] = rows, np.array([0, 1] * 3), np.array([b"cat", b"dog"])
    np.save(labels, np.array([0, 1] * 3))
    x, y = images.getvalue(), labels.getvalue()
    return [
        Seed(_zip({"images.npy": x, "labels.npy": y})),
        Seed(x, lambda data: _zip({"images.npy": data, "labels.npy": y})),
        Seed(y, lambda data: _zip({"images.npy": x, "labels.npy": data})),
        Seed(objects.getvalue(), lambda data: _zip({"images.npy": x, "labels.npy": data})),
        Seed(pickle.dumps({b"data": rows, b"labels": [0, 1] * 3}, 2)),
        Seed(_idx_of(rows), lambda data: _zip({"images-idx2": data, "labels.npy": y})),
        Seed(hdf5.getvalue()),
    ]


def _idx_of(rows: np.ndarray) -> bytes:
    return bytes([0, 0, 8, 2]) + np.array(rows.shape, ">u4").tobytes() + rows.tobytes()


def _photo(format: str, **options: object) -> bytes:
    file = io.BytesIO()
    rows = np.add.outer(np.arange(24), 3 * np.arange(32))
    Image.fromarray(np.stack([rows, 2 * rows, 255 - rows], -1).astype(np.uint8)).save(file, format, **options)
    return file.getvalue()


def zip_seeds() -> list[Seed]:
    """A zip file of photos, damaged as a file and in one photo."""
    photos = {f"{label}/{number}.jpg": _photo("JPEG", quality=60 + number) for label in "ab" for number in range(2)}
    return [Seed(_zip(photos)), Seed(photos["a/1.jpg"], lambda data: _zip({**photos, "a/1.jpg": data}))]


def jpeg_seeds() -> list[Seed]:
    """Plain, progressive and turned JPEG files."""
    exif = Image.Exif()
    exif[0x0112] = 6
    profile = b"\0" * 300
    return [
        Seed(_photo("JPEG")),
        Seed(_photo("JPEG", progressive=True)),
        Seed(_photo("JPEG", exif=exif, icc_profile=profile)),
    ]


def tiff_seeds() -> list[Seed]:
    """TIFF files, plain and packed in three ways."""
    return [Seed(_photo("TIFF", **options)) for options in ({}, *({"compression": name} for name in PACKINGS))]


PACKINGS = ("tiff_lzw", "tiff_adobe_deflate", "jpeg", "packbits")


def other_photo_seeds() -> list[Seed]:
    """PNG, GIF, WebP and BMP files, some of several frames."""
    frames = {"save_all": True, "append_images": [Image.new("RGB", (32, 24), color) for color in ("red", "blue")]}
    return [
        Seed(_photo("PNG", icc_profile=b"\0" * 300)),
        Seed(_photo("PNG", **frames)),
        Seed(_photo("GIF", **frames)),
        Seed(_photo("WEBP")),
        Seed(_photo("WEBP", **frames)),
        Seed(_photo("BMP")),
    ]


def phone_photo_seeds() -> list[Seed]:
    """HEIC and AVIF files: plain, turned, and of a brand that leaves open which of them they are."""
    exif = Image.Exif()
    exif[0x0112] = 6
    seeds = []
    for format, options in (("HEIF", {"quality": 40}), ("AVIF", {"quality": 40, "speed": 10})):
        plain = _photo(format, **options)
        turned = _photo(format, exif=exif.tobytes(), **options)
        seeds += [Seed(plain), Seed(turned), Seed(plain[:8] + b"mif1" + plain[12:])]
    return seeds


RARE_PHOTOS = ("JPEG2000", "PPM", "DDS", "QOI", "SGI", "PCX", "ICO", "ICNS")


def rare_photo_seeds() -> list[Seed]:
    """Files of the other kinds that are read."""
    layers = struct.pack(">HIIHH", 3, 24, 32, 8, 3) + bytes(12) + b"\0\0" + bytes(range(256)) * 9
    return [*(Seed(_photo(format)) for format in RARE_PHOTOS), Seed(b"8BPS\0\1" + bytes(6) + layers)]
