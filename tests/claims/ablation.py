"""The chapter on ablation: what the text says, and the records it rests on."""

import numpy as np
import pandas as pd
from scipy import stats

from claims import Page, ahead, holds, points, says, share, transferred, unshown, word
from helpers import ablation
from helpers.experiments import runs
from helpers.experiments.ablation import EPOCHS
from helpers.results import each, paired

page = Page(
    "ablation",
    "guessing, which is .2",
    "scatters by five points",
    "by nine points",
    "More than two points apart",  # .62 in a checked cell
    "put 0.08 in place of 0.05",
)


WHOLE, POOLED, MIXED = "3 conv + 3 dense", "mean and spread of each map", "with CutMix"
NONE, ONE, TWO = (f"{n} conv + 3 dense" for n in range(3))
BARE, ONE_DENSE, TWO_DENSE = (f"3 conv + {n} dense" for n in range(3))
VALID, FEW = "padding 'valid'", "6 of 13 coefficients"
SEVEN = list(ablation.OF_THE_SLIDES)


def means(record, name):
    """A figure of each variant, the mean of its runs."""
    return pd.Series({v: each(record, name, variant=v).mean() for v in ablation.VARIANTS})


def gaps(record, name="clip_accuracy"):
    """How far each run of a variant is above that of the whole network with the same seed."""
    whole = each(record, name, variant=WHOLE)
    others = [v for v in ablation.VARIANTS if v != WHOLE]
    return {v: each(record, name, variant=v) - whole for v in others}


def winning(record):
    return {v for v, runs in gaps(record).items() if runs.min() > 0}


def losing(record):
    return {v for v, runs in gaps(record).items() if runs.max() < 0}


@page.claims("ablation-demo", "ablation-demo-paper")
def short_and_long(short, long):
    apart = np.ptp(each(short, "accuracy", variant=WHOLE))
    yield says("those of the whole network lie {:.0f} points apart", 100 * apart)
    yield says("short trainings: {} epochs on a few hundred chunks", EPOCHS["quick"])
    drawn, epochs = runs.draws(long["data"]["used"], "paper"), EPOCHS["paper"]
    yield says("{:,} chunks and {} epochs on a GPU", drawn, epochs)
    scores = means(short, "accuracy"), means(long, "accuracy")
    ranks = [of.rank(ascending=False) for of in scores]
    yield holds("has only the tenth mean of twelve", ranks[0][WHOLE] == 10 and len(ranks[0]) == 12)
    first = set(scores[0].nlargest(2).index) == {BARE, ONE_DENSE}
    yield holds("with no hidden dense layer or with one have the highest", first)
    trained = means(short, "training accuracy"), means(long, "training accuracy")
    nearly = trained[0][[BARE, ONE_DENSE]].min() > 0.9
    yield holds("or with one, nearly all training chunks are learned", nearly)
    yield says("with three hidden layers it is {}", share(trained[0][WHOLE]))
    words = "the whole network learns its training chunks too"
    yield holds(words, trained[1][WHOLE] > 0.95)
    yield says("all twelve lie between {} and {}", *map(share, (scores[1].min(), scores[1].max())))
    mixed, valid = ([points(of[v], of[WHOLE]) for of in scores] for v in (MIXED, VALID))
    size = means(short, "parameters")
    yield says("leaves {:,.0f} parameters", round(size[POOLED], -3))
    near = abs(points(scores[1][POOLED], scores[1][WHOLE])) < 5
    lowest = scores[0].idxmin() == POOLED
    yield holds("it has the lowest mean, in the long ones one near the others", lowest and near)
    turned = mixed[0] < 0 < mixed[1]
    yield holds("below that of the whole network first, and then above", turned)
    every = gaps(long, "accuracy")
    yield holds(
        "shows no loss in the short trainings, and is lower by chunk in the long ones, in every "
        "run, though by so uneven amounts that it still is not shown",
        valid[0] > 0
        and every[VALID].max() < 0
        and unshown(long, "accuracy", {"variant": VALID}, {"variant": WHOLE}),
    )


@page.claims("ablation-demo-paper")
def the_slides_seven(long):
    by_chunk, by_clip = means(long, "accuracy"), means(long, "clip_accuracy")
    rise = by_chunk[WHOLE] - by_chunk[BARE]
    yield holds("From none to three hidden dense layers there is no rise", rise < 0.01)
    of = gaps(long), gaps(long, "accuracy")
    unsure = all(g[v].min() < 0 < g[v].max() for g in of for v in (ONE, TWO))
    yield holds("one, two and three convolutions three seeds show no difference", unsure)
    lost = [points(of[WHOLE], of[NONE]) for of in (by_chunk, by_clip)]
    yield says("the mean is {} points lower by chunk and {} by clip", *map(word, lost))
    found = (long, "accuracy"), (long, "clip_accuracy")
    open_ = all(unshown(*of, {"variant": NONE}, {"variant": WHOLE}) for of in found)
    yield holds("by clip, which is not shown", open_)
    small = max(abs(points(by_clip[v], by_clip[WHOLE])) for v in (NONE, BARE)) < 3
    yield holds("the answer on the bundled clips is **C**", small)
    without = paired(long, "clip_accuracy", {"variant": NONE}, {"variant": WHOLE})
    words = "They cannot exclude a loss of ten points without convolutions, nor one of twenty"
    yield holds(words, without.low < -0.2)
    lost = ablation.OF_THE_SLIDES[WHOLE] - ablation.OF_THE_SLIDES[NONE]
    yield says("that of the slides, {:.0f}, they can", 100 * lost)
    yield holds("they can.", without.low > -lost)
    hidden = all(
        unshown(long, "clip_accuracy", {"variant": v}, {"variant": WHOLE})
        for v in ablation.VARIANTS
        if v != WHOLE
    )
    yield holds("add anything that three seeds can show by clip", small and hidden)


