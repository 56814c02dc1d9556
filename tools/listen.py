"""Make what the page that listens loads: the model's two files, some clips, and their list.

They are written to book/_extra/listen/, where the page's scripts are. Writing the model compares
it with the network that it comes from, and fails where they differ.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from helpers import audio, chunks, classify, dataset, features, lighten, models, plots, store

LISTEN = Path(__file__).resolve().parents[1] / "book" / "_extra" / "listen"
LONG = 5.0  # seconds that a phrase lasts at least
STRANGERS = {"piano": "Piano, which it does not know", "speech": "A voice, which it does not know"}


def clips() -> dict[str, Path]:
    """Return bundled clips by what the page calls them: a note and a phrase of each class."""
    demo = dataset.data_folder() / "demo"
    table = dataset.load("demo")
    found = {}
    for label in table.label.cat.categories:
        name = plots.words(label).capitalize()
        phrases = table[(table.label == label) & (table.seconds >= LONG)]
        found[f"{name}, one note"] = demo / "notes" / f"{label}.ogg"
        found[f"{name}, a phrase"] = Path(phrases.path.iloc[0])
    return found | {name: demo / "strangers" / f"{file}.ogg" for file, name in STRANGERS.items()}


def main() -> None:
    """Write both folders anew."""
    for name in ("model", "clips"):
        shutil.rmtree(LISTEN / name, ignore_errors=True)
        (LISTEN / name).mkdir(parents=True)
    for file in clips().values():
        shutil.copy(file, LISTEN / "clips")
    classifier, card = models.load("listener-light")
    waves = np.stack(
        [chunks.filled(audio.read(file))[: chunks.SAMPLES] for file in clips().values()]
    )
    made = lighten.make(classifier, waves)
    assert made.mfcc is not None  # as `make` does both
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
        "hop_length": settings.hop_length,
        "win_length": settings.win_length,
        "clips": [{"name": name, "file": f"clips/{file.name}"} for name, file in clips().items()],
    }
    # Written last: make takes this file as the sign that the folder is complete.
    (LISTEN / "model" / "about.json").write_text(store.json_text(about, indent=1) + "\n")


if __name__ == "__main__":
    main()
