"""Three disjoint parts, training, validation and test, under a named protocol (chapter dataset).

`by_chunk` is the slides' protocol: pieces of one clip fall into several parts, which leaks.
`by_clip` keeps a clip in one part, `by_session` also all clips recorded together.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from helpers import chunks
from helpers.chunks import Chunks
from helpers.errors import InputError

FOLDS = 5


@dataclass(frozen=True)
class Split:
    """Row numbers of the three parts, each sorted; no row is in two parts."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def by_chunk(rows: Chunks, seed: int, fold: int = 0, folds: int = FOLDS) -> Split:
    """Split chunks regardless of where they come from, as the slides did.

    One of `folds` parts is the test part, `fold` says which; as large a share of the rest is the
    validation part: with five folds 64 %, 16 % and 20 %, the slides' shares. Every part gets its
    share of each class. Raises InputError where a class has too few rows.

    >>> from helpers import chunks, dataset, splits
    >>> clips = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    >>> cuts = chunks.draw(clips, 100, seed=0)
    >>> split = splits.by_chunk(cuts, seed=0)
    >>> len(split.train), len(split.validation), len(split.test)
    (64, 16, 20)
    """
    return _split(rows, np.arange(len(rows)), "chunk", seed, fold, folds)


def by_clip(rows: Chunks | pd.DataFrame, seed: int, fold: int = 0, folds: int = FOLDS) -> Split:
    """Split so that the chunks of a clip stay together; `rows` are chunks or the clips table.

    Shares and errors as in `by_chunk`.

    >>> from helpers import chunks, dataset, splits
    >>> clips = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    >>> split = splits.by_clip(clips, seed=0)
    >>> len(set(clips.index[split.train]) & set(clips.index[split.test]))
    0
    """
    clip = rows.clip if isinstance(rows, Chunks) else rows.index.to_numpy()
    return _split(rows, clip, "clip", seed, fold, folds)


def by_session(rows: Chunks | pd.DataFrame, seed: int, fold: int = 0, folds: int = FOLDS) -> Split:
    """Split so that what was recorded together stays together; `rows` as in `by_clip`.

    Sessions differ in size, so shares are only near those of `by_chunk`; where few sessions are
    left, the validation part is larger, up to half of the rest. Every class needs at least
    `folds` sessions.

    >>> from helpers import chunks, dataset, splits
    >>> clips = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    >>> split = splits.by_session(clips, seed=0)
    >>> len(set(clips.session.iloc[split.train]) & set(clips.session.iloc[split.test]))
    0
    """
    return _split(rows, np.asarray(rows.session), "session", seed, fold, folds)


def sources(clips: pd.DataFrame) -> np.ndarray:
    """Which source each clip is from, as a number: what was made by the same library or people.

    The column `source` says it, up to its first colon; of clips without one the session is a source
    of its own. Sources that share a session are one, so that none is divided. To keep whole sources
    apart is to ask what happens with recordings of people who were never heard.

    >>> import pandas as pd
    >>> from helpers import splits
    >>> source = ["x:1", "y:7", "y:8", None]
    >>> clips = pd.DataFrame({"session": ["a", "a", "b", "c"], "source": source})
    >>> splits.sources(clips).tolist()
    [0, 0, 0, 1]
    """
    session = clips.session.astype(str)
    told = clips["source"] if "source" in clips else pd.Series(None, clips.index, object)
    library = told.str.partition(":")[0] if told.notna().any() else told
    library = ("source " + library.astype(str)).where(told.notna(), "session " + session)
    names = pd.factorize(pd.concat([library, session], ignore_index=True))[0]
    of_library, of_session = names[: len(clips)], names[len(clips) :] + len(names)
    nodes = 2 * len(names)
    links = coo_matrix((np.ones(len(clips)), (of_library, of_session)), shape=(nodes, nodes))
    return pd.factorize(connected_components(links, directed=False)[1][of_library])[0]


PROTOCOLS = {"chunk": by_chunk, "clip": by_clip, "session": by_session}
"""By name, as records quote them."""