@page.claims("ablation-demo")
def parameters_and_time(short):
    size, time = means(short, "parameters"), means(short, "fit seconds")
    yield holds(
        "has two and a half times the parameters of the whole one and trains in less time",
        abs(size[ONE] / size[WHOLE] - 2.5) < 0.1 and time[ONE] < time[WHOLE],
    )
    yield holds(
        "Without hidden dense layers a twelfth of the parameters is left, and nearly all of the "
        "time",
        round(size[WHOLE] / size[BARE]) == 12 and time[BARE] > 0.8 * time[WHOLE],
    )
    yield holds("an epoch costs a fourteenth", round(time[WHOLE] / time[NONE]) == 14)


@page.claims("ablation-demo", "ablation-real", "ablation-demo-paper")
def in_pairs(short, real, long):
    lost = losing(short) == {POOLED, MIXED} and not winning(short)
    yield holds(
        "no variant wins in every run, and two lose: *mean and spread* and *with CutMix*", lost
    )
    of_short = gaps(short)
    shown = [
        (record is real, v)
        for record in (short, real, long)
        for v in ablation.VARIANTS
        if v != WHOLE and not unshown(record, "clip_accuracy", {"variant": v}, {"variant": WHOLE})
    ]
    yield holds(
        "Of all these a single one is *shown*: *mean and spread* is behind on the real clips",
        shown == [(True, POOLED)],
    )
    yield holds(
        "none wins in every run either, and one loses: *padding 'valid'*",
        not winning(long) and losing(long) == {VALID},
    )
    yield holds(
        "On the real clips the same two lose in every run, and *2 conv + 3 dense* wins",
        losing(real) == {POOLED, MIXED} and winning(real) == {TWO},
    )
    yield says("come by luck once in {}", word(2 ** (len(of_short[NONE]) - 1)))
    yield says("each table has {} rows", word(len(of_short)))
    others = set(SEVEN) - {WHOLE}
    whole = each(short, "clip_accuracy", variant=WHOLE)
    first, second = np.transpose(list(of_short.values()))[:2]
    yield holds("look at the first two seeds", (whole.argmax(), whole.argmin()) == (0, 1))
    yield holds("Where it has a good seed, every row loses", first.max() < 0)
    yield holds("nearly every row gains", (second > 0).sum() >= len(second) - 2)
    by_chunk = gaps(short, "accuracy")
    yield holds(
        "In the short trainings on the bundled clips the lead of none or one hidden dense layer is "
        "there by chunk with each seed",
        min(by_chunk[v].min() for v in (BARE, ONE_DENSE)) > 0,
    )
    mixed = by_chunk[TWO_DENSE], gaps(real, "accuracy")[ONE_DENSE]
    words = "(With two it is not, nor with one on the real clips.)"
    yield holds(words, all(gap.min() < 0 < gap.max() for gap in mixed))
    reach = stats.t.ppf(0.975, len(whole) - 1)
    yield says("With {} seeds that reaches {:.1f} standard errors", word(len(whole)), reach)
    yield holds(
        f"none of the other {word(len(others))} networks with fewer layers wins or loses in every "
        "run",
        not others & (winning(long) | losing(long)),
    )


@page.claims("ablation-real")
def real_clips(record):
    whole = {"variant": WHOLE}
    hidden = all(
        unshown(record, name, {"variant": v}, whole)
        for name in ("accuracy", "clip_accuracy")
        for v in (NONE, BARE)
    )
    yield holds("or without hidden dense layers, no difference is shown", hidden)
    pooled = all(
        ahead(record, n, whole, {"variant": POOLED}) for n in ("accuracy", "clip_accuracy")
    )
    yield holds("*Mean and spread* is behind", pooled)
    mixed = [paired(record, n, {"variant": MIXED}, whole) for n in ("accuracy", "clip_accuracy")]
    yield holds(
        "CutMix is lower in every run, as in the short trainings on the bundled clips, but "
        "unevenly: not shown",
        all(of.differences.max() < 0 and of.verdict == "not shown" for of in mixed),
    )


@page.claims("transfer-real")
def rendered_clips(record):
    yield says("learned from them names {} of the real chunks rightly", transferred(record))


@page.claims("ablation-demo", "ablation-real", "ablation-demo-paper")
def the_slides_ablation(*records):
    theirs = ablation.OF_THE_SLIDES
    rise = 100 * np.diff([theirs[f"3 conv + {n} dense"] for n in range(4)])
    yield says("is a rise of {} to {} points", word(rise.min()), word(rise.max()))
    whole, *fewer = ({"variant": v} for v in (WHOLE, *(v for v in SEVEN if v != WHOLE)))
    names = ("accuracy", "clip_accuracy")
    shown = any(ahead(r, n, whole, other) for r in records for n in names for other in fewer)
    words = "the whole network is not ahead of any of the six with fewer layers"
    yield holds(words, not shown and len(fewer) == 6)
