"""Classifiers without a network, on descriptions of chunks (chapter comparison)."""

from collections.abc import Callable

import numpy as np
from scipy.special import softmax
from sklearn.ensemble import AdaBoostClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from helpers import audio, features, store
from helpers.errors import InputError


def flattened(images: np.ndarray) -> np.ndarray:
    """The slides' input: every value of an MFCC image in a row, (N, 275, 13) to (N, 3575).

    >>> import numpy as np
    >>> from helpers import baselines
    >>> baselines.flattened(np.zeros((2, 275, 13))).shape
    (2, 3575)
    """
    return images.reshape(len(images), -1)


def summary(images: np.ndarray) -> np.ndarray:
    """Mean, spread and mean change of each coefficient: (N, 275, 13) to (N, 39).

    >>> import numpy as np
    >>> from helpers import baselines
    >>> baselines.summary(np.zeros((2, 275, 13))).shape
    (2, 39)
    """
    change = np.abs(np.diff(images, axis=1)).mean(axis=1)
    return np.concatenate([images.mean(axis=1), images.std(axis=1), change], axis=1)


INPUTS = {"flattened": flattened, "statistics": summary}
"""What a model may be told of an MFCC image: 3575 numbers as in the slides, or 39."""


def statistics(waves: np.ndarray) -> np.ndarray:
    """The `summary` of the MFCC images of chunks: waves (N, samples) give (N, 39).

    >>> from helpers import baselines, sound
    >>> baselines.statistics(sound.tone([1.0], seconds=2.0)[None]).shape
    (1, 39)
    """
    return summary(features.mfcc(waves))


def timbre(waves: np.ndarray) -> np.ndarray:
    """The averaged MFCCs of chapter mfcc: waves (N, samples) give (N, 13)."""
    return features.average(features.mfcc(waves))


def pitches(waves: np.ndarray) -> np.ndarray:
    """Which notes a chunk holds: waves (N, samples) give (N, 5) quantiles of pitch in semitones.

    The pitch of every 23 ms, in a frame of 93 ms, is YIN's estimate between 35 and 1100 Hz, in
    semitones above 35 Hz; the quantiles are 10, 25, 50, 75 and 90 %.
    """
    return store.keep("pitches", _pitches, waves)["pitches"]


def _pitches(waves: np.ndarray) -> dict:
    import librosa

    lowest = 35.0
    f0 = librosa.yin(waves, fmin=lowest, fmax=1100, sr=audio.SR, frame_length=2048)
    shares = np.quantile(12 * np.log2(f0 / lowest), [0.1, 0.25, 0.5, 0.75, 0.9], axis=1)
    return {"pitches": shares.T}


def svm() -> Pipeline:
    """A support vector machine with an RBF kernel, scaling included.

    >>> import numpy as np
    >>> from helpers import baselines
    >>> x = np.array([[0.0], [0.1], [1.0], [1.1]])
    >>> baselines.svm().fit(x, [0, 0, 1, 1]).predict([[0.05], [1.05]]).tolist()
    [0, 1]
    """
    return make_pipeline(StandardScaler(), SVC(C=5))


def _scaled(model) -> Pipeline:
    return make_pipeline(StandardScaler(), model)


MODELS: dict[str, Callable[..., Pipeline]] = {
    "Logistic Regression": lambda random_state: _scaled(LogisticRegression(max_iter=300)),
    "Naive Bayes": lambda random_state: _scaled(GaussianNB()),
    "SVM": lambda random_state: _scaled(SVC(kernel="linear", break_ties=True)),
    "Decision Tree": lambda random_state: _scaled(
        DecisionTreeClassifier(random_state=random_state)
    ),
    "Random Forest": lambda random_state: _scaled(
        RandomForestClassifier(50, random_state=random_state)
    ),
    "AdaBoost": lambda random_state: _scaled(
        AdaBoostClassifier(n_estimators=100, random_state=random_state)
    ),
    "MLP": lambda random_state: _scaled(
        MLPClassifier((64, 16, 12), max_iter=1000, random_state=random_state)
    ),
}
"""The slides' seven classical models, untrained: `MODELS["Random Forest"](random_state=0)`.

The settings are those of the slides' code: 300 iterations, a linear SVM, 50 trees, 100 stumps.
It shows none for the MLP, but the slides' .47 is also what their ablation gives the network
without convolutions (.4698), so this one has that network's dense layers. Each standardises its
inputs by the training part; the slides mapped all values to 0..1 by the whole set. `break_ties`
makes the SVM choose the class of the highest decision value, so that `probabilities` agree.
"""


def probabilities(model: Pipeline, inputs: np.ndarray) -> np.ndarray:
    """What a fitted model gives each class, float (N, K); its choice has the highest.

    The SVM has no probabilities: the softmax of its decision values stands in for them, so that
    the chunks of a clip can be averaged.
    """
    if hasattr(model, "predict_proba"):
        return model.predict_proba(inputs)
    return softmax(model.decision_function(inputs), axis=1)


def parameters(model: Pipeline) -> int:
    """How many numbers a fitted pipeline's model learned, the scaling's aside.

    Weights, means and variances are counted as they are; a split of a tree is two numbers (which
    input, and the threshold), a leaf is one (the class), and so is a stump's vote in AdaBoost. Of
    support vectors and remembered neighbours all numbers count. Raises InputError for a kind of
    model that it cannot count.
    """
    return _count(model[-1])


def _count(fitted) -> int:
    match fitted:
        case SVC(kernel="linear") | LogisticRegression():
            arrays = [fitted.coef_, fitted.intercept_]
        case SVC():
            arrays = [fitted.support_vectors_, fitted.dual_coef_, fitted.intercept_]
        case GaussianNB():
            arrays = [fitted.theta_, fitted.var_, fitted.class_prior_]
        case MLPClassifier():
            arrays = [*fitted.coefs_, *fitted.intercepts_]
        case DecisionTreeClassifier():
            return 2 * fitted.tree_.node_count - fitted.tree_.n_leaves
        case RandomForestClassifier():
            return sum(map(_count, fitted.estimators_))
        case AdaBoostClassifier():
            return sum(map(_count, fitted.estimators_)) + len(fitted.estimators_)
        case KNeighborsClassifier():
            return fitted.n_samples_fit_ * fitted.n_features_in_
        case _:
            raise InputError(
                f"{type(fitted).__name__}: it is not known how its parameters are counted; add a "
                "case to helpers.baselines.parameters"
            )
    return sum(array.size for array in arrays)
