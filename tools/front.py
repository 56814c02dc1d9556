"""Make what the first page shows: five sounds to guess, and a small picture of each chapter.

The sounds are written to book/_extra/guess/, in the order that the page gives in `data-guess`, with
what the machine of that page says of them; the pictures to book/road/. They come from the bundled
clips and from the records.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.metrics import roc_curve

from helpers import (
    audio,
    chunks,
    classify,
    cutmix,
    dataset,
    features,
    models,
    plots,
    results,
    today,
)

BOOK = Path(__file__).resolve().parents[1] / "book"
GUESS, ROAD = BOOK / "_extra" / "guess", BOOK / "road"
SECONDS, PHRASE = 4.0, 4  # a sound lasts so long, of a phrase of more notes than that
PEAK = 0.7
INK = "#808080"  # readable on a light page and on a dark one: a picture cannot ask which it is on
CELLO = "Cello"


def order() -> list[str]:
    """Return the classes of the five sounds as the first page gives them, as prose."""
    (given,) = re.findall(r'data-guess="([^"]+)"', (BOOK / "intro.md").read_text(encoding="utf-8"))
    return given.split(", ")


def phrases() -> pd.DataFrame:
    """Return a clear phrase of each class: rows of the table of clips."""
    clips = dataset.load("demo")
    long = clips[(clips.notes > PHRASE) & (clips.seconds >= SECONDS)]
    return long.loc[chunks.examples(long).clip]


def sounds() -> dict[str, np.ndarray]:
    """Return the phrases by their classes' names in prose, as long as is told and at one level."""
    found = {}
    for label, path in phrases().set_index("label").path.items():
        wave = audio.read(path)[: round(SECONDS * audio.SR)]
        wave = wave * (PEAK / np.abs(wave).max())
        wave[-2000:] *= np.linspace(1, 0, 2000)  # or it would end with a click
        found[plots.words(label)] = wave
    return found


def heard() -> dict:
    """Return what the machine says of each sound as the page has it, and how many it learned from.

    A sound that is none of the five to it is None.
    """
    machine, threshold = classify.listener()
    verdicts = [
        classify.recording(GUESS / f"{number}.mp3", machine, threshold=threshold).verdict
        for number in range(1, len(order()) + 1)
    ]
    _, card = models.load("listener")
    known = phrases()
    return {
        "said": [verdict and plots.words(verdict) for verdict in verdicts],
        "learned": len(known) - len(models.unseen(known, card)),
    }


DRAW: dict[str, Callable] = {}


def stage(page: str) -> Callable:
    """Enter a function that draws a chapter's picture on axes."""

    def enter(draw: Callable) -> Callable:
        DRAW[page] = draw
        return draw

    return enter


def chunk() -> np.ndarray:
    """Return a clear chunk of a cello."""
    clips = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    clear = chunks.examples(clips)
    return clear.waves[clear.classes.index(CELLO)]


@stage("sound")
def _sound(axes) -> None:
    note = dataset.note(CELLO)
    axes.plot(note[22_050 : 22_050 + 500], color=plots.hue(CELLO), linewidth=2)


@stage("dataset")
def _dataset(axes) -> None:
    clips = dataset.load("demo")
    wave = audio.read(clips[(clips.label == CELLO) & (clips.seconds > 5)].path.iloc[0])
    axes.plot(wave[::60], color=plots.hue(CELLO), linewidth=1)
    axes.axvspan(735, 1470, color=plots.hue("Double_bass"), alpha=0.4)


@stage("mfcc")
def _mfcc(axes) -> None:
    axes.imshow(np.asarray(features.mfcc(chunk()))[:, 1:].T)


@stage("cnn")
def _cnn(axes) -> None:
    curves = results.load("network", "demo")["results"][0]["figures"]
    axes.plot(curves["curve of loss"]["mean"], color=plots.hue(CELLO), linewidth=2)
    axes.plot(curves["curve of val_loss"]["mean"], "--", color=plots.hue("Double_bass"))


@stage("scores")
def _scores(axes) -> None:
    matrix = np.array(results.load("network", "demo")["results"][0]["figures"]["confusion"]["mean"])
    axes.imshow(matrix / matrix.sum(axis=1, keepdims=True), origin="upper")


@stage("leakage")
def _leakage(axes) -> None:
    rows = results.load("difficulty", "fsdkaggle2018-mini")["results"]
    right = [row["figures"]["accuracy of chunks"]["mean"] for row in rows]
    axes.bar(range(len(right)), right, color=plots.hue(CELLO))
    axes.set_ylim(0, 1)


@stage("cutmix")
def _cutmix(axes) -> None:
    clips = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    images = features.mfcc(chunks.examples(clips).waves[1:3])
    box = np.array([[80, 200, 2, 10]] * 2)
    mixed, _ = cutmix.mix(images, np.eye(2), np.array([1, 0]), box)
    axes.imshow(np.asarray(mixed[0])[:, 1:].T)
    axes.add_patch(plt.Rectangle((80, 1), 120, 8, fill=False, edgecolor="#fff", linewidth=2))


