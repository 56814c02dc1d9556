"""Chapter 4: what the text says, and the records it rests on."""

import numpy as np
import pandas as pd

from claims import (
    BASS,
    BASS_SAXOPHONE,
    CLARINET,
    GUITAR,
    GUITAR_BASS,
    GUITAR_CELLO,
    GUITAR_CLARINET,
    REAL,
    SLIDES,
    Page,
    card,
    holds,
    pairs,
    says,
    share,
    ways,
    word,
)
from helpers import dataset, experiments, models, runs
from helpers.results import each, figure

page = Page(
    "04-cnn",
    "99 % of all parameters",  # .991 in a checked cell
    "99 % sit in the first",
    "here .001",
    "Adam at .001",
    "a confidence near .8 about 80 %",
)


@page.claims()
def the_reference_model():
    demo, real = card("demo"), card(REAL)
    parts = [pd.Series([clip["part"] for clip in c["clips"]]).value_counts() for c in (demo, real)]
    of_all = 100 * parts[0] / parts[0].sum()
    yield says(
        "on {:.0f} % of the clips, chosen when to stop on {:.0f} %",
        of_all.train,
        of_all.validation,
    )
    yield says("what you see is from the other {:.0f} %", of_all.test)
    yield says(
        "about {:.0f} bundled clips, or {:.0f} real ones", *(round(p.train, -1) for p in parts)
    )
    million = demo["parameters"] / 1e6
    for template in (
        "a single one of the {:.1f} million numbers",
        "the network has {:.1f} million parameters to set",
        "Of the slides' {:.1f} million parameters",
    ):
        yield says(template, million)
    yield says("the reference model had {} epochs", models.EPOCHS)
    yield says("one rightly named clip in {}", word(1 / (1 - models.KEPT)))
    yield says("which network their {} belongs to", share(SLIDES["CNN + CutMix"]))


@page.claims("network-demo", "network-real")
def beside_a_plain_machine(*records):
    network, svm = "CNN", "SVM on 39 statistics"
    ahead = [
        figure(r, name, model=svm) > figure(r, name, model=network)
        for r in records
        for name in ("accuracy", "clip_accuracy")
    ]
    yield holds("The SVM is ahead in both", all(ahead))
    spread = [each(r, "accuracy", model=network).std() for r in records]
    yield holds("though on the real clips the spread is large", spread[1] > spread[0])
    drawn = runs.draws(records[0]["data"]["used"], "quick")
    times = runs.draws(records[0]["data"]["used"], "paper") / drawn
    yield says("They drew 6,000 chunks, about {} times as many", word(times))
    lower = [figure(r, "accuracy", model=network) < SLIDES["CNN without CutMix"] for r in records]
    yield holds("lower, on clips kept apart: see the first record", all(lower))
    yield says("accuracy {} without CutMix", share(SLIDES["CNN without CutMix"]))


@page.claims("network-demo", "network-real")
def the_right_ones_confused(*records):
    demo, real = (pairs(figure(r, "confusion", model="CNN")) for r in records)
    yield says("the mean matrix of our {} folds", word(records[0]["repeats"]))
    yield holds("On the bundled clips guitar and cello do come first", demo[0] == GUITAR_CELLO)
    low = {demo.index(GUITAR_CLARINET), demo.index(BASS_SAXOPHONE)}
    yield holds("guitar with clarinet and saxophone with double bass stand low", low == {7, 8})
    yield holds("clarinet and double bass stand lowest", demo[-1] == {CLARINET, BASS})
    yield holds(
        "low; on the bundled clips not lowest",
        min(map(real.index, (GUITAR_CLARINET, BASS_SAXOPHONE))) > 4 and max(low) < 9,
    )
    yield holds(
        "on the bundled clips yes; on the real ones guitar and double bass", real[0] == GUITAR_BASS
    )
    folds = each(records[1], "confusion", model="CNN")
    guitar, bass = dataset.CLASSES.index(GUITAR), dataset.CLASSES.index(BASS)
    most = (folds[:, bass, guitar] > folds[:, bass].sum(axis=1) / 2).sum()
    yield says(
        "most of the double basses are taken for guitars, in {} folds of {}",
        word(most),
        word(len(folds)),
    )
    back = folds[:, guitar, bass]
    yield holds("nearly all stand in a single fold", back.max() > 0.8 * back.sum())


@page.claims("scaling-demo", "scaling-real")
def the_scaling(*records):
    best = np.array(
        [
            [figure(r, "best validation accuracy", scaling=s) for s in experiments.SCALERS]
            for r in records
        ]
    )
    epochs = len(
        figure(records[0], "curve of val_accuracy", scaling=next(iter(experiments.SCALERS)))
    )
    yield says("The same network, trained for {} epochs, three ways", epochs)
    yield says("chosen among {} epochs", epochs)
    yield holds(
        "the network hardly gets beyond guessing, on both data sets", best[:, 0].max() < 0.3
    )
    order = (np.diff(best, axis=1) > 0.1).all()
    yield holds("A range for each coefficient helps; mean and spread help most", order)


@page.claims("real_time-demo", "real_time-real")
def what_takes_the_time(*records):
    speeds = [{s: figure(r, "realtime", stage=s) for s in ways(r, "stage")} for r in records]
    slowest = min(min(s.values()) for s in speeds)
    training = all(min(s, key=s.get) == "training" for s in speeds)
    naming = all(s["network"] < s["MFCC"] for s in speeds)
    yield holds("A pass of training is the slowest stage", training)
    yield holds("Even naming a chunk takes longer than making its MFCC image", naming)
    yield holds(
        "training does; an MFCC image takes less time than the network that reads it",
        training and naming,
    )
    yield holds("every stage handles hundreds of seconds of sound in one second", slowest > 200)
    yield holds("a second of audio takes a few milliseconds", 1000 / slowest < 5)
    yield holds("holds for every stage", slowest > 1)
