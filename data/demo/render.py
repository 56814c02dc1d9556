"""Render the bundled data set: five instruments played by two sound fonts.

Nobody else's recordings can stand in this repository, so the book's default data are made here:
sampled instruments (FluidR3 and MuseScore General, both MIT) play notes and phrases, which then
pass through a room, a microphone and noise. They are rendered clips, not recordings.

The unit that matters is the *session*: one instrument, player, room, microphone and noise floor.
Clips of a session share all of these, as the uploads of one musician do, and differ in what is
played, how loudly, and how near to the microphone. Sessions differ much more, so a classifier
that has heard a session's other clips has an easier task than one that has not (chapter leakage).

    python data/demo/render.py                              all of it, into data/demo
    python data/demo/render.py --only 0a1b2c3d.ogg --out .  one clip

Every clip has its own random generator and its own synthesiser, so that it can be made alone and
in any order, by any number of processes, and comes out the same.
"""

import argparse
import csv
import hashlib
import io
import math
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import soundfile
import soxr
from scipy import signal
from tqdm import tqdm

DEMO = Path(__file__).resolve().parent
# What a run replaces; the sums last, so that an interrupted exchange does not pass for whole.
PARTS = ("audio_train", "notes", "strangers", "meta", "SHA256SUMS")

SEED = 2018
SR = 22_050  # of the clips, Hz
SYNTH_SR = 44_100  # of the synthesiser, Hz
STEP = 256  # samples of the synthesiser between two looks at the score: 5.8 ms

SHARE = Path("/usr/share/sounds")
FONTS = {  # name -> file, Debian package
    "fluid": (SHARE / "sf2/FluidR3_GM.sf2", "fluid-soundfont-gm"),
    "musescore": (SHARE / "sf3/MuseScore_General_Full.sf3", "musescore-general-soundfont"),
}
LICENCE = "MIT"

SESSION_SIZES = (12, 10, 9, 8, 7, 6, 5, 5, 4, 3, 2, 1)  # clips; unequal, as uploads are
EXACTLY_TWO_SECONDS = (0, 0)  # session and clip: the book's threshold, met to the sample

# How far apart sessions are (standard deviations), tuned so that clips heard from a known session
# are clearly easier than clips from a new one, and those still far from chance.
FORMANT_SHIFT = 2.2  # semitones: a larger or smaller instrument of the same kind
TILT = 2.2  # dB an octave: a dull or a bright microphone
EQ = 4.0  # dB at each octave: its colour
SNR = (50.0, 15.0)  # dB: mean and standard deviation of the sessions' noise floors
COLOUR = (0.3, 2.0)  # their range of slopes, in 3 dB an octave downwards: hiss to rumble
PEAK = (-11.0, 6.0)  # dB of full scale: the same of their levels
SINGLE_NOTES = 3.0  # how much a session leans to single notes, as real uploads do

# How far apart a session's clips are.
MOVED = 4.0  # dB at each octave: the microphone a little elsewhere
DISTANCE = 0.12  # in the share of reverberation
DYNAMICS = 20.0  # MIDI velocity

ROOMS = {  # name -> reverberation time (s), share of reverberation, cut-off of its treble (Hz)
    "booth": (0.12, 0.10, 7000),
    "bedroom": (0.30, 0.20, 4000),
    "living_room": (0.50, 0.25, 3500),
    "studio": (0.35, 0.15, 8000),
    "classroom": (0.80, 0.35, 5000),
    "hall": (1.60, 0.40, 4500),
    "church": (2.40, 0.50, 3000),
}

MODES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 3, 5, 7, 9, 10))
RHYTHMS = {  # phrase -> lengths to draw from, in beats
    "repeat": (0.5, 1, 1),
    "scale": (0.5,),
    "arpeggio": (0.5,),
    "melody": (0.5, 0.5, 1, 1, 1.5, 2),
    "strum": (1, 1, 2),
}


@dataclass(frozen=True)
class Preset:
    """An instrument in a sound font, and the keys (MIDI numbers) that a player would use."""

    font: str
    bank: int
    program: int
    low: int
    high: int
    touch: str  # "pluck" rings on after its note; "bow" and "wind" are held and swell


