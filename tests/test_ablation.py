"""The ablation study: variants differ in what they say, and in nothing else."""

import re

import numpy as np
import pytest

from helpers import ablation, chunks, cnn, dataset, features, splits
from helpers.experiments import ablation as experiments

SCALER = features.Scaler((0.0,) * 13, (1.0,) * 13)


@pytest.fixture
def measured(monkeypatch):
    """A function that measures a variant with seed 0, few clips and one epoch."""
    monkeypatch.setitem(experiments.EPOCHS, "quick", 1)
    long = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    clips = long.groupby("session").head(1)
    every = list(experiments.ablation(clips, "quick"))

    def of(variant):
        run = next(run for run in every if run.compared == {"variant": variant})
        return run.measure(**run.compared, **run.repeated)

    return of


@pytest.mark.parametrize("name", ablation.OF_THE_SLIDES)
def test_the_slides_variants_have_the_layers_they_are_named_after(name):
    model = cnn.build(ablation.VARIANTS[name].architecture, 5, SCALER)
    learned = [layer.name for layer in model.layers if re.fullmatch(r"(conv|dense)\d", layer.name)]
    convs, denses = (int(part[0]) for part in name.split(" + "))
    assert learned == [
        *(f"conv{i + 1}" for i in range(convs)),
        *(f"dense{i + 1}" for i in range(denses)),
    ]


def test_the_whole_network_is_the_books():
    assert ablation.VARIANTS["3 conv + 3 dense"] == ablation.Variant()
    assert ablation.Variant().architecture == cnn.Architecture()
    assert ablation.Variant().coefficients == 13


def test_no_dropout_means_none_and_changes_nothing_else():
    bare = ablation.without_dropout()
    assert {layer.dropout for layer in (*bare.conv, *bare.dense)} == {0.0}
    whole = cnn.Architecture()
    assert cnn.build(bare, 5, SCALER).count_params() == cnn.build(whole, 5, SCALER).count_params()


def test_a_variant_is_trained_and_scored_on_the_parts_of_its_seed(measured):
    figures = measured("0 conv + 3 dense")
    long = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    clips = long.groupby("session").head(1)
    _, _, test = splits.parts(clips, 4 * len(clips), "clip", seed=0)
    assert figures["confusion"].sum() == len(test)
    assert figures["parameters"] == 275 * 13 * 64 + 64 + 64 * 16 + 16 + 16 * 12 + 12 + 12 * 5 + 5
    assert figures["fit seconds"] > 0
    assert 0 < figures["clip_accuracy"] <= 1


def test_fewer_coefficients_are_a_smaller_image_and_cutmix_another_training(measured):
    few = measured("6 of 13 coefficients")
    whole = measured("3 conv + 3 dense")
    mixed = measured("with CutMix")
    assert whole["parameters"] - few["parameters"] == 275 * 7 * 16 * 64
    assert mixed["parameters"] == whole["parameters"]
    assert not np.isclose(mixed["training accuracy"], whole["training accuracy"], atol=1e-6)
