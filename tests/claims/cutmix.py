"""The chapter on CutMix: what the text says, and the records it rests on."""

import numpy as np

from claims import (
    GUESSING,
    SLIDES,
    Page,
    ahead,
    card,
    holds,
    points,
    says,
    share,
    transferred,
    unshown,
    word,
)
from helpers.experiments import runs
from helpers.experiments.cutmix import SNRS
from helpers.results import each, figure

page = Page(
    "cutmix",
    ".7 cello and .3 clarinet, for example",
    "alpha = 1, .9 and .8",
)


@page.claims("cutmix_cost-demo", "cutmix_cost-real")
def what_pasting_costs(*records):
    most = max(each(r, "time added, %").max() for r in records)
    yield holds("adds less than a hundredth to the time of a training step", most < 1)
    yield says("one column is 1/13, or {}, of an image", share(1 / 13, 3))


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
    yield holds("both ways with CutMix have lower means than none", min(lost) > 0)
    fly, slides = zip(*(by_fold(r, "accuracy") for r in short), strict=True)
    none, *mixed = ({"CutMix": way} for way in WAYS)
    yield holds(
        "on the fly is behind in each of the six folds, and the interval of the mean difference "
        "leaves out 0",
        np.max(fly) < 0 and ahead(short, "accuracy", none, mixed[0]),
    )
    hidden = unshown(short, "accuracy", mixed[1], none)
    yield holds("so for it nothing is shown", hidden)
    yield holds("CutMix on the fly is behind in every fold by chunk", np.max(fly) < 0)
    won = [(folds > 0).sum() for folds in slides]
    yield holds("*The slides'* way is ahead in one fold of each data set", won == [1, 1])
    hidden = all(unshown(long, n, m, none) for n in ("accuracy", "clip_accuracy") for m in mixed)
    yield holds("In the long training neither a loss nor a gain is shown", hidden)
    yield holds("After a long one, of rendered clips, we can show no difference", hidden)
    by_clip = gains(long, "clip_accuracy")
    clips = card("demo")["kept out"]["clips"] * long["repeats"]  # as many in each fold
    more = [word(gain * clips / 100) for gain in by_clip]
    yield says(
        "CutMix are {} points higher in the mean: {} clips of {}", word(by_clip[0]), more[0], clips
    )
    yield holds("both ways with CutMix are two points higher", more[0] == more[1])
    claimed = points(SLIDES["CNN + CutMix"], SLIDES["CNN without CutMix"])
    yield says("Their gain of {} points, one run against one, is not shown here", word(claimed))
    best = max(gains(long, "accuracy"))
    yield holds("our long training gains half a point at best", 0.25 < best < 0.75)


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
    errors = [all_ways(r, "calibration error") for r in short]
    yield holds("error is larger on both data sets", all(e[1] > e[0] + 0.05 for e in errors))
    both = [*errors, *(all_ways(r, "confidence") for r in short)]
    yield holds("change both less", all(abs(f[2] - f[0]) < abs(f[1] - f[0]) for f in both))
    sure, right = (all_ways(long, name) for name in ("confidence", "accuracy"))
    fifths = max(abs(value - 0.8) for value in right[:2]) < 0.03
    yield holds("both are right four times in five", fifths)
    yield says("and say {} and {}", share(sure[0]), share(sure[1]))
    yield holds("The three copies lie between them", sure[0] > sure[2] > sure[1])
    none, fly = (figure(short[0], "curve of accuracy", CutMix=way) for way in (NONE, FLY))
    yield holds(
        "It rises more slowly and ends lower, so **B**",
        (fly <= none + 0.01).all() and fly[-1] < none[-1] - 0.1,
    )


@page.claims(*RECORDS)
def against_noise(*records):
    at = [f"accuracy at {snr} dB" for snr in SNRS]
    lost = [figure(r, "accuracy", CutMix=NONE) - figure(r, at[0], CutMix=NONE) for r in records]
    yield holds("takes a large part of the accuracy", min(lost) > 0.1)
    left = max(figure(r, at[-1], CutMix=way) for r in records for way in WAYS)
    yield holds("at 0 dB not much more than guessing is left", left < GUESSING + 0.15)
    *_, long = records
    of_long = [gain for name in at for gain in gains(long, name)]
    yield holds("both ways have higher means at each level", min(of_long) > 0)
    none, *mixed = ({"CutMix": way} for way in WAYS)
    gained = any(ahead(r, name, way, none) for r in records for name in at for way in mixed)
    yield holds("At no level is a gain shown, neither in the short", not gained)
    yield holds("Nor is it shown that the model withstands noise better", not gained)
    cases = np.ravel([by_fold(long, name) for name in at])
    yield says("and are ahead in {} of {} cases", (cases > 0).sum(), len(cases))
