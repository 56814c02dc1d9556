"""Grad-CAM: which places of an MFCC image speak for a class (chapter gradcam).

Source: Selvaraju et al. 2017 (arXiv:1610.02391); slides "Class Activation Maps". A heat map is an
array (frames, coefficients) of the image's size, 0 where nothing speaks for the class. Whether
that is where the network looks is a question: `deletion`, `localisation` and `sanity` ask it.
"""

import functools
import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from helpers import audio, cnn, cutmix, experiments, features, runs, splits
from helpers.errors import InputError
from helpers.runs import Run, bound

METHODS = ("Grad-CAM", "HiResCAM")
"""Whether a feature map has one weight, or each of its places has its own."""

BATCH = 32
"""Images whose gradients are computed at once: the maps of conv1 of so many take some 20 MB."""

IMAGES = 80
"""Windows of each fold's test part that the experiments look at; all where there are fewer."""

LAYERS = ("conv1", "conv3")
"""The layers that the experiments look at."""

WAYS = ("none", "on the fly")
"""The CutMix of the networks that `localisation` compares, by its name in `experiments`.

The other experiments look into those without: in a short training they alone become sure of what
they say, and so have a probability to lose.
"""

SHARES = (0.05, 0.1, 0.2, 0.4)
"""How much of an image `deletion` hides."""

RANDOM_FROM = ("probabilities", "dense1", "conv3", "conv2", "conv1")
"""From which layer upwards `sanity` replaces what was learned."""


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
    """
    if method not in METHODS:
        raise InputError(f"method is {method!r}; it must be one of {', '.join(METHODS)}")
    images = np.asarray(images, np.float32)
    model = _model(network, images)
    rows, columns = (_enlarging(model, layer, axis, images.shape[1 + axis]) for axis in (0, 1))
    heat = []
    for maps, slopes in _in_batches(model, images, layer, classes):
        weights = slopes.mean(axis=(1, 2), keepdims=True) if method == "Grad-CAM" else slopes
        small = np.maximum((maps * weights).sum(axis=-1), 0)
        heat.append(rows @ small @ columns.T)
    return np.concatenate(heat)


def gradients(
    network, images: np.ndarray, layer: str = "conv3", classes: int | np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """A layer's feature maps, and by how much a class's score grows with each of their values.

    Both float32 (N, height, width, filters). `network` is a Classifier or a Keras model, Sequential
    or Functional, that ends in a softmax or in scores. `layer` is the name of any layer of it whose
    output are maps, after its ReLU: with batch normalisation "conv3_relu". `classes` are one for
    all images or one for each (N,), by default those predicted.

    The score is that before softmax. A probability says how a class stands beside the others: it
    also grows with what speaks against those, and where the network is certain it hardly grows any
    more, so that the gradient would fade for the clearest images. What the score leaves open is
    the rest: a place that raises the scores of all classes alike is hot and decides nothing.

    Raises InputError for images that the network does not take, for layers and classes that it
    does not have, and where Keras does not run on TensorFlow.
    """
    images = np.asarray(images, np.float32)
    batches = _in_batches(_model(network, images), images, layer, classes)
    maps, slopes = (np.concatenate(part) for part in zip(*batches, strict=True))
    return maps, slopes


def layers(network) -> list[str]:
    """The names of a network's convolutional layers, from the image upwards."""
    import keras

    model = network.model if isinstance(network, cnn.Classifier) else network
    return [layer.name for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]


def scaled(heat: np.ndarray) -> np.ndarray:
    """Each map (..., frames, coefficients) divided by its largest value, so that it fills 0 to 1.

    An empty map stays 0. Scaled maps of two images say where each is hottest, and no longer which
    is hotter.
    """
    highest = heat.max(axis=(-2, -1), keepdims=True)
    return heat / np.where(highest > 0, highest, 1)


def submatrix(
    heat: np.ndarray, frames: tuple[int, int], coefficients: tuple[int, int]
) -> np.ndarray:
    """Some frames and coefficients, first and end (excluded), of maps (..., frames, coefficients).

    The slides show such a part, but cut `[:13, :]`: the first 13 frames, a tenth of a second.
    Raises InputError where there is no such part.
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
    """
    if of not in ("coefficients", "frames"):
        raise InputError(f"of is {of!r}; it must be coefficients or frames")
    turned = np.swapaxes(heat, -2, -1)
    return turned @ heat if of == "coefficients" else heat @ turned


