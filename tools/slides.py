"""Make the slides: for each chapter a deck of its own questions, pictures, tables and sounds.

What only slides need, their lines and the notes of the teacher, stands in teaching/slides/, a file
a chapter; the first slide, the vote, the quiz and the summary are taken from the chapter's text. A
deck is one HTML file with all that it needs, so that it can be carried about and shown anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

import address
import execute
import nbformat
import vendor
from jinja2 import Template
from markdown_it import MarkdownIt
from nbformat import NotebookNode

import teaching
from helpers.errors import InputError

SOURCES = teaching.FOLDER / "slides"
SLIDES = execute.BOOK / "_build" / "html" / "slides"

VIEW = "application/vnd.jupyter.widget-view+json"
STATES = "application/vnd.jupyter.widget-state+json"

# What an output is made of: pictures, players and tables. How a record was made stays folded away
# in the chapter.
FOLD = re.compile(r"<details.*?</details>", re.DOTALL)
PIECE = re.compile(r'<figure class="(?:drawn|sound)".*?</figure>|<table.*?</table>', re.DOTALL)

QUESTION = re.compile(r"\*\*(.+?)\*\*\n\n((?:<details>.*?</details>\s*)+)", re.DOTALL)
OPTION = re.compile(r"<details><summary>(.*?)</summary>\s*(.*?)\s*</details>", re.DOTALL)

# Where a record comes from, in the caption of its table.
ORIGIN = re.compile(r"(<caption.*?>Record [^<]*?), profile [^<]*")

# What in a drawing names a part of it, or refers to one.
NAME = re.compile(r"""(\bid="|\burl\(#|href="#)""")

VIEW_BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')

LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")
MATHS = re.compile(r"\$([^$]+)\$")

MARKDOWN = MarkdownIt("commonmark")


@dataclass(frozen=True)
class Slide:
    """A slide as HTML: what is shown, what is said beside it, and what only the teacher sees."""

    title: str
    notes: str
    points: str = ""
    shown: tuple[str, ...] = ()
    kind: str = "plain"

    @property
    def layout(self) -> str:
        """How it is laid out: "below" if all width is for what is shown, "long" for many words."""
        boxes = [box for piece in self.seen if (box := VIEW_BOX.search(piece))]
        tall = [box for box in boxes if float(box[2]) > 0.7 * float(box[1])]
        if len(tall) > 1:
            return "below beside"
        if any(piece.partition("</thead>")[0].count("<th>") > 4 for piece in self.seen):
            return "below"
        return "long" if len(self.points) > 700 else ""

    @property
    def sounds(self) -> list[str]:
        """The players among what is shown."""
        return [piece for piece in self.shown if piece.startswith('<figure class="sound"')]

    @property
    def seen(self) -> list[str]:
        """What is shown and is no player."""
        return [piece for piece in self.shown if piece not in self.sounds]


@dataclass(frozen=True)
class Chapter:
    """A chapter's text from its source, and its outputs from where it was executed."""

    name: str
    text: str
    cells: dict[str, NotebookNode]
    states: dict[str, dict]

    @classmethod
    def read(cls, name: str) -> Chapter:
        """Read a chapter by the name of its file. Raise InputError if it was not executed."""
        executed = execute.EXECUTED / f"{name}.ipynb"
        if not executed.exists():
            raise InputError(f"{executed} is not there: run `make book`")
        ran = nbformat.read(executed, as_version=4)
        source = nbformat.read(execute.BOOK / f"{name}.ipynb", as_version=4)
        text = "\n\n".join(cell.source for cell in source.cells if cell.cell_type == "markdown")
        states = ran.metadata.get("widgets", {}).get(STATES, {}).get("state", {})
        return cls(name, text, {cell.id: cell for cell in ran.cells}, states)

    def section(self, heading: str) -> str:
        """Return the text below a heading of the second level."""
        found = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", self.text, re.DOTALL | re.MULTILINE)
        if not found:
            raise InputError(f"{self.name}.ipynb has no section “{heading}”, which its slides show")
        return found[1].strip()

    def pieces(self, cell: str, chosen: dict[str, str]) -> list[str]:
        """Return the pictures, players and tables of a cell, and what it printed.

        `chosen` says in which state an explorer is shown: a label for each control that is not at
        its first.
        """
        found: list[str] = []
        for output in self.cells[cell].get("outputs", []):
            data = output.get("data", {})
            if VIEW in data:
                html = self._in_state(data[VIEW]["model_id"], chosen)
            else:
                html = "".join(data.get("text/html", ""))
            found += PIECE.findall(ORIGIN.sub(r"\1", FOLD.sub("", html)))
            if output.output_type == "stream":
                found.append(f"<pre>{escape(output.text.strip())}</pre>")
        return found

    def _in_state(self, model: str, chosen: dict[str, str]) -> str:
        """The HTML that a widget shows when its controls are where `chosen` says."""
        widget = self.states[model]["state"]
        if "children" not in widget:
            return widget["value"]
        *controls, shown = (child.removeprefix("IPY_MODEL_") for child in widget["children"])
        for control in (self.states[name]["state"] for name in controls):
            label = chosen.get(control["description"], control["_options_labels"][0])
            place = control["_options_labels"].index(label)
            shown = self.states[shown]["state"]["children"][place].removeprefix("IPY_MODEL_")
        return self.states[shown]["state"]["value"]


def maths(formula: str) -> str:
    """Return a short formula as HTML: letters slanted, what follows _ or ^ below or above."""
    html = re.sub(r"[A-Za-z]+", r"<i>\g<0></i>", formula.replace("\\sqrt", "√"))
    html = re.sub(r"_\{?([^{}_^]*?(?:</i>|\d+))\}?", r"<sub>\1</sub>", html)
    return re.sub(r"\^\{?([^{}_^]*?(?:</i>|\d+))\}?", r"<sup>\1</sup>", html).replace("\\", "")


def rendered(text: str) -> str:
    """Return Markdown as HTML, without the links, which lead nowhere from a wall."""
    plain = LINK.sub(r"\1", text)
    return MARKDOWN.render(MATHS.sub(lambda found: maths(found[1]), plain)).strip()


def line(text: str) -> str:
    """Return a line of Markdown as HTML without a paragraph around it."""
    return rendered(text).removeprefix("<p>").removesuffix("</p>")


def bullets(points: list[str]) -> str:
    """Return points as a list in HTML."""
    return rendered("\n".join(f"- {point}" for point in points))


FIELDS = {
    "title": str,
    "notes": str,
    "points": list,
    "cell": str,
    "code": bool,
    "pieces": list,
    "state": dict,
}
"""The fields of a slide in a source, and what they hold; the first two are a must."""


def source(name: str) -> dict:
    """Read what a chapter's slides say. Raise InputError that names the slide which is wrong."""
    file = SOURCES / f"{name}.yml"
    read = teaching.parsed(file)
    if set(read) != {"vote", "slides"}:
        raise InputError(f"{file.name} should have `vote`, notes, and `slides`, a list")
    for number, slide in enumerate(read["slides"], 1):
        where = f"slide {number} of {file.name}"
        for field, value in slide.items():
            if not isinstance(value, FIELDS.get(field, ())):
                raise InputError(f"{where}: `{field}` is none of {', '.join(FIELDS)}, or no such")
        if not {"title", "notes"} <= set(slide) or not {"points", "cell"} & set(slide):
            raise InputError(f"{where} needs a title, notes, and points or a cell")
    return read


def of_the_source(chapter: Chapter, slides: list[dict]) -> Iterator[Slide]:
    """Make the slides that a source names, with what their cells show."""
    for number, slide in enumerate(slides, 1):
        shown: list[str] = []
        if cell := slide.get("cell"):
            if cell not in chapter.cells:
                raise InputError(f"{chapter.name}.ipynb has no cell {cell}: “{slide['title']}”")
            shown = chapter.pieces(cell, slide.get("state", {}))
            if "pieces" in slide:
                shown = list(_chosen(shown, slide["pieces"]))
            if slide.get("code"):
                shown.insert(0, f"<pre>{escape(chapter.cells[cell].source)}</pre>")
            if not shown:
                raise InputError(f"cell {cell} of {chapter.name}.ipynb shows nothing to put here")
        yield Slide(
            line(slide["title"]),
            rendered(slide["notes"]),
            bullets(slide["points"]) if "points" in slide else "",
            # Of drawings with the same names in them, one on a hidden slide hides the others.
            tuple(NAME.sub(rf"\g<1>{number}-{k}-", piece) for k, piece in enumerate(shown)),
        )


def _chosen(pieces: list[str], wanted: list[int | str]) -> Iterator[str]:
    """Yield the pieces at a place, or with words: of a caption, or of what describes a picture."""
    for which in wanted:
        if isinstance(which, int):
            yield pieces[which]
        else:
            yield from (piece for piece in pieces if which in piece)


def questions(text: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the questions of a quiz, each with its options and what the chapter says of them."""
    return [(question, OPTION.findall(options)) for question, options in QUESTION.findall(text)]


def deck(name: str) -> list[Slide]:
    """Make all slides of a chapter."""
    chapter, told = Chapter.read(name), source(name)
    opening = re.search(r"^# (.+)\n\n(.+)", chapter.text, re.MULTILINE)
    learn = re.findall(r"^> - (.+)", chapter.text, re.MULTILINE)
    if not opening or not learn:
        raise InputError(f"{name}.ipynb should begin with a title, a promise and what is learnt")
    where = f"{address.published()}/{name}.html"
    slides = [
        Slide(
            line(opening[1]),
            f"<p>The chapter, with all that is shown here and more: {where}</p>"
            + rendered("Say what they will be able to do, and go on: the vote comes first.")
            + bullets(learn),
            rendered(opening[2]),
            kind="opening",
        ),
        Slide("Predict first", rendered(told["vote"]), rendered(chapter.section("Predict first"))),
        *of_the_source(chapter, told["slides"]),
    ]
    for question, options in questions(chapter.section("Quiz")):
        said = [f"*{option}* {reason}" for option, reason in options]
        choice = "".join(f"<li>{line(option)}</li>" for option, _ in options)
        slides.append(
            Slide("Quiz", bullets(said), f"<p>{line(question)}</p><ol type='A'>{choice}</ol>")
        )
    summary = re.findall(r"^- (.+)", chapter.section("Summary"), re.MULTILINE)
    notes = "Cover the lines and let students say them; uncover one after the other."
    slides.append(Slide("Summary", rendered(notes), bullets(summary)))
    return slides


def write(name: str, folder: Path) -> Path:
    """Write a chapter's deck into a folder and return its file."""
    parts = {part.name: part.read_text(encoding="utf-8") for part in vendored()}
    # What a script says of scripts must not end the one that it stands in.
    scripts = [parts[part].replace("</script", "<\\/script") for part in ("reveal.js", "notes.js")]
    template = Template((SOURCES / "deck.html").read_text(encoding="utf-8"), autoescape=False)
    slides = deck(name)
    title = re.sub(r"<.*?>", "", slides[0].title)
    html = template.render(title=title, slides=slides, style=parts["reveal.css"], scripts=scripts)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.html").write_text(html, encoding="utf-8")
    return folder / f"{name}.html"


def vendored() -> list[Path]:
    """Return the files of reveal.js, which shows the slides."""
    return [vendor.VENDOR / "reveal" / part for part in ("reveal.css", "reveal.js", "notes.js")]


if __name__ == "__main__":
    for chapter in execute.course():
        print(write(chapter, SLIDES))
