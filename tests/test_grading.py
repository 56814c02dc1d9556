"""Handed-in notebooks get the points they deserve, whatever they hold, and nothing else suffers."""

import contextlib
import csv
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import numpy as np
import pytest
from test_exercises import ANSWERS

from helpers import command, dataset, exercises
from helpers.errors import InputError
from helpers.exercises.checking import NotYet
from helpers.grading import cases, grade, handin, mark, report, sandbox, wire
from helpers.grading.sandbox import Limits, Sandbox

ROOT = dataset.data_folder().parent
GRADED = cases.every()
LIMITS = Limits(seconds=120, memory=2 * 2**30)  # a loaded machine needs its time
CHAPTER = GRADED["macro_recall"].chapter
NAMED = f"{CHAPTER}.ipynb"
NUMPY = "import numpy as np"
RECALL = "def macro_recall(matrix):\n    return np.mean(np.diag(matrix) / matrix.sum(axis=1))\n"


@pytest.fixture(scope="module")
def box():
    with Sandbox() as opened:
        yield opened


@pytest.fixture(scope="module")
def plain():
    with Sandbox(way="plain") as opened:
        yield opened


def graded(box, *cells: str, name: str = "macro_recall", limits: Limits = LIMITS) -> mark.Mark:
    """The mark of a notebook of these cells."""
    return mark.mark(GRADED[name], list(cells), box, limits)


def written(file: Path, *cells: str) -> Path:
    """A notebook of these cells."""
    file.parent.mkdir(parents=True, exist_ok=True)
    code = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=code), file)
    return file


# What authors of exercises are asked for.


@pytest.mark.parametrize("name", cases.checkers())
def test_every_exercise_has_an_id_points_and_hidden_cases(name):
    assert name in GRADED, (
        f"the exercise {name} cannot be graded: give it points and hidden cases in "
        f"helpers/grading/hidden/{cases.checkers()[name].__module__.rpartition('.')[2]}.py"
    )
    exercise = GRADED[name]
    assert exercise.name == name and exercise.points >= 1
    assert len(exercise.cases) >= 3, f"{name} needs three hidden cases or more"


@pytest.mark.parametrize("name", GRADED)
def test_a_right_answer_passes_every_hidden_case_and_a_wrong_one_does_not(name):
    right, wrong = ANSWERS[GRADED[name].check]
    for case in GRADED[name].cases:
        case(right)
    for answer, says in wrong:
        found = any(fails(case, answer) for case in GRADED[name].cases)
        assert found, f"no hidden case of {name} finds what its checker answers by {says!r}"


def fails(case, answer) -> bool:
    try:
        case(answer)
    except Exception:
        return True
    return False


def asked(ask) -> list[str]:
    """With what an exercise's function is called; numbers are drawn, so generators do not count."""
    seen = []

    def listening(right):
        def answer(*arguments):
            seen.append(repr([a for a in arguments if not isinstance(a, np.random.Generator)]))
            return right(*arguments)

        return answer

    ask(listening)
    return seen


@pytest.mark.parametrize("name", GRADED)
def test_hidden_cases_ask_what_the_checker_does_not(name, capsys):
    exercise = GRADED[name]
    right = ANSWERS[exercise.check][0]
    shown = set(asked(lambda listening: exercise.check(listening(right))))
    for case in exercise.cases:
        hidden = asked(lambda listening, case=case: case(listening(right)))
        assert not shown & set(hidden)


# Solutions, and ten wrong hand-ins.


CHAPTERS = sorted({exercise.chapter for exercise in GRADED.values()})


def of_chapter(chapter: str) -> Path:
    """The notebook that has a chapter's exercises."""
    names = [name for name, exercise in GRADED.items() if exercise.chapter == chapter]
    files = sorted((ROOT / "book").glob("*.ipynb"))
    (file,) = (f for f in files if f"exercises.{names[0]}(" in f.read_text(encoding="utf-8"))
    return file


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_solutions_of_a_chapter_get_full_points(chapter, box):
    code = handin.cells(of_chapter(chapter))
    for exercise in GRADED.values():
        if exercise.chapter == chapter:
            given = mark.mark(exercise, code, box, LIMITS)
            assert given.points == exercise.points, given.reasons
            assert not given.reasons


