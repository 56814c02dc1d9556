"""The ledger: what its verdicts say, and the records they rest on."""

from itertools import pairwise, product

import numpy as np

from claims import (
    BASS_SAXOPHONE,
    GUESSING,
    GUITAR_BASS,
    GUITAR_CELLO,
    GUITAR_CLARINET,
    REAL,
    SLIDES,
    Page,
    apart,
    holds,
    pairs,
    points,
    says,
    share,
    word,
)
from claims.comparison import nearness
from claims.tuning import sooner
from helpers import (
    ablation,
    audio,
    baselines,
    comparison,
    dataset,
    leakage,
    results,
    tuning,
    uncertainty,
)
from helpers.experiments import cutmix, replica, runs
from helpers.plots import of_records
from helpers.results import medians, paired
from helpers.uncertainty import AHEAD, BEHIND, NOT_SHOWN

page = Page(
    "ledger",
    "pre-emphasis .97",
    "Adam at .001",
    "start at 50 %",
    "Their schedule ends at 80 %",
    "is 50 %",
    "about 7 % improvement",
)

WHOLE, PRUNED = "3 conv + 3 dense", "CNN + CutMix + Pruning"


def verdicts(records, name, couples):
    """What the pairs of conditions of every record come to."""
    return [
        paired(record, name, one, other).verdict for record in records for one, other in couples
    ]


@page.claims("pitch_or_timbre-demo", "pitch_or_timbre-real")
def overtones(*records):
    timbre = {"description": "timbre"}, {"description": "pitch"}
    found = verdicts(records, "accuracy of chunks", [timbre])
    yield holds("right far more often than one that is told only the notes", set(found) == {AHEAD})
    kept = {run["compared"]["protocol"] for record in records for run in record["runs"]}
    yield holds("With sessions kept apart it was not tried", kept == {"clip"})
    right = np.mean([results.figure(r, "accuracy of chunks", **timbre[0]) for r in records])
    yield holds("does far better than guessing", right > 3 * GUESSING)


@page.claims()
def frames():
    lasts = [1000 * samples / audio.SR for samples in (400, 160)]
    yield says("400 and 160 samples, which last {:.1f} and {:.2f} ms", *lasts)


@page.claims("real_time-demo", "real_time-real")
def time(*records):
    stages = [medians(record).set_index("stage").realtime for record in records]
    bundled, real = (faster.MFCC / faster.network for faster in stages)
    words = "an image is made in less time than the network needs to read it"
    yield holds(words, min(bundled, real) > 2)
    for faster in stages:
        yield holds("Training is", faster.idxmin() == "training")
        yield holds("**Holds** many times over, for every stage", faster.min() > 10)


@page.claims("localisation-demo", "localisation-real")
def localisation(*records):
    kinds = [{"map": m, "layer": c} for m in ("Grad-CAM", "HiResCAM") for c in ("conv1", "conv3")]
    couples = [({"CutMix": "on the fly"} | kind, {"CutMix": "none"} | kind) for kind in kinds]
    found = verdicts(records, "heat in its own half", couples)
    yield holds("**Not shown**, by four kinds of heat map", set(found) == {NOT_SHOWN})


@page.claims("cutmixed-demo", "cutmixed-real", "cutmixed-demo-paper")
def robustness(*records):
    couples = [({"CutMix": way}, {"CutMix": "none"}) for way in ("on the fly", "the slides'")]
    found = {
        verdict
        for snr in cutmix.SNRS
        for verdict in verdicts(records, f"accuracy at {snr} dB", couples)
    }
    yield holds("**Not shown** against noise", found == {NOT_SHOWN})


