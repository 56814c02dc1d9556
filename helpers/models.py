"""Reference models: trained by the project, small enough to ship, each with its card (chapter 4).

    python -m helpers.models                   train the chapters' model for the bundled clips
    python -m helpers.models --data FOLDER     for other data

A model lies in data/models/ as NAME.npz, its card beside it as NAME.json: what it was trained on,
clip by clip, how well it did on clips kept apart, and what made it.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from helpers import chunks, cnn, dataset, features, metrics, results, runs, splits, store
from helpers.errors import InputError

KEPT = 0.95
"""The share of rightly named validation clips that a model's threshold lets pass."""


def path(name: str) -> Path:
    """The file of a reference model; its card has the same name and ends in .json."""
    return dataset.data_folder() / "models" / f"{name}.npz"


def load(name: str) -> tuple[cnn.Classifier, dict]:
    """A reference model and its card. InputError where there is none of that name."""
    model, card = path(name), path(name).with_suffix(".json")
    if not (model.is_file() and card.is_file()):
        raise InputError(f"{model} is not made yet; `python -m helpers.models` makes it")
    try:
        return cnn.load(model), json.loads(card.read_text())
    except ValueError as error:
        raise InputError(f"{card}: is damaged ({error}); make the model again") from error


def reference() -> tuple[cnn.Classifier, dict]:
    """The chapters' model for the data set in use, else that for the bundled clips."""
    name = dataset.name()
    return load(name if path(name).is_file() else "demo")


def unseen(clips: pd.DataFrame, card: dict) -> pd.DataFrame:
    """The clips that a model of this card has neither learned from nor been chosen by."""
    seen = {clip["fname"] for clip in card["clips"] if clip["part"] != "test"}
    if card["data"]["name"] != dataset.name():
        return clips
    return clips[~clips.index.isin(seen)]


def threshold(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """The confidence that `KEPT` of the rightly named clips reach.

    `probabilities` (C, K) are the mean over a clip's windows, `labels` (C,) ints. Raises
    InputError where no clip is named rightly.
    """
    right = probabilities.argmax(axis=1) == labels
    if not right.any():
        raise InputError("no clip is named rightly, so no confidence can be trusted")
    return float(np.quantile(probabilities[right].max(axis=1), 1 - KEPT))


def train(data: str | None = None) -> Path:
    """Train the chapters' model on fold 0 by clip, as the experiment `cutmixed` does; write it."""
    from helpers import experiments  # with all that they compare; who loads a model needs none

    clips = dataset.drop_shorter(dataset.load(data), seconds=chunks.SECONDS)
    name = dataset.name(data)
    drawn, validation, test = splits.parts(clips, runs.draws(len(clips), "quick"), "clip")
    classifier = experiments.trained(drawn, validation, "quick")
    model = path(name)
    classifier.save(model)  # rounds the weights: what follows is scored with what is shipped
    held, scored = (classifier.predict(features.mfcc(part.waves)) for part in (validation, test))
    report = metrics.report(scored, test.label, test.clip, test.classes)
    about = {
        "name": name,
        "purpose": "the model that the chapters look into",
        "threshold": threshold(*metrics.by_clip(held, validation.label, validation.clip)),
        "data": {"name": name, "sha256": dataset.digest(clips)},
        "protocol": "clip, seed 0, fold 0 of 5",
        "test": {
            "clips": len(np.unique(test.clip)),
            "accuracy of windows": report.accuracy,
            "accuracy of clips": report.clip_accuracy,
        },
        "clips": _listed(clips, splits.by_clip(clips, seed=0)),
        "provenance": results.provenance(f"helpers.models --data {results.address(name)}"),
    }
    card = json.dumps(about, indent=1) + "\n"
    store.write(model.with_suffix(".json"), lambda file: file.write(card.encode()))
    return model


def _listed(clips: pd.DataFrame, split: splits.Split) -> list[dict]:
    """Each clip with its part, and where the data say so its licence and freesound id."""
    told = [column for column in ("license", "freesound_id") if column in clips]
    return [
        {"fname": fname, "part": part} | clip[told].dropna().astype(str).to_dict()
        for part, rows in vars(split).items()
        for fname, clip in clips.iloc[rows].iterrows()
    ]


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m helpers.models",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", help="demo, fsdkaggle2018 or a folder (default: BOOK_DATA)")
    print(train(parser.parse_args(arguments).data))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except InputError as error:
        sys.exit(f"error: {error}")
