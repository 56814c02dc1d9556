"""The chapter on today: what the text says, and the record it rests on."""

import numpy as np

from claims import Page, holds, points, says, share, ways, word
from helpers import today, uncertainty
from helpers.results import each, figure

page = Page(
    "today",
    "A threshold lets 95 % of the known clips pass",
    "95 % of the known pass. There",
    "at which 95 % of the known still pass",
    "with 95 % of the known kept",
    "Is .8 right four times in five",
    "named with .7 to .9",
    "a confidence of .9 is worth less",
    "Set it to .9",
    "counts as 1.8, and 90 dB under it as -1.8",
)


def known(record, network, protocol="source"):
    return today.answers(record, network, protocol)[0]


def refused(record, network):
    """The strangers, 1 for each that is refused where 95 % of the known pass."""
    clips, strangers = today.answers(record, network, "source")
    threshold = np.quantile(clips.confidence, 1 - today.KEPT)
    return strangers.assign(refused=(strangers.confidence < threshold).astype(float))


def against(record, network, other):
    """Answers by source: the one network against the other, clip by clip within sources."""
    one, two = known(record, network), known(record, other)
    return uncertainty.paired(one.right, two.right, one.source)


def signs(pair):
    return int((pair.differences > 0).sum()), int((pair.differences < 0).sum())


@page.claims("listeners-real")
def how_it_was_made(record):
    networks, protocols = ways(record, "network"), ways(record, "protocol")
    yield holds("NVIDIA H200", "NVIDIA H200" in record["provenance"]["processor"])
    yield holds("nine networks, each trained ten times", (len(networks), len(protocols)) == (9, 2))
    yield holds("it is a single run of each", record["repeats"] == 1)
    strangers = today.answers(record, "both", "source")[1]
    yield says("from {} strangers", len(strangers))


@page.claims("listeners-real")
def how_much_the_figures_know(record):
    clips = known(record, "both")
    yield says("the same {} answers of one network", len(clips))
    found = [
        uncertainty.interval(clips.right.to_numpy(), np.asarray(groups))
        for groups in (clips.index, clips.source)
    ]
    (low, high, _), ends = found[0], [share(end) for end in found[1][:2]]
    yield says("its accuracy within {} points", word(points(high, low)))
    yield says("as sources only between {} and {}", *ends)
    pairs = []
    for network in ways(record, "network"):
        source, session = (known(record, network, by) for by in ("source", "session"))
        pairs.append(uncertainty.paired(session.right, source.right, source.source))
    lower = all(pair.mean < 1e-9 for pair in pairs)
    yield holds("By session none of the nine networks scores higher on all clips", lower)
    yield holds(
        "no difference is shown: each interval holds 0",
        all(pair.low <= 0 <= pair.high for pair in pairs),
    )
    real = clips[clips.own]
    yield holds(
        "The real clips have one session a source",
        (real.groupby("source").session.nunique() == 1).all()
        and real.session.nunique() == real.source.nunique(),
    )


@page.claims("listeners-real")
def against_the_recipe(record):
    pairs = {n: against(record, n, "the recipe") for n in ways(record, "network")}
    del pairs["the recipe"]
    yield holds(
        "no network is better on each of them",
        all(pair.verdict == uncertainty.NOT_SHOWN for pair in pairs.values()),
    )
    both = pairs["both"]
    up, down = signs(both)
    yield says("*Both* is better on {} sources and worse on {}", up, word(down))
    yield says("between {:.1f} and {:.1f} points above", 100 * both.low, 100 * both.high)
    clear = {name for name, pair in pairs.items() if pair.low > 0}
    seeing = {name for name in pairs if name.startswith(("both", "convolutions"))}
    yield says("For {} of the {} networks, all", word(len(clear)), word(len(pairs)))
    yield holds("all of which see the bands, the interval leaves out 0", clear <= seeing)
    yield says(
        "in one training each, {} of the {} networks that see the bands are better",
        word(len(clear)),
        word(len(seeing)),
    )
    counts = [signs(pairs[name]) for name in clear]
    yield holds("better than the recipe on more sources than", all(a > b for a, b in counts))


@page.claims("listeners-real")
def what_the_pools_bring(record):
    pair = against(record, "the recipe", "the recipe, without pools")
    hidden = pair.verdict == uncertainty.NOT_SHOWN
    yield holds("Over all clips a difference is not shown: the interval", hidden)
    ends = word(-100 * pair.low), word(100 * pair.high)
    yield says("the interval reaches from {} points down to {} up", *ends)


@page.claims("distilled-real", "listeners-real")
def one_three_and_one_taught_by_three(record, first):
    source = known(first, "both").source
    ones, (three,), (taught,) = (
        each(record, "right", network=network, protocol="source")
        for network in ("one", "three", "one, taught by three")
    )
    yield says("They name {}, {} and {} of all clips rightly", *map(share, ones.mean(axis=1)))
    recipe = known(first, "the recipe").right
    clear = [uncertainty.paired(one, recipe, source).low > 0 for one in ones]
    yield holds("of one of the three the interval leaves out 0, of two", sum(clear) == 1)
    yield holds("of three more of *both* it does in one", sum(clear) == 1)
    pair = uncertainty.paired(three, ones.mean(axis=0), source)
    yield says("It names {:.1f} points more than one of them does on average", 100 * pair.mean)
    up, down = signs(pair)
    yield says("({} sources up and {} down", up, word(down))
    yield holds("down; the interval leaves out 0), and costs", pair.low > 0)
    pair = uncertainty.paired(taught, ones.mean(axis=0), source)
    yield says("on average it is {:.1f} points lower", -100 * pair.mean)
    yield holds("the interval holds 0: no gain is shown", pair.low < 0 < pair.high)