@page.claims("searches-demo", "searches-real")
def searches(*records):
    couples = [({"method": way}, {"method": "random"}) for way in ("grid", "hyperband", "bayesian")]
    found = verdicts(records, "best validation accuracy", couples)
    found += verdicts(records, "test accuracy by clip", couples)
    yield holds("neither after half the budget", not sooner(records))
    yield holds("for the same budget is **not shown**", set(found) == {NOT_SHOWN})
    every = [results.each(r, "best parameters", method=m) for r in records for m in tuning.METHODS]
    demo, real = (np.concatenate(every[:4]), np.concatenate(every[4:]))
    yield says(
        "our {} found {} different networks on the bundled clips, and {} on the real ones",
        *(word(len(found)) for found in (demo, np.unique(demo, axis=0), np.unique(real, axis=0))),
    )
    rates = np.round(np.concatenate(every)[:, list(tuning.SPACE).index("learning_rate")], 6)
    yield holds("All end at a learning rate of .001 or .01", set(rates) == {0.001, 0.01})
    best = tuning.BEST_OF_THE_SLIDES["dense3_units"]
    yield holds("outside the range they give", best not in tuning.SPACE["dense3_units"])


@page.claims("ladder-demo", "ladder-real")
def pruning(*records):
    control = {"layers": "none", "epochs": 3}
    for layers, words in (
        ("large", "at half of it a loss is not shown"),
        ("all", "one is likely, but not shown"),
    ):
        half = [({"layers": layers, "sparsity": replica.SPARSITY}, control)]
        found = verdicts(records, "accuracy", half) + verdicts(records, "clip_accuracy", half)
        yield holds(words, set(found) == {NOT_SHOWN})
    likely = paired(records, "clip_accuracy", *half[0])
    yield holds("one is likely", likely.high < 0)
    trained = paired(records[1], "clip_accuracy", control, {"layers": "none", "epochs": 0})
    lost = -paired(records[1], "clip_accuracy", *half[0]).mean
    words = "three epochs without pruning gain more than half of all kernels costs"
    yield holds(words, trained.verdict == AHEAD and trained.mean > lost)
    most = [({"layers": "all", "sparsity": 0.8}, control)]
    found = verdicts(records, "clip_accuracy", most)
    yield holds("at 80 % it is, by clip", set(found) == {BEHIND})


@page.claims("deletion-demo", "deletion-real")
def heat(*records):
    def hidden(layer):
        where = {"map": "Grad-CAM", "layer": layer}
        return where | {"hidden": "moved"}, where | {"hidden": "hottest"}

    name = "20 % hidden"
    both = paired(records, name, *hidden("conv3"))
    more = word(100 * both.mean)
    yield says("costs {} points more than the same shape at another moment", more)
    alone = verdicts(records, name, [hidden("conv3")])
    yield holds(
        "which is shown for both data sets together and for neither alone",
        both.verdict == AHEAD and set(alone) == {NOT_SHOWN},
    )
    first = verdicts(records, name, [hidden("conv1")])
    yield holds("Over the first convolution it is shown for each", set(first) == {AHEAD})


