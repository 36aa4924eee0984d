"""The pieces of which `tlcore.reports.code_export` puts a Keras program together."""

from __future__ import annotations

HEAD = '''"""{title}. Written by Transfer Learning Studio.

It needs Keras with TensorFlow, NumPy and Pillow, and a folder of photos with one folder for each class:

    python train.py PHOTOS

The studio trains the same, faster: what lies below the first trained layer it computes only once.
"""

{imports}import sys
from pathlib import Path

import keras
import numpy as np
{layers}from PIL import Image, ImageOps

CLASSES = {classes}
SIZE = {size}  # side of the square input in pixels
SHARES = {shares}  # of training, validation and test photos
FRACTION = {fraction}  # of the training photos that is used
SPLIT_SEED = {split_seed}
SEED = {seed}
BATCH = {batch}
'''

READING = '''def read(path):
    """Read one photo as the network's input square."""
    image = ImageOps.exif_transpose(Image.open(path)).convert("{grey}")
    {square}
    return np.asarray(image){channels}


def load(folder):
    """Read all photos: uint8 (photos, size, size, channels), and the number of each one's class."""
    paths = [(path, label) for label, name in enumerate(CLASSES) for path in sorted((folder / name).iterdir())]
    return np.stack([read(path) for path, _ in paths]), np.array([label for _, label in paths])


def split(labels):
    """Draw training, validation and test photos, the same shares of each class."""
    random = np.random.default_rng(SPLIT_SEED)
    train, validation, test = [], [], []
    for label in range(len(CLASSES)):
        members = random.permutation(np.flatnonzero(labels == label))
        first = max(1, round(SHARES[0] * len(members)))
        second = first + max(1, round(SHARES[1] * len(members)))
        train.extend(members[: max(1, round(FRACTION * first))])
        validation.extend(members[first:second])
        test.extend(members[second:])
    return train, validation, test
'''

SQUARES = {
    "stretch": "image = image.resize((SIZE, SIZE), Image.Resampling.BILINEAR)",
    "crop": "side = 0.875 * min(image.size)  # the middle, as ImageNet networks are evaluated\n"
    "    left, top = (image.width - side) / 2, (image.height - side) / 2\n"
    "    box = (left, top, left + side, top + side)\n"
    "    image = image.resize((SIZE, SIZE), Image.Resampling.BILINEAR, box=box)",
    "pad": "image = ImageOps.pad(image, (SIZE, SIZE), Image.Resampling.BILINEAR, "
    'color=128 if image.mode == "L" else (128, 128, 128))',
}

BUILD = '''def build():
    """Build the network: photos from 0 to 255 in, probabilities out; and the part of it that was pretrained."""
    keras.utils.set_random_seed(SEED)
{lines}
'''

SCRATCH = [
    "for layer in backbone.layers:  # a short run would be judged by the statistics of its random start",
    "    if isinstance(layer, keras.layers.BatchNormalization):",
    "        layer.momentum = min(layer.momentum, 0.9)",
]

EMBEDDED = [
    'arrays = np.load("weights.npz")  # from tlcore/embedded of the studio, beside this program',
    "for variable in backbone.weights:",
    "    variable.assign(arrays[variable.path])",
]

SCALING = {
    "tf": ["x = keras.layers.Rescaling(1 / 127.5, -1)(x)"],
    "unit": ["x = keras.layers.Rescaling(1 / 255)(x)"],
    "identity": [],
    "torch": [
        "mean, deviation = [123.675, 116.28, 103.53], [58.395, 57.12, 57.375]",
        "x = keras.layers.Normalization(mean=mean, variance=[value**2 for value in deviation])(x)",
    ],
    "caffe": [
        "mean = [103.939, 116.779, 123.68]  # of blue, green and red",
        "x = keras.layers.Normalization(mean=mean, variance=[1.0, 1.0, 1.0])(x[..., ::-1])",
    ],
}

