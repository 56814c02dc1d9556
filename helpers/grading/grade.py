"""Grade handed-in notebooks, by cases that no notebook shows (every chapter).

    which-instrument grade FOLDER                 a folder in it for each student
    which-instrument grade FOLDER --into GRADES   by default FOLDER-grades

Writes grades.csv, a row for each student and exercise, and a page for each student with what was
wrong. Of a notebook only the answers run, with the statements that they need; each has its own
process, whose time and memory are bounded, and which has no network where the system allows that.
"""

from collections.abc import Sequence
from pathlib import Path

from helpers import command
from helpers.errors import InputError, check_number, check_whole
from helpers.grading import cases, handin, report
from helpers.grading.cases import Graded
from helpers.grading.mark import Mark, mark
from helpers.grading.sandbox import HOLDS, Limits, Sandbox


def grade(folder: Path, box: Sandbox, limits: Limits) -> dict[str, list[Mark]]:
    """The marks of all students whose work lies in a folder, by name.

    Each has a mark for every exercise of every chapter that somebody handed in. Where a student
    has handed in a chapter twice, the better answer to an exercise counts. Raises InputError where
    the folder has no notebook.
    """
    marks: dict[str, dict[str, Mark]] = {}
    faults: dict[str, list[str]] = {}
    for student, files in handin.collect(folder).items():
        own = marks[student] = {}
        wrong = faults[student] = [] if files else ["The folder has no notebook (.ipynb)."]
        for file in files:
            try:
                given = _marks(file, box, limits)
            except InputError as error:
                wrong.append(str(error))
                continue
            for each in given:
                each.file = str(file.relative_to(folder))
                best = own.setdefault(each.exercise.name, each)
                if each.points > best.points:
                    own[each.exercise.name] = each
            got, of = sum(m.points for m in given), sum(m.exercise.points for m in given)
            print(f"{student}: {given[0].exercise.chapter}, {got:g} of {of}", flush=True)
        for fault in wrong:
            print(f"{student}: {fault}", flush=True)
    seen = {mark.exercise.chapter for own in marks.values() for mark in own.values()}
    wanted = [e for e in cases.every().values() if e.chapter in seen or not seen]
    return {
        student: [own.get(e.name) or _missing(e, faults[student]) for e in wanted]
        for student, own in marks.items()
    }


def _marks(file: Path, box: Sandbox, limits: Limits) -> list[Mark]:
    """The marks of a notebook, for each exercise of its chapter.

    Raises InputError where nobody can say which chapter it is of.
    """
    try:
        code, fault = handin.cells(file), ""
    except InputError as error:
        code, fault = [], f"{file.name}: {error}."
    exercises = cases.of_chapters()
    chapter = handin.chapter(file, code, exercises)
    if chapter is None:
        raise InputError(fault or f"{file.name}: it has no exercise of the book.")
    if fault:
        return [Mark(exercise, reasons=[fault]) for exercise in exercises[chapter].values()]
    return [mark(exercise, code, box, limits) for exercise in exercises[chapter].values()]


def _missing(exercise: Graded, faults: list[str]) -> Mark:
    """The mark where no notebook of a student's is of the exercise's chapter."""
    return Mark(exercise, reasons=[" ".join(["Nothing was handed in.", *faults])])


def main(arguments: Sequence[str]) -> int:
    """Grade a folder and return the exit status."""
    parser = command.Parser("which-instrument grade", __doc__)
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--into", type=Path, metavar="GRADES", help="where the results go")
    parser.add_argument("--seconds", type=int, default=60, help="for an exercise (60)")
    parser.add_argument("--gigabytes", type=float, default=2, help="of memory for it (2)")
    chosen = parser.parse_args(arguments)
    check_whole("--seconds", chosen.seconds, 1, 86_400)
    check_number("--gigabytes", chosen.gigabytes, 0.5, 1024)
    limits = Limits(chosen.seconds, round(chosen.gigabytes * 2**30))
    folder = chosen.folder.resolve()
    into = chosen.into or folder.with_name(f"{folder.name}-grades")
    if into.resolve().is_relative_to(folder):
        raise InputError(f"{into}: lies among what was handed in; name a folder outside of it")
    with Sandbox(hidden=[folder]) as box:
        about = f"{HOLDS[box.way]} {limits}"
        print(about, flush=True)
        report.write(into, grade(folder, box, limits), about)
    print(f"The grades are in {into / 'grades.csv'}, with a page for each student beside it.")
    return 0
