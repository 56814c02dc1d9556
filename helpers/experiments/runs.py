"""What an experiment is, and the list of all; see `helpers.reproduce` (every chapter)."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd

PROFILES = ("quick", "paper")
"""`quick` is what a laptop, Binder or a class can wait for; `paper` has the slides' sizes."""

CHUNKS, CLIPS = 600, 30
"""In `quick` a network learns from so many chunks at most, however many clips they are drawn from;
and what hears each clip many times takes so many clips of each class."""


def sample(clips: pd.DataFrame, profile: str) -> pd.DataFrame:
    """The clips for what hears each of them many times: all or, in `quick`, `CLIPS` of each class.

    The same clips are chosen each time, by lot; they stay in their order.
    """
    if profile == "paper":
        return clips
    mixed = clips.sample(frac=1, random_state=0)
    chosen = mixed.groupby("label", observed=True).head(CLIPS).index
    return clips[clips.index.isin(chosen)]


def draws(clips: int, profile: str) -> int:
    """How many chunks to draw from so many clips: the slides' 6000, or fewer in `quick`.

    There it is as many a clip as the slides drew, 4, but `CHUNKS` at most.
    """
    return 6000 if profile == "paper" else min(4 * clips, CHUNKS)


@dataclass(frozen=True)
class Run:
    """One training or measurement of an experiment."""

    compared: dict
    """What differs on purpose, such as the protocol: a row of the result for each."""
    repeated: dict
    """What is averaged over: seeds, folds."""
    measure: Callable[..., dict]
    """Called with `compared` and `repeated` as keywords, returns the figures by name.

    A finished run is that of another measure as soon as this one, or what it is given beforehand
    with `functools.partial`, has changed, see `keys`. Of a table of models it is given the one
    that it measures, so that a model more costs no other its runs.
    """


@dataclass(frozen=True)
class Experiment:
    """A question that runs answer."""

    runs: Callable[[pd.DataFrame, str], Iterator[Run]]
    """Called with the clips of 2 s and more, and the profile."""
    pages: tuple[str, ...]
    """The pages of the book that show its records, by the names of their files."""
    alone: bool
    """Whether it measures time: then it gets all cores, and nothing runs beside it."""
    sampled: bool
    """Whether it hears each clip many times: in `quick` it takes some of them, see `sample`."""
    on_request: bool
    """Whether it takes many hours or other recordings: then it runs only when it is named."""

    @property
    def question(self) -> str:
        """What is asked, as the first line of its docstring has it."""
        return (inspect.getdoc(self.runs) or "").partition("\n")[0]


EXPERIMENTS: dict[str, Experiment] = {}
"""Every experiment, by its name, in the order of their modules."""


def experiment(
    *pages: str, alone: bool = False, sampled: bool = False, on_request: bool = False
) -> Callable:
    """Enter a generator of runs in `EXPERIMENTS`; see `Experiment` for what it is told."""

    def enter(runs: Callable[[pd.DataFrame, str], Iterator[Run]]) -> Callable:
        EXPERIMENTS[runs.__name__] = Experiment(runs, pages, alone, sampled, on_request)
        return runs

    return enter
