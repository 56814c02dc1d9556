"""Make what the page that listens loads: the model's two files, some clips, and their list.

They are written to book/_extra/listen/, where the page's scripts are. Writing the model compares
it with the network that it comes from, and fails where they differ.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd

from helpers import (
    audio,
    chunks,
    classify,
    dataset,
    features,
    light,
    lighten,
    models,
    plots,
    store,
    today,
)

LISTEN = Path(__file__).resolve().parents[1] / "book" / "_extra" / "listen"
LONG = 4.0  # seconds that a phrase lasts at least
ASKED = 4  # so many clear phrases of a class are tried until the model names one
STRANGERS = {"piano": "A piano, none of the five", "speech": "A voice, none of the five"}


def examples(
    files: light.Classifier, threshold: float, table: pd.DataFrame, clear: chunks.Chunks
) -> list[dict]:
    """Return bundled clips as {"id", "name", "label", "path"}; an id stands in links to the page.

    Of each class there is a phrase that the page's files name rightly, one of the clear ones where
    there is one, since a page that listens has to show what it can do; a note, the same for all
    models; and the phrase that they get wrong most surely, since it has to show what it cannot. A
    name says where they get it wrong. From none of them the model has learned.
    """
    demo = dataset.data_folder() / "demo"
    notes = {label: demo / "notes" / f"{label}.ogg" for label in clear.classes}
    strangers = {file: demo / "strangers" / f"{file}.ogg" for file in STRANGERS}
    heard = {
        path: classify.recording(path, files, threshold=threshold)
        for path in (*table.path, *notes.values(), *strangers.values())
    }

    def told(name: str, path: str | Path, label: str) -> str:
        right = (heard[path].verdict or dataset.NONE) == label
        return name if right else f"{name} that it gets wrong"

    def mistake(path: str) -> tuple[bool, float]:
        return heard[path].verdict is not None, heard[path].confidence.max()

    found = []
    for k, label in enumerate(clear.classes):
        phrases = list(table.path[clear.clip[clear.label == k]])
        right = [path for path in phrases if heard[path].verdict == label]
        wrong = [path for path in table.path[table.label == label] if heard[path].verdict != label]
        shown = {
            "a phrase": (right or phrases)[0],
            "one note": notes[label],
            "another phrase": max(wrong, key=mistake, default=None),
        }
        name, key = plots.words(label).capitalize(), label.lower().replace("_", "-")
        for i, (kind, path) in enumerate(shown.items(), 1):
            if path is not None:
                about = {"id": f"{key}-{i}", "name": told(f"{name}, {kind}", path, label)}
                found.append({**about, "label": label, "path": Path(path)})
    return found + [
        {"id": file, "name": told(name, path, dataset.NONE), "label": dataset.NONE, "path": path}
        for (file, path), name in zip(strangers.items(), STRANGERS.values(), strict=True)
    ]


def main() -> None:
    """Write both folders anew."""
    for name in ("model", "clips"):
        shutil.rmtree(LISTEN / name, ignore_errors=True)
        (LISTEN / name).mkdir(parents=True)
    classifier, card = models.load("listener")
    table = dataset.load("demo")
    table = models.unseen(table[table.seconds >= LONG], card)
    clear = chunks.examples(table, each=ASKED)
    made = lighten.make(classifier, clear.waves)
    assert made.mfcc is not None  # as `make` does both
    assert isinstance(classifier, today.Classifier)  # as its maker writes it
    chosen = examples(made, card["threshold"], table, clear)
    paths = [example.pop("path") for example in chosen]
    for path in paths:
        shutil.copy(path, LISTEN / "clips")
    (LISTEN / "model" / "mfcc.tflite").write_bytes(made.mfcc)
    (LISTEN / "model" / "network.tflite").write_bytes(made.network)
    settings = made.settings
    about = {
        "classes": made.classes,
        "none": dataset.NONE,
        "threshold": card["threshold"],
        "sr": audio.SR,
        "samples": chunks.SAMPLES,
        "hop": audio.SR,
        "rest": features.Settings().win_length,
        "shortest": classify.SHORTEST,
        "silent_db": audio.SILENT_DB,
        "frames": settings.n_frames(chunks.SAMPLES),
        "coefficients": settings.n_mfcc,
        "cepstra": classifier.design.cepstra,
        "features": classifier.design.units,
        "hop_length": settings.hop_length,
        "win_length": settings.win_length,
        "n_fft": settings.n_fft,
        "n_mels": settings.n_mels,
        "top_db": settings.top_db,
        "clips": [
            {**example, "file": f"clips/{path.name}"}
            for example, path in zip(chosen, paths, strict=True)
        ],
    }
    # Written last: make takes this file as the sign that the folder is complete.
    (LISTEN / "model" / "about.json").write_text(store.json_text(about, indent=1) + "\n")


if __name__ == "__main__":
    main()
