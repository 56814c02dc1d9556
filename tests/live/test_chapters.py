"""Each chapter in JupyterLab and in Notebook, from its first cell to its last."""

from __future__ import annotations

import re
import shutil

import execute
import nbformat
import pytest
from opened import ADDRESS, Opened

BRIEF = ("sound", "cnn", "comparison")
"""Without TensorFlow; with trainings; with the largest explorer."""

CHAPTERS = [
    pytest.param(page.stem, marks=[pytest.mark.brief] if page.stem in BRIEF else [])
    for page in execute.chapters()
]


@pytest.fixture(scope="module", params=ADDRESS)
def front_end(request) -> str:
    """JupyterLab, and Notebook."""
    return request.param


@pytest.fixture(scope="module")
def of_its_own(browser, jupyter, front_end, folder) -> set[str]:
    """What a front end writes to the browser's console about a notebook of one word."""
    empty = folder / f"empty-{front_end}.ipynb"
    kernel = nbformat.read(folder / "sound.ipynb", as_version=4).metadata
    cells = [nbformat.v4.new_code_cell("1")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), empty)
    opened = Opened(browser, jupyter, front_end, empty)
    opened.run_all()
    opened.close()
    return set(opened.console)


def put_out(notebook: nbformat.NotebookNode) -> list[str]:
    """Errors, what is on stderr, and cells that did not run."""
    troubles = []
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        if cell.execution_count is None:
            troubles.append(f"cell {index} did not run")
        for output in cell.outputs:
            logged = re.search(r"WARNING:|INFO:tensorflow", output.get("text", ""))
            if output.output_type == "error" or output.get("name") == "stderr" or logged:
                troubles.append(f"cell {index}: {output.get('text') or output.get('evalue')}")
    return troubles


def tried(opened: Opened) -> None:
    """Move each control of each explorer by mouse and by keys."""
    for number, explorer in enumerate(opened.explorers(), 1):
        explorer.scroll_into_view_if_needed()
        for menu in explorer.locator("select").all():
            last = menu.locator("option").count() - 1
            if not last:
                continue
            opened.moves(explorer, lambda m=menu, i=last: m.select_option(index=i), "a choice")
            opened.moves(explorer, lambda m=menu: m.press("ArrowUp"), f"a key in menu {number}")
        for slider in explorer.locator(".noUi-target").all():
            box = slider.bounding_box()
            at = {"x": box["width"] - 2, "y": box["height"] / 2}
            opened.moves(explorer, lambda s=slider, at=at: s.click(position=at), "a click")
            # Notebook takes the arrow keys before the page's elements do, to go from heading to
            # heading; these it leaves.
            handle = slider.locator(".noUi-handle")
            opened.moves(explorer, lambda h=handle: h.press("Home"), f"a key on slider {number}")


def answered(opened: Opened, chapter: str, notebook: nbformat.NotebookNode) -> None:
    """Answer each exercise wrongly, then rightly."""
    for index, cell in enumerate(notebook.cells):
        if "# Your code here." not in cell.source:
            continue
        wrong = re.sub(r"# Your code here\.\n\s*\.\.\.", "return 'wrong'", cell.source)
        assert "Not yet." in opened.answer(index, wrong), (chapter, index)
        right = notebook.cells[index + 1].source
        assert "Right." in opened.answer(index, right), (chapter, index)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_runs_and_answers(browser, jupyter, folder, front_end, of_its_own, chapter):
    path = folder / f"{chapter}-{front_end}.ipynb"
    shutil.copy(folder / f"{chapter}.ipynb", path)
    opened = Opened(browser, jupyter, front_end, path)
    try:
        notebook = opened.run_all()
        assert not put_out(notebook)
        assert not opened.troubles()
        tried(opened)
        answered(opened, chapter, notebook)
        assert not put_out(opened.saved())
        assert not opened.troubles()
        assert not [said for said in opened.console if said not in of_its_own]
        print(f"{front_end} {chapter}: {opened.most_memory()} MB")
    finally:
        opened.close()
