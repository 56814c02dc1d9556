"""Checks for the exercises (chapter comparison)."""

from collections.abc import Callable

import numpy as np

from helpers.exercises.checking import NotYet, ask, checker


@checker
def improvement(answer: Callable[[float, float], tuple[float, float]]) -> str:
    """From an old accuracy to a new one, in points and in percent of the old.

    >>> from helpers import exercises
    >>> exercises.improvement(lambda old, new: 100 * (new - old))
    Not yet. Return two numbers: the points, and the percent of the old accuracy.
    """
    for old, new in ((0.5, 0.6), (0.8, 0.9), (0.9, 0.72)):
        given = np.asarray(ask(answer, old, new), float)
        if given.shape != (2,):
            raise NotYet("Return two numbers: the points, and the percent of the old accuracy.")
        points, percent = given
        asked = f"From {old} to {new} you say {points:.3g} points and {percent:.3g} %."
        if np.allclose([points, percent], [new - old, (new - old) / old]):
            raise NotYet(f"{asked} Both are to be in hundredths: .1 is 10 points.")
        if not np.isclose(points, 100 * (new - old)):
            raise NotYet(f"{asked} Points are the difference of the two, times 100.")
        if np.isclose(percent, 100 * (new - old) / new):
            raise NotYet(f"{asked} You divide by the new accuracy; an improvement is on the old.")
        if not np.isclose(percent, 100 * (new - old) / old):
            raise NotYet(f"{asked} Percent of the old: the difference, over the old, times 100.")
    return "The same step is more percent where one began lower. A claim has to say which it means."


@checker
def standard_error(answer: Callable[[float, int], float]) -> str:
    """The standard error of an accuracy over n independent clips.

    >>> from helpers import exercises
    >>> exercises.standard_error(lambda accuracy, n: accuracy * (1 - accuracy) / n)
    Not yet. For an accuracy of 0.5 over 100 clips you say 0.0025. That is the variance; its
    square root is missing.
    """
    for accuracy, n in ((0.5, 100), (0.8, 64), (0.86, 300)):
        given = float(ask(answer, accuracy, n))
        variance = accuracy * (1 - accuracy) / n
        asked = f"For an accuracy of {accuracy} over {n} clips you say {given:.4f}."
        if np.isclose(given, variance):
            raise NotYet(f"{asked} That is the variance; its square root is missing.")
        if np.isclose(given, np.sqrt(variance * n)):
            raise NotYet(f"{asked} That is the spread of a single clip; {n} clips are surer.")
        if not np.isclose(given, np.sqrt(variance)):
            raise NotYet(
                f"{asked} Begin with the spread of a single clip, which is right or wrong, and "
                "divide by what n clips gain."
            )
    return "Half the error takes four times the clips."
