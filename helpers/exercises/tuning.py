"""Checks for the exercises (chapter tuning)."""

import math
from collections.abc import Callable

import numpy as np

from helpers.exercises.checking import NotYet, ask, checker


@checker
def space_size(answer: Callable[[dict], int]) -> str:
    """How many networks a search space holds.

    >>> from helpers import exercises
    >>> exercises.space_size(lambda space: sum(len(values) for values in space.values()))
    Not yet. For parameters of 2, 3, 4 values you add. Every value of one goes with every value
    of the others.
    """
    for space in ({"units": (8, 16, 32)}, {"a": (1, 2), "b": (1, 2, 3), "c": (5, 6, 7, 8)}):
        sizes = [len(values) for values in space.values()]
        given = ask(answer, space)
        if given == sum(sizes) != math.prod(sizes):
            raise NotYet(
                f"For parameters of {', '.join(map(str, sizes))} values you add. Every value of "
                "one goes with every value of the others."
            )
        if given != math.prod(sizes):
            raise NotYet(
                f"Parameters of {', '.join(map(str, sizes))} values: you say {given}. How many "
                "values has the first, and how many of the next go with each?"
            )
    return "Each parameter multiplies, which is why ten of them are a million networks."


@checker
def best_after_each(answer: Callable[[list], list]) -> str:
    """The best score so far after each trial; nan is a failure and counts as 0.

    >>> from helpers import exercises
    >>> exercises.best_after_each(lambda scores: max(scores))
    Not yet. For 4 scores return as many; yours is ().
    """
    for scores in ([0.3, 0.2, 0.5, 0.4], [math.nan, 0.2, math.nan, 0.1]):
        given = np.asarray(ask(answer, list(scores)), float)
        if given.shape != (len(scores),):
            raise NotYet(f"For {len(scores)} scores return as many; yours is {given.shape}.")
        if np.isnan(given).any():
            raise NotYet(f"For {scores} a failed trial, nan, becomes your best. Count it as 0.")
        if not np.allclose(given, np.maximum.accumulate(np.nan_to_num(scores))):
            raise NotYet(
                f"For {scores} you return {given.tolist()}. After each trial the best so far is "
                "the larger of its score and the best before."
            )
    return "It never falls: more budget can only find better scores, which is not better networks."
