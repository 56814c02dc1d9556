"""The chapter on tuning: what the text says, and the records it rests on."""

import itertools
import re

import numpy as np
import pandas as pd

from claims import Page, code, holds, says, share, unshown, word
from helpers import results, tuning, uncertainty
from helpers.experiments.tuning import FEW, OF_MANY
from helpers.results import each

page = Page(
    "tuning",
    "near .2, which is guessing",
    "Eight points from nothing",  # .75 and .83 in a checked cell
)


@page.claims("learning_rates-demo", "learning_rates-real")
def four_rates(*records):
    def last(record, rate):
        return each(record, "val_accuracy", learning_rate=rate)[:, -1].mean()

    yield says("a line for each rate, mean of {} seeds", word(records[0]["repeats"]))
    large = [
        (
            each(r, "val_accuracy", learning_rate=rate).max(),
            each(r, "share of its commonest answer", learning_rate=rate).min(),
        )
        for r in records
        for rate in (1.0, 0.1)
    ]
    accuracy, commonest = np.transpose(large)
    yield holds(
        "this network never leaves guessing, and gives most or all chunks the same answer",
        accuracy.max() < 0.3 and commonest.min() > 0.7,
    )
    slower = all(last(r, 0.01) < last(r, 0.001) for r in records)
    yield holds("At .01 it learns more slowly than at .001", slower)
    yield holds("on the real clips hardly at all", last(records[1], 0.01) < 0.3)
    yield holds("1 and .1 learn nothing", accuracy.max() < 0.3)
    wasted = np.mean([rate in (1.0, 0.1) for rate in tuning.SPACE["learning_rate"]])
    yield holds("half of all random trials in the slides' space have one of", wasted == 0.5)


FIGURES = ("best validation accuracy", "test accuracy by clip", "best so far")


def by_method(record, *names):
    """Figures of the searches: of each a dictionary, those of its seeds by method."""
    return [{m: each(record, name, method=m) for m in tuning.METHODS} for name in names]


@page.claims("searches-demo", "learning_rates-demo")
def twelve_searches(record, rates):
    found, told, curves = by_method(record, *FIGURES)
    budget = curves["random"].shape[1]
    epochs = each(rates, "val_accuracy", learning_rate=1.0).shape[1]
    yield says("You may train networks for {} epochs in all", budget)
    yield says("{} epochs for each search, {} for a network that", budget, word(epochs))
    yield says("Later, {} recorded searches will answer", word(len(record["runs"])))
    yield says("there are {} searches of each kind", word(record["repeats"]))
    trials = budget // epochs
    yield says("it tries the same {} networks each time", word(trials))
    yield says("With {} epochs in the slides' space", budget)
    yield says("with {} trials in {} dimensions", word(trials), word(len(tuning.SPACE)))
    apart = np.ptp([runs.mean() for runs in found.values()])
    within = word(np.ceil(100 * apart))
    yield says("The four means end within {} points of each other", within)
    differ = min(np.ptp(runs) for runs in found.values())
    yield holds("less than the seeds of any search differ by", apart < differ)
    yield says("yet its best scored {}, {} and {}", *map(share, sorted(found["grid"])))
    means = pd.DataFrame(
        {"validation": pd.Series(found).map(np.mean), "test": pd.Series(told).map(np.mean)}
    )
    lower = 100 * (means.validation - means.test)
    yield says(
        "These figures are lower, by {} to {} points on the bundled clips",
        *map(word, (lower.min(), lower.max())),
    )


