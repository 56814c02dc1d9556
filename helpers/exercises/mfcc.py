"""Checks for the exercises (chapter mfcc)."""

from collections.abc import Callable

import numpy as np

from helpers import chunks, features
from helpers.exercises.checking import NotYet, ask, checker


@checker
def frame_count(answer: Callable[[int, int, int], int]) -> str:
    """Frames of `win` samples every `hop` in so many samples, the last one padded.

    >>> from helpers import exercises
    >>> exercises.frame_count(lambda samples, win, hop: samples // hop)
    Not yet. 400 samples, frames of 400 every 160: you say 2. One frame covers the start; then
    count the hops that are begun, the last one rounded up.
    """
    book = features.Settings()
    of_chunk = (chunks.SAMPLES, book.win_length, book.hop_length)
    cases = (of_chunk, (400, 400, 160), (401, 400, 160), (560, 400, 160), (100, 400, 160))
    for samples, win, hop in cases:
        expected = features.Settings(win_length=win, hop_length=hop).n_frames(samples)
        given = ask(answer, samples, win, hop)
        if given != expected:
            raise NotYet(
                f"{samples} samples, frames of {win} every {hop}: you say {given}. One frame "
                "covers the start; then count the hops that are begun, the last one rounded up."
            )
    frames = book.n_frames(chunks.SAMPLES)
    return f"{chunks.SAMPLES:,} samples give {frames} frames: one, and {frames - 1} more."


@checker
def decibels_of_each(answer: Callable[[np.ndarray], np.ndarray]) -> str:
    """Power (N, frames, bands) in dB, floored 80 dB under the loudest of each chunk.

    >>> from helpers import exercises
    >>> exercises.decibels_of_each(lambda power: power[0])
    Not yet. The result should keep the shape (2, 4, 6); yours is (4, 6).
    """
    loud = np.logspace(-12, 0, 24).reshape(4, 6)
    power = np.stack([loud, loud * 1e-6])
    given = np.asarray(ask(answer, power.copy()))
    if given.shape != power.shape:
        raise NotYet(f"The result should keep the shape {power.shape}; yours is {given.shape}.")
    expected = features.decibels(power)
    if np.allclose(given, expected, atol=1e-6):
        return "A quiet chunk keeps its detail beside a loud one."
    if np.allclose(given[0], expected[0], atol=1e-6):
        raise NotYet(
            "The loud chunk is right, the quiet one is not: your floor is 80 dB under the loudest "
            "of the whole batch. Take the maximum over the last two axes, with keepdims=True."
        )
    if np.allclose(given, 10 * np.log10(np.maximum(power, 1e-10)), atol=1e-6):
        raise NotYet("The dB are right, the floor is missing: nothing lies 80 dB under the peak.")
    raise NotYet("Decibels of a power are 10 * log10(power), with power raised to at least 1e-10.")
