"""Every chapter runs from what students are given, in an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import execute
import pytest
import students

CHAPTERS = [
    pytest.param(page.name, marks=[pytest.mark.brief] if page.stem == "sound" else [], id=page.stem)
    for page in execute.chapters()
]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory) -> Path:
    archive = students.write(tmp_path_factory.mktemp("made") / "which-instrument")
    folder = tmp_path_factory.mktemp("a student's")
    zipfile.ZipFile(archive).extractall(folder)
    return folder / "which-instrument"


@pytest.fixture(scope="module")
def python(tmp_path_factory) -> Path:
    """A fresh environment, with the locked packages but not with this one."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (site,) = folder.glob("lib/*/site-packages")
    # The packages that a line of a .pth file names are found; the .pth files beside them, by one of
    # which this checkout is installed, are not read.
    (site / "locked.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    return folder / "bin" / "python"


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_runs_from_the_archive_alone(name, unpacked, python, own_cache):
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "BOOK_"))}
    clean |= {"BOOK_CACHE": str(own_cache), "JUPYTER_PATH": "", "JUPYTER_DATA_DIR": str(own_cache)}
    own = [python, "-c", "import helpers; print(helpers.__file__)"]
    where = subprocess.run(own, cwd=unpacked, env=clean, capture_output=True, text=True, check=True)
    assert where.stdout.startswith(str(unpacked))
    program = "from nbclient.cli import main; main()"
    done = subprocess.run(
        [python, "-c", program, "--timeout=600", name],
        cwd=unpacked,
        env=clean,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-4000:]
