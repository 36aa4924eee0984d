"""The whole network of a training run as a Keras model: saved, read back, or put together from its parts. [TF]"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from tlcore.errors import InputError, MissingError
from tlcore.images.preprocess import preprocess
from tlcore.inference.jobs import load_saved_network, prepare_model
from tlcore.inference.networks.head import DenseLayer
from tlcore.inference.networks.prepared import MODEL_FILE, PREPARED, Card, is_folder_prepared, read_saved_head
from tlcore.storage.files import replacing
from tlcore.training.networks.assembly import assemble
from tlcore.training.plans.plan import TrainingPlan

# A network of so few layers is converted within about a second; others are prepared when somebody wants to use them.
_QUICK_LAYERS = 60

logger = logging.getLogger(__name__)


def save_network(
    model: keras.Model, card: Card, plan: TrainingPlan, folder: Path
) -> Callable[[np.ndarray], np.ndarray]:
    """Save the network of a run, and prepare it where that is quick.

    Args:
        model: the whole trained network.
        card: of the run.
        plan: of the run.
        folder: of the run.

    Returns:
        What the saved network, read back, answers: uint8 squares (n, size, size, channels) → probabilities.
    """
    with replacing(folder / MODEL_FILE) as temporary:
        # Keras insists on its own ending; the file is renamed as soon as it is whole.
        whole = temporary.with_suffix(".keras")
        model.save(whole)
        whole.replace(temporary)
    if len(model.layers) <= _QUICK_LAYERS:
        try:
            prepare_model(model, plan.cut, folder / PREPARED, card)
        except InputError:
            logger.exception("the trained network could not be prepared")  # the run is as good without
    return network_answers(folder, card)


def network_answers(folder: Path, card: Card) -> Callable[[np.ndarray], np.ndarray]:
    """Read the saved network of a run.

    Args:
        folder: of the run.
        card: of the run.

    Returns:
        What it answers: uint8 squares (n, size, size, channels) → float32 (n, classes).
    """
    model = load_saved_network(folder / MODEL_FILE)

    def answers(squares: np.ndarray) -> np.ndarray:
        outputs = np.asarray(model(preprocess(squares, card.preprocessing), training=False))
        return np.concatenate([1 - outputs, outputs], axis=1) if outputs.shape[1] == 1 else outputs

    return answers


def load_network(folder: Path, plan: TrainingPlan, classes: int) -> keras.Model:
    """Get the whole network of a finished run.

    Args:
        folder: of the run.
        plan: of the run.
        classes: of its dataset.

    Returns:
        A flat functional model, as `tlcore.training.networks.assembly.assemble` builds it.

    Raises:
        MissingError: if files of the run are gone, or the weights that a frozen backbone started from.
    """
    if (folder / MODEL_FILE).is_file():
        return load_saved_network(folder / MODEL_FILE)
    if not is_folder_prepared(folder / PREPARED):
        received = "neither a saved network nor a head with its backbone's weights"
        action = f"Put the weights of {plan.architecture.title} back where they were, or train the run again."
        raise MissingError(f"the trained network of run {folder.name}", received, action)
    model = assemble(plan, classes)
    own = [layer for layer in model.layers if layer.name.startswith("head_") and layer.weights]
    kept = [layer for layer in read_saved_head(folder / PREPARED).layers if isinstance(layer, DenseLayer)]
    for layer, arrays in zip(own, kept, strict=True):
        layer.set_weights([arrays.kernel, arrays.bias])
    return model
