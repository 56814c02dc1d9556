"""Hidden cases (chapter ablation)."""

import numpy as np

from helpers import exercises
from helpers.grading.cases import graded, returns


@graded(exercises.flat_inputs, points=4)
def _inputs():
    for filters, sides, padding in (
        (1, (7,), "valid"),
        (32, (3, 5, 3), "same"),
        (4, (1, 1), "valid"),
        (10, (5, 3, 3), "valid"),
    ):
        lost = sum(sides) - len(sides) if padding == "valid" else 0
        yield returns(filters * (275 - lost) * (13 - lost), filters, sides, padding)


@graded(exercises.paired, points=4)
def _paired():
    rng = np.random.default_rng(31)
    for n in (2, 3, 5, 10):
        one, other = rng.uniform(0.4, 0.9, size=(2, n)).round(3).tolist()
        gaps = np.subtract(one, other)
        yield returns([gaps.mean(), gaps.std(ddof=1) / np.sqrt(n)], one, other)
