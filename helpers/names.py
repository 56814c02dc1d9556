"""Names of files, classes and sessions: which are the same, and how they are shown (every chapter).

Two names may look the same and differ: in spaces, in marks of no width, in whether an accent is a
character of its own, as on a Mac. Others hold characters that move the cursor of a terminal.
"""

import os
import re
import unicodedata
from pathlib import Path

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_SPACES = {"Zs", "Zl", "Zp"}

_LIKE_LATIN = str.maketrans(  # small letters of Cyrillic and Greek that are drawn as Latin ones
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0455\u0456\u0458\u0501\u04bb"
    "\u051b\u051d\u043a\u043c\u043d\u0442\u0432\u0433\u03bf\u03b1\u03bd\u03c1"
    "\u03c4\u03c5\u03b9\u03ba\u03c7\u03b5\u00b5\u03bc",
    "aeopcyxsijdhqwkmhtbroavptuikxeuu",
)
_APOSTROPHES = dict.fromkeys(map(ord, "\u2018\u2019\u201b\u2032\u02bc`\u00b4"), "'")


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
    """What is left of a name where case, the sort of what parts its words and of an apostrophe,
    letters that are drawn alike, and zeros that a spreadsheet puts before or behind a number, do
    not count."""
    composed = unicodedata.normalize("NFKC", clean(name).translate(_APOSTROPHES))
    alike = composed.casefold().translate(_LIKE_LATIN)
    parts = (" " if unicodedata.category(c) in ("Pd", "Pc") else c for c in alike)
    parted = " ".join("".join(parts).split())
    whole = re.sub(r"(?<![\d.])(\d+)\.0+(?![\d.])", r"\1", parted)
    return re.sub(r"(?<![\d.])0+(?=\d)", "", whole)


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
    """A hint, for a path where there is no file, at one beside it whose name hardly differs, or has
    another ending."""
    folder, name = os.path.split(path)
    try:
        there = [other for other in os.listdir(folder or ".") if other != name]
    except (OSError, ValueError):
        return ""
    wanted, stem = loose(name), loose(Path(name).stem)
    if not wanted:
        return ""
    meant = sorted(other for other in there if loose(other) == wanted)
    meant.sort(key=lambda other: other.casefold() != name.casefold())
    meant += sorted(other for other in there if loose(Path(other).stem) in (stem, wanted))
    return f", but {meant[0]!r}: write it alike" if meant else ""
