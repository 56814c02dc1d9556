"""The pages around the chapters: what the text says, and the records it rests on."""

import numpy as np
import pandas as pd

from claims import (
    BASS,
    CLARINET,
    GUITAR,
    REAL,
    SAXOPHONE,
    SLIDES,
    Page,
    card,
    holds,
    says,
    share,
    word,
)
from helpers import cnn, dataset, models, results, splits, today, uncertainty
from helpers.experiments import runs

intro = Page("intro")
readme = Page(
    "README",
    "Python 3.11, 3.12 or 3.13",
    "4.6 GB",
    "CC BY 4.0",
)
data_card = Page(
    "data-card",
    "By guessing it would be .2",
    "0.3 to 30 s",
    "4.6 GB",
    "doi:10.5281/zenodo.2552860",
    "CC BY 4.0",
)
model_cards = Page(
    "model-cards",
    "By the same protocol it named .76, and refused .68 of the strangers",  # a card of before
)
speed = Page("speed", "44.1 kHz and 16 bits")
results_page = Page("results")

NETWORK = {"model": "small network", "protocol": "clip"}
"""What the record `beyond` has of the small recipe by clip."""


@intro.claims("difficulty-real")
def introduction(real):
    yield says("slides report an accuracy of {}", share(SLIDES["CNN + CutMix"]))
    data = real["data"]
    words = "on {} real recordings of FSDKaggle2018, of which {} are long enough"
    yield says(words, data["clips"], data["used"])
    yield says("put {} models side by side", word(len(SLIDES)))


@readme.claims()
def readme():
    yield says("reports an accuracy of {}", share(SLIDES["CNN + CutMix"]))


@data_card.claims("difficulty-demo", "difficulty-real")
def how_hard_they_are(*records):
    tables = [results.table(record).set_index("protocol") for record in records]
    for protocol in splits.PROTOCOLS:
        figures = [cell for table in tables for cell in table.loc[protocol]]
        yield says("| {}s | {} | {} | {} | {} |", protocol, *figures)
    yield says("{} of these training clips", records[1]["data"]["clips"])
    yield says("{} last 2 s or more", records[1]["data"]["used"])


@data_card.claims("transfer-real")
def transfer(record):
    there, back = results.table(record)["accuracy of chunks"]
    yield says("is right for {} of the chunks, and for {} the other way round", there, back)


@data_card.claims()
def the_bundled_clips():
    clips = dataset.load("demo")
    counts = clips.label.value_counts()
    yield says("{} clips, {} of each instrument", len(clips), counts.max())
    shortest, longest = clips.seconds.min(), clips.seconds.max()
    yield says(
        "{:.1f} to {:.0f} s, together {:.0f} minutes", shortest, longest, clips.seconds.sum() / 60
    )
    sizes = clips.groupby(["label", "session"], observed=True).size()
    sessions = sizes.groupby("label", observed=True).count()
    yield says(
        "each class has {} sessions of {} to {} clips", sessions.max(), sizes.min(), sizes.max()
    )
    rooms = clips.groupby(["label", "room"], observed=True).size()
    yield says(
        "of the clarinet's {} clips {} are in the classroom",
        counts[CLARINET],
        rooms[CLARINET, "classroom"],
    )
    yield holds("no guitar is in the hall", (GUITAR, "hall") not in rooms)
    presets, of_rooms = (
        clips.groupby(names, observed=True).session.nunique()
        for names in (["label", "font", "bank", "program"], ["room"])
    )
    words = "Most presets and all rooms come back in other sessions"
    yield holds(words, (presets > 1).mean() > 0.75 and (of_rooms > 1).all())


@data_card.claims()
def the_real_clips():
    everything = dataset.metadata()
    five = everything[everything.label.isin(dataset.CLASSES)]
    verified = five[five.manually_verified == 1].label.value_counts()
    yield says(
        "has {:,} labelled sounds of {} classes", len(everything), everything.label.nunique()
    )
    yield says("between {} (double bass) and {} (saxophone)", verified[BASS], verified[SAXOPHONE])


