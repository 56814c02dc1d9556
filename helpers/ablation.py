"""Ablation: the network without one of its parts (chapter ablation).

Source: slides "Ablation Study". A variant is a changed field of `cnn.Architecture`, or of how the
network is trained. Where the slides keep one or two layers of a kind, these are the first ones.
"""

from dataclasses import dataclass, field, replace

from helpers import cnn, features

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
