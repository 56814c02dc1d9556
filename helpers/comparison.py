"""The slides' ten models side by side, and how far apart their classes lie (chapter comparison).

Source: slides "Comparison with Other Models" and "Results and Inferences".
"""

import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler

from helpers import features, metrics
from helpers.dataset import CLASSES
from helpers.errors import InputError

OF_THE_SLIDES = pd.DataFrame.from_dict(
    {
        "CNN + CutMix": (0.86, 0.86, 0.85, 0.85),
        "CNN + CutMix + Pruning": (0.83, 0.83, 0.82, 0.82),
        "Random Forest": (0.80, 0.81, 0.80, 0.81),
        "CNN without CutMix": (0.79, 0.79, 0.80, 0.79),
        "SVM": (0.71, 0.71, 0.71, 0.71),
        "Logistic Regression": (0.68, 0.68, 0.68, 0.68),
        "AdaBoost": (0.66, 0.68, 0.67, 0.66),
        "Decision Tree": (0.64, 0.64, 0.63, 0.64),
        "Naive Bayes": (0.58, 0.62, 0.60, 0.58),
        "MLP": (0.47, 0.48, 0.47, 0.47),
    },
    orient="index",
    columns=["accuracy", "precision", "recall", "f1"],
)
"""The slides' table "Comparison with Other Models", the best first."""

RIGHT_OF_THE_SLIDES = dict(zip(CLASSES, (0.85, 0.80, 0.85, 0.89, 0.87), strict=True))
"""The slides' CNN + CutMix: the share of each class that it names rightly."""


def distances(images: np.ndarray, labels: np.ndarray, n_classes: int) -> np.ndarray:
    """How far apart the classes' mean spectra are: images (N, 275, 13) give float (K, K).

    Each coefficient's average over time is standardised over all images, the results are averaged
    over each class, and the Euclidean distances between the classes returned. Raises InputError
    for a class without images.
    """
    lacking = sorted(set(range(n_classes)) - set(np.unique(labels)))
    if lacking:
        raise InputError(f"there are no images of class {lacking[0]}; give some of each class")
    averages = StandardScaler().fit_transform(features.average(images))
    means = np.stack([averages[labels == i].mean(axis=0) for i in range(n_classes)])
    return np.linalg.norm(means[:, None] - means, axis=-1)


def related(confusion: np.ndarray, apart: np.ndarray, classes: tuple[str, ...]) -> pd.DataFrame:
    """The table of `metrics.pairs` with each pair's distance beside its confusion.

    `apart` (K, K) is that of `distances`. Confused and distance can be compared by their ranks,
    table.confused.corr(table.distance, method="spearman"): at -1 the nearer of two pairs is always
    the more confused one, at 0 the distance says nothing about it.

    >>> import numpy as np
    >>> from helpers import comparison
    >>> confusion, apart = np.array([[8, 2], [4, 6]]), np.array([[0, 3], [3, 0]])
    >>> found = comparison.related(confusion, apart, ("cello", "clarinet"))
    >>> found.distance.tolist()
    [3]
    """
    table = metrics.pairs(confusion, classes)
    at = {name: i for i, name in enumerate(classes)}
    distance = [
        apart[at[one], at[other]] for one, other in zip(table.one, table.other, strict=True)
    ]
    return table.assign(distance=distance)
