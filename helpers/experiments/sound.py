"""What a note tells beside its timbre (chapter sound)."""

import functools
from collections.abc import Iterator

import pandas as pd

from helpers import splits
from helpers.experiments import dataset
from helpers.experiments.runs import Run, draws, experiment


@experiment("sound", "ledger")
def pitch_or_timbre(clips: pd.DataFrame, profile: str) -> Iterator[Run]:
    """Can an SVM tell the instruments apart by their notes alone, or by their spectrum alone?

    The same machine and the same clips kept apart, for two descriptions of a chunk: its pitches,
    or its averaged MFCCs.
    """
    measure = functools.partial(dataset.score, clips, draws(len(clips), profile), splits.FOLDS)
    for description in ("pitch", "timbre"):
        compared = {"description": description, "protocol": "clip"}
        for fold in range(splits.FOLDS):
            yield Run(compared, {"seed": 0, "fold": fold}, measure)
