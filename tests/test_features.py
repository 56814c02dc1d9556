"""MFCC images: equal to librosa's, whatever stands beside a chunk in the batch."""

import librosa
import numpy as np
import pytest
import scipy.fft
from threadpoolctl import threadpool_info

from helpers import chunks, dataset, features
from helpers.errors import InputError


def of_librosa(wave, **other):
    settings = {"n_fft": 512, "win_length": 400, "hop_length": 160, "n_mels": 26, "n_mfcc": 13}
    settings |= other
    before = (settings["n_fft"] - settings["win_length"]) // 2
    padded = np.pad(wave, (before, 252 - before))
    return librosa.feature.mfcc(y=padded, sr=22_050, center=False, **settings).T


@pytest.fixture(scope="module")
def waves():
    """Real signals of the bundled clips, and levels from full scale to almost nothing."""
    clips = dataset.drop_shorter(dataset.load("demo"), seconds=2.0)
    waves = chunks.draw(clips.iloc[::15], 20, seed=0).waves
    return waves * np.logspace(0, -4, 20, dtype=np.float32)[:, None]


def test_equals_librosa_with_unequal_levels(waves):
    ours = features.mfcc(waves)
    assert ours.shape == (20, 275, 13)
    assert ours.dtype == np.float32
    np.testing.assert_allclose(ours, [of_librosa(wave) for wave in waves], atol=1e-3)


@pytest.mark.parametrize("other", [{"n_mels": 40}, {"n_mfcc": 26}, {"win_length": 512}])
def test_equals_librosa_with_other_settings(waves, other):
    theirs = of_librosa(waves[0], **other)
    ours = features.mfcc(waves[0], **other)
    np.testing.assert_allclose(ours[:274], theirs[:274], atol=1e-3)


@pytest.mark.parametrize("top_db", [40, 80])
def test_the_floor_lies_as_far_down_as_it_is_set(top_db):
    power = np.logspace(0, -9, 10)[:, None]
    level = features.decibels(power, features.Settings(top_db=top_db))
    np.testing.assert_allclose(level[:, 0], np.maximum(-10.0 * np.arange(10), -top_db))


@pytest.mark.parametrize("signal", ["silence", "click", "noise"])
def test_equals_librosa_on_odd_signals(signal):
    wave = np.zeros(44_100, np.float32)
    if signal == "click":
        wave[20_000] = 1
    if signal == "noise":
        wave[:] = np.random.default_rng(0).uniform(-1, 1, 44_100)
    np.testing.assert_allclose(features.mfcc(wave), of_librosa(wave), atol=1e-3)


def test_a_batch_and_a_single_chunk_agree(waves, two_threads):
    np.testing.assert_array_equal(features.mfcc(waves)[7], features.mfcc(waves[7]))


def test_every_batch_has_one_thread_of_matrix_products(waves, monkeypatch, two_threads):
    features._blas.cache_clear()  # as in a process that has made no image yet
    computed, seen = features._mfcc_batch, []

    def told(*given):
        libraries = threadpool_info()
        seen.extend(each["num_threads"] for each in libraries if each["user_api"] == "blas")
        return computed(*given)

    monkeypatch.setattr(features, "_mfcc_batch", told)
    monkeypatch.setattr(features, "BATCH", 1)
    features.in_batches(waves)
    assert len(seen) >= len(waves) and set(seen) == {1}


def test_many_waves_are_computed_once(waves, monkeypatch):
    first = features.mfcc(waves)
    other_waves, other_settings = features.mfcc(waves[::-1]), features.mfcc(waves, n_mfcc=5)
    monkeypatch.setattr(scipy.fft, "rfft", None)  # from here on the cache must serve
    np.testing.assert_array_equal(features.mfcc(waves), first)
    np.testing.assert_allclose(other_waves, first[::-1], atol=1e-3)
    np.testing.assert_allclose(other_settings, first[:, :, :5], atol=1e-3)


