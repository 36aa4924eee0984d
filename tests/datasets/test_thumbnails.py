"""Small pictures of a dataset's photos."""

import io

from PIL import Image

from tlcore.datasets.dataset import open_dataset
from tlcore.datasets.thumbnails import tiles


def test_tiles_are_whole_photos_in_the_order_asked_for_and_damage_costs_only_itself(objects):
    dataset = open_dataset(objects)
    with (dataset.folder / "images.bin").open("r+b") as file:
        file.seek(int(dataset.offsets[7]))
        file.write(b"damage")
    made = tiles(dataset, [40, 7, 3], side=48)
    assert made[1] == b"" and made == [*tiles(dataset, [40], 48), b"", *tiles(dataset, [3], 48)]
    assert made[0] != made[2] and Image.open(io.BytesIO(made[0])).size == (48, 48)