WRONG = {
    "the stub": (
        "audible_partials",
        "def audible_partials(f0, sr):\n    # Your code here.\n    ...",
        0,
        "returns nothing",
    ),
    "right but for the edge": (
        "audible_partials",
        "def audible_partials(f0, sr):\n    return int(sr / 2 // f0)",
        2,
        "exactly at sr / 2",
    ),
    "right for odd numbers": (
        "hollow_recipe",
        "def hollow_recipe(n):\n    return [1 / k * (k % 2) for k in range(1, n + n % 2)] + [0]",
        2,
        "return 7 numbers",
    ),
    "without the bias": (
        "conv_parameters",
        "def conv_parameters(kernel, channels, filters):\n"
        "    return kernel**2 * channels * filters",
        0,
        "a bias",
    ),
    "a row for a square": (
        "conv_parameters",
        "def conv_parameters(kernel, channels, filters):\n"
        "    return (kernel * channels + 1) * filters",
        1,
        "a square",
    ),
    "changes what it is given": (
        "paste",
        "def paste(image, other, patch):\n    t, b, l, r = patch\n"
        "    image[t:b, l:r] = other[t:b, l:r]\n    return image",
        3,
        "Start from a copy",
    ),
    "one row too many": (
        "kept_share",
        "def kept_share(p, shape):\n"
        "    return 1 - (p[1] - p[0] + 1) * (p[3] - p[2] + 1) / (shape[0] * shape[1])",
        0,
        "one row and one column too many",
    ),
    "rounds down": (
        "frame_count",
        "def frame_count(samples, win, hop):\n    return 1 + max(0, (samples - win) // hop)",
        3,
        "the last one rounded up",
    ),
    "takes no failure into account": (
        "random_search",
        "def random_search(space, score, trials, rng):\n"
        "    tried = [{n: rng.choice(v).item() for n, v in space.items()} for _ in range(trials)]\n"
        "    scores = np.array([score(values) for values in tried])\n"
        "    return tried[scores.argmax()], np.maximum.accumulate(scores).tolist()",
        2,
        "also where it failed",
    ),
    "tests each trial": (
        "tested_once",
        "def tested_once(space, score, test, trials, rng):\n"
        "    tried = [{n: rng.choice(v).item() for n, v in space.items()} for _ in range(trials)]\n"
        "    return [(score(values), test(values)) for values in tried]",
        0,
        "Not yet. Your search goes on after the test",
    ),
    "scores a list once": (
        "random_search",
        "def random_search(space, score, trials, rng):\n"
        "    if trials == 12:\n        score([1])\n"
        "    tried = [{n: rng.choice(v).item() for n, v in space.items()} for _ in range(trials)]\n"
        "    scores = np.nan_to_num([score(values) for values in tried])\n"
        "    return tried[scores.argmax()], np.maximum.accumulate(scores).tolist()",
        4,
        "Your function stopped with TypeError: cannot convert",
    ),
    "not the kind asked for": (
        "amdahl",
        "def amdahl(workers, share):\n    return 'fast'",
        0,
        "not of the kind",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_hand_in_gets_what_it_deserves_and_the_reason(wrong, box):
    name, source, points, says = WRONG[wrong]
    given = graded(box, NUMPY, f"{source}\n\n\nexercises.{name}({name})", name=name)
    assert given.points == points, given.reasons
    assert says in " ".join(given.reasons)
    assert given.answer.startswith(source)


# What hand-ins may hold. Each runs beside an exercise that is right, which gets its points.


def stopped(box, body: str, says: str, limits: Limits = LIMITS) -> None:
    given = graded(box, NUMPY, f"def macro_recall(matrix):\n{body}", limits=limits)
    assert given.points == 0
    assert says in " ".join(given.reasons), given.reasons


def test_one_that_raises(box):
    stopped(box, "    return 1 / 0", "stopped with ZeroDivisionError: division by zero")


def test_one_that_needs_what_fails(box):
    given = graded(box, f"{NUMPY}\nscale = 1 / 0\n{RECALL.replace('np.mean', 'scale * np.mean')}")
    assert given.points == 0
    stop = "A statement that it needs stopped with ZeroDivisionError: division by zero."
    assert given.reasons[0] == stop


def test_a_crash_elsewhere_costs_nothing(box):
    own = f"raise OSError\n{RECALL}\nprint(macro_recall(network))\nimport os\nos._exit(0)"
    given = graded(box, NUMPY, "1 / 0", "def (", "while True:\n    pass", own)
    assert given.points == GRADED["macro_recall"].points


def test_one_that_hangs(box):
    stopped(box, "    while True: pass", "longer than 3 s", Limits(seconds=3))


def test_what_was_right_before_it_hung_counts(box):
    body = "    if len(matrix) > 3:\n        while True: pass\n" + RECALL.partition("\n")[2]
    given = graded(box, NUMPY, f"def macro_recall(matrix):\n{body}", limits=Limits(seconds=10))
    assert 0 < given.points < GRADED["macro_recall"].points


@pytest.mark.skipif(sys.platform != "linux", reason="no other system bounds memory")
def test_one_that_eats_memory(box):
    stopped(box, "    return np.ones(10**10).sum()", "MemoryError")
    greedy = "    held = []\n    while True:\n        held.append(b'x' * 10**7)\n"
    stopped(box, greedy, "MemoryError", Limits(seconds=120, memory=2**29))


@pytest.mark.skipif(sys.platform != "linux", reason="no other system bounds memory")
def test_one_whose_processes_eat_memory_together(box):
    body = (
        "    import os, time\n"
        "    for _ in range(3):\n"
        "        if os.fork() == 0:\n"
        "            held = b'x' * 4 * 10**8\n"
        "            time.sleep(600)\n"
        "    time.sleep(600)\n"
    )
    limits = Limits(seconds=120, memory=10**9)
    stopped(box, body, "more than 0.931323 GB of memory", limits)


@pytest.mark.parametrize("end", ["raise SystemExit(0)", "import os\n    os._exit(0)"])
def test_one_that_ends_its_process(box, end):
    said = {"r": "stopped with SystemExit: 0", "i": "Its process ended"}[end[0]]
    stopped(box, f"    {end}", said)


def test_one_that_ends_its_process_before_it_can_be_asked(box):
    given = graded(box, "import os", "class Ends:\n    os._exit(0)", f"{RECALL}    Ends()")
    assert given.reasons == ["Its process ended before it had answered."]


@pytest.mark.parametrize("way", ["box", "plain"])
def test_one_that_ends_who_started_it(way, request):
    body = (
        "    import os\n"
        "    for process in (os.getppid(), -1):\n"
        "        try:\n            os.kill(process, 9)\n        except OSError:\n            pass\n"
        "    return 0.0"
    )
    given = graded(request.getfixturevalue(way), NUMPY, f"def macro_recall(matrix):\n{body}")
    assert given.points == 0 and given.reasons


def test_one_that_starts_processes_without_end(box):
    if box.way == "plain":
        pytest.skip("nothing counts processes here, and Python refuses to start one")
    body = "    import os\n    while True:\n        os.fork()"
    stopped(box, body, "It was stopped: it took", Limits(seconds=10, memory=10**9))


def running() -> list[str]:
    """The names of all processes."""
    names = []
    for comm in Path("/proc").glob("[0-9]*/comm"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            names.append(comm.read_text())
    return names


def test_one_that_leaves_a_process_behind(box):
    if box.way == "plain":
        pytest.skip("Python refuses to start one here")
    name = f"left-{os.getpid()}"
    body = (
        "    import ctypes, os, time\n"
        "    if os.fork() == 0:\n"
        "        os.setsid()\n"
        "        if os.fork() == 0:\n"
        f"            ctypes.CDLL(None).prctl(15, {name[:15].encode()!r}, 0, 0, 0)\n"
        "            time.sleep(600)\n"
        "        os._exit(0)\n"
    )
    given = graded(box, NUMPY, f"def macro_recall(matrix):\n{body}{RECALL.partition(chr(10))[2]}")
    assert given.points == GRADED["macro_recall"].points
    end = time.monotonic() + 60  # the system ends it, in its own time
    while f"{name[:15]}\n" in running() and time.monotonic() < end:
        time.sleep(0.1)
    assert f"{name[:15]}\n" not in running()


def test_one_that_prints_a_gigabyte(box):
    loud = "    for _ in range(4):\n        print('x' * 10**8)\n" + RECALL.partition("\n")[2]
    given = graded(box, NUMPY, f"def macro_recall(matrix):\n{loud}")
    assert given.points == GRADED["macro_recall"].points


@pytest.mark.parametrize("way", ["box", "plain"])
def test_one_that_reads_the_checkers(way, request):
    """What knows the right answers is not there; what is in its place says nothing."""
    box = request.getfixturevalue(way)
    stopped(box, "    import helpers.exercises.scores", "ModuleNotFoundError")
    body = "    from helpers import exercises\n    exercises.macro_recall(abs)\n    return 0.0"
    stopped(box, body, "which is wrong")


def test_one_that_reads_the_chapters_with_their_solutions(box):
    if box.way == "plain":
        pytest.skip("nothing hides files here, and the pages say so")
    stopped(box, f"    return len(open({str(of_chapter(CHAPTER))!r}).read())", "FileNotFoundError")


@pytest.mark.parametrize("way", ["box", "plain"])
@pytest.mark.parametrize(
    "line",
    [
        "from helpers.grading.hidden import cnn",
        "from helpers.grading import cases\n    cases.every()['macro_recall']",
    ],
)
def test_one_that_looks_for_the_hidden_cases(line, way, request):
    given = graded(request.getfixturevalue(way), NUMPY, f"def macro_recall(matrix):\n    {line}")
    assert given.points == 0
    assert "ModuleNotFoundError" in given.reasons[0] or "KeyError" in given.reasons[0]


@pytest.mark.parametrize("way", ["box", "plain"])
def test_one_that_writes_outside_its_folder(way, request, tmp_path):
    target = tmp_path / "written"
    body = f"    open({str(target)!r}, 'w').write('x')\n    return 1"
    stopped(request.getfixturevalue(way), body, "Error")
    assert not target.exists()


@pytest.mark.parametrize("way", ["box", "plain"])
def test_one_that_removes_what_it_did_not_make(way, request, tmp_path):
    (tmp_path / "kept").touch()
    body = f"    import os\n    os.remove({str(tmp_path / 'kept')!r})"
    stopped(request.getfixturevalue(way), body, "Error")
    body = "    import helpers, os\n    os.remove(helpers.__file__)"
    stopped(request.getfixturevalue(way), body, "Error")
    assert (tmp_path / "kept").exists() and (ROOT / "helpers" / "__init__.py").exists()


@pytest.mark.parametrize("way", ["box", "plain"])
def test_one_that_writes_in_its_own_folder_may(way, request):
    body = "    open('notes.txt', 'w').write('x')\n" + RECALL.partition("\n")[2]
    given = graded(request.getfixturevalue(way), NUMPY, f"def macro_recall(matrix):\n{body}")
    assert given.points == GRADED["macro_recall"].points, given.reasons


@pytest.mark.parametrize("way", ["box", "plain"])
def test_one_that_calls_home(way, request):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        body = f"    import socket\n    socket.create_connection(('127.0.0.1', {port}), 5)"
        stopped(request.getfixturevalue(way), body, "Error")


def test_one_that_starts_programs_where_nothing_holds_them(plain):
    stopped(plain, "    import subprocess\n    subprocess.run(['true'])", "not for a hand-in")
    stopped(plain, "    import os\n    os.system('true')", "not for a hand-in")


def test_one_that_reads_what_others_handed_in(tmp_path):
    other = written(tmp_path / "Bea" / NAMED, NUMPY, RECALL)
    copies = f"    return len(open({str(other)!r}).read())"
    with Sandbox(hidden=[tmp_path]) as box:
        if box.way == "plain":
            pytest.skip("nothing hides files here, and the pages say so")
        stopped(box, copies, "FileNotFoundError")


FORGED = {
    "prints it": "    print('Right. Each class ...')",
    "overwrites the checker": (
        "    import sys\n"
        "    from helpers import exercises\n"
        "    exercises.macro_recall = lambda answer: print('Right.')\n"
        "    from helpers.grading import wire\n"
        "    wire.NotCarriedError = KeyError\n"
        "    sys.modules['helpers.exercises.checking'] = exercises\n"
        "    return 0.5"
    ),
    "is equal to all": (
        "    class All(float):\n"
        "        def __eq__(self, other):\n            return True\n"
        "        def __rsub__(self, other):\n            return 0.0\n"
        "    return All()"
    ),
    "an array that is equal to all": (
        "    import numpy as np\n"
        "    class All(np.ndarray):\n"
        "        def __array_ufunc__(self, *a, **b):\n            return True\n"
        "    return np.zeros(()).view(All)"
    ),
    "answers for the process": (
        "    import os\n"
        "    for fd in range(3, 20):\n"
        '        try:\n            os.write(fd, b\'{"points": 9, "right": 9}\\n\')\n'
        "        except OSError:\n            pass\n"
        "    return 0.5"
    ),
    "answers with nonsense": (
        "    import os\n"
        "    for fd in range(3, 20):\n"
        "        try:\n            os.write(fd, b'[[[\\xff\\n' * 9)\n"
        "        except OSError:\n            pass\n"
        "    return 0.5"
    ),
    "answers with what would be run": (
        "    import helpers.grading.wire as w\n"
        "    w.pack = lambda *a: {'eval': 'print(1)'}\n"
        "    return 0.5"
    ),
}


@pytest.mark.parametrize("way", FORGED)
def test_one_that_forges_its_result(way, box):
    given = graded(box, f"def macro_recall(m):\n{FORGED[way]}")
    assert given.points == 0 and given.reasons
    assert not any("Right" in reason for reason in given.reasons)


def test_cells_may_be_removed_moved_and_renamed(tmp_path, box):
    names = [name for name, exercise in GRADED.items() if exercise.chapter == CHAPTER]
    assert "macro_recall" in names
    file = written(tmp_path / "Ada" / "my homework (2).ipynb", "# notes", NUMPY, RECALL)
    marks = grade.grade(tmp_path, box, LIMITS)["Ada"]
    got = {given.exercise.name: given for given in marks}
    assert set(got) == set(names)
    for name, given in got.items():
        assert given.file == str(file.relative_to(tmp_path))
        if name == "macro_recall":
            assert given.points == given.exercise.points
        else:
            assert given.points == 0
            assert given.reasons == [f"No cell makes a function {name}."]


# The folder, the table and the pages.


@pytest.fixture(scope="module")
def graded_folder(tmp_path_factory):
    """A folder as a class hands it in, graded by the command."""
    folder = tmp_path_factory.mktemp("class") / "week 4"
    written(folder / "Ada" / NAMED, NUMPY, RECALL)
    (folder / "Bea <b>").mkdir()
    (folder / "Bea <b>" / NAMED).write_bytes(os.urandom(2000))
    written(folder / "=cmd|' C calc'!A0" / "Untitled.ipynb", "1 + 1")
    evil = "def macro_recall(m):\n    raise ValueError('<script>alert(1)</script>')"
    written(folder / "Cyd" / "submitted" / f"copy of {NAMED}", evil)
    (folder / "Cyd" / ".ipynb_checkpoints").mkdir()
    shutil.copy(folder / "Ada" / NAMED, folder / "Cyd" / ".ipynb_checkpoints")
    (folder / "Dan").mkdir()
    (folder / "Dan" / NAMED).symlink_to(folder / "Ada" / NAMED)
    os.mkfifo(folder / "Dan" / f"{CHAPTER} (1).ipynb")
    (folder / "Eve").mkdir()
    (folder / "Eve" / f"{CHAPTER}.pdf").write_bytes(b"%PDF")
    (folder / "__MACOSX" / "Ada").mkdir(parents=True)
    shutil.copy(folder / "Ada" / NAMED, folder / "__MACOSX" / "Ada")
    name = os.fsdecode(b"Zo\xeb")  # as an old system writes it
    strange = r"def macro_recall(m): raise ValueError('\ud800\x1b[2J')"
    try:
        written(folder / name / NAMED, strange)
    except OSError:  # of a system whose names are UTF-8
        written(folder / "Zo" / NAMED, strange)
    before = {file: file.stat().st_mtime_ns for file in folder.rglob("*")}
    words = [sys.executable, "-m", "helpers.classify", "grade", str(folder), "--seconds", "120"]
    done = subprocess.run(
        words,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert {file: file.stat().st_mtime_ns for file in folder.rglob("*")} == before
    return folder.with_name("week 4-grades"), done.stdout


@pytest.fixture(scope="module")
def rows(graded_folder):
    with open(graded_folder[0] / "grades.csv", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_there_is_a_row_for_each_student_and_exercise(rows):
    names = [name for name, exercise in GRADED.items() if exercise.chapter == CHAPTER]
    students = ["'=cmd|' C calc'!A0", "Ada", "Bea <b>", "Cyd", "Dan", "Eve", rows[-1]["student"]]
    assert students[-1] in (r"Zo\udceb", "Zo")
    assert [(row["student"], row["exercise"]) for row in rows] == [
        (student, name) for student in students for name in names
    ]
    assert list(rows[0]) == list(report.COLUMNS)


def test_the_table_says_what_each_got_and_why(rows):
    got = {row["student"]: row for row in rows if row["exercise"] == "macro_recall"}
    full = str(GRADED["macro_recall"].points)
    assert float(got["Ada"]["points"]) == float(full) and got["Ada"]["of"] == full
    assert f"{NAMED}: it is not a notebook" in got["Bea <b>"]["reason"]
    assert got["'=cmd|' C calc'!A0"]["reason"] == (
        "Nothing was handed in. Untitled.ipynb: it has no exercise of the book."
    )
    assert "ValueError" in got["Cyd"]["reason"]
    assert "it is a link or no file" in got["Dan"]["reason"]
    assert got["Eve"]["reason"] == "Nothing was handed in. The folder has no notebook (.ipynb)."
    assert r"ValueError: \ud800" in rows[-1]["reason"]
    assert {float(row["points"]) for name, row in got.items() if name != "Ada"} == {0.0}


def test_each_student_has_a_page_that_is_text(graded_folder):
    from bs4 import BeautifulSoup

    folder, _ = graded_folder
    pages = {BeautifulSoup(f.read_text("utf-8"), "html.parser") for f in folder.glob("*.html")}
    assert len(pages) == 7
    titles = {page.h1.get_text() for page in pages}
    assert titles >= {"=cmd|' C calc'!A0", "Ada", "Bea <b>", "Cyd", "Dan", "Eve"}
    for page in pages:
        assert not page.find_all("script")
        shown = page.get_text()
        if page.h1.get_text() == "Cyd":
            assert "<script>alert(1)</script>" in shown
        if page.h1.get_text().startswith("="):
            assert "Untitled.ipynb: it has no exercise of the book." in shown
        if page.h1.get_text() == "Eve":
            assert "The folder has no notebook" in shown


def test_pages_and_command_say_how_hand_ins_were_run(graded_folder, box):
    folder, said = graded_folder
    for text in (said, *(page.read_text("utf-8") for page in folder.glob("*.html"))):
        assert sandbox.HOLDS[box.way] in text
        assert "Each had 120 s and 2 GB of memory." in text
    assert "NOT ISOLATED" in sandbox.HOLDS["plain"]


def test_a_folder_without_notebooks_is_named(tmp_path):
    with pytest.raises(InputError, match="has no notebook"):
        handin.collect(tmp_path)
    with pytest.raises(InputError, match="is no folder"):
        handin.collect(tmp_path / "missing")


def test_the_better_of_two_hand_ins_counts(tmp_path, box):
    written(tmp_path / "Ada" / f"{CHAPTER} (1).ipynb", NUMPY, RECALL)
    written(tmp_path / "Ada" / NAMED, "def macro_recall(matrix):\n    return 7")
    marks = grade.grade(tmp_path, box, LIMITS)["Ada"]
    (given,) = (given for given in marks if given.exercise.name == "macro_recall")
    assert given.points == given.exercise.points
    assert given.file.endswith(f"{CHAPTER} (1).ipynb")


def test_students_of_almost_one_name_have_pages_of_their_own():
    names = report._names(dict.fromkeys(["Ada", "ada", "a/da", "a da", "..", "", "Ada-1"]))
    assert len({name.casefold() for name in names}) == len(names)
    assert not any("/" in name or name.startswith(".") or not name for name in names)


# What is run of a notebook.


def test_only_what_an_exercise_needs_is_run():
    code = [
        "import keras\nimport numpy as np\nfrom helpers import cnn, chunks as c",
        "size = c.SAMPLES",
        "network = cnn.build()  # takes minutes",
        "def half(x):\n    return x / scale",
        "unused = network.count_params()\nscale = 2",
        "table, names = {}, []",
        "for key in 'xy':\n    table[key] = size\nnames.append('x')\nprint(names)",
        "def answer(n, network=None):\n    scale = 3\n    k = np.arange(n)\n"
        "    return half(k) + table[names[0]]\n\n\nexercises.answer(answer)\n"
        "print(network.predict(answer(3)))",
    ]
    run = "\n".join(handin.needed(code, "answer")).splitlines()
    assert {"import numpy as np", "from helpers import chunks as c", "scale = 2"} <= set(run)
    assert {"size = c.SAMPLES", "def half(x):", "    table[key] = size"} <= set(run)
    order = [run.index(f"{line}") for line in ("table, names = ({}, [])", "names.append('x')")]
    assert order == sorted(order) and order[-1] < run.index("def answer(n, network=None):")
    told = ("keras", "cnn", "unused", "predict", "print", "exercises")
    assert not [line for line in run if any(word in line for word in told)]


@pytest.mark.parametrize(
    "before",
    [
        "%config InlineBackend.figure_format = 'svg'",
        "found = !ls\nnp.mean?",
        "%%time",
        "%%capture shown",
        "for k in range(3):\n    !echo $k",
    ],
)
def test_what_only_ipython_understands_is_no_hindrance(before):
    (numpy, function) = handin.needed([NUMPY, f"{before}\n{RECALL}"], "macro_recall")
    assert numpy == NUMPY and function.startswith("def macro_recall")


def test_a_cell_in_another_language_makes_no_function():
    with pytest.raises(InputError, match="no cell makes a function"):
        handin.needed([NUMPY, f"%%writefile answer.py\n{RECALL}"], "macro_recall")


@pytest.mark.parametrize(
    "beside",
    [
        *(f"x = 1{'+1' * depth}" for depth in (900, 990, 2000, 20_000)),
        f"x = {'-' * 990}1",
        f"if 1: pass\n{'elif 1: pass' * 2000}",
        "(" * 9000,
        "%time 1\n" * 2000,
        "x = !ls\n" * 2000,
        f"x{' ' * 30_000}y",
        "\n".join(f"a{i} = a{i + 1}" for i in range(2000)),
        r"x = '\d'",
    ],
    ids=lambda beside: f"{beside[:9]} {len(beside)}",
)
def test_code_that_is_hard_to_read_harms_nobody(beside, recwarn):
    code = [NUMPY, RECALL, beside]
    assert handin.needed(code, "macro_recall")[-1].startswith("def macro_recall")
    assert handin.answer(code, "macro_recall") == RECALL
    assert not recwarn.list


def test_more_code_than_a_chapter_could_have_is_refused(tmp_path):
    file = written(tmp_path / "x.ipynb", f"data = [{'0, ' * handin.MOST_CODE}]")
    with pytest.raises(InputError, match="take out what is data"):
        handin.cells(file)


def test_a_cell_that_is_not_python_is_named(box):
    given = graded(box, "def macro_recall(matrix)\n    return 1")
    assert given.reasons == ["Its cell is not Python, line 1: expected ':'."]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[1, 2]",
        b"null",
        b'{"cells": 3}',
        b'{"cells": [3]}',
        b'{"cells": [{"cell_type": "code"}]}',
        b'{"cells": [{"cell_type": "code", "source": [1]}]}',
        b'{"worksheets": []}',
        b'{"cells":' + b"[" * 100_000,
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_notebook_is_said_to_be_none(content, tmp_path):
    (tmp_path / "x.ipynb").write_bytes(content)
    with pytest.raises(InputError, match="not a notebook"):
        handin.cells(tmp_path / "x.ipynb")


# Values on their way.


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        7,
        10**30,
        -0.1,
        float("inf"),
        2j,
        "é",
        [1, (2.5, "x"), {"a": [1]}],
        {(1, 2): {3}},
        np.float32(0.1),
        np.arange(6).reshape(2, 3),
        np.array(["a", "bc"]),
        np.array(["a", None], object),
        np.array([True, False]),
    ],
    ids=repr,
)
def test_values_arrive_as_they_were(value):
    arrived = wire.unpack(json.loads(json.dumps(wire.pack(value))))
    assert type(arrived) is type(value)
    np.testing.assert_equal(arrived, value)


def test_a_generator_arrives_in_its_state_and_comes_back_in_the_next():
    here = np.random.default_rng(3)
    here.random(5)
    there = wire.unpack(json.loads(json.dumps(wire.pack(here))))
    drawn = there.random(4)
    wire.give_back(here, wire.unpack(json.loads(json.dumps(wire.pack(there)))))
    after = np.random.default_rng(3)
    after.random(5)
    assert (drawn == after.random(4)).all()
    assert here.random() == after.random()


@pytest.mark.parametrize(
    "line", ["3", '{"x": 1}', '{"array": {"dtype": "O"}}', '{"int": "a"}', "{}"]
)
def test_what_is_no_value_is_refused(line):
    with pytest.raises(wire.NotCarriedError):
        wire.unpack(json.loads(line))


def test_a_function_can_be_given_one(box):
    def search(answer):
        asked = []

        def score(x):
            asked.append(x)
            return (x - 2) ** 2

        if answer(score, [1, 2, 3]) != 2 or asked != [1, 2, 3]:
            raise NotYet("wrong")

    check = exercises.macro_recall
    exercise = cases.Graded(check, 1, lambda: [search])
    code = "def macro_recall(score, values):\n    return min(values, key=score)"
    assert mark.mark(exercise, [code], box, LIMITS).points == 1


def test_nothing_is_left_behind(box):
    place = box.place
    graded(box, NUMPY, RECALL)
    assert not any((place / "homes").iterdir())
    with Sandbox(way="plain") as opened:
        other = opened.place
    assert not other.exists()


def test_nbgrader_is_told_the_points_and_nobody_else_is(monkeypatch):
    def half(matrix):
        return 7.0 if len(matrix) == 2 else np.mean(matrix.diagonal() / matrix.sum(axis=1))

    assert exercises.macro_recall(half) is None
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert exercises.macro_recall(half) == 2
    assert exercises.macro_recall(lambda matrix: None) == 0


def test_grades_do_not_go_among_what_was_handed_in(tmp_path):
    with pytest.raises(InputError, match="outside of it"):
        grade.main([str(tmp_path), "--into", str(tmp_path / "grades")])


@pytest.mark.parametrize(
    ("limit", "value"),
    [("gigabytes", "0.01"), ("gigabytes", "nan"), ("gigabytes", "inf"), ("seconds", "0")],
)
def test_limits_that_no_exercise_could_keep_are_refused(tmp_path, limit, value):
    with pytest.raises(InputError, match=f"--{limit} is {value}; it must be"):
        grade.main([str(tmp_path), f"--{limit}", value])


def test_the_command_says_what_is_wrong_in_a_line(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["which-instrument", "grade", str(tmp_path)])
    from helpers import classify

    with pytest.raises(SystemExit) as end:
        command.run(classify.main)
    assert end.value.code == 1
    assert capsys.readouterr().err.startswith("error: ")