def test_no_frame_begins_after_the_sound():
    assert features.Settings(hop_length=441).n_frames(44_100) == 100
    image = features.mfcc(np.random.default_rng(0).uniform(-1, 1, 44_100), hop_length=441)
    assert image[-1, 0] > image[:, 0].mean() - 60


@pytest.mark.parametrize(
    ("samples", "frames"), [(1, 1), (400, 1), (401, 2), (560, 2), (44_100, 275)]
)
def test_frame_counts(samples, frames):
    assert features.Settings().n_frames(samples) == frames
    assert features.mfcc(np.ones((1, samples), np.float32)).shape == (1, frames, 13)


def test_the_average_is_over_time():
    images = np.arange(2 * 275 * 13).reshape(2, 275, 13)
    assert features.average(images).shape == (2, 13)
    np.testing.assert_allclose(features.average(images)[1, 4], images[1, :, 4].mean())


def test_one_hot():
    rows = features.one_hot(np.array([2, 0]), 3)
    np.testing.assert_array_equal(rows, [[0, 0, 1], [1, 0, 0]])
    with pytest.raises(InputError, match="0 to 2"):
        features.one_hot(np.array([3]), 3)


def test_the_scaler_knows_the_training_part_alone():
    rng = np.random.default_rng(0)
    train = rng.normal([-200, 0, 5], [30, 9, 1], size=(20, 50, 3)).astype(np.float32)
    scale = features.Scaler.fit(train)
    scaled = scale(train)
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(scaled.mean(axis=(0, 1)), 0, atol=1e-4)
    np.testing.assert_allclose(scaled.std(axis=(0, 1)), 1, atol=1e-4)
    np.testing.assert_allclose(scale(train[:1] + 7), (train[:1] + 7 - scale.mean) / scale.spread)
    with pytest.raises(InputError, match="empty"):
        features.Scaler.fit(train[:0])
    train[..., 1] = 3
    with pytest.raises(InputError, match="coefficient 1 is the same"):
        features.Scaler.fit(train)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"n_mfcc": 27}, "26"),
        ({"win_length": 600}, "n_fft"),
        ({"hop_length": 0}, "hop_length is 0"),
        ({"n_mels": 2.5}, "n_mels is 2.5"),
    ],
)
def test_settings_that_do_not_fit(settings, says):
    with pytest.raises(InputError, match=says):
        features.mfcc(np.zeros(44_100), **settings)


def test_bad_waves():
    with pytest.raises(InputError, match="int16"):
        features.mfcc(np.zeros(44_100, np.int16))
    with pytest.raises(InputError, match="NaN"):
        features.mfcc(np.full(44_100, np.nan))
    with pytest.raises(InputError, match="shape"):
        features.mfcc(np.zeros((2, 3, 4)))
    with pytest.raises(InputError, match="shape"):
        features.mfcc(np.zeros((2, 0)))


@pytest.mark.parametrize(
    "sizes", [{}, {"n_fft": 2048, "n_mels": 128}, {"sr": 8000, "n_mels": 40}, {"sr": 1000}]
)
@pytest.mark.filterwarnings("ignore:Empty filters")
def test_filters_and_window_are_those_of_the_libraries(sizes):
    chosen = features.Settings(**sizes)
    mel = librosa.filters.mel(sr=chosen.sr, n_fft=chosen.n_fft, n_mels=chosen.n_mels)
    np.testing.assert_array_equal(features.mel_filters(chosen), mel)
    hann = librosa.filters.get_window("hann", chosen.win_length)
    np.testing.assert_allclose(features.window(chosen), hann, atol=1e-7)


def test_mel_bands_that_hold_nothing_are_told():
    with pytest.warns(UserWarning, match="16 of 200 mel bands .* larger n_fft or fewer n_mels"):
        features.mel_filters(features.Settings(n_mels=200))
