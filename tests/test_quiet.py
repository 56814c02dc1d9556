"""What a reader does not see of TensorFlow, and what a reader sees of their own code."""

import os
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

from helpers import quiet

TRAINS = """
from helpers import cnn
import numpy as np

import keras

x, y = np.random.default_rng(0).normal(size=(64, 275, 13)), np.arange(64) % 2
for seed in range(3):
    network = cnn.fit(x, y, (x[:8], y[:8]), ("Cello", "Flute"), epochs=2, seed=seed)
    network.predict(x)
    keras.Model(network.model.input, network.model.get_layer("conv1").output)(x[:2])
"""

EXPORTS = """
from helpers import export

for kind in ("float", "int8"):
    export.to_tflite(network, kind, x[:4]).predict(x[:2])
"""

WARNS = """
import logging, os, sys, time, warnings

from helpers import cnn

import keras

os.write(2, b"mine from C\\n")
time.sleep(2)  # the kernel reads it in a thread of its own
warnings.warn("mine by Python")
logging.getLogger("tensorflow").warning("mine by TensorFlow")
print("mine on stderr", file=sys.stderr)
"""


@pytest.fixture(scope="module")
def cells(tmp_path_factory) -> list[list]:
    """Give the outputs of the three cells above, run one after another in a kernel."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(code) for code in (WARNS, TRAINS, EXPORTS)]
    )
    folder = tmp_path_factory.mktemp("quiet")
    # What is asked of a kernel in which nothing was set before.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOOK_CACHE", str(folder))
        patch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [os.getcwd(), *sys.path])))
        # Under pytest, ipykernel would not show what compiled code writes.
        for name in [name for name in os.environ if name.startswith(("TF_", "PYTEST_"))]:
            patch.delenv(name)
        NotebookClient(notebook, timeout=600).execute()
    return [cell.outputs for cell in notebook.cells]


@pytest.mark.parametrize("cell", [1, 2], ids=["training", "export"])
def test_nothing_is_said_and_no_bar_stays(cells, cell):
    assert not [output for output in cells[cell] if output.get("data") != {}]


@pytest.mark.parametrize("way", ["by Python", "by TensorFlow", "on stderr", "from C"])
def test_a_readers_own_warnings_are_shown(cells, way):
    # TensorFlow's go to stdout in a notebook.
    assert f"mine {way}" in "".join(output.text for output in cells[0])


def test_what_was_hushed_is_shown_where_it_fails(capfd):
    with pytest.raises(ImportError), quiet.native():
        os.write(2, b"why it fails")
        raise ImportError
    os.write(2, b", and what follows")
    assert capfd.readouterr().err == "why it fails, and what follows"


def test_hushed_lines_are_not_shown_where_it_works(capfd):
    with quiet.native():
        os.write(2, b"nothing to know")
    assert capfd.readouterr().err == ""


def test_a_closed_stderr_is_no_trouble():
    program = "import os; os.close(2)\nfrom helpers import quiet\nwith quiet.native(): print(1)"
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert done.stdout == "1\n"
