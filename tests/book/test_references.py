"""The references are readable where the page is not built, and JupyterLab shows them rendered."""

from __future__ import annotations

import json
import re
import tomllib

import execute
import nbformat
import references
from jupyterlab_server.settings_utils import _get_overrides


def test_the_page_has_the_list_that_references_bib_has():
    page = references.PAGE.read_text(encoding="utf-8")
    assert references.written(page) == page, "run `make references`"
    assert "```{" not in page


def test_every_source_that_is_linked_has_its_place_in_the_list():
    places = set(re.findall(r'<a id="([^"]+)">', references.listed()))
    assert len(places) > 30
    for path in execute.pages():
        if path.suffix == ".ipynb":
            cells = nbformat.read(path, as_version=4).cells
            text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
            assert set(re.findall(r"references\.html#([\w-]+)", text)) <= places, path.name


def test_jupyterlab_finds_that_markdown_opens_rendered(tmp_path):
    project = tomllib.loads((execute.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    data = project["tool"]["setuptools"]["data-files"]
    (file,) = data["share/jupyter/lab/settings/overrides.d"]
    (tmp_path / "overrides.d").mkdir()
    text = (execute.ROOT / file).read_text(encoding="utf-8")
    (tmp_path / "overrides.d" / "which-instrument.json").write_text(text, encoding="utf-8")
    overrides, error = _get_overrides(str(tmp_path))
    assert error == "" and overrides == json.loads(text)
