"""CutMix: a patch of one training image pasted into another, labels mixed by area (chapter cutmix).

Source: Yun et al. 2019 (arXiv:1905.04899); slides "Data Augmentation".
"""

import numpy as np

from helpers import features
from helpers.errors import InputError


def boxes(n: int, shape: tuple[int, int], alpha: float, rng: np.random.Generator) -> np.ndarray:
    """Draw `n` patches for images of `shape` (frames, coefficients): int (n, 4).

    A row is top, bottom, left, right, the ends excluded. The share kept of the image, lambda, is
    drawn from Beta(alpha, alpha) and the centre uniformly; what leaves the image is clipped, so
    that the patch may be smaller than drawn. `kept` gives the true share.

    >>> import numpy as np
    >>> from helpers import cutmix
    >>> cutmix.boxes(2, (275, 13), alpha=1.0, rng=np.random.default_rng(0)).shape
    (2, 4)
    """
    if alpha <= 0:
        raise InputError(f"alpha is {alpha}; it must be above 0")
    side = np.sqrt(1 - rng.beta(alpha, alpha, size=n))
    ends = []
    for length in shape:
        half = side * length / 2
        centre = rng.uniform(0, length, size=n)
        ends += [np.rint(centre - half), np.rint(centre + half)]
    limits = np.repeat(shape, 2)
    return np.clip(np.stack(ends, axis=1), 0, limits).astype(int)


def kept(patches: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """The share of each image that is not pasted over, the exact lambda: float (n,).

    >>> import numpy as np
    >>> from helpers import cutmix
    >>> cutmix.kept(np.array([[0, 55, 0, 13]]), (275, 13)).tolist()
    [0.8]
    """
    top, bottom, left, right = patches.T
    return 1 - (bottom - top) * (right - left) / (shape[0] * shape[1])


def mix(
    images: np.ndarray, labels: np.ndarray, partners: np.ndarray, patches: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Paste into each image the patch of its partner, and mix their labels by area.

    images (n, frames, coefficients), labels one-hot (n, K), partners int (n,), patches (n, 4) as
    from `boxes`. Returns new arrays of the same shapes; each row of the labels sums to 1. As a
    patch stays in its frames, the images keep their settings.

    >>> import numpy as np
    >>> from helpers import cutmix
    >>> images, labels = np.stack([np.zeros((4, 2)), np.ones((4, 2))]), np.eye(2)
    >>> mixed, shares = cutmix.mix(images, labels, np.array([1, 0]), np.array([[0, 1, 0, 2]] * 2))
    >>> mixed[0].mean().item(), shares[0].tolist()
    (0.25, [0.75, 0.25])
    """
    frames, coefficients = np.arange(images.shape[1]), np.arange(images.shape[2])
    top, bottom, left, right = patches.T[:, :, None]
    inside = ((frames >= top) & (frames < bottom))[:, :, None]
    inside = inside & ((coefficients >= left) & (coefficients < right))[:, None, :]
    share = kept(patches, images.shape[1:])[:, None].astype(labels.dtype)
    mixed = np.where(inside, images[partners], images)
    return features.made_like(images, mixed), share * labels + (1 - share) * labels[partners]


def on_the_fly(
    images: np.ndarray, labels: np.ndarray, rng: np.random.Generator, alpha: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Mix a batch, with a patch and a partner of its own for each image, never itself.

    Shapes as in `mix`. Raises InputError for a batch of one.

    >>> import numpy as np
    >>> from helpers import cutmix
    >>> rng = np.random.default_rng(0)
    >>> mixed, shares = cutmix.on_the_fly(np.zeros((4, 275, 13)), np.eye(4), rng)
    >>> mixed.shape, shares.sum(axis=1).tolist()
    ((4, 275, 13), [1.0, 1.0, 1.0, 1.0])
    """
    n = len(images)
    if n < 2:
        raise InputError("CutMix needs two images at least: there is nothing to mix one with")
    partners = (np.arange(n) + rng.integers(1, n, size=n)) % n
    return mix(images, labels, partners, boxes(n, images.shape[1:], alpha, rng))


def of_the_slides(
    images: np.ndarray, labels: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """The slides' way: under the originals, three copies of the whole set, each mixed at once.

    A copy has one patch for all its images, from Beta(1, 1), Beta(.9, .9) and Beta(.8, .8), and
    its partners are the set in another order. Returns four times as many images and labels.

    >>> import numpy as np
    >>> from helpers import cutmix
    >>> rng = np.random.default_rng(0)
    >>> mixed, shares = cutmix.of_the_slides(np.zeros((4, 275, 13)), np.eye(4), rng)
    >>> mixed.shape, shares.shape
    ((16, 275, 13), (16, 4))
    """
    x, y = [images], [labels]
    for alpha in (1.0, 0.9, 0.8):
        patch = np.repeat(boxes(1, images.shape[1:], alpha, rng), len(images), axis=0)
        mixed = mix(images, labels, rng.permutation(len(images)), patch)
        x.append(mixed[0])
        y.append(mixed[1])
    return np.concatenate(x), np.concatenate(y)