# A class's sessions take its presets in turn, so that each is heard from more than one session.
PRESETS = {
    "Acoustic_guitar": (
        Preset("fluid", 0, 24, 40, 79, "pluck"),  # nylon strings
        Preset("musescore", 0, 25, 40, 79, "pluck"),  # steel strings
        Preset("musescore", 0, 24, 40, 79, "pluck"),
        Preset("fluid", 0, 25, 40, 79, "pluck"),
        Preset("musescore", 8, 25, 40, 76, "pluck"),  # twelve strings
    ),
    "Cello": (
        Preset("fluid", 0, 42, 36, 74, "bow"),
        Preset("musescore", 0, 42, 36, 74, "bow"),
        Preset("musescore", 40, 48, 36, 72, "bow"),  # section
        Preset("fluid", 0, 42, 36, 74, "bow"),
        Preset("musescore", 0, 42, 36, 74, "bow"),
        Preset("musescore", 40, 45, 36, 67, "pluck"),  # section, pizzicato
    ),
    "Clarinet": (
        Preset("fluid", 0, 71, 50, 89, "wind"),
        Preset("musescore", 0, 71, 50, 89, "wind"),
    ),
    "Double_bass": (
        Preset("fluid", 0, 43, 28, 55, "bow"),
        Preset("musescore", 0, 32, 28, 55, "pluck"),  # jazz pizzicato
        Preset("musescore", 0, 43, 28, 47, "bow"),  # from key 52 up it is a cello
        Preset("fluid", 0, 32, 28, 55, "pluck"),
        Preset("musescore", 50, 45, 28, 55, "pluck"),  # section, pizzicato
    ),
    "Saxophone": (
        Preset("fluid", 0, 65, 49, 80, "wind"),  # alto
        Preset("musescore", 0, 66, 44, 75, "wind"),  # tenor
        Preset("musescore", 0, 64, 56, 86, "wind"),  # soprano
        Preset("fluid", 0, 67, 37, 69, "wind"),  # baritone
        Preset("fluid", 0, 66, 44, 75, "wind"),
        Preset("musescore", 0, 65, 49, 80, "wind"),
        Preset("fluid", 0, 64, 56, 86, "wind"),
        Preset("musescore", 0, 67, 37, 69, "wind"),
    ),
}
CLASSES = tuple(PRESETS)

# The same A on each instrument, for chapter sound.
NOTE_KEY, NOTE_HZ, NOTE_SECONDS, NOTE_VELOCITY, NOTE_PEAK_DB = 57, 220.0, 2.5, 96, -3.0


class MissingToolError(Exception):
    """The synthesiser or a sound font is not installed; the message says how to install it."""


@dataclass(frozen=True)
class Note:
    start: float  # seconds
    stop: float
    key: int
    velocity: int


@dataclass(frozen=True)
class Sound:
    """How a score becomes sound: the settings of the synthesiser."""

    preset: Preset
    shift: float = 0.0  # semitones by which the resonances move; the pitch stays
    cents: float = 0.0  # detuning
    vibrato: float = 0.0  # cents, at its widest
    vibrato_rate: float = 5.0  # Hz


@dataclass(frozen=True)
class Session:
    """What the clips of one session share."""

    sound: Sound
    low: int  # the player's register
    high: int
    velocity: float
    beat: float  # seconds
    kinds: tuple[str, ...]  # of phrases
    leanings: np.ndarray  # how likely each is
    room: str
    impulse: np.ndarray  # the room's response, of unit energy
    microphone: np.ndarray  # taps of its filter
    colour: float  # the noise falls by 3 * colour dB an octave
    hum: float  # Hz; 0 for none
    snr_db: float
    peak_db: float


@dataclass(frozen=True)
class Clip:
    """A clip's place in the data set."""

    label: str
    session: int
    number: int

    @property
    def session_name(self) -> str:
        return f"{self.label}-{self.session:02d}"

    @property
    def fname(self) -> str:
        place = f"{SEED}/{self.session_name}/{self.number}"
        return f"{hashlib.sha256(place.encode()).hexdigest()[:8]}.ogg"


def plan() -> list[Clip]:
    """All clips of the data set, in the order of the CSV."""
    clips = [
        Clip(label, session, number)
        for label in CLASSES
        for session, size in enumerate(SESSION_SIZES)
        for number in range(size)
    ]
    return sorted(clips, key=lambda clip: clip.fname)


def generator(label: str, session: int, clip: int | None = None) -> np.random.Generator:
    """The random generator of a session, or of a clip in it."""
    # NumPy pads short seeds with zeros, so a clip 0 would repeat its session's numbers.
    return np.random.default_rng(
        [SEED, CLASSES.index(label), session, 0 if clip is None else clip + 1]
    )


# --- The session: instrument, player, room, microphone ------------------------------------------


