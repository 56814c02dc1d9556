"""A listener as two small files that a web page runs (chapter listening).

One file makes the MFCC image of a 2 s chunk; it is all settings. The other is the network, and
besides the probabilities it returns the heat map of every class. A page cannot ask for gradients,
but those of what comes after the last convolution, or of a network with one hidden layer, are a few
products, and these can stand in the file.

`make` makes the files, of a network of `today` or of the small recipe of `listener`, and compares
them with what they replace. Two experiments are of the small recipe: `lightened` asks what pruning
and 8 bits cost, `deployed` what a recording may go through and still be named rightly.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from helpers import cnn, export, features, gradcam, light, listener, pruning, sparse, today
from helpers.errors import InputError
from helpers.export import ExportError
from helpers.listener import Recipe

SPARSITY = export.PRUNED
"""The share of zeros in each large kernel: that of chapter pruning's pruned file."""

PRUNING_EPOCHS = 8
"""For how long the network is trained on while it is pruned."""

MFCC_TOLERANCE = 5e-3
"""How far a coefficient may be from librosa's.

c0 goes down to some -800. Processors add up the levels of all bands in one order or another, which
in numbers of 32 bits changes it: on one by less than .001, on another by .0012.
"""

TOLERANCE = 0.02
"""How far a probability may be from that of the Keras network."""

HEAT_TOLERANCE = 1e-4
"""How far a heat map, scaled to 0..1, may be from that by gradients."""


