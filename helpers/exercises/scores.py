"""Checks for the exercises (chapter scores)."""

from collections.abc import Callable

import numpy as np

from helpers.exercises.checking import NotYet, ask, checker


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


@checker
def by_session(answer: Callable[[np.ndarray, np.ndarray, np.ndarray], float]) -> str:
    """Accuracy in which each session counts alike: by clips first, then by sessions.

    The answer is given (N,) arrays: whether each window was named rightly, its clip, its session.

    >>> from helpers import exercises
    >>> exercises.by_session(lambda right, clip, session: right.mean())
    Not yet. That is the share of windows: a long clip counts more than a short one. Take the mean
    of each clip first.
    """
    right = np.array([1, 1, 1, 1, 0, 1, 0, 0, 1, 0], bool)
    clip = np.array(["d", "d", "d", "d", "a", "c", "b", "b", "e", "e"])
    session = np.array(["x", "x", "x", "x", "x", "x", "y", "y", "y", "y"])
    order = np.random.default_rng(0).permutation(len(right))
    right, clip, session = right[order], clip[order], session[order]

    def mean_of(values, groups):
        return np.array([values[groups == group].mean() for group in np.unique(groups)])

    of_clips = mean_of(right, clip)
    its_session = np.array([session[clip == name][0] for name in np.unique(clip)])
    wanted = mean_of(of_clips, its_session).mean()
    given = float(ask(answer, right.copy(), clip.copy(), session.copy()))
    if np.isclose(given, wanted):
        return "A room with many recordings now counts no more than a room with one."
    if np.isclose(given, right.mean()):
        raise NotYet(
            "That is the share of windows: a long clip counts more than a short one. Take the mean "
            "of each clip first."
        )
    if np.isclose(given, of_clips.mean()):
        raise NotYet(
            "That is the mean over clips: a session with many clips counts more. Take the mean of "
            "each session, then the mean of these."
        )
    if np.isclose(given, mean_of(right, session).mean()):
        raise NotYet(
            "You went from windows to sessions at once, so that a long clip counts more within its "
            "session. Take the mean of each clip first."
        )
    raise NotYet(
        f"You say {given:.3f}. Take the share of right windows of each clip, the mean of the clips "
        "of each session, and the mean over the sessions."
    )
