"""What CutMix does to the network, and what it costs (chapter cutmix)."""

import functools
import time
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from helpers import augment, cnn, cutmix, features, metrics, splits
from helpers.experiments import folds
from helpers.experiments.runs import Run, experiment

SNRS = (20, 10, 0)


@experiment("cutmix", "comparison")
def cutmixed(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """What does CutMix do to accuracy, confidence and robustness against noise?"""
    measure = functools.partial(_cutmixed, folds.learned(clips, profile))
    for way in ("none", "on the fly", "the slides'"):
        for fold in range(folds.RUN):
            yield Run({"CutMix": way}, {"fold": fold}, measure)


@experiment("cutmix", alone=True)
def cutmix_cost(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """How much time does CutMix on the fly add to a batch of training?"""
    measure = functools.partial(_cutmix_cost, clips)
    for repeat in range(5):
        yield Run({"batch": 16}, {"repeat": repeat}, measure)


HEARD = 0.0, 30.0
"""Between these ratios, in dB, lies the noise that `noise_trained` trains with."""


@experiment("cutmix")
def noise_trained(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """Does a network that trains with noise withstand noise?

    By clip, as in `cutmixed`. "with noise" learns from each chunk as it is and once more
    with white noise; "recorded otherwise" from each chunk as it is and once more with all changes
    of `augment.Variation`. Both sets are twice as large and get half of the epochs, so that each
    way sees as many images.
    """
    measure = functools.partial(_noise_trained, folds.of(clips, profile), folds.EPOCHS[profile])
    for way in TRAININGS:
        for fold in range(folds.RUN):
            yield Run({"training": way}, {"fold": fold}, measure)


def _with_noise(waves: np.ndarray, labels: np.ndarray, rng: np.random.Generator):
    return augment.with_noisy(waves, labels, rng, HEARD)


def _otherwise(waves: np.ndarray, labels: np.ndarray, rng: np.random.Generator):
    changed = augment.recorded_otherwise(waves, rng)
    return np.concatenate([waves, changed]), np.concatenate([labels, labels])


TRAININGS: dict[str, Callable | None] = {
    "as recorded": None,
    "with noise": _with_noise,
    "recorded otherwise": _otherwise,
}


def _noise_trained(fold_of: Callable, epochs: int, fold: int, training: str) -> dict:
    made = fold_of("clip", fold)
    train, test = made.train, made.test
    waves, labels = train.waves, train.label
    if more := TRAININGS[training]:
        waves, labels = more(waves, labels, np.random.default_rng(fold))
        epochs //= 2
    held = made.images[1], made.validation.label
    network = cnn.fit(features.mfcc(waves), labels, held, train.classes, epochs=epochs)
    heard = {"accuracy": test.waves}
    for snr in SNRS:
        heard[f"accuracy at {snr} dB"] = augment.noise(test.waves, snr, np.random.default_rng(snr))
    heard["accuracy, rumble at 10 dB"] = augment.rumble(test.waves, 10, np.random.default_rng(0))
    return {
        name: (network.predict(features.mfcc(waves)).argmax(axis=1) == test.label).mean()
        for name, waves in heard.items()
    }


def _cutmixed(learned_on: Callable, fold: int, **compared: str) -> dict:
    made, classifier = learned_on(fold, compared["CutMix"])
    test = made.test
    probabilities = classifier.predict(made.images[2])
    figures = folds.scores(probabilities, test) | {
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
