"""Grade handed-in notebooks, by cases that no notebook shows (every chapter).

    which-instrument grade FOLDER                 a folder in it for each student
    which-instrument grade FOLDER --into GRADES   by default FOLDER-grades

Writes grades.csv, a row for each student and exercise, and a page for each student with what was
wrong. Of a notebook only the exercises run, with what they need; each has its own process, whose
time and memory are bounded, and which has no network where the system allows that.
"""

from collections.abc import Sequence
from pathlib import Path

from helpers import command
from helpers.errors import InputError
from helpers.grading import cases, handin, report
from helpers.grading.cases import Graded
from helpers.grading.mark import Mark, mark
from helpers.grading.sandbox import HOLDS, Limits, Sandbox


def grade(folder: Path, box: Sandbox, limits: Limits) -> dict[str, list[Mark]]:
    """The marks of all students whose notebooks lie in a folder, by name.

    Each has a mark for every exercise of every chapter that somebody handed in. Where a student
    has handed in a chapter twice, the better answer to an exercise counts. Raises InputError where
    the folder has no notebook.
    """
    chapters: dict[str, dict[str, Graded]] = {}
    for name, exercise in cases.every().items():
        chapters.setdefault(exercise.chapter, {})[name] = exercise
    found = handin.collect(folder)
    marks: dict[str, dict[str, Mark]] = {hand.student: {} for hand in found}
    faults: dict[str, list[str]] = {hand.student: [] for hand in found}
    seen: set[str] = set()
    for hand in found:
        file = str(hand.file.relative_to(folder))
        code, fault = _code(hand.file)
        chapter = handin.chapter(hand.file, code, chapters)
        if chapter is None:
            faults[hand.student].append(fault or f"{file}: it has no exercise of the book.")
            print(f"{hand.student}: {faults[hand.student][-1]}", flush=True)
            continue
        seen.add(chapter)
        own = marks[hand.student]
        for name, exercise in chapters[chapter].items():
            given = Mark(exercise, reasons=[fault]) if fault else mark(exercise, code, box, limits)
            given.file = file
            if name not in own or given.points > own[name].points:
                own[name] = given
        got = sum(own[name].points for name in chapters[chapter])
        of = sum(exercise.points for exercise in chapters[chapter].values())
        print(f"{hand.student}: {chapter}, {got:g} of {of}", flush=True)
    asked = [name for name in chapters if name in seen or not seen]
    wanted = [exercise for name in asked for exercise in chapters[name].values()]
    return {
        student: [own.get(e.name) or _missing(e, faults[student]) for e in wanted]
        for student, own in marks.items()
    }


def _missing(exercise: Graded, faults: list[str]) -> Mark:
    """The mark where no notebook of a student's is of the exercise's chapter."""
    return Mark(exercise, reasons=["Nothing was handed in.", *faults])


def _code(file: Path) -> tuple[list[str], str]:
    """The code of a notebook, or what is wrong with the file."""
    try:
        return handin.cells(file), ""
    except InputError as error:
        return [], f"{file.name}: {error}."


def main(arguments: Sequence[str]) -> int:
    """Grade a folder and return the exit status."""
    parser = command.Parser("which-instrument grade", __doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--into", type=Path, metavar="GRADES", help="where the results go")
    parser.add_argument("--seconds", type=int, default=60, help="for an exercise (60)")
    parser.add_argument("--gigabytes", type=float, default=2, help="of memory for it (2)")
    chosen = parser.parse_args(arguments)
    limits = Limits(chosen.seconds, round(chosen.gigabytes * 2**30))
    if chosen.seconds < 1 or chosen.gigabytes < 0.5:
        raise InputError("an exercise needs at least a second and half a gigabyte")
    folder = chosen.folder.resolve()
    into = chosen.into or folder.with_name(f"{folder.name}-grades")
    with Sandbox(hidden=[folder]) as box:
        about = f"{HOLDS[box.way]} {limits}"
        print(about, flush=True)
        report.write(into, grade(folder, box, limits), about)
    print(f"The grades are in {into / 'grades.csv'}, with a page for each student beside it.")
    return 0
