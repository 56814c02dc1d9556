"""The listener, pruned, as two small files that a web page runs (chapter listening).

One file makes the MFCC image of a 2 s chunk; it is all settings and is never rounded. The other is
the pruned network. It holds its weights in 8 bits, and besides the probabilities it returns the
heat map of every class. A page cannot ask for gradients, but those of a network with one hidden
layer are a few products, and these can stand in the file.

`make` makes the files and compares them with what they replace. The experiments ask what pruning
costs, `lightened`, and what a recording may go through and still be named rightly, `deployed`.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from helpers import cnn, export, features, gradcam, light, listener, pruning
from helpers.errors import InputError
from helpers.export import ExportError
from helpers.listener import Recipe

SPARSITY = export.PRUNED
"""The share of zeros in each large kernel: that of chapter pruning's pruned file."""

PRUNING_EPOCHS = 8
"""For how long the network is trained on while it is pruned."""

MFCC_TOLERANCE = 1e-3
"""How far a coefficient may be from librosa's; c0 goes down to some -800."""

TOLERANCE = 0.02
"""How far a probability may be from that of the Keras network."""

HEAT_TOLERANCE = 1e-4
"""How far a heat map, scaled to 0..1, may be from that by gradients."""


def make(classifier: cnn.Classifier, waves: np.ndarray) -> light.Classifier:
    """The two files of a network like `listener.ARCHITECTURE`, compared with what they replace.

    `waves` are real chunks (N, 44100). On these the images must be those of `features.mfcc`, which
    are librosa's; the probabilities those of the classifier, and the same class the most probable
    unless two are closer than the tolerance; the heat maps those that `gradcam.heat_maps` has by
    gradients, over the layer "image" with the method "HiResCAM", of the network with its kernel as
    rounded. Raises ExportError where they are not, and InputError for a network of other layers or
    of images made nobody knows how, without waves, and where Keras does not run on TensorFlow.

    >>> from helpers import classify, dataset, lighten
    >>> network, threshold = classify.listener()
    >>> files = lighten.make(network, dataset.note("Cello")[None, :44_100])
    >>> files.classes == network.classes
    True
    """
    if not len(waves):
        raise InputError("there are no waves to check the files on; give some chunks")
    shape, settings = _shape(classifier), features.settings_of(classifier)
    files = light.Classifier(
        export.convert(_mfcc(settings), (1, waves.shape[1]), "wave", "float"),
        export.convert(_network(classifier), (1, *shape), "mfcc", "int8"),
        tuple(classifier.classes),
        settings,
    )
    images = features.mfcc(waves, **vars(settings))
    _compare("coefficients", files.images(waves), images, MFCC_TOLERANCE)
    expected, named = classifier.predict(images), files.predict(images)
    _compare("probabilities", named, expected, TOLERANCE)
    second, best = np.sort(expected, axis=1)[:, -2:].T
    other = named.argmax(axis=1) != expected.argmax(axis=1)
    if (other & (best - second > TOLERANCE)).any():
        raise ExportError("the files name another class than the network does; do not use them")
    rounded, heat = _rounded(classifier, files.kernel()), files.heat(images)
    for k in range(len(classifier.classes)):
        by_gradients = gradcam.heat_maps(rounded, images, "image", k, "HiResCAM")
        highest = np.maximum(by_gradients.max(axis=(1, 2), keepdims=True), 1e-9)
        _compare("heat maps", heat[:, k] / highest, by_gradients / highest, HEAT_TOLERANCE)
    return files


def pruned(
    recipe: Recipe, classifier: cnn.Classifier, rows: np.ndarray, sparsity: float = SPARSITY
) -> cnn.Classifier:
    """A network that `recipe.train(rows)` made, pruned on the same clips as in chapter pruning.

    Sparsity 0 trains on without pruning.
    """
    images, labels, clip = recipe.plain
    seen = np.isin(clip, recipe.real.index[rows])
    return pruning.prune(
        classifier,
        *recipe.known(rows),
        (images[seen], labels[seen]),
        sparsity,
        epochs=PRUNING_EPOCHS,
        batch_size=listener.BATCH_SIZE,
        seed=recipe.seed,
    )