def make(classifier: cnn.Classifier | today.Classifier, waves: np.ndarray) -> light.Classifier:
    """The two files of a network of `today` with convolutions, or of one like
    `listener.ARCHITECTURE`, compared with what they replace.

    Both hold kernels in 8 bits and compute in 32. The first also returns its hidden layer as
    "features" (1, units), before ReLU, and its heat maps lie over the mel bands: what the last
    convolution says for a class, brought to the size of the image. What the statistics of MFCCs
    beside it say has no place there, and is left out. The heat maps of the second lie over the
    coefficients.

    `waves` are real chunks (N, 44100). On these the images must be those of `features.mfcc`, which
    are librosa's; the probabilities those of the classifier, and the same class the most probable
    unless two are closer than the tolerance; the heat maps those that `gradcam.heat_maps` has by
    gradients, over that convolution or the layer "image", with the method "HiResCAM", of the
    network with its kernel as rounded. Raises ExportError where they are not, and InputError for a
    network of other layers or of images made nobody knows how, without waves, and where Keras does
    not run on TensorFlow.

    >>> from helpers import classify, dataset, lighten
    >>> network, threshold = classify.listener()
    >>> files = lighten.make(network, dataset.note("Cello")[None, :44_100])
    >>> files.classes == network.classes
    True
    """
    if not len(waves):
        raise InputError("there are no waves to check the files on; give some chunks")
    network, kind, layer = _network(classifier)
    shape, settings = classifier.model.input_shape[1:], features.settings_of(classifier)
    files = light.Classifier(
        export.convert(_mfcc(settings), (1, waves.shape[1]), "wave", "float"),
        export.convert(network, (1, *shape), "mfcc", kind),
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
    heat = files.heat(images)
    alike = (
        _rounded(classifier, files.kernel())
        if isinstance(classifier, cnn.Classifier)
        else sparse.rounded(classifier)
    )
    for k in range(len(classifier.classes)):
        by_gradients = gradcam.heat_maps(alike, images, layer, k, "HiResCAM")
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


def _network(classifier: cnn.Classifier | today.Classifier) -> tuple[Callable, str, str]:
    """Probabilities and heat maps of one image, in TensorFlow, with the weights as constants; the
    kind of file that keeps them as they are then; and the layer over which the heat maps are."""
    if isinstance(classifier, today.Classifier):
        return _of_today(classifier), "float", _last(classifier.design)
    return _of_statistics(classifier), "int8", "image"


def _of_today(classifier: today.Classifier) -> Callable:
    """`_network` of a network of `today`."""
    import tensorflow as tf

    design, k = classifier.design, len(classifier.classes)
    layer, settings = classifier.model.get_layer, classifier.settings
    bands = features.dct_matrix(settings.n_mels, settings.n_mfcc).T
    last = layer(_last(design))
    convolutions = [layer(f"conv{i}") for i in range(1, len(design.filters) + 1)]
    kernels = [sparse.in_8_bits(np.asarray(each.kernel)) for each in convolutions]
    shifts = [(np.asarray(each.bias), each.strides) for each in convolutions]
    usual = layer("pooled")
    middle, variance = usual.get_weights()
    narrow = 1 / np.sqrt(variance + usual.epsilon)
    (kernel, bias), (outer, outer_bias) = (
        layer(name).get_weights() for name in ("dense1", "probabilities")
    )
    kernel, outer = sparse.in_8_bits(kernel), sparse.in_8_bits(outer)
    _, short, narrow_bands, filters = last.output.shape
    places = narrow_bands * filters
    rows, columns = (
        gradcam.enlarging(classifier.model, last.name, axis, size)
        for axis, size in enumerate(classifier.model.input_shape[1:])
    )

    def network(mfcc):
        first = tf.argmax(mfcc[0, 0, :1])  # 0

        # What is fetched by a number that came with the sound, the converter cannot work out
        # beforehand, in 32 bits.
        def held(whole, count):
            return tf.cast(tf.gather(whole[None], first), tf.float32) * count

        level = mfcc @ bands
        x = ((level - tf.reduce_max(level)) / 25 + 1.8)[..., None]
        for weights, (shift, strides) in zip(kernels, shifts, strict=True):
            x = tf.nn.relu(tf.nn.conv2d(x, held(*weights), strides, "SAME") + shift)
        maps = tf.reshape(x, (1, short, places))
        average, deviation = _over_time(maps)
        pooled = [average, deviation]
        if design.cepstra:
            few = mfcc[:, :, : design.cepstra]
            loudest = tf.reduce_max(few[:, :, :1])
            few = few - loudest * np.eye(1, design.cepstra, dtype=np.float32)
            pooled += _over_time(few)
            if design.changes:
                pooled += _over_time(few[:, 1:] - few[:, :-1])[1:]
        pooled = (tf.concat(pooled, axis=-1)[:, 0] - middle) * narrow
        inner, last_kernel = held(*kernel), held(*outer)
        hidden = pooled @ inner + bias
        scores = tf.nn.relu(hidden) @ last_kernel + outer_bias

        # Backwards, a row for each class: how its score changes with the pooled values, and so
        # with each value of the last maps.
        open_ = tf.cast(hidden > 0, tf.float32)
        slopes = (open_ * tf.transpose(last_kernel)) @ tf.transpose(inner) * narrow / short
        slope = slopes[:, None, :places] + slopes[:, None, places : 2 * places] * (
            (maps - average) / deviation
        )
        small = tf.reshape(maps * slope, (k, short, narrow_bands, filters))
        small = tf.nn.relu(tf.reduce_sum(small, axis=-1))
        heat = (rows @ small @ columns.T)[None]
        return {"probabilities": tf.nn.softmax(scores), "heat": heat, "features": hidden}

    return network


def _over_time(values) -> tuple:
    """Mean and spread over time of (1, frames, n), both (1, 1, n), as `today` and `listener` do."""
    import tensorflow as tf

    average = tf.reduce_mean(values, axis=1, keepdims=True)
    spread = tf.sqrt(tf.reduce_mean((values - average) ** 2, axis=1, keepdims=True) + 1e-4)
    return average, spread


def _last(design: today.Design) -> str:
    """The name of the last convolution. InputError where there is none."""
    if not design.filters:
        raise InputError(
            "the network has no convolution to draw heat maps over; files are written of those "
            "with some, and of those like listener.ARCHITECTURE"
        )
    return f"conv{len(design.filters)}"


def _of_statistics(classifier: cnn.Classifier) -> Callable:
    """`_network` of a network like `listener.ARCHITECTURE`."""
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
        average, deviation = _over_time(image)
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
