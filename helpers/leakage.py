"""Leaks between training and test part, found, measured and closed one by one (chapter leakage).

Source: slides "Dataset and Preparation" and "Results and Inferences", whose chunks were split
regardless of their clips, whose scaling knew the test part, and whose best epoch was chosen on it.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

from helpers import baselines, dataset
from helpers.chunks import Chunks
from helpers.errors import InputError


@dataclass(frozen=True)
class Rung:
    """A way of measuring: which parts may know of each other."""

    protocol: str
    """A name of `splits.PROTOCOLS`: what no two parts may share."""
    scored_on: str
    """The chunks of the test part: random "draws", or "windows" 1 s apart."""
    scaled_by: str
    """Whose mean and spread scale the inputs: "everything" or "training"."""
    chosen_on: str
    """The part that the best epoch, or the best settings, is chosen on."""


RUNGS = {
    "the slides' way": Rung("chunk", "draws", "everything", "test"),
    "scored on windows": Rung("chunk", "windows", "everything", "test"),
    "clips kept apart": Rung("clip", "windows", "everything", "test"),
    "scaled by the training part": Rung("clip", "windows", "training", "test"),
    "chosen on the validation part": Rung("clip", "windows", "training", "validation"),
    "sessions kept apart": Rung("session", "windows", "training", "validation"),
}
"""From the leakiest to the most honest, each changing one thing. The first change closes no leak:
it gives the leaky split the test part of the next rung."""


NEAR = 10
"""Freesound ids no further apart than this were most likely uploaded one after the other."""


def nearest(known: Chunks, new: Chunks) -> pd.DataFrame:
    """For each new chunk the most similar known one, by their 39 statistics.

    The statistics are standardised over the known chunks; the distance is Euclidean. Returns a
    DataFrame with a row for each of the new chunks: row (of the neighbour, in `known`), distance,
    and whether the two are of the same clip, session and class.

    >>> from helpers import chunks, dataset, leakage
    >>> clips = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    >>> cuts = chunks.draw(clips.groupby("session").head(1), 20, seed=0)
    >>> leakage.nearest(cuts[:10], cuts[10:]).shape[0]
    10
    """
    scale = StandardScaler()
    table = scale.fit_transform(baselines.statistics(known.waves))
    asked = scale.transform(baselines.statistics(new.waves))
    found = NearestNeighbors(n_neighbors=1).fit(table).kneighbors(asked)
    distance, row = (each[:, 0] for each in found)
    return pd.DataFrame(
        {
            "row": row,
            "distance": distance,
            "same clip": known.clip[row] == new.clip,
            "same session": known.session[row] == new.session,
            "same class": known.label[row] == new.label,
        }
    )


def shared(known: Chunks, new: Chunks) -> pd.Series:
    """The share of new chunks whose clip, and whose session, has chunks among the known ones.

    Both are 0 where the split is honest. Returns a Series of two numbers, "clip" and "session".

    >>> from helpers import chunks, dataset, leakage
    >>> clips = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    >>> cuts = chunks.draw(clips.groupby("session").head(1), 20, seed=0)
    >>> leakage.shared(cuts[:10], cuts[10:]).to_dict()
    {'clip': 0.2, 'session': 0.2}
    """
    return pd.Series(
        {
            name: float(np.isin(getattr(new, name), getattr(known, name)).mean())
            for name in ("clip", "session")
        }
    )


def near_ids(
    clips: pd.DataFrame, gap: int = NEAR, classes: tuple[str, ...] = dataset.CLASSES
) -> pd.DataFrame:
    """Which test clips of an official split have a training clip uploaded beside them?

    `clips` has the columns label, part ("train" or "test") and freesound_id, as
    `dataset.metadata` returns it. Returns a DataFrame with a row for each test clip of these
    classes. Index: fname. Columns: label, freesound_id, distance to the nearest id of a training
    clip of the same class, and near: whether it is at most `gap`. Raises InputError where a
    column is missing, or a class has no training clips.

    >>> from helpers import dataset, leakage
    >>> near = leakage.near_ids(dataset.metadata())
    >>> near.groupby("label", observed=True).near.sum().to_dict()
    {'Acoustic_guitar': 7, 'Cello': 47, 'Clarinet': 47, 'Double_bass': 40, 'Saxophone': 95}
    """
    for column in ("label", "part", "freesound_id"):
        if column not in clips:
            raise InputError(f"the table has no column {column!r}; it has {list(clips)}")
    tables = []
    for label in classes:
        of_class = clips[clips.label == label]
        ids = np.sort(of_class[of_class.part == "train"].freesound_id.to_numpy())
        if not len(ids):
            raise InputError(f"there are no training clips of {label!r} in the table")
        test = of_class.loc[of_class.part == "test", ["label", "freesound_id"]]
        own = test.freesound_id.to_numpy()
        at = np.searchsorted(ids, own)
        below, above = ids[np.maximum(at - 1, 0)], ids[np.minimum(at, len(ids) - 1)]
        distance = np.minimum(np.abs(own - below), np.abs(own - above))
        tables.append(test.assign(distance=distance, near=distance <= gap))
    return pd.concat(tables)