@page.claims("replica_others-real")
def seven_others(record):
    def compared(one, others, protocol):
        rows = ({"model": model, "protocol": protocol} for model in (one, *others))
        first, *rest = rows
        return {paired(record, "accuracy", first, row).verdict for row in rest}

    two = ["Random Forest", "SVM"]
    five = [model for model in baselines.MODELS if model not in two]
    ahead = all(compared(one, five, "chunk") == {AHEAD} for one in two)
    level = compared(*two[:1], two[1:], "chunk") == {NOT_SHOWN}
    yield holds("By chunk it and the linear SVM are ahead of the five others", ahead)
    yield holds("which of the two is better is **not shown**", level)
    weak = ["Decision Tree", "AdaBoost"]
    strong = [model for model in five if model not in weak]
    alone = all(
        compared(one, weak, "clip") == {AHEAD} and AHEAD not in compared(one, strong, "clip")
        for one in two
    )
    yield holds("the two are ahead of the decision tree and AdaBoost alone", alone)

    of_each = of_records([record], "model", protocol="chunk")
    means = {model: np.mean(runs) for model, runs in of_each.items()}
    yield says("the lowest mean by chunk, {}", share(means["MLP"]))
    lowest = min(means, key=means.get) == "MLP"
    near = compared("MLP", ["Decision Tree", "AdaBoost", "Naive Bayes"], "chunk")
    words = "that the decision tree, AdaBoost or Naive Bayes is better is **not shown**"
    yield holds(words, lowest and near == {NOT_SHOWN})

    losses = {
        model: paired(
            record,
            "accuracy",
            *({"model": model, "protocol": protocol} for protocol in ("chunk", "clip")),
        )
        for model in baselines.MODELS
    }
    lose = [model for model, loss in losses.items() if loss.verdict == AHEAD]
    sizes = sorted(100 * losses[model].mean for model in lose)
    yield says("{} of the seven", word(len(lose)).capitalize())
    yield says("lose {:.0f} to {:.0f} points where clips are kept apart", sizes[0], sizes[-1])
    best = sorted(means, key=means.get)[-3:]
    yield holds("those with the highest scores among them", set(best) <= set(lose))
    yield says("For the other {} a loss is **not shown**", word(len(losses) - len(lose)))
    yield says("The other models ran {} times", word(record["repeats"]))

    rows = [
        pairs(results.each(record, "confusion", model=model, protocol=protocol).sum(axis=0))
        for protocol in ("chunk", "clip")
        for model in baselines.MODELS
    ]
    yield holds("for any of the seven other models", all(row[0] != GUITAR_CELLO for row in rows))
    by_clip = rows[len(baselines.MODELS) :]
    seldom = (GUITAR_CLARINET, BASS_SAXOPHONE)
    least = all({*map(frozenset, seldom)} <= {*map(frozenset, row[-4:])} for row in by_clip)
    yield holds("both are among the four least confused of the ten pairs", least)


@page.claims("replica-real", "cutmixed-demo", "cutmixed-real", "ladder-demo", "ladder-real")
def networks(record, *records):
    name, mixed = "CNN without CutMix", "CNN + CutMix"
    rows = {p: {"model": name, "protocol": p} for p in ("chunk", "clip")}
    scores = {p: results.each(record, "accuracy", **row) for p, row in rows.items()}
    number = word(len(scores["chunk"]))
    told = [share(of.mean()) for of in scores.values()]
    yield says("{} trainings each: {} by chunk, {} by clip", number.capitalize(), *told)
    loss = paired(record, "accuracy", rows["chunk"], rows["clip"])
    lower = (loss.differences > 0).all() and loss.verdict == NOT_SHOWN
    yield says("lower by clip in all {}", number)
    yield holds("but by so uneven amounts that it is **not shown**", lower)
    last = np.concatenate([results.each(record, "best epoch", **row) for row in rows.values()])
    yield holds("the best epochs are the last ones", last.min() > replica.EPOCHS[name] - 4)
    ratio = runs.draws(0, "paper") / runs.draws(record["data"]["used"], "quick")
    yield holds("are a tenth of their steps", round(ratio) == 10)
    of_mixed = {p: results.each(record, "accuracy", model=mixed, protocol=p) for p in rows}
    pruned = results.load("replica_pruned", REAL)
    of_pruned = results.each(pruned, "accuracy", protocol="chunk")
    yield says("**CNN + CutMix**, {} trainings each", word(len(of_mixed["chunk"])))
    yield says("By chunk **reached**: {} in the mean", share(of_mixed["chunk"].mean()))
    reached = [of_mixed["chunk"].mean() > SLIDES[mixed], of_pruned.mean() > SLIDES[PRUNED]]
    yield says("and {} pruned.", share(of_pruned.mean()))
    yield holds("they reach what the slides report, and more", all(reached))
    yield holds("on a tenth of their recordings", round(1500 / record["data"]["used"]) == 10)
    yield says("the same network has {}, {} and {}", *map(share, sorted(of_mixed["clip"])))
    lifted = [paired(record, "accuracy", {"model": mixed, "protocol": p}, rows[p]) for p in rows]
    gains = 100 * np.concatenate([of.differences for of in lifted])
    yield says("In each of the {} it is more accurate", word(len(gains)))
    yield says("without CutMix, by {:.0f} to {:.0f} points", gains.min(), gains.max())
    few = [len(of.differences) for of in lifted] == [3, 3]
    yield holds("three pairs as uneven as these show nothing by our rule", few)
    unlifted = {of.verdict for of in lifted} == {NOT_SHOWN}
    costs = [of_mixed[p] - results.each(pruned, "accuracy", protocol=p) for p in rows]
    lost = sorted(100 * cost for cost in np.concatenate(costs) if cost > 0)
    yield says("{} trainings of {} lose", word(len(lost)), word(len(gains)))
    yield says("lose, by {} and {} points", *map(word, lost))
    hidden = {uncertainty.paired(cost, 0 * cost).verdict for cost in costs}
    words = "That CutMix is what lifts it, or that pruning costs anything, is **not shown**"
    yield holds(words, unlifted and hidden == {NOT_SHOWN})
    repeats = {
        record["repeats"],
        pruned["repeats"],
        results.load("replica_changes", REAL)["repeats"],
    }
    words = (
        "with and without CutMix and pruned, and [the steps](#one-change-at-a-time), three times"
    )
    yield holds(words, repeats == {3})
    one = results.load("replica_ablation", REAL)["repeats"] == 1
    yield holds("was trained a single time each", one)
    ways = [({"CutMix": way}, {"CutMix": "none"}) for way in ("on the fly", "the slides'")]
    half = {"layers": "all", "sparsity": replica.SPARSITY}
    control = [(half, {"layers": "none", "epochs": 3})]
    found = set()
    for metric in ("accuracy", "clip_accuracy"):
        found |= {*verdicts(records[:2], metric, ways), *verdicts(records[2:], metric, control)}
    words = "**not shown** that CutMix or the pruning of half of the weights changes the accuracy"
    yield holds(words, found == {NOT_SHOWN})
    dead = np.concatenate(
        [results.each(record, "dead", **row["compared"]) for row in record["results"]]
    )
    yield says("of the {} trainings [of the two networks]", word(len(dead)))
    yield holds("none was", not any(dead))
    most = [
        pairs(results.each(record, "confusion", model=mixed, protocol=p).sum(axis=0))[0]
        for p in rows
    ]
    yield holds("nor for the three trainings with CutMix as it was", GUITAR_CELLO not in most)


