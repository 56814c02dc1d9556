"""Which network listens best to sources that it never heard (chapter today)."""

import functools
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from helpers import dataset, sparse, splits, today
from helpers.experiments.runs import Run, experiment
from helpers.today import Design, Heard

PROTOCOLS = ("source", "session")
"""What is kept together in a fold; strangers always stay with their source."""

TOGETHER = 3
"""So many networks that differ in nothing but where they began are asked together."""

SHARES = {"a quarter": 0.25, "half": 0.5, "all": 1.0}
"""Of the sources of each class that may be heard; one at least."""

SMALLER = {
    "as it is": (None, False),
    "as it is, in 8 bits": (None, True),
    "half zeros": (0.5, False),
    "half zeros, in 8 bits": (0.5, True),
    "four fifths zeros": (0.8, False),
    "four fifths zeros, in 8 bits": (0.8, True),
}
"""The share of zeros in large kernels, and whether all are in 8 bits; see `sparse`."""

CANDIDATES = {
    "the recipe, without pools": Design(filters=(), cepstra=13, units=128),
    "the recipe": Design(filters=(), cepstra=13, units=128),
    "20 coefficients": Design(filters=(), cepstra=20, units=128),
    "20 coefficients and changes": Design(filters=(), cepstra=20, changes=True, units=128),
    "convolutions": Design(),
    "both": today.LISTENER,
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
    heard_of = _heard_of(clips)
    if heard_of is None:
        return
    for seed in range(3 if profile == "paper" else 1):
        for protocol in PROTOCOLS:
            for network in CANDIDATES:
                measure = functools.partial(_listeners, heard_of, CANDIDATES[network])
                yield Run({"network": network, "protocol": protocol}, {"seed": seed}, measure)


@experiment("today", on_request=True)
def distilled(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """Do three networks name better than one, and can one learn what the three say?

    The networks "both" of `listeners`, on the same clips in the same folds by source; one of them
    also by clip, where other clips of the same session are learned from. "one, taught by three"
    learns half from the labels and half from what the three say of the very chunks.
    """
    heard_of = _heard_of(clips)
    if heard_of is None:
        return
    for seed in range(TOGETHER):
        yield Run({"network": "one", "protocol": "source"}, {"seed": seed}, _one(heard_of))
    for network, learn in {"three": _three, "one, taught by three": _taught}.items():
        measure = functools.partial(_together, heard_of, learn)
        yield Run({"network": network, "protocol": "source"}, {"seed": 0}, measure)
    yield Run({"network": "one", "protocol": "clip"}, {"seed": 0}, _one(heard_of))


@experiment("today", on_request=True)
def sources(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """What do more sources bring?

    The network "both" of `listeners` in the same folds by source. Of the sources that are not
    scored it hears a share of those of each class, by lot, and all strangers. "sources" is how many
    it hears of a class, the mean over classes and folds.
    """
    heard_of = _heard_of(clips)
    if heard_of is None:
        return
    for seed in range(3):
        for share in SHARES:
            measure = functools.partial(_sources, heard_of, SHARES[share])
            yield Run({"heard": share}, {"seed": seed}, measure)


@experiment("today", on_request=True)
def pruned_listener(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """What do zeros and 8 bits cost the listener's network?

    The network "both" of `listeners` in the same folds by source: as it is, and trained on while
    its smallest weights become zero; and each of these rounded to 8 bits.
    """
    heard_of = _heard_of(clips)
    if heard_of is None:
        return
    for seed in range(TOGETHER):
        for network, change in SMALLER.items():
            measure = functools.partial(_together, heard_of, functools.partial(_smaller, *change))
            yield Run({"network": network, "protocol": "source"}, {"seed": seed}, measure)


def _heard_of(clips: pd.DataFrame) -> Callable[[], Heard] | None:
    """What is heard of these clips and the pools, made when first asked for, if strangers are."""
    table = today.gathered(clips, *today.pools())
    if not (table.label == dataset.NONE).any():
        return None
    return functools.lru_cache(1)(functools.partial(Heard, table, dataset.load("demo")))


def _one(heard_of: Callable[[], Heard]) -> Callable[..., dict]:
    return functools.partial(_together, heard_of, _alone)


def _together(
    heard_of: Callable[[], Heard], learn: Callable, network: str, protocol: str, seed: int
) -> dict:
    heard = heard_of()
    groups = today.groups(heard.clips, protocol)
    return today.scored(heard, heard.kept_out(functools.partial(learn, heard, seed), groups))


def _alone(heard: Heard, seed: int, rows: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    return functools.partial(today.predict, today.fit(today.LISTENER, *heard.known(rows), seed))


def _smaller(
    sparsity: float | None, in_8_bits: bool, heard: Heard, seed: int, rows: np.ndarray
) -> Callable[[np.ndarray], np.ndarray]:
    known = heard.known(rows)
    model = today.fit(today.LISTENER, *known, seed)
    classifier = today.Classifier(model, today.LISTENER, heard.classes)
    if sparsity is not None:
        classifier = sparse.pruned(classifier, *known, sparsity, seed)
    if in_8_bits:
        classifier = sparse.rounded(classifier)
    return functools.partial(today.predict, classifier.model)


def _three(heard: Heard, seed: int, rows: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    each = [_alone(heard, seed + i, rows) for i in range(TOGETHER)]
    return lambda images: np.mean([predict(images) for predict in each], axis=0)


def _taught(heard: Heard, seed: int, rows: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    images, targets = heard.known(rows)
    said = _three(heard, seed, rows)(images)
    return functools.partial(
        today.predict, today.fit(today.LISTENER, images, (targets + said) / 2, seed)
    )


def _sources(heard_of: Callable[[], Heard], share: float, heard: str, seed: int) -> dict:
    table = heard_of()
    counts = []

    def learn(rows: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        kept = some_sources(table.clips, rows, share, seed)
        known = table.clips.iloc[kept]
        of_class = pd.Series(splits.sources(known)).groupby(known.label.to_numpy()).nunique()
        counts.append(of_class.drop(dataset.NONE).mean())
        return _alone(table, seed, kept)

    found = today.scored(table, table.kept_out(learn, today.groups(table.clips, "source")))
    return {"sources": np.mean(counts)} | found


def some_sources(clips: pd.DataFrame, rows: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Of these rows those of a share of the sources of each class, by lot, and of all strangers."""
    source, label = splits.sources(clips)[rows], clips.label.to_numpy()[rows]
    rng, kept = np.random.default_rng(seed), label == dataset.NONE
    for name in np.unique(label[~kept]):
        every = np.unique(source[label == name])
        some = rng.permutation(every)[: int(np.ceil(share * len(every)))]
        kept |= (label == name) & np.isin(source, some)
    return rows[kept]


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
