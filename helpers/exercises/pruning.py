"""Checks for the exercises (chapter pruning)."""

from collections.abc import Callable

import numpy as np

from helpers.exercises.checking import NotYet, ask, checker


@checker
def threshold_of(answer: Callable[[np.ndarray, float], float]) -> str:
    """The magnitude from which on weights stay, so that a share `sparsity` goes.

    >>> from helpers import exercises
    >>> exercises.threshold_of(lambda weights, sparsity: sparsity)
    Not yet. At a sparsity of 0.5 you say 0.500. Then 12 of 20 weights stay; it should be 10.
    """
    weights = np.random.default_rng(0).normal(size=(4, 5)).round(3)
    for sparsity in (0.5, 0.25, 0.8):
        given = float(ask(answer, weights.copy(), sparsity))
        left, wanted = (np.abs(weights) >= given).sum(), round(weights.size * (1 - sparsity))
        asked = f"At a sparsity of {sparsity} you say {given:.3f}."
        if left == wanted:
            continue
        if (weights >= given).sum() == wanted:
            raise NotYet(f"{asked} Far below zero is far from zero too: take magnitudes.")
        if left == wanted + 1:
            raise NotYet(f"{asked} That is the largest weight that goes, and it would stay.")
        raise NotYet(f"{asked} Then {left} of {weights.size} weights stay; it should be {wanted}.")
    return "Each layer has a threshold of its own; one for all would empty layers of small weights."


@checker
def reached_at(answer: Callable[[float, float, float, float], float]) -> str:
    """The step at which the polynomial schedule has come to a sparsity.

    >>> from helpers import exercises
    >>> exercises.reached_at(lambda s, first, last, end: end * (s - first) / (last - first))
    Not yet. To 0.65, from 0.5 to 0.8 in 100 steps, you say 50. So it would be on a straight
    line; this one rises faster.
    """
    cases = ((0.65, 0.5, 0.8, 100), (0.4, 0.0, 0.8, 2000), (0.5, 0.5, 0.8, 10), (0.8, 0.5, 0.8, 10))
    for sparsity, first, last, end in cases:
        given = float(ask(answer, sparsity, first, last, end))
        gone = (sparsity - first) / (last - first)
        share = 1 - (1 - gone) ** (1 / 3)
        asked = f"To {sparsity}, from {first} to {last} in {end} steps, you say {given:.4g}."
        if np.isclose(given, end * share, atol=1e-6):
            continue
        if np.isclose(given, share):
            raise NotYet(f"{asked} That is the share of the steps; return the step.")
        if np.isclose(given, end * gone):
            raise NotYet(f"{asked} So it would be on a straight line; this one rises faster.")
        raise NotYet(f"{asked} Solve s(t) for (1 - t / T) first, and take the cube root.")
    return "Half of the way is gone after a fifth of the steps."
