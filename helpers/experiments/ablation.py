"""The network without one of its parts (chapter ablation)."""

from collections.abc import Iterator

import pandas as pd

from helpers import cnn, cutmix, features, splits
from helpers.ablation import VARIANTS
from helpers.experiments import folds
from helpers.experiments.runs import Run, bound, draws, experiment

EPOCHS = {"quick": 6, "paper": 30}
"""The slides trained their networks without CutMix for 30 epochs."""


@experiment("ablation", "ledger")
def ablation(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """What is each part of the network worth?

    Clips are kept apart. A seed sets the parts, the chunks drawn, and the weights at the
    beginning; within a seed all variants have the same, and as many epochs.
    """
    measure = bound(_ablation, clips, profile)
    for name in VARIANTS:
        for seed in range(3):
            yield Run({"variant": name}, {"seed": seed}, measure)


def _ablation(clips: pd.DataFrame, profile: str, variant: str, seed: int) -> dict:
    chosen = VARIANTS[variant]
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
