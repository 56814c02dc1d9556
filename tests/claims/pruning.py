"""The chapter on pruning: what the text says, and the records it rests on."""

import numpy as np

from claims import (
    BASS,
    CELLO,
    CLARINET,
    GUITAR,
    REAL,
    SAXOPHONE,
    Page,
    card,
    holds,
    says,
    unshown,
    ways,
    word,
)
from helpers import dataset, export
from helpers.results import figure, paired

page = Page(
    "pruning",
    "more than three points",
    "About 20 %",
    "About 50 %",
    "80 % or more",
    "from 50 % to 80 %",
    "three points under",
    "ends at 95 %",
    "moves *every* weight by about .001",
    "At 80 % skipping",
    "at 99 % it pays",
    "At 80 % three epochs do not repair it",
    "at 95 % the interval reaches",
    "then all kernels at 80 %",
    "99 % of the parameters",
    "90 % can go at once",
    "Go from 0 to .9",
    "almost even up to .9",
    "weights of `dense1` can go at once for less than three points",
    "90 % of the weights",  # what live cells show, as below
    "falls by ten points or more; at 80 % little",
)


CONTROL = {"layers": "none", "sparsity": 0.0, "epochs": 3}
BEFORE = {"layers": "none", "epochs": 0}
HALF, MOST = ({"layers": "all", "sparsity": sparsity} for sparsity in (0.5, 0.8))


@page.claims("ladder-demo", "ladder-real")
def the_ladder(*records):
    yield says("{} folds, clips kept apart", word(records[0]["repeats"]).capitalize())
    large = [r["compared"] for r in records[0]["results"] if r["compared"]["layers"] == "large"]
    hidden = all(unshown(r, "clip_accuracy", row, CONTROL) for r in records for row in large)
    yield holds("none of the differences of `dense1` is shown, on either data set", hidden)
    last = large[-1]
    yield says("not even at {:.0f} %", 100 * last["sparsity"])
    demo = paired(records[0], "clip_accuracy", last, CONTROL)
    yield says(
        "reaches from {} points under the control to {} above it on the bundled clips",
        *(word(100 * abs(side)) for side in (demo.low, demo.high)),
    )


@page.claims("ladder-demo", "ladder-real")
def half_of_all_kernels(*records):
    both = paired(records, "clip_accuracy", HALF, CONTROL)
    signs = np.sign(both.differences)
    five = (signs < 0).sum() == 5 and (signs == 0).sum() == 1
    yield holds("five of the six folds lose, one is level", five)
    hidden = all(unshown(r, "clip_accuracy", HALF, CONTROL) for r in (*records, records))
    yield holds("as they report, is likely, but not shown", five and hidden)
    words = "even if all six are taken together, as draws of one kind. Their interval lies below 0"
    yield holds(words, both.high < 0 and both.verdict == "not shown")
    most = [paired(r, "clip_accuracy", MOST, CONTROL) for r in records]
    gone = [-100 * of.mean for of in most]
    yield says(
        "{:.0f} points by clip are gone in the mean on the bundled clips and {:.0f} on the real "
        "ones",
        *gone,
    )
    yield holds("on the real ones, and each fold loses", all(of.verdict == "behind" for of in most))


@page.claims("ladder-demo", "ladder-real")
def training_on(*records):
    demo, real = (paired(r, "clip_accuracy", CONTROL, BEFORE) for r in records)
    gain = "without any pruning gain {:.0f} points by clip on the real clips in the mean"
    yield says(gain, 100 * real.mean)
    yield holds("and each fold gains. (On the bundled", real.verdict == "ahead")
    yield says("gain {}, which is not shown", word(100 * demo.mean))
    yield holds("which is not shown.)", demo.verdict == "not shown")


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
        "guitar and double bass are the answer to three quarters of all sounds",
        0.7 < answers[GUITAR] + answers[BASS] < 0.8,
    )
    precision = [np.diag(matrix) / matrix.sum(axis=0) for matrix in (before, after)]
    fallen = precision[0] - precision[1]
    both = [fallen[dataset.CLASSES.index(name)] for name in (GUITAR, BASS)]
    yield holds("their *precision* has fallen", min(both) > 0.1)


@page.claims()
def few_real_clips():
    tested = sum(clip["part"] == "test" for clip in card(REAL)["clips"])
    yield holds("of the few real clips in the test part one alone is worth more", tested < 100 / 3)


@page.claims("export_speed-demo")
def files(speed):
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
        "Eight bits make that a quarter, and move the accuracy by less than a point",
        alike and abs(of(int8, "bytes") / whole - 0.25) < 0.01,
    )
    yield says(
        "Pruned and compressed, {:.1f} million bytes are left of {:.1f} million",
        of(pruned, "compressed") / 1e6,
        whole / 1e6,
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
