"""The examples in docstrings run, and return what stands below them; all that is called has one."""

import ast
import doctest
import importlib
import inspect
import json
import pkgutil
from pathlib import Path

import pytest
from IPython.core.inputtransformer2 import TransformerManager

import helpers

BOOK = Path(helpers.__file__).resolve().parents[1] / "book"
MODULES = [
    module.name
    for module in pkgutil.walk_packages(helpers.__path__, "helpers.")
    if ">>> " in inspect.getsource(importlib.import_module(module.name))
]


@pytest.mark.parametrize("module", MODULES)
def test_examples_run(module):
    folded = doctest.NORMALIZE_WHITESPACE  # a long line stands in two
    found = doctest.testmod(importlib.import_module(module), optionflags=folded)
    assert found.attempted > 0
    assert found.failed == 0


def called(code: str) -> set[tuple[str, str]]:
    """Module and name of each function or class of the book that code imports and calls or hands
    on."""
    tree = ast.parse(TransformerManager().transform_cell(code))
    modules = {
        name.asname or name.name: importlib.import_module(f"helpers.{name.name}")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "helpers"
        for name in node.names
    }
    things = {
        (node.value.id, node.attr): getattr(modules[node.value.id], node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in modules
    }
    return {
        at for at, thing in things.items() if inspect.isroutine(thing) or inspect.isclass(thing)
    }


def test_what_a_notebook_calls_is_found():
    code = "%matplotlib inline\nfrom helpers import dataset, plots, sound, widgets\n"
    code += "wave = sound.tone([1])\nlive = widgets.Live(plots.search)\n"
    code += "x = dataset.CLASSES[0].lower()\nnames = list(x)\nk = names.index(x)"
    found = {("sound", "tone"), ("widgets", "Live"), ("plots", "search")}
    assert called(code) == found


def test_all_that_a_notebook_calls_has_an_example():
    notebooks = (
        "\n".join(
            "".join(cell["source"])
            for cell in json.loads(notebook.read_text("utf-8"))["cells"]
            if cell["cell_type"] == "code"
        )
        for notebook in sorted(BOOK.glob("*.ipynb"))
    )
    every = set().union(*map(called, notebooks))
    assert len(every) > 100
    without = [
        f"{module}.{name}"
        for module, name in sorted(every)
        if ">>> " not in getattr(importlib.import_module(f"helpers.{module}"), name).__doc__
    ]
    assert not without
