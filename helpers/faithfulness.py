"""Whether a heat map says where a network looks (chapter gradcam).

Each question is one of measuring: is the heat where the instrument is, does the answer change when
the hottest part is hidden, does the map change when the network forgets?
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.stats import rankdata

from helpers import cnn, cutmix, features, gradcam
from helpers.errors import InputError


def concentration(heat: np.ndarray) -> np.ndarray:
    """The smallest share of the image that holds half of a map's heat: float (N,).

    Evenly spread heat has 0.5, heat at a point next to 0, an empty map NaN.

    >>> import numpy as np
    >>> from helpers import faithfulness
    >>> faithfulness.concentration(np.ones((1, 10, 2))).tolist()
    [0.5]
    """
    ordered = -np.sort(-heat.reshape(len(heat), -1).astype(float), axis=1)
    passed = np.cumsum(ordered, axis=1)
    total = passed[:, -1:]
    needed = (passed < total / 2).sum(axis=1) + 1
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
        of_frames = gradcam.heat_maps(classifier, mixed, layer, asked, method).sum(
            axis=2, dtype=float
        )
        total = of_frames.sum(axis=1)
        inside = of_frames[:, part].sum(axis=1)
        shares.append(np.where(total > 0, inside / np.where(total > 0, total, 1), np.nan))
    return np.concatenate(shares)


def hottest(heat: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """The share of each map's places that is hottest: bool (N, frames, coefficients).

    Places as hot as each other, such as the many at 0, are taken by lot. Raises InputError for a
    share that is not between 0 and 1.

    >>> import numpy as np
    >>> from helpers import faithfulness
    >>> heat = np.zeros((1, 4, 2))
    >>> heat[0, 1, 1] = 5
    >>> faithfulness.hottest(heat, 1 / 8, np.random.default_rng(0))[0].tolist()
    [[False, False], [False, True], [False, False], [False, False]]
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

    >>> import numpy as np
    >>> from helpers import faithfulness
    >>> mask = np.zeros((1, 8, 1), bool)
    >>> mask[0, 0] = True
    >>> rolled = faithfulness.moved(mask, np.random.default_rng(0))
    >>> int(rolled.sum()), bool(rolled[0, 0, 0])
    (1, False)
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


HIDDEN: dict[str, Callable] = {
    "hottest": lambda masks, rng: masks,
    "moved": moved,
    "another image's": exchanged,
    "scattered": scattered,
    "largest": lambda masks, rng: masks,
}
"""What may be hidden: a mask or one made from it. The last two are asked without a map."""


def hide(classifier: cnn.Classifier, images: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Images (N, frames, coefficients) with the mean of the training part where masks are true.

    The network's scaling turns that mean into 0. Such an image is none that a sound could have:
    the network may fall for that alone, so compare with other masks of the same size.

    >>> import numpy as np
    >>> from helpers import faithfulness, models
    >>> network, _ = models.load("demo")
    >>> hidden = faithfulness.hide(network, np.zeros((1, 275, 13)), np.ones((1, 275, 13), bool))
    >>> bool(np.allclose(hidden[0, 0], network.scaler.mean))
    True
    """
    if masks.shape != images.shape:
        raise InputError(f"masks {masks.shape} and images {images.shape} differ in shape")
    mean = np.asarray(classifier.scaler.mean, np.float32)
    return features.made_like(images, np.where(masks, mean, images))


def randomised(classifier: cnn.Classifier, from_layer: str, seed: int = 0) -> cnn.Classifier:
    """The classifier with new random weights in `from_layer` and in all layers after it.

    A map that stays as it was does not depend on what those layers have learned. Source: Adebayo
    et al. 2018 (arXiv:1810.03292). Raises InputError for a layer that has no weights.

    >>> from helpers import faithfulness, models
    >>> network, _ = models.load("demo")
    >>> forgot = faithfulness.randomised(network, "dense1")
    >>> kept, new = (forgot.model.get_layer(n).get_weights()[0] for n in ("conv3", "dense1"))
    >>> old = [network.model.get_layer(n).get_weights()[0] for n in ("conv3", "dense1")]
    >>> bool((kept == old[0]).all()), bool((new == old[1]).all())
    (True, False)
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
