"""What the small recipe loses and bears (chapter listening)."""

import functools
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from helpers import audio, augment, chunks, lighten, listener, metrics, pruning
from helpers.experiments import folds
from helpers.experiments.runs import Run, experiment

FORMS = {
    "as trained": None,
    "trained on": 0.0,
    "50 %": 0.5,
    "80 %": lighten.SPARSITY,
    "90 %": 0.9,
    "80 %, in 8 bits": lighten.SPARSITY,
}
"""What `lightened` compares, and how sparse each is."""


@experiment("listening", sampled=True)
def lightened(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """What does the small recipe lose when it is pruned and rounded to 8 bits?

    All clips are scored, in five folds by clip, each by networks that have neither learned from
    it nor been pruned on it; "right" is 1 for those named rightly, in the order of the clips.
    Three times. "trained on" got the epochs of pruning without pruning. Bytes are those of the
    network's file, heat maps included. The same in both profiles, but for the number of clips.
    """
    measure = functools.partial(_lightened, folds.recipes(clips))
    for seed in range(3):
        for form in FORMS:
            yield Run({"form": form}, {"seed": seed}, measure)


@experiment("listening", sampled=True)
def deployed(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """What may a recording go through on its way to the page?

    The pruned networks of the small recipe name clips that they have not learned from, in five
    folds by clip, after each change of `augment.CHANGES`. Three times. The same in both profiles,
    but for the number of clips.
    """
    recipe_of = folds.recipes(clips)
    heard = functools.cache(functools.partial(listener.windows, clips))
    for seed in range(3):
        for change, read in augment.CHANGES.items():
            measure = functools.partial(_deployed, recipe_of, heard, read)
            yield Run({"change": change}, {"seed": seed}, measure)


def _lightened(recipe_of: Callable, form: str, seed: int) -> dict:
    recipe = recipe_of(seed=seed)
    left, sizes = [], []

    def learn(rows: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        network = recipe.train(rows)
        if (share := FORMS[form]) is not None:
            network = lighten.pruned(recipe, network, rows, share)
        left.append(pruning.nonzero(network).nonzero.sum())
        if not form.endswith("8 bits"):
            return network.predict
        files = lighten.make(network, _some_waves(recipe.real))
        sizes.append(len(files.network))
        return files.predict

    figures = listener.scored(recipe, recipe.kept_out(learn)) | {"nonzero": np.mean(left)}
    return figures | ({"bytes": np.mean(sizes)} if sizes else {})


def _deployed(recipe_of: Callable, heard: Callable, read: Callable, change: str, seed: int) -> dict:
    recipe, asked = recipe_of(seed=seed), heard(read)
    probabilities = recipe.kept_out(
        lambda rows: lighten.pruned(recipe, recipe.train(rows), rows).predict, asked_of=asked
    )
    mean, label = metrics.by_clip(probabilities, *asked[1:])
    return {
        "accuracy": (probabilities.argmax(axis=1) == asked[1]).mean(),
        "clip_accuracy": (mean.argmax(axis=1) == label).mean(),
        "confidence": mean.max(axis=1).mean(),
    }


def _some_waves(clips: pd.DataFrame) -> np.ndarray:
    """The first 2 s of a few clips of each class, to check files on."""
    some = clips.groupby("label", observed=True).head(4)
    return np.stack([chunks.filled(audio.read(path))[: chunks.SAMPLES] for path in some.path])