@page.claims("replica-real-paper")
def their_number_of_draws(record):
    name, mixed = "CNN without CutMix", "CNN + CutMix"

    def scores(model, protocol, metric="accuracy"):
        return results.each(record, metric, model=model, protocol=protocol)

    def change(*rows):
        return paired(record, "accuracy", *({"model": m, "protocol": p} for m, p in rows))

    words = "only the network was trained, with and without CutMix, {} times each"
    yield says(words, word(record["repeats"]))
    yield holds("on a graphics processor", "NVIDIA" in record["provenance"]["processor"])
    yield says(
        "{} trainings each, without CutMix and with it", word(record["repeats"]).capitalize()
    )
    by_chunk, by_clip = scores(mixed, "chunk"), scores(mixed, "clip")
    yield says("{} in the mean, far above", share(by_chunk.mean()))
    yield says("the slides' {}. Of each clip", share(SLIDES[mixed]))
    yield holds("far above the slides'", by_chunk.min() > SLIDES[mixed] + 0.1)
    of_each = runs.draws(0, "paper") / record["data"]["used"]
    yield holds("some thirty chunks are in the training part too", 27 < 0.8 * of_each < 35)
    alive = scores(name, "chunk")[scores(name, "chunk", "dead") == 0]
    yield holds("one training is dead", len(alive) == record["repeats"] - 1)
    yield says("the two others have {} and more", share(min(alive)))
    yield says("has {} to {}. It loses", share(min(by_clip)), share(max(by_clip)))
    loss = change((mixed, "chunk"), (mixed, "clip"))
    lost = sorted(100 * loss.differences)
    yield says("It loses each time, by {:.0f} to {:.0f} points", lost[0], lost[-1])
    yield holds("the loss is **not shown**.", lost[0] > 0 and loss.verdict == NOT_SHOWN)
    gain = change((mixed, "clip"), (name, "clip"))
    yield says("ahead by clip, by {} points in the mean", word(100 * gain.mean))
    yield holds("in the mean, which is shown", gain.verdict == AHEAD)
    dead = [d for m in (name, mixed) for p in ("chunk", "clip") for d in scores(m, p, "dead")]
    yield says("Of the {} with [6,000 draws]", word(len(dead)))
    yield says("(#their-number-of-draws) {} was", word(sum(dead)))


