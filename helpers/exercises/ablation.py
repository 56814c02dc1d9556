"""Checks for the exercises (chapter ablation)."""

from collections.abc import Callable

import numpy as np

from helpers import cnn, uncertainty
from helpers.exercises.checking import NotYet, ask, checker


@checker
def flat_inputs(answer: Callable[[int, tuple, str], int]) -> str:
    """How many numbers reach the first dense layer from an image of the book's.

    >>> from helpers import exercises
    >>> exercises.flat_inputs(lambda filters, sides, padding: 275 * 13)
    Not yet. For 16 filters, sides (1, 5, 1) and padding 'same' you say 3575. That is one map;
    each filter makes one.
    """
    frames, n = cnn.SHAPE
    cases = (
        ((16, (1, 5, 1), "same"), 16 * frames * n),
        ((16, (1, 5, 1), "valid"), 16 * (frames - 4) * (n - 4)),
        ((8, (3, 3), "valid"), 8 * (frames - 4) * (n - 4)),
    )
    for (filters, sides, padding), expected in cases:
        given = ask(answer, filters, sides, padding)
        if given == expected:
            continue
        told = f"For {filters} filters, sides {sides} and padding {padding!r} you say {given}."
        if given == filters * frames * n:
            raise NotYet(f"{told} With 'valid' a kernel must fit in: how much does each take away?")
        if given * filters == expected:
            raise NotYet(f"{told} That is one map; each filter makes one.")
        raise NotYet(f"{told} A kernel of side 5 leaves 4 frames and 4 coefficients fewer.")
    return "With 'valid' padding the first dense layer of the book's network loses a third."


@checker
def paired(answer: Callable[[list, list], tuple]) -> str:
    """Mean and standard error of the differences between two variants, run by run.

    >>> from helpers import exercises
    >>> exercises.paired(lambda first, second: 0.05)
    Not yet. Return two numbers, the mean and its standard error; yours is 0.05.
    """
    first, second = [0.80, 0.70, 0.90], [0.75, 0.68, 0.82]
    found = uncertainty.paired(first, second)
    given = np.asarray(ask(answer, first, second), float)
    if given.shape != (2,):
        raise NotYet(f"Return two numbers, the mean and its standard error; yours is {given}.")
    mean, error = given
    if np.isclose(mean, -found.mean):
        raise NotYet("The sign is turned: take the first minus the second.")
    if not np.isclose(mean, found.mean):
        raise NotYet(f"The mean difference is {found.mean:.3f}, yours {mean:.3f}.")
    if np.isclose(error, uncertainty.spread(found.differences)):
        raise NotYet("That is the spread of the differences; divide by the root of their number.")
    if np.isclose(error, np.std(found.differences) / np.sqrt(3)):
        raise NotYet("The spread is computed with ddof=0; from three runs that is too small.")
    if not np.isclose(error, found.error):
        raise NotYet("The standard error comes from the three differences, not from the runs.")
    return "Each run scatters by ten points, their differences by three: pairs see more."
