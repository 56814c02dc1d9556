"""Hidden cases (chapter mfcc)."""

import numpy as np

from helpers import exercises
from helpers.grading.cases import graded, returns


@graded(exercises.frame_count, points=4)
def _frames():
    for samples, win, hop in ((16_000, 512, 256), (200, 512, 256), (512, 512, 256), (513, 512, 1)):
        yield returns(1 + max(0, -(-(samples - win) // hop)), samples, win, hop)


@graded(exercises.decibels_of_each, points=4)
def _decibels():
    rng = np.random.default_rng(11)
    flat = np.full((1, 3, 5), 0.5)
    wide = 10.0 ** rng.uniform(-9, 3, size=(4, 7, 3))
    quiet = 10.0 ** rng.uniform(-13, -9, size=(2, 6, 4))
    for power in (flat, wide, quiet, np.concatenate([wide, 1e-9 * wide])):
        level = 10 * np.log10(np.maximum(power, 1e-10))
        yield returns(np.maximum(level, level.max(axis=(1, 2), keepdims=True) - 80), power)
