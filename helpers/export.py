"""Export: the network as a small file without Keras, and what that costs (chapter pruning).

The format is TensorFlow Lite's, today called LiteRT. Such a file holds weights as they are, so
zeros make it smaller only when it is compressed. Of the converter's options those are offered that
make files which run: weights of 8 bits and its mode for sparse weights together make one that
does not.
"""

import functools
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from helpers import cnn, light, memory, pruning, quiet
from helpers.errors import InputError, check_choice

TOLERANCES = {"float": 1e-4, "int8": 0.05}
"""The kinds of files, and how far a probability may be from that of the Keras network.

"float" has the weights of 32 bits as they are. "int8" has them rounded to 8 bits, a scale for each
layer, and computes with 8 bits too. What is within its tolerance names the same instrument
wherever the best two are further apart than twice that.
"""

PRUNED = 0.8
"""The sparsity of a pruned file."""


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

    >>> import numpy as np
    >>> from helpers import cnn, export
    >>> images = np.random.default_rng(0).normal(size=(8, 5, 4)).astype(np.float32)
    >>> small = cnn.Architecture(conv=(), dense=(cnn.Dense(2),))
    >>> part = images, np.arange(8) % 2
    >>> network = cnn.fit(*part, part, ("Cello", "Flute"), small, epochs=1)
    >>> file = export.to_tflite(network, "float", images)
    >>> bool(np.abs(file.predict(images) - network.predict(images)).max() < 1e-4)
    True
    """
    check_choice("kind", kind, TOLERANCES)
    if not len(images):
        raise InputError("there are no images to check the exported network on; give some")
    memory.give_back()  # the converter takes several times as much as the network
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
    # No Python of ours depends on values, and what would rewrite it asks for its source.
    graph = tf.function(function, input_signature=[given], autograph=False)
    traced = graph.get_concrete_function()
    # An empty module owns the no variables that there are; without one comes a warning.
    converter = tf.lite.TFLiteConverter.from_concrete_functions([traced], tf.Module())
    if kind == "int8":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    with quiet.native():  # TensorFlow 2.20 says what it ignores
        return converter.convert()


def _convert(model, kind: str) -> bytes:
    pruning.on_tensorflow("exported")
    import tensorflow as tf

    # Weights as constants: the converter loses the variables of a Keras 3 network, says nothing,
    # and makes a file that predicts NaN.
    learned, others = (
        [tf.convert_to_tensor(variable.value) for variable in variables]
        for variables in (model.trainable_variables, model.non_trainable_variables)
    )

    def probabilities(mfcc):
        return model.stateless_call(learned, others, mfcc, training=False)[0]

    return convert(probabilities, (1, *model.input_shape[1:]), "mfcc", kind)


def compressed(content: bytes) -> int:
    """Bytes of a file's content when it is compressed, as a web server or a zip file does.

    >>> from helpers import export
    >>> export.compressed(bytes(1_000_000)) < 2000
    True
    """
    return len(zlib.compress(content, level=9))


def _sides(shape) -> str:
    return ", ".join(str(side) for side in shape[1:])