@page.claims("sources-real")
def what_more_sources_bring(record):
    right = {h: each(record, "right", heard=h).mean(axis=1) for h in ways(record, "heard")}
    refused = {h: each(record, "refused", heard=h) for h in ways(record, "heard")}
    yield says("With all sources, {:.1f} of a class", figure(record, "sources", heard="all"))
    whole = uncertainty.paired(right["all"], right["a quarter"])
    yield says("*both* names {:.0f} points more than with a quarter", 100 * whole.mean)
    yield holds("in each of the three draws", len(whole.differences) == 3)
    yield holds("more than with a quarter, in every draw", whole.verdict == uncertainty.AHEAD)
    yield says("the interval ({:.0f} to {:.0f}) leaves out 0", 100 * whole.low, 100 * whole.high)
    for more, fewer in (("half", "a quarter"), ("all", "half")):
        step = uncertainty.paired(right[more], right[fewer])
        uneven = (step.differences > 0).all() and step.verdict == uncertainty.NOT_SHOWN
        yield holds("goes up in every draw as well, but too unevenly to be shown alone", uneven)
    stranger = refused["all"] > refused["half"], refused["half"] > refused["a quarter"]
    yield holds("more of them are refused in every draw", np.all(stranger))


@page.claims("listeners-real")
def strangers(record):
    recipe, network = refused(record, "the recipe"), refused(record, "convolutions")
    yield holds("half of the strangers pass the recipe", 0.45 < 1 - recipe.refused.mean() < 0.55)
    quarter = 0.2 < 1 - network.refused.mean() < 0.3
    yield holds("a quarter pass *convolutions*", quarter)
    pair = uncertainty.paired(network.refused, recipe.refused, recipe.source)
    up, down = signs(pair)
    yield says("of {} of the {} sources, fewer of {}", up, len(pair.differences), word(down))
    yield says("{:.0f} to {:.0f} points more", 100 * pair.low, 100 * pair.high)
    every = [refused(record, network) for network in ways(record, "network")]
    kinds = [one.groupby("kind").refused.mean() for one in every]
    fewest = all(of.idxmin() == "presets" for of in kinds)
    yield holds("The answer is **C**", fewest)
    yield holds("refuses the smallest share of the other instruments", fewest)
    yield holds("Nearly all voices are refused", min(of.voice for of in kinds) > 0.95)
    hum = [one[one.session == "noise-hum"].refused.mean() for one in every]
    tone = [one[one.session == "noise-tone"].refused.mean() for one in every]
    yield holds("hum gets through", max(hum) <= 0.25)
    yield holds("single tones mostly", np.mean(tone) < 0.5)
    yield holds("None of the nine refuses four", max(of.refused.mean() for of in every) < 0.8)
    same = [
        figure(record, "refused", network=n, protocol="source") for n in ways(record, "network")
    ]
    yield holds("four strangers in five", np.allclose(same, [e.refused.mean() for e in every]))


@page.claims("listeners-real")
def calibration(record):
    clips = known(record, "both")
    bins = clips.assign(bin=np.minimum((clips.confidence * 10).astype(int), 9)).groupby("bin")
    above = bins.right.mean() - bins.confidence.mean()
    most = (above[:-1] > 0).all() and above[9] < 0
    yield holds("All bars of *both* but the last lie above the line", most)
    some = clips[clips.confidence.between(0.7, 0.9, inclusive="left")]
    yield says("Of the {} clips that it named", len(some))
    yield says("with .7 to .9, {:.0f} % are right", 100 * some.right.mean())
    first = bins.size()[:2].sum()
    yield says("Its first two bars stand on {} clips", word(first))


@page.claims("pruned_listener-real", "listeners-real")
def in_8_bits_and_with_zeros(record, first):
    clips, strangers = today.answers(first, "both", "source")
    plain, *others = ways(record, "network")
    yield holds("Three trainings, by source, say", record["repeats"] == 3)

    def against(answers, groups):
        return {n: uncertainty.paired(answers(n), answers(plain), groups) for n in others}

    def named(network):
        return each(record, "right", network=network).mean(axis=0)

    def refused(network):
        own = (each(record, name, network=network) for name in ("confidence", "strangers"))
        least = 1 - today.KEPT
        return np.mean(
            [away < np.quantile(sure, least) for sure, away in zip(*own, strict=True)], axis=0
        )

    right, away = against(named, clips.source), against(refused, strangers.source)
    answers = [each(record, "right", network=network) for network in (plain, f"{plain}, in 8 bits")]
    changed = int((answers[0] != answers[1]).sum())
    yield says("change {} of {:,} answers, and no loss is shown", word(changed), answers[0].size)
    unshown = (pairs[f"{plain}, in 8 bits"] for pairs in (right, away))
    yield holds("no loss is shown", all(pair.low <= 0 <= pair.high for pair in unshown))
    most, half = away["four fifths zeros"], away["half zeros, in 8 bits"]
    ends = -100 * most.high, -100 * most.low
    yield says("by {:.1f} points ({:.1f} to {:.1f}) with four fifths", -100 * most.mean, *ends)
    yield holds("by half as many with half of them and 8 bits", 0.4 < half.mean / most.mean < 0.6)
    yield holds("fewer strangers are refused", max(most.high, half.high) < 0)
