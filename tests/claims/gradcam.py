"""The chapter on Grad-CAM: what the text says, and the records it rests on."""

import numpy as np

from claims import Page, ahead, holds, points, says, share, unshown, word
from helpers import gradcam, uncertainty
from helpers.experiments.gradcam import LAYERS, WAYS
from helpers.results import each, figure, paired

page = Page(
    "gradcam",
    "knows nothing has .5",
    "above a half",
)


@page.claims("sanity-demo")
def the_first_test(sanity):
    last = each(sanity, "correlation", **{"map": "Grad-CAM", "random from": "probabilities"})
    yield says(
        "in one of the {} folds the new maps still follow the old ones in part ({})",
        *(word(len(last)), share(last.max())),
    )
    yield holds("in another their order is even slightly reversed", -0.2 < last.min() < -0.05)
    yield holds("in one of the three folds", (last > 0.1).sum() == 1)
    usual, sharp = (
        [
            float(figure(sanity, name, **{"map": m, "random from": "dense1"}))
            for name in ("correlation", "of two images")
        ]
        for m in gradcam.METHODS
    )
    no_more = abs(sharp[0] - sharp[1]) < 0.02
    yield holds("HiResCAM's maps have no more in common with the old ones than two", no_more)
    yield says("Grad-CAM's keep a little more ({} against {})", *map(share, usual))
    yield holds("Grad-CAM's keep a little more", 0.02 < usual[0] - usual[1] < 0.15)


@page.claims("sanity-demo", "sanity-real")
def what_is_kept(*records):
    def kept(record, m):
        row = {"map": m, "random from": "dense1"}
        kinds = "correlation", "of two images"
        return uncertainty.paired(*(each(record, kind, **row) for kind in kinds))

    demo, real = (kept(record, "Grad-CAM").verdict for record in records)
    yield holds("of the old ones on the bundled clips, which is shown", demo == uncertainty.AHEAD)
    yield holds("nothing that is shown on the real ones", real == uncertainty.NOT_SHOWN)
    passed = {kept(record, "HiResCAM").verdict for record in records}
    yield holds("So HiResCAM's maps pass this test", uncertainty.AHEAD not in passed)


@page.claims("deletion-demo")
def the_second_test(deletion):
    def left(hidden, map, layer):
        return float(figure(deletion, "20 % hidden", map=map, layer=layer, hidden=hidden))

    kinds = [(m, layer) for m in gradcam.METHODS for layer in LAYERS]
    hottest, moved, others = (
        {kind: left(hidden, *kind) for kind in kinds}
        for hidden in ("hottest", "moved", "another image's")
    )
    yield says("one for each of {} folds", word(deletion["repeats"]))
    fewer = all(hottest[kind] < moved[kind] for kind in kinds)
    yield holds("*hottest* leaves less than *moved* for every map", fewer)
    usual, sharp = ("Grad-CAM", "conv3"), ("HiResCAM", "conv1")
    yield says(
        "{} points less than the same shape at another moment",
        word(points(moved[usual], hottest[usual])),
    )
    largest = left("largest", "none", "none")
    beating = [kind for kind in kinds if hottest[kind] < largest]
    yield holds("of all the maps only HiResCAM over conv1 has a lower mean", beating == [sharp])
    before = figure(deletion, "before", map="none", hidden="largest")
    yield says("on the bundled clips {} is left, less than", share(hottest[sharp]))
    sixth = 0 < before / 6 - hottest[sharp] < before / 30
    yield holds("is left, less than a sixth of what there was before", sixth)
    controls = min(moved[sharp], others[sharp])
    yield holds("and both fair controls leave far more", controls > 1.5 * hottest[sharp])
    yield holds("without it, over conv1, far better", controls > 1.5 * hottest[sharp])
    yield says("({} against {})", share(hottest[sharp]), share(hottest["Grad-CAM", "conv1"]))
    barely = 0 < points(moved[usual], hottest[usual]) < 5
    yield holds("after Grad-CAM's average it is barely better than its control", barely)


@page.claims("localisation-demo")
def own_halves(record):
    kinds = [{"map": m, "layer": layer} for m in gradcam.METHODS for layer in LAYERS]

    def of(name, way, kind):
        return each(record, name, CutMix=way, **kind)

    own = "heat in its own half"
    found = [of(own, way, kind).mean() for way in WAYS for kind in kinds]
    yield says("*heat in its own half* is {} to {}", share(min(found)), share(max(found)))
    yield holds(
        "more than two fifths of the heat lie where the other one plays", 1 - max(found) > 0.4
    )
    empty = [of("empty maps", way, kinds[0]).mean() for way in WAYS]
    yield says("about one in {} of Grad-CAM over conv1", word(1 / np.mean(empty)))
    change = [of(own, "on the fly", kind) - of(own, "none", kind) for kind in kinds]
    unsure = all(gap.min() < 0 < gap.max() for gap in change)
    yield says("over the {} folds it is now a little more", word(record["repeats"]))
    yield says("in all {} kinds of map", word(len(kinds)))
    yield holds("it is now a little more and now a little less", unsure)
    right, wrong = (
        [of(f"half of the heat, {answer}", way, kind) for way in WAYS for kind in kinds]
        for answer in ("right", "wrong")
    )
    means = np.mean([*right, *wrong], axis=1)
    yield says(
        "half of the heat lies in {:.0f} to {:.0f} % of the image",
        100 * means.min(),
        100 * means.max(),
    )
    without, mixed = (np.array(wrong) - right).mean(axis=1).reshape(len(WAYS), -1)
    yield holds(
        "Without CutMix the heat is in the mean a little *more* concentrated where the network is "
        "wrong, with each kind of map",
        without.max() < 0,
    )
    shown = [
        uncertainty.paired(*two).verdict
        for two in zip(wrong[: len(kinds)], right[: len(kinds)], strict=True)
    ]
    two = word(shown.count(uncertainty.BEHIND))
    yield says("with each kind of map, shown for {} of the {}", two, word(len(kinds)))
    yield holds(
        "with CutMix there is hardly a difference",
        without.min() > -0.04 and without.max() < 0 and abs(mixed).max() < abs(without).mean(),
    )


