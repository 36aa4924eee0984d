"""The pieces of which `tlcore.export.code.program` puts a Keras program together."""

from __future__ import annotations

HEAD = '''"""{title}. Written by Transfer Learning Studio.

It needs Keras with TensorFlow, NumPy{needs} and Pillow. The images are next to it, one folder
for each part of the split:

    train/CLASS/…   validation/CLASS/…   test/CLASS/…

Run it with: python train.py{note}
"""

{future}{math}from pathlib import Path

import keras
import numpy as np
{layers}from PIL import Image, ImageOps

HERE = Path(__file__).parent
CLASSES = {classes}
FOLDERS = {folders}
SIZE = {size}  # side of the square input in pixels
SEED = {seed}
BATCH = {batch}
'''

AUGMENTED = """
The studio changes images with its own code; the Keras layers here come close, so results differ slightly."""

READING = '''def read(path):
    """Read one image as the network's input square."""
    image = Image.open(path)
    image.draft(None, (2 * SIZE, 2 * SIZE))  # a large JPEG is read at 1/2, 1/4 or 1/8
    image = ImageOps.exif_transpose(image).convert("RGBA")
    image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
{square}
    return np.asarray(image){channels}


def load(part):
    """Read the images of a part in numeric order: uint8 (images, size, size, channels), and the class of each."""
    paths = sorted((HERE / part).glob("*/*"), key=lambda path: path.name)
    return np.stack([read(path) for path in paths]), np.array([FOLDERS.index(path.parent.name) for path in paths])
'''

SQUARES = {
    "stretch": ["image = image.resize((SIZE, SIZE), Image.Resampling.BILINEAR)"],
    "crop": [
        "factor = SIZE / (0.875 * min(image.size))  # the middle, as ImageNet networks are evaluated",
        "image = image.resize([max(1, round(factor * side)) for side in image.size], Image.Resampling.BILINEAR)",
        "left, top = (image.width - SIZE) // 2, (image.height - SIZE) // 2",
        "image = image.crop((left, top, left + SIZE, top + SIZE))",
    ],
    "pad": [
        "factor = SIZE / max(image.size)",
        "image = image.resize([max(1, round(factor * side)) for side in image.size], Image.Resampling.BILINEAR)",
        'square = Image.new("RGB", (SIZE, SIZE), (128, 128, 128))',
        "square.paste(image, ((SIZE - image.width + 1) // 2, (SIZE - image.height + 1) // 2))",
        "image = square",
    ],
}

GRAY = ['image = image.convert("L")']

BUILD = '''def build():
    """Build the network: images from 0 to 255 in, probabilities out; and the part of it that was pretrained."""
    keras.utils.set_random_seed(SEED)
{lines}
'''

SCRATCH = [
    "for layer in backbone.layers:  # otherwise the statistics of a random start judge a short run",
    "    if isinstance(layer, keras.layers.BatchNormalization):",
    "        layer.momentum = min(layer.momentum, {momentum})",
]

NO_DROPOUT = [
    "for layer in body.layers:  # no dropout in the pretrained part while it is fine-tuned",
    "    if isinstance(layer, keras.layers.Dropout):",
    "        layer.rate = 0.0",
]

OWN_HEAD = [
    "# The network's own classifier is new; everything below it gets its pretrained weights.",
    "for layer, source in zip(body.layers, pretrained.layers):",
    "    layer.set_weights(source.get_weights())",
]

PACKAGE = [
    'arrays = np.load(HERE / "weights.npz")  # the published weights, next to this program',
    "for variable in {name}.weights:",
    "    variable.assign(arrays[variable.path])",
]

SCALING = {
    "tf": ["x = keras.layers.Rescaling(1 / 127.5, -1)(x)"],
    "unit": ["x = keras.layers.Rescaling(1 / 255)(x)"],
    "lite": ["x = keras.layers.Rescaling(1 / 128, -127 / 128)(x)"],
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
    "color": "x = keras.layers.RandomSaturation((0.5 - {strength} / 2, 0.5 + {strength} / 2))(x)",
}

POOLINGS = {
    "average": "keras.layers.GlobalAveragePooling2D()",
    "max": "keras.layers.GlobalMaxPooling2D()",
    "flatten": "keras.layers.Flatten()",
}

BALANCED = '''def balanced(labels):
    """Weights that make rare classes count as much as common ones."""
    return len(labels) / (len(CLASSES) * np.bincount(labels))
'''

TARGETS = '''def targets_of(labels):
    """The answers that the network should give."""
    return {targets}
'''

MAIN = '''def main():
    """Train on the images next to this program, then test."""
    images, labels = load("train")
    validation_images, validation_labels = load("validation")
{batches}    {built} = build()
{phases}
    trainable = sum(int(np.prod(weight.shape)) for weight in network.trainable_weights)
    print(f"Trainable parameters: {{trainable:,}} of {{network.count_params():,}}")
    images, labels = load("test")
    answers = network.predict(images, verbose=0)
    found = {found}
    right = int((found == labels).sum())
    print(f"Test accuracy: {{right}} of {{len(labels)}} images, {{100 * right / len(labels):.1f}} %")
    network.save(HERE / "network.keras")


if __name__ == "__main__":
    main()
'''

BATCHES = """    weights = {weights}
    batches = Batches(images, targets_of(labels), weights.astype("float32"))
    validation = (validation_images, targets_of(validation_labels))
"""
