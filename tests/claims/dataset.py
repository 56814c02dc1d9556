"""The chapter on data: what the text says, and the records it rests on."""

from claims import BASS, REAL, Page, card, holds, says, word
from helpers import dataset, splits
from helpers.results import figure

page = Page("dataset", "4.6 GB")

NO_INSTRUMENTS = {"Applause", "Fart", "Fireworks", "Laughter", "Shatter", "Squeak", "Tearing"}


@page.claims("difficulty-real")
def the_data_set(real):
    train = dataset.metadata().query("part == 'train'")
    counts = train.label.value_counts()
    tied = counts[counts == counts.max()].index
    five = train[train.label.isin(dataset.CLASSES)]
    yield says("{} classes share the first place", word(len(tied)))
    yield holds("Flute, Trumpet and Violin among them", {"Flute", "Trumpet"} <= {*tied})
    yield says("{} clips each, {:,} in all", counts.max(), len(five))
    instruments = word(len(set(tied) - NO_INSTRUMENTS))
    yield says("{} of them are instruments", instruments.capitalize())
    yield says("{} instruments tie at {}, and the five are a choice", instruments, counts.max())
    lists = [{clip["fname"] for clip in card(n)["clips"]} for n in ("listener", REAL)]
    short = [name for name in lists[0] - lists[1] if name in train.index]
    data = real["data"]
    yield says(
        "of the {} short clips among {} real ones, {} are double basses",
        data["clips"] - data["used"],
        data["clips"],
        (train.label[short] == BASS).sum(),
    )
    yield holds("real ones", len(short) == data["clips"] - data["used"])


@page.claims("difficulty-demo", "difficulty-real")
def three_protocols(*records):
    scores = [
        [figure(r, "accuracy of chunks", protocol=name) for name in splits.PROTOCOLS]
        for r in records
    ]
    gap = [chunk - clip for chunk, clip, _ in scores]
    yield holds("The answer is **B**, and by far", min(gap) > 0.1)
    yield holds("on real recordings the gap is widest", gap[1] > gap[0])
