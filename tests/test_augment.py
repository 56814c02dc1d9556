"""Chunks as other recordings: seeded, of the same length, silence stays silence, exact noise."""

import numpy as np
import pytest
import scipy.signal

from helpers import audio, augment
from helpers.errors import InputError

SAMPLES = 44_100
UNCHANGED = augment.Variation(
    speed_share=0,
    cut_share=0,
    octave_db=0,
    tilt_db=0,
    limit_share=0,
    room_share=0,
    noise_share=0,
    level_db=0,
)


def but(**changes):
    return augment.Variation(**vars(UNCHANGED) | changes)


def tones(n=3, hz=440.0):
    """A fading tone, the same in each of `n` chunks, its peak at nearly 1."""
    t = np.arange(SAMPLES) / audio.SR
    return np.tile(np.sin(2 * np.pi * hz * t) * np.exp(-t), (n, 1)).astype(np.float32)


def pitch(wave):
    """The strongest frequency in Hz."""
    return np.abs(np.fft.rfft(wave * np.hanning(len(wave)))).argmax() * audio.SR / len(wave)


def changed(settings, n=12, seed=0):
    return augment.recorded_otherwise(tones(n), np.random.default_rng(seed), settings)


def test_shape_type_and_range():
    waves = tones()
    before = waves.copy()
    varied = augment.recorded_otherwise(waves, np.random.default_rng(0))
    assert varied.shape == waves.shape and varied.dtype == np.float32
    assert np.isfinite(varied).all() and np.abs(varied).max() <= 1.0001
    np.testing.assert_array_equal(waves, before)
    assert augment.recorded_otherwise(waves[:0], np.random.default_rng(0)).shape == (0, SAMPLES)


