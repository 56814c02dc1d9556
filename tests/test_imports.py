"""Starting up is cheap: heavy libraries come when they are needed."""

import json
import pkgutil
import subprocess
import sys

import pytest

import helpers

MODULES = [
    "helpers",
    *(module.name for module in pkgutil.walk_packages(helpers.__path__, "helpers.")),
]

# Imports each module as if it were the first of ours, and says what that brought along.
PROGRAM = """
import importlib, json, sys, traceback

told = {}
for name in sys.argv[1:]:
    for loaded in [module for module in sys.modules if module.partition(".")[0] == "helpers"]:
        del sys.modules[loaded]
    before = set(sys.modules)
    try:
        importlib.import_module(name)
    except ImportError:
        told[name] = traceback.format_exc()
    else:
        brought = set(sys.modules) - before
        told[name] = sorted({"tensorflow", "keras", "librosa", "tf_keras"} & brought)
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told() -> dict[str, list[str] | str]:
    """What the import of each module brought along, or why there was none.

    A heavy library is told of the first module alone that loads it.
    """
    command = [sys.executable, "-c", PROGRAM, *MODULES]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("module", MODULES)
def test_no_module_loads_tensorflow_or_librosa(told, module):
    assert told[module] == []
