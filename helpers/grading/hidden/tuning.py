"""Hidden cases (chapter tuning)."""

import math
from collections.abc import Mapping

from helpers import exercises
from helpers.exercises import tuning
from helpers.grading.cases import graded

_SPACES = (
    {"layers": (1, 2, 3), "width": (4, 12, 20, 28, 36), "rate": (0.5, 0.02, 0.003)},
    {"kernel": (3, 5, 7, 9, 11), "filters": (6, 10, 14)},
    {"a": (1, 2), "b": (3, 5), "c": (7, 11), "d": (13, 17), "e": (19, 23)},
)


def _worth(values: Mapping) -> float:
    """A score that a search may find; some values fail."""
    if values.get("rate") == 0.5 or values.get("kernel") == 3:
        return math.nan
    return 0.5 + 0.5 * math.sin(sum(i * v for i, v in enumerate(values.values(), 1)))


@graded(exercises.random_search, points=6)
def _search():
    for trials, space in zip((12, 20, 30), _SPACES, strict=True):
        seeds = (trials, trials + 1)
        yield lambda answer, n=trials, among=space, seeds=seeds: tuning.at_random(
            answer, among, _worth, n, seeds
        )


@graded(exercises.tested_once, points=4)
def _once():
    for trials, space in zip((7, 16, 21), _SPACES, strict=True):
        yield lambda answer, n=trials, among=space: tuning.once(answer, among, _worth, n, n)
