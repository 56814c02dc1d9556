"""The metrics, against the formulas worked out by hand."""

import numpy as np
import pytest

from helpers import metrics
from helpers.errors import InputError

CLASSES = ("a", "b", "c")
TRUE = np.array([0, 0, 0, 1, 1, 2])
TAKEN_FOR = np.array([0, 0, 1, 1, 2, 1])
CLIPS = np.array(["x", "x", "x", "y", "y", "z"])
PROBABILITIES = np.eye(3)[TAKEN_FOR] * 0.6 + 0.4 / 3


def test_the_four_metrics_are_the_formulas():
    scores = metrics.report(PROBABILITIES, TRUE, CLIPS, CLASSES)
    np.testing.assert_array_equal(scores.confusion, [[2, 1, 0], [0, 1, 1], [0, 1, 0]])
    precision = [2 / 2, 1 / 3, 0 / 1]
    recall = [2 / 3, 1 / 2, 0 / 1]
    f1 = [2 * p * r / (p + r) if p + r else 0 for p, r in zip(precision, recall, strict=True)]
    assert scores.accuracy == pytest.approx(3 / 6)
    assert scores.precision == pytest.approx(np.mean(precision))
    assert scores.recall == pytest.approx(np.mean(recall))
    assert scores.f1 == pytest.approx(np.mean(f1))


def test_a_clip_is_the_mean_of_its_chunks():
    probabilities = np.array([[0.4, 0.6, 0], [0.4, 0.6, 0], [0.9, 0.1, 0], [0, 1, 0]])
    labels, clips = np.array([0, 0, 0, 2]), np.array(["x", "x", "x", "y"])
    of_clips, true = metrics.by_clip(probabilities, labels, clips)
    np.testing.assert_allclose(of_clips[0], [1.7 / 3, 1.3 / 3, 0])
    np.testing.assert_array_equal(true, [0, 2])
    assert metrics.report(probabilities, labels, clips, CLASSES).clip_accuracy == 0.5


def test_a_class_never_predicted_has_precision_zero():
    scores = metrics.report(np.eye(3)[[0, 0, 0]], np.array([0, 1, 2]), CLIPS[:3], CLASSES)
    assert scores.precision == pytest.approx(1 / 9)


def test_calibration():
    sure = np.array([[0.9, 0.1]] * 10)
    labels = np.array([0] * 9 + [1])
    assert metrics.calibration_error(sure, labels) == pytest.approx(0, abs=1e-9)
    assert metrics.calibration_error(sure, 1 - labels) == pytest.approx(0.8)
    assert metrics.calibration_error(np.array([[1.0, 0.0]]), np.array([0])) == 0


def test_what_does_not_belong_together():
    with pytest.raises(InputError, match="do not belong together"):
        metrics.report(PROBABILITIES, TRUE[:-1], CLIPS, CLASSES)


def test_pairs_are_sorted_by_the_mean_of_both_directions():
    found = metrics.pairs(np.array([[8, 2, 0], [0, 5, 5], [0, 1, 3]]), ("a", "b", "c"))
    assert found[["one", "other"]].to_numpy().tolist() == [["b", "c"], ["a", "b"], ["a", "c"]]
    np.testing.assert_allclose(found.confused, [0.375, 0.1, 0])


def test_the_interval_is_that_of_the_groups():
    right = np.repeat([1, 1, 1, 0, 1, 0, 1, 1, 1, 0], 8)
    clips = np.repeat(np.arange(10), 8)
    low, high = metrics.interval(right, clips)
    assert 0 <= low < right.mean() < high <= 1
    alone = metrics.interval(right[::8], np.arange(10))
    assert (low, high) == alone  # eight equal chunks tell no more than one
    narrow = metrics.interval(right, np.arange(80))
    assert narrow[1] - narrow[0] < (high - low) / 2


def test_of_many_groups_the_interval_is_that_of_the_normal_approximation():
    rng = np.random.default_rng(0)
    right = rng.random(2000) < 0.7
    low, high = metrics.interval(right, np.arange(2000))
    half = 1.96 * np.sqrt(right.mean() * (1 - right.mean()) / 2000)
    assert (low, high) == pytest.approx((right.mean() - half, right.mean() + half), abs=0.003)


def test_groups_of_different_size_count_by_their_chunks():
    right = np.array([1] * 90 + [0] * 10)
    low, high = metrics.interval(right, np.array([0] * 90 + [1] * 10), level=0.9)
    assert (low, high) == (0, 1)  # a draw may hold one of the two alone


def test_so_many_clips_do_show_the_difference():
    difference, disagreement = 0.1, 0.2
    n = metrics.clips_needed(difference, disagreement)
    better, worse = (disagreement + difference) / 2, (disagreement - difference) / 2
    rng = np.random.default_rng(0)
    counts = rng.multinomial(n, [better, worse, 1 - disagreement], size=4000)
    z = (counts[:, 0] - counts[:, 1]) / np.sqrt(counts[:, :2].sum(axis=1))
    assert (z > 1.96).mean() == pytest.approx(0.8, abs=0.03)
    assert metrics.clips_needed(difference / 2, disagreement) > 3 * n


def test_what_gives_no_interval_is_refused():
    with pytest.raises(InputError, match="3 chunks with 2 groups"):
        metrics.interval(np.ones(3), np.zeros(2))
    with pytest.raises(InputError, match="0 chunks"):
        metrics.interval(np.ones(0), np.zeros(0))
    with pytest.raises(InputError, match="no larger than the disagreement"):
        metrics.clips_needed(0.3, 0.2)
