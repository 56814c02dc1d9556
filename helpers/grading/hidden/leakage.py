"""Hidden cases (chapter leakage)."""

import numpy as np

from helpers import exercises
from helpers.exercises.checking import NotYet, ask
from helpers.grading.cases import graded, returns


@graded(exercises.kept_together, points=4)
def _together():
    rng = np.random.default_rng(41)
    even = np.repeat([f"player {i}" for i in range(20)], 5)
    uneven = np.repeat(np.arange(16), rng.integers(2, 9, size=16))
    for groups, share in ((even, 0.2), (uneven, 0.3), (rng.permutation(even), 0.5)):
        yield lambda answer, g=groups, s=share: _whole(answer, g, s)
    yield _drawn


def _whole(answer, groups: np.ndarray, share: float) -> None:
    for seed in range(3):
        given = np.asarray(ask(answer, groups.copy(), share, np.random.default_rng(seed)))
        if given.shape != groups.shape or given.dtype != bool:
            raise NotYet(f"Of {len(groups)} rows it says {given.dtype} {given.shape}.")
        if set(groups[given].tolist()) & set(groups[~given].tolist()):
            raise NotYet(f"Of {len(groups)} rows some group is on both sides.")
        if not share - 0.15 <= given.mean() <= share + 0.15:
            taken = f"it takes {given.mean():.0%} of {len(groups)} rows"
            raise NotYet(f"Asked for a share of {share:.0%} {taken}.")


def _drawn(answer) -> None:
    groups = np.repeat(np.arange(30), 3)
    parts = [
        np.asarray(ask(answer, groups.copy(), 0.3, np.random.default_rng(seed))).tobytes()
        for seed in (1, 1, 2, 3)
    ]
    if parts[0] != parts[1] or len(set(parts)) == 1:
        raise NotYet("The groups are not drawn with the generator.")


@graded(exercises.uploaded_beside, points=4)
def _beside():
    rng = np.random.default_rng(42)
    for gap in (0, 5, 50):
        train, test = rng.integers(0, 2000, size=(2, 60))
        test[:5] = train[:5] + gap
        near = np.abs(test[:, None] - train).min(axis=1) <= gap
        yield returns(near, test, train, gap)
    yield returns([True, False], np.array([8, 30]), np.array([10]), 2)