# Keras' own layers, which come near to what the studio does.
AUGMENTING = {
    "flip": 'x = keras.layers.RandomFlip("horizontal")(x)',
    "flip_vertical": 'x = keras.layers.RandomFlip("vertical")(x)',
    "rotate": "x = keras.layers.RandomRotation({strength} / 360)(x)",
    "zoom": "x = keras.layers.RandomZoom({strength})(x)",
    "shift": "x = keras.layers.RandomTranslation({strength}, {strength})(x)",
    "brightness": "x = keras.layers.RandomBrightness({strength})(x)",
    "contrast": "x = keras.layers.RandomContrast({strength})(x)",
    "colour": "x = keras.layers.RandomSaturation((0.5 - {strength} / 2, 0.5 + {strength} / 2))(x)",
}

POOLINGS = {
    "average": "keras.layers.GlobalAveragePooling2D()",
    "max": "keras.layers.GlobalMaxPooling2D()",
    "flatten": "keras.layers.Flatten()",
}

OPTIMIZERS = {"adam": ("Adam", ""), "rmsprop": ("RMSprop", ""), "sgd": ("SGD", ", momentum=0.9")}

SCHEDULE = '''{constants}


{functions}


class Schedule(keras.callbacks.Callback):
    """Moves the learning rate after every step."""

    def __init__(self, rate, steps):
        super().__init__()
        self.rate, self.steps, self.done = rate, steps, 0

    def on_train_batch_begin(self, batch, logs=None):
        self.model.optimizer.learning_rate = self.rate * {factor}(self.done / self.steps)
        self.done += 1
'''

LAYER_RATES = '''RATES = {table}


class LayerRates(keras.optimizers.{optimizer}):
    """The deeper a layer lies, the smaller are its steps."""

    def update_step(self, gradient, variable, learning_rate):
        super().update_step(gradient, variable, learning_rate * RATES.get(variable.path.split("/")[0], 1.0))
'''

TRAIN_PHASE = '''def train_phase(network, body, first, epochs, rate, images, targets, validation, class_weights):
    """Train the head, and the pretrained part from a layer on ("" trains none of it)."""
    reached = False
    for layer in body.layers:
        reached = reached or layer.name == first
        layer.trainable = reached
    kind = keras.losses.BinaryCrossentropy if len(CLASSES) == 2 else keras.losses.CategoricalCrossentropy
    loss = kind({smoothing})
    network.compile({optimizer}, loss, metrics=["accuracy"], jit_compile=False)
    network.fit(
        images,
        targets,
        batch_size=BATCH,
        epochs=epochs,
        validation_data=validation,
        class_weight=class_weights,
        callbacks=[{callbacks}],
        verbose=2,
    )
'''

BALANCED = '''def balanced(labels):
    """Weights by which rare classes count as much as frequent ones."""
    counts = np.bincount(labels, minlength=len(CLASSES))
    return {label: len(labels) / (len(CLASSES) * count) for label, count in enumerate(counts)}


'''

MAIN = '''{balanced}def main():
    """Train and test on the folder that the command line names."""
    images, labels = load(Path(sys.argv[1]))
    train, validation, test = split(labels)
    targets = labels[:, None].astype("float32") if len(CLASSES) == 2 else keras.utils.to_categorical(labels)
    data = (images[train], targets[train], (images[validation], targets[validation]), {weights})
    network, body = build()
{phases}
    trainable = sum(int(np.prod(weight.shape)) for weight in network.trainable_weights)
    print(f"Trainable parameters: {{trainable:,}} of {{network.count_params():,}}")
    answers = network.predict(images[test], verbose=0)
    found = answers[:, 0] > 0.5 if len(CLASSES) == 2 else answers.argmax(axis=1)
    right = int((found == labels[test]).sum())
    print(f"Test accuracy: {{right}} of {{len(test)}} photos, {{100 * right / len(test):.1f}} %")
    network.save("network.keras")


if __name__ == "__main__":
    main()
'''
