"""What one person teaches: a collection, the head that answers at the moment, and the figure that follows it."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from tlcore.inference.networks.prepared import Prepared
from tlcore.teaching.collection import Collection
from tlcore.teaching.frames import Examples, examples_of, make_frame, make_icon
from tlcore.teaching.head import backbone, maps_of, network_of, solve
from tlcore.teaching.held_out import HeldOut, held_out, recordings_of_each

_REST = 1.0  # times as long as solving took, the head stays as it is: with many pictures, answers come first


class Teacher:
    """Takes pictures, answers with the head that they make, and lets recordings be judged in the background."""

    def __init__(self) -> None:
        self.base: Prepared = backbone()
        self.collection = Collection()
        self.judged: HeldOut | None = None  # of the newest version that has been judged
        self.distinct: dict[str, int] = {}  # recordings that count by the id of their class, likewise
        self._judging: Future | None = None
        self._judged_version = -1
        self._network: Prepared | None = None
        self._version = -1
        self._rest_until = 0.0
        self._lock = threading.Lock()

    def maps(self, pictures: Sequence[np.ndarray]) -> np.ndarray:
        """What the network gives for pictures: float32 (n, height, width, channels)."""
        return maps_of(self.base, pictures)

    def record(
        self, class_id: object, recording_id: str, pictures: Sequence[tuple[bytes, str, np.ndarray]]
    ) -> np.ndarray:
        """Add pictures to a recording.

        Args:
            class_id: of the class.
            recording_id: of the recording; a new one begins it.
            pictures: file, name ("" for the camera's) and pixels of each, at least one.

        Returns:
            float32 (height, width, channels), what the network gives for the last.

        Raises:
            InputError: if there is no room for them.
        """
        maps = self.maps([picture for _, _, picture in pictures])
        frames = [
            make_frame(data, name, picture, each) for (data, name, picture), each in zip(pictures, maps, strict=True)
        ]
        self.collection.add(class_id, recording_id, frames, make_icon(pictures[0][2]))
        return maps[-1]

    def examples(self) -> Examples | None:
        """What a head learns from now; None where fewer than two classes have enough pictures."""
        classes = self.collection.answerable
        if not classes:
            return None
        return examples_of([each.name for each in classes], [each.recordings for each in classes])

    def network(self) -> Prepared | None:
        """The network that answers now.

        Returns:
            It with the head of all that is recorded (a little less while much is being recorded); None where fewer
            than two classes have enough pictures.
        """
        version = self.collection.version
        if version == self._version or (self._network and time.monotonic() < self._rest_until):
            return self._network
        examples = self.examples()
        if examples is None:
            self._network = None
        else:
            started = time.monotonic()
            head = solve(examples.features, examples.labels, len(examples.classes))
            self._network = network_of(self.base, head, examples.classes)
            self._rest_until = time.monotonic() + _REST * (time.monotonic() - started)
        self._version = version
        return self._network

    def judge(self) -> bool:
        """See to it that the newest version is judged, unless an earlier one still is: it may lag behind.

        Returns:
            Whether `judged` and `distinct` belong to the newest version.
        """
        with self._lock:
            if self._judging and not self._judging.done():
                return False
            version = self.collection.version
            if version == self._judged_version:
                return True
            examples = self.examples()
            if examples is None:
                self.judged, self.distinct, self._judged_version = None, {}, version
                return True
            ids = [each.id for each in self.collection.answerable]
            self._judging = _judges().submit(self._judge, examples, ids, version)
            return False

    def _judge(self, examples: Examples, ids: Sequence[str], version: int) -> None:
        distinct, found = dict(zip(ids, recordings_of_each(examples), strict=True)), held_out(examples)
        with self._lock:
            self.judged, self.distinct, self._judged_version = found, distinct, version


@functools.cache
def _judges() -> ThreadPoolExecutor:
    """One thread for everybody: figures may lag, answers must not wait for them."""
    return ThreadPoolExecutor(1, thread_name_prefix="held-out")