def draw_session(label: str, number: int) -> Session:
    """Draw what a session's clips share."""
    rng = generator(label, number)
    preset = PRESETS[label][number % len(PRESETS[label])]
    held = preset.touch != "pluck"
    compass = min(preset.high - preset.low, int(rng.integers(15, 29)))
    low = int(rng.integers(preset.low, preset.high - compass + 1))
    kinds = ("note", "repeat", "scale", "arpeggio", "melody")
    kinds += ("strum",) if label == "Acoustic_guitar" else ()
    room = str(rng.choice(list(ROOMS)))
    return Session(
        sound=Sound(
            preset,
            shift=float(np.clip(rng.normal(0, FORMANT_SHIFT), -4, 4)),
            cents=rng.normal(0, 12),
            vibrato=rng.uniform(0, 25) if held else 0.0,
            vibrato_rate=rng.uniform(4.5, 6.5),
        ),
        low=low,
        high=low + compass,
        velocity=rng.normal(85, 12),
        beat=60 / rng.uniform(60, 140),
        kinds=kinds,
        leanings=rng.dirichlet([SINGLE_NOTES, 0.5, 1.0, 1.0, 1.5, 1.5][: len(kinds)]),
        room=room,
        impulse=room_impulse(rng, room),
        microphone=microphone(rng, TILT, EQ),
        colour=rng.uniform(*COLOUR),
        hum=float(rng.choice([0, 0, 0, 50, 60])),
        snr_db=float(np.clip(rng.normal(*SNR), 18, 70)),
        peak_db=rng.normal(*PEAK),
    )


def room_impulse(rng: np.random.Generator, room: str) -> np.ndarray:
    """A room's reverberation: early echoes, then noise that falls by 60 dB in the room's time."""
    seconds, _, treble = ROOMS[room]
    seconds *= rng.uniform(0.8, 1.25)
    t = np.arange(int(seconds * SR)) / SR
    tail = rng.normal(size=len(t)) * 10 ** (-3 * t / seconds)
    tail = signal.lfilter(*signal.butter(1, treble, fs=SR), tail)
    tail /= np.linalg.norm(tail)
    echoes = rng.integers(int(0.002 * SR), int(0.04 * SR), size=5)
    tail[echoes] += rng.normal(0, 0.2, size=5)
    return tail / np.linalg.norm(tail)


def microphone(rng: np.random.Generator, tilt: float, eq: float) -> np.ndarray:
    """A linear-phase filter: a tilt, a colour at each octave, and little below 40 Hz."""
    octaves = 62.5 * 2.0 ** np.arange(8)
    gains = rng.normal(0, eq, size=8) + rng.normal(0, tilt) * np.arange(-4, 4)
    frequencies = [0, 25, *octaves, SR / 2]
    gains = np.array([-40, gains[0] - 12, *gains, gains[-1]])
    return signal.firwin2(1023, frequencies, 10 ** (gains / 20), fs=SR)


# --- The clip: score, synthesiser, recording ----------------------------------------------------


def compose(rng: np.random.Generator, kind: str, session: Session, seconds: float) -> list[Note]:
    """Draw a phrase of a kind that fits into the given time."""
    mode, tonic = MODES[rng.integers(len(MODES))], rng.integers(12)
    keys = [k for k in range(session.low, session.high + 1) if (k - tonic) % 12 in mode]
    loudness = rng.normal(session.velocity, DYNAMICS)

    def velocity() -> int:
        return int(np.clip(rng.normal(loudness, 5), 30, 120))

    start, end = rng.uniform(0.02, 0.15), 0.95 * seconds
    if kind == "note":
        stop = start + rng.uniform(0.6, 1.0) * (end - start)
        return [Note(start, stop, int(rng.choice(keys)), velocity())]

    plucked = session.sound.preset.touch == "pluck"
    beat = session.beat * rng.uniform(0.85, 1.2)
    legato = 1.6 if plucked else rng.uniform(0.7, 1.0)
    place, direction = int(rng.integers(len(keys))), int(rng.choice([-1, 1]))
    notes = []
    while start < end - 0.15:
        length = beat * rng.choice(RHYTHMS[kind])
        if kind == "strum":
            place = int(rng.integers(min(5, len(keys))))
            chord = keys[place : place + 12 : 2]
            spread = rng.uniform(0.008, 0.03)
            notes += [
                Note(start + i * spread, min(end, start + length), key, velocity())
                for i, key in enumerate(chord[::direction])
            ]
        else:
            notes.append(Note(start, min(end, start + length * legato), keys[place], velocity()))
            place += {
                "repeat": 0,
                "scale": direction,
                "arpeggio": 2 * direction,
                "melody": int(rng.choice([-2, -1, -1, 0, 1, 1, 2, 4])),
            }[kind]
            if not 0 <= place < len(keys):  # turn round at the end of the register
                direction = -direction
                place = int(np.clip(place + 2 * direction, 0, len(keys) - 1))
        start += length
    return notes


