"""What the book's prose says about figures, tied to the records that the figures come from.

Each chapter has a module here. A claim is a fragment of its page: `says` has figures filled in,
with the precision of the text; `holds` is words and the condition under which they are true.

    page = Page("pruning", "a 50 % sparse")  # a fragment whose number nobody measured

    @page.claims("export_speed-demo")
    def files(speed):
        left = figure(speed, "compressed", form="pruned int8") / 1e6
        yield says("Pruned and compressed, {:.1f} million bytes are left", left)
        yield holds("no faster than *tflite int8*", ...)

A function names the records it rests on, of the profile quick where no other is named, as in
"network-demo-paper"; "real" stands for the 150 real clips. Expected figures are never typed: they
come from records, cards, data, or from what `helpers` holds of the slides.
"""

import importlib
import json
import pkgutil
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import nbformat
import numpy as np

from helpers import metrics, models, results, uncertainty
from helpers.comparison import OF_THE_SLIDES
from helpers.dataset import CLASSES, data_folder

ROOT = data_folder().parent
BOOK = ROOT / "book"
REAL = "fsdkaggle2018-mini"

SLIDES = OF_THE_SLIDES.accuracy
GUESSING = 1 / len(CLASSES)

GUITAR, CELLO, CLARINET, BASS, SAXOPHONE = CLASSES
GUITAR_CELLO, GUITAR_BASS = {GUITAR, CELLO}, {GUITAR, BASS}
GUITAR_CLARINET, BASS_SAXOPHONE = {GUITAR, CLARINET}, {BASS, SAXOPHONE}

WORDS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    *("nineteen", "twenty", "thirty", "forty", "fifty"),
)

FIGURE = re.compile(
    rf"(?<![\w.])(?:\d*\.\d+|\d+(?= ?%)|(?:\d+|{'|'.join(WORDS)})(?= points?\b))(?![\w.]*\w)",
    re.IGNORECASE,
)
"""What must be covered: decimals, per cent, and points in figures or in words."""

MOST = 3
"""How many figures a reader can hold at once."""

NO_PROSE = re.compile(r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]+\$|## Exercises .*?(?=## Summary)")
"""Code, formulas, and the made-up numbers of exercises and quizzes."""

_TO_GLOSSARY = re.compile(r"\[([^\]]+)\]\([^)\s]*\bglossary\.(?:md|html)#[\w-]+\)")

_OTHERS = {
    "intro": BOOK / "intro.md",
    "data-card": BOOK / "data-card.md",
    "model-cards": BOOK / "model-cards.md",
    "README": ROOT / "README.md",
}


@dataclass(frozen=True)
class Claim:
    """A fragment that must stand in a page, and whether what it says is so."""

    text: str
    true: bool = True


@dataclass(frozen=True)
class Group:
    """Claims of one page that rest on the same records, named "experiment-data[-profile]"."""

    page: str
    records: tuple[str, ...]
    make: Callable[..., Iterator[Claim]]

    def claims(self) -> list[Claim]:
        """The claims, with the figures of the records as they are now."""
        return list(self.make(*(results.load(*_named(record)) for record in self.records)))

    def wrong(self, text: str) -> list[str]:
        """What is not so, a message for each claim: what the text should say, by which record."""
        files = [results.path(*_named(record)).name for record in self.records]
        told = []
        for claim in self.claims():
            if not claim.true:
                told.append(f"{self.page} says what is not so: “{claim.text}”")
            elif not stands(claim.text, text):
                told.append(f"{self.page} should now say: “{claim.text}”")
        return [f"{message}\n  by {', '.join(files) or 'data and cards'}" for message in told]


class Page:
    """A page with its claims, and fragments whose numbers are given: settings, the slides'..."""

    every: dict[str, "Page"] = {}  # noqa: RUF012

    def __init__(self, name: str, *given: str) -> None:
        self.name, self.given, self.groups = name, given, []
        self.every[name] = self

    def claims(self, *records: str) -> Callable:
        """Enter a function of claims; it is called with the records named."""

        def enter(make: Callable[..., Iterator[Claim]]) -> Callable[..., Iterator[Claim]]:
            self.groups.append(Group(self.name, records, make))
            return make

        return enter


def says(template: str, *figures) -> Claim:
    """A fragment with figures; the template gives each the precision of the text."""
    return Claim(template.format(*figures))


def holds(words: str, condition) -> Claim:
    """A fragment in words, and the condition under which it is true."""
    return Claim(words, bool(condition))


def share(value: float, places: int = 2) -> str:
    """A share as the book writes it: .86."""
    return f"{value:.{places}f}".removeprefix("0")


def word(number: float) -> str:
    """A rounded number as the book writes it, to twenty as a word: 10.3 is ten."""
    rounded = round(number)
    return WORDS[rounded] if 0 <= rounded <= 20 else str(rounded)


def points(one: float, other: float) -> float:
    """How many points one share is above another."""
    return 100 * (one - other)


def ahead(records: dict | Sequence[dict], name: str, one: dict, other: dict) -> bool:
    """Is the one condition ahead of the other in a figure, by pairs of runs?

    Whatever the prose calls ahead, behind, better or worse, of two rows of a record, must be so;
    and where it says that a difference is not shown, neither may be ahead: see `unshown`. Of
    several records the pairs are taken together.
    """
    return results.paired(records, name, one, other).verdict == uncertainty.AHEAD


