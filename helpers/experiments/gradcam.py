"""Whether heat maps say where the network looks (chapter gradcam)."""

import functools
import itertools
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from helpers import cnn, faithfulness, gradcam
from helpers.experiments import folds
from helpers.experiments.runs import Run, experiment

IMAGES = 80
"""Windows of each fold's test part that the experiments look at; all where there are fewer."""

LAYERS = ("conv1", "conv3")
"""The layers that the experiments look at."""

WAYS = ("none", "on the fly")
"""The CutMix of the networks that `localisation` compares, by its name in `folds.trained`.

The other experiments look into those without: in a short training they alone become sure of what
they say, and so have a probability to lose.
"""

SHARES = (0.05, 0.1, 0.2, 0.4)
"""How much of an image `deletion` hides."""

RANDOM_FROM = ("probabilities", "dense1", "conv3", "conv2", "conv1")
"""From which layer upwards `sanity` replaces what was learned."""


@experiment("gradcam")
def deletion(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """Does the network miss the hottest part of an image more than another part of that size?

    Hidden are, of each kind of map, the hottest places, the same shape at another moment, and the
    shape that is hottest in another image. And, for which no network is asked, as many places
    "scattered" anywhere, and the "largest" values, those furthest from the mean. The figures are
    the probability, mean over the images, of the class predicted before anything was hidden.
    """
    measure = functools.partial(_deletion, _looks(clips, profile))
    rows = list(itertools.product(gradcam.METHODS, LAYERS, list(faithfulness.HIDDEN)[:3]))
    rows += [("none", "none", hidden) for hidden in list(faithfulness.HIDDEN)[3:]]
    for fold in range(folds.RUN):
        for method, layer, hidden in rows:
            compared = {"map": method, "layer": layer, "hidden": hidden}
            yield Run(compared, {"fold": fold}, measure)


@experiment("gradcam")
def localisation(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """Do the maps of a network trained with CutMix lie where the instrument is?

    In images whose first and second half come from two instruments: how much of the heat for each
    of them lies in its own half. Heat that knows nothing of the instruments has 0.5 there. And in
    images as they are: how much of them holds half of the heat for the predicted class, of right
    and wrong answers.
    """
    measure = functools.partial(_localisation, _looks(clips, profile))
    for fold in range(folds.RUN):
        for way, method, layer in itertools.product(WAYS, gradcam.METHODS, LAYERS):
            compared = {"CutMix": way, "map": method, "layer": layer}
            yield Run(compared, {"fold": fold}, measure)


@experiment("gradcam")
def sanity(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """Do the maps change when the network forgets what it has learned?

    Layers get new random weights from the top downwards. The figure is the rank correlation of
    each map over conv3 with that of the trained network, for the same class; beside it stands that
    of two images' maps, which have no more in common than all maps have.
    """
    measure = functools.partial(_sanity, _looks(clips, profile))
    for fold in range(folds.RUN):
        for method, layer in itertools.product(gradcam.METHODS, RANDOM_FROM):
            yield Run({"map": method, "random from": layer}, {"fold": fold}, measure)


def _looks(clips: pd.DataFrame, profile: str) -> Callable:
    """A function of fold and CutMix that returns a network, some test images, and their labels.

    And a function of layer, classes and method for their heat maps, which remembers them. The last
    look is kept.
    """

    learned_on = folds.learned(clips, profile)

    @functools.lru_cache(maxsize=1)
    def look(fold: int, way: str) -> tuple[cnn.Classifier, np.ndarray, np.ndarray, Callable]:
        made, classifier = learned_on(fold, way)
        rows = np.random.default_rng(fold).permutation(len(made.test))[:IMAGES]
        images = made.images[2][rows]
        heat = functools.cache(functools.partial(gradcam.heat_maps, classifier, images))
        return classifier, images, made.test.label[rows], heat

    return look


def _deletion(look: Callable, fold: int, map: str, layer: str, hidden: str) -> dict:
    classifier, images, _, heat = look(fold, "none")
    before = classifier.predict(images)
    predicted = before.argmax(axis=1)
    source = np.abs(classifier.scaler(images)) if map == "none" else heat(layer, method=map)
    figures = {"before": before.max(axis=1).mean()}
    for share in SHARES:
        rng = np.random.default_rng([fold, round(100 * share)])
        masks = faithfulness.HIDDEN[hidden](faithfulness.hottest(source, share, rng), rng)
        after = classifier.predict(faithfulness.hide(classifier, images, masks))
        of_predicted = after[np.arange(len(images)), predicted]
        figures[f"{100 * share:.0f} % hidden"] = of_predicted.mean()
    return figures


def _localisation(look: Callable, fold: int, map: str, layer: str, **compared) -> dict:
    classifier, images, labels, heat = look(fold, compared["CutMix"])
    right = classifier.predict(images).argmax(axis=1) == labels
    half = faithfulness.concentration(heat(layer, method=map))
    own = faithfulness.own_half(classifier, images, labels, np.random.default_rng(fold), layer, map)
    return {
        "heat in its own half": np.nanmean(own),
        "half of the heat, right": np.nanmean(half[right]),
        "half of the heat, wrong": np.nanmean(half[~right]),
        "empty maps": np.isnan(half).mean(),
    }


def _sanity(look: Callable, fold: int, map: str, **compared) -> dict:
    classifier, images, _, heat = look(fold, "none")
    predicted = classifier.predict(images).argmax(axis=1)
    before = heat("conv3", method=map)
    forgetful = faithfulness.randomised(classifier, compared["random from"], seed=fold)
    after = gradcam.heat_maps(forgetful, images, "conv3", predicted, map)
    return {
        "correlation": np.nanmean(faithfulness.rank_correlation(before, after)),
        "of two images": np.nanmean(
            faithfulness.rank_correlation(before, np.roll(before, 1, axis=0))
        ),
        "empty maps": (after.max(axis=(1, 2)) == 0).mean(),
    }
