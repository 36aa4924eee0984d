"""Classes and recordings in memory: limits refuse and change nothing, names are told apart, the last can be undone."""

import numpy as np
import pytest

from tlcore.errors import InputError, NotFoundError, StateError
from tlcore.teaching import collection as module
from tlcore.teaching.collection import MOST_CLASSES, MOST_FRAMES, Collection
from tlcore.teaching.frames import Frame
from tlcore.teaching.keep import import_request


def frames(count, size=10):
    return [Frame(b"x" * size, "", np.ones(4, np.float32), np.zeros(9, np.uint8)) for _ in range(count)]


def test_two_classes_of_three_pictures_can_answer():
    taught = Collection()
    first, second = taught.classes
    taught.add(first.id, "a", frames(5), b"")
    taught.add(second.id, "b", frames(2), b"")
    assert taught.answerable == []
    taught.add(second.id, "b", frames(1), b"")
    assert taught.answerable == [first, second] and [len(each.recordings) for each in taught.classes] == [1, 1]


def test_the_recording_that_began_last_is_undone():
    taught = Collection()
    first, second = taught.classes
    taught.add(first.id, "a", frames(1), b"")
    taught.add(second.id, "b", frames(1), b"")
    taught.add(first.id, "a", frames(1), b"")
    assert taught.last is second
    taught.undo()
    assert taught.last is first and not second.recordings
    taught.undo()
    taught.undo()
    assert taught.last is None and taught.is_empty


def test_what_is_over_a_limit_is_refused_and_changes_nothing(monkeypatch):
    taught = Collection()
    first = taught.classes[0]
    taught.add(first.id, "a", frames(MOST_FRAMES), b"")
    version = taught.version
    with pytest.raises(InputError, match="at most 200 pictures"):
        taught.add(first.id, "a", frames(1), b"")
    monkeypatch.setattr(module, "MOST_BYTES", taught.size + 100)
    with pytest.raises(InputError, match="in memory"):
        taught.add(taught.classes[1].id, "b", frames(1, 101), b"")
    monkeypatch.setattr(module, "MOST_BYTES", 10**9)
    somebody_else = Collection()
    somebody_else.add(somebody_else.classes[0].id, "c", frames(1, 3000), b"")
    monkeypatch.setattr(module, "MOST_BYTES_OF_ALL", somebody_else.size + taught.size + 50)
    with pytest.raises(InputError, match="everybody"):
        taught.add(taught.classes[1].id, "b", frames(1, 60), b"")
    assert (taught.version, first.frames, taught.classes[1].frames) == (version, MOST_FRAMES, 0)
    while len(taught.classes) < MOST_CLASSES:
        taught.add_class()
    with pytest.raises(InputError, match="at most 12 classes"):
        taught.add_class()
    assert len({each.name for each in taught.classes}) == MOST_CLASSES


@pytest.mark.parametrize("name", ["", "   ", None, 7, "class 2", "\x00\n"])
def test_names_are_needed_and_told_apart(name):
    taught = Collection()
    with pytest.raises(InputError):
        taught.rename(taught.classes[0].id, name)
    assert [each.name for each in taught.classes] == ["Class 1", "Class 2"]


def test_two_classes_always_stay_and_others_can_go():
    taught = Collection()
    third = taught.add_class("Third")
    taught.add(third.id, "a", frames(1), b"")
    taught.remove_class(third.id)
    taught.add(taught.classes[0].id, "b", frames(1), b"")
    taught.remove_class(taught.classes[0].id)
    assert [each.name for each in taught.classes] == ["Class 1", "Class 2"] and taught.is_empty
    with pytest.raises(NotFoundError):
        taught.remove_class("c99")


def test_too_little_makes_no_dataset(home):
    with pytest.raises(StateError):
        import_request(Collection(), "x")
    assert not (home / "uploads").exists()
