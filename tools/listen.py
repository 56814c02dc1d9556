"""Make what the page that listens loads: the model's two files, some clips, and their list.

They are written to book/_extra/listen/, where the page's scripts are. Writing the model compares
it with the network that it comes from, and fails where they differ.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import soundfile

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
ASKED = 4  # so many clear phrases of a class are tried
RARE = 0.9  # what is beyond so many of the clips learned from is unusual
MOVED = 3  # so many semitones are a lot for the resonances of an instrument
LARGE_ROOMS = ("hall", "church")
STRANGERS = {"piano": "A piano, none of the five", "speech": "A voice, none of the five"}


def examples(
    files: light.Classifier, threshold: float, table: pd.DataFrame, learned: pd.DataFrame
) -> list[dict]:
    """Return bundled clips as {"id", "name", "label", "path"}; an id stands in links to the page.

    `table` are clips that the model has not learned from, `learned` those that it has. Of each
    class there is a phrase, one of the clear ones where it names one rightly; a note, the same for
    all models, or another phrase where it gets the note wrong; and, since a page that listens has
    to show what it cannot, the phrase that it gets wrong most surely. What the page's files get
    wrong also has "why", see `unusual`.
    """
    demo = dataset.data_folder() / "demo"
    single = {label: demo / "notes" / f"{label}.ogg" for label in dataset.CLASSES}
    strangers = {file: demo / "strangers" / f"{file}.ogg" for file in STRANGERS}
    heard = {
        path: classify.recording(path, files, threshold=threshold)
        for path in (*table.path, *single.values(), *strangers.values())
    }

    def is_right(path: str | Path, label: str) -> bool:
        return (heard[path].verdict or dataset.NONE) == label

    def mistake(path: str) -> tuple[bool, float]:
        return heard[path].verdict is not None, heard[path].confidence.max()

    played = pd.concat([table.set_index("path", drop=False), notes(single)])
    clear = chunks.examples(table, each=ASKED)
    found = []
    for k, label in enumerate(clear.classes):
        phrases = table.path[clear.clip[clear.label == k]]
        right = [path for path in phrases if is_right(path, label)]
        wrong = [path for path in table.path[table.label == label] if not is_right(path, label)]
        shown = {
            "a phrase": (right or list(phrases))[0],
            "one note": single[label],
            "another phrase": max(wrong, key=mistake, default=None),
            "a second phrase": None if is_right(single[label], label) else [*right, None, None][1],
        }
        name, key = plots.words(label).capitalize(), label.lower().replace("_", "-")
        for i, (kind, path) in enumerate(shown.items(), 1):
            if path is None:
                continue
            example = {"id": f"{key}-{i}", "name": f"{name}, {kind}", "label": label}
            if not is_right(path, label):
                example["why"] = unusual(played.loc[path], learned[learned.label == label])
            found.append({**example, "path": Path(path)})
    return found + [
        {"id": file, "name": name, "label": dataset.NONE, "path": strangers[file]}
        for file, name in STRANGERS.items()
        if is_right(strangers[file], dataset.NONE)
    ]


def notes(paths: dict[str, Path]) -> pd.DataFrame:
    """Return what is played in the single notes, in the columns of the clips."""
    table = pd.read_csv(dataset.data_folder() / "demo" / "meta" / "notes.csv").set_index("label")
    keys = [table.key[label] for label in paths]
    told = {"notes": 1, "lowest": keys, "highest": keys, "room": "none", "shift": 0.0}
    return pd.DataFrame(told, index=pd.Index(paths.values(), name="path"))


def unusual(clip: pd.Series, learned: pd.DataFrame) -> str:
    """Return what may be hard about a clip, beside the clips of its class that were learned from.

    These are facts of how it was rendered. Whether they are why it is not named, nobody asked.
    """
    moved = abs(clip["shift"])
    facts = {
        "one note alone": clip.notes == 1,
        "higher than nearly all it learned from": clip.lowest > learned.highest.quantile(RARE),
        "lower than nearly all it learned from": clip.highest < learned.lowest.quantile(1 - RARE),
        f"the instrument's resonances moved by {moved:.0f} semitones": moved >= MOVED,
        f"in a {clip.room}": clip.room in LARGE_ROOMS,
        "without a room": clip.room == "none",
    }
    return ", ".join(fact for fact, holds in facts.items() if holds) or "nothing that is known"


def main() -> None:
    """Write both folders anew."""
    for name in ("model", "clips"):
        shutil.rmtree(LISTEN / name, ignore_errors=True)
        (LISTEN / name).mkdir(parents=True)
    classifier, card = models.load("listener")
    bundled = dataset.load("demo")
    unseen = models.unseen(bundled, card)
    table = unseen[unseen.seconds >= LONG]
    made = lighten.make(classifier, chunks.examples(table, each=ASKED).waves)
    assert made.mfcc is not None  # as `make` does both
    assert isinstance(classifier, today.Classifier)  # as its maker writes it
    chosen = examples(made, card["threshold"], table, bundled.drop(unseen.index))
    paths = [example.pop("path") for example in chosen]
    for path in paths:  # as samples, since not every browser decodes Ogg
        wave, rate = soundfile.read(path)
        soundfile.write(LISTEN / "clips" / f"{path.stem}.flac", wave, rate, "PCM_24")
    (LISTEN / "model" / "mfcc.tflite").write_bytes(made.mfcc)
    (LISTEN / "model" / "network.tflite").write_bytes(made.network)
    settings = made.settings
    about = {
        "classes": made.classes,
        "none": dataset.NONE,
        "threshold": card["threshold"],
        "accuracy": card["kept out"]["accuracy"],
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
            {**example, "file": f"clips/{path.stem}.flac"}
            for example, path in zip(chosen, paths, strict=True)
        ],
    }
    # Written last: make takes this file as the sign that the folder is complete.
    (LISTEN / "model" / "about.json").write_text(store.json_text(about, indent=1) + "\n")


if __name__ == "__main__":
    main()