@model_cards.claims()
def the_reference_models():
    cards = [card(name) for name in ("demo", REAL)]
    size = models.path("demo").stat().st_size / 1e6
    yield says("({:,} parameters, {:.1f} MB)", cards[0]["parameters"], size)
    parts = [pd.Series([clip["part"] for clip in c["clips"]]) for c in cards]
    train, train_real = ((part == "train").mean() for part in parts)
    yield holds("learned from two thirds of the bundled clips", abs(train - 2 / 3) < 0.05)
    yield holds("from as large a share of the", abs(train - train_real) < 0.02)
    yield says("of the {} real ones", len(parts[1]))
    kept = [c["kept out"] for c in cards]
    yield says(
        "Of the clips in their test parts, {} and {}, they name {:.2f} and {:.2f} rightly.",
        *(scores["clips"] for scores in kept),
        *(scores["accuracy"] for scores in kept),
    )
    yield says("{} epochs, batches of {}", models.REFERENCE_EPOCHS, cnn.BATCH_SIZE)


@model_cards.claims()
def the_listener():
    told = card("listener")
    scores, by_source = told["kept out"], told["sources"]
    rows = {
        "all": scores["accuracy"],
        **dict(zip(dataset.CLASSES, scores["recall"], strict=True)),
        "threshold": told["threshold"],
        "clips that pass it": scores["passed by the threshold"],
        "right among those": scores["accuracy of those"],
        "calibration error": scores["calibration error"],
        "strangers that are refused": told["strangers"]["refused"],
    }
    for name, value in rows.items():
        yield says("| {} | {:.2f} |", name.replace("_", " ").lower(), value)
    yield says("a network of {:,} parameters", told["parameters"])
    yield says("of {} MFCCs", today.LISTENER.cepstra)
    yield says("a dense layer of {} and six answers", today.LISTENER.units)
    yield says("which {:.0f} % of the rightly named clips above reach", 100 * models.KEPT)
    strangers = told["strangers"]["clips"]
    left = sum(clip["part"] == "test" for clip in told["clips"])
    bundled = len(told["clips"]) - scores["clips"] - strangers
    yield says("All {} real clips", scores["clips"])
    yield says("{} of the {} bundled ones", bundled - left, bundled)
    yield says("and {} *strangers*", strangers)
    yield says("no session more than {} clips would be", word(today.CAP))
    low, high = by_source["interval"]
    yield says("As far as {} sources tell", by_source["sources"])
    yield says("the first lies between {} and {}", share(low), share(high))
    yield says(
        "of the {} clips that were named with .7 to .9, {} are right",
        by_source["named with .7 to .9"],
        share(by_source["right among those"]),
    )
    each = {of["source"].rpartition(" ")[2]: (of["clips"], of["right"]) for of in by_source["each"]}
    yield says(
        "one session of {} guitar clips {} are right",
        *map(word, each["Acoustic_guitar-251018"]),
    )
    yield says("of one of {} basses {}", *map(word, each["Double_bass-383543"]))
    yield says("of one library's {} clips {}", *each["maeshchenko/midi-gen@HEAD"])
    worst = dict(zip(dataset.CLASSES, scores["recall"], strict=True))
    yield holds("Cellos fail most", min(worst, key=worst.get) == "Cello")


@model_cards.claims("listeners-real")
def how_it_was_chosen(record):
    ways = {row["compared"]["network"] for row in record["results"]}
    yield says("among the {} networks", word(len(ways)))
    own, pools = (
        results.figure(record, name, network="both", protocol="source")
        for name in ("accuracy", "in pools")
    )
    yield says("gives it {} of the real clips and {} of those in pools", share(own), share(pools))
    refused = results.figure(record, "refused", network="both", protocol="source")
    yield says("of the strangers it refuses {} there", share(refused))


def _named(record: dict, groups: list | None = None, **compared: str) -> tuple:
    """The share of clips that are named rightly, how many there are, and the interval."""
    right = results.each(record, "right", **compared).mean(axis=0)
    groups = np.arange(len(right)) if groups is None else groups
    low, high, _ = uncertainty.interval(right, groups)
    return share(right.mean(), 3), len(right), share(low), share(high)


