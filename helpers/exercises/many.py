"""Checks for the exercises (chapter many-machines)."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from helpers import many
from helpers.exercises.checking import NotYet, ask, checker


@checker
def amdahl(answer: Callable[[int, float], float]) -> str:
    """The speed-up by so many workers where a share cannot be divided.

    >>> from helpers import exercises
    >>> exercises.amdahl(lambda workers, share: workers * (1 - share))
    Not yet. With 10 workers and a share of 0.1 you say 9.000. Speed-ups do not add up; times
    do. Begin with the time left.
    """
    for workers, share in ((4, 0.0), (10, 0.1), (50, 0.02), (3, 1.0)):
        given = float(ask(answer, workers, share))
        asked = f"With {workers} workers and a share of {share} you say {given:.3f}."
        left = share + (1 - share) / workers
        if np.isclose(given, 1 / left):
            continue
        if np.isclose(given, left):
            raise NotYet(f"{asked} That is the time that is left; how many times as fast is it?")
        if np.isclose(given, 1 / ((1 - share) + share / workers)):
            raise NotYet(f"{asked} You divide the share that cannot be divided.")
        if np.isclose(given, workers * (1 - share)):
            raise NotYet(f"{asked} Speed-ups do not add up; times do. Begin with the time left.")
        raise NotYet(
            f"{asked} One worker takes 1. Of that the share stays as it is, and only the rest is "
            f"divided by {workers}."
        )
    return "A tenth that cannot be divided allows ten times as fast, and never more."


@checker
def search_ends(answer: Callable[[list, int], float]) -> str:
    """When a search ends whose trials go, in order, to the worker that is free.

    >>> from helpers import exercises
    >>> exercises.search_ends(lambda seconds, workers: sum(seconds) / workers)
    Not yet. For trials of [9, 2, 2, 2, 2] s and 2 workers you say 8.5 s. That would cut a trial
    in pieces for two workers.
    """
    for seconds, workers in (([5, 5, 5, 5], 2), ([9, 2, 2, 2, 2], 2), ([3, 4, 2, 6, 1], 3)):
        given = float(ask(answer, list(seconds), workers))
        asked = f"For trials of {seconds} s and {workers} workers you say {given:g} s."
        if np.isclose(given, _free(seconds, workers).max()):
            continue
        rounds = [max(seconds[i : i + workers]) for i in range(0, len(seconds), workers)]
        if np.isclose(given, sum(rounds)):
            raise NotYet(f"{asked} A worker that is free takes the next trial; nobody waits.")
        if np.isclose(given, sum(seconds) / workers):
            raise NotYet(f"{asked} That would cut a trial in pieces for two workers.")
        if np.isclose(given, _free(sorted(seconds, reverse=True), workers).max()):
            raise NotYet(f"{asked} Keep the order: how long a trial takes shows only afterwards.")
        if np.isclose(given, _free(seconds, workers).min()):
            raise NotYet(f"{asked} Then the first worker has nothing left to do, not the last.")
        raise NotYet(
            f"{asked} Keep for each worker when it will be free, and give the next trial to the "
            "one that is free first."
        )
    return "The search ends with its slowest worker, and no trial can be shared."


def _free(seconds: list, workers: int) -> pd.Series:
    """When each worker that got a trial has nothing left to do."""
    return many.schedule(seconds, workers).groupby("worker").end.max()
