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
    ahead,
    card,
    holds,
    pairs,
    says,
    share,
    transferred,
    ways,
    word,
)
from helpers import dataset, features, metrics, models, uncertainty
from helpers.experiments import folds, runs
from helpers.results import each, figure, paired

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
    yield says("the reference model had {} epochs", models.REFERENCE_EPOCHS)
    yield says("one rightly named clip in {}", word(1 / (1 - models.KEPT)))
    yield says("which network their {} belongs to", share(SLIDES["CNN + CutMix"]))
    yield says("own network, whose {} came by the same", share(SLIDES["CNN + CutMix"]))


@page.claims("network-demo", "network-real", "network-demo-paper")
def beside_a_plain_machine(*records):
    network, svm = "CNN", "SVM on 39 statistics"
    short, real, long = (
        paired(r, "clip_accuracy", {"model": svm}, {"model": network}) for r in records
    )
    yield says("every fold, by {} points by clip in the mean", word(100 * short.mean))
    yield holds("On the bundled clips the SVM is ahead in every fold", short.verdict == "ahead")
    yield holds(
        "ahead in the mean, too, but behind in one fold of the five",
        real.mean > 0 and (real.differences < 0).sum() == 1,
    )
    slides, ours = (
        runs.draws(records[0]["data"]["used"], profile) for profile in ("paper", "quick")
    )
    yield says("They drew {:,} chunks, about {} times as many", slides, word(slides / ours))
    epochs = folds.EPOCHS["paper"]
    yield says("has {:,} chunks too, of the same bundled clips, and {} epochs", slides, epochs)
    gains = {
        m: uncertainty.paired(
            *(each(r, "clip_accuracy", model=m) for r in (records[2], records[0]))
        )
        for m in (network, svm)
    }
    yield says("the network gains {} points, in each fold", word(100 * gains[network].mean))
    yield holds("points, in each fold. The SVM", gains[network].verdict == "ahead")
    yield says("gains {} from the chunks alone, which is", word(100 * gains[svm].mean))
    yield holds("which is not shown, and stays", gains[svm].verdict == "not shown")
    little = np.sort(long.differences)[1] < 0.02
    yield holds(
        "stays ahead in each fold, though by so little in two of them that the interval just holds "
        "0",
        long.differences.min() > 0 and little and -0.01 < long.low < 0,
    )
    by_chunk = [share(figure(r, "accuracy", model=network)) for r in records]
    yield says("{} by chunk (bundled) and {} (real) in short trainings; {} in the long", *by_chunk)
    yield says("accuracy {} without CutMix", share(SLIDES["CNN without CutMix"]))


def _apart(record: dict, one: set, other: set) -> uncertainty.Paired:
    """How much more the one pair of classes is confused than the other, fold by fold."""
    shares = []
    for confusion in each(record, "confusion", model="CNN"):
        table = metrics.pairs(confusion, dataset.CLASSES)
        of = {frozenset(names): c for *names, c in table.itertuples(index=False)}
        shares.append([of[frozenset(pair)] for pair in (one, other)])
    return uncertainty.paired(*np.transpose(shares))


@page.claims("network-demo", "network-real", "network-demo-paper")
def the_right_ones_confused(*records):
    short, real, long = (pairs(figure(r, "confusion", model="CNN")) for r in records)
    yield says("the mean matrices of our {} folds", word(records[0]["repeats"]))
    yield holds("On the real clips (second matrix) it is **D**", real[0] == GUITAR_BASS)
    tables = [metrics.pairs(figure(r, "confusion", model="CNN"), dataset.CLASSES) for r in records]
    far = tables[1].confused[0] > 2 * tables[1].confused[1]
    clearly = far and _apart(records[1], real[0], real[1]).verdict == "ahead"
    yield holds("and clearly: no pair comes near it", clearly)
    yield says(
        "Guitar and double bass have {}, guitar and cello {}, from fold to fold now one is ahead",
        *(share(value, 3) for value in tables[0].confused[:2]),
    )
    two = _apart(records[0], GUITAR_BASS, GUITAR_CELLO).differences
    level = short[:2] == [GUITAR_BASS, GUITAR_CELLO] and two.min() < 0 < two.max()
    yield holds("the vote has no winner", level)
    first = 100 * tables[0].confused
    yield holds("and six pairs lie within two points", (first[0] - first < 2).sum() == 6)
    as_there = long[0] == GUITAR_CELLO and long[-1] == GUITAR_CLARINET
    yield holds("(third matrix) guitar and cello come first", as_there)
    no_more = tables[2].confused[0] - tables[0].confused[1]
    yield holds("They are confused no more than before", no_more < 0)
    more = _apart(records[2], GUITAR_CELLO, GUITAR_BASS).verdict == "ahead"
    yield holds("guitar with double bass in every fold", more)
    yield holds("Guitar with clarinet is last, by a hair", as_there)
    yield holds(
        "in the long training yes, of bundled clips; in the short ones guitar and double bass on "
        "the real clips, and on the bundled ones these two are level",
        as_there and clearly and level,
    )
    least = short[-1] == BASS_SAXOPHONE and real[-1] not in (BASS_SAXOPHONE, GUITAR_CLARINET)
    yield holds(
        "guitar and clarinet are last in the long training, saxophone and double bass in the short "
        "one on the bundled clips; on the real clips neither",
        as_there and least,
    )
    lasts = [
        _apart(r, order[-2], order[-1]).verdict
        for r, order in ((records[0], short), (records[2], long))
    ]
    yield holds("From the last but one, none is told apart", lasts == ["not shown"] * 2)
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
    one, of_each, standard = ({"scaling": name} for name in features.SCALERS)
    name = "best validation accuracy"
    helped = paired(records, name, of_each, one).differences
    yield holds(
        "A range for each coefficient helps in five folds of six; mean and spread help most, in "
        "each",
        (helped > 0).sum() == 5
        and len(helped) == 6
        and all(ahead(r, name, standard, other) for r in records for other in (one, of_each)),
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


@page.claims("transfer-real")
def rendered_clips(record):
    yield says("learned from them names {} of the real chunks rightly", transferred(record))
