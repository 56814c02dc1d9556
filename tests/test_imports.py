"""Starting up is cheap: heavy libraries come when they are needed."""

import subprocess
import sys
from pathlib import Path

import pytest

import helpers

MODULES = [
    *sorted(path.stem for path in Path(helpers.__file__).parent.glob("*.py")),
    "plots",
    "exercises",
    "experiments",
]


@pytest.mark.parametrize("module", MODULES)
def test_no_module_loads_tensorflow_or_librosa(module):
    name = "helpers" if module == "__init__" else f"helpers.{module}"
    program = (
        f"import sys, {name}; "
        "print([m for m in ('tensorflow', 'keras', 'librosa', 'tf_keras') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
