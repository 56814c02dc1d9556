"""Scores of a classifier: four metrics, the confusion matrix, votes by clip (chapter scores).

Source: slides "Results and Inferences". Their formula for accuracy is that of two classes; here
it is the share of right answers. Precision, recall and F1 are macro averages: the mean over the
classes, each counted alike.
"""

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd
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

    >>> import numpy as np
    >>> from helpers import metrics
    >>> p = np.array([[0.9, 0.1], [0.4, 0.6], [0.8, 0.2]])
    >>> scores = metrics.report(p, np.array([0, 1, 1]), np.array(["a", "b", "b"]), ("x", "y"))
    >>> round(scores.accuracy, 3), scores.clip_accuracy, scores.confusion.tolist()
    (0.667, 0.5, [[1, 0], [1, 1]])
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
    """Mean probabilities (C, K) of the chunks of each of C clips, and the clips' labels (C,).

    >>> import numpy as np
    >>> from helpers import metrics
    >>> p = np.array([[0.75, 0.25], [0.25, 0.75], [0.0, 1.0]])
    >>> mean, label = metrics.by_clip(p, np.array([0, 1, 1]), np.array(["a", "b", "b"]))
    >>> mean.tolist(), label.tolist()
    ([[0.75, 0.25], [0.125, 0.875]], [0, 1])
    """
    _, first, clip = np.unique(clips, return_index=True, return_inverse=True)
    total = np.zeros((len(first), probabilities.shape[1]))
    np.add.at(total, clip, probabilities)
    return total / np.bincount(clip)[:, None], np.asarray(labels)[first]


def pairs(confusion: np.ndarray, classes: tuple[str, ...]) -> pd.DataFrame:
    """Every two classes by how often one is taken for the other, the most confused first.

    The share is the mean of both directions, each of its row of the confusion matrix (K, K).

    >>> import numpy as np
    >>> from helpers import metrics
    >>> metrics.pairs(np.array([[8, 2], [4, 6]]), ("cello", "clarinet")).to_dict("records")
    [{'one': 'cello', 'other': 'clarinet', 'confused': 0.30000000000000004}]
    """
    shares = confusion / confusion.sum(axis=1, keepdims=True)
    rows = [
        {"one": a, "other": b, "confused": (shares[i, j] + shares[j, i]) / 2}
        for (i, a), (j, b) in itertools.combinations(enumerate(classes), 2)
    ]
    return pd.DataFrame(rows).sort_values("confused", ascending=False, ignore_index=True)


def calibration_error(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Expected calibration error: how far confidence is from accuracy, 0 at best.

    The probability of the predicted class is the confidence. The gaps between mean confidence and
    accuracy of the bins, see `calibration`, are averaged, weighted by their size. Source: Guo et
    al. 2017.

    >>> import numpy as np
    >>> from helpers import metrics
    >>> sure = np.array([[0.95, 0.05]] * 4)
    >>> round(metrics.calibration_error(sure, np.array([0, 0, 0, 1])), 2)
    0.2
    """
    table = calibration(probabilities, labels)
    return float(((table.confidence - table.right).abs() * table.n).sum() / table.n.sum())


def calibration(probabilities: np.ndarray, labels: np.ndarray) -> pd.DataFrame:
    """How often predictions are right, beside how sure they are, in ten bins.

    `probabilities` (N, K); `labels` (N,) ints. A row for each bin that holds predictions, with the
    columns low (where it begins), n (how many it holds), confidence and right (their means).

    >>> import numpy as np
    >>> from helpers import metrics
    >>> metrics.calibration(np.array([[0.75, 0.25]] * 4), np.array([0, 0, 0, 1])).to_dict("list")
    {'low': [0.7], 'n': [4], 'confidence': [0.75], 'right': [0.75]}
    """
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    place = np.minimum((confidence * 10).astype(int), 9)
    rows = [
        (k / 10, (place == k).sum(), confidence[place == k].mean(), right[place == k].mean())
        for k in np.unique(place)
    ]
    return pd.DataFrame(rows, columns=["low", "n", "confidence", "right"])
