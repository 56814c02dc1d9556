"""Chapter 10: what the text says, and the records it rests on."""

import numpy as np
import pandas as pd

from claims import Page, card, holds, points, says, share, word
from helpers import ablation
from helpers.results import each

page = Page(
    "10-ablation",
    "guessing, which is .2",
    "scatters by five points",
    "by nine points",
    "More than two points apart",  # .62 in a checked cell
    "put 0.08 in place of 0.05",
)


@page.claims("ablation-demo")
def the_slides_seven(record):
    def of(name, variant):
        return each(record, name, variant=variant)

    whole, seven = "3 conv + 3 dense", list(ablation.OF_THE_SLIDES)
    every = {name: of("accuracy", name) for name in ablation.VARIANTS}
    means = pd.Series({name: runs.mean() for name, runs in every.items()})
    widest = 100 * max(np.ptp(runs) for runs in every.values())
    yield says("those of a single variant lie up to {:.0f} points apart", widest)
    theirs = ablation.OF_THE_SLIDES
    yield says("Their lowest row, no convolutions, is {}", share(min(theirs.values())))
    few = [
        points(of(n, whole).mean(), of(n, seven[0]).mean()) for n in ("accuracy", "clip_accuracy")
    ]
    yield holds("a few points under the whole network", min(few) > 0 and max(few) < 6)
    yield holds("The lowest of our seven keeps one convolution", means[seven].idxmin() == seven[1])
    bare = "3 conv + 0 dense"
    size = {name: of("parameters", name).mean() for name in ablation.VARIANTS}
    yield holds(
        "Without any hidden dense layer the network is as good as with three, at less than a "
        "tenth of the parameters",
        means[bare] >= means[whole] and size[bare] < size[whole] / 10,
    )
    yield holds("no dense layer at all is as good as three", means[bare] >= means[whole])
    trained = {name: of("training accuracy", name).mean() for name in ablation.VARIANTS}
    nearly = min(trained[bare], trained["3 conv + 1 dense"])
    yield holds("or with one, nearly every training chunk is learned", nearly >= 0.95)
    yield says("with three it is {}", share(trained[whole]))
    yield says("Without any dropout, three dense layers reach {}", share(trained["no dropout"]))
    pooled = "mean and spread of each map"
    yield says(
        "leaves {:,.0f} parameters and is far behind, in training too ({})",
        round(size[pooled], -3),
        share(trained[pooled]),
    )
    overlap = [
        every[n].max() > every[whole].min() for n in ablation.VARIANTS if n not in (*seven, pooled)
    ]
    yield holds("The dots of the others overlap with those of the whole network", all(overlap))
    yield holds("is far behind", every[pooled].max() < every[whole].min())
    time = {name: of("fit seconds", name).mean() for name in seven}
    yield holds(
        "has two and a half times the parameters of the whole one and trains in less time",
        abs(size[seven[1]] / size[whole] - 2.5) < 0.1 and time[seven[1]] < time[whole],
    )
    yield holds(
        "Without dense layers a twelfth of the parameters is left, and nearly all of the time",
        round(size[whole] / size[bare]) == 12 and time[bare] > 0.8 * time[whole],
    )
    yield holds("an epoch costs a fourteenth", round(time[whole] / time[seven[0]]) == 14)


