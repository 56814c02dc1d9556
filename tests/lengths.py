"""How long a chapter may be: its words, and its height on a wide screen; with all exceptions."""

from __future__ import annotations

import re

FEWEST, MOST = 1500, 2500
"""Words of prose: without code, formulas, and the options of a quiz."""

HIGHEST = 12_000
"""Pixels of the text of a page that is 1,280 wide, as it opens, with all folds closed."""

LONGER: dict[str, tuple[int, str]] = {
    "listening": (2650, "it says how to use the page that listens, and how that came about"),
}
"""Chapters that may have more words: how many, and why they are better so."""

_SOUNDS = "hear, see and change it: each step has players or a picture of its own"
_STEPS = "each step is computed by hand before a library does it"
HIGHER: dict[str, tuple[int, str]] = {
    "sound": (13_300, _SOUNDS),
    "dataset": (15_100, _SOUNDS),
    "mfcc": (15_700, "a picture for each of the six steps from a wave to an image"),
    "cnn": (14_800, _STEPS),
    "scores": (12_500, "it asks two networks about sounds that are none of the five"),
    "leakage": (13_200, "four ways to find a leak, and two to say how sure a score is"),
    "cutmix": (13_200, _SOUNDS),
    "tuning": (14_600, "four searches run live and drawn, twelve and 120 trials on record"),
    "pruning": (16_800, "three ways to prune, each with what it costs and what it saves"),
    "comparison": (15_100, "ten models, and what decides between them"),
    "gradcam": (16_100, _STEPS),
    "listening": (14_700, "the page that listens stands in it"),
}
"""Chapters that may be higher: how many pixels, and why they are better so."""

FOLD = re.compile(r"<details>.*?</details>", re.DOTALL)
NO_PROSE = re.compile(
    r"```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]+\$|<[^>]*>|!\[[^\]]*\]\([^)]*\)|(?<=\])\([^)\s]*\)",
    re.DOTALL,
)
WORD = re.compile(r"[^\W_](?:[\w'.,/-]*\w)?")


def words(text: str) -> int:
    """Count the words of prose in Markdown.

    >>> words("Two words `and code` [here](address.md). <details>Not these.</details>")
    3
    """
    return len(WORD.findall(NO_PROSE.sub(" ", FOLD.sub(" ", text))))


def most(chapter: str) -> int:
    """How many words a chapter may have."""
    return LONGER.get(chapter, (MOST,))[0]


def highest(chapter: str) -> int:
    """How many pixels a chapter may be high."""
    return HIGHER.get(chapter, (HIGHEST,))[0]