def _mfcc(settings: features.Settings) -> Callable:
    """`features.mfcc` of one wave, in TensorFlow: the same steps in the same order."""
    import tensorflow as tf

    window, mel = features.window(settings), features.mel_filters(settings).T
    dct = features.dct_matrix(settings.n_mels, settings.n_mfcc)

    def mfcc(wave):
        count = settings.n_frames(wave.shape[1])
        filled = (count - 1) * settings.hop_length + settings.win_length
        wave = tf.pad(wave, [[0, 0], [0, max(0, filled - wave.shape[1])]])
        framed = tf.signal.frame(wave, settings.win_length, settings.hop_length)[:, :count]
        spectrum = tf.signal.rfft(framed * window, [settings.n_fft])
        power = tf.math.real(spectrum) ** 2 + tf.math.imag(spectrum) ** 2
        level = tf.math.log(tf.maximum(power @ mel, 1e-10)) * np.float32(10 / np.log(10))
        loudest = tf.reduce_max(level, axis=[1, 2], keepdims=True)
        return tf.maximum(level, loudest - settings.top_db) @ dct

    return mfcc


def _network(classifier: cnn.Classifier) -> Callable:
    """Probabilities and heat maps of one image, in TensorFlow, with the weights as constants."""
    import tensorflow as tf

    (frames, n), k = _shape(classifier), len(classifier.classes)
    mean, spread = (np.float32(each) for each in vars(classifier.scaler).values())
    layer = classifier.model.get_layer
    usual = layer("pooled")
    middle, variance = usual.get_weights()
    narrow = 1 / np.sqrt(variance + usual.epsilon)
    kernel, bias = layer("dense1").get_weights()
    last, last_bias = layer("probabilities").get_weights()

    def network(mfcc):
        image = (mfcc - mean) / spread
        loudest = tf.reduce_max(image[..., :1], axis=1, keepdims=True)
        image = image - loudest * np.eye(1, n, dtype=np.float32)  # c0 counts from its highest
        average = tf.reduce_mean(image, axis=1, keepdims=True)
        deviation = tf.sqrt(tf.reduce_mean((image - average) ** 2, axis=1, keepdims=True) + 1e-4)
        pooled = tf.reshape(tf.stack([average, deviation], axis=-1), (1, 2 * n))
        pooled = (pooled - middle) * narrow
        # Of a product with a constant the file holds the constant in 8 bits. Rows of the identity
        # fetch it as it is held, for use in floats; beside what was heard, as the converter would
        # otherwise work the product out beforehand, in 32 bits.
        held = (tf.concat([pooled, tf.eye(2 * n)], axis=0) @ kernel)[1:]
        hidden = pooled @ held + bias
        scores = tf.nn.relu(hidden) @ last + last_bias

        # Backwards, a row for each class: how its score changes with the pooled values, and so
        # with each value of the image.
        open_ = tf.cast(hidden > 0, tf.float32)
        slopes = (open_ * last.T) @ tf.transpose(held) * narrow
        slopes = tf.reshape(slopes, (k, 1, n, 2)) / frames
        slope = slopes[..., 0] + slopes[..., 1] * (image - average) / deviation
        heat = tf.nn.relu(image * slope)[None]
        return {"probabilities": tf.nn.softmax(scores), "heat": heat}

    return network


def _shape(classifier: cnn.Classifier) -> tuple[int, int]:
    """Frames and coefficients of the images of a network whose file can be written."""
    made = classifier.architecture
    plain = replace(made, dense=listener.ARCHITECTURE.dense, noise=0.0, learning_rate=0.0)
    known = replace(listener.ARCHITECTURE, noise=0.0, learning_rate=0.0)
    if len(made.dense) != 1 or plain != known:
        raise InputError(
            f"the network is {made}; files are written of those like listener.ARCHITECTURE: no "
            "convolution, mean and spread over time, one hidden layer"
        )
    return tuple(classifier.model.input_shape[1:])


def _rounded(classifier: cnn.Classifier, kernel: np.ndarray) -> cnn.Classifier:
    copy = pruning.one_shot(classifier, 0)
    copy.model.get_layer("dense1").kernel.assign(kernel)
    return copy


def _compare(what: str, found: np.ndarray, expected: np.ndarray, tolerance: float) -> None:
    apart = np.abs(found - expected).max()
    if not apart <= tolerance:  # also where it is no number
        raise ExportError(
            f"the files are off by {apart:.2g} in their {what}, more than {tolerance}; "
            "do not use them"
        )
