"""Hidden cases (chapter cnn)."""

import numpy as np

from helpers import exercises
from helpers.grading.cases import graded, returns


@graded(exercises.conv_parameters, points=4)
def _convolution():
    for kernel, channels, filters in ((7, 3, 10), (2, 2, 1), (1, 5, 1), (11, 64, 96)):
        yield returns(filters * (kernel**2 * channels + 1), kernel, channels, filters)


@graded(exercises.macro_recall, points=3)
def _recall():
    for rows in (
        [[5, 1], [40, 2]],
        [[9, 0, 1], [2, 2, 4], [1, 1, 30]],
        [[1, 1, 0, 0], [0, 3, 3, 0], [0, 0, 1, 9], [7, 0, 0, 7]],
    ):
        matrix = np.array(rows)
        yield returns(np.mean(matrix.diagonal() / matrix.sum(axis=1)), matrix)
