"""Hidden cases (chapter cnn)."""

import numpy as np

from helpers import exercises
from helpers.grading.cases import graded, returns


@graded(exercises.convolution, points=5)
def _sliding():
    rng = np.random.default_rng(43)
    for image, kernel in (((5, 5), (2, 2)), ((9, 4), (5, 1)), ((3, 8), (3, 8)), ((12, 7), (4, 3))):
        pixels, weights = rng.normal(size=image), rng.normal(size=kernel)
        windows = np.lib.stride_tricks.sliding_window_view(pixels, kernel)
        yield returns(np.einsum("ijkl,kl->ij", windows, weights), pixels, weights)


@graded(exercises.conv_parameters, points=4)
def _convolution():
    for kernel, channels, filters in ((7, 3, 10), (2, 2, 1), (1, 5, 1), (11, 64, 96)):
        yield returns(filters * (kernel**2 * channels + 1), kernel, channels, filters)
