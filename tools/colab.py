"""Run the last commit's chapters as Colab would, on the versions that it has.

    python tools/colab.py                   every notebook of the book
    python tools/colab.py sound pruning     these

book/_build/colab/base holds what tests/colab/packages.txt lists and the book uses. Each notebook
runs on it in an empty folder, with an environment of its own that holds only what its first cell
adds, and that hides TensorFlow where this asks for none. A notebook fails whose cell fails or
writes to stderr, or whose first cell brought another version of what Colab has. It asks for Python
3.13, as Colab has, by COLAB_PYTHON (default python3.13).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

import address
import execute
import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from recording import most_memory

STUB = execute.ROOT / "tests" / "colab"
LISTED = STUB / "packages.txt"
PLACE = execute.BOOK / "_build" / "colab"
# What Colab's notebooks themselves run on, and what runs a test module there.
NOTEBOOK = ("ipykernel", "pip", "pytest", "wheel")

# What a chapter must do without that asks for no more than the book.
HEAVY = ("keras", "tensorflow", "tf_keras")


def packages() -> dict[str, str]:
    """Return the versions of what Colab has."""
    lines = (line.split("#")[0].strip() for line in LISTED.read_text("utf-8").splitlines())
    pairs = (line.split("==") for line in lines if line)
    return {canonicalize_name(name): version for name, version in pairs}


def used() -> list[str]:
    """Return what the book asks for, by name, of the packages that Colab has."""
    project = tomllib.loads((execute.ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    (chapters,) = extras["chapters"]
    asked = [*project["dependencies"], *NOTEBOOK]
    asked += [line for extra in Requirement(chapters).extras for line in extras[extra]]
    names = {canonicalize_name(Requirement(line).name) for line in asked}
    return sorted(names & set(packages()))


def has(site: Path) -> dict[str, str]:
    """Return the versions of what is installed in a folder."""
    program = "import sys, json\nfrom importlib.metadata import distributions as d\n"
    program += "print(json.dumps({p.name: p.version for p in d(path=[sys.argv[1]])}))"
    done = subprocess.run(
        [sys.executable, "-c", program, site], capture_output=True, check=True, text=True
    )
    return {canonicalize_name(name): version for name, version in json.loads(done.stdout).items()}


def replaced(versions: dict[str, str]) -> list[str]:
    """Return what is installed in another version than Colab's, as sentences."""
    listed = packages()
    return [
        f"{name} is {version}, and Colab has {listed[name]}"
        for name, version in sorted(versions.items())
        if name in listed and listed[name] != version
    ]


def site(environment: Path) -> Path:
    """Return the folder of an environment where pip installs."""
    (folder,) = environment.glob("lib/python3.*/site-packages")
    return folder


def base() -> Path:
    """Return the environment of Colab's versions, made where it is missing or of another list."""
    environment, mark = PLACE / "base", PLACE / "made-of"
    told = hashlib.sha256(LISTED.read_bytes() + " ".join(used()).encode()).hexdigest()
    if mark.exists() and mark.read_text() == told:
        return environment
    python = os.environ.get("COLAB_PYTHON", "python3.13")
    if shutil.which(python) is None:
        sys.exit(f"Colab has Python 3.13, and there is no {python}: name one by COLAB_PYTHON.")
    print("Installing Colab's versions, 3 GB, in", environment, flush=True)
    shutil.rmtree(PLACE, ignore_errors=True)
    subprocess.run([python, "-m", "venv", environment], check=True)
    pip = [f"{environment}/bin/python", "-m", "pip", "--disable-pip-version-check", "--quiet"]
    subprocess.run([*pip, "install", "--constraint", str(LISTED), *used()], check=True)
    mark.write_text(told)
    return environment


def overlay(name: str) -> Path:
    """Return an empty environment on top of Colab's, where `pip` is its own."""
    below, environment = base(), PLACE / name
    shutil.rmtree(environment, ignore_errors=True)
    python = below / "bin" / "python"
    subprocess.run([python, "-m", "venv", "--without-pip", environment], check=True)
    (site(environment) / "colab.pth").write_text(f"{site(below)}\n")
    # Read only where they lie in a site: setuptools' gives distutils, which tfmot imports.
    for file in site(below).glob("*.pth"):
        shutil.copy(file, site(environment))
    pip = environment / "bin" / "pip"
    pip.write_text(f'#!/bin/sh\nexec "{environment}/bin/python" -m pip "$@"\n')
    pip.chmod(0o755)
    kernel = environment / "share" / "jupyter" / "kernels" / "colab" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    argv = [f"{environment}/bin/python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    argv += ["--IPKernelApp.kernel_class=google.colab._shell.Kernel"]
    kernel.write_text(json.dumps({"argv": argv, "display_name": "Colab", "language": "python"}))
    return environment


def surroundings(environment: Path) -> dict[str, str]:
    """Return the environment variables of a Colab whose Internet has this checkout."""
    git = {
        f"url.{execute.ROOT}.insteadOf": address.chosen(),
        "protocol.file.allow": "always",
    }
    own = {"PATH": f"{environment / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(STUB)}
    own |= {"GIT_CONFIG_COUNT": str(len(git)), "BOOK_CACHE": str(environment / "cache")}
    for number, (key, value) in enumerate(git.items()):
        own |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("BOOK_", "GIT_", "PYTHON"))}
    return kept | own


