"""Checks for the exercises (chapter sound)."""

from collections.abc import Callable

import numpy as np

from helpers.exercises.checking import NotYet, ask, checker


@checker
def audible_partials(answer: Callable[[float, float], int]) -> str:
    """How many partials of a note at f0 Hz lie below half the sampling rate.

    >>> from helpers import exercises
    >>> exercises.audible_partials(lambda f0, sr: sr // f0)
    Not yet. For f0 = 220 Hz and sr = 22050 Hz you say 100, but there are fewer. The fundamental
    is partial 1, and the limit is sr / 2.
    """
    for f0, sr, expected in ((220, 22_050, 50), (1000, 22_050, 11), (6000, 22_050, 1)):
        given = ask(answer, f0, sr)
        if given != expected:
            more = "more" if given < expected else "fewer"
            raise NotYet(
                f"For f0 = {f0} Hz and sr = {sr} Hz you say {given}, but there are {more}. "
                "The fundamental is partial 1, and the limit is sr / 2."
            )
    if ask(answer, 2205, 22_050) != 4:
        raise NotYet(
            "For f0 = 2205 Hz partial 5 lies exactly at sr / 2, where samples cannot carry it. "
            "Count only those below."
        )
    return "A low note keeps many partials, a high one few: at 6 kHz only the fundamental is left."


@checker
def hollow_recipe(answer: Callable[[int], np.ndarray]) -> str:
    """Amplitudes of n partials, odd ones 1 / k and even ones silent.

    >>> from helpers import exercises
    >>> exercises.hollow_recipe(lambda n: [1 / k for k in range(1, n + 1)])
    Not yet. Some even partial still sounds. Partial k stands at position k - 1, so the even
    ones are at positions 1, 3 and 5.
    """
    given = np.asarray(ask(answer, 7), float)
    if given.shape != (7,):
        raise NotYet(f"For n = 7 return 7 numbers; yours has the shape {given.shape}.")
    if np.any(given[1::2] != 0):
        raise NotYet(
            "Some even partial still sounds. Partial k stands at position k - 1, so the even ones "
            "are at positions 1, 3 and 5."
        )
    if not np.allclose(given[::2], [1, 1 / 3, 1 / 5, 1 / 7]):
        raise NotYet(f"The odd partials should be 1, 1/3, 1/5, 1/7; yours are {given[::2]}.")
    if len(ask(answer, 4)) != 4:
        raise NotYet("For n = 4 return 4 numbers.")
    return "With ever more partials this wave becomes a square."
