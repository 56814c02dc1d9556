"""Export: the network as a small file without Keras, and what that costs (chapter pruning).

The format is TensorFlow Lite's, today called LiteRT. Such a file holds weights as they are, so
zeros make it smaller only when it is compressed. Of the converter's options those are offered that
make files which run: weights of 8 bits and its mode for sparse weights together make one that
does not.
"""

import functools
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import cnn, cutmix, experiments, features, light, metrics, pruning, runs, splits
from helpers.chunks import Chunks
from helpers.errors import InputError
from helpers.runs import Run, bound

TOLERANCES = {"float": 1e-4, "int8": 0.05}
"""The kinds of files, and how far a probability may be from that of the Keras network.

"float" has the weights of 32 bits as they are. "int8" has them rounded to 8 bits, a scale for each
layer, and computes with 8 bits too. What is within its tolerance names the same instrument
wherever the best two are further apart than twice that.
"""

FORMS = ("keras predict", "keras call", "tf.function", "tflite float", "tflite int8", "pruned int8")
"""What `export_speed` compares: three ways of calling the Keras network, and three files."""

PRUNED = 0.8
"""The sparsity of the pruned file."""


class ExportError(RuntimeError):
    """The converter made a file that does not compute what the network computes."""


@dataclass(frozen=True)
class Exported:
    """A network as a file."""

    kind: str
    """One of `TOLERANCES`."""
    content: bytes
    """What a .tflite file holds."""

    @functools.cached_property
    def compressed(self) -> int:
        """Bytes of the content when it is compressed."""
        return compressed(self.content)

    def predict(self, images: np.ndarray) -> np.ndarray:
        """Probabilities float32 (N, K) of raw MFCC images (N, frames, coefficients).

        One by one, on one core: so would a phone. Raises InputError for images of another size.
        """
        interpreter = self._opened
        (given,), (made,) = interpreter.get_input_details(), interpreter.get_output_details()
        images = np.asarray(images, np.float32)
        if images.ndim != 3 or images.shape[1:] != tuple(given["shape"][1:]):
            raise InputError(f"images are {images.shape}; expected (N, {_sides(given['shape'])})")
        probabilities = np.empty((len(images), made["shape"][1]), np.float32)
        for row, image in enumerate(images):
            interpreter.set_tensor(given["index"], image[None])
            interpreter.invoke()
            probabilities[row] = interpreter.get_tensor(made["index"])[0]
        return probabilities

    @functools.cached_property
    def _opened(self):
        return light.interpreter(self.content)


def to_tflite(classifier: cnn.Classifier, kind: str, images: np.ndarray) -> Exported:
    """The network as a .tflite file of one of the kinds of `TOLERANCES`, for one image at a time.

    `images` are real MFCC images (N, frames, coefficients): the file must give them the
    probabilities that the Keras network gives them, within the tolerance, else ExportError is
    raised. Conversion can go wrong without a word. Raises InputError for another kind, without
    images, and where Keras does not run on TensorFlow.
    """
    if kind not in TOLERANCES:
        raise InputError(f"kind is {kind!r}; it must be one of {', '.join(TOLERANCES)}")
    if not len(images):
        raise InputError("there are no images to check the exported network on; give some")
    exported = Exported(kind, _convert(classifier.model, kind))
    apart = np.abs(exported.predict(images) - classifier.predict(images)).max()
    if not apart <= TOLERANCES[kind]:  # also where it is no number
        raise ExportError(
            f"the exported network ({kind}) is off by {apart:.2g} in its probabilities, "
            f"more than {TOLERANCES[kind]}; do not use it"
        )
    return exported


def convert(function: Callable, shape: tuple[int, ...], name: str, kind: str) -> bytes:
    """What a .tflite file of one of the kinds of `TOLERANCES` holds, for a function of TensorFlow.

    The function takes one float32 array of this shape, known by this name, and returns an array,
    or a dictionary of them; what it has learned must be constants. Raises BackendError where Keras
    does not run on TensorFlow.
    """
    pruning.on_tensorflow("exported")
    import tensorflow as tf

    given = tf.TensorSpec(shape, tf.float32, name=name)
    traced = tf.function(function, input_signature=[given]).get_concrete_function()
    # An empty module owns the no variables that there are; without one comes a warning.
    converter = tf.lite.TFLiteConverter.from_concrete_functions([traced], tf.Module())
    if kind == "int8":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    return converter.convert()