def load_fluidsynth():
    """Import pyfluidsynth, or say what is missing."""
    try:
        import fluidsynth
    except ModuleNotFoundError as error:
        raise MissingToolError("pyfluidsynth is missing: pip install pyfluidsynth") from error
    except (ImportError, OSError) as error:  # from pyfluidsynth, looking for the library
        raise MissingToolError(
            "the fluidsynth library is missing: apt-get install libfluidsynth3"
        ) from error
    return fluidsynth


def check_tools() -> None:
    """Raise MissingToolError unless the synthesisers and both sound fonts are there."""
    load_fluidsynth()
    for path, package in FONTS.values():
        if not path.exists():
            raise MissingToolError(f"no sound font {path}: apt-get install {package}")
    if not shutil.which("espeak-ng"):
        raise MissingToolError("no speech synthesiser: apt-get install espeak-ng")


def synthesise(
    notes: list[Note], sound: Sound, seconds: float, swell: np.ndarray | None = None
) -> np.ndarray:
    """Play notes on a preset; mono float waves at SR.

    Resonances are moved by playing `shift` semitones too low and then faster by as much: the
    pitch is the score's again, the body that shaped it is smaller. `swell` is the loudness at
    evenly spaced times (MIDI expression, 0 to 127).
    """
    preset = sound.preset
    # A new synthesiser for each clip: voices, controllers and dither outlive system_reset.
    synth = load_fluidsynth().Synth(
        gain=1.2,  # the loudest chord of the set comes near full scale
        samplerate=SYNTH_SR,
        channels=16,
        **{
            "synth.reverb.active": 0,
            "synth.chorus.active": 0,
            "synth.dynamic-sample-loading": 1,  # else the whole font is read for each clip
        },
    )
    font = synth.sfload(str(FONTS[preset.font][0]))
    if font < 0 or synth.program_select(0, font, preset.bank, preset.program) != 0:
        raise MissingToolError(
            f"{FONTS[preset.font][0]} has no preset {preset.bank}:{preset.program}"
        )

    speed = 2 ** (sound.shift / 12)
    lowered = round(sound.shift)
    cents = 100 * (lowered - sound.shift) + sound.cents
    events = [(note.start, "on", note) for note in notes]
    events += [(note.stop, "off", note) for note in notes]
    events.sort(key=lambda event: event[:2], reverse=True)
    sounding, blocks = {}, []
    for step in range(math.ceil(seconds * speed * SYNTH_SR / STEP)):
        t = step * STEP / SYNTH_SR / speed
        wobble = sound.vibrato * min(1.0, t) * math.sin(2 * math.pi * sound.vibrato_rate * t)
        synth.pitch_bend(0, round((cents + wobble) * 8192 / 200))
        if swell is not None:
            synth.cc(0, 11, int(np.interp(t, np.linspace(0, seconds, len(swell)), swell)))
        while events and events[-1][0] <= t:
            _, what, note = events.pop()
            if what == "on":
                synth.noteon(0, note.key - lowered, note.velocity)
                sounding[note.key] = note
            elif sounding[note.key] is note:  # else its end would cut a repetition of the key
                synth.noteoff(0, note.key - lowered)
        blocks.append(synth.get_samples(STEP))
    synth.delete()
    stereo = np.concatenate(blocks).reshape(-1, 2) / 32768
    wave = soxr.resample(stereo.mean(axis=1), SYNTH_SR * speed, SR)
    length = round(seconds * SR)
    return np.pad(wave, (0, max(0, length - len(wave))))[:length]


def noise(rng: np.random.Generator, length: int, session: Session) -> np.ndarray:
    """The session's noise floor, of unit power: coloured noise and perhaps mains hum."""
    spectrum = np.fft.rfft(rng.normal(size=length))
    frequencies = np.maximum(np.fft.rfftfreq(length, 1 / SR), 20)
    floor = np.fft.irfft(spectrum * frequencies ** (-session.colour / 2), length)
    floor /= floor.std()
    if session.hum:
        t = np.arange(length) / SR
        floor += sum(np.sin(2 * np.pi * session.hum * k * t) / k for k in (1, 2, 3, 5))
    return floor / floor.std()


