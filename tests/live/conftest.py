"""A real Jupyter server, with JupyterLab and Notebook, and a browser to open chapters in."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import execute
import pytest
from opened import TOKEN


@pytest.fixture(scope="session")
def folder(tmp_path_factory) -> Path:
    """Give copies of all chapters, which the server serves and may change."""
    made = tmp_path_factory.mktemp("live")
    for page in execute.chapters():
        shutil.copy(page, made)
    return made


@pytest.fixture(scope="session")
def jupyter(folder, tmp_path_factory) -> Iterator[str]:
    """Give the address of a server of that folder, with no settings and no results of a reader."""
    home = tmp_path_factory.mktemp("home")
    # Under pytest, ipykernel would not show what compiled code writes.
    ours = ("JUPYTER", "IPYTHON", "BOOK_", "OMP_", "TF_", "PYTEST_")
    settings = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    settings |= {
        "BOOK_CACHE": str(home / "cache"),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "PYTHONPATH": str(execute.ROOT),
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += ["--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", f"--ServerApp.root_dir={folder}"]
    command += [
        f"--IdentityProvider.token={TOKEN}",
        "--LabApp.news_url=",
    ]  # nothing from the network
    with open(home / "log", "wb") as log:
        running = subprocess.Popen(command, env=settings, stdout=log, stderr=log)
    try:
        yield _address(running, home)
    finally:
        running.terminate()
        running.wait()


def _address(running: subprocess.Popen, home: Path) -> str:
    """The address of a server that has just been started, once it is known."""
    while running.poll() is None:
        for told in (home / "runtime").glob("jpserver-*.json"):
            try:
                return json.loads(told.read_text(encoding="utf-8"))["url"]
            except ValueError:  # it is being written
                pass
        time.sleep(0.2)
    pytest.fail((home / "log").read_text(encoding="utf-8"), pytrace=False)
