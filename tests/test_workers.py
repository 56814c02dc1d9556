"""How the tests end when one of them takes its process down."""

import subprocess
import sys

from helpers import dataset

CRASH = """
import os, signal

def test_before(): pass
def test_crash(): os.kill(os.getpid(), signal.SIGSEGV)
def test_after(): pass
"""


def test_a_crash_ends_the_tests_and_is_reported(tmp_path):
    for number in range(6):
        (tmp_path / f"test_{number}.py").write_text("def test_a(): pass\ndef test_b(): pass\n")
    (tmp_path / "test_3.py").write_text(CRASH)
    config = dataset.data_folder().parent / "pyproject.toml"
    command = [sys.executable, "-m", "pytest", "--config-file", config, "--rootdir", tmp_path]
    command += ["--numprocesses=2", "--dist=loadfile", "-p", "no:cacheprovider", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)  # or it hangs
    assert done.returncode == 1
    assert "crashed while running 'test_3.py::test_crash'" in done.stdout
