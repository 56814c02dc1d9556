"""Grad-CAM: which places of an MFCC image speak for a class (chapter gradcam).

Source: Selvaraju et al. 2017 (arXiv:1610.02391); slides "Class Activation Maps". A heat map is an
array (frames, coefficients) of the image's size, 0 where nothing speaks for the class; it keeps the
image's settings, which tell how long a frame is. Whether that is where the network looks is a
question: the experiments `deletion`, `localisation` and `sanity` ask it.
"""

from collections.abc import Iterator

import numpy as np

from helpers import features
from helpers.errors import InputError, check_choice

METHODS = ("Grad-CAM", "HiResCAM")
"""Whether a feature map has one weight, or each of its places has its own."""

BATCH = 32
"""Images whose gradients are computed at once: the maps of conv1 of so many take some 20 MB."""


def heat_maps(
    network,
    images: np.ndarray,
    layer: str = "conv3",
    classes: int | np.ndarray | None = None,
    method: str = "Grad-CAM",
) -> np.ndarray:
    """The heat maps of images (N, frames, coefficients): float32 (N, frames, coefficients).

    The layer's feature maps are added up, each times its weight, the mean of its `gradients`; what
    is negative, and so speaks against the class, becomes 0. That mean is exact where the network
    itself averages each feature map. One that flattens them, as this book's does, has learned
    what each place is worth: the method "HiResCAM" (Draelos and Carin 2020, arXiv:2011.08891)
    multiplies each value by its own gradient instead.

    A layer whose maps are smaller than the image ('valid' padding, strides, pooling) is brought to
    its size by linear interpolation between the middles of what its places see; beyond the
    outermost its value holds. The layers up to there must follow each other. Values are those of
    the score and differ much in size from image to image: see `scaled`.

    Other arguments and errors are those of `gradients`. Raises InputError for another method too.

    >>> from helpers import dataset, features, gradcam, models
    >>> network, card = models.load("demo")
    >>> images = features.mfcc(dataset.note("Cello")[None, :44_100])
    >>> heat = gradcam.heat_maps(network, images, "conv3")
    >>> heat.shape, bool((heat >= 0).all())
    ((1, 275, 13), True)
    """
    check_choice("method", method, METHODS)
    images = np.asanyarray(images)
    model = _model(network, images)
    rows, columns = (enlarging(model, layer, axis, images.shape[1 + axis]) for axis in (0, 1))
    heat = []
    for maps, slopes in _in_batches(model, images, layer, classes):
        weights = slopes.mean(axis=(1, 2), keepdims=True) if method == "Grad-CAM" else slopes
        small = np.maximum((maps * weights).sum(axis=-1), 0)
        heat.append(rows @ small @ columns.T)
    return features.made_like(images, np.concatenate(heat))


