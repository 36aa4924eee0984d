"""Photos that a child process has to decode keep nobody else waiting."""

import io
import threading

import pytest
from PIL import Image

from tlcore.errors import ImageError, StateError
from tlcore.images import decode, unusual
from tlcore.inference.many import PhotoFile, classify_files, decode_photo


def photo(format: str) -> PhotoFile:
    file = io.BytesIO()
    Image.new("RGB", (48, 40), (200, 30, 30)).save(file, format)
    return PhotoFile(format, f"photo.{format.lower()}", file.getvalue)


@pytest.fixture
def slow_child(monkeypatch):
    """Children that answer nobody until they are let; gives how many are asked at the same time."""
    free, busy, most = threading.Event(), [], []

    def run(task, data, name, **arguments):
        busy.append(name)
        most.append(len(busy))
        free.wait(20)
        busy.pop()
        return unusual.decode_unusual(data, name, **arguments)

    monkeypatch.setattr(decode, "run", run)
    yield free, most
    free.set()


def test_who_waits_for_children_takes_no_thread_from_others(slow_child):
    free, most = slow_child
    waiting = [threading.Thread(target=decode_photo, args=(photo("GIF"), 32)) for _ in range(12)]
    for thread in waiting:
        thread.start()
    assert decode_photo(photo("JPEG"), 32).shape == (40, 48, 3)
    assert not free.is_set()
    free.set()
    for thread in waiting:
        thread.join()
    assert len(most) == 12


def test_one_visitor_s_batch_asks_one_child_at_a_time(network, slow_child):
    free, most = slow_child
    free.set()
    files = [photo(format) for format in ("GIF", "JPEG", "TIFF", "GIF", "BMP", "PNG")] * 4
    results = list(classify_files(network, files))
    assert len(results) == 24 and not any(isinstance(result, ImageError) for result in results)
    assert max(most) == 1 and len(most) == 16


def test_a_busy_machine_is_no_fault_of_the_photo(network, monkeypatch):
    def run(*_, **__):
        raise StateError("a free moment", "none", "Try again.")

    monkeypatch.setattr(decode, "run", run)
    with pytest.raises(StateError):
        list(classify_files(network, [photo("GIF")]))
