"""Hidden cases (chapter comparison)."""

import math

from helpers import exercises
from helpers.grading.cases import graded, returns


@graded(exercises.improvement, points=4)
def _improvement():
    for old, new in ((0.4, 0.7), (0.25, 0.3), (0.86, 0.43), (0.62, 0.62)):
        yield returns([100 * (new - old), 100 * (new / old - 1)], old, new)


@graded(exercises.standard_error, points=3)
def _error():
    for accuracy, n in ((0.7, 143), (0.95, 20), (0.2, 1000)):
        yield returns(math.sqrt(accuracy * (1 - accuracy) / n), accuracy, n)
