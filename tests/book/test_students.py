"""Copies for students hold no solution, and run as they are."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import execute
import nbformat
import pytest
import students
from nbformat import NotebookNode

from helpers import exercises

CHECKED = re.compile(r"^exercises\.\w+\(", re.MULTILINE)


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Path:
    return students.write(tmp_path_factory.mktemp("students") / "students")


@pytest.fixture(params=[pytest.param(p, id=p.stem) for p in execute.chapters()])
def chapter(request) -> Path:
    return request.param


def solutions(notebook: NotebookNode) -> list[str]:
    return [c.source for c in notebook.cells if "solution" in c.metadata.get("tags", [])]


def test_every_page_is_in_the_archive(archive):
    names = zipfile.ZipFile(archive).namelist()
    assert {f"students/{page.name}" for page in execute.pages()} <= set(names)


def test_only_the_solutions_are_missing(archive, chapter):
    whole = nbformat.read(chapter, as_version=4)
    copy = nbformat.read(archive.with_suffix("") / chapter.name, as_version=4)
    nbformat.validate(copy)
    assert len(solutions(whole)) >= (2 if execute.is_chapter(chapter) else 0)
    assert not solutions(copy)
    left = [cell.source for cell in whole.cells if cell.source not in solutions(whole)]
    assert [cell.source for cell in copy.cells] == left
    assert not any(cell.get("outputs") for cell in copy.cells)


def test_every_exercise_left_answers_kindly(archive, chapter, capsys):
    copy = nbformat.read(archive.with_suffix("") / chapter.name, as_version=4)
    left = [cell.source for cell in copy.cells if CHECKED.search(cell.source)]
    assert len(left) == len(solutions(nbformat.read(chapter, as_version=4)))
    for source in left:
        exec(source, {"exercises": exercises})
        assert "Not yet. Your function returns nothing." in capsys.readouterr().out


def undefined_names(notebook: Path) -> str:
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--select=F821", str(notebook)]
    checked = subprocess.run(command, capture_output=True, text=True)
    return checked.stdout if checked.returncode else ""


def test_nothing_left_needs_a_solution(archive, chapter):
    assert not undefined_names(archive.with_suffix("") / chapter.name)


def test_a_name_that_only_a_solution_gave_would_be_found(tmp_path):
    solution = nbformat.v4.new_code_cell("x = 1", metadata={"tags": ["solution"]})
    notebook = nbformat.v4.new_notebook(cells=[solution, nbformat.v4.new_code_cell("print(x)")])
    copy = tmp_path / "copy.ipynb"
    nbformat.write(students.without_solutions(notebook), copy)
    assert "Undefined name `x`" in undefined_names(copy)
