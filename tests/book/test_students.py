"""What is handed out holds all that a class needs, no solution, and runs as it is."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import address
import bank
import execute
import nbformat
import pytest
import students
from nbformat import NotebookNode

from helpers import exercises
from helpers.grading import cases

ANY_LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)|(?:href|src)=\"(?P<html>[^\"]+)\"")


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    return students.write(tmp_path_factory.mktemp("students") / "which-instrument")


@pytest.fixture(scope="module")
def unpacked(archive, tmp_path_factory) -> Path:
    """What a student has: the archive alone, in a folder of a name that needs care."""
    folder = tmp_path_factory.mktemp("a student's")
    zipfile.ZipFile(archive).extractall(folder)
    return folder / "which-instrument"


@pytest.fixture(params=[pytest.param(p, id=p.stem) for p in execute.chapters()])
def chapter(request) -> Path:
    return request.param


def read(file: Path) -> NotebookNode:
    return nbformat.read(file, as_version=4)


def solutions(notebook: NotebookNode) -> list[str]:
    return [c.source for c in notebook.cells if "solution" in c.metadata.get("tags", [])]


def text_of(file: Path) -> str:
    """A file's text, of a notebook its cells."""
    if file.suffix == ".ipynb":
        return "\n".join(cell.source for cell in read(file).cells)
    return file.read_text(encoding="utf-8")


def texts(folder: Path) -> dict[Path, str]:
    """All files that are text."""
    found = {}
    for file in filter(Path.is_file, sorted(folder.rglob("*"))):
        with contextlib.suppress(UnicodeDecodeError):
            found[file] = text_of(file)
    return found


def test_no_question_of_the_bank_is_in_it(unpacked):
    whole = "\n".join(texts(unpacked).values())
    assert not [question.id for question in bank.read() if question.ask in whole]


def test_no_line_of_a_solution_is_handed_out(unpacked):
    wanted = {
        line: page.stem
        for page in execute.chapters()
        for solution in solutions(read(page))
        for line in students.telling(solution)
    }
    assert len(wanted) >= len(cases.checkers())
    squeezed = {file: students.squeezed(text) for file, text in texts(unpacked).items()}
    found = {
        (chapter, line, file.name)
        for line, chapter in wanted.items()
        for file, text in squeezed.items()
        if line in text
    }
    assert not found


def test_a_line_of_a_solution_would_be_found(tmp_path):
    solution = (
        "# @title Solution\ndef f(x):\n    return (x * x   + 3) / len( x)\n\n\nexercises.f(f)"
    )
    (line,) = students.telling(solution)
    (tmp_path / "a.py").write_text("y = 1\nz = [f(x) for x in y]\nreturn (x*x + 3) / len(x)\n")
    (text,) = texts(tmp_path).values()
    assert line in students.squeezed(text)


def test_no_answer_is_handed_out_in_a_checker(unpacked):
    """Their code computes what is right: none of it can be read, and all of it works."""
    for file in (unpacked / "helpers" / "exercises").glob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        assert not any(isinstance(node, ast.FunctionDef) for node in ast.walk(tree)), file.name
    names = sorted(cases.checkers())
    program = (
        "import helpers.exercises as e, pathlib, sys\n"
        "assert pathlib.Path(e.__file__).is_relative_to(pathlib.Path.cwd()), e.__file__\n"
        "for name in sys.argv[1:]:\n    getattr(e, name)(lambda *a: None)"
    )
    said = run(unpacked, "-c", program, *names)
    assert said.stdout.count("Your function returns nothing") == len(names), said.stderr


