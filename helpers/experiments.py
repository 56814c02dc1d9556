"""The recorded trainings of the network (chapters cnn and cutmix).

All keep clips apart, train on random chunks, take the epoch that is best on the validation part,
and score the test part once, on windows at a hop of 1 s. Run them with `helpers.reproduce`.
"""

import time
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from helpers import augment, baselines, cnn, cutmix, features, metrics, runs, splits
from helpers.chunks import Chunks
from helpers.runs import Run, bound

EPOCHS = {"quick": 12, "paper": 48}
"""The slides trained 30 epochs without CutMix and 50 with it; these can be divided by 4."""

EPOCHS_OF_PRUNING = {"quick": 3, "paper": 16}
"""For how long a trained network is trained on while it is pruned."""

SNRS = (20, 10, 0)

FOLDS = 3
"""Where each fold means several trainings, so many are run of the five, or of three."""

BATCH = 16
"""Images in a batch of training."""


def trained(
    train: Chunks,
    validation: Chunks,
    epochs: int,
    way: str = "on the fly",
    scaler: features.Scaler | None = None,
) -> cnn.Classifier:
    """The book's network as its experiments train it, seed 0, batches of 16.

    `way` is that of CutMix: "none", "on the fly", or "the slides'", whose set of four times the
    size gets a quarter of the epochs, so that each way sees as many images. `scaler` is by default
    fitted to the training part.
    """
    images, labels = features.mfcc(train.waves), train.label
    mixing: Callable | None = cutmix.on_the_fly if way == "on the fly" else None
    if way == "the slides'":
        of_one = features.one_hot(labels, len(train.classes))
        images, labels = cutmix.of_the_slides(images, of_one, np.random.default_rng(0))
        epochs //= 4
    held = features.mfcc(validation.waves), validation.label
    return cnn.fit(
        images, labels, held, train.classes, epochs=epochs, augment=mixing, scaler=scaler
    )


def network(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """How well does the network name clips that it never heard, beside an SVM?"""
    measure = bound(_network, clips, profile)
    for model in ("CNN", "SVM on 39 statistics"):
        for fold in range(splits.FOLDS):
            yield Run({"model": model}, {"fold": fold}, measure)


def scaling(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """What does the scaling of the input do to the network?

    Three ways of mapping raw coefficients, fitted to the training part: the slides' (one range for
    all values to 0..1), a range for each coefficient, and mean and spread of each coefficient.
    """
    measure = bound(_scaling, clips, profile)
    for way in SCALERS:
        for fold in range(FOLDS):
            yield Run({"scaling": way}, {"fold": fold}, measure)


def cutmixed(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """What does CutMix do to accuracy, confidence and robustness against noise?"""
    measure = bound(_cutmixed, clips, profile)
    for way in ("none", "on the fly", "the slides'"):
        for fold in range(FOLDS):
            yield Run({"CutMix": way}, {"fold": fold}, measure)


def cutmix_cost(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """How much time does CutMix on the fly add to a batch of training?"""
    measure = bound(_cutmix_cost, clips)
    for repeat in range(5):
        yield Run({"batch": 16}, {"repeat": repeat}, measure)


def one_range(images: np.ndarray) -> features.Scaler:
    """The slides' scaling: all values to 0..1, by the smallest and largest of the whole set."""
    k = images.shape[-1]
    low, high = float(images.min()), float(images.max())
    return features.Scaler((low,) * k, (high - low,) * k)


def range_of_each(images: np.ndarray) -> features.Scaler:
    """Each coefficient to 0..1, by its own smallest and largest value."""
    low, high = images.min(axis=(0, 1)), images.max(axis=(0, 1))
    return features.Scaler(tuple(low.tolist()), tuple((high - low).tolist()))


SCALERS = {
    "one range, 0 to 1 (the slides')": one_range,
    "a range for each coefficient": range_of_each,
    "mean and spread of each coefficient": features.Scaler.fit,
}


def _parts(clips: pd.DataFrame, profile: str, fold: int) -> tuple[Chunks, Chunks, Chunks]:
    return splits.parts(clips, runs.draws(len(clips), profile), "clip", seed=0, fold=fold)


def _scores(probabilities: np.ndarray, test: Chunks) -> dict:
    return metrics.report(probabilities, test.label, test.clip, test.classes).figures()


def _network(clips: pd.DataFrame, profile: str, model: str, fold: int) -> dict:
    train, validation, test = _parts(clips, profile, fold)
    if model != "CNN":
        machine = baselines.svm().fit(baselines.statistics(train.waves), train.label)
        votes = machine.predict(baselines.statistics(test.waves))
        return _scores(features.one_hot(votes, len(test.classes)), test)
    classifier = trained(train, validation, EPOCHS[profile], "none")
    curves = {f"curve of {name}": np.array(curve) for name, curve in classifier.history.items()}
    return _scores(classifier.predict(features.mfcc(test.waves)), test) | curves


def _scaling(clips: pd.DataFrame, profile: str, scaling: str, fold: int) -> dict:
    train, validation, _ = _parts(clips, profile, fold)
    images = features.mfcc(train.waves)
    classifier = cnn.fit(
        images,
        train.label,
        (features.mfcc(validation.waves), validation.label),
        train.classes,
        epochs=EPOCHS[profile] // 2,
        scaler=SCALERS[scaling](images),
    )
    accuracy = np.array(classifier.history["val_accuracy"])
    return {"best validation accuracy": accuracy.max(), "curve of val_accuracy": accuracy}


def _cutmixed(clips: pd.DataFrame, profile: str, fold: int, **compared: str) -> dict:
    train, validation, test = _parts(clips, profile, fold)
    classifier = trained(train, validation, EPOCHS[profile], compared["CutMix"])
    probabilities = classifier.predict(features.mfcc(test.waves))
    figures = _scores(probabilities, test) | {
        "confidence": probabilities.max(axis=1).mean(),
        "calibration error": metrics.calibration_error(probabilities, test.label),
        "curve of accuracy": np.array(classifier.history["accuracy"]),
        "curve of val_accuracy": np.array(classifier.history["val_accuracy"]),
    }
    for snr in SNRS:
        noisy = augment.noise(test.waves, snr, np.random.default_rng(snr))
        right = classifier.predict(features.mfcc(noisy)).argmax(axis=1) == test.label
        figures[f"accuracy at {snr} dB"] = right.mean()
    return figures


def _cutmix_cost(clips: pd.DataFrame, batch: int, repeat: int) -> dict:
    train, _, _ = splits.parts(clips, 4 * batch, "clip", seed=repeat)
    images = features.mfcc(train.waves)[:batch]
    labels = features.one_hot(train.label[:batch], len(train.classes))
    model = cnn.build(cnn.Architecture(), len(train.classes), features.Scaler.fit(images))
    model.train_on_batch(images, labels)  # the first call builds the graph
    rng = np.random.default_rng(repeat)
    spent = {"mix": 0.0, "train": 0.0}
    for _ in range(20):
        begin = time.perf_counter()
        x, y = cutmix.on_the_fly(images, labels, rng)
        mixed = time.perf_counter()
        model.train_on_batch(x, y)
        spent["mix"] += mixed - begin
        spent["train"] += time.perf_counter() - mixed
    return {"time added, %": 100 * spent["mix"] / spent["train"]}
