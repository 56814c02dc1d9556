"""What an experiment is made of; see `helpers.reproduce`."""

from collections.abc import Callable
from dataclasses import dataclass

PROFILES = ("quick", "paper")
"""`quick` is what a laptop, Binder or a class can wait for; `paper` has the slides' sizes."""


@dataclass(frozen=True)
class Run:
    """One training or measurement of an experiment."""

    compared: dict
    """What differs on purpose, such as the protocol: a row of the result for each."""
    repeated: dict
    """What is averaged over: seeds, folds."""
    measure: Callable[..., dict]
    """Called with `compared` and `repeated` as keywords, returns the figures by name."""
