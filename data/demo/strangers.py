"""Render what is none of the five instruments: a pool for the listener to learn from.

Three kinds. Other presets of the two sound fonts of `render.py` play notes and phrases, alone and
two at a time; espeak-ng reads sentences in many voices; noises, clicks, hums, room tones and near
silence. All pass through a room, a microphone and noise, as the bundled clips do.

    python data/demo/strangers.py FOLDER      about 400 clips, 50 MB

The folder is in FSDKaggle2018's layout, all of the class `None_of_these`. What must not be on both
sides of a split shares its `source`: a preset in both fonts, which share samples, with the preset
that it is mixed with; a voice; a kind of noise. Presets that are one of the five, or that few
people would tell from one, are left out: basses, string sections, clean electric guitars. It takes
what `render.py` takes; the clips are not bundled.
"""

import argparse
import io
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import render
import soundfile
import soxr
from scipy import signal
from tqdm import tqdm

LABEL = "None_of_these"
SEED = 88
CLIPS = 2  # of each preset and font, of each voice
SECONDS = (2.2, 4.0)

# (bank, program, lowest and highest key, touch), two by two: those of a line are also mixed.
PLUCK, WIND = "pluck", "wind"
PAIRS = (
    ((0, 0, 30, 96, PLUCK), (0, 40, 55, 96, WIND)),  # grand piano, violin
    ((0, 2, 36, 90, PLUCK), (0, 41, 48, 86, WIND)),  # electric piano, viola
    ((0, 3, 36, 90, PLUCK), (0, 73, 60, 96, WIND)),  # honky-tonk, flute
    ((0, 4, 36, 90, PLUCK), (0, 68, 58, 91, WIND)),  # tine piano, oboe
    ((0, 6, 36, 84, PLUCK), (0, 56, 54, 84, WIND)),  # harpsichord, trumpet
    ((0, 7, 36, 84, PLUCK), (0, 57, 40, 72, WIND)),  # clavinet, trombone
    ((0, 8, 60, 96, PLUCK), (0, 58, 29, 58, WIND)),  # celesta, tuba
    ((0, 9, 72, 103, PLUCK), (0, 59, 54, 84, WIND)),  # glockenspiel, muted trumpet
    ((0, 10, 60, 96, PLUCK), (0, 60, 41, 77, WIND)),  # music box, French horn
    ((0, 11, 53, 89, PLUCK), (0, 61, 40, 79, WIND)),  # vibraphone, brass section
    ((0, 12, 48, 84, PLUCK), (0, 62, 40, 79, WIND)),  # marimba, synthetic brass
    ((0, 13, 65, 96, PLUCK), (0, 69, 52, 81, WIND)),  # xylophone, English horn
    ((0, 14, 60, 77, PLUCK), (0, 70, 34, 72, WIND)),  # tubular bells, bassoon
    ((0, 15, 48, 84, PLUCK), (0, 72, 74, 102, WIND)),  # dulcimer, piccolo
    ((0, 46, 36, 96, PLUCK), (0, 16, 36, 96, WIND)),  # harp, organ
    ((0, 104, 48, 77, PLUCK), (0, 18, 36, 96, WIND)),  # sitar, rock organ
    ((0, 105, 48, 84, PLUCK), (0, 19, 36, 96, WIND)),  # banjo, church organ
    ((0, 106, 50, 79, PLUCK), (0, 20, 36, 84, WIND)),  # shamisen, reed organ
    ((0, 107, 55, 84, PLUCK), (0, 21, 48, 89, WIND)),  # koto, accordion
    ((0, 108, 55, 84, PLUCK), (0, 22, 60, 84, WIND)),  # kalimba, harmonica
    ((8, 24, 55, 84, PLUCK), (0, 23, 48, 84, WIND)),  # ukulele, bandoneon
    ((16, 25, 55, 88, PLUCK), (0, 74, 60, 91, WIND)),  # mandolin, recorder
    ((0, 47, 36, 57, PLUCK), (0, 75, 60, 91, WIND)),  # timpani, pan flute
    ((0, 112, 60, 84, PLUCK), (0, 77, 55, 84, WIND)),  # bell, shakuhachi
    ((0, 114, 52, 76, PLUCK), (0, 78, 60, 96, WIND)),  # steel drums, whistle
    ((0, 115, 48, 84, PLUCK), (0, 79, 60, 91, WIND)),  # woodblock, ocarina
    ((0, 116, 36, 72, PLUCK), (0, 109, 50, 79, WIND)),  # taiko, bagpipe
    ((0, 117, 36, 72, PLUCK), (0, 110, 55, 91, WIND)),  # tom, fiddle
    ((128, 0, 35, 60, PLUCK), (0, 111, 55, 84, WIND)),  # drum kit, shenai
    ((128, 32, 35, 60, PLUCK), (0, 52, 48, 79, WIND)),  # jazz kit, choir
    ((128, 25, 35, 60, PLUCK), (0, 53, 48, 79, WIND)),  # electronic kit, voices
    ((128, 40, 35, 60, PLUCK), (0, 29, 40, 76, PLUCK)),  # brushes, overdriven guitar
    ((0, 45, 55, 96, PLUCK), (0, 30, 40, 76, PLUCK)),  # pizzicato section, distorted guitar
    ((0, 122, 40, 80, WIND), (0, 80, 48, 84, WIND)),  # sea shore, square wave
    ((0, 123, 50, 80, WIND), (0, 81, 48, 84, WIND)),  # birds, saw wave
    ((0, 125, 40, 70, WIND), (0, 89, 48, 84, WIND)),  # helicopter, pad
    ((0, 126, 50, 70, WIND), (0, 91, 48, 84, WIND)),  # applause, space voice
)

