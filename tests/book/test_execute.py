"""Chapters are executed once, when something that they depend on changed, and checked."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import execute
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

# Notes each execution in a file, so that a test can count them.
COUNTING = "with open('runs', 'a') as runs:\n    runs.write('x')"
CHECKED = "# NBVAL_CHECK_OUTPUT\nprint(6 * 7)"


class TinyBook:
    """A book of one chapter, with the real executor."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "book"
        self.chapter = self.folder / "01-tiny.ipynb"
        self.folder.mkdir()
        for name in ("execute.py", "conftest.py", "refresh.py"):
            shutil.copy(execute.BOOK / name, self.folder)
        (self.folder / "_toc.yml").write_text(
            "format: jb-book\nroot: intro\nchapters:\n- file: 01-tiny.ipynb\n"
        )
        (folder / "pyproject.toml").write_text("")
        (folder / "helpers").mkdir()
        self.helper = folder / "helpers" / "__init__.py"
        self.helper.write_text("")

    def write(self, *cells: str, stored: str = "42\n", prose: str = "Prose.") -> None:
        code = [new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(cells)]
        for cell in code:
            if cell.source == CHECKED:
                cell.outputs = [new_output("stream", name="stdout", text=stored)]
        notebook = new_notebook(cells=[new_markdown_cell(prose, id="prose"), *code])
        nbformat.write(notebook, self.chapter)

    def execute(
        self, script: str = "execute.py", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(self.folder / script)]
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("BOOK_")}
        return subprocess.run(
            command, env=inherited | environment, capture_output=True, text=True, check=False
        )

    def runs(self) -> int:
        counted = self.folder / "runs"
        return len(counted.read_text()) if counted.exists() else 0


@pytest.fixture
def book(tmp_path: Path) -> TinyBook:
    return TinyBook(tmp_path)


def test_executes_only_what_changed(book):
    book.write(COUNTING, CHECKED)
    first = book.execute()
    assert first.returncode == 0, first.stdout
    assert "2 passed" in first.stdout
    again = book.execute()
    assert again.returncode == 0
    assert book.runs() == 1

    book.write(COUNTING, CHECKED, prose="Better prose.")
    book.execute()
    assert book.runs() == 1

    book.helper.write_text("CHANGED = True\n")
    book.execute()
    assert book.runs() == 2


def test_a_cell_that_fails_ends_its_chapter_and_the_run(book):
    book.write("print(undefined)", COUNTING)
    for _ in range(2):  # a failure is not remembered as a success
        result = book.execute()
        assert result.returncode != 0
        assert "name 'undefined' is not defined" in result.stdout
        assert "Not executed as they stand: 01-tiny" in result.stderr
    assert book.runs() == 0


def test_a_skipped_cell_fails_the_run(book):
    book.write("# NBVAL_SKIP\n1", "2")
    assert book.execute().returncode != 0


def test_a_chapter_edited_while_it_runs_fails_the_run(book):
    book.write(
        "import nbformat\nname = '01-tiny.ipynb'\nedited = nbformat.read(name, 4)",
        "edited.cells[1].source += ' # edited'\nnbformat.write(edited, name)",
    )
    result = book.execute()
    assert result.returncode != 0
    assert "Not executed as they stand: 01-tiny" in result.stderr


def test_checked_outputs_are_those_of_the_bundled_data(book):
    book.write(CHECKED, stored="41\n")
    differing = book.execute()
    assert differing.returncode != 0
    assert "Cell outputs differ" in differing.stdout
    assert book.execute(BOOK_DATA="fsdkaggle2018").returncode == 0


def test_keeps_what_a_reader_would_see(book):
    book.write(
        "shown = display('first', display_id=True)",
        "shown.update('second')",
        "import sys\nprint('noise', file=sys.stderr)\nprint('10 %\\r99 %\\rdone')",
        "import ipywidgets\nslider = ipywidgets.IntSlider(3)\nslider",
        "slider.value = 7",
    )
    result = book.execute()
    assert result.returncode == 0, result.stdout
    executed = nbformat.read(book.folder / "_build/executed/01-tiny.ipynb", as_version=4)
    display, update, printed, widget, _ = executed.cells[1:]
    assert display.outputs[0].data["text/plain"] == "'second'"
    assert update.outputs == []
    assert [output.text for output in printed.outputs] == ["done\n"]
    view = widget.outputs[0].data["application/vnd.jupyter.widget-view+json"]
    widgets = executed.metadata.widgets["application/vnd.jupyter.widget-state+json"]
    assert widgets.state[view.model_id].state.value == 7


def test_refresh_stores_the_checked_outputs_and_they_are_shown_as_run(book):
    book.write(COUNTING, CHECKED, "1", stored="41\n")
    assert book.execute("refresh.py", BOOK_DATA="elsewhere").returncode == 0
    counting, checked, unchecked = nbformat.read(book.chapter, as_version=4).cells[1:]
    assert [output.text for output in checked.outputs] == ["42\n"]
    assert counting.outputs == unchecked.outputs == []
    assert "executed as it stands" in book.execute().stdout
    assert book.runs() == 1
