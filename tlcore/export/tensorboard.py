"""Learning curves as TensorBoard logs, without TensorFlow: its file format is small and has not changed in years.

A log is a sequence of records (length, checksum, content, checksum; `tensorflow/core/lib/io/record_writer.h`). Each
content is an `Event` message (`tensorflow/core/util/event.proto`) in the wire format of Protocol Buffers.
"""

from __future__ import annotations

import functools
import struct
from datetime import datetime

from tlcore.comparison.comparison import ComparedRun
from tlcore.figures.curves import METRICS, PARTS

_POLYNOMIAL = 0x82F63B78  # CRC-32C (Castagnoli), bits reversed


def tensorboard_logs(item: ComparedRun) -> dict[str, bytes]:
    """Write the learning curves of a run as logs, in the layout of Keras' own callback.

    Args:
        item: the run.

    Returns:
        Paths ("train/events…", "validation/events…") → contents; scalars `epoch_loss` and `epoch_accuracy`.
    """
    start = datetime.fromisoformat(item.run.started or item.run.created).timestamp()
    moments = [start + seconds for seconds in item.curve.positions("seconds")]
    logs = {}
    for part in PARTS:
        records = [_record(_double(1, start) + _bytes(3, b"brain.Event:2"))]
        for epoch, moment in zip(item.epochs, moments, strict=True):
            values = b"".join(_scalar(f"epoch_{metric}", epoch[f"{part}_{metric}"]) for metric in METRICS)
            records.append(_record(_double(1, moment) + _whole(2, epoch["epoch"]) + _bytes(5, values)))
        logs[f"{part}/events.out.tfevents.{int(start)}.{item.run.id}"] = b"".join(records)
    return logs


def _scalar(tag: str, value: float) -> bytes:
    """One `Summary.Value`: tag and simple_value."""
    return _bytes(1, _bytes(1, tag.encode()) + _key(2, 5) + struct.pack("<f", value))


def _record(content: bytes) -> bytes:
    length = struct.pack("<Q", len(content))
    return length + _checksum(length) + content + _checksum(content)


def _checksum(data: bytes) -> bytes:
    """CRC-32C, rotated and shifted so that a checksum over checksums stays meaningful."""
    crc, table = 0xFFFFFFFF, _table()
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF)


@functools.cache
def _table() -> tuple[int, ...]:
    def step(value: int) -> int:
        for _ in range(8):
            value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)
        return value

    return tuple(map(step, range(256)))


# Fields of a message: key, then the value in the form that the key's last three bits name.


def _key(field: int, form: int) -> bytes:
    return _varint(field << 3 | form)


def _varint(value: int) -> bytes:
    parts = []
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


def _whole(field: int, value: int) -> bytes:
    return _key(field, 0) + _varint(value)


def _double(field: int, value: float) -> bytes:
    return _key(field, 1) + struct.pack("<d", value)


def _bytes(field: int, value: bytes) -> bytes:
    return _key(field, 2) + _varint(len(value)) + value
