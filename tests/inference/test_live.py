"""The live camera's engine: untrusted pictures are bounded before they are decoded, and cameras take turns."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from tests.inference.stand_in import made, network, photo, ready, weights_here
from tlcore.errors import ImageError
from tlcore.inference.attention import class_activation
from tlcore.inference.classifier import classify, see
from tlcore.inference.live import Cameras, frame_side, look, read_frame

__all__ = ["made", "network", "ready", "weights_here"]


def address(picture: Image.Image, kind: str = "JPEG", mime: str = "jpeg") -> str:
    file = io.BytesIO()
    picture.save(file, kind)
    return f"data:image/{mime};base64,{base64.b64encode(file.getvalue()).decode()}"


def test_a_picture_of_a_camera_is_read():
    frame = read_frame(address(Image.new("RGB", (256, 256), (200, 10, 10))))
    assert frame.shape == (256, 256, 3) and abs(int(frame[..., 0].mean()) - 200) < 3


@pytest.mark.parametrize(
    "text",
    [
        None,
        7,
        "",
        {"picture": "x"},
        "data:image/jpeg;base64,",
        "data:image/jpeg;base64,@@@",
        "data:image/jpeg;base64,AAAA",
        "data:image/jpeg;base64," + "A" * 400_000,
        address(Image.new("RGB", (2000, 20))),
        address(Image.new("RGB", (20, 20)), "PNG", "png"),
        address(Image.new("RGB", (20, 20)), "PNG"),
        address(Image.new("RGB", (20, 20)))[:300],
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(ImageError):
        read_frame(text)


def test_a_sight_is_what_a_photo_would_get(network):
    side = frame_side([network])
    assert side == round(network.card.input_size / network.card.ratio)
    picture = photo(3, side, side)
    [sight] = look([network], picture, 3)
    [result] = classify(network, [picture], top=3)
    assert sight.guesses == result.guesses and sight.share == network.card.ratio
    heat = class_activation(network, see(network.card, picture), result.best.index)
    np.testing.assert_allclose(sight.heat, heat / heat.max(), atol=1e-5)
    assert frame_side([network], "stretch") == network.card.input_size


def test_cameras_share_the_machine_evenly_and_none_starves():
    now = [0.0]
    cameras = Cameras(lambda: now[0])
    answers = {"a": 0, "b": 0, "c": 0}

    def run(names: str, seconds: float, took: float) -> dict[str, int]:
        counts, end = dict.fromkeys(names, 0), now[0] + seconds
        while now[0] < end:
            for name in names:
                if cameras.wait(name) == 0:
                    now[0] += took
                    cameras.note(name, took)
                    counts[name] += 1
            now[0] += 0.001
        return counts

    alone = run("a", 4, 0.02)["a"] / 4
    assert 13 < alone < 16
    answers = run("abc", 9, 0.02)
    assert max(answers.values()) - min(answers.values()) <= 2 and answers["a"] / 9 == pytest.approx(alone / 3, rel=0.2)
    now[0] += 10  # the others are switched off
    assert run("a", 4, 0.02)["a"] / 4 == pytest.approx(alone, rel=0.1)
