"""Notes taken apart and put together."""

import numpy as np
import pytest

from helpers import audio, dataset, sound
from helpers.errors import InputError


@pytest.mark.parametrize("f0", [110.0, 220.0, 233.08, 440.0])
def test_partials_read_the_recipe_back(f0):
    recipe = np.array([0.5, 1, 0.1, 0, 0.3])
    note = sound.tone(recipe, f0=f0, seconds=2.0)
    np.testing.assert_allclose(sound.partials(note, f0, n=5), recipe, atol=0.03)


def test_a_sine_of_amplitude_one_peaks_at_one():
    wave = np.sin(2 * np.pi * 500 * np.arange(22_050) / 22_050)
    frequency, amplitude = sound.spectrum(wave)
    assert frequency[amplitude.argmax()] == 500
    assert amplitude.max() == pytest.approx(1, abs=1e-3)


def test_a_tone_has_its_length_level_and_attack():
    note = sound.tone([1, 0.5], seconds=1.2, attack=0.3)
    assert note.shape == (round(1.2 * audio.SR),)
    assert note.dtype == np.float32
    assert np.abs(note).max() == pytest.approx(0.5)
    level = sound.envelope(note)
    assert level[14] == pytest.approx(0.5, abs=0.05)  # half-way through the attack
    assert level[40] == pytest.approx(1, abs=0.05)


def test_partials_beyond_half_the_rate_are_left_out():
    note = sound.tone([1, 1, 1], f0=5000.0)
    _, amplitude = sound.spectrum(note)
    strong = np.flatnonzero(amplitude > 0.1 * amplitude.max()) / len(note) * audio.SR
    assert strong.max() < 10_100
    with pytest.raises(InputError, match="no partial sounds"):
        sound.tone([0, 1], f0=6000.0)
    with pytest.raises(InputError, match="no partial sounds"):
        sound.tone([])


def test_the_bundled_notes_are_one_note():
    for instrument in dataset.CLASSES:
        wave = dataset.note(instrument)
        middle = wave[audio.SR // 2 : audio.SR]
        fit = [middle[:-s] @ middle[s:] / (len(middle) - s) for s in range(60, 160)]
        assert 60 + int(np.argmax(fit)) == 100  # 22,050 Hz / 100 = 220.5 Hz


def test_silence_is_named():
    with pytest.raises(InputError, match="nothing sounds at 220"):
        sound.partials(np.zeros(22_050))
    with pytest.raises(InputError, match="envelope"):
        sound.envelope(np.zeros(22_050))
    with pytest.raises(InputError, match="envelope"):
        sound.envelope(np.ones(10))


def test_a_phrase_holds_its_notes_where_it_says_and_rests_between():
    notes = [dataset.note(name) for name in dataset.CLASSES]
    wave, starts = sound.phrase(notes)
    assert len(wave) == 2 * audio.SR
    at = np.round(starts * audio.SR).astype(int)
    for begin in at:
        assert np.abs(wave[begin - round(0.05 * audio.SR) : begin]).max() == 0
        assert np.abs(wave[begin : begin + round(0.3 * audio.SR)]).max() > 0.2


@pytest.mark.parametrize("note", [np.zeros(44_100), np.ones(100)])
def test_a_phrase_refuses_a_note_without_sound(note):
    with pytest.raises(InputError, match=r"note 1 has no sound of 0\.34 s"):
        sound.phrase([dataset.note("Cello"), note])
