"""Chapter 5: what the text says, and the records it rests on."""

import numpy as np

from claims import GUESSING, REAL, SLIDES, Page, holds, points, says, share, word
from helpers.results import each, figure

page = Page(
    "05-cutmix",
    ".7 cello and .3 clarinet, for example",
    "alpha = 1, .9 and .8",
)


@page.claims("cutmix_cost-demo", "cutmix_cost-real")
def what_pasting_costs(*records):
    most = max(each(r, "time added, %").max() for r in records)
    yield holds("adds less than a hundredth to the time of a training step", most < 1)
    yield says("one column is 1/13, or {}, of an image", share(1 / 13, 3))


@page.claims("cutmixed-demo", "cutmixed-real")
def with_and_without(demo, real):
    none, fly, slides = ("none", "on the fly", "the slides'")
    epochs = len(figure(demo, "curve of accuracy", CutMix=none))
    yield says("The record trained without CutMix and on the fly for {} epochs", epochs)
    fewer = len(figure(demo, "curve of accuracy", CutMix=slides))
    yield says("The slides' set is four times as large, so it got {}", fewer)
    yield holds("each way saw the same number of images", 4 * fewer == epochs)
    yield says("Ours are means over {} folds", word(demo["repeats"]))
    by_chunk, by_clip = (
        {
            r["data"]["name"]: {way: each(r, name, CutMix=way) for way in (none, fly, slides)}
            for r in (demo, real)
        }
        for name in ("accuracy", "clip_accuracy")
    )
    alike = [
        np.ptp([runs.mean() for runs in found["demo"].values()])
        < min(runs.std() for runs in found["demo"].values())
        for found in (by_chunk, by_clip)
    ]
    yield holds("the three ways differ by less than the spread between folds", all(alike))
    chunk, clip = by_chunk[REAL], by_clip[REAL]
    gain = {way: points(clip[way].mean(), clip[none].mean()) for way in (fly, slides)}
    yield says(
        "when counted by clip, the slides' way by {} percentage points, on the fly by {}",
        word(gain[slides]),
        word(gain[fly]),
    )
    yield holds(
        "Counted by chunk, on the fly is no better than none",
        chunk[fly].mean() <= chunk[none].mean(),
    )
    yield says("(its spread is {:.0f} points)", 100 * clip[slides].std())
    gains = np.sort(clip[slides] - clip[none])
    yield holds("two lucky folds make most of its gain", gains[-2:].sum() > gains.sum() / 2)
    yield holds(
        "a gain on the real ones, unsure; by chunk it depends on the way",
        min(gain.values()) > 0 and chunk[slides].mean() > chunk[none].mean() > chunk[fly].mean(),
    )
    gains_of = [
        [
            found[way].mean() - found[none].mean()
            for by in (by_chunk, by_clip)
            for found in by.values()
        ]
        for way in (fly, slides)
    ]
    yield holds(
        "we find no gain in accuracy that every data set and way of counting confirms",
        max(map(min, gains_of)) <= 0.01,
    )
    claimed = points(SLIDES["CNN + CutMix"], SLIDES["CNN without CutMix"])
    yield says("Do we see their {} points? On the bundled clips no", word(claimed))
    yield holds("the slides' way gains more than that by clip", gain[slides] > claimed)
    yield says("but {} clips are few", real["data"]["used"])
    yield says(
        "accuracy {} without, {} with CutMix",
        share(SLIDES["CNN without CutMix"]),
        share(SLIDES["CNN + CutMix"]),
    )


@page.claims("cutmixed-demo", "cutmixed-real")
def confidence(demo, real):
    def all_ways(record, name):
        return [figure(record, name, CutMix=way) for way in ("none", "on the fly", "the slides'")]

    (none, fly, slides), right = all_ways(demo, "confidence"), all_ways(demo, "accuracy")[1]
    yield says(
        "on the bundled clips it says {} where it is right three times in four", share(fly, 1)
    )
    yield holds("right three times in four", abs(right - 0.75) < 0.05)
    error, error_fly, error_slides = all_ways(demo, "calibration error")
    yield holds("and its calibration error grows", error_fly > error + 0.05)
    less = abs(slides - none) < abs(fly - none)
    less_wrong = abs(error_slides - error) < abs(error_fly - error)
    none, fly, slides = all_ways(real, "confidence")
    error, error_fly, _ = all_ways(real, "calibration error")
    yield holds(
        "On the real clips confidence falls too, but the calibration error stays as it was",
        fly < none - 0.05 and abs(error_fly - error) < 0.02,
    )
    yield holds(
        "changes the confidence less on both, and the calibration error less on the bundled clips",
        less and less_wrong and abs(slides - none) < abs(fly - none),
    )
    none, fly = (figure(demo, "curve of accuracy", CutMix=way) for way in ("none", "on the fly"))
    yield holds(
        "It rises more slowly and ends lower, so **B**",
        (fly <= none + 0.01).all() and fly[-1] < none[-1] - 0.1,
    )


@page.claims("cutmixed-demo", "cutmixed-real")
def against_noise(*records):
    def at(record, snr, way):
        return each(record, f"accuracy at {snr} dB", CutMix=way)

    none, fly, slides = ("none", "on the fly", "the slides'")
    clean = [figure(r, "accuracy", CutMix=none) for r in records]
    lost = [c - at(r, 20, none).mean() for r, c in zip(records, clean, strict=True)]
    yield holds("takes a large part of the accuracy", min(lost) > 0.1)
    left = max(at(r, 0, way).mean() for r in records for way in (none, fly, slides))
    yield holds("at 0 dB not much more than guessing is left", left < GUESSING + 0.15)
    demo, real = records

    def gain(record, snr, way=fly):
        return at(record, snr, way).mean() - at(record, snr, none).mean()

    def spread(record, snr):
        return max(at(record, snr, way).std() for way in (none, fly))

    yield holds(
        "On the bundled clips CutMix on the fly is better at 20 dB and, less surely, at 10 dB",
        gain(demo, 20) > spread(demo, 20) and 0 < gain(demo, 10) < spread(demo, 10),
    )
    lower = all(-spread(real, snr) < gain(real, snr) < 0 for snr in (20, 10))
    yield holds(
        "On the real clips on the fly is lower at both, though by less than the spread", lower
    )
    level = max(abs(gain(real, snr, slides)) for snr in (20, 10)) < 0.03
    yield holds("the slides' way is about level with none", level)
    yield holds("less surely at 10; no gain on the real ones", lower and level)
