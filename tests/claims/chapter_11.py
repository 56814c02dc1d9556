"""Chapter 11: what the text says, and the records it rests on."""

from claims import GUESSING, SLIDES, Page, holds, points, says, share, word
from helpers import splits
from helpers.results import each, figure

page = Page(
    "11-leakage",
    "About .2",
    "More than .6",
    "five points, known or new",
    "4.6 GB",
    "The middle 95 %",
    "can hardly show ten points",  # what a live cell shows
)

NETWORK, SVM = "CNN", "SVM on 39 statistics"


@page.claims("rungs-demo", "rungs-real")
def the_ladder(*records):
    def at(rung):
        return [figure(r, "accuracy", model=NETWORK, rung=rung) for r in records]

    def step(one, other):
        return [points(a, b) for a, b in zip(at(one), at(other), strict=True)]

    yield says("where guessing gives {}?", share(GUESSING, 1))
    yield says("where guessing gives {}. There", share(GUESSING, 1))
    slides, clip, scaled, chosen, session = (
        "the slides' way",
        "clips kept apart",
        "scaled by the training part",
        "chosen on the validation part",
        "sessions kept apart",
    )
    top, honest, ends = (list(map(share, at(rung))) for rung in (slides, chosen, session))
    yield says("the network scores {} on the bundled clips and {} on the real ones", *top)
    yield says("in the slides' way: {} on the bundled clips, {} on the real ones", *top)
    yield says("which is about the slides' {}", share(SLIDES["CNN + CutMix"]))
    yield says("accuracy {}, split by chunk", share(SLIDES["CNN + CutMix"]))
    yield says("What {} would have been", share(SLIDES["CNN + CutMix"]))
    yield says(
        "{:.0f} points less for the network on the bundled clips, {:.0f} on the real ones",
        *step(slides, clip),
    )
    yield says("the network even gains {} points", word(max(step(scaled, clip))))
    yield says("costs it {} points on the bundled clips", word(step(scaled, chosen)[0]))
    yield holds("two or three on the real ones", 2 <= step(scaled, chosen)[1] <= 3)
    pairs = [
        [each(r, "accuracy", model=NETWORK, rung=x) for x in (scaled, chosen)] for r in records
    ]
    yield holds("No fold gains by it", max((after - before).max() for before, after in pairs) <= 0)
    lost = [
        points(*(figure(r, "accuracy", model=SVM, rung=x) for x in (scaled, chosen)))
        for r in records
    ]
    yield says("The SVM loses about {} point at most", word(max(lost)))
    svm = figure(records[1], "accuracy", model=SVM, rung=session)
    yield says("the network ends at {}, the SVM at {}", ends[1], share(svm))
    yield says("with an epoch chosen on a validation part {} and {}", *honest)
    yield says("not measured | {} and {}", *ends)
    yield says("no difference that {} folds could show", word(records[0]["repeats"]))


@page.claims("crowding-real")
def more_chunks(record):
    most = max(result["compared"]["chunks a clip"] for result in record["results"])
    scores = [
        share(figure(record, "accuracy", protocol=name, **{"chunks a clip": most}))
        for name in splits.PROTOCOLS
    ]
    yield says(
        "at {} chunks a clip, the score is {} by chunk, {} by clip and {} by session", most, *scores
    )


@page.claims("comparison-demo", "difficulty-real")
def ten_models(record, real):
    tree = {"model": "Decision Tree", "inputs": "statistics"}
    chunk, clip = (figure(record, "accuracy", protocol=p, **tree) for p in ("chunk", "clip"))
    yield says("from chunk to clip it loses {:.0f} points", points(chunk, clip))
    gap = points(SLIDES["CNN + CutMix"], SLIDES["CNN + CutMix + Pruning"])
    yield says("Their table separates models by {} points", word(gap))
    yield says("{} real clips in all", real["data"]["used"])
