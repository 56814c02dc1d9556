"""The chapter on sound: what the text says, and the records it rests on."""

import numpy as np

from claims import BASS, CELLO, CLARINET, GUESSING, GUITAR, SAXOPHONE, Page, holds, says, word
from helpers import dataset, sound
from helpers.results import each, figure

page = Page("sound")


@page.claims()
def five_recipes():
    yield says("They stand {:.2f} ms apart", 1000 / sound.A3)
    level = {n: 20 * np.log10(sound.partials(dataset.note(n))) for n in dataset.CLASSES}
    guitar, clarinet, bass = level[GUITAR], level[CLARINET], level[BASS]
    yield holds(
        "Up to the eighth each partial is weaker than the one before, and from the seventh on "
        "all lie 45 dB or more down",
        (np.diff(guitar[:8]) < 0).all() and guitar[6:].max() <= -45,
    )
    yield holds("partials 2, 3 and 4 lie about 30 dB or more down", clarinet[1:4].max() < -29.5)
    yield holds("the even partial 10 is strong again", clarinet[9] > clarinet[1:4].max() + 10)
    yield holds(
        "the fifth and sixth are the strongest, not the fundamental",
        set(np.argsort(bass)[-2:] + 1) == {5, 6},
    )


@page.claims()
def five_attacks():
    level = {name: sound.envelope(dataset.note(name)) for name in dataset.CLASSES}  # each 10 ms
    silent = max(np.argmax(wave > 0.01) for wave in level.values()) / 100
    near = {name: np.argmax(wave > 7 / 8) / 100 for name, wave in level.items()}
    yield says("All five begin with about {:.2f} s of silence", silent)
    words = "The clarinet takes a little longer than these two"
    yield holds(words, near[GUITAR] < near[CLARINET] < near[BASS])
    yield says("climbs on to {:.2f} s; the bowed cello needs {:.1f} s", near[BASS], near[CELLO])
    yield holds("Then the guitar jumps to its loudest", near[GUITAR] == min(near.values()))
    saxophone = level[SAXOPHONE]
    least, back = saxophone[20:50].min(), saxophone[50:190]
    steady = 0.75 < back.mean() < 0.8 and np.ptp(back) < 0.15
    yield holds(
        "sinks by a third, comes back to over three quarters and stays there",
        abs(least - 2 / 3) < 0.05 and steady,
    )


@page.claims("pitch_or_timbre-demo", "pitch_or_timbre-real")
def pitch_or_timbre(*records):
    pitch = [each(r, "accuracy of chunks", description="pitch") for r in records]
    timbre = [each(r, "accuracy of chunks", description="timbre") for r in records]
    of_clips = [figure(r, "accuracy of clips, by vote", description="pitch") for r in records]
    gap = np.mean(timbre, axis=1) - np.mean(pitch, axis=1)
    yield says("would be right once in {}", word(1 / GUESSING))
    yield holds("The note alone names the instrument less than half", np.max(of_clips) < 0.5)
    yield holds("The notes alone do better than guessing", np.mean(pitch, axis=1).min() > GUESSING)
    far = (np.array(timbre) > pitch).all() and gap.min() > 0.2
    yield holds("Timbre does far better, on the rendered clips and on real ones", far)
    kept = {run["compared"]["protocol"] for r in records for run in r["runs"]}
    words = "more than by the range of their notes holds on clips kept apart, rendered and real"
    yield holds(words, far and kept == {"clip"})
    yield holds("clips that were recorded together are on both sides here", "session" not in kept)
