"""Hidden cases (chapter sound)."""

import numpy as np

from helpers import exercises
from helpers.grading.cases import graded, returns


@graded(exercises.audible_partials, points=4)
def _partials():
    notes = ((440, 16_000, 18), (100, 8000, 39), (3000, 44_100, 7), (441, 44_100, 49))
    for f0, sr, number in notes:
        yield returns(number, f0, sr)


@graded(exercises.hollow_recipe, points=4)
def _recipe():
    for n in (1, 2, 5, 12):
        k = np.arange(1, n + 1)
        yield returns(np.where(k % 2 == 1, 1 / k, 0), n)
