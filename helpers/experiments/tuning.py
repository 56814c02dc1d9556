"""Searches and learning rates (chapter tuning)."""

import functools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from helpers import cnn, features, splits, tuning
from helpers.experiments import folds
from helpers.experiments.runs import Run, experiment
from helpers.tuning import SPACE

SIZES = {"quick": (240, 6, 48), "paper": (6000, 10, 100)}
"""Of the searches, by profile: chunks to draw, epochs of a trial, and of a whole search."""

OF_RATES = {"quick": (320, 6), "paper": (6000, 10)}
"""Of `learning_rates`, by profile: chunks to draw, and epochs; with fewer, none shows that it
learns."""


@experiment("tuning", "ledger")
def searches(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """Which search finds the best network for the same budget?

    All four search the slides' space, with clips kept apart. The best parameters that each finds
    are then trained once more and scored on the test part. `tuning.trials` reads the trials from
    the record.
    """
    measure = functools.partial(_search, clips, *SIZES[profile])
    for method in tuning.METHODS:
        for seed in range(3):
            yield Run({"method": method}, {"seed": seed}, measure)


OF_MANY = {"quick": (300, 120, 8), "paper": (6000, 120, 20)}
"""Of `many_trials`, by profile: chunks to draw, trials, and epochs of each."""

FEW = 10
"""So many trials the slides' search had."""


@experiment("tuning")
def many_trials(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """Does the best of ten, or of 120 random trials do better than the network as it was?

    The space is small and sensible, the network too. What is best on the validation part is
    trained once more, for twice as long as a trial, and scored on the test part; so is the network
    that nobody tuned.
    """
    chunks, trials, epochs = OF_MANY[profile]
    search = functools.lru_cache(maxsize=1)(functools.partial(_many, clips, chunks, trials, epochs))
    measure = functools.partial(_best_of, search, 2 * epochs)
    for seed in range(3):
        for network in ("as it was", f"best of {FEW}", f"best of {trials}"):
            yield Run({"network": network}, {"seed": seed}, measure)


@experiment("tuning")
def learning_rates(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """What do the learning rates of the slides' space do?"""
    measure = functools.partial(_learn, clips, *OF_RATES[profile])
    for rate in SPACE["learning_rate"]:
        for seed in range(3):
            yield Run({"learning_rate": rate}, {"seed": seed}, measure)


def _search(clips, chunks: int, epochs: int, budget: int, method: str, seed: int) -> dict:
    train, validation, test = splits.parts(clips, chunks, "clip", seed)
    images, held = features.mfcc(train.waves), (features.mfcc(validation.waves), validation.label)
    data = images, train.label, held, train.classes
    table = tuning.search(*data, method, SPACE, budget=budget, epochs=epochs, seed=seed)
    assert table is not None  # as it is where another process leads the search
    found = tuning.best(table)
    classifier = cnn.fit(*data, tuning.architecture(found), epochs=epochs, seed=seed)
    probabilities = classifier.predict(features.mfcc(test.waves))
    return {
        "best validation accuracy": table.score.max(),
        "test accuracy by clip": folds.scores(probabilities, test)["clip_accuracy"],
        "best so far": tuning.best_so_far(table, budget),
        "best parameters": list(found.values()),
        "trials": _rows(table, budget // min(more for _, more in tuning.rounds(epochs))),
    }


def _many(clips, chunks: int, trials: int, epochs: int, seed: int) -> tuple:
    """The data of a seed, the test part, and a random search of the small space on them."""
    train, validation, test = splits.parts(clips, chunks, "clip", seed)
    images, held = features.mfcc(train.waves), (features.mfcc(validation.waves), validation.label)
    data = images, train.label, held, train.classes
    budget = trials * epochs
    space, base = tuning.SENSIBLE, tuning.SMALL
    table = tuning.search(*data, "random", space, base, budget=budget, epochs=epochs, seed=seed)
    assert table is not None  # as it is where another process leads the search
    return data, test, table


def _best_of(search, epochs: int, network: str, seed: int) -> dict:
    data: tuple[Any, Any, Any, Any]
    data, test, table = search(seed)
    tried = table.head({"as it was": 0, f"best of {FEW}": FEW}.get(network, len(table)))
    values = tuning.best(tried) if len(tried) else {}
    changed = tuning.architecture(values, tuning.SMALL)
    classifier = cnn.fit(*data, changed, epochs=epochs, seed=seed)
    scored = folds.scores(classifier.predict(features.mfcc(test.waves)), test)
    found = {
        "accuracy": scored["accuracy"],
        "clip_accuracy": scored["clip_accuracy"],
        "best validation accuracy": max(classifier.history["val_accuracy"]),
        "parameters": classifier.model.count_params(),
    }
    if len(tried) == len(table):
        found["trials"] = table[[*tuning.SENSIBLE, "score"]].to_numpy(float)
    return found


def _rows(table: pd.DataFrame, n: int) -> np.ndarray:
    """The trials as an array (n, 15), filled with zeros, as a record takes them."""
    table = table.assign(completed=table.status == "completed", score=table.score.fillna(0))
    rows = table[[*SPACE, *tuning.OF_A_TRIAL]].to_numpy(float)
    return np.pad(rows, [(0, n - len(rows)), (0, 0)])


def _learn(clips, chunks: int, epochs: int, learning_rate: float, seed: int) -> dict:
    train, validation, _ = splits.parts(clips, chunks, "clip", seed)
    images, held = features.mfcc(train.waves), (features.mfcc(validation.waves), validation.label)
    changed = replace(tuning.BASE, learning_rate=learning_rate)
    data = images, train.label, held, train.classes
    classifier = cnn.fit(*data, changed, epochs=epochs, seed=seed)
    answers = np.bincount(classifier.predict(held[0]).argmax(axis=1))
    curves = {name: np.array(curve) for name, curve in classifier.history.items()}
    return curves | {"share of its commonest answer": answers.max() / answers.sum()}