@page.claims("ablation-demo")
def in_pairs(record):
    whole = "3 conv + 3 dense"

    def gaps(name):
        base = each(record, name, variant=whole)
        return {v: each(record, name, variant=v) - base for v in ablation.VARIANTS if v != whole}

    gap = gaps("clip_accuracy")
    means = pd.Series({name: runs.mean() for name, runs in gap.items()})
    losing = {name for name, runs in gap.items() if runs.max() < 0}
    none, one = "0 conv + 3 dense", "1 conv + 3 dense"
    yield says("only {} variants lose in every run", word(len(losing)))
    yield holds(
        "*0 conv + 3 dense*, *1 conv + 3 dense*, and *mean and spread of each map*",
        losing == {none, one, "mean and spread of each map"},
    )
    clips = card("demo")["kept out"]["clips"]  # as many as in the test part of any fold
    single = (np.round(clips * gap[none]) == -1).sum()
    yield says(
        "On the bundled clips {} of the three losses of *0 conv* are a single clip of {}",
        word(single),
        clips,
    )
    wins = (gaps("accuracy")[none] > 0).sum()
    yield says("by chunk it wins {} runs of {}", word(wins), word(len(gap[none])))
    yield says("come by luck once in {}", word(2 ** (len(gap[none]) - 1)))
    yield says("the table has {} rows", word(len(gap)))
    runs = gap["6 of 13 coefficients"]
    yield holds(
        "Six of thirteen coefficients are a few points behind, and not in every run",
        runs.mean() < 0 <= runs.max(),
    )
    error = gap[one].std(ddof=1) / len(gap[one]) ** 0.5
    yield holds(
        "differs from the whole network here in a way that you could defend",
        gap[one].mean() < -2 * error,
    )
    scores = pd.Series({v: each(record, "accuracy", variant=v).mean() for v in ablation.VARIANTS})
    yield holds(
        "the whole network is in the middle of its variants", 4 <= scores.rank()[whole] <= 9
    )
    spread = each(record, "clip_accuracy", variant=whole).std()
    yield holds("most differences are smaller than the spread", (means.abs() < spread).mean() > 0.5)
    yield says("about {} points by clip, no more than", word(-100 * means[none]))
    yield holds("never forty", -100 * means[none] < 20)
    yield says("one costs {} points by clip", word(-100 * means[one]))
    two = gap["2 conv + 3 dense"]
    yield holds("two are not to be told from three", two.min() < 0 < two.max())


@page.claims("ablation-real")
def real_clips(record):
    whole, none, one, bare, pooled, mixed = (
        *("3 conv + 3 dense", "0 conv + 3 dense", "1 conv + 3 dense", "3 conv + 0 dense"),
        *("mean and spread of each map", "with CutMix"),
    )

    def mean(variant, name="accuracy"):
        return each(record, name, variant=variant).mean()

    base = each(record, "clip_accuracy", variant=whole)
    gap = {v: each(record, "clip_accuracy", variant=v) - base for v in ablation.VARIANTS}
    yield holds("No hidden dense layer is as good as three there too", mean(bare) >= mean(whole))
    yield holds("one convolution is behind", mean(one) < mean(whole))
    yield holds("and *mean and spread* far behind", points(mean(whole), mean(pooled)) > 15)
    lost = points(mean(whole), mean(none)), -100 * gap[none].mean()
    yield says(
        "the network is {} points behind counted by chunk, and {} counted by clip",
        *map(word, lost),
    )
    yield says("With CutMix it is at {}", share(mean(mixed)))
    yield says("by luck; {} on the real clips", word(lost[1]))
    losing = {v for v, runs in gap.items() if runs.max() < 0}
    yield holds(
        "On the real clips the same three lose in every run, and *6 of 13 coefficients* too",
        losing == {none, one, pooled, "6 of 13 coefficients"},
    )
    errors = {v: runs.std(ddof=1) / len(runs) ** 0.5 for v, runs in gap.items()}
    defended = all(gap[v].mean() < -2 * errors[v] for v in (one, none))
    yield holds("as it does on both data sets", defended)
    yield holds("*0 conv* on the real clips is another candidate", defended)


@page.claims()
def the_slides_ablation():
    theirs = ablation.OF_THE_SLIDES
    dense = [theirs[f"3 conv + {n} dense"] for n in range(4)]
    conv = [theirs[f"{n} conv + 3 dense"] for n in range(3)]
    rise = 100 * np.diff(dense)
    yield says("{}, {}, {}, {} for none to three dense layers", *(share(d, 4) for d in dense))
    yield says("a rise of {} to {} points a layer", word(rise.min()), word(rise.max()))
    yield says("all layers, {}, are best", share(max(theirs.values()), 4))
    yield says('a big hit": {} without any', share(conv[0]))
    yield says("one convolution {}, two {}", share(conv[1]), share(conv[2]))
    yield says('significantly": {}, {}, {}, {}', *map(share, dense))
