"""The chapter on tuning: what the text says, and the records it rests on."""

import itertools

import numpy as np
import pandas as pd

from claims import Page, holds, says, share, unshown, word
from helpers import tuning, uncertainty
from helpers.experiments import folds, runs
from helpers.experiments.tuning import OF_RATES, SIZES
from helpers.results import each

page = Page(
    "tuning",
    "near .2, which is guessing",
    "have trials above .3",
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
    yield holds(
        "On average half of all random trials have one of the two large rates", wasted == 0.5
    )


FIGURES = ("best validation accuracy", "test accuracy by clip", "best so far")


def by_method(record, *names):
    """Figures of the searches: of each a dictionary, those of its seeds by method."""
    return [{m: each(record, name, method=m) for m in tuning.METHODS} for name in names]


def whole_trials(record):
    """The trials that were trained to the end, each network of a seed once; did it learn?"""
    trials = tuning.trials(record)
    trials = trials[trials.reached == trials.reached.max()]
    return trials.drop_duplicates(["seed", *tuning.SPACE]).assign(learned=lambda t: t.score > 0.3)


@page.claims("searches-demo", "learning_rates-demo")
def twelve_searches(record, rates):
    found, told, curves = by_method(record, *FIGURES)
    budget = curves["random"].shape[1]
    epochs = each(rates, "val_accuracy", learning_rate=1.0).shape[1]
    yield says("You may train networks for {} epochs in all", budget)
    yield says("{} epochs, {} for a network that is trained to its end", budget, word(epochs))
    yield says(
        "{} searches are on record for each data set, {} of each kind",
        word(len(record["runs"])).capitalize(),
        word(record["repeats"]),
    )
    apart = np.ptp([runs.mean() for runs in found.values()])
    yield says("The four means end within {} points of each other", word(100 * apart))
    differ = min(np.ptp(runs) for runs in found.values())
    yield holds("less than the seeds of any search differ by", apart < differ)
    yield holds("the four searches cannot be told apart on the bundled clips", apart < differ)
    yield says("yet its best scored {}, {} and {}", *map(share, sorted(found["grid"])))
    means = pd.DataFrame(
        {"validation": pd.Series(found).map(np.mean), "test": pd.Series(told).map(np.mean)}
    )
    lower = 100 * (means.validation - means.test)
    yield says(
        "These figures are lower, by {} to {} points on the bundled clips",
        *map(word, (lower.min(), lower.max())),
    )
    few = 1 < OF_RATES["quick"][0] / SIZES["quick"][0] < 1.5
    yield holds("with a few more chunks and as many epochs", few and epochs == SIZES["quick"][1])
    book = each(rates, "val_accuracy", learning_rate=0.001).max(axis=1)
    yield holds("have a higher mean than any search", book.mean() > means.validation.max())
    verdicts = {m: uncertainty.paired(book, of).verdict for m, of in found.items()}
    only = [m for m, verdict in verdicts.items() if verdict == uncertainty.AHEAD]
    yield holds("though only over Hyperband is that shown", only == ["hyperband"])


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


@page.claims("searches-demo", "network-demo")
def short_trainings(searches, network):
    (tested,) = by_method(searches, "test accuracy by clip")
    means = [of.mean() for of in tested.values()]
    longer = each(network, "clip_accuracy", model="CNN").mean()
    yield says(
        "have {} to {} by clip on the bundled clips, where the untuned one",
        *map(share, (min(means), max(means))),
    )
    chunks, epochs, _ = SIZES["quick"]
    yield says("has {}, with more than twice the chunks and twice the epochs", share(longer))
    draws = runs.draws(network["data"]["used"], "quick")
    more = draws > 2 * chunks and folds.EPOCHS["quick"] == 2 * epochs
    yield holds("more than twice the chunks and twice the epochs", more)


@page.claims("searches-demo")
def what_they_found(record):
    (best,) = by_method(record, "best parameters")
    every = np.concatenate(list(best.values()))
    others = np.concatenate([best[m] for m in tuning.METHODS if m != "grid"])
    rate, filters = map(list(tuning.SPACE).index, ("learning_rate", "conv1_filters"))
    small = set(np.round(every[:, rate], 6)) == {0.001, 0.01}
    yield holds("On both data sets the learning rate is .001 or .01 in every column", small)
    yield holds("every search ends at .001 or .01", small)
    yield says(
        "the other {} searches found {} different networks",
        word(len(others)),
        word(len(np.unique(others, axis=0))),
    )
    yield says(
        "their first layer has {:.0f} to {:.0f} filters",
        others[:, filters].min(),
        others[:, filters].max(),
    )
    trials = whole_trials(record)
    learned = trials.groupby("learning_rate").learned.mean()
    slow = trials[trials.learning_rate == 0.01].groupby("learned").dense1_units.median()
    yield holds("at .001 nearly every network learned", learned[0.001] > 0.9)
    yield holds("at .01, on the bundled clips, mostly the small ones did", slow[True] < slow[False])
    yield holds("the learning rate matters most by far", learned[0.001] - learned[1.0] > 0.9)


@page.claims("searches-real", "learning_rates-real")
def on_the_real_clips(record, rates):
    found, told = by_method(record, *FIGURES[:2])
    ends = {method: runs.mean() for method, runs in found.items()}
    differ = min(np.ptp(runs) for method, runs in found.items() if method != "grid")
    apart = np.ptp(list(ends.values()))
    yield holds("cannot be told apart on the bundled clips, nor on the real ones", apart < differ)
    tested = {method: runs.mean() for method, runs in told.items()}
    book = each(rates, "val_accuracy", learning_rate=0.001).max(axis=1)
    hidden = all(uncertainty.paired(book, of).verdict == "not shown" for of in found.values())
    yield holds("on the real ones nothing is shown either way", hidden)
    lower = [100 * (ends[method] - tested[method]) for method in ends]
    yield says("and by {} to {} on the real ones", word(min(lower)), word(max(lower)))
    (best,) = by_method(record, "best parameters")
    every = np.concatenate(list(best.values()))
    rate = every[:, list(tuning.SPACE).index("learning_rate")]
    small = set(np.round(rate, 6)) == {0.001, 0.01}
    yield holds("On both data sets the learning rate is .001 or .01 in every column", small)
    trials = whole_trials(record)
    learned = trials.groupby("learning_rate").learned.mean()
    yield holds("at .001 nearly every network learned", learned[0.001] > 0.9)


@page.claims()
def the_space_of_the_slides():
    outside = {n: v for n, v in tuning.BEST_OF_THE_SLIDES.items() if v not in tuning.SPACE[n]}
    name = "dense3_units"
    words = "one of their values lies outside their own space"
    yield holds(words, outside.keys() == {name})
    yield says("has {} units, and the space ends at {}", outside[name], max(tuning.SPACE[name]))
    yield says("holds {:,} networks", tuning.size())
