"""The chapter on the network: what the text says, and the records it rests on."""

import numpy as np
import pandas as pd

from claims import (
    BASS,
    BASS_SAXOPHONE,
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
    points,
    says,
    share,
    ways,
    word,
)
from helpers import dataset, features, metrics, models
from helpers.experiments import folds, runs
from helpers.results import each, figure
from helpers.uncertainty import spread

page = Page(
    "cnn",
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


@page.claims("network-demo", "network-real", "network-demo-paper")
def beside_a_plain_machine(*records):
    network, svm = "CNN", "SVM on 39 statistics"
    ahead = [
        figure(r, name, model=svm) > figure(r, name, model=network)
        for r in records
        for name in ("accuracy", "clip_accuracy")
    ]
    yield holds("The SVM is ahead in both", all(ahead))
    short, real, _ = records
    scatter = [spread(each(r, "accuracy", model=network)) for r in (short, real)]
    yield holds("though on the real clips the spread is large", scatter[1] > scatter[0])
    slides, ours = (runs.draws(short["data"]["used"], profile) for profile in ("paper", "quick"))
    yield says("They drew {:,} chunks, about {} times as many", slides, word(slides / ours))
    epochs = folds.EPOCHS["paper"]
    yield says("has {:,} chunks too, of the same bundled clips, and {} epochs", slides, epochs)
    by_clip = [{m: figure(r, "clip_accuracy", model=m) for m in (network, svm)} for r in records]
    gains = [word(points(by_clip[2][m], by_clip[0][m])) for m in (network, svm)]
    yield says("by clip the network gains {} points", gains[0])
    yield says("gains {} from the chunks alone", gains[1])
    yield holds("and stays ahead on average", by_clip[2][svm] > by_clip[2][network])
    by_chunk = [share(figure(r, "accuracy", model=network)) for r in records]
    yield says("{} by chunk (bundled) and {} (real) in short trainings; {} in the long", *by_chunk)
    yield says("accuracy {} without CutMix", share(SLIDES["CNN without CutMix"]))


@page.claims("network-demo", "network-real", "network-demo-paper")
def the_right_ones_confused(*records):
    short, real, long = (pairs(figure(r, "confusion", model="CNN")) for r in records)
    yield says("the mean matrices of our {} folds", word(records[0]["repeats"]))
    both = [short[0], real[0]] == [GUITAR_BASS] * 2
    yield holds("On both data sets it is **D**, after the short trainings", both)
    yield holds("guitar and cello come next", short[1] == GUITAR_CELLO)
    confused = [
        metrics.pairs(figure(r, "confusion", model="CNN"), dataset.CLASSES) for r in records
    ]
    first = 100 * confused[0].confused
    yield holds("and six pairs lie within two points", (first[0] - first < 2).sum() == 6)
    as_there = long[0] == GUITAR_CELLO and long[-1] == GUITAR_CLARINET
    yield holds("(third matrix) guitar and cello come first", as_there)
    no_more = confused[2].confused[0] - confused[0].confused[1]
    yield holds("They are confused no more than before", no_more < 0)
    yield holds("guitar with clarinet is last, by a hair too", as_there)
    yield holds(
        "in the long training yes; in the short ones guitar and double bass", as_there and both
    )
    least = short[-1] == BASS_SAXOPHONE and real[-1] not in (BASS_SAXOPHONE, GUITAR_CLARINET)
    yield holds(
        "guitar and clarinet in the long training; saxophone and double bass in the short one on "
        "the bundled clips; on the real clips neither",
        as_there and least,
    )
    folds = each(records[1], "confusion", model="CNN")
    guitar, bass = dataset.CLASSES.index(GUITAR), dataset.CLASSES.index(BASS)
    of_basses = folds[:, bass].sum(axis=0)
    yield holds(
        "more double basses are taken for guitars than are recognised",
        of_basses[guitar] > of_basses[bass],
    )
    back = folds[:, guitar, bass]
    yield holds("nearly all stand in a single fold", back.max() > 0.8 * back.sum())


@page.claims("scaling-demo", "scaling-real")
def the_scaling(*records):
    best = np.array(
        [
            [figure(r, "best validation accuracy", scaling=s) for s in features.SCALERS]
            for r in records
        ]
    )
    epochs = len(figure(records[0], "curve of val_accuracy", scaling=next(iter(features.SCALERS))))
    yield says("The same network, trained for {} epochs, three ways", epochs)
    yield says("chosen among {} epochs", epochs)
    yield holds(
        "the network hardly gets beyond guessing, on both data sets", best[:, 0].max() < 0.3
    )
    gains = np.diff(best, axis=1)
    yield holds(
        "A range for each coefficient helps, on the real clips much; mean and spread help most",
        (gains > 0.05).all() and gains[1, 0] > 2 * gains[0, 0],
    )


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
