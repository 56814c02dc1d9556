"""Checks for the exercises (chapter comparison)."""

from collections.abc import Callable

import numpy as np

from helpers.exercises.checking import NotYet, ask, checker


@checker
def nearest_vote(answer: Callable[[np.ndarray, np.ndarray, np.ndarray, int], np.ndarray]) -> str:
    """The class of each new row, by the vote of the k known rows that are nearest to it.

    >>> from helpers import exercises
    >>> exercises.nearest_vote(lambda known, labels, new, k: labels[: len(new)])
    Not yet. With k = 1 your answer for row 0 is 2; its nearest known row is of class 0.
    """
    rng = np.random.default_rng(2)
    labels = np.tile([2, 0, 1], 8)
    known = labels[:, None] * [1.5, -1.0] + rng.normal(size=(24, 2))
    new = rng.normal(size=(9, 2)) * 2
    known[:, 1], new[:, 1] = 3 * known[:, 1], 3 * new[:, 1]
    gaps = new[:, None] - known
    distances = np.linalg.norm(gaps, axis=-1)
    for k in (1, 3, 7):
        given = np.asarray(ask(answer, known.copy(), labels.copy(), new.copy(), k))
        if given.shape != (len(new),):
            raise NotYet(f"Return a class for each of the {len(new)} new rows, in an array.")
        expected = _vote(distances, labels, k)
        wrong = np.flatnonzero(given != expected)
        if not len(wrong):
            continue
        asked = f"With k = {k} your answer for row {wrong[0]} is {given[wrong[0]]}"
        if (given == _vote(np.abs(gaps).sum(axis=-1), labels, k)).all():
            raise NotYet(f"{asked}. You add up differences; the distance is their squares' root.")
        if k == 1:
            raise NotYet(f"{asked}; its nearest known row is of class {expected[wrong[0]]}.")
        if (given == _vote(distances, labels, 1)).all():
            raise NotYet(f"{asked}, as with k = 1. All {k} nearest have a vote.")
        raise NotYet(f"{asked}. Most of the {k} nearest are of class {expected[wrong[0]]}.")
    return "An eleventh model, with no training at all: it remembers, and measures distances."


def _vote(distances: np.ndarray, labels: np.ndarray, k: int) -> np.ndarray:
    near = labels[np.argsort(distances, axis=1)[:, :k]]
    return np.array([np.bincount(row).argmax() for row in near])


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