def record(rng: np.random.Generator, dry: np.ndarray, session: Session) -> tuple[np.ndarray, float]:
    """Put a wave into the session's room, before its microphone; return it and its SNR in dB."""
    share = float(np.clip(ROOMS[session.room][1] + rng.normal(0, DISTANCE), 0.02, 0.8))
    echo = signal.fftconvolve(dry, session.impulse)[: len(dry)]
    echo *= np.linalg.norm(dry) / np.linalg.norm(echo)
    wave = (1 - share) * dry + share * echo
    for taps in (session.microphone, microphone(rng, 0, MOVED)):
        wave = signal.fftconvolve(wave, taps, mode="same")
    snr_db = session.snr_db + rng.normal(0, 2)
    wave += noise(rng, len(wave), session) * wave.std() * 10 ** (-snr_db / 20)
    peak_db = np.clip(session.peak_db + rng.normal(0, 2.5), -24, -1)
    return fade(normalise(wave, peak_db), 0.03), snr_db


def normalise(wave: np.ndarray, peak_db: float) -> np.ndarray:
    """Scale to a peak, in dB of full scale."""
    return wave / np.abs(wave).max() * 10 ** (peak_db / 20)


def fade(wave: np.ndarray, seconds: float) -> np.ndarray:
    """End without a click."""
    length = int(seconds * SR)
    wave = wave.copy()
    wave[-length:] *= 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, length))
    return wave


def render(clip: Clip) -> tuple[np.ndarray, dict]:
    """Make a clip: its wave, and its row of the CSV."""
    session = draw_session(clip.label, clip.session)
    rng = generator(clip.label, clip.session, clip.number)
    seconds = float(np.clip(rng.lognormal(math.log(3.5), 0.4), 0.8, 8.0))
    if (clip.session, clip.number) == EXACTLY_TWO_SECONDS:
        seconds = 2.0
    kind = str(rng.choice(session.kinds, p=session.leanings)) if seconds > 1.2 else "note"
    notes = compose(rng, kind, session, seconds)
    held = session.sound.preset.touch != "pluck"
    swell = rng.uniform(75, 127, size=5) if held else None
    dry = synthesise(notes, session.sound, seconds, swell)
    wave, snr_db = record(rng, dry, session)
    preset = session.sound.preset
    return wave, {
        "fname": clip.fname,
        "label": clip.label,
        "manually_verified": 0,
        "freesound_id": "",
        "license": LICENCE,
        "session": clip.session_name,
        "font": preset.font,
        "bank": preset.bank,
        "program": preset.program,
        "phrase": kind,
        "notes": len(notes),
        "lowest": min(note.key for note in notes),
        "highest": max(note.key for note in notes),
        "room": session.room,
        "shift": f"{session.sound.shift:.2f}",
        "snr_db": f"{snr_db:.1f}",
        "seconds": f"{len(wave) / SR:.3f}",
    }


def render_note(label: str) -> tuple[np.ndarray, dict]:
    """The same dry note on a class's first preset, peak-normalised."""
    preset = PRESETS[label][0]
    notes = [Note(0.05, 0.8 * NOTE_SECONDS, NOTE_KEY, NOTE_VELOCITY)]
    wave = synthesise(notes, Sound(preset), NOTE_SECONDS)
    return fade(normalise(wave, NOTE_PEAK_DB), 0.03), {
        "fname": f"{label}.ogg",
        "label": label,
        "license": LICENCE,
        "font": preset.font,
        "bank": preset.bank,
        "program": preset.program,
        "key": NOTE_KEY,
        "hz": NOTE_HZ,
        "velocity": NOTE_VELOCITY,
        "peak_db": NOTE_PEAK_DB,
        "seconds": NOTE_SECONDS,
    }


def render_piano() -> np.ndarray:
    """A scale on a piano, which is none of the five."""
    keys = (60, 62, 64, 65, 67, 69, 71, 72)
    notes = [Note(0.05 + 0.5 * i, 0.5 + 0.5 * i, key, 90) for i, key in enumerate(keys)]
    wave = synthesise(notes, Sound(Preset("fluid", 0, 0, 21, 108, "pluck")), 5.0)
    return fade(normalise(wave, NOTE_PEAK_DB), 0.03)


