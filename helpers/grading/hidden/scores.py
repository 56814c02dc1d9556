"""Hidden cases (chapter scores)."""

import numpy as np
import pandas as pd

from helpers import exercises
from helpers.grading.cases import graded, returns


@graded(exercises.macro_recall, points=3)
def _recall():
    for rows in (
        [[5, 1], [40, 2]],
        [[9, 0, 1], [2, 2, 4], [1, 1, 30]],
        [[1, 1, 0, 0], [0, 3, 3, 0], [0, 0, 1, 9], [7, 0, 0, 7]],
    ):
        matrix = np.array(rows)
        yield returns(np.mean(matrix.diagonal() / matrix.sum(axis=1)), matrix)


@graded(exercises.by_session, points=4)
def _sessions():
    rng = np.random.default_rng(44)
    for windows, clips, sessions in ((30, 6, 2), (80, 25, 7), (40, 12, 12)):
        of_window = np.concatenate([np.arange(clips), rng.integers(clips, size=windows - clips)])
        rng.shuffle(of_window)
        of_clip = rng.permutation(np.arange(clips) % sessions)
        right = rng.random(windows) < 0.2 + 0.6 * (of_clip[of_window] % 2)
        clip = np.char.add("clip ", of_window.astype(str))
        session = np.char.add("room ", of_clip[of_window].astype(str))
        table = pd.DataFrame({"right": right, "clip": clip, "session": session})
        means = table.groupby(["session", "clip"]).right.mean().groupby("session").mean()
        yield returns(means.mean(), right, clip, session)
