"""Make what the page that listens loads: the model's two files, some clips, and their list.

They are written to book/_extra/listen/, where the page's scripts are. Writing the model compares
it with the network that it comes from, and fails where they differ.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from helpers import audio, chunks, classify, cnn, dataset, features, lighten, models, plots, store

LISTEN = Path(__file__).resolve().parents[1] / "book" / "_extra" / "listen"
LONG = 4.0  # seconds that a phrase lasts at least
ASKED = 4  # so many clear phrases of a class are tried until the model names one
STRANGERS = {"piano": "Piano, which it does not know", "speech": "A voice, which it does not know"}


def clips(classifier: cnn.Classifier, threshold: float) -> dict[str, Path]:
    """Return bundled clips by what the page calls them: a note and a phrase of each class.

    The phrases are such as the model names rightly, where there is one: first of all a page that
    listens has to show what it can do. The notes are the same for all classes.
    """
    demo = dataset.data_folder() / "demo"
    table = dataset.load("demo")
    long = table[table.seconds >= LONG]
    clear = chunks.examples(long, each=ASKED)
    found = {}
    for k, label in enumerate(clear.classes):
        name = plots.words(label).capitalize()
        phrases = [Path(long.path[clip]) for clip in clear.clip[clear.label == k]]
        heard = (classify.recording(path, classifier, threshold=threshold) for path in phrases)
        named = [path for path, one in zip(phrases, heard, strict=True) if one.verdict == label]
        found[f"{name}, a phrase"] = (named or phrases)[0]
    for label in clear.classes:
        name = plots.words(label).capitalize()
        found[f"{name}, one note"] = demo / "notes" / f"{label}.ogg"
    return found | {name: demo / "strangers" / f"{file}.ogg" for file, name in STRANGERS.items()}


def main() -> None:
    """Write both folders anew."""
    for name in ("model", "clips"):
        shutil.rmtree(LISTEN / name, ignore_errors=True)
        (LISTEN / name).mkdir(parents=True)
    classifier, card = models.load("listener-light")
    chosen = clips(classifier, card["threshold"])
    for file in chosen.values():
        shutil.copy(file, LISTEN / "clips")
    waves = np.stack(
        [chunks.filled(audio.read(file))[: chunks.SAMPLES] for file in chosen.values()]
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
        "clips": [{"name": name, "file": f"clips/{file.name}"} for name, file in chosen.items()],
    }
    # Written last: make takes this file as the sign that the folder is complete.
    (LISTEN / "model" / "about.json").write_text(store.json_text(about, indent=1) + "\n")


if __name__ == "__main__":
    main()