@page.claims("replica_starts-real")
def starts(record):
    one, of_each = (
        results.each(record, "dead", scaling=scaling)
        for scaling in ("one range for all", "a range for each coefficient")
    )
    yield says("{} beginnings of their network", word(len(one)).capitalize())
    yield says("watched for {} epochs", word(replica.EPOCHS["start"]))
    yield says("With one range for all numbers {} had not begun", word(one.sum()))
    yield says("with a range for each coefficient {}", word(of_each.sum()))
    yield holds("There was no beginning at which only the second failed", (one >= of_each).all())


@page.claims("replica_ablation-real")
def layers_as_it_was(record):
    of = {variant: runs[0] for variant, runs in of_records([record], "variant").items()}
    yield says(
        "{} without any and {} with one, {} with two and {} with three",
        *(share(of[f"{n} conv + 3 dense"]) for n in range(4)),
    )
    yield says("Their own row without any, {}", share(ablation.OF_THE_SLIDES["0 conv + 3 dense"]))
    yield says(
        "{} without any, {} with one, {} with two, {} with all three",
        *(share(of[f"3 conv + {n} dense"]) for n in range(4)),
    )
    worth = points(of[WHOLE], of["0 conv + 3 dense"])
    yield holds("seem to be worth nearly fifty points", 46 <= worth < 50)


@page.claims("replica_changes-real")
def steps(record):
    def of(step, metric="accuracy"):
        return results.each(record, metric, step=step)

    def change(one, other):
        return paired(record, "accuracy", {"step": one}, {"step": other})

    theirs, chosen, fitted, librosa, of_each, mixed, clip, session = replica.PATH
    yield says("{} repeats, each with draws", word(record["repeats"]).capitalize())
    small = [change(theirs, chosen), change(chosen, fitted)]
    yield holds("For the scaling no difference is shown", small[1].verdict == NOT_SHOWN)
    gained = small[0].differences
    yield holds("It cannot lose there", gained.min() >= 0)
    yield says("choosing on the test part gains {} points", word(100 * gained.max()))
    nothing = [(of.differences == 0).sum() for of in small]
    yield holds("In two repeats of three each is nothing at all", nothing == [2, 2])
    lost, back = change(fitted, librosa), change(of_each, librosa)
    yield says("{:.0f} points are lost, which is shown", 100 * lost.mean)
    yield says("{} training of the three is *dead*", word(of(librosa, "dead").sum()))
    yield holds("points are lost, which is shown", lost.verdict == AHEAD)
    yield holds("the points are back, which is shown, too", back.verdict == AHEAD)
    alive = not any(of(step, "dead").any() for step in (theirs, chosen, fitted))
    yield holds("in the same range, all learn", alive)
    cost = change(of_each, mixed)
    yield says("costs {} points in a training as short as this", word(100 * cost.mean))
    yield holds("as short as this, which is shown", cost.verdict == AHEAD)
    large = [change(mixed, clip), change(clip, session)]
    costs = [100 * of.mean for of in large]
    yield says("cost {} points in the mean and then {:.0f}", word(costs[0]), costs[1])
    against = [(of.differences < 0).sum() for of in large]
    yield holds("one repeat of the three goes the other way", against == [1, 1])
    yield holds("so neither is shown here", {of.verdict for of in large} == {NOT_SHOWN})
    yield holds("one of the three trainings is dead", of(session, "dead").sum() == 1)
    dead = np.concatenate([of(step, "dead") for step in replica.PATH])
    words = "of the {} on [the way to the book's](#one-change-at-a-time) {}."
    yield says(words, len(dead), word(dead.sum()))


