"""Checks for the exercises (chapter dataset)."""

from collections.abc import Callable

import numpy as np

from helpers import chunks
from helpers.exercises.checking import NotYet, ask, checker


@checker
def random_start(answer: Callable[[int, np.random.Generator], int]) -> str:
    """A uniform start, in samples, for a 2 s chunk in a clip of `samples`.

    >>> from helpers import exercises
    >>> exercises.random_start(lambda samples, rng: samples)
    Not yet. A clip of exactly 44,100 samples has one possible start: 0.
    """
    rng = np.random.default_rng(0)
    if ask(answer, chunks.SAMPLES, rng) != 0:
        raise NotYet("A clip of exactly 44,100 samples has one possible start: 0.")
    starts = np.array([int(ask(answer, chunks.SAMPLES + 9, rng)) for _ in range(500)])
    if starts.min() < 0 or starts.max() > 9:
        raise NotYet(
            f"In a clip of 44,109 samples you start at {starts[np.abs(starts - 4.5).argmax()]}, "
            "and the chunk leaves the clip. Starts 0 to 9 fit."
        )
    missing = sorted(set(range(10)) - set(starts.tolist()))
    if missing:
        raise NotYet(
            f"In 500 draws from a clip of 44,109 samples you never start at {missing[-1]}. "
            "Starts 0 to 9 all fit: mind whether the end of a range is included."
        )
    counts = np.bincount(starts, minlength=10)
    if counts.max() > 100:
        raise NotYet(f"Start {counts.argmax()} comes too often; all should be equally likely.")
    return "All starts are equally likely, and a clip of exactly 2 s keeps its one chunk."


@checker
def never_drawn(answer: Callable[[int, int], float]) -> str:
    """The expected share of clips that n uniform draws never touch.

    >>> from helpers import exercises
    >>> exercises.never_drawn(lambda clips, draws: 1 - draws / clips)
    Not yet. For 10 clips and 5 draws you say 0.500. One draw misses a clip with probability 1 -
    1/10; 5 draws must all miss it.
    """
    for clips, draws in ((2, 1), (10, 5), (300, 600)):
        given = float(ask(answer, clips, draws))
        expected = (1 - 1 / clips) ** draws
        if not np.isclose(given, expected, atol=1e-3):
            raise NotYet(
                f"For {clips} clips and {draws} draws you say {given:.3f}. One draw misses a clip "
                f"with probability 1 - 1/{clips}; {draws} draws must all miss it."
            )
    return "With two draws a clip, one clip in seven is never heard."
