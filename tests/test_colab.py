"""make colab: which notebooks it runs, and what it takes for wrong in them."""

import colab
import execute
import nbformat
import pytest
from nbclient import NotebookClient


def test_a_misspelt_name_ends_it():
    with pytest.raises(SystemExit, match="no sounds; its notebooks are sound,") as ended:
        colab.main(["sounds", "dataset"])
    assert ended.value.code not in (0, None)


def test_the_notebooks_named_are_run_or_all():
    assert [path.stem for path in colab.chosen(["mfcc", "sound"])] == ["sound", "mfcc"]
    assert colab.chosen([]) == execute.chapters()


def test_what_a_cell_writes_to_stderr_is_wrong():
    sources = ["print('fine')", "import warnings; warnings.warn('old')"]
    cells = [nbformat.v4.new_markdown_cell("Words.")]
    cells += [nbformat.v4.new_code_cell(source) for source in sources]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, kernel_name="python3").execute()
    (told,) = colab.stderr(notebook)
    assert told.startswith("cell 2 wrote to stderr:") and "UserWarning: old" in told
