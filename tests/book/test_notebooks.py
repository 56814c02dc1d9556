"""Notebooks are committed as source: text outputs of checked cells, and nothing more."""

from __future__ import annotations

import copy
import re
import subprocess
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


def test_first_cell_of_code_adds_the_book_to_colab_and_is_everywhere_the_same(path, notebook):
    first, *others = code_cells(notebook)
    same, extras = re.subn(r"which-instrument(\[[a-z,]+\])? @", "which-instrument @", first.source)
    assert extras == 1
    model = nbformat.read(execute.BOOK / "sound.ipynb", as_version=4)
    assert same == code_cells(model)[0].source, "only what it asks for may differ"
    assert "--constraint" in same and "_exit_code" in same
    assert first.metadata.tags == ["remove-cell"]
    assert first.metadata.jupyter.source_hidden and first.metadata.cellView == "form"
    for cell in others:
        assert "pip install" not in cell.source


def test_the_first_cell_stops_where_pip_fails(notebook, capfd):
    """In a shell that calls itself Colab, with a pip that says no, and with one that does it."""
    source = code_cells(notebook)[0].source
    shell = Colab()
    for status in (1, 0):
        shell.status = status
        names = {"get_ipython": lambda: shell}
        if status:
            with pytest.raises(RuntimeError, match="pip could not add the book"):
                exec(source, names)
        else:
            exec(source, names)
        said = capfd.readouterr().out
        assert "takes about a minute" in said
        assert ("is here" in said) == (status == 0)


class Colab:
    """What the first cell asks of IPython, with a `pip` that ends as it is told."""

    status = 0

    def __init__(self):
        self.user_ns = {}

    def __str__(self):
        return "<google.colab._shell.Shell object>"

    def system(self, command):
        pip = f"pip() {{ return {self.status}; }}; "
        told = subprocess.run(["bash", "-c", pip + command], check=False)
        self.user_ns["_exit_code"] = told.returncode


def test_the_last_cell_says_how_to_give_the_memory_back(notebook):
    last = notebook.cells[-1]
    assert last.cell_type == "markdown"
    assert last.source.startswith("**If you ran this ")
    assert "`Kernel > Shut Down Kernel`" in last.source
    model = nbformat.read(execute.BOOK / "sound.ipynb", as_version=4)
    assert last.source == model.cells[-1].source


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


def test_the_page_folds_what_only_prepares_and_the_solutions_alike(path, notebook):
    if not execute.is_chapter(path):
        pytest.skip("a page around the chapters shows its code")
    _, imports, road, *others = code_cells(notebook)
    assert "from helpers import" in imports.source and imports.metadata.tags == ["hide-input"]
    assert "road_map(here=" in road.source and road.metadata.tags == ["remove-input"]
    for cell in others:
        tags = cell.metadata.get("tags", [])
        if "solution" in tags:
            assert "hide-cell" in tags and cell.metadata.jupyter.source_hidden
            assert set(cell.metadata.mystnb.values()) == {"Solution"}
        assert ("widgets.explore(" not in cell.source) or "hide-input" in tags


def test_names_no_place_of_one_machine(notebook):
    places = (str(Path.home()) + "/", str(execute.ROOT) + "/")
    assert not [place for place in places if place in nbformat.writes(notebook)]
