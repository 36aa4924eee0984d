"""[TF] Train the embedded network from random weights: `python -m tlcore.embedded.pretrain --data DIR --work DIR`.

The recipe: photos grow from 32 to 64 pixels; random crops and flips; stochastic gradient descent with Nesterov
momentum, a warm-up, a plateau and a linear decay; with a teacher (see `teacher.py`), its answers join the labels
and a second output, thrown away afterwards, learns its features. A checkpoint is written every few hundred steps and
everything random follows from the step's number, so a killed run continues on the same curve.
"""

from __future__ import annotations

import argparse
import json
import logging
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import keras
import numpy as np
from PIL import Image

from tlcore.embedded.network import STEM, WIDTHS, build_network
from tlcore.embedded.photos import Photos, load_photos
from tlcore.embedded.teacher import Teacher, load_teacher
from tlcore.errors import InputError, StateError
from tlcore.files import replacing

CHECKPOINT = "checkpoint.npz"
CURVE = "curve.jsonl"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recipe:
    """All that decides how a pretraining run goes.

    Args:
        stages: pairs of photo size in pixels and epochs at that size, in order. Sizes are multiples of 16: at others
            the strides of the network meet the photo in another phase, which costs several points of accuracy.
        batch_size: photos a step.
        learning_rate: on the plateau.
        warm_up: share of all steps in which the learning rate rises from zero.
        decay: share of all steps, at the end, in which it falls to zero.
        momentum: of the gradient descent, 0 to 1.
        weight_decay: decoupled, of kernels only.
        label_smoothing: share of the label given to all classes evenly, where there is no teacher.
        teacher_share: share of the teacher's probabilities in the targets, 0 to 1.
        feature_weight: of the mean squared error to the teacher's features, beside the cross-entropy.
        smallest_crop: least share of a photo's area that a random crop keeps.
        widths: filters of the network's stages.
        stem: filters of its first convolution.
        seed: of weights, order, crops and flips.
    """

    stages: tuple[tuple[int, float], ...] = ((32, 1), (48, 2.7), (64, 0.9))
    batch_size: int = 128
    learning_rate: float = 0.15
    warm_up: float = 0.05
    decay: float = 0.6
    momentum: float = 0.9
    weight_decay: float = 5e-4
    label_smoothing: float = 0.1
    teacher_share: float = 0.7
    feature_weight: float = 5.0
    smallest_crop: float = 0.6
    widths: tuple[int, ...] = WIDTHS
    stem: int = STEM
    seed: int = 1

    @property
    def epochs(self) -> float:
        """Epochs of all stages together."""
        return sum(epochs for _, epochs in self.stages)

    def pixels(self, epoch: float) -> int:
        """Return the photo size after so many epochs; after the last, its size."""
        for pixels, epochs in self.stages:
            if epoch < epochs:
                return pixels
            epoch -= epochs
        return pixels

    def rate(self, progress: float) -> float:
        """Return the learning rate after a share (0 to 1) of all steps."""
        return self.learning_rate * min(1.0, (progress + 1e-4) / self.warm_up, (1 - progress) / self.decay)


def parse_stages(text: str) -> tuple[tuple[int, float], ...]:
    """Read stages such as `32x1,48x2.5,64x1`: 1 epoch at 32 pixels, and so on.

    Args:
        text: as given on the command line.

    Returns:
        Pairs of pixels and epochs.

    Raises:
        InputError: if the text does not read like that.
    """
    try:
        parts = [part.split("x") for part in text.split(",")]
        stages = tuple((int(pixels), float(epochs)) for pixels, epochs in parts)
        if any(pixels < 16 or pixels % 16 or not 0 < epochs < 1000 for pixels, epochs in stages):
            raise ValueError(text)
    except ValueError:
        raise InputError(
            "stages such as 32x1,48x2.5,64x1", repr(text), "Write pixels (a multiple of 16) x epochs."
        ) from None
    return stages


def random_view(image: np.ndarray, pixels: int, smallest: float, generator: np.random.Generator) -> np.ndarray:
    """Cut a random part of a photo, resize it and mirror every second one.

    Args:
        image: uint8 (height, width, 3).
        pixels: height and width of the result.
        smallest: least share of the area to keep.
        generator: source of randomness.

    Returns:
        uint8 (pixels, pixels, 3).
    """
    height, width = image.shape[:2]
    area, stretch = generator.uniform(smallest, 1), np.exp(generator.uniform(-0.2, 0.2))
    cut_width = min(width, width * np.sqrt(area * stretch))
    cut_height = min(height, height * np.sqrt(area / stretch))
    left, top = generator.uniform(0, width - cut_width), generator.uniform(0, height - cut_height)
    box = (left, top, left + cut_width, top + cut_height)
    view = np.asarray(Image.fromarray(image).resize((pixels, pixels), Image.Resampling.BICUBIC, box=box))
    return view[:, ::-1] if generator.random() < 0.5 else view


