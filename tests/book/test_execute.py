"""Chapters are executed once, when something that they depend on changed, and checked."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import execute
import nbformat
import one_core
import pytest
import trouble
from jupyter_cache import get_cache
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

# Notes each execution in a file, so that a test can count them.
COUNTING = "import os\nwith open(os.environ['RUNS'], 'a') as runs:\n    runs.write('x')"
CHECKED = "print(6 * 7)"


class TinyBook:
    """A book of one chapter, with the real executor."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "book"
        self.chapter = self.folder / "tiny.ipynb"
        self.counted = folder / "runs"
        self.tools = folder / "tools"
        self.folder.mkdir()
        self.tools.mkdir()
        for name in ("execute", "grammarless", "needs", "one_core", "recording", "refresh"):
            shutil.copy(execute.TOOLS / f"{name}.py", self.tools)
        (self.folder / "_toc.yml").write_text(
            "format: jb-book\nroot: intro\nchapters:\n- file: tiny.ipynb\n"
        )
        (folder / "pyproject.toml").write_text("")  # pytest's settings
        (folder / "requirements.lock").write_text("")
        (folder / "helpers").mkdir()
        (folder / "helpers" / "__init__.py").write_text("")

    def helper(self, name: str, code: str) -> None:
        (self.folder.parent / "helpers" / f"{name}.py").write_text(code)

    def write(self, *cells: str, stored: str = "42\n", prose: str = "Prose.") -> None:
        code = [new_code_cell(source, id=f"cell-{i}") for i, source in enumerate(cells)]
        for cell in code:
            if cell.source == CHECKED:
                cell.outputs = [new_output("stream", name="stdout", text=stored)]
                cell.metadata["tags"] = ["nbval-check-output"]
        notebook = new_notebook(cells=[new_markdown_cell(prose, id="prose"), *code])
        nbformat.write(notebook, self.chapter)

    def execute(
        self, script: str = "execute.py", **environment: str
    ) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(self.tools / script)]
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("BOOK_")}
        inherited |= {"RUNS": str(self.counted), "PYTHONPATH": str(self.folder.parent)}
        return subprocess.run(
            command, env=inherited | environment, capture_output=True, text=True, check=False
        )

    def runs(self) -> int:
        return len(self.counted.read_text()) if self.counted.exists() else 0

    def executed(self) -> NotebookNode:
        return nbformat.read(self.folder / "_build/executed/tiny.ipynb", as_version=4)

    def record(self) -> dict:
        cache = get_cache(self.folder / "_build/.jupyter_cache")
        return cache.match_cache_notebook(nbformat.read(self.chapter, as_version=4)).data

    def is_kept(self, chapter: Path) -> bool:
        """Whether the cache holds the outputs of a chapter, to the last byte."""
        cache = get_cache(self.folder / "_build/.jupyter_cache")
        with contextlib.suppress(KeyError, ValueError):
            found = cache.match_cache_notebook(nbformat.read(chapter, as_version=4))
            return bool(cache.get_cache_bundle(found.pk))
        return False


@pytest.fixture
def book(tmp_path: Path) -> TinyBook:
    return TinyBook(tmp_path)


def test_executes_only_what_changed(book):
    book.helper("stage", "from helpers import deep\n")
    book.helper("deep", "")
    book.helper("other", "")
    code = (COUNTING, CHECKED, "from helpers import stage")
    book.write(*code)
    first = book.execute()
    assert first.returncode == 0, first.stdout
    assert "3 passed" in first.stdout
    again = book.execute()
    assert again.returncode == 0
    assert book.runs() == 1

    book.write(*code, prose="Better prose.")
    book.helper("other", "CHANGED = True\n")
    book.execute()
    assert book.runs() == 1

    book.helper("deep", "CHANGED = True\n")
    book.execute()
    assert book.runs() == 2


def test_chapters_run_side_by_side(book):
    toc = book.folder / "_toc.yml"
    toc.write_text(toc.read_text() + "- file: second.ipynb\n")
    book.write(*[COUNTING] * 5, CHECKED)
    shutil.copy(book.chapter, book.folder / "second.ipynb")
    assert "12 passed" in book.execute().stdout
    assert book.runs() == 10


def test_a_chapter_takes_one_core(book, monkeypatch):
    for threads in one_core.SETTINGS:
        monkeypatch.delenv(threads)
    book.write(
        "import os, numpy\nfrom threadpoolctl import threadpool_info\n"
        "print({known['num_threads'] for known in threadpool_info()})\n"
        "print(os.environ['TF_NUM_INTEROP_THREADS'], os.environ['TF_NUM_INTRAOP_THREADS'])"
    )
    assert book.execute().returncode == 0
    assert book.executed().cells[1].outputs[0].text == "{1}\n1 1\n"


def test_a_chapter_runs_alone_in_a_folder_outside_the_book(book):
    book.write("import os\nprint(os.getcwd(), *os.listdir())")
    assert book.execute().returncode == 0
    folder, *files = book.executed().cells[1].outputs[0].text.split()
    assert files == ["tiny.ipynb"]
    assert not Path(folder).is_relative_to(book.folder.parent)
    assert not Path(folder).exists()


def test_time_and_memory_are_recorded_and_said(book):
    book.write("much = b'x' * 300_000_000\ndel much")
    said = book.execute().stdout
    megabytes, seconds = book.record()["megabytes"], book.record()["execution_seconds"]
    assert 300 < megabytes < 600
    assert f"tiny: {seconds:.0f} s, {megabytes} MB" in said


