"""Checks for the exercises (chapter tuning)."""

import math
from collections.abc import Callable, Mapping

import numpy as np

from helpers.exercises.checking import NotYet, ask, checker

_SPACE = {"units": (8, 16, 32, 64), "rate": (0.1, 0.01, 0.001)}


def _score(values: Mapping) -> float:
    return math.nan if values.get("rate") == 0.1 else sum(values.values()) / 100


@checker
def random_search(answer: Callable[..., tuple[Mapping, list]]) -> str:
    """A random search: the best values of a space, and the best score after each trial.

    >>> from helpers import exercises
    >>> exercises.random_search(lambda space, score, trials, rng: ({}, []))
    Not yet. 12 trials were asked for, and your search called score 0 times.
    """
    at_random(answer, _SPACE, _score, 12, seeds=(0, 1))
    return "It knows nothing of what it searches, and is the yardstick for every search that does."


def at_random(
    answer: Callable, space: Mapping, worth: Callable, trials: int, seeds: tuple[int, int]
) -> None:
    """Raise `NotYet` where the trials of a random search, or what it returns, are wrong."""
    one, other = (_drawn(answer, space, worth, trials, seed) for seed in seeds)
    if one == other:
        raise NotYet("Two generators of random numbers gave the same trials. Draw from rng.")


def _drawn(answer: Callable, space: Mapping, worth: Callable, trials: int, seed: int) -> list[dict]:
    asked: list[dict] = []

    def score(values: Mapping) -> float:
        asked.append(dict(values))
        return worth(values)

    found, so_far = ask(answer, space, score, trials, np.random.default_rng(seed))
    _complete(asked, trials)
    for values in asked:
        if any(values.get(name) not in among for name, among in space.items()):
            raise NotYet(f"score was called with {values}; give each name one of its values.")
    if any(len({values[name] for values in asked}) == 1 for name in space):
        raise NotYet(f"In {trials} trials one parameter kept a single value. Draw each anew.")
    scores = np.nan_to_num([worth(values) for values in asked])
    if len(so_far) != trials or np.isnan(so_far).any():
        raise NotYet("After each trial there is a best score, also where it failed: no nan.")
    if not np.allclose(so_far, np.maximum.accumulate(scores)):
        raise NotYet("The best score so far is the larger of a trial's and the best before it.")
    if not _is_best(found, asked, scores):
        raise NotYet(f"You return {dict(found)}, and it was not the trial with the best score.")
    return asked


@checker
def tested_once(answer: Callable[..., tuple[Mapping, float, float]]) -> str:
    """A search by the validation part whose best network is tested, and no other.

    >>> from helpers import exercises
    >>> exercises.tested_once(lambda space, score, test, trials, rng: ({}, 0, 0))
    Not yet. 12 trials were asked for, and your search called score 0 times.
    """
    for seed in (2, 3):
        once(answer, _SPACE, _score, 12, seed)
    return "It chose by one part and was asked about the other at the end: no luck came along."


def once(answer: Callable, space: Mapping, worth: Callable, trials: int, seed: int) -> None:
    """Raise `NotYet` where a search does not test what it chose, and only that."""
    asked: list[dict] = []
    tested: list[dict] = []

    def score(values: Mapping) -> float:
        if tested:
            raise NotYet("Your search goes on after the test, which must be the last thing.")
        asked.append(dict(values))
        return worth(values)

    def test(values: Mapping) -> float:
        tested.append(dict(values))
        return _of_test(values)

    found, validated, told = ask(answer, space, score, test, trials, np.random.default_rng(seed))
    _complete(asked, trials)
    scores = np.nan_to_num([worth(values) for values in asked])
    if len(tested) != 1:
        raise NotYet(
            f"The test part was asked {len(tested)} times. It is for the network that the "
            "validation part chose, and for that once."
        )
    if not _is_best(found, asked, scores) or tested[0] != dict(found):
        raise NotYet("What you test and return is not the trial with the best validation score.")
    if not np.allclose([validated, told], [scores.max(), _of_test(found)]):
        raise NotYet("Return the values, their validation score, and what the test said, in turn.")


def _complete(asked: list[dict], trials: int) -> None:
    if len(asked) != trials:
        raise NotYet(
            f"{trials} trials were asked for, and your search called score {len(asked)} times."
        )


def _is_best(found: Mapping, asked: list[dict], scores: np.ndarray) -> bool:
    """Some may be equally good."""
    return any(dict(found) == asked[i] for i in np.flatnonzero(scores == scores.max()))


def _of_test(values: Mapping) -> float:
    """Another than the validation score, and not the best for what that prefers."""
    return 1 / (1 + sum(values.values()))
