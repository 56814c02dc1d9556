"""Notes taken apart into overtones, built from them, and played in a row (chapters sound and cnn).

Source: slides "Problem": instruments differ by their overtones.
"""

from collections.abc import Sequence

import numpy as np

from helpers import audio
from helpers.errors import InputError

A3 = 220.0
"""Frequency in Hz of the note that chapter sound listens to."""

PLACE, REST = 0.4, 0.06
"""Seconds from one note of a phrase to the next, and of them the silent ones before it sounds."""

STEP = 0.01
"""Seconds of which an envelope has one value."""


def tone(
    amplitudes: Sequence[float],
    f0: float = A3,
    seconds: float = 1.5,
    attack: float = 0.02,
    sr: int = audio.SR,
) -> np.ndarray:
    """A note built from partials: float32 (seconds * sr,), its peak at 0.5.

    `amplitudes[k]` belongs to the frequency (k + 1) * f0 in Hz; partials from half the sampling
    rate on are left out, since samples cannot carry them. The note swells for `attack` seconds
    and ends with a fade of 50 ms. Raises InputError where no partial sounds.

    >>> from helpers import sound
    >>> wave = sound.tone([1, 0, 0.5], f0=220, seconds=0.5)
    >>> wave.shape, wave.dtype, float(abs(wave).max())
    ((11025,), dtype('float32'), 0.5)
    """
    t = np.arange(round(seconds * sr)) / sr
    wave = np.zeros(len(t))
    for k, amplitude in enumerate(amplitudes, start=1):
        if k * f0 < sr / 2:
            wave += amplitude * np.sin(2 * np.pi * k * f0 * t)
    if not np.abs(wave).max(initial=0) > 0:
        raise InputError("no partial sounds: give an amplitude other than 0 below sr / 2")
    wave *= np.minimum(1, t / max(attack, 1 / sr)) * np.minimum(1, (seconds - t) / 0.05)
    return (0.5 * wave / np.abs(wave).max()).astype(np.float32)


def phrase(notes: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Notes of shape (n,) one after the other, .4 s each, and where each begins, in seconds.

    Each is played from where it first reaches a tenth of its peak, at the same peak, after a rest
    of .06 s; it ends with a fade of 45 ms. Raises InputError for a note without sound or shorter
    than its place.

    >>> from helpers import dataset, sound
    >>> wave, starts = sound.phrase([dataset.note(name) for name in dataset.CLASSES])
    >>> len(wave), starts.round(2).tolist()
    (44100, [0.06, 0.46, 0.86, 1.26, 1.66])
    """
    length, silent = round(PLACE * audio.SR), round(REST * audio.SR)
    fade = np.minimum(1, np.arange(length - silent)[::-1] / (0.045 * audio.SR))
    played = []
    for i, note in enumerate(notes):
        peak = np.abs(note).max(initial=0)
        begin = int(np.argmax(np.abs(note) >= 0.1 * peak))
        heard = note[begin:][: length - silent]
        if not peak > 0 or len(heard) < length - silent:
            raise InputError(f"note {i} has no sound of {PLACE - REST:g} s; give a longer one")
        played.append(np.pad(0.5 * heard / peak * fade, (silent, 0)))
    starts = (np.arange(len(notes)) * length + silent) / audio.SR
    return np.concatenate(played).astype(np.float32), starts


def spectrum(wave: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies in Hz and amplitudes of a wave of shape (n,): two arrays of (1 + n // 2,).

    A Hann window keeps a strong partial from spilling over weak ones; a sine of amplitude 1
    gives a peak of 1 where its frequency is one of those returned, and of .85 halfway between two.

    >>> from helpers import sound
    >>> frequency, amplitude = sound.spectrum(sound.tone([1.0], f0=440, seconds=1.0))
    >>> float(frequency[amplitude.argmax()])
    440.0
    """
    window = np.hanning(len(wave))
    amplitude = 2 * np.abs(np.fft.rfft(wave * window)) / window.sum()
    return np.fft.rfftfreq(len(wave), 1 / audio.SR), amplitude


def partials(wave: np.ndarray, f0: float = A3, n: int = 12) -> np.ndarray:
    """Amplitudes of the first `n` partials of a note, the strongest 1: float (n,).

    Each is the highest value of the spectrum within 4 % of the multiple of `f0` in Hz. Raises
    InputError where nothing sounds there.

    >>> from helpers import sound
    >>> sound.partials(sound.tone([1, 0, 0.5]), n=3).round(1).tolist()
    [1.0, 0.0, 0.5]
    """
    frequency, amplitude = spectrum(wave)
    found = np.zeros(n)
    for k in range(1, n + 1):
        near = np.abs(frequency - k * f0) < 0.04 * f0
        found[k - 1] = amplitude[near].max(initial=0)
    if not found.max() > 0:
        raise InputError(f"nothing sounds at {f0} Hz and its multiples")
    return found / found.max()


def envelope(wave: np.ndarray) -> np.ndarray:
    """Loudness over time: the root mean square of each 10 ms, the loudest 1.

    Raises InputError for a wave that is silent or shorter than that.

    >>> from helpers import sound
    >>> level = sound.envelope(sound.tone([1.0], seconds=1.0, attack=0.5))
    >>> level.shape, bool(level[10] < level[40])
    ((100,), True)
    """
    step = round(STEP * audio.SR)
    if len(wave) < step or not np.any(wave):
        raise InputError(f"an envelope needs {STEP} s of sound at least")
    pieces = wave[: len(wave) // step * step].reshape(-1, step)
    level = np.sqrt((pieces**2).mean(axis=1))
    return level / level.max()
