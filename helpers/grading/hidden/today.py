"""Hidden cases (chapter today)."""

import numpy as np

from helpers import exercises
from helpers.grading.cases import graded, returns


@graded(exercises.refusal, points=4)
def _refusal():
    rng = np.random.default_rng(77)
    for n, kept in ((16, 0.75), (60, 0.9), (100, 0.95), (10, 0.5)):
        known, strangers = rng.random(n) ** 0.5, rng.random(23)
        threshold = np.sort(known)[round(n * (1 - kept))]
        strangers[0] = threshold
        yield returns((threshold, (strangers < threshold).mean()), known, strangers, kept)


@graded(exercises.area_by_pairs, points=4)
def _area():
    rng = np.random.default_rng(78)
    for known, strangers in ((12, 5), (3, 30), (25, 25), (1, 8)):
        sure, unsure = rng.random(known).round(1), rng.random(strangers).round(1)
        unsure[0] = sure[0]
        surer, level = (sure[:, None] > unsure).mean(), (sure[:, None] == unsure).mean()
        yield returns(surer + level / 2, sure, unsure)