class Timed(NotebookClient):
    """Notes how long the first cell of code took, which adds the book."""

    adding = 0.0

    async def async_execute_cell(self, cell, *rest, **named):
        began = time.monotonic()
        executed = await super().async_execute_cell(cell, *rest, **named)
        if cell.cell_type == "code" and not self.adding:
            self.adding = time.monotonic() - began
        return executed


def stderr(notebook: nbformat.NotebookNode) -> list[str]:
    """Return what the cells of an executed notebook wrote to stderr, as sentences."""
    return [
        f"cell {index} wrote to stderr: {output.text}"
        for index, cell in enumerate(notebook.cells)
        for output in cell.get("outputs", [])
        if output.get("name") == "stderr"
    ]


def chosen(names: list[str]) -> list[Path]:
    """Return the notebooks named, or all. SystemExit for a name that none has."""
    every = {notebook.stem: notebook for notebook in execute.chapters()}
    if absent := sorted(set(names) - set(every)):
        sys.exit(f"The book has no {', '.join(absent)}; its notebooks are {', '.join(every)}.")
    return [notebook for name, notebook in every.items() if not names or name in names]


def run(notebook: Path) -> list[str]:
    """Run one notebook and return what is wrong with it, as sentences."""
    environment = overlay(notebook.stem)
    specs = KernelSpecManager(
        kernel_dirs=[str(environment / "share" / "jupyter" / "kernels")],
        ensure_native_kernel=False,
    )
    manager = AsyncKernelManager(kernel_name="colab", kernel_spec_manager=specs)
    content = nbformat.read(notebook, as_version=4)
    first = next(cell.source for cell in content.cells if cell.cell_type == "code")
    if "which-instrument @" in first:  # asks for nothing besides
        for name in HEAVY:
            told = f"raise ImportError('{notebook.name} does not ask for {name}')\n"
            (site(environment) / f"{name}.py").write_text(told)
    memory = 0

    def measure(**_) -> None:
        nonlocal memory
        memory = most_memory(int(manager.provisioner.pid))  # type: ignore[union-attr]

    with tempfile.TemporaryDirectory() as folder:
        client = Timed(
            content,
            km=manager,
            timeout=600,
            resources={"metadata": {"path": folder}},
            on_cell_executed=measure,
        )
        began = time.monotonic()
        try:
            # The kernel would stay, since it is not the client that made its manager.
            client.execute(cleanup_kc=True, env=surroundings(environment))
        except CellExecutionError as error:
            return [re.sub(r"\x1b\[[\d;]*m", "", str(error))]
    added = has(site(environment))
    more = sorted(set(added) - {"which-instrument"})
    print(
        f"{notebook.stem}: {client.adding:.0f} s to add the book and {', '.join(more) or 'no more'}"
        f"; {time.monotonic() - began:.0f} s in all, {memory} MB",
        flush=True,
    )
    return stderr(content) + replaced(added)


def widgets() -> list[str]:
    """Run the tests of the explorer on Colab's widgets, and return what is wrong with them."""
    environment = PLACE / "sound"
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(execute.ROOT / "tests" / "test_widgets.py", folder)
        command = [f"{environment}/bin/python", "-m", "pytest", "--quiet", "test_widgets.py"]
        done = subprocess.run(
            command, cwd=folder, env=surroundings(environment), capture_output=True, text=True
        )
    return [done.stdout + done.stderr] if done.returncode else []


def main(names: list[str]) -> int:
    """Run the notebooks named, or all, and say what is wrong."""
    wrong = {}
    for chapter in chosen(names):
        wrong[chapter.stem] = run(chapter)
        if chapter.stem == "sound":
            wrong["the explorer"] = widgets()
        for environment in PLACE.glob(chapter.stem):
            shutil.rmtree(environment)
    wrong["the packages below"] = replaced(has(site(base())))
    for name, sentences in wrong.items():
        for sentence in sentences:
            print(f"{name}: {sentence}", file=sys.stderr)
    return int(any(wrong.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