VOICES = tuple(
    f"{language}+{variant}"
    for language, variant in (
        *(("en-us", v) for v in ("m1", "m3", "m7", "f1", "f3", "f5", "whisper", "croak")),
        *(("de", v) for v in ("m2", "f2")),
        *(("fr-fr", v) for v in ("m4", "f4")),
        *(("es", v) for v in ("m5", "f1")),
        *(("it", v) for v in ("m6", "f2")),
        *((each, "f3") for each in ("pl", "cs", "sv", "tr", "hi", "cmn")),
        *((each, "m3") for each in ("ru", "nl", "pt", "fi", "ar", "sw")),
    )
)
SENTENCES = (
    "Nobody plays an instrument here, a program reads this aloud.",
    "One, two, three, four, five, six, seven, eight.",
    "La la la la, na na na na, oh oh oh.",
    "Please come closer to the microphone, and say your name once more.",
)

NOISES = ("hiss", "rumble", "clicks", "hum", "room tone", "near silence", "tone", "sweep", "beats")
OF_NOISE = 8


def session_of(rng: np.random.Generator, preset: render.Preset | None) -> render.Session:
    """A player, a room and a microphone for a clip."""
    room = str(rng.choice(list(render.ROOMS)))
    kinds = ("note", "repeat", "scale", "arpeggio", "melody")
    return render.Session(
        sound=render.Sound(
            preset or render.PRESETS["Cello"][0],
            shift=float(np.clip(rng.normal(0, 1.0), -2, 2)),
            cents=rng.normal(0, 12),
        ),
        low=preset.low if preset else 48,
        high=preset.high if preset else 72,
        velocity=rng.normal(90, 12),
        beat=60 / rng.uniform(60, 140),
        kinds=kinds,
        leanings=np.full(len(kinds), 1 / len(kinds)),
        room=room,
        impulse=render.room_impulse(rng, room),
        microphone=render.microphone(rng, render.TILT, render.EQ),
        colour=rng.uniform(*render.COLOUR),
        hum=float(rng.choice([0, 0, 0, 50, 60])),
        snr_db=float(np.clip(rng.normal(*render.SNR), 18, 70)),
        peak_db=rng.normal(*render.PEAK),
    )


def dry_preset(rng: np.random.Generator, session: render.Session, seconds: float) -> np.ndarray:
    kind = str(rng.choice(session.kinds))
    low = int(rng.integers(session.low, max(session.low + 1, session.high - 18)))
    narrow = replace(session, low=low, high=min(session.high, low + 24))
    notes = render.compose(rng, kind, narrow, seconds)
    return render.synthesise(notes, session.sound, seconds)


def dry_voice(rng: np.random.Generator, voice: str, seconds: float) -> np.ndarray:
    text = " ".join(SENTENCES[i] for i in rng.permutation(len(SENTENCES)))
    said = ["espeak-ng", "-v", voice, "-p", str(rng.integers(20, 80)), "--stdout", text]
    done = subprocess.run(said, capture_output=True, check=True)
    wave, sr = soundfile.read(io.BytesIO(done.stdout))
    wave = soxr.resample(wave, sr, render.SR)
    length = round(seconds * render.SR)
    start = int(rng.integers(max(1, len(wave) - length)))
    return np.pad(wave[start : start + length], (0, max(0, length - len(wave) + start)))[:length]


