"""Ablation: the network without one of its parts (chapter ablation).

Source: slides "Ablation Study". A variant is a changed field of `cnn.Architecture`, or of how the
network is trained. Where the slides keep one or two layers of a kind, these are the first ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pandas as pd

from helpers import cnn, cutmix, features, metrics, runs, splits
from helpers.runs import Run, bound

EPOCHS = {"quick": 6, "paper": 30}
"""The slides trained their networks without CutMix for 30 epochs."""

OF_THE_SLIDES = {
    "0 conv + 3 dense": 0.4698,
    "1 conv + 3 dense": 0.5727,
    "2 conv + 3 dense": 0.8277,
    "3 conv + 3 dense": 0.8599,
    "3 conv + 0 dense": 0.8068,
    "3 conv + 1 dense": 0.8176,
    "3 conv + 2 dense": 0.8319,
}
"""The slides' table: accuracy of each variant. Theirs were trained with CutMix."""


@dataclass(frozen=True)
class Variant:
    """A network and what is told to it; by default nothing is taken away."""

    architecture: cnn.Architecture = field(default_factory=cnn.Architecture)
    coefficients: int = features.Settings().n_mfcc
    """It sees so many of an image's coefficients, the first ones."""
    mixed: bool = False
    """It is trained with CutMix on the fly."""


def layers(conv: int, dense: int) -> cnn.Architecture:
    """The book's network with the first so many of its convolutions and hidden dense layers."""
    whole = cnn.Architecture()
    return replace(whole, conv=whole.conv[:conv], dense=whole.dense[:dense])


def without_dropout() -> cnn.Architecture:
    """The book's network with no dropout in any layer."""
    whole = cnn.Architecture()
    return replace(
        whole,
        conv=tuple(replace(layer, dropout=0.0) for layer in whole.conv),
        dense=tuple(replace(layer, dropout=0.0) for layer in whole.dense),
    )


VARIANTS = {
    **{f"{conv} conv + 3 dense": Variant(layers(conv, 3)) for conv in range(4)},
    **{f"3 conv + {dense} dense": Variant(layers(3, dense)) for dense in range(3)},
    "no dropout": Variant(without_dropout()),
    "padding 'valid'": Variant(cnn.Architecture(padding="valid")),
    "mean and spread of each map": Variant(cnn.Architecture(pooling="statistics")),
    "6 of 13 coefficients": Variant(coefficients=6),
    "with CutMix": Variant(mixed=True),
}
"""The slides' seven variants, then five of this book."""


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
    parts = splits.parts(clips, runs.draws(len(clips), profile), "clip", seed=seed)
    train, validation, test = parts
    x, held, new = (features.mfcc(part.waves)[..., : chosen.coefficients] for part in parts)
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
    report = metrics.report(classifier.predict(new), test.label, test.clip, test.classes)
    return report.figures() | {
        "parameters": classifier.model.count_params(),
        "fit seconds": classifier.seconds,
        "training accuracy": classifier.history["accuracy"][-1],
    }
