"""Write the question bank as Moodle XML, to be imported into a course; `make bank`.

The questions stand in teaching/questions/, a file a chapter. Here they are read, and refused if one
has not exactly one right option among four, or an option has no reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as Xml

import execute

import teaching
from helpers.errors import InputError

SOURCES = teaching.FOLDER / "questions"
BANK = execute.BOOK / "_build" / "questions.xml"

OPTIONS = 4


@dataclass(frozen=True)
class Option:
    """An answer that may be chosen, whether it is right, and why."""

    text: str
    why: str
    right: bool


@dataclass(frozen=True)
class Question:
    """A question of a chapter; `fair` marks those that ask whether a comparison is fair."""

    chapter: str
    id: str
    ask: str
    options: tuple[Option, ...]
    fair: bool = False

    @property
    def right(self) -> Option:
        """The option that is right."""
        return next(option for option in self.options if option.right)


def read(folder: Path = SOURCES) -> list[Question]:
    """Read all questions, chapter by chapter. Raise InputError that names a wrong one."""
    found: list[Question] = []
    for file in sorted(folder.glob("*.yml")):
        for number, given in enumerate(teaching.parsed(file), 1):
            where = f"question {number} of {file.name}"
            found.append(_question(file.stem, given, where))
    twice = {question.id for question in found if sum(q.id == question.id for q in found) > 1}
    if twice:
        raise InputError(f"two questions have the same id: {', '.join(sorted(twice))}")
    return found


def _question(chapter: str, given: dict, where: str) -> Question:
    """Make a question of what a file says."""
    if not {"id", "ask", "options"} <= set(given) <= {"id", "ask", "options", "fair"}:
        raise InputError(f"{where} needs an id, ask and options, and may have fair")
    where = f"{where}, {given['id']},"
    if not str(given["id"]).startswith(f"{chapter}-"):
        raise InputError(f"{where} should have an id that begins with {chapter}-")
    options = tuple(_option(option, where) for option in given["options"])
    if len(options) != OPTIONS or sum(option.right for option in options) != 1:
        raise InputError(f"{where} should have four options, one of them right")
    if len({option.text for option in options}) < OPTIONS:
        raise InputError(f"{where} has an option twice")
    ask = " ".join(given["ask"].split())
    return Question(chapter, given["id"], ask, options, given.get("fair", False))


def _option(given: dict, where: str) -> Option:
    """Make an option of what a file says."""
    kind = "right" if "right" in given else "wrong"
    if set(given) != {kind, "why"} or not all(
        isinstance(text, str) and text.strip() for text in given.values()
    ):
        raise InputError(
            f"{where} has an option that is not `right` or `wrong`, with `why`: {given}"
        )
    return Option(given[kind], given["why"], kind == "right")


def moodle(questions: list[Question]) -> Xml.ElementTree:
    """Return questions in Moodle's form, in a category for each chapter.

    Moodle shuffles the options. They stand in the order of their words, so that the place of the
    right one tells nothing where another program does not.
    """
    quiz = Xml.Element("quiz")
    chapter = None
    for question in questions:
        if question.chapter != chapter:
            chapter = question.chapter
            category = Xml.SubElement(quiz, "question", type="category")
            _text(category, "category", f"$course$/top/Which instrument/{chapter}")
        entry = Xml.SubElement(quiz, "question", type="multichoice")
        _text(entry, "name", question.id)
        _text(entry, "questiontext", question.ask, format="plain_text")
        for name, value in {
            "idnumber": question.id,
            "defaultgrade": "1",
            "single": "true",
            "shuffleanswers": "true",
            "answernumbering": "ABCD",
        }.items():
            Xml.SubElement(entry, name).text = value
        for option in sorted(question.options, key=lambda option: option.text):
            fraction = "100" if option.right else "0"
            answer = Xml.SubElement(entry, "answer", fraction=fraction, format="plain_text")
            Xml.SubElement(answer, "text").text = option.text
            _text(answer, "feedback", option.why, format="plain_text")
        if question.fair:
            _text(Xml.SubElement(entry, "tags"), "tag", "fair comparison")
    Xml.indent(quiz)
    return Xml.ElementTree(quiz)


def _text(parent: Xml.Element, name: str, text: str, **attributes: str) -> None:
    """Add an element whose words stand in an element `text`, as Moodle has it."""
    Xml.SubElement(Xml.SubElement(parent, name, attributes), "text").text = text


if __name__ == "__main__":
    BANK.parent.mkdir(parents=True, exist_ok=True)
    bank = read()
    moodle(bank).write(BANK, encoding="utf-8", xml_declaration=True)
    print(f"{len(bank)} questions are in {BANK}: in Moodle, choose Question bank > Import.")
