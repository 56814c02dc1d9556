"""Names of files, classes and sessions: which are the same, and how they are shown (every chapter).

Two names may look the same and differ: in spaces, in marks of no width, in whether an accent is a
character of its own, as on a Mac. Others hold characters that move the cursor of a terminal.
"""

import os
import unicodedata
from pathlib import Path

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_SPACES = {"Zs", "Zl", "Zp"}


def clean(name: str) -> str:
    """A name as it is read: composed, without what is invisible, each run of spaces as one."""
    composed = unicodedata.normalize("NFC", name)
    kept = (
        " " if category in _SPACES or character.isspace() else character
        for character, category in ((c, unicodedata.category(c)) for c in composed)
        if character.isspace() or category not in _INVISIBLE
    )
    return " ".join("".join(kept).split())


def loose(name: str) -> str:
    """What is left of a name where case, and the sort of what parts its words, do not count."""
    alike = unicodedata.normalize("NFKC", clean(name)).casefold()
    parts = (" " if unicodedata.category(c) in ("Pd", "Pc") else c for c in alike)
    return " ".join("".join(parts).split())


def visible(text: str) -> str:
    """Text for a terminal: control characters, and what turns or hides text, as escapes."""
    hidden = _INVISIBLE | {"Zl", "Zp"}
    return "".join(
        c.encode("unicode_escape", "surrogatepass").decode()
        if unicodedata.category(c) in hidden and not "\udc80" <= c <= "\udcff"
        else c
        for c in text
    )


def beside(path: str | Path) -> str:
    """A hint, for a path where there is no file, at one beside it whose name hardly differs."""
    folder, name = os.path.split(path)
    try:
        there = os.listdir(folder or ".")
    except (OSError, ValueError):
        return ""
    wanted = loose(name)
    meant = sorted(other for other in there if loose(other) == wanted)
    return f", but {meant[0]!r}: write it alike" if meant else ""
