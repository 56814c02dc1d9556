"""The chapter on the network: what the text says, and what it rests on."""

from claims import Page, card, says, share
from helpers import cnn, dataset, features, sound

page = Page(
    "cnn",
    "99 % of all parameters",  # .991 in a checked cell
    "99 % sit in the first",
    "from .4 s on",  # ten frames of 40 ms
    "above .7 at every onset",  # drawn in the explorer
    "grows by .5 for each 1",  # in a checked cell
)


@page.claims()
def five_notes():
    _, starts = sound.phrase([dataset.note(name) for name in dataset.CLASSES])
    yield says("The cello begins at {} s", share(starts[1]))


@page.claims()
def parameters():
    million = card("demo")["parameters"] / 1e6
    yield says("It learns {:.1f} million numbers", million)
    yield says("With {:.1f} million numbers it does nothing else", million)
    yield says("Of the {:.1f} million parameters", million)
    dense, small = (
        cnn.build(design, 5, features.Scaler((0.0,) * 13, (1.0,) * 13)) for design in DESIGNS
    )
    learned = small.count_params() - 2 * 8 * 13 * 2
    yield says("there are {:,}, {:.0f} times fewer", learned, dense.count_params() / learned)


DESIGNS = (
    cnn.Architecture(conv=(), dense=(cnn.Dense(64),)),
    cnn.Architecture(conv=(cnn.Conv(8, 3),), dense=(cnn.Dense(16),), pooling="over time"),
)
"""The two networks that the chapter trains."""
