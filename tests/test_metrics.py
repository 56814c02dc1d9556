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
