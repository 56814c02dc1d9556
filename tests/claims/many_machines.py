"""The chapter on many machines: what the text says, and the records it rests on."""

import numpy as np

from claims import Page, holds, says, word
from helpers import features, many
from helpers.results import figure, ratio

page = Page("many-machines")

AUDIOSET = 2_084_320 * 10  # seconds of sound
FSD50K = 108.3 * 3600
LINE = 1e9 / 8  # bytes in a second
OF_WAV = 2 * 44_100
OF_MFCC = features.Settings().n_frames(44_100) * features.Settings().n_mfcc * 4 / 2


@page.claims("real_time-real", "mfcc_speed-real")
def what_it_costs(stages, batches):
    decode, training, blocks = (
        figure(stages, "realtime", stage=stage) for stage in ("decode", "training", "MFCC")
    )
    ready = 1 / (2 * decode) + 1 / figure(batches, "realtime", way="in batches")
    epoch = 1 / training

    yield says("{} minutes for all of FSD50K", word(FSD50K * ready / 60).capitalize())
    hours = AUDIOSET * ready / 3600
    yield says("The first answer is **A**: {:.1f} hours for sound that lasts eight months", hours)
    yield says("with decoding it takes {:.1f} hours for AudioSet", hours)
    yield holds("lasts eight months", round(AUDIOSET / 86400 / 365 * 12) == 8)
    slower = AUDIOSET * (1 / (2 * decode) + 1 / blocks) / 3600
    yield says("With the slower MFCC of the first table it would be {}.", word(slower))
    yield says("The second is **C**: {:.0f} days", AUDIOSET * 100 * epoch / 86400)
    yield says("At best ten machines need {:.1f} days", AUDIOSET * 10 * epoch / 86400)
    yield says("one epoch takes {} times as long as making them", word(epoch / ready))
    yield says("one epoch of their network takes {:.0f}", AUDIOSET * epoch / 3600)
    transfer = AUDIOSET * OF_WAV / LINE / 3600
    yield says("AudioSet is {:.1f} hours on the line", transfer)
    yield holds("longer than the computing takes", transfer > hours)
    yield says("together handle about {:,.0f} s of sound in a second", round(1 / ready, -1))
    yield says("extrapolated from {} clips on one kind of machine", stages["data"]["used"])
    yield holds("are a matter of hours for one small machine", hours < 12)
    yield holds("a search on it a matter of months", AUDIOSET * 100 * epoch / 86400 > 60)
    yield holds("One machine already waits", 1 / ready > LINE / OF_WAV)

    gather = OF_MFCC / LINE
    share = gather / (ready + gather)
    yield says(
        "With 64 workers AudioSet's images are done only some {} times",
        word(many.speedup(64, share)),
    )
    yield holds("though it is only a seventh of the work", np.isclose(share, 1 / 7, atol=0.005))


@page.claims("real_time-real", "mfcc_speed-real", "bench_decoding-demo")
def what_was_assumed(stages, batches, reading):
    gain = ratio(reading, "milliseconds", {"way": "the book, one by one"}, {"way": "the book"})
    yield says("makes reading only {:.1f} times as fast", gain)
    decode = gain * figure(stages, "realtime", stage="decode")
    seconds = FSD50K / decode + FSD50K / figure(batches, "realtime", way="in batches")
    yield says("and then it would be {} minutes", word(seconds / 60))


@page.claims()
def what_is_sent():
    yield holds("twelve times as many bytes as come back", round(4 * 44_100 / (2 * OF_MFCC)) == 12)
