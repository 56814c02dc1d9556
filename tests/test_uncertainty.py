"""Spreads, pairs and intervals: by hand, and as often right as they say."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers import uncertainty
from helpers.errors import InputError
from helpers.experiments import scores

SHARES = np.linspace(0.5, 0.95, 10)


def test_the_spread_is_that_of_a_sample():
    assert uncertainty.spread([1, 2, 3]) == 1
    np.testing.assert_allclose(uncertainty.spread([[0, 1], [2, 1]]), [np.sqrt(2), 0])
    assert np.isnan(uncertainty.spread([5]))


def test_a_difference_in_pairs_has_the_interval_of_students_t():
    one, other = np.array([0.80, 0.70, 0.90]), np.array([0.75, 0.68, 0.82])
    found = uncertainty.paired(one, other)
    tested = stats.ttest_rel(one, other)
    np.testing.assert_allclose(found.differences, [0.05, 0.02, 0.08])
    assert found.mean / found.error == pytest.approx(tested.statistic)
    low, high = tested.confidence_interval()
    assert (found.low, found.high) == pytest.approx((low, high))
    wide = uncertainty.paired(one, other, level=0.99)
    assert wide.low < found.low and wide.high > found.high


def test_pairs_of_clips_count_by_their_sessions():
    one, other = np.array([1, 1, 1, 0, 0.5, 1]), np.array([0, 0, 0, 0, 0.5, 0])
    sessions = np.array(["a", "a", "a", "b", "b", "c"])
    found = uncertainty.paired(one, other, sessions)
    np.testing.assert_allclose(found.differences, [1, 0, 1])
    assert found.mean == pytest.approx((one - other).mean())
    by_clip = uncertainty.paired(one, other)
    assert found.error > by_clip.error
    copies = uncertainty.paired(np.repeat(one, 9), np.repeat(other, 9), np.repeat(np.arange(6), 9))
    assert (copies.low, copies.high) == pytest.approx((by_clip.low, by_clip.high))


@pytest.mark.parametrize(
    ("differences", "verdict"),
    [
        ([0.04, 0.05, 0.06], "ahead"),
        ([-0.04, -0.05, -0.06], "behind"),
        ([0.01, 0.05, 0.12], "not shown"),  # all of one sign, but they scatter too much
        ([0.1] * 9 + [-0.001], "not shown"),  # the interval leaves out 0, but one pair is behind
        ([0.1] * 9 + [0.0], "not shown"),  # and a tie is not ahead
        ([0.0, 0.0], "not shown"),
    ],
)
def test_a_verdict_needs_one_sign_and_an_interval_that_leaves_out_0(differences, verdict):
    found = uncertainty.paired(np.array(differences), np.zeros(len(differences)))
    assert found.verdict == verdict


def test_pairs_that_are_none_are_refused():
    for one, other in (([1.0], [2.0]), ([1, 2], [1, 2, 3]), ([[1, 2]] * 2, [[1, 2]] * 2), ([], [])):
        with pytest.raises(InputError, match="two pairs or groups at least"):
            uncertainty.paired(one, other)
    with pytest.raises(InputError, match="two pairs or groups at least"):
        uncertainty.paired([1, 2], [3, 4], groups=["hall", "hall"])
    with pytest.raises(InputError, match=r"level of 1.*between 0 and 1"):
        uncertainty.paired([1, 2], [3, 4], level=1)


@pytest.mark.parametrize("n", [10, 15, 60])
def test_of_clips_the_interval_holds_the_true_value_often_enough(n):
    of_clips = np.arange(n)[None] < np.arange(n + 1)[:, None]  # 0 to n of them right
    low, high = uncertainty.of_groups(of_clips, np.ones_like(of_clips))
    shares = np.linspace(0.5, 0.95, 451)[:, None]
    chance = stats.binom.pmf(np.arange(n + 1), n, shares)
    held = (chance * ((low <= shares) & (shares <= high))).sum(axis=1)
    assert held.min() > 0.93
    assert held.mean() < 0.985


def sessions(rng, number, share, alike, draws=2000):
    """Sessions of 2 to 20 clips whose accuracies scatter around a share: right ones and sizes.

    `alike` is the correlation of two clips of a session: 0 where sessions do not matter.
    """
    sizes = rng.integers(2, 21, (draws, number))
    own = 1 / alike - 1
    accuracy = rng.beta(share * own, (1 - share) * own, (draws, number))
    return rng.binomial(sizes, accuracy), sizes


@pytest.mark.parametrize("number", [6, 9, 18])
@pytest.mark.parametrize("alike", [0.02, 0.1, 0.3, 0.5])
def test_of_sessions_the_interval_holds_the_true_value_often_enough(number, alike):
    rng = np.random.default_rng(number)
    for share in SHARES:
        low, high = uncertainty.of_groups(*sessions(rng, number, share, alike))
        assert ((low <= share) & (share <= high)).mean() >= 0.92, share


def test_clips_of_sessions_taken_for_independent_say_too_much():
    right, sizes = sessions(np.random.default_rng(0), 9, 0.8, 0.3, draws=300)
    held = []
    for of_each, size in zip(right, sizes, strict=True):
        of_clips = np.concatenate([np.arange(s) < r for r, s in zip(of_each, size, strict=True)])
        low, high, _ = uncertainty.interval(of_clips, np.arange(len(of_clips)))
        held.append(low <= 0.8 <= high)
    assert np.mean(held) < 0.8


def test_groups_count_for_less_the_more_they_are_alike_inside():
    clips = np.repeat(np.arange(10), 8)
    alike = np.repeat([1, 1, 1, 1, 1, 1, 1, 0, 0, 0], 8)
    mixed = np.tile([1, 1, 1, 0, 1, 1, 0, 1], 10)

    def width(right, groups):
        found = uncertainty.interval(right, groups)
        assert found.low < np.mean(right) < found.high
        return found.high - found.low

    assert width(alike, clips) == pytest.approx(width(alike[::8], np.arange(10)))
    assert width(alike, np.arange(80)) < width(mixed, clips) < width(alike, clips)
    assert width(alike, np.arange(80)) < width(alike, clips) / 2


def test_an_interval_says_on_how_many_groups_it_rests():
    right = np.ones(90)
    assert uncertainty.interval(right, np.arange(90) // 9).groups == 10
    names = np.array(["hall", "room", "hall"])
    assert uncertainty.interval([1, 0, 1], names).groups == 2


def test_so_many_clips_do_show_the_difference():
    difference, disagreement = 0.1, 0.2
    n = uncertainty.clips_needed(difference, disagreement)
    better, worse = (disagreement + difference) / 2, (disagreement - difference) / 2
    rng = np.random.default_rng(0)
    counts = rng.multinomial(n, [better, worse, 1 - disagreement], size=4000)
    z = (counts[:, 0] - counts[:, 1]) / np.sqrt(counts[:, :2].sum(axis=1))
    assert (z > 1.96).mean() == pytest.approx(0.8, abs=0.03)
    assert uncertainty.clips_needed(difference / 2, disagreement) > 3 * n


def test_ten_right_clips_are_no_proof_of_perfection():
    low, high, _ = uncertainty.interval(np.ones(10), np.arange(10))
    assert high == pytest.approx(1)
    assert 0.6 < low < 0.75
    low, high, _ = uncertainty.interval(np.zeros(10), np.arange(10))
    assert low == pytest.approx(0) and 0.25 < high < 0.4


def test_of_many_groups_the_interval_is_that_of_the_normal_approximation():
    right = np.arange(2000) < 1400
    low, high, _ = uncertainty.interval(right, np.arange(2000))
    half = 1.96 * np.sqrt(0.7 * 0.3 / 2000)
    assert (low, high) == pytest.approx((0.7 - half, 0.7 + half), abs=0.001)


def test_what_gives_no_interval_is_refused():
    for right, groups in ((np.ones(3), np.zeros(2)), (np.ones((2, 2)), np.zeros(2))):
        with pytest.raises(InputError, match="a group for each answer"):
            uncertainty.interval(right, groups)
    for right, groups in ((np.ones(3), np.zeros(3)), (np.ones(0), np.zeros(0))):
        with pytest.raises(InputError, match="two groups at least"):
            uncertainty.interval(right, groups)
    with pytest.raises(InputError, match="between none and all"):
        uncertainty.interval(np.array([2.0, 0.0]), np.arange(2))
    with pytest.raises(InputError, match="level of 95"):
        uncertainty.interval(np.ones(2), np.arange(2), level=95)
    with pytest.raises(InputError, match="no larger than the disagreement"):
        uncertainty.clips_needed(0.3, 0.2)


def test_the_record_of_equal_models_counts_what_each_rule_shows(monkeypatch):
    monkeypatch.setattr(scores, "DRAWN", 4)
    clips = pd.DataFrame({"label": pd.Categorical(np.repeat(list("abc"), 8))})
    runs = list(scores.equals(clips, "quick"))
    of_five = [r for r in runs if r.compared["number"] == "five folds" and r.repeated["seed"] == 0]
    book, alone, longer = (r.measure(**r.compared, **r.repeated) for r in of_five)
    most = alone["shown, though equal"]
    # One sign asks for more than the interval alone, and so does a longer interval.
    assert max(rule["shown, though equal"] for rule in (book, longer)) <= most
    assert 1 / 3 < alone["accuracy"] < 1


@pytest.mark.parametrize(
    ("differences", "shown"),
    [
        ([0.04, 0.05, 0.06], [True, True, True]),
        ([0.03, 0.05, 0.07], [True, True, False]),
        ([-0.01, 0.05, 0.05, 0.06, 0.06], [False, True, False]),
    ],
)
def test_the_rules_differ_in_signs_and_in_length(differences, shown):
    pairs = uncertainty.paired(differences, np.zeros(len(differences)))
    assert [bool(rule(pairs)) for rule in scores.RULES.values()] == shown
