"""Every sound of every page can be heard: loud, without clicks, not clipped, as long as told.

The sounds are those of the executed notebooks, all states of their explorers among them.
"""

from __future__ import annotations

import base64
import html
import io
import json
import re
from collections.abc import Iterator
from functools import cache

import execute
import nbformat
import numpy as np
import pytest
import soundfile

from helpers import audio, plots

FLOOR = -45.0
"""In dB: what is under it is silence to the ear, and the name of its player must say so."""

SAID = re.compile("silen|quiet")

CLEAR = -32.0
"""An explorer opens on a sound as loud as this."""

SPIKE = 0.25
"""The largest share of a sound's energy that may lie within 5 ms."""

PLAYER = re.compile(r'<audio[^>]*aria-label="([^"]*)"[^>]*src="data:audio/mpeg;base64,([^"]+)"')
SPAN = re.compile(r"^(\d+\.\d+) to (\d+\.\d+) s$")
CHUNK = re.compile(r"\bchunk\b")


def texts(thing) -> Iterator[str]:
    """All texts in what JSON holds; lines that stand in a list are one."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, list) and thing and all(isinstance(part, str) for part in thing):
        yield "".join(thing)
    elif isinstance(thing, dict | list):
        for part in thing.values() if isinstance(thing, dict) else thing:
            yield from texts(part)


def players(text: str) -> list[tuple[str, np.ndarray, int]]:
    """The players in a piece of a page: name, samples and rate of each."""
    found = []
    for name, data in PLAYER.findall(text):
        wave, sr = soundfile.read(io.BytesIO(base64.b64decode(data)), dtype="float32")
        found.append((html.unescape(name), wave, sr))
    return found


@cache
def executed(page: str) -> nbformat.NotebookNode:
    path = execute.EXECUTED / f"{page}.ipynb"
    assert path.exists(), f"{page} is not executed: run `make book`"
    return nbformat.read(path, as_version=4)


@cache
def sounds(page: str) -> tuple[tuple[str, np.ndarray, int], ...]:
    """Each different sound of a page, with the name of its first player."""
    unlike = {}
    for text in texts(json.loads(json.dumps(executed(page)))):
        for data in PLAYER.findall(text):
            unlike.setdefault(data[1], text)
    found = {}
    for text in unlike.values():
        found |= {(name, wave.tobytes()): (name, wave, sr) for name, wave, sr in players(text)}
    return tuple(found.values())


def faults(name: str, wave: np.ndarray, sr: int) -> list[str]:
    """What is wrong with a sound, in words."""
    wrong, level, seconds = [], float(audio.level(wave)), len(wave) / sr
    if level < FLOOR and not SAID.search(name):
        wrong.append(f"lies at {level:.0f} dB, which is silence")
    if np.abs(wave).max(initial=0) >= 0.999:
        wrong.append("is clipped")
    energy = np.square(wave, dtype=float)
    most = np.convolve(energy, np.ones(round(0.005 * sr))).max()
    if level >= FLOOR and most > SPIKE * energy.sum():
        wrong.append("is a click, and little else")
    told = SPAN.match(name)
    promised = float(told[2]) - float(told[1]) if told else 2.0 if CHUNK.search(name) else None
    if promised and abs(seconds - promised) > 0.06:
        wrong.append(f"lasts {seconds:.2f} s and not {promised:.2f} s")
    if not 0.25 <= seconds <= 12:
        wrong.append(f"lasts {seconds:.2f} s")
    return wrong


PAGES = [chapter.stem for chapter in execute.chapters()]


@pytest.mark.parametrize("page", PAGES)
def test_every_sound_can_be_heard(page):
    wrong = [f"{name}: {what}" for name, *sound in sounds(page) for what in faults(name, *sound)]
    assert not wrong, "\n".join(wrong)


def first_states(notebook: nbformat.NotebookNode) -> Iterator[str]:
    """What each explorer of a notebook shows when its page is opened."""
    widgets = notebook.metadata.get("widgets", {})
    models = widgets.get("application/vnd.jupyter.widget-state+json", {}).get("state", {})
    states = {f"IPY_MODEL_{key}": model["state"] for key, model in models.items()}
    inner = {
        child
        for state in states.values()
        if state["_model_name"] == "StackModel"
        for child in state["children"]
    }
    for key, state in states.items():
        if state["_model_name"] != "StackModel" or key in inner:
            continue
        while state["_model_name"] == "StackModel":
            state = states[state["children"][state.get("selected_index") or 0]]
        yield state["value"]


@pytest.mark.parametrize("page", PAGES)
def test_an_explorer_opens_on_a_clear_sound(page):
    opened = [heard for text in first_states(executed(page)) for heard in players(text)]
    quiet = [name for name, wave, _ in opened if audio.level(wave) < CLEAR]
    assert not quiet, f"{page} opens on sounds that are hard to hear: {quiet}"


def test_the_chapters_have_sounds_and_explorers_with_sounds():
    heard = {page: len(sounds(page)) for page in PAGES}
    assert min(heard[page] for page in ("sound", "dataset", "mfcc", "cutmix", "listening")) > 10
    assert [*first_states(executed("dataset"))]


def tone(seconds: float, level: float = 0.3) -> np.ndarray:
    return level * np.sin(2 * np.pi * 220 * np.arange(round(seconds * audio.SR)) / audio.SR)


CLICK = np.zeros(audio.SR)
CLICK[500:520] = 0.8

WRONG = {
    "lies at -89 dB, which is silence": ("a cello", tone(2, 5e-5)),
    "is clipped": ("a cello", tone(2, 3).clip(-1, 1)),
    "is a click, and little else": ("a cello", CLICK),
    "lasts 1.50 s and not 2.00 s": ("the chunk", tone(1.5)),
    "lasts 1.00 s and not 0.50 s": ("0.65 to 1.15 s", tone(1)),
    "lasts 0.10 s": ("a cello", tone(0.1)),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_sound_that_cannot_be_heard_is_found(fault):
    name, wave = WRONG[fault]
    assert faults(name, wave, audio.SR) == [fault]


def test_silence_that_is_called_so_is_no_fault():
    assert not faults("hiss, nearly silent", tone(2, 1e-4), audio.SR)
    assert not faults("the chunk", tone(2), audio.SR)


def test_a_player_plays_what_it_is_given_and_turns_down_what_would_clip():
    ((name, wave, sr),) = players(plots.player(tone(2, 0.3), "as it is"))
    assert (name, sr) == ("as it is", audio.SR)
    assert abs(audio.level(wave) - audio.level(tone(2, 0.3))) < 0.3
    hiss = np.random.default_rng(0).standard_normal(2 * audio.SR)
    ((_, loud, _),) = players(plots.player(hiss, "hiss"))
    assert 0.5 < np.abs(loud).max() < 1
