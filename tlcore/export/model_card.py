"""The texts that go with an exported network: the program that uses it, and the card that describes it."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from pathlib import Path

from tlcore.comparison.comparison import ComparedRun
from tlcore.comparison.statistics import accuracy_text
from tlcore.datasets.parts import PART_TITLES
from tlcore.export.take_away import INT8_FILE, KERAS_FILE, LITERT_FILE
from tlcore.text import listed, unbroken
from tlcore.training.results.evaluation import Score

_MOST_CLASSES = 100
_TEMPLATE = Path(__file__).with_name("predict.py.txt")


def predict_program(resize: str) -> str:
    """Write the program that classifies photos with an exported network.

    Args:
        resize: mode of `tlcore.images.resize` by which the run made squares.

    Returns:
        Python source that needs LiteRT, NumPy and Pillow only.
    """
    return _TEMPLATE.read_text("utf-8").replace('RESIZE = "stretch"', f'RESIZE = "{resize}"')


def model_card(item: ComparedRun, size: int, dataset: str, checks: dict[str, dict], sizes: dict[str, int]) -> str:
    """Describe an exported network in Markdown.

    Args:
        item: the run.
        size: side of the square input in pixels.
        dataset: name of the dataset.
        checks: names of files → {"photos", "same", "correct"}, counted on the run's test photos.
        sizes: names of files → bytes.

    Returns:
        The text of README.md.
    """
    run, plan = item.run, item.run.plan
    scores = "\n".join(
        f"| {PART_TITLES[part].lower()} | {_score_text(part, score, plan)} | {score.loss:.4f} |"
        for part, score in item.result.scores.items()
    )
    files = "\n".join(
        f"| `{name}` | {sizes[name] / 1e6:.1f} MB | {check['same']} of {check['photos']} "
        f"| {accuracy_text(check['correct'], check['photos'], exact=True)} |"
        for name, check in checks.items()
        if name != "predict.py"
    )
    reading, result = checks["predict.py"], item.result
    return f"""# {run.name}

A network that tells {len(item.classes)} classes apart: {_class_list(item.classes)}. Trained in Transfer Learning
Studio.

## Use

```sh
pip install ai-edge-litert numpy pillow
python predict.py photo.jpg another.png
python predict.py --help
```

Input: RGB images of {size} × {size} pixels, values 0 to 255 (float32, batch × {size} × {size} × 3); `predict.py` makes
them from image files the way the run did (`{plan["resize"]}`). Preprocessing is inside the network. Output: one
probability for each line of `labels.txt`.

## What it was trained on

{dataset} (`{plan["dataset"]}`): {result.scores["train"].images} training images. {result.split_words}
{item.strategy.title}
{plan["backbone"]}, {result.effort}, {result.cost_seconds:.0f} s; {result.trainable:,} parameters
trained, {result.frozen:,} frozen. `card.json` holds the complete plan.

## How accurate it is

| images | right (95 % confidence interval, Wilson) | loss |
|---|---|---|
{scores}

The test images were not used in training. Results on training images say nothing about new images, so they have no
interval; neither do results on validation images that decided when to stop training. A network picked from several by
its test result is probably worse than that result: choose by validation. The test images come from the same source as
the training images, so the network may do worse on photos taken elsewhere. Whatever an image shows, the answer is one
of the classes above.

## The files, checked at export

| file | size | same class as the run, test images | right (95 % interval) |
|---|---|---|---|
{files}

- `{KERAS_FILE}` for Keras 3: `keras.saving.load_model("{KERAS_FILE}")`
- `{LITERT_FILE}` for LiteRT, float32{_int8_line(checks)}
- `predict.py`, reading the image files itself, gives the run's class for {reading["same"]} of {reading["photos"]} test
  images.
"""


def _class_list(classes: Sequence[str]) -> str:
    """Names as they are, without what they would mean in Markdown."""
    return listed([html.escape(re.sub(r"([\\`*_\[\]#|])", r"\\\1", unbroken(name))) for name in classes], _MOST_CLASSES)


def _score_text(part: str, score: Score, plan: dict) -> str:
    """An accuracy, with its interval where the photos are a sample that training knew nothing of."""
    is_independent = part == "test" or (part == "validation" and not plan.get("early_stopping"))
    if is_independent:
        return accuracy_text(score.correct, score.images, exact=True)
    return f"{100 * score.accuracy:.1f} % ({score.images} images)"


def _int8_line(checks: dict[str, dict]) -> str:
    if INT8_FILE not in checks:
        return ""
    return (
        f"\n- `{INT8_FILE}` for LiteRT, quantized to 8 bits: a quarter of the size. To use it: "
        f"`python predict.py --model {INT8_FILE} photo.jpg`"
    )
