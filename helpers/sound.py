"""Notes taken apart into overtones, and built from them (chapter 1).

Source: slides "Problem": instruments differ by their overtones.
"""

import functools
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from helpers import audio, baselines, chunks, features, splits, store
from helpers.errors import InputError
from helpers.runs import Run

A3 = 220.0
"""Frequency in Hz of the note that chapter 1 listens to."""


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


def spectrum(wave: np.ndarray, sr: int = audio.SR) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies in Hz and amplitudes of a wave of shape (n,): two arrays of (1 + n // 2,).

    A Hann window keeps a strong partial from spilling over weak ones; a sine of amplitude 1
    gives a peak of 1.
    """
    window = np.hanning(len(wave))
    amplitude = 2 * np.abs(np.fft.rfft(wave * window)) / window.sum()
    return np.fft.rfftfreq(len(wave), 1 / sr), amplitude


def partials(wave: np.ndarray, f0: float = A3, n: int = 12, sr: int = audio.SR) -> np.ndarray:
    """Amplitudes of the first `n` partials of a note, the strongest 1: float (n,).

    Each is the highest value of the spectrum within 4 % of the multiple of `f0` in Hz.
    """
    frequency, amplitude = spectrum(wave, sr)
    found = np.zeros(n)
    for k in range(1, n + 1):
        near = np.abs(frequency - k * f0) < 0.04 * f0
        found[k - 1] = amplitude[near].max(initial=0)
    return found / found.max()


def envelope(wave: np.ndarray, sr: int = audio.SR, seconds: float = 0.01) -> np.ndarray:
    """Loudness over time: the root mean square of each `seconds`, the loudest 1."""
    step = round(seconds * sr)
    pieces = wave[: len(wave) // step * step].reshape(-1, step)
    level = np.sqrt((pieces**2).mean(axis=1))
    return level / level.max()


def pitch_or_timbre(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """Can an SVM tell the instruments apart by their notes alone, or by their spectrum alone?

    The same machine, the same clips kept apart, two descriptions of a chunk: its pitches (the
    lowest, middle and highest tenth and quarter of YIN's estimates) or its averaged MFCC.
    """
    measure = functools.update_wrapper(functools.partial(_describe, clips), _describe)
    for description in ("pitch", "timbre"):
        for fold in range(splits.FOLDS):
            compared = {"description": description, "protocol": "clip"}
            yield Run(compared, {"seed": 0, "fold": fold}, measure)


def _describe(clips: pd.DataFrame, description: str, protocol: str, seed: int, fold: int) -> dict:
    cuts = chunks.draw(clips, baselines.CHUNKS_PER_CLIP * len(clips), seed=seed)
    describe = {"pitch": pitches, "timbre": lambda waves: features.average(features.mfcc(waves))}
    x = describe[description](cuts.waves)
    split = splits.PROTOCOLS[protocol](cuts, seed=seed, fold=fold)
    known = np.concatenate([split.train, split.validation])
    model = baselines.svm().fit(x[known], cuts.label[known])
    return {"accuracy": (model.predict(x[split.test]) == cuts.label[split.test]).mean()}


def pitches(waves: np.ndarray, sr: int = audio.SR) -> np.ndarray:
    """Which notes a chunk holds: (N, samples) gives (N, 5) quantiles of its pitch in semitones.

    The pitch of each 93 ms is YIN's estimate between 35 and 1100 Hz, in semitones above 35 Hz;
    the quantiles are 10, 25, 50, 75 and 90 %.
    """
    import librosa

    lowest = 35.0

    def make():
        f0 = librosa.yin(waves, fmin=lowest, fmax=1100, sr=sr, frame_length=2048)
        shares = np.quantile(12 * np.log2(f0 / lowest), [0.1, 0.25, 0.5, 0.75, 0.9], axis=1)
        return {"pitches": shares.T}

    return store.keep("pitches", {"waves": waves, "sr": sr}, make)["pitches"]
