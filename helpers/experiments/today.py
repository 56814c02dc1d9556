"""Which network listens best to sources that it never heard (chapter today)."""

import functools
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from helpers import dataset, today
from helpers.experiments.runs import Run, experiment
from helpers.today import Design, Heard

PROTOCOLS = ("source", "session")
"""What is kept together in a fold; strangers always stay with their source."""

CANDIDATES = {
    "the recipe, without pools": Design(filters=(), cepstra=13, units=128),
    "the recipe": Design(filters=(), cepstra=13, units=128),
    "20 coefficients": Design(filters=(), cepstra=20, units=128),
    "20 coefficients and changes": Design(filters=(), cepstra=20, changes=True, units=128),
    "convolutions": Design(),
    "both": Design(cepstra=20, changes=True),
    "both, twice as wide": Design((16, 32, 64), cepstra=20, changes=True),
    "both, averaged weights": Design(cepstra=20, changes=True),
    "both, from rendered clips": Design(cepstra=20, changes=True),
}
"""The networks that are compared; how each is made says `learned`."""


@experiment("today", on_request=True)
def listeners(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """Which network names recordings from sources that it never heard, and refuses strangers?

    It learns from these clips, those of the pools that the environment variable BOOK_POOLS names,
    and the bundled ones. All but the bundled are scored, in five folds by source or session, each
    by what learned from the others. "right" is 1 for each clip of an instrument that is the
    most probable of the instruments, in the order of the clips, then of the pools; "confidence" is
    the highest probability of an instrument, "strangers" that of each clip that is none of them.
    Nothing to run without a pool of strangers, see `data/demo/strangers.py`.
    """
    table = today.gathered(clips, *today.pools())
    if not (table.label == dataset.NONE).any():
        return
    heard_of = functools.lru_cache(1)(functools.partial(Heard, table, dataset.load("demo")))
    for seed in range(3 if profile == "paper" else 1):
        for protocol in PROTOCOLS:
            for network in CANDIDATES:
                measure = functools.partial(_listeners, heard_of, CANDIDATES[network])
                yield Run({"network": network, "protocol": protocol}, {"seed": seed}, measure)


def _listeners(
    heard_of: Callable[[], Heard], design: Design, network: str, protocol: str, seed: int
) -> dict:
    heard = heard_of()
    groups = today.groups(heard.clips, protocol)
    learn = functools.partial(learned, heard, design, network, seed)
    return today.scored(heard, heard.kept_out(learn, groups, seed))


def learned(
    heard: Heard, design: Design, network: str, seed: int, rows: np.ndarray
) -> Callable[[np.ndarray], np.ndarray]:
    """What gives images probabilities, and learned from the clips of these rows."""
    if network == "the recipe, without pools":
        own = heard.clips.source.isna() | (heard.clips.label == dataset.NONE)
        rows = rows[own.to_numpy()[rows]]
    images, targets = heard.known(rows)
    start = None
    if network == "both, from rendered clips":
        before = heard.rendered()
        start = today.fit(design, *before, seed).get_weights()
    model = today.fit(design, images, targets, seed, "averaged" in network, start)
    return functools.partial(today.predict, model)