def ladder(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """How much accuracy does each sparsity cost?

    The network of each fold by clip is pruned to each sparsity in its large kernels, and to some
    in all of them, always from the same beginning and with as many epochs. The network that got
    these epochs without pruning is what the others are to be compared with; the one without them
    comes first. Scored on windows of the test part.
    """
    measure = bound(_ladder, _folds(clips, profile))
    epochs = experiments.EPOCHS_OF_PRUNING[profile]
    rows = [("none", 0.0, 0), ("none", 0.0, epochs)]
    rows += [("large", sparsity, epochs) for sparsity in (0.5, PRUNED, 0.9, 0.95)]
    rows += [("all", sparsity, epochs) for sparsity in (0.5, PRUNED)]
    for fold in range(experiments.FOLDS):
        for layers, sparsity, more in rows:
            compared = {"layers": layers, "sparsity": sparsity, "epochs": more}
            yield Run(compared, {"fold": fold}, measure)


def export_speed(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """What does each form of the network cost?

    The network of each fold by clip names the test windows one by one. Keras uses all cores, the
    files one. A Keras network's bytes are its weights of 32 bits.
    """
    epochs = experiments.EPOCHS_OF_PRUNING[profile]
    measure = bound(_export_speed, _folds(clips, profile), epochs)
    for fold in range(experiments.FOLDS):
        for form in FORMS:
            yield Run({"form": form}, {"fold": fold}, measure)


def _convert(model, kind: str) -> bytes:
    pruning.on_tensorflow("exported")
    import tensorflow as tf

    # Weights as constants: the converter loses the variables of a Keras 3 network, says nothing,
    # and makes a file that predicts NaN.
    learned = [tf.constant(variable) for variable in model.trainable_variables]
    others = [tf.constant(variable) for variable in model.non_trainable_variables]

    def probabilities(mfcc):
        return model.stateless_call(learned, others, mfcc, training=False)[0]

    return convert(probabilities, (1, *model.input_shape[1:]), "mfcc", kind)


def compressed(content: bytes) -> int:
    """Bytes of a file's content when it is compressed, as a web server or a zip file does."""
    return len(zlib.compress(content, level=9))


def _sides(shape) -> str:
    return ", ".join(str(side) for side in shape[1:])


def _folds(clips: pd.DataFrame, profile: str) -> Callable:
    """A function from a fold to its network, its parts, and their MFCC images; the last is kept."""

    @functools.lru_cache(maxsize=1)
    def of_fold(fold: int) -> tuple[cnn.Classifier, tuple[Chunks, ...], list[np.ndarray]]:
        parts = splits.parts(clips, runs.draws(len(clips), profile), "clip", seed=0, fold=fold)
        classifier = experiments.trained(*parts[:2], experiments.EPOCHS[profile])
        return classifier, parts, [features.mfcc(part.waves) for part in parts]

    return of_fold


def _prune(
    of_fold: Callable, fold: int, layers: str, sparsity: float, epochs: int
) -> cnn.Classifier:
    classifier, (train, validation, _), images = of_fold(fold)
    if not epochs:
        return classifier
    return pruning.prune(
        classifier,
        images[0],
        train.label,
        (images[1], validation.label),
        sparsity,
        pruning.LAYERS[0] if layers == "none" else layers,
        epochs=epochs,
        augment=cutmix.on_the_fly,
    )


def _ladder(of_fold: Callable, layers: str, sparsity: float, epochs: int, fold: int) -> dict:
    network = _prune(of_fold, fold, layers, sparsity, epochs)
    _, (_, _, test), (_, held, images) = of_fold(fold)
    report = metrics.report(network.predict(images), test.label, test.clip, test.classes)
    return report.figures() | {
        "recall of each class": np.diag(report.confusion) / report.confusion.sum(axis=1),
        "nonzero": int(pruning.nonzero(network).nonzero.sum()),
        "int8 bytes, compressed": to_tflite(network, "int8", held).compressed,
    }


def _export_speed(of_fold: Callable, epochs: int, form: str, fold: int) -> dict:
    pruned = form == "pruned int8"
    network = _prune(of_fold, fold, "large", PRUNED, epochs if pruned else 0)
    _, (_, _, test), (_, held, images) = of_fold(fold)
    if form in FORMS[:3]:
        content = b"".join(weight.tobytes() for weight in network.model.get_weights())
        predict = _in_keras(network.model, form)
    else:
        exported = to_tflite(network, form.split()[1], held)
        content, predict = exported.content, exported.predict
    predict(images[:1])  # the first call builds what the others use
    probabilities, spent = [], []
    for image in images:
        begin = time.perf_counter()
        probabilities.append(predict(image[None])[0])
        spent.append(time.perf_counter() - begin)
    report = metrics.report(np.array(probabilities), test.label, test.clip, test.classes)
    return {
        "bytes": len(content),
        "compressed": compressed(content),
        "accuracy": report.accuracy,
        "clip_accuracy": report.clip_accuracy,
        "milliseconds": 1000 * np.median(spent),
    }


def _in_keras(model, form: str) -> Callable[[np.ndarray], np.ndarray]:
    import tensorflow as tf

    if form == "keras predict":
        return functools.partial(model.predict, verbose=0)
    call = functools.partial(model, training=False)
    called = tf.function(call) if form == "tf.function" else call
    return lambda images: called(tf.constant(images)).numpy()