def parts(
    clips: pd.DataFrame,
    n: int,
    protocol: str = "clip",
    seed: int = 0,
    fold: int = 0,
    folds: int = FOLDS,
) -> tuple[Chunks, Chunks, Chunks]:
    """Training, validation and test chunks of the clips table, under a protocol by its name.

    The training chunks are random draws, the training part's share of `n`. Under "clip" and
    "session" the other two parts are windows at a hop of 1 s, so that every clip counts; under
    "chunk", the slides' way, all three are draws. The seed is that of the split and the draws.
    Errors as in `by_chunk` and `chunks.draw`.

    >>> from helpers import chunks, dataset, splits
    >>> clips = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    >>> train, validation, test = splits.parts(clips.groupby("session").head(1), 40, "clip")
    >>> set(train.clip) & set(test.clip)
    set()
    """
    if protocol == "chunk":
        drawn = chunks.draw(clips, n, seed)
        split = by_chunk(drawn, seed, fold, folds)
        return drawn[split.train], drawn[split.validation], drawn[split.test]
    split = PROTOCOLS[protocol](clips, seed, fold, folds)
    share = round(n * len(split.train) / len(clips))
    return (
        chunks.draw(clips.iloc[split.train], share, seed),
        chunks.windows(clips.iloc[split.validation]),
        chunks.windows(clips.iloc[split.test]),
    )


def _split(rows, groups, protocol: str, seed: int, fold: int, folds: int) -> Split:
    if folds < 3:
        raise InputError(f"folds is {folds}; three parts need at least 3")
    if not 0 <= fold < folds:
        raise InputError(f"fold is {fold}; with {folds} folds it is 0 to {folds - 1}")
    if isinstance(rows, Chunks):
        label, classes = rows.label, rows.classes
    else:
        label, classes = rows.label.cat.codes.to_numpy(), tuple(rows.label.cat.categories)
    scarce, fewest = _fewest(label, groups, classes)
    if fewest < folds:
        raise InputError(
            f"{scarce} has {fewest} {protocol}s, too few for {folds} folds; "
            "use fewer folds (at least 3), more data or another protocol"
        )
    rest, test = deal(label, groups, folds, seed)[fold]
    scarce, left = _fewest(label[rest], groups[rest], classes)
    if left < 2:
        raise InputError(
            f"of {scarce} {left} {protocol}s are left for training and validation; "
            f"use another seed than {seed}, more data or another protocol"
        )
    train, validation = deal(label[rest], groups[rest], min(folds, left), seed)[0]
    split = Split(rest[train], rest[validation], test)
    for part, index in vars(split).items():
        lacking = set(range(len(classes))) - set(label[index])
        if lacking:
            names = ", ".join(classes[i] for i in sorted(lacking))
            raise InputError(
                f"the {part} part got no {protocol} of {names}; its {protocol}s differ too much "
                f"in size: use fewer folds than {folds}, another seed or another protocol"
            )
    return split


def _fewest(label, groups, classes) -> tuple[str, int]:
    """The class that has the fewest groups, and how many those are."""
    counts = [len(np.unique(groups[label == i])) for i in range(len(classes))]
    return classes[int(np.argmin(counts))], min(counts)


def deal(
    label: np.ndarray, groups: np.ndarray, folds: int, seed: int
) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each fold, the row numbers of all others and its own: groups stay together.

    Every fold has its share of each class where that can be, and at least one group. `label` are
    ints (N,), `groups` (N,) names or numbers; there must be as many groups as folds.
    """
    if len(np.unique(groups)) == len(groups):  # grouping would change nothing but the time
        cut = StratifiedKFold(folds, shuffle=True, random_state=seed)
        return list(cut.split(label, label))
    # Shuffled here as scikit-learn does from 1.7 on: before, it lost which group is which.
    names, number = np.unique(groups, return_inverse=True)
    place = np.argsort(np.random.RandomState(seed).permutation(len(names)))
    dealt = np.empty(len(label), int)
    cut = StratifiedGroupKFold(folds)
    for fold, (_, new) in enumerate(cut.split(label, label, place[number])):
        dealt[new] = fold
    # Where sessions differ much in size, scikit-learn leaves folds empty: each gets the smallest
    # group of the fold that has the most.
    for fold in set(range(folds)) - set(dealt):
        of_folds = [np.unique(groups[dealt == other], return_counts=True) for other in range(folds)]
        names, sizes = max(of_folds, key=lambda of_fold: len(of_fold[0]))
        dealt[groups == names[sizes.argmin()]] = fold
    return [(np.flatnonzero(dealt != fold), np.flatnonzero(dealt == fold)) for fold in range(folds)]