def test_what_is_read_of_files_counts_as_no_memory_of_a_chapter(book):
    book.write(
        "import mmap\n"
        "with open('many', 'w+b') as file:\n"
        "    file.truncate(300_000_000)\n"
        "    mapped = mmap.mmap(file.fileno(), 0)\n"
        "read = sum(mapped[::4096])"
    )
    assert book.execute().returncode == 0
    assert book.record()["megabytes"] < 300


def test_a_chapter_that_takes_too_much_memory_fails(book):
    book.write("much = b'x' * 800_000_000\ndel much", "print(1)")
    told = book.execute()
    assert told.returncode != 0
    assert re.search(r"the chapter took 8\d\d MB, and may take 775", told.stdout)
    assert "Not executed as they stand: tiny" in told.stderr


def test_chapters_have_no_jax_as_readers_have_none(book):
    book.write("try:\n    import jax\nexcept ImportError as error:\n    print(error)")
    assert book.execute().returncode == 0
    assert book.executed().cells[1].outputs[0].text == "readers of the book have no JAX\n"


def test_a_cell_that_fails_ends_its_chapter_and_the_run(book):
    book.write("print(undefined)", COUNTING)
    for _ in range(2):  # a failure is not remembered as a success
        result = book.execute()
        assert result.returncode != 0
        assert "name 'undefined' is not defined" in result.stdout
        assert "Not executed as they stand: tiny" in result.stderr
    assert book.runs() == 0


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT], ids=["killed", "Ctrl+C"])
def test_a_run_ended_from_outside_goes_on_with_the_chapters_that_it_lacks(book, tmp_path, end):
    waits = tmp_path / "waits"
    book.write(COUNTING, "1")
    finished = book.chapter.rename(book.folder / "finished.ipynb")
    toc = book.folder / "_toc.yml"
    toc.write_text(toc.read_text() + "- file: finished.ipynb\n")
    book.write(
        COUNTING,
        f"import os, time\nfirst = not os.path.exists({str(waits)!r})\n"
        f"open({str(waits)!r}, 'w').close()\ntime.sleep(600 * first)",
        CHECKED,
    )
    running = subprocess.Popen(
        [sys.executable, book.tools / "execute.py"],
        env=os.environ | {"RUNS": str(book.counted)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # a terminal's Ctrl+C, too, reaches all that belongs to it
    )
    while not (waits.exists() and book.is_kept(finished)):
        assert running.poll() is None
        time.sleep(0.1)
    os.killpg(running.pid, end)
    assert running.wait() != 0
    again = book.execute()
    assert again.returncode == 0, again.stdout
    assert "3 passed" in again.stdout
    assert book.runs() == 3
    assert book.executed().cells[3].outputs[0].text == "42\n"
    assert "as it stands" in book.execute().stdout


def test_what_is_kept_of_a_chapter_is_whole_or_made_again_wherever_it_is_killed(book):
    book.write(CHECKED)
    assert book.execute().returncode == 0
    program = f"""
import os, sys
sys.path[:0] = [{str(book.tools)!r}, {str(Path(trouble.__file__).parent)!r}]
import execute
from jupyter_cache import get_cache
from trouble import killed_everywhere

(chapter,) = execute.chapters()
kept = execute.BOOK / "_build" / ".jupyter_cache"

def work():
    for _ in range(2):  # the second takes the place of the first
        execute.CACHE = get_cache(kept)
        execute.store(chapter, execute.fingerprint(chapter))

def half():
    execute.CACHE = get_cache(kept)
    return execute.cached(chapter)

def whole():
    assert half()

print(killed_everywhere(kept, work, half, whole))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert int(trouble.succeeded(done)) > 5


def test_a_skipped_cell_fails_the_run(book):
    book.write("# NBVAL_SKIP\n1", "2")
    assert book.execute().returncode != 0


def test_a_chapter_edited_while_it_runs_fails_the_run(book):
    book.write(
        f"import nbformat\nname = {str(book.chapter)!r}\nedited = nbformat.read(name, 4)",
        "edited.cells[1].source += ' # edited'\nnbformat.write(edited, name)",
    )
    result = book.execute()
    assert result.returncode != 0
    assert "Not executed as they stand: tiny" in result.stderr


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
        "import sys\nprint('10 %\\r99 %\\rdone')\nprint('a warning', file=sys.stderr)",
        "bar = display({'text/html': '30 %'}, raw=True, display_id=True)\nbar.update({}, raw=True)",
        "import ipywidgets\nslider = ipywidgets.IntSlider(3)\nslider",
        "slider.value = 7",
    )
    result = book.execute()
    assert result.returncode == 0, result.stdout
    executed = book.executed()
    display, update, printed, bar, widget, _ = executed.cells[1:]
    assert display.outputs[0].data["text/plain"] == "'second'"
    assert update.outputs == []
    assert {out.name: out.text for out in printed.outputs} == {
        "stdout": "done\n",
        "stderr": "a warning\n",
    }
    assert bar.outputs == []
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


def test_recordings_in_the_home_folder_are_looked_at_for_changes(tmp_path, monkeypatch, request):
    request.addfinalizer(execute.surroundings.cache_clear)
    clip = tmp_path / "clips" / "note.wav"
    clip.parent.mkdir()
    clip.write_bytes(b"one")
    (clip.parent / "gone.wav").symlink_to(tmp_path / "nowhere")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("BOOK_DATA", "~/clips")

    def told() -> str:
        execute.surroundings.cache_clear()
        return execute.surroundings()

    first = told()
    assert told() == first
    clip.write_bytes(b"another")
    assert told() != first