@model_cards.claims("beyond-real", "lightened-real")
def the_small_recipe(beyond, lightened):
    of, clips, *interval = _named(beyond, **NETWORK)
    yield says("Over three shuffles of the {} clips of 2 s and more", clips)
    yield says("it is {} by clip, with an interval from {} to {}", of, *interval)
    sessions = beyond["data"]["sessions"]
    of, _, *interval = _named(beyond, sessions, **NETWORK | {"protocol": "session"})
    yield says("and {} with sessions kept apart, {} to {}", of, *interval)
    of, clips, *interval = _named(lightened, form="80 %")
    yield says("it names {} of the {} real clips of 2 s and more", of, clips)
    yield says("the share lies between {} and {}", *interval)


@speed.claims("bench_mfcc-demo", "bench_decoding-demo", "bench_network-demo")
def the_aims(mfcc, decoding, network):
    def times(record, way, fast="the book", name="milliseconds"):
        return results.ratio(record, name, {"way": way}, {"way": fast})

    by_librosa, by_psf, read = (
        f"{way}, one by one" for way in ("librosa", "python_speech_features", "librosa.load")
    )
    missed = times(mfcc, by_librosa) < 8 and times(mfcc, by_psf) < 9
    missed = missed and times(decoding, read) < 1.7
    yield holds(
        "Only the last aim is met", missed and times(network, "keras predict", "LiteRT int8") > 20
    )
    recorded = results.load("mfcc_speed", REAL), results.load("mfcc_speed", "demo")
    ways = {"way": "in batches"}, {"way": "librosa, one by one"}
    faster = [results.ratio(of, "realtime", *ways) for of in recorded]
    yield holds("librosa at a third of the book's speed", 2.7 < min(faster) <= max(faster) < 3.7)
    more_work = times(decoding, read, name="of processor") < 1 < times(decoding, read)
    yield holds("less time, but a little more work", more_work)
    work = [times(mfcc, way, name="of processor") for way in (by_librosa, by_psf)]
    yield holds("and need twice the seconds of processor", all(1.75 < w < 2.5 for w in work))
    yield holds("Here it adds less than a third", times(decoding, "the book, one by one") < 4 / 3)


@speed.claims("bench_hour-demo")
def an_hour(record):
    decode, mfcc, network = (
        results.figure(record, f"seconds, {stage}", network="Keras", minutes=60)
        for stage in ("decode", "MFCC", "network")
    )
    yield holds(
        "with Keras the network takes about as long as either",
        0.7 * max(decode, mfcc) < network < 1.3 * min(decode, mfcc),
    )


@speed.claims("bench_growth-demo")
def ten_times_as_many(record):
    def falls(name):
        few, many = (results.figure(record, name, clips=clips) for clips in (10, 1000))
        return many < few

    both = falls("decode, ms a clip") and falls("MFCC, ms a clip")
    yield holds("Decoding and MFCC take less for each clip when they are many", both)
    yield holds("CutMix takes more", not falls("CutMix, ms a clip"))


@results_page.claims()
def what_is_recorded():
    long = {
        r["experiment"]: r["data"]["name"] for r in results.recorded() if r["profile"] == "paper"
    }
    yield holds(
        "Four experiments are recorded so, on the bundled clips: `network`, `cutmixed`, `ablation` "
        "and `rungs`; and `replica`, the slides' own network, on the real ones",
        long
        == {**dict.fromkeys(("network", "cutmixed", "ablation", "rungs"), "demo"), "replica": REAL},
    )
    catalogue = results.catalogue()
    hours = catalogue.seconds[catalogue.profile == "quick"] / 3600
    yield holds("Most of its records take less than half an hour", (hours < 0.5).mean() > 0.75)
    yield holds("the longest nearly three hours", 2.5 < hours.max() < 3)
    yield holds("together some twenty hours", 17 < hours.sum() < 23)
    drawn = runs.draws(0, "paper")
    yield says("{:,} chunks and their numbers of epochs", drawn)
    yield says("networks learn from {} chunks at most", runs.CHUNKS)


@results_page.claims("network-demo-paper", "cutmixed-demo-paper")
def one_training_twice(network, cutmixed):
    both = (network, {"model": "CNN"}), (cutmixed, {"CutMix": "none"})
    curves = [results.each(record, "curve of accuracy", **way)[0] for record, way in both]
    alike = int(np.argmin(curves[0] == curves[1]))
    yield says("what the first had written down after {} epochs", alike)
    scores = [share(results.each(record, "accuracy", **way)[0]) for record, way in both]
    yield says("went different ways, to {} and {} by chunk", *scores)