def gradients(
    network, images: np.ndarray, layer: str = "conv3", classes: int | np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """A layer's feature maps, and by how much a class's score grows with each of their values.

    Both float32 (N, height, width, filters). `network` is a Classifier, here or of `today`, or a
    Keras model, Sequential or Functional, that ends in a softmax or in scores. `layer` is the name
    of any layer of it whose output are maps, after its ReLU: with batch normalisation "conv3_relu".
    What reaches the scores past that layer is held as it is. `classes` are one for all images or
    one for each (N,), by default those predicted.

    The score is that before softmax. A probability says how a class stands beside the others: it
    also grows with what speaks against those, and where the network is certain it hardly grows any
    more, so that the gradient would fade for the clearest images. What the score leaves open is
    the rest: a place that raises the scores of all classes alike is hot and decides nothing.

    Raises InputError for images that the network does not take, for layers and classes that it
    does not have, and where Keras does not run on TensorFlow.
    """
    images = np.asanyarray(images)
    batches = _in_batches(_model(network, images), images, layer, classes)
    maps, slopes = (np.concatenate(part) for part in zip(*batches, strict=True))
    return maps, slopes


def layers(network) -> list[str]:
    """The names of a network's convolutional layers, from the image upwards."""
    import keras

    model = getattr(network, "model", network)
    return [layer.name for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]


def scaled(heat: np.ndarray) -> np.ndarray:
    """Each map (..., frames, coefficients) divided by its largest value, so that it fills 0 to 1.

    An empty map stays 0. Scaled maps of two images say where each is hottest, and no longer which
    is hotter.

    >>> import numpy as np
    >>> from helpers import gradcam
    >>> gradcam.scaled(np.array([[1, 4], [0, 2]])).tolist()
    [[0.25, 1.0], [0.0, 0.5]]
    """
    highest = heat.max(axis=(-2, -1), keepdims=True)
    return features.made_like(heat, heat / np.where(highest > 0, highest, 1))


def submatrix(
    heat: np.ndarray, frames: tuple[int, int], coefficients: tuple[int, int]
) -> np.ndarray:
    """Some frames and coefficients, first and end (excluded), of maps (..., frames, coefficients).

    The slides show such a part, but cut `[:13, :]`: the first 13 frames, a tenth of a second.
    Raises InputError where there is no such part.

    >>> import numpy as np
    >>> from helpers import gradcam
    >>> heat = np.zeros((8, 275, 13))
    >>> gradcam.submatrix(heat, frames=(0, 100), coefficients=(1, 13)).shape
    (8, 100, 12)
    """
    for name, (first, end), size in zip(
        ("frames", "coefficients"), (frames, coefficients), heat.shape[-2:], strict=True
    ):
        if not 0 <= first < end <= size:
            raise InputError(
                f"{name} are {first} to {end}; choose a first and a larger end from 0 to {size}"
            )
    return heat[..., slice(*frames), slice(*coefficients)]


def inner_products(heat: np.ndarray, of: str = "coefficients") -> np.ndarray:
    """The slides' <col i, col j>: maps (..., 275, 13) give (..., 13, 13).

    Large where the coefficients i and j are hot in the same frames; on the diagonal stands how
    much heat a coefficient has at all, as the sum of its squares. Of "frames", (..., 275, 275):
    large where two moments are hot in the same coefficients. InputError for anything else.

    >>> import numpy as np
    >>> from helpers import gradcam
    >>> gradcam.inner_products(np.array([[1, 0], [2, 1]])).tolist()
    [[5, 2], [2, 1]]
    """
    check_choice("of", of, ("coefficients", "frames"))
    turned = np.swapaxes(heat, -2, -1)
    return turned @ heat if of == "coefficients" else heat @ turned


def class_means(heat: np.ndarray, labels: np.ndarray, n_classes: int) -> np.ndarray:
    """The mean map of each class: maps (N, frames, coefficients) give (K, frames, coefficients).

    `labels` (N,) say the class of each map. Scale the maps first where each should count alike.
    Raises InputError for a class without maps.

    >>> import numpy as np
    >>> from helpers import gradcam
    >>> heat = np.array([[[1, 3]], [[3, 5]], [[0, 2]]])
    >>> gradcam.class_means(heat, np.array([0, 0, 1]), n_classes=2).tolist()
    [[[2.0, 4.0]], [[0.0, 2.0]]]
    """
    lacking = sorted(set(range(n_classes)) - set(np.unique(labels)))
    if lacking:
        raise InputError(f"there are no maps of class {lacking[0]}; give some of each class")
    means = np.stack([heat[labels == i].mean(axis=0) for i in range(n_classes)])
    return features.made_like(heat, means)


def hottest_moment(heat: np.ndarray, seconds: float = 0.5) -> np.ndarray:
    """Where the `seconds` with the most heat begin: maps (N, frames, coefficients) to int (N,).

    They are returned as frames: frame i begins at sample i * heat.settings.hop_length, that is at
    heat.settings.seconds(i). Of equal moments it is the first. Raises InputError for a time that
    is longer than the maps or shorter than a frame, and for maps of images that do not say how
    they were made.

    >>> from helpers import dataset, features, gradcam, models
    >>> network, card = models.load("demo")
    >>> images = features.mfcc(dataset.note("Cello")[None, :44_100])
    >>> heat = gradcam.heat_maps(network, images, "conv3")
    >>> first = gradcam.hottest_moment(heat, seconds=0.5)
    >>> first.shape
    (1,)
    """
    length = round(seconds / features.settings_of(heat).seconds(1))
    if not 1 <= length <= heat.shape[1]:
        raise InputError(f"seconds is {seconds}; that is {length} of {heat.shape[1]} frames")
    passed = np.cumsum(heat.sum(axis=2), axis=1, dtype=float)
    passed = np.pad(passed, ((0, 0), (1, 0)))
    return (passed[:, length:] - passed[:, :-length]).argmax(axis=1)


# The gradient itself.


def _model(network, images: np.ndarray):
    """The Keras model of a network, which takes these images and consists of layers of its own."""
    import keras

    if hasattr(network, "model"):
        features.agreed(images, network)
        model = network.model
    else:
        if not network.built:
            network.build((None, *images.shape[1:]))
        # A layer that serves another model as well would answer with the other's output.
        model = keras.models.clone_model(network)
        model.set_weights(network.get_weights())
    if not len(images) or images.shape[1:] != tuple(model.input_shape[1:]):
        taken = ", ".join(str(side) for side in model.input_shape[1:])
        raise InputError(f"images are {images.shape}; give one or more as (N, {taken})")
    return model


def _in_batches(model, images: np.ndarray, layer: str, classes) -> Iterator[tuple]:
    """Maps and gradients of one batch of images after the other."""
    import keras

    maps, scores = _layer(model, layer).output, _scores(model)
    given = model.inputs[0]
    before, behind = keras.Model(given, maps), keras.Model([maps, given], scores)
    k = scores.shape[-1]
    if classes is not None:
        if np.shape(classes) not in ((), (len(images),)):
            raise InputError(f"{np.size(classes)} classes for {len(images)} images; give one each")
        classes = np.broadcast_to(classes, len(images))
        if not 0 <= classes.min() <= classes.max() < k:
            raise InputError(
                f"classes reach from {classes.min()} to {classes.max()}, not from 0 to {k - 1}"
            )
    for first in range(0, len(images), BATCH):
        batch = np.asarray(images[first : first + BATCH], np.float32)
        batch = keras.ops.convert_to_tensor(batch)
        maps = before(batch, training=False)
        if classes is None:
            asked = np.asarray(behind([maps, batch], training=False)).argmax(axis=1)
        else:
            asked = classes[first : first + BATCH]
        gradient = _gradient(behind, maps, batch, features.one_hot(asked, k))
        yield np.asarray(maps), np.asarray(gradient)


def _gradient(network, maps, images, hot: np.ndarray):
    """How the network's outputs that are 1 in `hot` change with the maps it is given."""
    import keras

    if keras.backend.backend() == "jax":
        import jax

        learned = [variable.value for variable in network.trainable_variables]
        others = [variable.value for variable in network.non_trainable_variables]

        def score(maps):
            given = [maps, images]
            return (network.stateless_call(learned, others, given, training=False)[0] * hot).sum()

        return jax.grad(score)(maps)
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(maps)
        scores = network([maps, images], training=False)
        score = tf.reduce_sum(scores * hot)  # no image touches another's
    return tape.gradient(score, maps)


def _layer(model, name: str):
    """A layer whose output are maps, by its name."""
    found = {layer.name: layer for layer in model.layers if len(layer.output.shape) == 4}
    if name not in found:
        raise InputError(f"no layer {name!r} that makes maps; there are {', '.join(found)}")
    return found[name]


def _scores(model):
    """What the model's softmax is given, as a tensor of its graph."""
    import keras

    last = model.layers[-1]
    if last.output is model.outputs[0]:
        activation = getattr(last, "activation", keras.activations.linear)
        if activation is keras.activations.linear and not isinstance(last, keras.layers.Softmax):
            return last.output
        if isinstance(last, keras.layers.Softmax | keras.layers.Activation):
            return last.input
        if activation is keras.activations.softmax and isinstance(last, keras.layers.Dense):
            scores = keras.ops.matmul(last.input, last.kernel)
            return scores if last.bias is None else scores + last.bias
    raise InputError(
        f"the network ends in {last.name}, whose scores before softmax cannot be told; "
        "end it in a Dense layer with softmax or without activation"
    )


def enlarging(model, layer: str, axis: int, size: int) -> np.ndarray:
    """A matrix (size, n) that brings a layer's n places along an axis to those of the image.

    See `heat_maps` for how. Raises InputError for a layer that the model does not have, or that is
    behind layers which do not follow each other.

    >>> from helpers import gradcam, models
    >>> network, card = models.load("demo")
    >>> gradcam.enlarging(network.model, "conv3", axis=0, size=275).shape
    (275, 275)
    """
    start, step, n = 0.0, 1, size  # the middle of the first place, in places of the image
    for each in model.layers[: model.layers.index(_layer(model, layer)) + 1]:
        sides = getattr(each, "kernel_size", None) or getattr(each, "pool_size", None)
        if sides:
            span = 1 + (sides[axis] - 1) * getattr(each, "dilation_rate", (1, 1))[axis]
            stride, added = each.strides[axis], 0
            if each.padding == "same":
                added = max((-(-n // stride) - 1) * stride + span - n, 0)
            n = (n + added - span) // stride + 1
            start += step * ((span - 1) / 2 - added // 2)
            step *= stride
    if n != _layer(model, layer).output.shape[1 + axis]:
        raise InputError(f"the layers up to {layer} do not follow each other; choose one before")
    places = start + step * np.arange(n)
    rows = [np.interp(np.arange(size), places, one) for one in np.eye(n)]
    return np.stack(rows, axis=1).astype(np.float32)