def class_means(heat: np.ndarray, labels: np.ndarray, n_classes: int) -> np.ndarray:
    """The mean map of each class: maps (N, frames, coefficients) give (K, frames, coefficients).

    `labels` (N,) say the class of each map. Scale the maps first where each should count alike.
    Raises InputError for a class without maps.
    """
    lacking = sorted(set(range(n_classes)) - set(np.unique(labels)))
    if lacking:
        raise InputError(f"there are no maps of class {lacking[0]}; give some of each class")
    return np.stack([heat[labels == i].mean(axis=0) for i in range(n_classes)])


def hottest_moment(heat: np.ndarray, seconds: float = 0.5) -> np.ndarray:
    """Where the `seconds` with the most heat begin: maps (N, frames, coefficients) to int (N,).

    They are returned as frames: frame i begins at sample i * 160. Of equal moments it is the first.
    Raises InputError for a time that is longer than the maps or shorter than a frame.
    """
    length = round(seconds * audio.SR / features.Settings().hop_length)
    if not 1 <= length <= heat.shape[1]:
        raise InputError(f"seconds is {seconds}; that is {length} of {heat.shape[1]} frames")
    passed = np.cumsum(heat.sum(axis=2), axis=1, dtype=float)
    passed = np.pad(passed, ((0, 0), (1, 0)))
    return (passed[:, length:] - passed[:, :-length]).argmax(axis=1)


def concentration(heat: np.ndarray, part: float = 0.5) -> np.ndarray:
    """The smallest share of the image that holds `part` of a map's heat: float (N,).

    Evenly spread heat has `part` itself, heat at a point next to 0, an empty map NaN.
    """
    ordered = -np.sort(-heat.reshape(len(heat), -1).astype(float), axis=1)
    passed = np.cumsum(ordered, axis=1)
    total = passed[:, -1:]
    needed = (passed < part * total).sum(axis=1) + 1
    return np.where(total[:, 0] > 0, needed / heat[0].size, np.nan)