def render_speech() -> np.ndarray:
    """A sentence by a speech synthesiser, which is none of the five either."""
    text = "Nobody plays an instrument here: a program is reading this sentence aloud."
    done = subprocess.run(["espeak-ng", "--stdout", text], capture_output=True, check=True)
    wave, sr = soundfile.read(io.BytesIO(done.stdout))
    return fade(normalise(soxr.resample(wave, sr, SR), NOTE_PEAK_DB), 0.03)


# --- Files --------------------------------------------------------------------------------------


def write_ogg(path: Path, wave: np.ndarray) -> None:
    """Write Ogg Vorbis, the same bytes for the same wave."""
    soundfile.write(path, wave, SR, format="OGG", subtype="VORBIS", compression_level=0.6)
    path.write_bytes(fix_serial(path.read_bytes()))


def fix_serial(ogg: bytes) -> bytes:
    """Replace the random stream number that libsndfile writes into each page, and the checksums."""
    pages, start = bytearray(ogg), 0
    while start < len(pages):
        segments = pages[start + 26]
        body = start + 27 + segments
        end = body + sum(pages[start + 27 : body])
        pages[start + 14 : start + 18] = struct.pack("<I", 1)
        pages[start + 22 : start + 26] = bytes(4)  # the checksum is taken with itself blank
        checksum = 0
        for byte in pages[start:end]:
            checksum = (checksum << 8) & 0xFFFFFFFF ^ CRC_TABLE[checksum >> 24 ^ byte]
        pages[start + 22 : start + 26] = struct.pack("<I", checksum)
        start = end
    return bytes(pages)


def crc_table() -> list[int]:
    """Of Ogg's checksum: CRC-32, polynomial 0x04C11DB7, high bit first."""
    table = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = value << 1 ^ (0x104C11DB7 if value & 0x80000000 else 0)
        table.append(value)
    return table


CRC_TABLE = crc_table()


def write_clip(folder: Path, clip: Clip) -> dict:
    """Render a clip into a folder; return its row of the CSV."""
    wave, row = render(clip)
    write_ogg(folder / clip.fname, wave)
    return row


def write_csv(path: Path, rows: list[dict]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_all(folder: Path, jobs: int) -> None:
    """Render the whole data set into an empty folder."""
    for name in ("audio_train", "notes", "strangers", "meta"):
        (folder / name).mkdir()
    clips = plan()
    with ProcessPoolExecutor(jobs) as pool:
        made = pool.map(partial(write_clip, folder / "audio_train"), clips)
        rows = list(tqdm(made, total=len(clips), unit="clip"))
    write_csv(folder / "meta/train_post_competition.csv", rows)

    rows = []
    for label in CLASSES:
        wave, row = render_note(label)
        write_ogg(folder / "notes" / row["fname"], wave)
        rows.append(row)
    write_csv(folder / "meta/notes.csv", rows)

    write_ogg(folder / "strangers/piano.ogg", render_piano())
    write_ogg(folder / "strangers/speech.ogg", render_speech())

    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n"
        for path in files
    ]
    (folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")


def replace_parts(new: Path, old: Path) -> None:
    """Move a finished rendering into DEMO, and what it replaces into the folder `old`."""
    for name in PARTS:
        if (DEMO / name).exists():
            os.replace(DEMO / name, old / name)
        os.replace(new / name, DEMO / name)


def main() -> None:
    parser = argparse.ArgumentParser(description="Render the bundled data set.")
    parser.add_argument("--only", metavar="FNAME", help="render this clip alone")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where --only writes its clip")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes to use")
    arguments = parser.parse_args()
    if (arguments.only is None) != (arguments.out is None):
        parser.error("--only and --out go together")
    try:
        check_tools()
    except MissingToolError as error:
        sys.exit(f"render.py: {error}")

    if arguments.only:
        clips = [clip for clip in plan() if clip.fname == arguments.only]
        if not clips:
            sys.exit(f"render.py: no clip {arguments.only}; data/demo/meta lists them")
        arguments.out.mkdir(parents=True, exist_ok=True)
        write_clip(arguments.out, clips[0])
        return
    # On the same disk, so that the finished parts are moved and not copied.
    with tempfile.TemporaryDirectory(prefix=".rendering-", dir=DEMO) as scratch:
        new, old = Path(scratch, "new"), Path(scratch, "old")
        new.mkdir()
        old.mkdir()
        write_all(new, arguments.jobs)
        replace_parts(new, old)


if __name__ == "__main__":
    main()