@page.claims("deletion-demo", "deletion-real")
def in_pairs(*records):
    def kept(hidden, map, layer):
        return {"map": map, "layer": layer, "hidden": hidden}

    name, kinds = "20 % hidden", [(m, layer) for m in gradcam.METHODS for layer in LAYERS]
    yield holds(
        "over the six folds of both data sets, taken as draws of one kind, that is shown for all "
        "four",
        all(ahead(records, name, kept("moved", *kind), kept("hottest", *kind)) for kind in kinds),
    )
    alone = [
        unshown(r, name, *(kept(h, kind, "conv3") for h in ("moved", "hottest")))
        for r in records
        for kind in gradcam.METHODS
    ]
    yield holds("(over conv3 on neither data set alone)", all(alone))
    over = [
        [paired(r, name, *(kept("hottest", m, layer) for m in gradcam.METHODS)) for r in records]
        for layer in ("conv1", "conv3")
    ]
    changing = all(of.differences.min() < 0 < of.differences.max() for of in over[1])
    yield holds("the sign changes from fold to fold, on both data sets", changing)
    yield holds(
        "over conv1 a map without the averaging (HiResCAM) is far better than one with it, and "
        "over conv3 that is not shown",
        all(of.verdict == "ahead" and of.mean > 0.2 for of in over[0]) and changing,
    )


@page.claims("localisation-demo", "localisation-real")
def with_and_without_cutmix(*records):
    way, other = ({"CutMix": of} for of in ("on the fly", "none"))
    hidden = all(
        unshown(r, "heat in its own half", way | kind, other | kind)
        for r in records
        for kind in ({"map": m, "layer": layer} for m in gradcam.METHODS for layer in LAYERS)
    )
    yield holds("Between CutMix and none no difference is shown", hidden)
    yield holds("So better localisation is not shown", hidden)
    yield holds("so unevenly that it is not shown", hidden)
    yield holds("That CutMix improves localisation is not shown on either data set", hidden)


@page.claims("sanity-real", "deletion-real", "localisation-real")
def real_clips(sanity, deletion, localisation):
    def kept(record, random_from):
        return each(record, "correlation", **{"map": "Grad-CAM", "random from": random_from})

    yield says("leaves a little in common too ({})", share(kept(sanity, "probabilities").mean()))
    yield holds(
        "with all dense layers new nothing is left beyond what two images' maps share",
        max(
            float(figure(sanity, "correlation", **row) - figure(sanity, "of two images", **row))
            for row in ({"map": m, "random from": "dense1"} for m in gradcam.METHODS)
        )
        < 0.02,
    )

    def left(hidden, map, layer):
        return float(figure(deletion, "20 % hidden", map=map, layer=layer, hidden=hidden))

    usual = [left(hidden, "Grad-CAM", "conv3") for hidden in ("hottest", "moved")]
    yield says("On the real clips it is the same ({} against {})", *map(share, usual))
    barely = 0 < points(usual[1], usual[0]) < 5
    yield holds("is barely better than its control, on both data sets", barely)
    kinds = [(m, layer) for m in gradcam.METHODS for layer in LAYERS]
    least = min(kinds, key=lambda kind: left("hottest", *kind))
    before = figure(deletion, "before", map="none", hidden="largest")
    found = left("hottest", *least)
    yield says("HiResCAM over conv1 finds the most: {} is left", share(found))
    yield holds("finds the most", least == ("HiResCAM", "conv1") and found < before / 6)
    own = {
        (way, *kind): each(
            localisation, "heat in its own half", CutMix=way, map=kind[0], layer=kind[1]
        )
        for way in WAYS
        for kind in kinds
    }
    means = [runs.mean() for runs in own.values()]
    yield says("On the real clips it begins at {}", share(min(means)))
    change = {kind: own["on the fly", *kind] - own["none", *kind] for kind in kinds}
    over = {layer: [c for kind, c in change.items() if kind[1] == layer] for layer in LAYERS}
    more = np.array(over["conv3"])
    point = more.min() > 0 and all(abs(100 * more.mean(axis=1) - 1) < 0.5)
    yield holds("with CutMix have a point more over conv3, and some in each fold", point)
    unsure = all(gap.min() < 0 < gap.max() for gap in over["conv1"])
    yield holds("over conv1 it is now more and now less", unsure)
