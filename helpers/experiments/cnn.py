"""The network trained, scaled and timed (chapter scores)."""

import functools
import time
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from helpers import audio, baselines, chunks, classify, cnn, features, splits
from helpers.experiments import folds
from helpers.experiments.runs import Run, experiment


@experiment("scores")
def network(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """How well does the network name clips that it never heard, beside an SVM?"""
    measure = functools.partial(_network, folds.of(clips, profile), profile)
    for model in ("CNN", "SVM on 39 statistics"):
        for fold in range(splits.FOLDS):
            yield Run({"model": model}, {"fold": fold}, measure)


@experiment("scores")
def scaling(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """What does the scaling of the input do to the network?

    Three ways of mapping raw coefficients, fitted to the training part: the slides' (one range for
    all values to 0..1), a range for each coefficient, and mean and spread of each coefficient.
    """
    measure = functools.partial(_scaling, folds.of(clips, profile), profile)
    for way in features.SCALERS:
        for fold in range(folds.RUN):
            yield Run({"scaling": way}, {"fold": fold}, measure)


@experiment("many-machines", "ledger", alone=True)
def real_time(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """How much faster than real time is each stage, from the file to the trained network?

    Seconds of sound handled in a second, by the slides' network. Files are decoded on one core,
    the other stages use all. The same in both profiles.
    """
    measure = functools.partial(_real_time, clips)
    for repeat in range(3):
        for stage in ("decode", "MFCC", "network", "training"):
            yield Run({"stage": stage}, {"repeat": repeat}, measure)


def _network(fold_of: Callable, profile: str, model: str, fold: int) -> dict:
    made = fold_of("clip", fold)
    if model != "CNN":
        known, new = (baselines.summary(images) for images in (made.images[0], made.images[2]))
        votes = baselines.svm().fit(known, made.train.label).predict(new)
        return folds.scores(features.one_hot(votes, len(made.test.classes)), made.test)
    classifier = folds.trained(made.train, made.validation, folds.EPOCHS[profile], "none")
    curves = {f"curve of {name}": np.array(curve) for name, curve in classifier.history.items()}
    return folds.scores(classifier.predict(made.images[2]), made.test) | curves


def _scaling(fold_of: Callable, profile: str, scaling: str, fold: int) -> dict:
    made = fold_of("clip", fold)
    images, held, _ = made.images
    classifier = cnn.fit(
        images,
        made.train.label,
        (held, made.validation.label),
        made.train.classes,
        epochs=folds.EPOCHS[profile] // 2,
        scaler=features.SCALERS[scaling](images),
    )
    accuracy = np.array(classifier.history["val_accuracy"])
    return {"best validation accuracy": accuracy.max(), "curve of val_accuracy": accuracy}


def _real_time(clips: pd.DataFrame, stage: str, repeat: int) -> dict:
    some = clips.sample(min(100, len(clips)), random_state=repeat)
    cuts = chunks.draw(some, 6 * classify.AT_ONCE, seed=repeat)
    settings = features.Settings()
    images, labels = (
        features.in_batches(cuts.waves, settings),
        features.one_hot(cuts.label, len(cuts.classes)),
    )
    network, scaler = cnn.Architecture(), features.Scaler.fit(images)
    model = cnn.build(network, len(cuts.classes), scaler)
    classifier = cnn.Classifier(model, network, cuts.classes, scaler, settings=settings)
    size, work = {
        "decode": (1, lambda rows: audio.read(some.path.iloc[rows.start])),
        "MFCC": (classify.AT_ONCE, lambda rows: features.in_batches(cuts.waves[rows], settings)),
        "network": (classify.AT_ONCE, lambda rows: classifier.predict(images[rows])),
        "training": (16, lambda rows: model.train_on_batch(images[rows], labels[rows])),
    }[stage]
    count, sound = len(cuts), chunks.SECONDS * len(cuts)
    if stage == "decode":
        count, sound = len(some), some.seconds.sum()
    work(slice(0, size))  # first calls load libraries and build graphs
    begin = time.perf_counter()
    for i in range(0, count, size):
        work(slice(i, i + size))
    return {"realtime": sound / (time.perf_counter() - begin)}
