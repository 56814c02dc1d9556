"""Scores of a classifier: the four metrics, the confusion matrix, and votes by clip (chapter cnn).

Source: slides "Results and Inferences". Their formula for accuracy is that of two classes; here
it is the share of right answers. Precision, recall and F1 are macro averages: the mean over the
classes, each counted alike.
"""

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from helpers.errors import InputError


@dataclass(frozen=True)
class Report:
    """How well predictions match the labels."""

    accuracy: float
    """Share of chunks whose most probable class is right."""
    precision: float
    recall: float
    f1: float
    clip_accuracy: float
    """Share of clips that are right when the probabilities of a clip's chunks are averaged."""
    confusion: np.ndarray
    """int (K, K): chunks of the class of the row, taken for the class of the column."""
    classes: tuple[str, ...]

    def figures(self) -> dict:
        """The numbers, by name, as an experiment returns them."""
        return {name: value for name, value in vars(self).items() if name != "classes"}


def report(
    probabilities: np.ndarray, labels: np.ndarray, clips: np.ndarray, classes: tuple[str, ...]
) -> Report:
    """Score probabilities (N, K) of chunks against labels (N,); `clips` (N,) names their clips.

    A class that is never predicted has precision 0. Raises InputError where shapes disagree.
    """
    n, k = len(labels), len(classes)
    if probabilities.shape != (n, k) or len(clips) != n or not n:
        raise InputError(
            f"probabilities {probabilities.shape}, {n} labels, {len(clips)} clips and {k} classes "
            "do not belong together"
        )
    predicted = probabilities.argmax(axis=1)
    precision, recall, f1, _ = precision_recall_fscore_support(
        labels, predicted, labels=range(k), average="macro", zero_division=0
    )
    of_clips, true = by_clip(probabilities, labels, clips)
    return Report(
        accuracy=float((predicted == labels).mean()),
        precision=float(precision),
        recall=float(recall),
        f1=float(f1),
        clip_accuracy=float((of_clips.argmax(axis=1) == true).mean()),
        confusion=confusion_matrix(labels, predicted, labels=range(k)),
        classes=tuple(classes),
    )


def by_clip(
    probabilities: np.ndarray, labels: np.ndarray, clips: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Mean probabilities (C, K) of the chunks of each of C clips, and the clips' labels (C,)."""
    _, first, clip = np.unique(clips, return_index=True, return_inverse=True)
    total = np.zeros((len(first), probabilities.shape[1]))
    np.add.at(total, clip, probabilities)
    return total / np.bincount(clip)[:, None], np.asarray(labels)[first]


def pairs(confusion: np.ndarray, classes: tuple[str, ...]) -> pd.DataFrame:
    """Every two classes by how often one is taken for the other, the most confused first.

    The share is the mean of both directions, each of its row of the confusion matrix (K, K).
    """
    shares = confusion / confusion.sum(axis=1, keepdims=True)
    rows = [
        {"one": a, "other": b, "confused": (shares[i, j] + shares[j, i]) / 2}
        for (i, a), (j, b) in itertools.combinations(enumerate(classes), 2)
    ]
    return pd.DataFrame(rows).sort_values("confused", ascending=False, ignore_index=True)


def calibration_error(probabilities: np.ndarray, labels: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error: how far confidence is from accuracy, 0 at best.

    The probability of the predicted class is the confidence. Predictions are put into `bins` of
    equal width by confidence; the gaps between mean confidence and accuracy of the bins are
    averaged, weighted by their size. Source: Guo et al. 2017.
    """
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(confidence[place == b].mean() - right[place == b].mean()) * (place == b).mean()
        for b in np.unique(place)
    ]
    return float(sum(gaps))


def interval(
    right: np.ndarray, groups: np.ndarray, level: float = 0.95, seed: int = 0
) -> tuple[float, float]:
    """Where the accuracy lies, as far as these test chunks tell: a bootstrap interval.

    `right` (N,) says which chunks were named rightly, `groups` (N,) what is alike among them:
    their clips, or their sessions. Whole groups are drawn with replacement, as many as there are,
    2,000 times; the interval holds a share `level` of the accuracies found. With each chunk a
    group of its own it is far too narrow. Raises InputError where shapes disagree. Source: Efron
    and Tibshirani, An Introduction to the Bootstrap, chapter 8.
    """
    right = np.asarray(right, float)
    if not len(right) == len(groups) > 0 or not 0 < level < 1:
        raise InputError(
            f"{len(right)} chunks with {len(groups)} groups and a level of {level} "
            "do not give an interval"
        )
    _, group = np.unique(groups, return_inverse=True)
    count = np.bincount(group)
    rng = np.random.default_rng(seed)
    times = rng.multinomial(len(count), np.full(len(count), 1 / len(count)), size=2000)
    drawn = (times @ np.bincount(group, right)) / (times @ count)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def clips_needed(difference: float, disagreement: float, power: float = 0.8) -> int:
    """How many test clips show that one model is better than another?

    `difference` is how much more clips the one names rightly, `disagreement` the share of clips on
    which only one of the two is right. With so many clips, a difference of this size comes out
    significant at 5 % with a probability of `power`. Source: McNemar's test in its normal
    approximation. Raises InputError where there is no such pair of models.
    """
    if not 0 < difference <= disagreement <= 1 or not 0 < power < 1:
        raise InputError(
            f"difference {difference}, disagreement {disagreement} and power {power}: the "
            "difference lies above 0 and is no larger than the disagreement, the power under 1"
        )
    z = stats.norm.ppf(0.975), stats.norm.ppf(power)
    spread = np.sqrt(disagreement), np.sqrt(disagreement - difference**2)
    return int(np.ceil((np.dot(z, spread) / difference) ** 2))
