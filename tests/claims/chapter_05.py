"""Chapter 5: what the text says, and the records it rests on."""

import numpy as np

from claims import GUESSING, SLIDES, Page, holds, points, says, share, word
from helpers import experiments, runs
from helpers.results import each, figure

page = Page(
    "05-cutmix",
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


def spreads(record, name):
    """For each way with CutMix the larger of its spread and that of none, in points."""
    none, *others = (100 * each(record, name, CutMix=way).std() for way in WAYS)
    return [max(none, other) for other in others]


@page.claims(*RECORDS)
def with_and_without(*records):
    *short, long = records
    epochs = len(figure(short[0], "curve of accuracy", CutMix=NONE))
    yield says("trained without CutMix and on the fly for {} epochs", epochs)
    fewer = len(figure(short[0], "curve of accuracy", CutMix=SLIDES_WAY))
    yield says("The slides' set is four times as large, so it got {}", fewer)
    yield holds("each way saw the same number of images", 4 * fewer == epochs)
    yield says(
        "{:,} chunks of the bundled clips, for {} epochs ({} of the larger set)",
        runs.draws(long["data"]["used"], "paper"),
        *(len(figure(long, "curve of accuracy", CutMix=way)) for way in (NONE, SLIDES_WAY)),
    )
    yield says("Ours are means over {} folds", word(long["repeats"]))
    ways_of_counting = ("accuracy", "clip_accuracy")
    lost = [-gain for r in short for name in ways_of_counting for gain in gains(r, name)]
    yield holds("both ways with CutMix stay behind none", min(lost) > 0)
    yield says("by {} to {} percentage points", word(min(lost)), word(max(lost)))
    differ = [spread for r in short for name in ways_of_counting for spread in spreads(r, name)]
    yield holds("on average less than the folds differ", np.mean(lost) < np.mean(differ))
    by_chunk = [100 * figure(long, "accuracy", CutMix=way) for way in WAYS]
    yield says("lie within {} points of each other", word(np.ptp(by_chunk)))
    by_clip = gains(long, "clip_accuracy")
    few = all(np.array(by_clip) < spreads(long, "clip_accuracy"))
    same = word(by_clip[0]) == word(by_clip[1])
    yield says("both ways with CutMix are {} points ahead, less than the spread", word(by_clip[0]))
    yield holds("less than the spread", few and same)
    yield says("in a long one {} points higher by clip", word(by_clip[0]))
    yield says("the long one gains {} at best", word(max(*by_clip, *gains(long, "accuracy"))))
    claimed = points(SLIDES["CNN + CutMix"], SLIDES["CNN without CutMix"])
    yield says("Do we see their {} points? No", word(claimed))
    yield says(
        "accuracy {} without, {} with CutMix",
        share(SLIDES["CNN without CutMix"]),
        share(SLIDES["CNN + CutMix"]),
    )


@page.claims(*RECORDS)
def confidence(*records):
    def all_ways(record, name):
        return [figure(record, name, CutMix=way) for way in WAYS]

    *short, long = records
    sure, right = (all_ways(short[0], name) for name in ("confidence", "accuracy"))
    yield says("it says {} where it is right two times in three", share(sure[1], 1))
    yield holds("right two times in three", abs(right[1] - 2 / 3) < 0.05)
    errors = [all_ways(r, "calibration error") for r in short]
    yield holds("error grows on both data sets", all(e[1] > e[0] + 0.05 for e in errors))
    both = [*errors, *(all_ways(r, "confidence") for r in short)]
    yield holds("changes both less", all(abs(f[2] - f[0]) < abs(f[1] - f[0]) for f in both))
    sure, right = (all_ways(long, name)[0] for name in ("confidence", "accuracy"))
    yield says("it says {} where it is right four times in five", share(sure))
    yield holds("right four times in five", abs(right - 0.8) < 0.03)
    yield holds(
        "There the slides' way has the smallest calibration error",
        np.argmin(all_ways(long, "calibration error")) == 2,
    )
    none, fly = (figure(short[0], "curve of accuracy", CutMix=way) for way in (NONE, FLY))
    yield holds(
        "It rises more slowly and ends lower, so **B**",
        (fly <= none + 0.01).all() and fly[-1] < none[-1] - 0.1,
    )


@page.claims(*RECORDS)
def against_noise(*records):
    at = [f"accuracy at {snr} dB" for snr in experiments.SNRS]
    lost = [figure(r, "accuracy", CutMix=NONE) - figure(r, at[0], CutMix=NONE) for r in records]
    yield holds("takes a large part of the accuracy", min(lost) > 0.1)
    left = max(figure(r, at[-1], CutMix=way) for r in records for way in WAYS)
    yield holds("at 0 dB not much more than guessing is left", left < GUESSING + 0.15)
    *short, long = records
    most = max(gain for r in short for name in at for gain in gains(r, name))
    yield holds("CutMix is nowhere ahead by more than two points", most < 2)
    of_long, differ = (np.array([of(long, name) for name in at]) for of in (gains, spreads))
    low, high = word(of_long.min()), word(of_long.max())
    yield says("both ways are ahead at each level, by {} to {} points", low, high)
    yield says("in a long one {} to {} points, no more than the spread", low, high)
    yield holds("but the folds differ by as much", (of_long < differ).all())
