"""Notebooks are committed as source: text outputs of checked cells, and nothing more."""

from __future__ import annotations

import copy
import re
from pathlib import Path

import execute
import nbformat
import pytest
import refresh
from nbformat import NotebookNode

IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\(|<img\b(?P<tag>[^>]*)>")
# What JupyterLab and Colab, which know no MyST, show as it is written.
MYST = re.compile(r"^(?:`{3,}|:{3,})\{|\{[\w:-]+\}`|^\([\w-]+\)=$", re.MULTILINE)

pytestmark = pytest.mark.parametrize(
    "path", [pytest.param(path, id=path.stem) for path in execute.chapters()]
)


@pytest.fixture
def notebook(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_is_valid_and_every_cell_has_an_id(notebook):
    nbformat.validate(notebook)
    assert all(cell.get("id") for cell in notebook.cells)


def test_is_clean(notebook):
    cleaned = copy.deepcopy(notebook)
    refresh.clean(cleaned)
    assert notebook == cleaned, "run `make notebooks`"


def test_has_checked_cells_with_their_outputs_a_chapter_five(path, notebook):
    checked = [cell for cell in code_cells(notebook) if refresh.is_checked(cell)]
    assert len(checked) >= (5 if execute.is_chapter(path) else 1)
    for cell in checked:
        assert cell.outputs, f"run tools/refresh.py, nothing is stored for:\n{cell.source}"


def test_no_cell_is_exempt_from_running_or_passing(notebook):
    for cell in code_cells(notebook):
        exempt = {"nbval-skip", "raises-exception", "nbval-raises-exception"}
        assert not exempt & set(cell.metadata.get("tags", []))
        assert not re.search(r"#\s*NBVAL_(SKIP|RAISES_EXCEPTION)", cell.source)


def test_first_cell_of_code_is_the_one_line_for_colab(notebook):
    first, *others = code_cells(notebook)
    assert "COLAB" in first.source.upper() and "pip install" in first.source
    assert "\n" not in first.source.strip()
    assert first.metadata.tags == ["remove-cell"]
    for cell in others:
        assert "pip install" not in cell.source


def test_every_picture_says_what_it_shows(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            for picture in IMAGE.finditer(cell.source):
                alt = picture["alt"] or re.search(r'alt="[^"]+"', picture["tag"] or "")
                assert alt, f"no alt text: {picture[0]}"


def test_reads_well_where_no_myst_is_known(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            assert not MYST.findall(cell.source), cell.source


def test_names_no_place_of_one_machine(notebook):
    places = (str(Path.home()) + "/", str(execute.ROOT) + "/")
    assert not [place for place in places if place in nbformat.writes(notebook)]
