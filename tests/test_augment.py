"""Noise has the level that was asked for."""

import numpy as np
import pytest

from helpers import augment


@pytest.mark.parametrize("snr", [20, 0, -6])
def test_noise_has_the_exact_ratio_to_each_wave(snr):
    rng = np.random.default_rng(0)
    waves = (rng.standard_normal((3, 4000)) * [[1.0], [0.1], [0.001]]).astype(np.float32)
    noisy = augment.noise(waves, snr, rng)
    added = noisy - waves
    ratio = (waves**2).mean(axis=1) / (added**2).mean(axis=1)
    np.testing.assert_allclose(10 * np.log10(ratio), snr, atol=0.05)
    assert noisy.dtype == np.float32


def test_noise_is_seeded_and_silence_stays_silent():
    waves = np.stack([np.sin(np.arange(1000)), np.zeros(1000)]).astype(np.float32)
    one, again, other = (augment.noise(waves, 10, np.random.default_rng(s)) for s in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)
    assert not one[1].any()