def dry_noise(rng: np.random.Generator, kind: str, seconds: float) -> np.ndarray:
    n = round(seconds * render.SR)
    t = np.arange(n) / render.SR
    white = rng.normal(size=n)
    if kind in ("hiss", "rumble", "room tone", "near silence"):
        slope = {"hiss": (-0.5, 0.5), "rumble": (1.5, 3)}.get(kind, (0.3, 2.5))
        spectrum = np.fft.rfft(white)
        frequency = np.maximum(np.fft.rfftfreq(n, 1 / render.SR), 20)
        wave = np.fft.irfft(spectrum * frequency ** (-rng.uniform(*slope) / 2), n)
        if kind == "hiss" and rng.random() < 0.5:  # in waves, as of wind or sea
            wave *= 0.6 + 0.4 * np.sin(2 * np.pi * rng.uniform(0.2, 3) * t + rng.uniform(0, 6))
        return wave
    if kind == "clicks":
        wave = np.zeros(n)
        for start in rng.integers(0, n - 200, size=rng.integers(2, 40)):
            length = int(rng.integers(20, 3000))
            decay = rng.normal(size=length) * np.exp(-np.arange(length) / rng.uniform(5, 400))
            wave[start : start + length] += decay[: n - start] * rng.uniform(0.2, 1)
        return wave
    if kind == "hum":
        of = rng.choice([50, 60]) * rng.choice([1, 2])
        return sum(np.sin(2 * np.pi * of * k * t) * rng.random() / k for k in range(1, 9))
    if kind == "tone":
        of = 110 * 32 ** rng.random()
        return np.sin(2 * np.pi * of * t) + 0.001 * white
    if kind == "sweep":
        low, high = np.sort(60 * 100 ** rng.random(2))
        return signal.chirp(t, low, t[-1], high + 50, method="logarithmic") + 0.001 * white
    every = render.SR // int(rng.integers(2, 9))  # beats
    gate = (np.arange(n) % every) < every * rng.uniform(0.1, 0.6)
    band = sorted(rng.uniform(100, 9000, 2) + np.array([0, 200]))
    b, a = signal.butter(2, band, "band", fs=render.SR)
    return signal.lfilter(b, a, white) * gate + 1e-4 * white


def clips() -> list[tuple]:
    """(kind, source, session, what to play) of every clip, in the order of the CSV."""
    planned = []
    for i, pair in enumerate(PAIRS):
        source = f"presets {i:02d}"
        for font in render.FONTS:
            presets = [render.Preset(font, *fields) for fields in pair]
            for preset in presets:
                name = f"{preset.bank:03d}-{preset.program:03d}"
                planned += [
                    ("preset", source, f"preset-{name}", (preset,), c) for c in range(CLIPS)
                ]
            planned.append(("mixture", source, f"mixture-{i:02d}", tuple(presets), 0))
    for voice in VOICES:
        planned += [("voice", f"voice {voice}", f"voice-{voice}", voice, c) for c in range(CLIPS)]
    for kind in NOISES:
        planned += [("noise", f"noise {kind}", f"noise-{kind}", kind, c) for c in range(OF_NOISE)]
    return planned


def write_clip(folder: Path, planned: tuple) -> dict:
    """Render a clip; return its row of the CSV."""
    kind, source, session_name, what, number = planned
    font = what[0].font if kind in ("preset", "mixture") else ""
    rng = np.random.default_rng(
        np.frombuffer(f"{SEED} {session_name} {font} {number}".encode(), np.uint8)
    )
    seconds = rng.uniform(*SECONDS)
    if kind in ("preset", "mixture"):
        made = []
        for preset in what:
            session = session_of(rng, preset)
            dry = dry_preset(rng, session, seconds)
            made.append(dry / max(1e-6, np.abs(dry).max()))
        dry = sum(made)
    else:
        session = session_of(rng, None)
        dry = dry_voice(rng, what, seconds) if kind == "voice" else dry_noise(rng, what, seconds)
    wave, _ = render.record(rng, dry / max(1e-6, np.abs(dry).max()), session)
    if what == "near silence":
        wave = wave / wave.std() * 10 ** (-rng.uniform(48, 68) / 20)
    elif what == "room tone":
        wave = wave / wave.std() * 10 ** (-rng.uniform(30, 55) / 20)
    name = session_name.replace(" ", "_").replace("+", "-")
    fname = f"{name}-{font + '-' if font else ''}{number}.flac"
    soundfile.write(folder / fname, wave, render.SR, subtype="PCM_16")
    free = "Creative Commons 0" if kind in ("noise", "voice") else render.LICENCE
    return {
        "fname": fname,
        "label": LABEL,
        "manually_verified": 0,
        "license": free,
        "session": session_name,
        "source": source,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Render what is none of the five instruments.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes to use")
    chosen = parser.parse_args()
    try:
        render.check_tools()
    except render.MissingToolError as error:
        sys.exit(f"strangers.py: {error}")
    sounds, meta = chosen.folder / "strangers.audio_train", chosen.folder / "strangers.meta"
    for folder in (sounds, meta):
        folder.mkdir(parents=True, exist_ok=True)
    planned = clips()
    with ProcessPoolExecutor(chosen.jobs) as workers:
        made = workers.map(partial(write_clip, sounds), planned)
        rows = list(tqdm(made, total=len(planned), unit="clip"))
    render.write_csv(meta / "train_post_competition.csv", rows)


if __name__ == "__main__":
    main()
