"""The chapter on pruning: what the text says, and the records it rests on."""

import numpy as np

from claims import (
    BASS,
    CELLO,
    CLARINET,
    GUESSING,
    GUITAR,
    SAXOPHONE,
    SLIDES,
    Page,
    holds,
    points,
    says,
    share,
    ways,
    word,
)
from helpers import dataset, export
from helpers.results import each, figure
from helpers.uncertainty import spread

page = Page(
    "pruning",
    "more than three points",
    "About 20 %",
    "About 50 %",
    "80 % or more",
    "from 50 % to 80 %",
    "a 50 % sparse",
    "schedule ends at 80 %",
    "sparsity of 50 %",
    "that is 50 %, not the 80 % of",
    "three points at 50 %",
    "three points are within luck",
    "three points under",
    "ends at 95 %",
    "moves *every* weight by about .001",
    "At 80 % the places",
    "at 99 % skipping",
    "of `dense1` at 80 %, and of all kernels at 80 %",
    "99 % of the parameters",
    "weights of `dense1` can go at once for less than three points",
    "90 % of the weights",  # what live cells show, as below
    "falls by ten points or more; at 80 % little",
    "90 % can go at once",
)


@page.claims("ladder-demo")
def the_ladder(ladder):
    control = {"layers": "none", "sparsity": 0.0, "epochs": 3}
    whole = each(ladder, "clip_accuracy", **control)
    found = {
        (r["compared"]["layers"], r["compared"]["sparsity"]): figure(
            ladder, "clip_accuracy", **r["compared"]
        )
        for r in ladder["results"]
        if r["compared"]["epochs"]
    }
    yield says("{} folds, clips kept apart", word(ladder["repeats"]).capitalize())
    in_band = [
        abs(f - whole.mean()) < spread(whole)
        for (layers, _), f in found.items()
        if layers == "large"
    ]
    last = max(sparsity for layers, sparsity in found if layers == "large")
    yield says(
        "the points of `dense1` never leave the band, not even at {:.0f} %, where about {:,.0f} "
        "parameters are left of {:.1f} million",
        100 * last,
        round(float(figure(ladder, "nonzero", layers="large", sparsity=last)), -3),
        figure(ladder, "nonzero", **control) / 1e6,
    )
    yield holds("All differences are smaller than those between folds", all(in_band))
    half, most = found["all", 0.5], found["all", 0.8]
    free = abs(half - whole.mean()) < spread(whole)
    yield holds("Half of *all* kernels costs nothing either", free)
    lost = 27 < points(whole.mean(), most) < 30
    yield holds("At 80 % three epochs do not repair it: nearly thirty points are gone", lost)
    yield holds(
        "no loss at 50 %, of `dense1` or of all kernels, nor at 95 % of `dense1`; nearly thirty "
        "points at 80 % of all",
        all(in_band) and free and lost,
    )


@page.claims("ladder-real")
def the_ladder_of_real_clips(ladder):
    def of(**compared):
        return float(figure(ladder, "clip_accuracy", **compared))

    control = {"layers": "none", "epochs": 3}
    rungs = [r["compared"] for r in ladder["results"] if r["compared"]["layers"] == "large"]
    lost = [points(of(**control), of(**rung)) for rung in rungs]
    yield says("lie up to {} points under the control by clip", word(max(lost)))
    yield holds("under the control by clip", min(lost) > -0.1)
    by_chunk, *others = (float(figure(ladder, "accuracy", **c)) for c in (control, *rungs))
    near = max(abs(points(other, by_chunk)) for other in others) < 1
    yield holds("and within a point of it by chunk", near)
    yield says("{} folds of 29 clips each", word(ladder["repeats"]).capitalize())
    left = figure(ladder, "accuracy", layers="all", sparsity=0.8)
    yield holds(
        "on the real clips, by chunk, no more than guessing is left", left < GUESSING + 0.01
    )