def test_the_generator_decides_and_each_chunk_draws_its_own():
    first, again, other = (changed(augment.Variation(), seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)
    assert not np.allclose(first[0], first[1])


def test_two_calls_with_one_generator_differ():
    rng = np.random.default_rng(0)
    assert not np.allclose(*(augment.recorded_otherwise(tones(1), rng) for _ in range(2)))


def test_with_nothing_to_change_only_the_level_does():
    waves = tones()
    peaks = np.abs(waves).max(axis=1, keepdims=True)
    np.testing.assert_allclose(changed(UNCHANGED, 3), waves / peaks, atol=1e-5)
    quiet = np.abs(changed(but(level_db=35.0), 40)).max(axis=1)
    assert 10 ** (-35 / 20) <= quiet.min() < 0.05 and 0.5 < quiet.max() <= 1.0001


def test_speed_moves_the_pitch_no_further_than_asked():
    heard = np.array([pitch(w) for w in changed(but(speed_share=1, semitones=4.0), 30)])
    moved = 12 * np.log2(heard / 440)
    assert -4.05 < moved.min() < -2 and 2 < moved.max() < 4.05


def test_a_part_keeps_its_place_in_silence():
    parts = changed(but(cut_share=1), 30)
    sounding = (np.abs(parts) > 1e-4).mean(axis=1)
    assert 0.29 < sounding.min() < 0.6 and sounding.max() <= 1
    begins = np.array([np.flatnonzero(np.abs(part) > 1e-4)[0] for part in parts])
    assert (begins < 100).any() and (begins > 2000).any()


def test_a_room_rings_on():
    click = np.zeros((20, SAMPLES), np.float32)
    click[:, 100] = 1
    rung = augment.recorded_otherwise(click, np.random.default_rng(0), but(room_share=1))
    later = np.square(rung[:, 1000:]).sum(axis=1)
    assert (later > 1e-4).mean() > 0.7
    assert np.abs(rung[:, :90]).max() < 1e-3  # the filters do not ring before the sound


def test_filters_colour_the_spectrum_and_leave_the_pitch():
    hiss = np.random.default_rng(0).standard_normal((1, SAMPLES)).astype(np.float32)
    hiss = np.repeat(hiss, 8, axis=0)
    coloured = augment.recorded_otherwise(
        hiss, np.random.default_rng(1), but(octave_db=5.0, tilt_db=2.5, limit_share=0.5)
    )
    _, power = scipy.signal.welch(coloured, audio.SR)
    levels = 10 * np.log10(power[:, 5:60])
    assert np.ptp(levels, axis=1).min() > 6
    assert all(abs(pitch(w) - 440) < 1 for w in changed(but(octave_db=5.0, tilt_db=2.5)))


def test_noise_has_exactly_the_ratio_asked_for_in_each_chunk():
    waves = tones(4) * np.array([[1], [0.1], [0.01], [0.0]], np.float32)
    for snr_db in (20, 10, 0):
        noisy = augment.noise(waves, snr_db, np.random.default_rng(0))
        assert noisy.dtype == np.float32
        power = np.square(waves, dtype=float).mean(axis=1)
        added = np.square(noisy.astype(float) - waves).mean(axis=1)
        np.testing.assert_allclose(10 * np.log10(power[:3] / added[:3]), snr_db, atol=0.01)
        assert not noisy[3].any()
    again = augment.noise(waves, 0, np.random.default_rng(0))
    np.testing.assert_array_equal(noisy, again)


@pytest.mark.parametrize("length", [1, 200, SAMPLES])
def test_silence_and_single_samples_stay_finite(length):
    silence = np.zeros((2, length), np.float32)
    assert not augment.recorded_otherwise(silence, np.random.default_rng(0)).any()
    full = augment.recorded_otherwise(silence + 0.5, np.random.default_rng(0))
    assert np.isfinite(full).all()


@pytest.mark.parametrize("waves", [np.zeros(10, np.float32), np.zeros((2, 10), int)])
def test_other_shapes_and_integers_are_refused(waves):
    for change in (augment.recorded_otherwise, lambda w, rng: augment.noise(w, 10, rng)):
        with pytest.raises(InputError, match=r"give floats \(N, samples\)"):
            change(waves, np.random.default_rng(0))


def test_noisy_copies_stand_under_the_chunks_and_draw_their_own_ratios():
    waves = tones(6)
    both, labels = augment.with_noisy(waves, np.arange(6), np.random.default_rng(0), (5, 25))
    np.testing.assert_array_equal(both[:6], waves)
    np.testing.assert_array_equal(labels, [*range(6), *range(6)])
    added = np.square(both[6:].astype(float) - waves).mean(axis=1)
    ratio = 10 * np.log10(np.square(waves, dtype=float).mean(axis=1) / added)
    assert 5 <= ratio.min() < ratio.max() <= 25 and np.ptp(ratio) > 3


def test_rumble_is_deep_and_has_the_ratio_asked_for():
    waves = tones(3)
    deep = augment.rumble(waves, 10, np.random.default_rng(0)) - waves
    ratio = np.square(waves, dtype=float).mean(axis=1) / np.square(deep, dtype=float).mean(axis=1)
    np.testing.assert_allclose(10 * np.log10(ratio), 10, atol=0.02)
    frequency, power = scipy.signal.welch(deep, audio.SR, nperseg=8192)
    assert (power[:, frequency < 300].sum(axis=1) > 0.9 * power.sum(axis=1)).all()


def test_each_kind_of_change_changes_what_it_says_and_can_be_heard():
    kinds = {
        name: augment.recorded_otherwise(tones(12), np.random.default_rng(0), kind)
        for name, kind in augment.KINDS.items()
    }
    for name, waves in kinds.items():
        assert (audio.level(waves) > -45).all() and np.isfinite(waves).all(), name
    heard = {name: np.array([pitch(w) for w in waves]) for name, waves in kinds.items()}
    assert np.ptp(heard["pitch"]) > 50
    assert all(np.ptp(heard[name]) < 2 for name in ("noise", "level", "filter", "room"))
    assert np.ptp(audio.level(kinds["level"])) > 10
