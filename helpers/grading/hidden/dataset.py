"""Hidden cases (chapter dataset)."""

import numpy as np

from helpers import chunks, exercises
from helpers.exercises.checking import NotYet, ask
from helpers.grading.cases import graded, returns


@graded(exercises.random_start, points=4)
def _start():
    for spare in (1, 3, 6):
        yield lambda answer, spare=spare: _even(answer, spare)
    yield _drawn_with_the_generator


def _even(answer, spare: int) -> None:
    rng = np.random.default_rng(spare)
    draws = 60 * (spare + 1)
    starts = np.array([int(ask(answer, chunks.SAMPLES + spare, rng)) for _ in range(draws)])
    clip = f"In a clip of {chunks.SAMPLES + spare:,} samples"
    if starts.min() < 0 or starts.max() > spare:
        raise NotYet(f"{clip} a chunk does not always fit where it begins.")
    counts = np.bincount(starts, minlength=spare + 1)
    if counts.min() < 20 or counts.max() > 120:
        raise NotYet(f"{clip} not all starts are equally likely.")


def _drawn_with_the_generator(answer) -> None:
    first, again = (
        [int(ask(answer, 10 * chunks.SAMPLES, rng)) for _ in range(3)]
        for rng in (np.random.default_rng(7), np.random.default_rng(7))
    )
    if first != again or len(set(first)) == 1:
        raise NotYet("The same generator should give the same starts, and ever new ones.")


@graded(exercises.never_drawn, points=3)
def _never():
    for clips, draws in ((7, 3), (143, 143), (5, 0)):
        yield returns((1 - 1 / clips) ** draws, clips, draws)