@page.claims("ladder-demo")
def which_classes_lose(ladder):
    def lost(**compared):
        before = figure(ladder, "recall of each class", layers="none", epochs=3)
        change = before - figure(ladder, "recall of each class", **compared)
        return dict(zip(dataset.CLASSES, change, strict=True))

    large, everywhere = lost(layers="large", sparsity=0.95), lost(layers="all", sparsity=0.8)
    level = max(abs(large[name]) for name in (CLARINET, BASS, SAXOPHONE)) < 0.05
    sinking = level and large[GUITAR] > 0.1 > large[CELLO] > 0.05
    yield holds("only guitar sinks at the end, and cello a little", sinking)
    most = min(everywhere[name] for name in (SAXOPHONE, CELLO, CLARINET))
    yield holds(
        "saxophone, cello and clarinet lose most, double bass little, guitar nothing",
        most > 0.4 and 0 < everywhere[BASS] < 0.1 and everywhere[GUITAR] < 0,
    )
    before, after = (
        figure(ladder, "confusion", **compared)
        for compared in ({"layers": "none", "epochs": 3}, {"layers": "all", "sparsity": 0.8})
    )
    answers = dict(zip(dataset.CLASSES, after.sum(axis=0) / after.sum(), strict=True))
    yield holds(
        "guitar and double bass are the answer to more than half of all sounds",
        answers[GUITAR] + answers[BASS] > 0.5,
    )
    precision = [np.diag(matrix) / matrix.sum(axis=0) for matrix in (before, after)]
    fallen = precision[0] - precision[1]
    both = [fallen[dataset.CLASSES.index(name)] for name in (GUITAR, BASS)]
    yield holds("their *precision* has fallen", min(both) > 0.1)


@page.claims("export_speed-demo", "ladder-demo")
def files(speed, ladder):
    def of(form, name):
        return float(figure(speed, name, form=form))

    forms = ways(speed, "form")
    yield says("The record has {} forms of the network", word(len(forms)))
    yield says("*Pruned int8* has {:.0f} % zeros in `dense1`", 100 * export.PRUNED)
    keras, tflite, int8, pruned = forms[0], *forms[3:]
    whole = of(keras, "bytes")
    yield holds(
        "The float file has four bytes for each weight, as Keras has",
        abs(of(tflite, "bytes") / whole - 1) < 0.01,
    )
    alike = abs(of(int8, "accuracy") - of(tflite, "accuracy")) < 0.01
    yield holds(
        "Eight bits make that a quarter, at the same accuracy",
        alike and abs(of(int8, "bytes") / whole - 0.25) < 0.01,
    )
    yield says(
        "Pruned and compressed, {:.1f} million bytes are left of {:.1f} million",
        of(pruned, "compressed") / 1e6,
        whole / 1e6,
    )
    gain = of(pruned, "accuracy") - of(int8, "accuracy")
    scatter = spread(each(speed, "accuracy", form=int8))
    yield says("(*Pruned int8* is {} points more accurate", word(100 * gain))
    yield holds("less than the spread over folds", gain < scatter)
    before, control = (figure(ladder, "accuracy", layers="none", epochs=n) for n in (0, 3))
    yield holds(
        "the control of the ladder gained more by its epochs alone", control - before > gain
    )
    time = {form: of(form, "milliseconds") for form in forms}
    predict, call, function = (time[tflite] / time[form] for form in forms[:3])
    yield holds(
        "The float file answers about as fast as `tf.function`, far faster than the other two ways "
        "of asking Keras",
        0.8 < function < 1.25 and max(predict, call) < 0.5,
    )
    yield holds("and the int8 file several times faster still", time[tflite] / time[int8] > 2)
    yield holds(
        "*pruned int8* is about as fast as *tflite int8*", 0.8 < time[pruned] / time[int8] < 1.2
    )


@page.claims()
def the_slides_pruning():
    whole, pruned = SLIDES["CNN + CutMix"], SLIDES["CNN + CutMix + Pruning"]
    lost = word(points(whole, pruned))
    yield says("The slides took out half and lost {} points", lost)
    yield says("Why do they lose {} points", lost)
    yield says("The slides state {} with", share(whole))
    yield says("and {} with 1,835,989", share(pruned))
    yield says("accuracy {} -> {}", share(whole), share(pruned))
