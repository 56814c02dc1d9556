"""CutMix: exact labels, for any patch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import cutmix
from helpers.errors import InputError

SHAPES = st.tuples(st.integers(1, 40), st.integers(1, 13))
SEEDS = st.integers(0, 10_000)


def told_apart(n, shape):
    """Images whose every pixel says which image it is of, and their one-hot labels."""
    images = np.broadcast_to(np.arange(n, dtype=np.float32)[:, None, None], (n, *shape)).copy()
    return images, np.eye(n, dtype=np.float32)


@settings(max_examples=60, deadline=None)
@given(shape=SHAPES, n=st.integers(2, 9), alpha=st.floats(0.2, 3), seed=SEEDS)
def test_labels_are_the_exact_areas_and_nothing_mixes_with_itself(shape, n, alpha, seed):
    images, labels = told_apart(n, shape)
    mixed, shares = cutmix.on_the_fly(images, labels, np.random.default_rng(seed), alpha)
    assert mixed.shape == images.shape and mixed.dtype == np.float32
    for i in range(n):
        of_each = np.bincount(mixed[i].astype(int).ravel(), minlength=n) / mixed[i].size
        np.testing.assert_allclose(shares[i], of_each, atol=1e-6)
        others = [j for j in range(n) if j != i and of_each[j] > 0]
        assert len(others) <= 1
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_array_equal(images, told_apart(n, shape)[0])  # the originals stay


@settings(max_examples=60, deadline=None)
@given(shape=SHAPES, alpha=st.floats(0.2, 3), seed=SEEDS)
def test_boxes_lie_in_the_image(shape, alpha, seed):
    patches = cutmix.boxes(50, shape, alpha, np.random.default_rng(seed))
    top, bottom, left, right = patches.T
    assert np.all((top >= 0) & (top <= bottom) & (bottom <= shape[0]))
    assert np.all((left >= 0) & (left <= right) & (right <= shape[1]))


def test_the_patch_comes_from_the_partner():
    images, labels = told_apart(2, (4, 3))
    mixed, shares = cutmix.mix(images, labels, np.array([1, 0]), np.array([[1, 3, 0, 2]] * 2))
    np.testing.assert_array_equal(mixed[0], [[0, 0, 0], [1, 1, 0], [1, 1, 0], [0, 0, 0]])
    np.testing.assert_allclose(shares[0], [8 / 12, 4 / 12])


def test_seeds_decide_and_patches_differ_within_a_batch():
    images, labels = told_apart(8, (275, 13))
    first, again, other = (
        cutmix.on_the_fly(images, labels, np.random.default_rng(s))[1] for s in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert len(np.unique(first.max(axis=1))) > 4


def test_the_slides_way_has_one_patch_a_copy():
    images, labels = told_apart(6, (275, 13))
    mixed, shares = cutmix.of_the_slides(images, labels, np.random.default_rng(3))
    assert len(mixed) == len(shares) == 24
    np.testing.assert_array_equal(mixed[:6], images)
    for copy in range(1, 4):
        part = slice(6 * copy, 6 * copy + 6)
        changed = mixed[part] != images
        touched = [c for c in changed if c.any()]
        assert all(np.array_equal(c, touched[0]) for c in touched)
        np.testing.assert_allclose(shares[part].sum(axis=1), 1, atol=1e-6)


def test_bad_arguments():
    images, labels = told_apart(1, (4, 3))
    with pytest.raises(InputError, match="two images"):
        cutmix.on_the_fly(images, labels, np.random.default_rng(0))
    with pytest.raises(InputError, match="alpha is 0"):
        cutmix.boxes(3, (4, 3), 0, np.random.default_rng(0))
