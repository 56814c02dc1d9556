"""The chapter on data: what the text says, and the records it rests on."""

import numpy as np

from claims import (
    BASS,
    GUITAR,
    REAL,
    SAXOPHONE,
    Page,
    card,
    holds,
    points,
    says,
    share,
    unshown,
    word,
)
from helpers import audio, chunks, dataset, results, splits, uncertainty
from helpers.experiments.dataset import TRAINED_ON
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


@page.claims("near_silence-demo", "near_silence-real")
def chunks_of_next_to_nothing(*records):
    every, moved = ({"learned from": way} for way in TRAINED_ON)
    hiss = "faint hiss called a guitar"
    before, after = ([figure(r, hiss, **way) for r in records] for way in (every, moved))
    yield says("a guitar: {} of it on the bundled clips", share(before[0]))
    yield holds("and all of it on the real ones", before[1] > 0.99)
    yield says("the means are {} and {}", *map(share, after))
    falls = results.paired(records[1], hiss, every, moved)
    yield holds("and the fall is not shown", falls.verdict == uncertainty.NOT_SHOWN)
    two = sorted(falls.differences)[-2:]
    yield holds("make most of it", sum(two) > falls.differences.sum() / 2)
    yield says("two runs of the {} make", word(len(falls.differences)))
    yield holds("On the bundled clips the mistake is gone", after[0] < 0.01)
    yield holds("whose noise is of many kinds, most of it stays", after[1] > before[1] / 2)
    sounds, whole = "accuracy of chunks that sound", "accuracy of all chunks"
    hidden = all(unshown(r, sounds, every, moved) for r in records)
    yield holds("On chunks that sound, neither a gain nor a cost is shown", hidden)
    open_too = unshown(records[1], whole, every, moved)
    yield holds("lower, which is not shown either", open_too)
    fall = points(figure(records[1], whole, **every), figure(records[1], whole, **moved))
    yield says("chunks of the real clips the mean is {} points (hundredths) lower", word(fall))
    yield says("more than {:.0f} dB under the loudest two seconds", chunks.WITHIN_DB)
    yield says("windows under {:.0f} dB", audio.SILENT_DB)


@page.claims()
def who_is_nearly_silent():
    clips = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    cuts = chunks.draw(clips, 600, seed=0)
    nearly = cuts.start != chunks.sounding(cuts, clips, seed=0).start
    plucked = nearly & np.isin(cuts.label, [cuts.classes.index(c) for c in (GUITAR, BASS)])
    yield says(
        "{} of the {} such chunks are of the two instruments that are plucked",
        plucked.sum(),
        nearly.sum(),
    )


@page.claims()
def the_rooms_of_the_explorer():
    clips = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    clear = chunks.examples(clips, each=4)
    heard = clips.loc[clear.clip[clear.label == clear.classes.index(SAXOPHONE)]]
    rooms = ["studio", "living_room", "church", "church"]
    yield holds("The third and the fourth, on the bundled clips", heard.room.tolist() == rooms)
    yield holds("The first is in the studio, the second in the living room", True)