def sooner(records):
    """Is Hyperband or Bayesian search ahead of random search when half the budget is spent?"""

    def half(record, method):
        curves = each(record, "best so far", method=method)
        return curves[:, curves.shape[1] // 2 - 1]

    return any(
        uncertainty.paired(half(r, method), half(r, "random")).verdict == uncertainty.AHEAD
        for r in records
        for method in ("hyperband", "bayesian")
    )


@page.claims("searches-demo", "searches-real")
def none_is_ahead(*records):
    two = list(itertools.combinations([{"method": m} for m in tuning.METHODS], 2))
    hidden = all(unshown(r, n, *pair) for r in records for n in FIGURES[:2] for pair in two)
    yield holds(
        "compared seed by seed no search is ahead of another, which also holds on the real clips "
        "and on the test part",
        hidden,
    )
    words = "Nor is it shown that Hyperband or Bayesian search gets there sooner"
    yield holds(words, hidden and not sooner(records))


@page.claims("searches-demo")
def the_same_networks(record):
    kept = [each(record, "best parameters", method=m) for m in ("random", "hyperband")]
    yield holds("and both kept the same: hence", np.array_equal(*kept))
    drawn = [
        {tuple(trial[: len(tuning.SPACE)]) for trial in trials if trial[0]}
        for method in ("random", "hyperband")
        for trials in each(record, "trials", method=method)
    ]
    half = len(drawn) // 2
    among = all(a <= b for a, b in zip(drawn[:half], drawn[half:], strict=True))
    yield holds("Hyperband drew random search's networks among its own", among)


@page.claims("searches-demo", "searches-real")
def what_they_found(*records):
    rates, found = [], []
    for record in records:
        for method in tuning.METHODS:
            best = each(record, "best parameters", method=method)
            rates += best[:, list(tuning.SPACE).index("learning_rate")].tolist()
            found += [len(np.unique(best, axis=0))] * (method != "grid")
    yield holds("every search ends at .001 or .01", set(np.round(rates, 6)) == {0.001, 0.01})
    yield holds("a search finds another network nearly each time", np.mean(found) > 2)


@page.claims("many_trials-real")
def many(record):
    _, trials, epochs = OF_MANY["quick"]
    yield says("{} random trials of {} epochs on the real clips", trials, word(epochs))
    yield says("the best of all {}, were trained once more, for {} epochs", trials, 2 * epochs)
    yield says("The best of the first {} trials", word(FEW))
    columns = [*tuning.SENSIBLE, "score"]
    of_seeds = [
        pd.DataFrame(found, columns=columns)
        for found in each(record, "trials", network=f"best of {trials}")
    ]
    yield says("It is the same in the searches of the {} other seeds", word(len(of_seeds) - 1))
    shown = of_seeds[0]
    lit = shown[shown.score >= shown.score.nlargest(trials // 10).min()]
    rates = lit.learning_rate
    yield says(
        "upper half of the learning rate, from {} to {}",
        share(rates.min(), 4),
        share(rates.max(), 3),
    )
    drawn = np.log(shown.learning_rate)
    yield holds("All lit lines cross the upper half", np.log(rates).min() > drawn.median())
    others = [name for name in tuning.SENSIBLE if name != "learning_rate"]
    yield holds(
        "Of filters, kernels and units they have every value",
        all(set(lit[name]) == set(tuning.SENSIBLE[name]) for name in others),
    )
    untuned = tuning.SMALL.learning_rate
    yield says("nobody tuned, {}, lies below all that is lit", share(untuned, 3))
    yield holds("lies below all that is lit", untuned < rates.min())
    alike = [table.corr("spearman").score for table in of_seeds]
    order = all(
        r.learning_rate > 0.6 > r.dense1_units > 0.3 and abs(r.conv1_kernel) < 0.1 for r in alike
    )
    yield holds("the rate decides most, the units a little, the size of a kernel nothing", order)
    yield holds("the learning rate decided most", order)


@page.claims("many_trials-real")
def was_it_worth_it(record):
    untuned, few, most = (
        {"network": name}
        for name in ("as it was", f"best of {FEW}", f"best of {OF_MANY['quick'][1]}")
    )
    validation, by_chunk, by_clip = "best validation accuracy", "accuracy", "clip_accuracy"

    def gain(name, one=most, other=untuned):
        return 100 * results.paired(record, name, one, other).differences

    def mean(name, network):
        return each(record, name, **network).mean()

    ahead = gain(validation)
    yield says("with every seed, by {:.0f} to {:.0f} points", ahead.min(), ahead.max())
    hidden = all(unshown(record, name, most, untuned) for name in (by_chunk, by_clip))
    yield holds("On the test part nothing of this is shown", hidden)
    yield holds("that it is better on the test part is not shown", hidden)
    yield holds("no harm that could be seen, and no good that is shown", hidden)
    signs = np.sign(gain(by_chunk))
    yield says("by chunk it is ahead by {:.0f} points in the mean", gain(by_chunk).mean())
    one_behind = (signs > 0).sum() == 2 and (signs < 0).sum() == 1
    yield holds("in the mean, but behind with one seed of three", one_behind)
    clip = gain(by_clip)
    yield says("by clip the means are {} point apart", word(clip.mean()))
    yield holds("with the signs mixed", clip.min() < 0 < clip.max())
    lost = [100 * (mean(validation, n) - mean(by_chunk, n)) for n in (untuned, most)]
    yield says(
        "loses {} points from validation to test by chunk, the best of 120 {}", *map(word, lost)
    )
    scores = each(record, validation, **most)
    template = "With seed 0 the search found its best validation score of all, {}"
    yield says(template, share(scores[0]))
    tests = [each(record, name, **most) for name in (by_chunk, by_clip)]
    worst = all(found.argmin() == 0 for found in tests) and scores.argmax() == 0
    words = "of the three networks that it found, the one that did worst on the test part"
    yield holds(words, worst and len(scores) == 3)
    more = gain(validation, most, few)
    yield says("bought {} points on the validation part", word(more.mean()))
    unsaid = all(unshown(record, name, most, few) for name in (by_chunk, by_clip))
    yield holds("nothing that is shown on the test part", unsaid)
    clips = round(1 / np.abs(clip / 100)[np.abs(clip) > 0].min())
    yield says(
        "{} clips are a coarse test: one of them is worth {} points", clips, word(100 / clips)
    )


@page.claims("many_trials-demo")
def was_it_worth_it_on_the_bundled_clips(record):
    untuned, most = ({"network": name} for name in ("as it was", f"best of {OF_MANY['quick'][1]}"))
    of_chunks, of_clips = (
        results.paired(record, name, most, untuned) for name in ("accuracy", "clip_accuracy")
    )
    gain = 100 * of_chunks.differences
    yield says(
        "with every seed, by {} to {} points by chunk; but", word(gain.min()), word(gain.max())
    )
    ahead = min(gain.min(), of_clips.differences.min()) > 0
    yield holds("the best of 120 is ahead on the test part with every seed", ahead)
    hidden = {of.verdict for of in (of_chunks, of_clips)} == {uncertainty.NOT_SHOWN}
    yield holds("the interval of the mean holds 0, so three seeds do not show it", hidden)
    yield holds(
        "The best of them was far ahead on the validation part",
        100 * results.paired(record, "best validation accuracy", most, untuned).low > 0,
    )


@page.claims()
def the_space_of_the_slides():
    outside = {n: v for n, v in tuning.BEST_OF_THE_SLIDES.items() if v not in tuning.SPACE[n]}
    name = "dense3_units"
    words = "one of their values lies outside their own space"
    yield holds(words, outside.keys() == {name})
    yield holds("More than a million networks", tuning.size() > 1e6)
    yield says("all of them would take {:.1f} years", tuning.size() / (60 * 24 * 365.25))


@page.claims()
def four_searches():
    rates = tuning.SENSIBLE["learning_rate"]
    yield says("Between {} and {} a fair draw", share(rates.low, 4), share(rates.high))
    budget, epochs = map(int, re.search(r"budget=(\d+), epochs=(\d+)", code("tuning")).groups())
    template = "may spend {} epochs, and a network that is trained to its end takes {} of them"
    yield says(template, budget, word(epochs))
    trials = budget // epochs
    yield says("Random, grid and Bayesian search train {} networks each", word(trials))
    yield holds("Hyperband more", tuning.bracket(epochs)[0][0] > trials)
