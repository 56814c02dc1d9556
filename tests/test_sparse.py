"""The listener's network with zeros, and in 8 bits."""

import numpy as np
import pytest

from helpers import features, models, pruning, sparse, today
from helpers.errors import InputError


@pytest.fixture(scope="module")
def network():
    design = today.Design((4, 8), cepstra=13, units=16)
    return today.Classifier(today.build(design, 2), design, ("Cello", "Flute"))


@pytest.fixture(scope="module")
def known():
    """Some images, and labels, one-hot."""
    images = np.random.default_rng(0).normal(size=(64, *today.SETTINGS.shape(44_100)))
    return images.astype(np.float16), features.one_hot(np.arange(64) % 2, 2)


@pytest.mark.parametrize("sparsity", [0.0, 0.8])
def test_large_kernels_get_their_zeros_and_the_rest_learns_on(network, known, sparsity):
    before = network.model.get_weights()
    cut = sparse.pruned(network, *known, sparsity)
    for name, kernel in pruning.kernels(network).items():
        zeros = np.asarray(cut.model.get_layer(name).kernel) == 0
        assert zeros.mean() == pytest.approx(sparsity, abs=1 / kernel.size)
    small = pruning.kernels(cut, "all").keys() - pruning.kernels(cut).keys()
    assert small and all(np.all(pruning.kernels(cut, "all")[name]) for name in small)
    bias = np.asarray(cut.model.get_layer("dense1").bias)
    assert np.abs(bias - np.asarray(network.model.get_layer("dense1").bias)).max() > 1e-4
    for one, other in zip(before, network.model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)  # the given network stays as it is


def test_all_zeros_are_refused(network, known):
    with pytest.raises(InputError, match="sparsity is 1"):
        sparse.pruned(network, *known, 1)


def test_every_kernel_is_rounded_within_half_a_step_and_keeps_its_zeros():
    rng = np.random.default_rng(0)
    kernel = rng.normal(size=(3, 3, 4, 8)) * (rng.random((3, 3, 4, 8)) > 0.5)
    kernel[..., 0] = 0
    whole, count = sparse.in_8_bits(kernel)
    assert whole.dtype == np.int8 and count.shape == (8,)
    assert (np.abs(whole).max(axis=(0, 1, 2))[1:] == sparse.STEPS).all()
    assert (np.abs(whole * count - kernel) <= count / 2 * 1.0001).all()
    assert (whole[kernel == 0] == 0).all()
    again, same = sparse.in_8_bits(whole * count)
    np.testing.assert_array_equal(again, whole)
    np.testing.assert_allclose(same, count, rtol=1e-6)


def test_the_listener_is_in_8_bits():
    network, _ = models.load("listener")
    for name, kernel in pruning.kernels(network, "all").items():
        apart = np.abs(np.multiply(*sparse.in_8_bits(kernel)) - kernel)
        assert (apart <= 2**-10 * np.abs(kernel).max()).all(), name  # it is saved in 16 bits