def rank_correlation(heat: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Spearman's correlation of each map with its partner in `other`: float (N,).

    1 where both rank the places alike, about 0 where they have nothing in common, NaN where all
    places of one are alike.
    """
    ranks = [rankdata(each.reshape(len(each), -1), axis=1) for each in (heat, other)]
    one, two = (each - each.mean(axis=1, keepdims=True) for each in ranks)
    size = np.sqrt((one**2).sum(axis=1) * (two**2).sum(axis=1))
    return np.where(size > 0, (one * two).sum(axis=1) / np.where(size > 0, size, 1), np.nan)


def own_half(
    classifier: cnn.Classifier,
    images: np.ndarray,
    labels: np.ndarray,
    rng: np.random.Generator,
    layer: str = "conv3",
    method: str = "Grad-CAM",
) -> np.ndarray:
    """How much of a class's heat lies where its instrument is: float (2 N,), at chance 0.5.

    Each image gets, as its second half in time, that of an image of another class, drawn at random.
    The first N shares are those of the image's own class in the first half, the others those of
    the other class in the second half; NaN for empty maps. Called the pointing game on a grid.
    """
    n, frames, coefficients = images.shape
    partners = np.array([rng.choice(np.flatnonzero(labels != label)) for label in labels])
    middle = frames // 2
    second = np.tile([middle, frames, 0, coefficients], (n, 1))
    mixed, _ = cutmix.mix(images, np.zeros((n, 1)), partners, second)
    shares = []
    for asked, part in ((labels, slice(middle)), (labels[partners], slice(middle, None))):
        of_frames = heat_maps(classifier, mixed, layer, asked, method).sum(axis=2, dtype=float)
        total = of_frames.sum(axis=1)
        inside = of_frames[:, part].sum(axis=1)
        shares.append(np.where(total > 0, inside / np.where(total > 0, total, 1), np.nan))
    return np.concatenate(shares)


# Hiding parts of images, to see what the network makes of the rest.


def hottest(heat: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """The share of each map's places that is hottest: bool (N, frames, coefficients).

    Places as hot as each other, such as the many at 0, are taken by lot. Raises InputError for a
    share that is not between 0 and 1.
    """
    if not 0 < share < 1:
        raise InputError(f"share is {share}; it must be above 0 and under 1")
    flat = heat.reshape(len(heat), -1)
    order = np.lexsort((rng.random(flat.shape), -flat), axis=1)
    masks = np.zeros(flat.shape, bool)
    np.put_along_axis(masks, order[:, : round(share * flat.shape[1])], True, axis=1)
    return masks.reshape(heat.shape)


def moved(masks: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each mask rolled in time by a quarter to three quarters: same shape, other moments.

    What leaves at the end comes back at the beginning.
    """
    frames = masks.shape[1]
    shifts = rng.integers(frames // 4, frames - frames // 4, size=len(masks), endpoint=True)
    return np.stack([np.roll(mask, by, axis=0) for mask, by in zip(masks, shifts, strict=True)])


def exchanged(masks: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """For each image the mask of another. Raises InputError where there is none."""
    n = len(masks)
    if n < 2:
        raise InputError("masks are exchanged between two images at least; give more")
    return masks[(np.arange(n) + rng.integers(1, n, size=n)) % n]


def scattered(masks: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Masks of as many places, anywhere in the image."""
    return rng.permuted(masks.reshape(len(masks), -1), axis=1).reshape(masks.shape)


def hide(classifier: cnn.Classifier, images: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Images (N, frames, coefficients) with the mean of the training part where masks are true.

    The network's scaling turns that mean into 0. Such an image is none that a sound could have:
    the network may fall for that alone, so compare with other masks of the same size.
    """
    if masks.shape != images.shape:
        raise InputError(f"masks {masks.shape} and images {images.shape} differ in shape")
    return np.where(masks, np.float32(classifier.scaler.mean), images)


def randomised(classifier: cnn.Classifier, from_layer: str, seed: int = 0) -> cnn.Classifier:
    """The classifier with new random weights in `from_layer` and in all layers after it.

    A map that stays as it was does not depend on what those layers have learned. Source: Adebayo
    et al. 2018 (arXiv:1810.03292). Raises InputError for a layer that has no weights.
    """
    import keras

    learned = [layer.name for layer in classifier.model.layers[1:] if layer.trainable_weights]
    if from_layer not in learned:
        raise InputError(f"no weights in a layer {from_layer!r}; there are {', '.join(learned)}")
    # Far from the seeds of the trainings: the one that a network began with would give it its
    # first weights again, and those of the last layers have moved so little that it knows much.
    keras.utils.set_random_seed(2**31 + seed)
    shape = classifier.model.input_shape[1:]
    k = len(classifier.classes)
    model = cnn.build(classifier.architecture, k, classifier.scaler, shape)
    for name in learned[: learned.index(from_layer)]:
        model.get_layer(name).set_weights(classifier.model.get_layer(name).get_weights())
    return replace(classifier, model=model)


# The experiments.

HIDDEN: dict[str, Callable] = {
    "hottest": lambda masks, rng: masks,
    "moved": moved,
    "another image's": exchanged,
    "scattered": scattered,
    "largest": lambda masks, rng: masks,
}
"""What `deletion` hides: a mask or one made from it. The last two are asked without a map."""


def deletion(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """Does the network miss the hottest part of an image more than another part of that size?

    Hidden are, of each kind of map, the hottest places, the same shape at another moment, and the
    shape that is hottest in another image. And, for which no network is asked, as many places
    "scattered" anywhere, and the "largest" values, those furthest from the mean. The figures are
    the probability, mean over the images, of the class predicted before anything was hidden.
    """
    measure = bound(_deletion, _looks(clips, profile))
    rows = list(itertools.product(METHODS, LAYERS, list(HIDDEN)[:3]))
    rows += [("none", "none", hidden) for hidden in list(HIDDEN)[3:]]
    for fold in range(experiments.FOLDS):
        for method, layer, hidden in rows:
            compared = {"map": method, "layer": layer, "hidden": hidden}
            yield Run(compared, {"fold": fold}, measure)


def localisation(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """Do the maps of a network trained with CutMix lie where the instrument is?

    In images whose first and second half come from two instruments: how much of the heat for each
    of them lies in its own half. Heat that knows nothing of the instruments has 0.5 there. And in
    images as they are: how much of them holds half of the heat for the predicted class, of right
    and wrong answers.
    """
    measure = bound(_localisation, _looks(clips, profile))
    for fold in range(experiments.FOLDS):
        for way, method, layer in itertools.product(WAYS, METHODS, LAYERS):
            compared = {"CutMix": way, "map": method, "layer": layer}
            yield Run(compared, {"fold": fold}, measure)


def sanity(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """Do the maps change when the network forgets what it has learned?

    Layers get new random weights from the top downwards. The figure is the rank correlation of
    each map over conv3 with that of the trained network, for the same class; beside it stands that
    of two images' maps, which have no more in common than all maps have.
    """
    measure = bound(_sanity, _looks(clips, profile))
    for fold in range(experiments.FOLDS):
        for method, layer in itertools.product(METHODS, RANDOM_FROM):
            yield Run({"map": method, "random from": layer}, {"fold": fold}, measure)


def _looks(clips: pd.DataFrame, profile: str) -> Callable:
    """A function of fold and CutMix that returns a network, some test images, and their labels.

    And a function of layer, classes and method for their heat maps, which remembers them. The last
    look is kept.
    """

    @functools.lru_cache(maxsize=1)
    def look(fold: int, way: str) -> tuple[cnn.Classifier, np.ndarray, np.ndarray, Callable]:
        parts = splits.parts(clips, runs.draws(len(clips), profile), "clip", seed=0, fold=fold)
        classifier = experiments.trained(*parts[:2], experiments.EPOCHS[profile], way)
        rows = np.random.default_rng(fold).permutation(len(parts[2]))[:IMAGES]
        test = parts[2][rows]
        images = features.mfcc(test.waves)
        heat = functools.cache(functools.partial(heat_maps, classifier, images))
        return classifier, images, test.label, heat

    return look


def _deletion(look: Callable, fold: int, map: str, layer: str, hidden: str) -> dict:
    classifier, images, _, heat = look(fold, "none")
    before = classifier.predict(images)
    predicted = before.argmax(axis=1)
    source = np.abs(classifier.scaler(images)) if map == "none" else heat(layer, method=map)
    figures = {"before": before.max(axis=1).mean()}
    for share in SHARES:
        rng = np.random.default_rng([fold, round(100 * share)])
        masks = HIDDEN[hidden](hottest(source, share, rng), rng)
        after = classifier.predict(hide(classifier, images, masks))
        of_predicted = after[np.arange(len(images)), predicted]
        figures[f"{100 * share:.0f} % hidden"] = of_predicted.mean()
    return figures


def _localisation(look: Callable, fold: int, map: str, layer: str, **compared) -> dict:
    classifier, images, labels, heat = look(fold, compared["CutMix"])
    right = classifier.predict(images).argmax(axis=1) == labels
    half = concentration(heat(layer, method=map))
    own = own_half(classifier, images, labels, np.random.default_rng(fold), layer, map)
    return {
        "heat in its own half": np.nanmean(own),
        "half of the heat, right": np.nanmean(half[right]),
        "half of the heat, wrong": np.nanmean(half[~right]),
        "empty maps": np.isnan(half).mean(),
    }


def _sanity(look: Callable, fold: int, map: str, **compared) -> dict:
    classifier, images, _, heat = look(fold, "none")
    predicted = classifier.predict(images).argmax(axis=1)
    before = heat("conv3", method=map)
    forgetful = randomised(classifier, compared["random from"], seed=fold)
    after = heat_maps(forgetful, images, "conv3", predicted, map)
    return {
        "correlation": np.nanmean(rank_correlation(before, after)),
        "of two images": np.nanmean(rank_correlation(before, np.roll(before, 1, axis=0))),
        "empty maps": (after.max(axis=(1, 2)) == 0).mean(),
    }


# The gradient itself.


def _model(network, images: np.ndarray):
    """The Keras model of a network, which takes these images and consists of layers of its own."""
    import keras

    if isinstance(network, cnn.Classifier):
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
    before, behind = keras.Model(model.inputs[0], maps), keras.Model(maps, scores)
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
        batch = keras.ops.convert_to_tensor(images[first : first + BATCH], "float32")
        maps = before(batch, training=False)
        if classes is None:
            asked = np.asarray(behind(maps, training=False)).argmax(axis=1)
        else:
            asked = classes[first : first + BATCH]
        gradient = _gradient(behind, maps, features.one_hot(asked, k))
        yield np.asarray(maps), np.asarray(gradient)


def _gradient(network, maps, hot: np.ndarray):
    """How the network's outputs that are 1 in `hot` change with the maps it is given."""
    import keras

    if keras.backend.backend() == "jax":
        import jax

        learned = [variable.value for variable in network.trainable_variables]
        others = [variable.value for variable in network.non_trainable_variables]

        def score(maps):
            return (network.stateless_call(learned, others, maps, training=False)[0] * hot).sum()

        return jax.grad(score)(maps)
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(maps)
        score = tf.reduce_sum(network(maps, training=False) * hot)  # no image touches another's
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


def _enlarging(model, layer: str, axis: int, size: int) -> np.ndarray:
    """A matrix (size, n) that brings a layer's n places along an axis to those of the image."""
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