@stage("tuning")
def _tuning(axes) -> None:
    runs = results.load("learning_rates", "demo")["runs"]
    rates = [float(run["compared"]["learning_rate"]) for run in runs]
    axes.semilogx(rates, [run["figures"]["accuracy"] for run in runs], "o", color=plots.hue(CELLO))


@stage("pruning")
def _pruning(axes) -> None:
    rows = results.load("ladder", "demo")["results"]
    of_all = [row for row in rows if row["compared"]["layers"] == "large"]
    places = sorted(
        (row["figures"]["nonzero"]["mean"], row["figures"]["accuracy"]["mean"]) for row in of_all
    )
    axes.semilogx(*zip(*places, strict=True), "o-", color=plots.hue(CELLO))
    axes.set_ylim(0, 1)


@stage("comparison")
def _comparison(axes) -> None:
    rows = results.load("comparison", "demo")["results"]
    ten = [row for row in rows if row["compared"]["protocol"] == "clip"]
    right = sorted(row["figures"]["accuracy"]["mean"] for row in ten)
    axes.plot(right, range(len(right)), "o", color=plots.hue(CELLO))
    axes.set_xlim(0, 1)


@stage("gradcam")
def _gradcam(axes) -> None:
    from helpers import gradcam  # here alone: it loads TensorFlow

    reference, _ = models.reference()
    image = features.mfcc(chunk()[None])
    axes.imshow(np.asarray(image[0])[:, 1:].T, cmap="gray")
    axes.imshow(np.asarray(gradcam.heat_maps(reference, image, "conv3")[0])[:, 1:].T, alpha=0.6)


@stage("ablation")
def _ablation(axes) -> None:
    rows = results.load("ablation", "demo")["results"]
    right = [row["figures"]["accuracy"]["mean"] for row in rows]
    axes.barh(range(len(right)), right, color=plots.hue(CELLO))


@stage("listening")
def _listening(axes) -> None:
    """A clarinet's phrase and then a double bass's: who is heard?"""
    found = sounds()
    wave = np.concatenate([found[name] for name in ("clarinet", "double bass")])
    waves = np.lib.stride_tricks.sliding_window_view(wave, chunks.SAMPLES)[:: audio.SR // 4]
    classifier, _ = models.load("listener")
    heard = classifier.predict(today.images_of(waves))
    for label, line in zip(classifier.classes, heard.T, strict=True):
        hue = INK if label == dataset.NONE else plots.hue(label)
        axes.plot(line, color=hue, linewidth=2)
    axes.set_ylim(-0.05, 1.05)


@stage("today")
def _today(axes) -> None:
    record = results.load("listeners", "fsdkaggle2018-mini")
    for network, hue in (("the recipe", "Clarinet"), ("convolutions", CELLO)):
        known, strangers = today.answers(record, network, "source")
        both = np.concatenate([known.confidence, strangers.confidence])
        of_strangers, of_known, _ = roc_curve(np.arange(len(both)) < len(known), both)
        axes.plot(of_strangers, of_known, color=plots.hue(hue), linewidth=2)


@stage("many-machines")
def _many(axes) -> None:
    workers = np.arange(1, 17)
    axes.plot(workers, workers, color=INK, linestyle=":")
    axes.plot(workers, 1 / (0.1 + 0.9 / workers), color=plots.hue(CELLO), linewidth=2)


def main() -> None:
    """Write both folders anew."""
    for folder in (GUESS, ROAD):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    with mpl.rc_context(
        {
            "axes.edgecolor": INK,
            "image.aspect": "auto",
            "image.origin": "lower",
            "svg.fonttype": "none",
            "svg.hashsalt": "which-instrument",
        }
    ):
        for page, draw in DRAW.items():
            figure, axes = plt.subplots(figsize=(2.2, 1.3))
            axes.set(xticks=[], yticks=[])
            draw(axes)
            axes.set(xticks=[], yticks=[], xlabel="", ylabel="")
            axes.minorticks_off()
            about = {"Date": None, "Creator": None}
            figure.savefig(
                ROAD / f"{page}.svg", transparent=True, metadata=about, bbox_inches="tight"
            )
            plt.close(figure)
    found = sounds()
    for number, name in enumerate(order(), 1):
        (GUESS / f"{number}.mp3").write_bytes(audio.mp3(found[name]))
    # Written last: make takes this file as the sign that all is there. A script, as a page that is
    # opened as a file may read no other.
    (GUESS / "heard.js").write_text(f"window.guessesHeard = {json.dumps(heard())};\n")


if __name__ == "__main__":
    main()
