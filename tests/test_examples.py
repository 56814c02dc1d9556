"""The examples in docstrings run, and return what stands below them."""

import doctest
import importlib
import inspect
import pkgutil

import pytest

import helpers

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
