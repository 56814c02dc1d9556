"""The slides' ten models, and what their inputs do to them (chapter comparison)."""

import functools
import time
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from helpers import baselines, chunks, cutmix, features, pruning, splits
from helpers import comparison as apart
from helpers.experiments import folds
from helpers.experiments.folds import Fold
from helpers.experiments.runs import Run, draws, experiment

NETWORKS = {
    "CNN without CutMix": "none",
    "CNN + CutMix": "on the fly",
    "CNN + CutMix + Pruning": "on the fly",
}
"""The slides' three networks, and which CutMix each is trained with."""

SPARSITY = 0.5
"""The slides' pruned network has half of its weights left."""


@experiment("comparison", "ledger")
def comparison(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """How do the slides' ten models compare?

    Under each protocol, on the first three of the folds that `folds.count` makes, seed 0.
    In the classical models nothing is tuned, so they are trained on the training and the
    validation part; the networks need the latter to choose their best epoch. The cheap models
    come first.

    The classical models fit and predict on one core. The networks use all that they are given;
    their time to fit is without that of pruning, which chapter pruning looks at. It is that of the
    run that trained them, maybe in another experiment and beside others.
    """
    fold_of = folds.of(clips, profile, folds.count(clips))
    every = [(protocol, fold) for protocol in splits.PROTOCOLS for fold in range(folds.RUN)]
    # Each model's maker is given to its own runs, so that another one in the table leaves them.
    classical = [
        (model, inputs, functools.partial(_classical, fold_of, make, describe))
        for inputs, describe in baselines.INPUTS.items()
        for model, make in baselines.MODELS.items()
    ]
    networks = [
        (model, "image", functools.partial(_network, fold_of, profile, way))
        for model, way in NETWORKS.items()
    ]
    for models in (classical, networks):
        for protocol, fold in every:
            for model, inputs, measure in models:
                compared = {"model": model, "inputs": inputs, "protocol": protocol}
                yield Run(compared, {"fold": fold}, measure)


@experiment("comparison")
def scaled_inputs(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """What does the scaling of the flattened inputs do to models other than the network?

    The ways of scaling are those of `scaling`, fitted to what the models are trained
    on, in place of the models' own. Split by chunk, as the slides did, and by clip.
    """
    fold_of = folds.of(clips, profile, folds.count(clips))
    names = ("Logistic Regression", "SVM", "Random Forest", "MLP")
    for protocol in ("chunk", "clip"):
        for fold in range(folds.RUN):
            for way, scale in features.SCALERS.items():
                for model in names:
                    compared = {"model": model, "scaling": way, "protocol": protocol}
                    measure = functools.partial(_scaled, fold_of, baselines.MODELS[model], scale)
                    yield Run(compared, {"fold": fold}, measure)


@experiment("comparison")
def closeness(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """How far apart are the classes in their averaged MFCCs?

    Between the means of the classes, over all random chunks, for three draws of them.
    """
    measure = functools.partial(_closeness, clips, draws(len(clips), profile))
    for seed in range(3):
        yield Run({"of": "class means"}, {"seed": seed}, measure)


def _known(made: Fold) -> tuple[np.ndarray, np.ndarray]:
    """Images and labels of the training and the validation part."""
    return (
        np.concatenate(made.images[:2]),
        np.concatenate([made.train.label, made.validation.label]),
    )


def _scaled(
    fold_of: Callable, make: Callable, scale: Callable, protocol: str, fold: int, **_
) -> dict:
    made = fold_of(protocol, fold)
    known, labels = _known(made)
    scaler = scale(known)
    bare = make(random_state=0)[-1]  # without its own scaling
    with threadpool_limits(1):
        bare.fit(baselines.flattened(scaler(known)), labels)
        return {
            "accuracy": bare.score(baselines.flattened(scaler(made.images[2])), made.test.label),
            "training accuracy": bare.score(baselines.flattened(scaler(known)), labels),
        }


def _classical(
    fold_of: Callable, make: Callable, describe: Callable, protocol: str, fold: int, **_
) -> dict:
    made = fold_of(protocol, fold)
    known, labels = _known(made)
    with threadpool_limits(1):  # small matrices: on several cores the waiting costs more
        begin = time.perf_counter()
        fitted = make(random_state=0).fit(describe(known), labels)
        seconds = time.perf_counter() - begin
        figures = _scored(lambda x: baselines.probabilities(fitted, describe(x)), made)
    return figures | {"fit seconds": seconds, "parameters": baselines.parameters(fitted)}


def _network(
    fold_of: Callable, profile: str, way: str, model: str, inputs: str, protocol: str, fold: int
) -> dict:
    made = fold_of(protocol, fold)
    classifier = folds.trained(made.train, made.validation, folds.EPOCHS[profile], way)
    figures: dict[str, float | None]
    if model == "CNN + CutMix + Pruning":
        classifier = pruning.prune(
            classifier,
            made.images[0],
            made.train.label,
            (made.images[1], made.validation.label),
            SPARSITY,
            layers="all",
            epochs=folds.EPOCHS_OF_PRUNING[profile],
            augment=cutmix.on_the_fly,
        )
        figures = {"parameters": int(pruning.nonzero(classifier).nonzero.sum())}
    else:
        figures = {
            "parameters": classifier.model.count_params(),
            "fit seconds": classifier.seconds,
        }
    classifier.predict(made.images[2])  # the first call builds the graph
    return figures | _scored(classifier.predict, made)


def _scored(predict: Callable, made: Fold) -> dict:
    images = made.images[2]
    begin = time.perf_counter()
    probabilities = predict(images)
    spent = time.perf_counter() - begin
    scores = folds.scores(probabilities, made.test)
    return scores | {"predict milliseconds": 1000 * spent / len(images)}


def _closeness(clips: pd.DataFrame, n: int, seed: int, of: str) -> dict:
    cuts = chunks.draw(clips, n, seed)
    return {of: apart.distances(features.mfcc(cuts.waves), cuts.label, len(cuts.classes))}