def run(folder: Path, *words: str) -> subprocess.CompletedProcess:
    """Python in a folder, with the packages of this environment and nothing else of it."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "BOOK_DATA"))}
    clean["PYTHONDONTWRITEBYTECODE"] = "1"
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env=clean, capture_output=True, text=True
    )


def test_neither_the_guide_nor_the_grader_nor_how_it_is_built_is_handed_out(unpacked):
    names = {str(file.relative_to(unpacked)) for file in unpacked.rglob("*")}
    for word in ("teaching", "grading", "tests", "tools", "__pycache__", "render.py", "_build"):
        assert not [name for name in names if word in Path(name).parts or word in name], word
    assert not (unpacked / "helpers" / "grading").exists()


def test_what_a_class_needs_is_there(unpacked):
    names = {file.name for file in unpacked.iterdir()}
    assert {page.name for page in execute.chapters()} <= names
    assert {"glossary.md", "references.md", "README.md", "install.py", "requirements.txt"} <= names
    assert {"helpers", "data", "LICENSE"} <= names
    program = (
        "from helpers import dataset, results\n"
        "print(dataset.data_folder().parent, len(dataset.load()), "
        "len(results.load('difficulty')['runs']))"
    )
    done = run(unpacked, "-c", program)
    assert done.stdout.split()[-2:] == ["360", "45"], done.stderr
    assert str(unpacked) in done.stdout


def test_only_solutions_and_answers_are_missing(unpacked, chapter):
    whole, copy = read(chapter), read(unpacked / chapter.name)
    nbformat.validate(copy)
    assert len(solutions(whole)) >= (2 if execute.is_chapter(chapter) else 0)
    assert not solutions(copy)
    left = [c for c in whole.cells if c.source not in solutions(whole)]
    code = "".join(cell.source for cell in copy.cells if cell.cell_type == "code")
    assert re.sub(r"\s", "", code) == re.sub(
        r"\s", "", "".join(cell.source for cell in left if cell.cell_type == "code")
    )
    headings = [
        [line for cell in notebook for line in cell.source.splitlines() if line.startswith("#")]
        for notebook in (
            [cell for cell in left if cell.cell_type == "markdown"],
            [cell for cell in copy.cells if cell.cell_type == "markdown"],
        )
    ]
    assert headings[0] == headings[1]
    assert not any(cell.get("outputs") for cell in copy.cells)


def test_every_exercise_has_nbgraders_metadata(unpacked, chapter):
    whole, copy = read(chapter), read(unpacked / chapter.name)
    marked = [cell.metadata.nbgrader for cell in copy.cells if "nbgrader" in cell.metadata]
    graded = [about for about in marked if about.grade]
    assert len(graded) == len(solutions(whole)) == len(marked) / 2
    assert len({about.grade_id for about in marked}) == len(marked)
    for about in graded:
        exercise = cases.every()[about.grade_id]
        assert about.points == exercise.points and about.locked and not about.solution
        assert f"exercises.{about.grade_id}" in str([cell.source for cell in copy.cells])
    for about in marked:
        assert about.schema_version == 3 and about.task is False
        assert about.grade or (about.solution and not about.locked)


def test_every_exercise_left_answers_kindly(unpacked, chapter, capsys):
    copy = read(unpacked / chapter.name)
    cells = copy.cells
    left = [i for i, cell in enumerate(cells) if cell.metadata.get("nbgrader", {}).get("grade")]
    for i in left:
        exec(f"{cells[i - 1].source}\n{cells[i].source}", {"exercises": exercises})
        assert "Not yet. Your function returns nothing." in capsys.readouterr().out


def test_quizzes_are_asked_and_not_answered(unpacked):
    whole = "\n".join(cell.source for page in execute.chapters() for cell in read(page).cells)
    folded = re.findall(r"<details><summary>(.*?)</summary>\s*(.*?)\s*</details>", whole, re.DOTALL)
    quizzes = re.findall(r"^## Quiz\n(.*?)(?=^## |\Z)", whole, re.DOTALL | re.MULTILINE)
    asked = [(option, why) for option, why in folded if any(why in quiz for quiz in quizzes)]
    assert len(asked) >= 4 * len(execute.course())
    pages = {file: text for file, text in texts(unpacked).items() if file.parent == unpacked}
    text = "\n".join(pages.values())
    for option, answer in asked:
        assert f"- {option}\n" in text
        assert answer not in text
    assert len(asked) < len(folded) == len(asked) + text.count("<details>")


def test_a_teacher_may_hand_out_the_answers():
    notebook = read(execute.BOOK / "sound.ipynb")
    kept = students.for_students(notebook, set(), answers=True)
    details = [sum(c.source.count("<details>") for c in nb.cells) for nb in (notebook, kept)]
    assert details[0] == details[1] > 0


def anchors(file: Path) -> set[str]:
    """The places of a page that links may name, as JupyterLab and the site call them."""
    text = text_of(file)
    headings = re.findall(r"^#{1,6} (.+)$", text, re.MULTILINE)
    slugs = {
        re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in headings
    }
    return slugs | set(re.findall(r"\bid=\"([^\"]+)\"", text))


def test_links_lead_somewhere(unpacked):
    files = [*unpacked.glob("*.ipynb"), *unpacked.glob("*.md")]
    contents = {
        file: "\n".join(c.source for c in read(file).cells if c.cell_type == "markdown")
        if file.suffix == ".ipynb"
        else file.read_text(encoding="utf-8")
        for file in files
    }
    places = {file.name: anchors(file) for file in files}
    site = {f"{page.stem}.html" for page in execute.pages()}
    for file, text in contents.items():
        for link in ANY_LINK.finditer(text):
            target = link["target"] or link["html"]
            if target.startswith(address.published()):
                page = target.removeprefix(f"{address.published()}/").partition("#")[0]
                assert page in site or page.endswith(".pdf"), (file.name, target)
            elif "://" not in target:
                name, _, place = target.partition("#")
                assert not name or (unpacked / name).is_file(), (file.name, target)
                if place and (name or file.name) in places:
                    assert place.lower() in places[name or file.name], (file.name, target)


def test_what_is_installed_is_locked():
    lock = (execute.ROOT / "requirements.lock").read_text(encoding="utf-8")
    text = (execute.ROOT / "handout" / "requirements.txt").read_text(encoding="utf-8")
    lines = [line.split()[0] for line in text.splitlines() if line[:1] not in ("#", " ")]
    assert {"jupyterlab", "tensorflow", "keras-tuner"} <= {re.split("[=[]", x)[0] for x in lines}
    assert not {"pytest", "jupyter-book", "jax"} & {re.split("[=[]", x)[0] for x in lines}
    for line in lines:
        assert f"\n{line} " in lock, f"{line}: run `make lock`"


def test_it_is_installed_by_one_command(unpacked, tmp_path):
    """With a list of no packages: what it names is fetched from afar."""
    folder = tmp_path / "a class"
    (folder / "data").mkdir(parents=True)
    for file in ("install.py", "data/jupyterlab.json"):
        (folder / file).write_bytes((unpacked / file).read_bytes())
    (folder / "requirements.txt").write_text("# nothing\n")
    for _ in range(2):
        done = run(folder, "install.py")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "jupyter-lab" in done.stdout
    settings = folder / ".venv" / "share" / "jupyter" / "lab" / "settings" / "overrides.d"
    assert json.loads((settings / "jupyterlab.json").read_text())
    # As `make` does, it compiles once what several processes would compile at once.
    (site,) = folder.glob(".venv/lib/*/site-packages")
    (site / "librosa.py").write_text("def yin(*_, **__):\n    print('compiled')\n")
    (site / "numpy.py").write_text("def zeros(n):\n    return [0] * n\n")
    assert "compiled" in run(folder, "install.py").stdout
    (folder / "requirements.txt").write_text("no-such-package==1.0 --hash=sha256:" + "0" * 64)
    done = run(folder, "install.py")
    assert done.returncode == 1 and "Not all packages could be installed" in done.stderr


def undefined_names(notebook: Path) -> str:
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select=F821", str(notebook)]
    checked = subprocess.run(command, capture_output=True, text=True)
    return checked.stdout if checked.returncode else ""


def test_nothing_left_needs_a_solution(unpacked, chapter):
    assert not undefined_names(unpacked / chapter.name)


def test_a_name_that_only_a_solution_gave_would_be_found(tmp_path):
    solution = nbformat.v4.new_code_cell("x = 1", metadata={"tags": ["solution"]})
    notebook = nbformat.v4.new_notebook(cells=[solution, nbformat.v4.new_code_cell("print(x)")])
    copy = tmp_path / "copy.ipynb"
    nbformat.write(students.for_students(notebook, set()), copy)
    assert "Undefined name `x`" in undefined_names(copy)