class Pretraining:
    """One pretraining run: network, photos, where it stands.

    Args:
        recipe: how to train.
        photos: what to train on; the held-out part only measures.
        work: folder for checkpoint and curve.
        teacher: what to learn from beside the labels, or None.
    """

    def __init__(self, recipe: Recipe, photos: Photos, work: Path, teacher: Teacher | None = None):
        keras.utils.set_random_seed(recipe.seed)
        self.recipe, self.photos, self.work, self.teacher = recipe, photos, work, teacher
        self.training, self.held_out = photos.split()
        self.steps_per_epoch = len(self.training) // recipe.batch_size
        self.total_steps = round(self.steps_per_epoch * recipe.epochs)
        if not self.total_steps:
            raise InputError(f"at least {recipe.batch_size} photos", f"{len(self.training)}", "Use more photos.")
        self.network = build_network(
            (None, None, 3), True, len(photos.wnids), None, widths=recipe.widths, stem=recipe.stem
        )
        self.model = self._compiled()
        self.step, self.processor_seconds = 0, 0.0
        self._epoch, self._shuffled = -1, self.training

    def _compiled(self) -> keras.Model:
        outputs, weights = [self.network.output], [1.0]
        losses = [keras.losses.CategoricalCrossentropy(from_logits=True)]
        if self.teacher is not None:
            features = keras.layers.Dense(self.teacher.features.shape[1], name="teacher_features")
            outputs.append(features(self.network.get_layer("pool").output))
            losses.append(keras.losses.MeanSquaredError())
            weights.append(self.recipe.feature_weight)
        model = keras.Model(self.network.input, outputs)
        optimizer = keras.optimizers.SGD(
            self.recipe.learning_rate, self.recipe.momentum, nesterov=True, weight_decay=self.recipe.weight_decay
        )
        optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])
        model.compile(optimizer, losses, loss_weights=weights, jit_compile=False)
        optimizer.build(model.trainable_variables)
        return model

    def _pixels(self, step: int) -> int:
        return self.recipe.pixels(step / self.steps_per_epoch)

    def _order(self, epoch: int) -> np.ndarray:
        if self._epoch != epoch:
            shuffled = np.random.default_rng((self.recipe.seed, epoch)).permutation(self.training)
            self._epoch, self._shuffled = epoch, shuffled
        return self._shuffled

    def _batch(self, step: int) -> tuple[np.ndarray, list[np.ndarray]]:
        recipe = self.recipe
        epoch, row = divmod(step, self.steps_per_epoch)
        chosen = self._order(epoch)[row * recipe.batch_size : (row + 1) * recipe.batch_size]
        generator = np.random.default_rng((recipe.seed, epoch, row))
        pixels = self._pixels(step)
        views = [random_view(self.photos.images[i], pixels, recipe.smallest_crop, generator) for i in chosen]
        classes = len(self.photos.wnids)
        targets = np.eye(classes, dtype=np.float32)[self.photos.labels[chosen]]
        if self.teacher is None:
            targets = targets * (1 - recipe.label_smoothing) + recipe.label_smoothing / classes
            return np.stack(views).astype(np.float32), [targets]
        answers = self.teacher.answers[chosen].astype(np.float32)
        targets = targets * (1 - recipe.teacher_share) + answers * recipe.teacher_share
        return np.stack(views).astype(np.float32), [targets, self.teacher.features[chosen].astype(np.float32)]

    def run(self, minutes: float | None = None, checkpoint_steps: int = 100, measure: int = 2000) -> bool:
        """Train on from where the run stands.

        Args:
            minutes: stop, ready to be resumed, after this long; None means to the end.
            checkpoint_steps: steps from one checkpoint to the next.
            measure: held-out photos to measure on after each epoch.

        Returns:
            Whether the run is complete.
        """
        began, losses = time.monotonic(), []
        clock = time.process_time()
        while self.step < self.total_steps:
            self.model.optimizer.learning_rate = self.recipe.rate(self.step / self.total_steps)
            result = self.model.train_on_batch(*self._batch(self.step))
            losses.append(float(np.ravel(result)[0]))
            self.step += 1
            epoch_ends = self.step % self.steps_per_epoch == 0 or self.step == self.total_steps
            late = minutes is not None and time.monotonic() - began > minutes * 60
            if self.step % checkpoint_steps == 0 or epoch_ends or late:
                self.processor_seconds += time.process_time() - clock
                clock = time.process_time()
                self._record(losses[-1], self.held_out_accuracy(measure) if epoch_ends else None)
                self.save()
            if late:
                break
        return self.step >= self.total_steps

    def held_out_accuracy(self, count: int) -> float:
        """Return top-1 on the first photos of the held-out part, at the present stage's size."""
        chosen = self.held_out[:: max(1, len(self.held_out) // count)]
        pixels = self._pixels(self.step - 1)
        size = (pixels, pixels)
        images = [Image.fromarray(self.photos.images[i]).resize(size, Image.Resampling.BICUBIC) for i in chosen]
        logits = self.network.predict(np.stack(images).astype(np.float32), batch_size=250, verbose=0)
        return float((logits.argmax(1) == self.photos.labels[chosen]).mean())

    def _record(self, loss: float, accuracy: float | None) -> None:
        fact = {
            "step": self.step,
            "epoch": round(self.step / self.steps_per_epoch, 4),
            "pixels": self._pixels(self.step - 1),
            "learning_rate": round(self.recipe.rate((self.step - 1) / self.total_steps), 6),
            "loss": loss,
            "held_out_top_1": accuracy,
            "processor_seconds": round(self.processor_seconds, 1),
        }
        with (self.work / CURVE).open("a") as file:
            file.write(json.dumps(fact) + "\n")
        logger.info("%s", fact)

    def _variables(self) -> dict[str, keras.Variable]:
        # Optimizer slots and layer weights share paths, so each kind has its own prefix and the slots their position.
        layer = {f"model/{variable.path}": variable for variable in self.model.variables}
        optimizer = {f"optimizer/{index}": slot for index, slot in enumerate(self.model.optimizer.variables)}
        return layer | optimizer

    def save(self) -> None:
        """Write the checkpoint: weights, optimizer state, step and recipe, complete or not at all."""
        facts = {"step": self.step, "processor_seconds": self.processor_seconds, "recipe": asdict(self.recipe)}
        arrays = {path: keras.ops.convert_to_numpy(value) for path, value in self._variables().items()}
        with replacing(self.work / CHECKPOINT) as temporary, temporary.open("wb") as file:
            np.savez(file, facts=np.array(json.dumps(facts)), **arrays)

    def resume(self) -> None:
        """Continue from the checkpoint if there is one; facts of the curve that came after it are dropped.

        Stages still to come may be changed when a machine turns out faster or slower than planned.

        Raises:
            StateError: if the checkpoint belongs to another recipe.
        """
        path = self.work / CHECKPOINT
        if not path.is_file():
            return
        with np.load(path, allow_pickle=False) as file:
            facts = json.loads(str(file["facts"]))
            recipe = json.loads(json.dumps(asdict(self.recipe)))
            if facts["recipe"] | {"stages": recipe["stages"]} != recipe:
                raise StateError(f"the recipe {facts['recipe']}", f"{recipe}", "Use another work folder or recipe.")
            for name, variable in self._variables().items():
                variable.assign(file[name])
        self.step, self.processor_seconds = facts["step"], facts["processor_seconds"]
        curve = self.work / CURVE
        if curve.is_file():
            kept = [line for line in curve.read_text().splitlines() if json.loads(line)["step"] <= self.step]
            with replacing(curve) as temporary:
                temporary.write_text("".join(line + "\n" for line in kept))
        logger.info("resuming at step %d of %d", self.step, self.total_steps)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Pretrain the embedded network; run again to resume.")
    parser.add_argument("--data", type=Path, required=True, help="folder with wnids.txt and train-*.npz")
    parser.add_argument("--work", type=Path, required=True, help="folder for decoded photos, checkpoint and curve")
    parser.add_argument("--teacher", type=Path, help="file written by tlcore.embedded.teacher")
    parser.add_argument("--stages", type=parse_stages, default=Recipe.stages, help="such as 32x1,48x2.5,64x1")
    parser.add_argument("--minutes", type=float, help="stop, ready to be resumed, after this long")
    parser.add_argument("--checkpoint-steps", type=int, default=100, help="steps from one checkpoint to the next")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    photos = load_photos(arguments.data, arguments.work)
    teacher = load_teacher(arguments.teacher, photos) if arguments.teacher else None
    run = Pretraining(Recipe(stages=arguments.stages), photos, arguments.work, teacher)
    run.resume()
    complete = run.run(arguments.minutes, max(1, arguments.checkpoint_steps))
    logger.info("complete" if complete else "stopped; run the same command to resume")


if __name__ == "__main__":
    main()
