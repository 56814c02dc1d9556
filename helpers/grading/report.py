"""What a teacher gets: a table of all marks, and a page for each student (every chapter)."""

import csv
import html
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from helpers.grading.mark import Mark

# For names of files and texts of errors, which may hold what no encoding can write.
_ANYWAY = "backslashreplace"

COLUMNS = ("student", "chapter", "exercise", "points", "of", "file", "reason")

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{student}</title>
<style>
body {{ font: 1rem/1.5 sans-serif; max-width: 45rem; margin: 2rem auto; padding: 0 1rem;
  color-scheme: light dark; }}
pre {{ overflow-x: auto; padding: .5rem; border: 1px solid; }}
</style>
</head>
<body>
<h1>{student}</h1>
<p>{points:g} of {of:g} points. Open exercises are not among them.</p>
{exercises}
<hr>
<p>{about}</p>
</body>
</html>
"""


def write(folder: Path, marks: Mapping[str, Sequence[Mark]], about: str) -> None:
    """Write `grades.csv` and the pages into a folder; `about` says how the hand-ins were run.

    Whatever stands in a hand-in is shown as text: it is nothing to a browser, and no formula to a
    spreadsheet.
    """
    folder.mkdir(parents=True, exist_ok=True)
    table_file = folder / "grades.csv"
    with open(table_file, "w", encoding="utf-8-sig", errors=_ANYWAY, newline="") as file:
        table = csv.writer(file)
        table.writerow(COLUMNS)
        for student, given in marks.items():
            for mark in given:
                table.writerow(map(_cell, _row(student, mark)))
    for name, student in zip(_names(marks), marks, strict=True):
        text = page(student, marks[student], about)
        (folder / f"{name}.html").write_text(text, encoding="utf-8", errors=_ANYWAY)


def page(student: str, marks: Sequence[Mark], about: str) -> str:
    """The page of a student, in HTML."""
    return _PAGE.format(
        student=html.escape(student),
        points=round(sum(mark.points for mark in marks), 2),
        of=sum(mark.exercise.points for mark in marks),
        exercises="\n".join(map(_section, marks)),
        about=html.escape(about),
    )


def _section(mark: Mark) -> str:
    about = mark.exercise
    lines = [f"<h2>{about.chapter}: {about.name}</h2>"]
    lines += [f"<p><strong>{mark.points:g} of {about.points}</strong></p>"]
    if mark.reasons:
        lines += ["<ul>", *(f"<li>{html.escape(reason)}</li>" for reason in mark.reasons), "</ul>"]
    if mark.answer:
        lines += [f"<pre><code>{html.escape(mark.answer)}</code></pre>"]
    return "\n".join(lines)


def _row(student: str, mark: Mark) -> tuple:
    about = mark.exercise
    reason = mark.reasons[0] if mark.reasons else ""
    return student, about.chapter, about.name, mark.points, about.points, mark.file, reason


def _cell(value: object) -> object:
    """A text that no spreadsheet takes for a formula."""
    if not isinstance(value, str):
        return value
    text = " ".join(value.split())
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def _names(students: Iterable[str]) -> list[str]:
    """A name of a file for each student, none twice, whatever the students are called."""
    names: dict[str, str] = {}  # by what systems that see no capitals take them for
    for student in students:
        plain = re.sub(r"[^\w.-]+", "_", student).strip("._")[:80] or "student"
        name, count = plain, 1
        while name.casefold() in names:
            count += 1
            name = f"{plain}-{count}"
        names[name.casefold()] = name
    return list(names.values())
