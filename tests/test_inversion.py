"""Images turned back into sound: as loud as what they were made of, and without clicks."""

import numpy as np
import pytest

from helpers import audio, chunks, dataset, features, inversion
from helpers.errors import InputError


@pytest.fixture(scope="module")
def clear():
    return chunks.examples(dataset.drop_shorter(dataset.load("demo"), seconds=2.0))


@pytest.mark.parametrize("k", range(5))
def test_an_image_sounds_as_loud_as_its_chunk_and_without_clicks(clear, k):
    wave = clear.waves[k]
    heard = inversion.heard(features.mfcc(wave))
    assert abs(len(heard) - len(wave)) < 200 and heard.dtype == np.float32
    assert abs(audio.level(heard) - audio.level(wave)) < 3
    energy = np.square(heard, dtype=float)
    assert np.convolve(energy, np.ones(110)).max() < 0.1 * energy.sum()
    ends = np.abs(np.concatenate([heard[:20], heard[-20:]]))
    assert ends.max() < 0.01


def test_the_course_of_the_level_stays(clear):
    wave = clear.waves[0]
    heard = inversion.heard(features.mfcc(wave))[: len(wave)]
    level = [audio.level(w.reshape(20, -1)) for w in (wave, heard)]
    assert np.corrcoef(*level)[0, 1] > 0.8


def test_an_image_of_unknown_settings_is_refused():
    with pytest.raises(InputError, match="how these images were made"):
        inversion.heard(np.zeros((275, 13)))
