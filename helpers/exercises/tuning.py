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
    asked: list[dict] = []

    def score(values: Mapping) -> float:
        asked.append(dict(values))
        return _score(values)

    draws = []
    for seed in (0, 1):
        asked.clear()
        found, so_far = ask(answer, _SPACE, score, 12, np.random.default_rng(seed))
        for values in asked:
            if any(values.get(name) not in among for name, among in _SPACE.items()):
                raise NotYet(f"score was called with {values}; give each name one of its values.")
        if len(asked) != 12:
            raise NotYet(
                f"12 trials were asked for, and your search called score {len(asked)} times."
            )
        if any(len({values[name] for values in asked}) == 1 for name in _SPACE):
            raise NotYet("In twelve trials one parameter kept a single value. Draw each anew.")
        scores = np.nan_to_num([_score(values) for values in asked])
        if len(so_far) != 12 or np.isnan(so_far).any():
            raise NotYet("After each trial there is a best score, also where it failed: no nan.")
        if not np.allclose(so_far, np.maximum.accumulate(scores)):
            raise NotYet("The best score so far is the larger of a trial's and the best before it.")
        if dict(found) != asked[int(np.argmax(scores))]:
            raise NotYet(f"You return {dict(found)}, and it was not the trial with the best score.")
        draws.append([tuple(values.values()) for values in asked])
    if draws[0] == draws[1]:
        raise NotYet("Two generators of random numbers gave the same trials. Draw from rng.")
    return "It knows nothing of what it searches, and is the yardstick for every search that does."


@checker
def trial_score(answer: Callable[[Mapping], float]) -> str:
    """The best validation accuracy of a network that is trained with some hyperparameters.

    >>> from helpers import exercises
    >>> exercises.trial_score(lambda values: 75)
    Not yet. An accuracy lies between 0 and 1, and yours is 75.
    """
    values = {"conv1_filters": 4, "learning_rate": 0.01}
    given = float(ask(answer, dict(values)))
    if not 0 <= given <= 1:
        raise NotYet(f"An accuracy lies between 0 and 1, and yours is {given:g}.")
    if float(ask(answer, dict(values))) != given:
        raise NotYet("Asked twice about the same values you give two scores. Set the seed.")
    if float(ask(answer, values | {"learning_rate": 1e-9})) >= given:
        raise NotYet(
            "A learning rate of 0.000000001, which changes nothing, does as well as 0.01. Are the "
            "values in the network that you train?"
        )
    return "Each call is a training, so a search costs as many of them as it has trials."
