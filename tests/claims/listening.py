"""The chapter on the page that listens: what the text says, and the records it rests on."""

import numpy as np

from claims import Page, holds, points, says, share, unshown, word
from helpers import models, uncertainty
from helpers.results import each, figure, paired

page = Page(
    "listening",
    "differ by no more than .005",
    "the smallest 80 % of the weights",
    "was shown with 95 % of its largest layer",  # a claim of the chapter on pruning
    "44.1 kHz",
    "22.05 kHz",
    "often 44.1 or 48 kHz",
)


@page.claims("lightened-real")
def zeros_and_eight_bits(record):
    def of(form, name="clip_accuracy"):
        return float(figure(record, name, form=form))

    small, whole, control = of("80 %"), of("as trained"), of("trained on")
    yield says("the pruned network names {} of the clips rightly", share(small, 3))
    right = each(record, "right", form="80 %").mean(axis=0)
    low, high, clips = uncertainty.interval(right, np.arange(len(right)))
    yield says("As far as {} clips tell, it lies between {} and {}", clips, share(low), share(high))
    lost = points(max(whole, control), small), points(whole, small)
    pairs = [
        paired(record, "clip_accuracy", {"form": "80 %"}, {"form": form})
        for form in ("as trained", "trained on")
    ]
    yield holds(
        "have a point or two more; that is likely, since the pruned one wins in no shuffle, but "
        "not shown",
        min(lost) > 0.5
        and max(lost) < 2.5
        and all(of.differences.max() <= 0 and of.verdict == "not shown" for of in pairs),
    )
    file = "80 %, in 8 bits"
    changed = each(record, "right", form=file) != each(record, "right", form="80 %")
    words = "its 8 bits change a single answer of {}, in all three shuffles"
    yield says(words, changed.size)
    yield holds("change a single answer", changed.sum() == 1)
    left = round(of("80 %", "nonzero"))
    yield says("Of {:,} parameters {:,} are not zero", round(of("as trained", "nonzero")), left)
    first, fair = (
        paired(record, "clip_accuracy", {"form": file}, {"form": form})
        for form in ("as trained", "trained on")
    )
    words = "By this answer the file is *behind* the first network, by a point"
    yield holds(words, first.verdict == uncertainty.BEHIND and round(-100 * first.mean) == 1)
    words = "against the control, the fair comparison, that is not shown"
    yield holds(words, fair.verdict == uncertainty.NOT_SHOWN)
    words = "80 % zeros and 8 bits put the mean a point below the control's, which is not shown"
    yield holds(words, fair.verdict == uncertainty.NOT_SHOWN and round(-100 * fair.mean) == 1)


@page.claims("lightened-real", "lightened-demo")
def more_zeros(*records):
    pairs = [paired(r, "clip_accuracy", {"form": "90 %"}, {"form": "trained on"}) for r in records]
    words = "at 90 % its mean is {} to {} points below the control's"
    yield says(words, *(word(-100 * of.mean) for of in pairs))
    hidden = {of.verdict for of in pairs} == {uncertainty.NOT_SHOWN}
    yield holds("which is not shown either", hidden)
    lower = max(of.differences.max() for of in pairs) < 0
    yield holds("though it is lower in every shuffle of both data sets", lower)


@page.claims("lightened-demo")
def zeros_on_the_bundled_clips(record):
    before, after = (figure(record, "clip_accuracy", form=form) for form in ("as trained", "80 %"))
    yield says("On the bundled clips {} become {}", share(before, 3), share(after, 3))


@page.claims("deployed-real")
def on_the_way(record):
    def of(change, name="clip_accuracy"):
        return float(figure(record, name, change=change))

    plain = of("none")
    none = {"change": "none"}

    def against(change):
        return paired(record, "clip_accuracy", {"change": change}, none)

    harmless = against("resampled linearly")
    unharmed = harmless.verdict == "not shown" and harmless.mean >= 0
    yield holds("careless resampling shows no harm", unharmed)
    little = [against(change) for change in ("coded by Opus", "a reverberant room")]
    yield holds(
        "in each of the three shuffles, but unevenly: neither is shown",
        all(of.differences.max() < 0 and of.verdict == "not shown" for of in little),
    )
    others = ("another microphone", "50 dB too quiet", "telephone, 8 kHz", "noise at 20 dB")
    shown = all(against(of).verdict == "behind" for of in (*others, "first half second"))
    yield holds("All losses that follow are shown", shown)
    yield says("A codec costs {} points", word(points(plain, of("coded by Opus"))))
    yield holds("a room one or two", 1 < points(plain, of("a reverberant room")) < 2)
    yield holds("a room costs little", points(plain, of("a reverberant room")) < 2)
    yield says("microphone costs {} points: its own", word(points(plain, of("another microphone"))))
    yield says("costs {} points: in 16 bits", word(points(plain, of("50 dB too quiet"))))
    yield says("Through a telephone only {} are named", share(of("telephone, 8 kHz")))
    yield holds("costs nearly thirty points", 27 < points(plain, of("noise at 20 dB")) < 30)
    asked = ("telephone, 8 kHz", "noise at 20 dB", "50 dB too quiet", "first half second")
    yield holds("The worst of the four is **D**", min(asked, key=of) == "first half second")
    yield says("from its first half second the model names {}", share(of("first half second")))
    sure = of("none", "confidence"), of("noise at 20 dB", "confidence")
    yield says("from {} to {} at 20 dB", *map(share, sure))
    yield says("it stays: {}, as sure", share(of("telephone, 8 kHz", "confidence")))
    yield holds("and half of the answers wrong", 0.45 < of("telephone, 8 kHz") < 0.55)
    yield holds("a telephone a third of the clips", 0.3 < plain - of("telephone, 8 kHz") < 0.37)
    yield holds("through the second it does not", of("telephone, 8 kHz", "confidence") >= sure[0])


@page.claims("deployed-demo")
def on_the_way_of_the_bundled_clips(record):
    line, short = (
        figure(record, "clip_accuracy", change=change)
        for change in ("telephone, 8 kHz", "first half second")
    )
    others = [
        figure(record, "clip_accuracy", change=change)
        for change in ("noise at 20 dB", "50 dB too quiet")
    ]
    both = max(line, short) < min(others)
    two = ({"change": change} for change in ("telephone, 8 kHz", "first half second"))
    words = "On the bundled clips **A** and **D** are not told apart"
    yield holds(words, both and unshown(record, "clip_accuracy", *two))


@page.claims()
def the_file_of_the_page():
    size = models.path("listener").with_suffix(".tflite").stat().st_size
    _, told = models.load("listener")
    yield says("{:,} parameters, in a file of {:,} bytes", told["parameters"], size)
    times = 0
    for layer in models.load("listener")[0].model.layers:
        if hasattr(layer, "kernel"):  # once for each place of a convolution
            times += np.size(layer.kernel) * np.prod(layer.output.shape[1:-1])
    yield says("The kernels of this one cost {:.1f} million", times / 1e6)


@page.claims("page-real")
def in_the_page(record):
    def of(name):
        return float(np.ravel(figure(record, name))[0])

    yield says("On all of the {:.0f} real clips both give the same verdict", of("same verdict"))
    yield holds("In 150 of 150 cases", of("same verdict") == of("clips") == 150)
    yield holds("no probability differs by more than .004", of("largest difference") <= 0.004)
    yield says("takes the page {:.0f} milliseconds, on one core", of("milliseconds"))
    yield says("a window takes {:.0f} milliseconds and lasts", of("milliseconds"))
