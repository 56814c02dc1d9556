"""How often the book's rule is wrong about two equal models (chapter scores)."""

import functools
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from scipy import stats

from helpers import baselines, splits, uncertainty
from helpers.experiments.folds import RUN
from helpers.experiments.runs import Run, experiment

DRAWN = 200
"""So many pairs of equal models are compared for each seed."""

FEATURES = 8
"""So many numbers describe a drawn clip to each of the two."""

APART = 0.6
"""How far the classes' means are spread, each number's own spread being 1: of the clips drawn, the
two name about as many rightly as the book's models do of the real ones."""

NUMBERS = {"three folds": RUN, "five folds": splits.FOLDS}
"""Of the five folds the book runs all, or three."""


@experiment("scores")
def equals(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """How often is one of two equal models shown to be ahead, and by which rule?

    As many clips of each class as the data set has, drawn as random numbers. Two SVMs see a set of
    numbers each, both drawn alike: neither is the better one, and what is shown is luck.
    """
    label = clips.label.cat.codes.to_numpy(copy=True)
    accuracies = functools.lru_cache(maxsize=1)(functools.partial(_accuracies, label))
    for seed in range(5):
        for number in NUMBERS:
            for rule in RULES:
                measure = functools.partial(_shown, accuracies)
                yield Run({"number": number, "rule": rule}, {"seed": seed}, measure)


def _accuracies(label: np.ndarray, seed: int) -> np.ndarray:
    """Accuracies of the two in each fold of each data set drawn, (DRAWN, FOLDS, 2)."""
    rng = np.random.default_rng(seed)
    found = np.empty((DRAWN, splits.FOLDS, 2))
    for i in range(DRAWN):
        means = rng.normal(0, APART, (label.max() + 1, FEATURES))
        described = means[label] + rng.normal(size=(2, len(label), FEATURES))
        parts = np.array_split(rng.permutation(len(label)), splits.FOLDS)
        for fold, test in enumerate(parts):
            train = np.concatenate(parts[:fold] + parts[fold + 1 :])
            for model, x in enumerate(described):
                fitted = baselines.svm().fit(x[train], label[train])
                found[i, fold, model] = fitted.score(x[test], label[test])
    return found


def _shown(accuracies: Callable[[int], np.ndarray], number: str, rule: str, seed: int) -> dict:
    of_each = accuracies(seed)[:, : NUMBERS[number]]
    pairs = [uncertainty.paired(one, other) for one, other in of_each.transpose(0, 2, 1)]
    return {
        "shown, though equal": np.mean([RULES[rule](p) for p in pairs]),
        "accuracy": of_each.mean(),
    }


def _by_the_book(pairs: uncertainty.Paired) -> bool:
    return pairs.verdict != uncertainty.NOT_SHOWN


def _by_the_interval(pairs: uncertainty.Paired) -> bool:
    return pairs.low > 0 or pairs.high < 0


def _by_a_longer_interval(pairs: uncertainty.Paired) -> bool:
    n = len(pairs.differences)
    longer = np.sqrt(1 + n / (splits.FOLDS - 1))
    return abs(pairs.mean) > stats.t.ppf(0.975, n - 1) * pairs.error * longer


RULES: dict[str, Callable[[uncertainty.Paired], bool]] = {
    "rule of the book": _by_the_book,
    "interval alone": _by_the_interval,
    "Nadeau and Bengio": _by_a_longer_interval,
}
"""When a lead is called shown. Theirs allows for training parts that are nearly the same: 1/n of
the variance becomes 1/n + (test clips / training clips)."""
