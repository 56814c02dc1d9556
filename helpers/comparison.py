"""The slides' ten models side by side, and how far apart their classes lie (chapter comparison).

Source: slides "Comparison with Other Models" and "Results and Inferences".
"""

import functools
import time
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from helpers import baselines, chunks, cutmix, experiments, features, metrics, pruning, splits
from helpers.chunks import Chunks
from helpers.errors import InputError
from helpers.runs import Run, bound, draws

INPUTS = {"flattened": baselines.flattened, "statistics": baselines.summary}
"""What a classical model may be told of an MFCC image: 3575 numbers as in the slides, or 39."""

NETWORKS = {
    "CNN without CutMix": "none",
    "CNN + CutMix": "on the fly",
    "CNN + CutMix + Pruning": "on the fly",
}
"""The slides' three networks, and which CutMix each is trained with."""

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

SPARSITY = 0.5
"""The slides' pruned network has half of its weights left."""


def comparison(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """How do the slides' ten models compare?

    Under each protocol, on the first three of the folds that `baselines.folds_of` makes, seed 0.
    In the classical models nothing is tuned, so they are trained on the training and the
    validation part; the networks need the latter to choose their best epoch. The cheap models
    come first.

    The classical models fit and predict on one core. The networks use all that they are given;
    their time to fit is without that of pruning, which chapter pruning looks at.
    """
    parts = parts_of(clips, profile)
    every = [(protocol, fold) for protocol in splits.PROTOCOLS for fold in range(experiments.FOLDS)]
    classical = [(model, inputs) for inputs in INPUTS for model in baselines.MODELS]
    for measure, models in (
        (bound(_classical, parts), classical),
        (bound(_network, parts, profile), [(model, "image") for model in NETWORKS]),
    ):
        for protocol, fold in every:
            for model, inputs in models:
                compared = {"model": model, "inputs": inputs, "protocol": protocol}
                yield Run(compared, {"fold": fold}, measure)


def scaled_inputs(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """What does the scaling of the flattened inputs do to models other than the network?

    The ways of scaling are those of `experiments.scaling`, fitted to what the models are trained
    on, in place of the models' own. Split by chunk, as the slides did, and by clip.
    """
    parts = parts_of(clips, profile)
    for protocol in ("chunk", "clip"):
        for fold in range(experiments.FOLDS):
            for way in experiments.SCALERS:
                for model in ("Logistic Regression", "SVM", "Random Forest", "MLP"):
                    compared = {"model": model, "scaling": way, "protocol": protocol}
                    yield Run(compared, {"fold": fold}, bound(_scaled, parts))


def closeness(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """How far apart are the classes in their averaged MFCCs?

    Between the means of the classes, over all random chunks, for three draws of them.
    """
    measure = bound(_closeness, clips, draws(len(clips), profile))
    for seed in range(3):
        yield Run({"of": "class means"}, {"seed": seed}, measure)


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
    """
    table = metrics.pairs(confusion, classes)
    at = {name: i for i, name in enumerate(classes)}
    distance = [
        apart[at[one], at[other]] for one, other in zip(table.one, table.other, strict=True)
    ]
    return table.assign(distance=distance)


def parts_of(clips: pd.DataFrame, profile: str) -> Callable:
    """A function of protocol and fold that returns the three parts and their MFCC images.

    The models of a fold follow each other and share what was cut and computed for it.
    """
    folds = baselines.folds_of(clips)

    @functools.lru_cache(maxsize=1)
    def parts(protocol: str, fold: int) -> tuple[tuple[Chunks, ...], list[np.ndarray]]:
        n = draws(len(clips), profile)
        cuts = splits.parts(clips, n, protocol, seed=0, fold=fold, folds=folds)
        return cuts, [features.mfcc(part.waves) for part in cuts]

    return parts


def _known(cuts: tuple[Chunks, ...], images: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Images and labels of the training and the validation part."""
    return np.concatenate(images[:2]), np.concatenate([part.label for part in cuts[:2]])


def _scaled(parts: Callable, model: str, scaling: str, protocol: str, fold: int) -> dict:
    cuts, images = parts(protocol, fold)
    known, labels = _known(cuts, images)
    scaler = experiments.SCALERS[scaling](known)
    bare = baselines.MODELS[model](random_state=0)[-1]  # without its own scaling
    with threadpool_limits(1):
        bare.fit(baselines.flattened(scaler(known)), labels)
        return {
            "accuracy": bare.score(baselines.flattened(scaler(images[2])), cuts[2].label),
            "training accuracy": bare.score(baselines.flattened(scaler(known)), labels),
        }


def _classical(parts: Callable, model: str, inputs: str, protocol: str, fold: int) -> dict:
    cuts, images = parts(protocol, fold)
    known, labels = _known(cuts, images)
    describe = INPUTS[inputs]
    with threadpool_limits(1):  # small matrices: on several cores the waiting costs more
        begin = time.perf_counter()
        fitted = baselines.MODELS[model](random_state=0).fit(describe(known), labels)
        seconds = time.perf_counter() - begin
        figures = _scored(
            lambda x: baselines.probabilities(fitted, describe(x)), cuts[2], images[2]
        )
    return figures | {"fit seconds": seconds, "parameters": baselines.parameters(fitted)}


def _network(
    parts: Callable, profile: str, model: str, inputs: str, protocol: str, fold: int
) -> dict:
    (train, validation, test), images = parts(protocol, fold)
    way = NETWORKS[model]
    classifier = experiments.trained(train, validation, experiments.EPOCHS[profile], way)
    if model == "CNN + CutMix + Pruning":
        classifier = pruning.prune(
            classifier,
            images[0],
            train.label,
            (images[1], validation.label),
            SPARSITY,
            layers="all",
            epochs=experiments.EPOCHS_OF_PRUNING[profile],
            augment=cutmix.on_the_fly,
        )
        figures = {"parameters": int(pruning.nonzero(classifier).nonzero.sum())}
    else:
        figures = {
            "parameters": classifier.model.count_params(),
            "fit seconds": classifier.seconds,
        }
    classifier.predict(images[2])  # the first call builds the graph
    return figures | _scored(classifier.predict, test, images[2])


def _scored(predict: Callable, test: Chunks, images: np.ndarray) -> dict:
    begin = time.perf_counter()
    probabilities = predict(images)
    spent = time.perf_counter() - begin
    report = metrics.report(probabilities, test.label, test.clip, test.classes)
    return report.figures() | {"predict milliseconds": 1000 * spent / len(images)}


def _closeness(clips: pd.DataFrame, n: int, seed: int, of: str) -> dict:
    cuts = chunks.draw(clips, n, seed)
    return {of: distances(features.mfcc(cuts.waves), cuts.label, len(cuts.classes))}
