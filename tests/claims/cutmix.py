"""The chapter on CutMix: what the text says, and the records it rests on."""

import numpy as np

from claims import (
    SLIDES,
    Page,
    ahead,
    holds,
    points,
    says,
    share,
    transferred,
    unshown,
    word,
)
from helpers import augment
from helpers.experiments import runs
from helpers.experiments.cutmix import SNRS
from helpers.results import each, figure

page = Page(
    "cutmix",
    "alpha = 1, .9 and .8",
)


@page.claims()
def composed():
    yield says(
        "of {} chunks in ten it leaves a part alone", word(10 * augment.Variation().cut_share)
    )


@page.claims("cutmix_cost-demo", "cutmix_cost-real")
def what_pasting_costs(*records):
    most = max(each(r, "time added, %").max() for r in records)
    yield holds("adds less than a hundredth to the time of a training step", most < 1)


NONE, FLY, SLIDES_WAY = WAYS = ("none", "on the fly", "the slides'")

RECORDS = ("cutmixed-demo", "cutmixed-real", "cutmixed-demo-paper")


def gains(record, name):
    """How many points each way with CutMix is ahead of none."""
    none = figure(record, name, CutMix=NONE)
    return [points(figure(record, name, CutMix=way), none) for way in (FLY, SLIDES_WAY)]


def by_fold(record, name):
    """The same in each fold, an array for each way."""
    none = each(record, name, CutMix=NONE)
    return [each(record, name, CutMix=way) - none for way in (FLY, SLIDES_WAY)]


@page.claims(*RECORDS)
def with_and_without(*records):
    *short, long = records
    epochs = len(figure(short[0], "curve of accuracy", CutMix=NONE))
    yield says(
        "trained without CutMix and on the fly for {} epochs, with {} chunks", epochs, runs.CHUNKS
    )
    fewer = len(figure(short[0], "curve of accuracy", CutMix=SLIDES_WAY))
    yield says("the slides' three copies is four times as large, so it got {}", fewer)
    yield holds("each way saw the same number of images", 4 * fewer == epochs)
    yield says(
        "{:,} chunks of the bundled clips, and {} epochs on a GPU ({} of the larger set)",
        runs.draws(long["data"]["used"], "paper"),
        *(len(figure(long, "curve of accuracy", CutMix=way)) for way in (NONE, SLIDES_WAY)),
    )
    lost = [-gain for r in short for n in ("accuracy", "clip_accuracy") for gain in gains(r, n)]
    words = "have lower mean accuracies than none, on both data sets, by chunk and by clip"
    yield holds(words, min(lost) > 0)
    fly, slides = zip(*(by_fold(r, "accuracy") for r in short), strict=True)
    none, *mixed = ({"CutMix": way} for way in WAYS)
    yield holds(
        "it is behind in each of them, and the interval of the mean difference leaves out 0",
        np.max(fly) < 0 and ahead(short, "accuracy", none, mixed[0]),
    )
    alone = all(unshown(r, "accuracy", mixed[0], none) for r in short)
    yield holds("Is that shown? On neither data set by itself", alone)
    yield holds("which is shown only for both data sets together", alone)
    hidden = unshown(short, "accuracy", mixed[1], none)
    yield holds("so for it nothing is shown", hidden)
    yield holds("CutMix on the fly is behind in every fold by chunk", np.max(fly) < 0)
    won = [(folds > 0).sum() for folds in slides]
    yield holds("*The slides'* way is ahead in one fold of each data set", won == [1, 1])
    hidden = all(unshown(long, n, m, none) for n in ("accuracy", "clip_accuracy") for m in mixed)
    yield holds("In the long training neither a loss nor a gain is shown", hidden)
    yield holds("After a long one, of rendered clips, we can show no difference", hidden)
    claimed = points(SLIDES["CNN + CutMix"], SLIDES["CNN without CutMix"])
    yield says("Their gain of {} points, one run against one, is not shown here", word(claimed))
    best = max(gains(long, "accuracy"))
    yield holds("our long training gains half a point at best", 0.25 < best < 0.75)


@page.claims("noise_trained-demo", "noise_trained-real")
def with_noise(*records):
    bundled, real = records
    clean, noisy, otherwise = (
        {"training": way} for way in ("as recorded", "with noise", "recorded otherwise")
    )
    at = {snr: f"accuracy at {snr} dB" for snr in SNRS}

    def of(record, name, way):
        return share(figure(record, name, **way))

    yield says(
        "names {} of the clean chunks rightly, and {} with hiss at 10 dB",
        *(of(bundled, name, clean) for name in ("accuracy", at[10])),
    )
    yield says("it names {} at 10 dB", of(bundled, at[10], noisy))
    gained = [ahead(record, at[snr], noisy, clean) for record in records for snr in (20, 10)]
    yield holds("and is ahead at 20 dB as well.", all(gained))
    gains = (
        points(figure(real, at[snr], **noisy), figure(real, at[snr], **clean)) for snr in (20, 10)
    )
    yield says("On the real clips it is ahead at both, too, by {:.0f} and {:.0f} points", *gains)
    lost = [points(figure(r, "accuracy", **clean), figure(r, "accuracy", **noisy)) for r in records]
    yield says("its mean is lower on both data sets, by {} and by {} points", *map(word, lost))
    hidden = all(unshown(r, "accuracy", noisy, clean) for r in records)
    yield holds("which three folds do not show", hidden and min(lost) > 0)
    yield holds("So **B** comes nearest, but for its second half", all(gained) and hidden)
    yield holds("is ahead at 10 dB on the bundled clips", ahead(bundled, at[10], otherwise, clean))
    yield holds(
        "behind on the clean chunks of the real ones", ahead(real, "accuracy", clean, otherwise)
    )
    untrained = "accuracy, rumble at 10 dB"
    rumble = not any(ahead(r, untrained, way, clean) for r in records for way in (noisy, otherwise))
    yield holds("There no gain is shown, on either data set", rumble)
    words = "such a rumble; on the real clips it is behind"
    yield holds(words, ahead(real, untrained, clean, otherwise))
    yield holds("far better on noisy chunks of both data sets", all(gained))
    yield holds("On clean ones its mean is lower, which is not shown", hidden)
    yield holds("against a noise that it never heard, no gain is shown", rumble)


@page.claims("transfer-real")
def rendered_clips(record):
    yield says("learned from them names {} of the real chunks rightly", transferred(record))


@page.claims(*RECORDS)
def confidence(*records):
    def all_ways(record, name):
        return [figure(record, name, CutMix=way) for way in WAYS]

    *short, long = records
    sure, right = (all_ways(short[0], name) for name in ("confidence", "accuracy"))
    yield says("it says {} where it is right two times in three", share(sure[1], 1))
    yield holds("right two times in three", abs(right[1] - 2 / 3) < 0.05)
    sure, right = (all_ways(long, name) for name in ("confidence", "accuracy"))
    fifths = max(abs(value - 0.8) for value in right[:2]) < 0.03
    yield holds("both are right four times in five", fifths)
    yield says("and say {} and {}", share(sure[0]), share(sure[1]))


@page.claims(*RECORDS)
def against_noise(*records):
    none, *mixed = ({"CutMix": way} for way in WAYS)
    at = [f"accuracy at {snr} dB" for snr in SNRS]
    gained = any(ahead(r, name, way, none) for r in records for name in at for way in mixed)
    yield holds("At no level is a gain shown, neither in the short", not gained)
    yield holds("Nor is it shown that the model withstands noise better", not gained)
