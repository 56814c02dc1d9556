"""Hidden cases (chapter comparison)."""

import math

import numpy as np
from sklearn.neighbors import KNeighborsClassifier

from helpers import exercises
from helpers.grading.cases import graded, returns


@graded(exercises.nearest_vote, points=4)
def _votes():
    rng = np.random.default_rng(17)
    for rows, inputs, classes, k in ((30, 3, 4, 1), (40, 2, 2, 5), (25, 6, 3, 25), (60, 1, 5, 9)):
        known, new = rng.normal(size=(rows, inputs)), rng.normal(size=(20, inputs))
        labels = rng.integers(classes, size=rows)
        model = KNeighborsClassifier(k).fit(known, labels)
        yield returns(model.predict(new), known, labels, new, k)


@graded(exercises.standard_error, points=3)
def _error():
    for accuracy, n in ((0.7, 143), (0.95, 20), (0.2, 1000)):
        yield returns(math.sqrt(accuracy * (1 - accuracy) / n), accuracy, n)
