"""[TF] Turn a pretraining checkpoint into the shipped file: `python -m tlcore.embedded.export --data DIR --work DIR`.

Works while a run goes on, and says in the card how far it had come.
"""

from __future__ import annotations

import argparse
import json
import logging
from pathlib import Path

import numpy as np
from PIL import Image

from tlcore.embedded.evaluate import accuracy
from tlcore.embedded.network import LAST_FEATURE_LAYER, PIXELS, build_network
from tlcore.embedded.photos import HELD_OUT_PER_CLASS, HELD_OUT_SEED, Photos, load_photos
from tlcore.embedded.pretrain import CHECKPOINT, CURVE
from tlcore.embedded.teacher import NAME as TEACHER
from tlcore.embedded.weights import FOLDER, Card, write_weights
from tlcore.errors import MissingError
from tlcore.inference.imagenet import imagenet_classes

LIMITS = (
    "It knows 200 everyday classes, not the 1,000 of ImageNet, and names one of them for any photo.",
    "It was trained on photos of 64 x 64 pixels: fine detail, small objects and text are lost on it.",
    "It is far less accurate than the full-size networks; use those where their weights are at hand.",
    "It is for teaching and for a start without network, not for decisions about people, health or safety.",
)

UNFINISHED = (
    "Its pretraining was stopped early, before the learning rate had fallen to zero; more would make it better."
)

logger = logging.getLogger(__name__)


def _stages_done(work: Path, step: int) -> list[tuple[int, float]]:
    """Photo sizes and epochs really trained, as the curve tells: plans may have changed on the way."""
    stages, before = [], 0.0
    for line in (work / CURVE).read_text().splitlines():
        fact = json.loads(line)
        if fact["step"] > step:
            break
        if stages and stages[-1][0] == fact["pixels"]:
            before = stages.pop()[2]
        stages.append((fact["pixels"], round(fact["epoch"] - before, 2), before))
        before = fact["epoch"]
    return [(pixels, epochs) for pixels, epochs, _ in stages]


def export(photos: Photos, work: Path, folder: Path, pixels: int = PIXELS) -> Card:
    """Write weights and card from the checkpoint in a work folder.

    Args:
        photos: the pretraining photos; the held-out part measures the accuracy.
        work: where the checkpoint lies.
        folder: where to write `weights.npz` and `card.json`.
        pixels: height and width to measure at and to recommend.

    Returns:
        The card.

    Raises:
        MissingError: if there is no checkpoint yet.
    """
    path = work / CHECKPOINT
    if not path.is_file():
        raise MissingError(f"a checkpoint {path}", "no such file", "Run the pretraining first.")
    with np.load(path, allow_pickle=False) as checkpoint:
        facts = json.loads(str(checkpoint["facts"]))
        recipe = facts["recipe"]
        planned = sum(epochs for _, epochs in recipe["stages"])
        shape = {"widths": recipe["widths"], "stem": recipe["stem"]}
        network = build_network((pixels, pixels, 3), True, len(photos.wnids), None, **shape)
        for variable in network.weights:
            variable.assign(checkpoint[f"model/{variable.path}"].astype(np.float16).astype(np.float32))
        distilled = any(name.startswith("model/teacher_features") for name in checkpoint.files)
    training, held_out = photos.split()
    epochs = facts["step"] / (len(training) // recipe["batch_size"])
    images = photos.images[held_out]
    if pixels != images.shape[1]:
        size = (pixels, pixels)
        images = np.stack([Image.fromarray(image).resize(size, Image.Resampling.BICUBIC) for image in images])
    scores = network.predict(images.astype(np.float32), batch_size=250, verbose=0)
    measured = accuracy(scores, photos.labels[held_out])
    return write_weights(
        network,
        {
            "name": "Embedded ResNet",
            "pixels": pixels,
            "preprocessing": "identity",
            "last_feature_layer": LAST_FEATURE_LAYER,
            "wnids": photos.wnids,
            "names": tuple(dict(imagenet_classes())[wnid] for wnid in photos.wnids),
            "data": f"Tiny ImageNet: {len(training):,} photos of 64 x 64 pixels, {len(photos.wnids)} classes",
            "held_out": f"{len(held_out):,} photos never trained on, {HELD_OUT_PER_CLASS} a class, "
            f"drawn with seed {HELD_OUT_SEED}",
            "teacher": f"Distilled from {TEACHER}" if distilled else "",
            "recipe": recipe | {"stages": _stages_done(work, facts["step"])},
            "epochs": round(epochs, 2),
            "processor_hours": round(facts["processor_seconds"] / 3600, 2),
            "held_out_top_1": round(measured.top_1, 4),
            "held_out_top_5": round(measured.top_5, 4),
            "limits": LIMITS + ((UNFINISHED,) if epochs < planned - 0.01 else ()),
        },
        folder,
    )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Write weights and card from a pretraining checkpoint.")
    parser.add_argument("--data", type=Path, required=True, help="folder with wnids.txt and train-*.npz")
    parser.add_argument("--work", type=Path, required=True, help="work folder of the pretraining")
    parser.add_argument("--pixels", type=int, default=PIXELS, help="height and width to measure at and recommend")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where to write (default: the project's own)")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    photos = load_photos(arguments.data, arguments.work)
    card = export(photos, arguments.work, arguments.folder, arguments.pixels)
    logger.info("top-1 %.4f, top-5 %.4f", card.held_out_top_1, card.held_out_top_5)


if __name__ == "__main__":
    main()
