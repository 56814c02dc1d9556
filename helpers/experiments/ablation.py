"""The network without one of its parts (chapter ablation)."""

import functools
from collections.abc import Iterator

import pandas as pd

from helpers import cnn, cutmix, features, splits
from helpers.ablation import VARIANTS, Variant
from helpers.experiments import folds
from helpers.experiments.runs import Run, draws, experiment

EPOCHS = {"quick": 6, "paper": 30}
"""The slides trained their networks without CutMix for 30 epochs."""


@experiment("ablation", "scores", "ledger")
def ablation(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """What is each part of the network worth?

    Clips are kept apart. A seed sets the parts, the chunks drawn, and the weights at the
    beginning; within a seed all variants have the same, and as many epochs.
    Seconds to fit are those of the run that trained a network, maybe beside others.
    """
    for name, variant in VARIANTS.items():
        measure = functools.partial(_ablation, clips, profile, variant)
        for seed in range(3):
            yield Run({"variant": name}, {"seed": seed}, measure)


def _ablation(clips: pd.DataFrame, profile: str, chosen: Variant, variant: str, seed: int) -> dict:
    parts = splits.parts(clips, draws(len(clips), profile), "clip", seed=seed)
    train, validation, test = parts
    x, held, new = (features.mfcc(part.waves, n_mfcc=chosen.coefficients) for part in parts)
    classifier = cnn.fit(
        x,
        train.label,
        (held, validation.label),
        train.classes,
        chosen.architecture,
        epochs=EPOCHS[profile],
        seed=seed,
        augment=cutmix.on_the_fly if chosen.mixed else None,
    )
    return folds.scores(classifier.predict(new), test) | {
        "parameters": classifier.model.count_params(),
        "fit seconds": classifier.seconds,
        "training accuracy": classifier.history["accuracy"][-1],
    }
