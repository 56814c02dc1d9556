"""Checks for the exercises (chapter cnn)."""

from collections.abc import Callable

import numpy as np

from helpers.exercises.checking import NotYet, ask, checker


@checker
def conv_parameters(answer: Callable[[int, int, int], int]) -> str:
    """Parameters of a convolution of `filters` square kernels over `channels`.

    >>> from helpers import exercises
    >>> exercises.conv_parameters(lambda kernel, channels, filters: kernel**2 * filters)
    Not yet. For 40 kernels of side 1 over 1 channels you say 40: each filter has a bias as
    well.
    """
    for kernel, channels, filters in ((1, 1, 40), (5, 40, 32), (1, 32, 16), (3, 3, 8)):
        expected = kernel * kernel * channels * filters + filters
        given = ask(answer, kernel, channels, filters)
        asked = f"{filters} kernels of side {kernel} over {channels} channels"
        if given == expected - filters:
            raise NotYet(f"For {asked} you say {given}: each filter has a bias as well.")
        if given == kernel * channels * filters + filters and kernel > 1:
            raise NotYet(f"For {asked} you say {given}: a kernel is a square, not a row.")
        if given != expected:
            raise NotYet(
                f"For {asked} you say {given}. One filter has a weight for each place of its "
                "kernel and each channel, and one bias."
            )
    return "The second layer has 32,032 parameters; the image's size does not matter."


@checker
def macro_recall(answer: Callable[[np.ndarray], float]) -> str:
    """The mean over the classes of the share found, from a confusion matrix.

    >>> from helpers import exercises
    >>> exercises.macro_recall(lambda matrix: matrix.trace() / matrix.sum())
    Not yet. That is the accuracy: it counts each chunk alike, not each class.
    """
    matrix = np.array([[8, 2, 0], [1, 3, 0], [3, 3, 0]])
    given = float(ask(answer, matrix.copy()))
    diagonal = np.diag(matrix)
    if np.isclose(given, (diagonal / matrix.sum(axis=1)).mean()):
        return "Each class counts alike, however few chunks it has."
    if np.isclose(given, diagonal.sum() / matrix.sum()):
        raise NotYet("That is the accuracy: it counts each chunk alike, not each class.")
    with np.errstate(invalid="ignore"):
        if np.isclose(given, np.nan_to_num(diagonal / matrix.sum(axis=0)).mean()):
            raise NotYet("That is precision: you divided by columns. Recall divides by rows.")
    raise NotYet(
        f"For the matrix {matrix.tolist()} you say {given:.3f}. Divide each number on the diagonal "
        "by the sum of its row, and take the mean."
    )
