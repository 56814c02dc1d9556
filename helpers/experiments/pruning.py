"""What pruning and export cost (chapter pruning)."""

import functools
import time
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from helpers import cnn, cutmix, export, pruning
from helpers.experiments import folds
from helpers.experiments.runs import Run, experiment

FORMS = ("keras predict", "keras call", "tf.function", "tflite float", "tflite int8", "pruned int8")
"""What `export_speed` compares: three ways of calling the Keras network, and three files."""


@experiment("pruning")
def ladder(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """How much accuracy does each sparsity cost?

    The network of each fold by clip is pruned to each sparsity in its large kernels, and to some
    in all of them, always from the same beginning and with as many epochs. The network that got
    these epochs without pruning is what the others are to be compared with; the one without them
    comes first. Scored on windows of the test part.
    """
    measure = functools.partial(_ladder, folds.learned(clips, profile))
    epochs = folds.EPOCHS_OF_PRUNING[profile]
    rows = [("none", 0.0, 0), ("none", 0.0, epochs)]
    rows += [("large", sparsity, epochs) for sparsity in (0.5, export.PRUNED, 0.9, 0.95)]
    rows += [("all", sparsity, epochs) for sparsity in (0.5, export.PRUNED)]
    for fold in range(folds.RUN):
        for layers, sparsity, more in rows:
            compared = {"layers": layers, "sparsity": sparsity, "epochs": more}
            yield Run(compared, {"fold": fold}, measure)


@experiment("pruning", alone=True)
def export_speed(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """What does each form of the network cost?

    The network of each fold by clip names the test windows one by one. Keras uses all cores, the
    files one. A Keras network's bytes are its weights of 32 bits.
    """
    epochs = folds.EPOCHS_OF_PRUNING[profile]
    measure = functools.partial(_export_speed, folds.learned(clips, profile), epochs)
    for fold in range(folds.RUN):
        for form in FORMS:
            yield Run({"form": form}, {"fold": fold}, measure)


def _prune(
    learned_on: Callable, fold: int, layers: str, sparsity: float, epochs: int
) -> cnn.Classifier:
    made, classifier = learned_on(fold, "on the fly")
    if not epochs:
        return classifier
    return pruning.prune(
        classifier,
        made.images[0],
        made.train.label,
        (made.images[1], made.validation.label),
        sparsity,
        pruning.LAYERS[0] if layers == "none" else layers,
        epochs=epochs,
        augment=cutmix.on_the_fly,
    )


def _ladder(learned_on: Callable, layers: str, sparsity: float, epochs: int, fold: int) -> dict:
    network = _prune(learned_on, fold, layers, sparsity, epochs)
    made, _ = learned_on(fold, "on the fly")
    _, held, images = made.images
    figures = folds.scores(network.predict(images), made.test)
    confusion = figures["confusion"]
    return figures | {
        "recall of each class": np.diag(confusion) / confusion.sum(axis=1),
        "nonzero": int(pruning.nonzero(network).nonzero.sum()),
        "int8 bytes, compressed": export.to_tflite(network, "int8", held).compressed,
    }


def _export_speed(learned_on: Callable, epochs: int, form: str, fold: int) -> dict:
    pruned = form == "pruned int8"
    network = _prune(learned_on, fold, "large", export.PRUNED, epochs if pruned else 0)
    made, _ = learned_on(fold, "on the fly")
    _, held, images = made.images
    if form in FORMS[:3]:
        content = b"".join(weight.tobytes() for weight in network.model.get_weights())
        predict = in_keras(network.model, form)
    else:
        exported = export.to_tflite(network, form.split()[1], held)
        content, predict = exported.content, exported.predict
    predict(images[:1])  # the first call builds what the others use
    probabilities, spent = [], []
    for image in images:
        begin = time.perf_counter()
        probabilities.append(predict(image[None])[0])
        spent.append(time.perf_counter() - begin)
    figures = folds.scores(np.array(probabilities), made.test)
    return {
        "bytes": len(content),
        "compressed": export.compressed(content),
        "accuracy": figures["accuracy"],
        "clip_accuracy": figures["clip_accuracy"],
        "milliseconds": 1000 * np.median(spent),
    }


def in_keras(model, form: str) -> Callable[[np.ndarray], np.ndarray]:
    """What gives images probabilities by a Keras model, in one of the first three of `FORMS`."""
    import tensorflow as tf

    if form == "keras predict":
        return functools.partial(model.predict, verbose=0)
    call = functools.partial(model, training=False)
    called = tf.function(call) if form == "tf.function" else call
    return lambda images: called(tf.constant(images)).numpy()