def unshown(records: dict | Sequence[dict], name: str, one: dict, other: dict) -> bool:
    """Do the pairs leave open which of the two conditions is ahead?"""
    return results.paired(records, name, one, other).verdict == uncertainty.NOT_SHOWN


def transferred(record: dict) -> str:
    """What of the real chunks a machine names that learned from the bundled clips alone.

    Wherever only the bundled clips, which are rendered, carry a conclusion, the page says this.
    """
    compared = {"trained on": "bundled", "tested on": "these"}
    return share(float(results.figure(record, "accuracy of chunks", **compared)))


def ways(record: dict, name: str) -> list:
    """What a record compares under a name, in its order."""
    return list(dict.fromkeys(result["compared"][name] for result in record["results"]))


def pairs(confusion: np.ndarray) -> list[set[str]]:
    """The pairs of classes, the most confused first."""
    table = metrics.pairs(confusion, CLASSES)
    return [{one, other} for one, other in zip(table.one, table.other, strict=True)]


def apart(record: dict, one: set, other: set) -> uncertainty.Paired:
    """How much more the one pair of classes is confused than the other, fold by fold."""
    shares = []
    for confusion in results.each(record, "confusion", model="CNN"):
        table = metrics.pairs(confusion, CLASSES)
        of = {frozenset(names): c for *names, c in table.itertuples(index=False)}
        shares.append([of[frozenset(pair)] for pair in (one, other)])
    return uncertainty.paired(*np.transpose(shares))


def card(name: str) -> dict:
    """The card of a trained network."""
    return json.loads(models.path(name).with_suffix(".json").read_text())


def pages() -> list[str]:
    """The pages whose figures must be covered: notebooks, introduction, cards and README."""
    return [*sorted(file.stem for file in BOOK.glob("*.ipynb")), *_OTHERS]


def prose(page: str) -> str:
    """A page's Markdown without its links to the glossary, every run of white space one space."""
    if page in _OTHERS:
        text = _OTHERS[page].read_text(encoding="utf-8")
    else:
        text = "\n\n".join(cell.source for cell in _cells(page) if cell.cell_type == "markdown")
    return " ".join(_TO_GLOSSARY.sub(r"\1", text).split())


def code(page: str) -> str:
    """All code of a notebook, whose settings its prose may name."""
    return "\n".join(cell.source for cell in _cells(page) if cell.cell_type == "code")


def stands(fragment: str, text: str) -> list[tuple[int, int]]:
    """Where a fragment stands in a text, not inside a longer word or number."""
    whole = re.compile(rf"(?<![\w.]){re.escape(fragment)}(?!\w)")
    return [found.span() for found in whole.finditer(text)]


def uncovered(page: Page) -> list[str]:
    """The figures of a page that no claim covers and that are not given, each with its place.

    Not looked at are code, formulas, exercises and quizzes, nor what a live cell prints. Decimals
    that a checked cell of the page prints need no claim: nbval compares them.
    """
    text = prose(page.name)
    claimed = [claim.text for group in page.groups for claim in group.claims()]
    covered = [span for fragment in (*claimed, *page.given) for span in stands(fragment, text)]
    covered += [found.span() for found in NO_PROSE.finditer(text)]
    printed = _printed(page.name)
    return [
        text[max(0, found.start() - 40) : found.end() + 40]
        for found in FIGURE.finditer(text)
        if found[0].lstrip("0") not in printed
        and not any(begin <= found.start() and found.end() <= end for begin, end in covered)
    ]


def crowded(page: str) -> list[str]:
    """The paragraphs of a notebook with more figures than `MOST`, which should be a picture.

    The same figure counts once. Tables do not count, nor exercises and quizzes, whose numbers are
    made up.
    """
    cells = [cell.source for cell in _cells(page) if cell.cell_type == "markdown"]
    text = re.sub(r"## Exercises\n.*?(?=## Summary\n)", "", "\n\n".join(cells), flags=re.DOTALL)
    found = re.split(r"\n\s*\n|\n(?=[-*] |\d\. )", text)
    return [
        of
        for of in found
        if not of.startswith("|") and len(set(FIGURE.findall(NO_PROSE.sub(" ", of)))) > MOST
    ]


def _named(record: str) -> tuple[str, str, str]:
    """The experiment, data set and profile of a record that a group names."""
    experiment, data, *profile = record.split("-")
    return experiment, REAL if data == "real" else data, *(profile or ("quick",))


def _cells(page: str) -> list[nbformat.NotebookNode]:
    return nbformat.read(BOOK / f"{page}.ipynb", as_version=4).cells


def _printed(page: str) -> set[str]:
    """Decimals in the outputs of a notebook's checked cells, without a leading zero."""
    cells = [] if page in _OTHERS else _cells(page)
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    texts = [out.get("text") or out.get("data", {}).get("text/plain", "") for out in outputs]
    return {number.lstrip("0") for text in texts for number in re.findall(r"\d*\.\d+", text)}


for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