@page.claims("comparison-real", "closeness-real")
def related(record, closeness):
    _, confused, near = nearness(record, closeness)
    yield holds("are the nearest pair of the real clips", near[0] == GUITAR_CELLO)
    yield says("none of the book's {} models", word(len(confused)))
    among = [model for model, order in confused.items() if GUITAR_CELLO in order[:3]]
    yield holds("has them among its three most confused pairs there", not among)


@page.claims()
def official_split():
    near = leakage.near_ids(dataset.metadata()).near
    words = "three of four of its clips have a sibling among the training clips"
    yield holds(words, abs(near.mean() - 0.75) < 0.05)


@page.claims("ablation-demo", "ablation-real", "ablation-demo-paper")
def layers(*records):
    others = {*of_records(records, "variant")}
    fewer = [v for v in others if "conv +" in v and v != WHOLE]
    couples = [({"variant": WHOLE}, {"variant": variant}) for variant in fewer]
    found = verdicts(records, "accuracy", couples) + verdicts(records, "clip_accuracy", couples)
    words = "the whole network is not ahead of any of the six others"
    yield holds(words, AHEAD not in found and len(fewer) == 6)


@page.claims("network-demo", "network-real", "network-demo-paper")
def confused(*records):
    ranks = [pairs(results.figure(record, "confusion", model="CNN")) for record in records]
    first, last = (
        [
            apart(record, rank[one], rank[other]).verdict
            for record, rank in zip(records, ranks, strict=True)
        ]
        for one, other in ((0, 1), (-2, -1))
    )
    real = ranks[1][0] == GUITAR_BASS and first[1] == AHEAD
    yield holds("on the real clips guitar and double bass come first", real)
    bundled = [first[0], first[2]] == [NOT_SHOWN] * 2
    yield holds("on the bundled ones the first pair is not ahead of the second", bundled)
    words = "the last place is **not shown** to be anyone's"
    yield holds(words, set(last) == {NOT_SHOWN})


def sizes(*hyperparameters):
    """The parameters of each network that the values make, in the order of the search space."""
    convs = [hyperparameters[k : k + 2] for k in (0, 2, 4)]
    units = hyperparameters[6:]
    found = set()
    for filters_and_sides in product(*(product(*layer) for layer in convs)):
        of_convs, channels = 0, 1
        for filters, side in filters_and_sides:
            of_convs += filters * (side * side * channels + 1)
            channels = filters
        for layers in product(*units):
            rows = (275 * 13 * channels, *layers)
            found.add(of_convs + sum((one + 1) * other for one, other in pairwise((*rows, 5))))
    return found


@page.claims()
def parameters():
    best = [(tuning.BEST_OF_THE_SLIDES[name],) for name in list(tuning.SPACE)[:9]]
    turned = [*best[:2], *best[4:6], *best[2:4], *best[6:]]
    (table,), (drawn,) = sizes(*best), sizes(*turned)
    yield says("the table's has {:,}, the figure's {:,}", table, drawn)
    *others, last = list(tuning.SPACE.values())[:9]
    searched = sizes(*others, (*last, *best[-1]))
    stated = 3_671_892
    yield says("| {:,} parameters |", stated)
    yield holds("Nor for any network of their search", stated not in searched and table in searched)


@page.claims()
def the_slides_alone():
    without, mixed, pruned = (
        share(SLIDES[name])
        for name in ("CNN without CutMix", "CNN + CutMix", "CNN + CutMix + Pruning")
    )
    yield says("CNN without CutMix, {}", without)
    yield says("CNN + CutMix, {}; pruned, {}", mixed, pruned)
    best = SLIDES.drop([name for name in SLIDES.index if "CNN" in name])
    yield says("{}, {}, is the best of the other models", best.idxmax(), share(best.max()))
    yield says("{}, {}, is the last", best.idxmin(), share(best.min()))
    slides = comparison.OF_THE_SLIDES
    other = int((slides.recall != slides.accuracy).sum())
    yield says("{} of ten rows have a recall that is not the accuracy", word(other))
    yield holds("Ten models on one split", len(comparison.OF_THE_SLIDES) == 10)
