"""Execute the chapters that changed, once for both: nbval checks them, jupyter-book shows them.

Each runs as Colab would run it: alone, in a folder that holds nothing else, outside the
repository. A chapter's fingerprint covers all that its outputs depend on: its code cells, the
files of helpers/ that they rest on, data/, the data and profile chosen, requirements.lock, how it
is recorded and the Python version. It is kept with the outputs in the cache from which
jupyter-book takes them, so that a chapter already there with the same fingerprint is left alone,
and jupyter-book finds every chapter executed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from itertools import chain
from pathlib import Path

import grammarless  # noqa: F401 - before nbformat
import nbformat
import needs
import one_core
from filelock import FileLock
from IPython.core.inputtransformer2 import TransformerManager
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.cache.db import NbCacheRecord
from sphinx_external_toc.parsing import parse_toc_yaml

TOOLS = Path(__file__).resolve().parent
ROOT = TOOLS.parent
BOOK = ROOT / "book"
EXECUTED = BOOK / "_build" / "executed"
# What binder/jupyter_server_config.py sets for the kernels there.
ON_BINDER = {"MALLOC_ARENA_MAX": "1"}
# Pytest's plugins that the book's own tests need take a second to load.
PLUGINS = ["grammarless", "xdist.plugin", "nbval.plugin", "recording"]
CACHE = get_cache(BOOK / "_build" / ".jupyter_cache")


def pages() -> list[Path]:
    """Return the sources of the pages of the table of contents, in its order."""
    named = (BOOK / page for page in parse_toc_yaml(BOOK / "_toc.yml"))
    return [page if page.suffix else page.with_suffix(".md") for page in named]


def chapters() -> list[Path]:
    """Return the notebooks of the table of contents, in its order."""
    return [page for page in pages() if page.suffix == ".ipynb"]


@cache
def course() -> list[str]:
    """Return the chapters by the names of their files: the numbered ones, then the appendix."""
    parts = parse_toc_yaml(BOOK / "_toc.yml").root.subtrees
    chosen = [part.items for part in parts if part.numbered or part.caption == "Appendix"]
    return [Path(str(page)).stem for page in chain(*chosen)]


def is_chapter(notebook: Path) -> bool:
    """Say whether a notebook is a chapter and not a page around them."""
    return notebook.stem in course()


@cache
def surroundings() -> str:
    """Return a hash of what every chapter's outputs depend on."""
    data = os.path.expanduser(os.environ.get("BOOK_DATA", "demo"))
    profile = os.environ.get("BOOK_PROFILE", "quick")
    digest = hashlib.sha256(repr((data, profile, sys.version)).encode())
    for file in sorted((ROOT / "data").rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    digest.update((ROOT / "requirements.lock").read_bytes() + (TOOLS / "recording.py").read_bytes())
    # The reader's own recordings may be large: their sizes and times must do.
    for file in sorted(Path(data).rglob("*") if os.path.isabs(data) else []):
        if file.is_file():  # and no link that leads nowhere
            stat = file.stat()
            digest.update(repr((str(file), stat.st_size, stat.st_mtime_ns)).encode())
    return digest.hexdigest()


def helpers(notebook: nbformat.NotebookNode) -> list[tuple[str, str]]:
    """Return the files of helpers/ that a notebook's code rests on, and a hash of each."""
    lines = TransformerManager().transform_cell  # of what is IPython's alone, such as %env
    code = "\n".join(lines(cell.source) for cell in notebook.cells if cell.cell_type == "code")
    return [
        (str(file.relative_to(ROOT)), hashlib.sha256(file.read_bytes()).hexdigest())
        for file in sorted(needs.files(code, ROOT))
    ]


def fingerprint(notebook: Path) -> str:
    """Return a hash of what the outputs of a chapter depend on; its prose is not among it."""
    content = nbformat.read(notebook, as_version=4)
    code = [
        (cell.source, cell.metadata, cell.outputs)
        for cell in content.cells
        if cell.cell_type == "code"
    ]
    text = json.dumps([surroundings(), helpers(content), content.metadata, code], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def cached(notebook: Path) -> dict | None:
    """Return what the cache tells of the chapter as it stands, if it has its outputs."""
    try:
        record = CACHE.match_cache_notebook(nbformat.read(notebook, as_version=4))
        CACHE.get_cache_bundle(record.pk)
    except (KeyError, ValueError):  # ValueError: a process was killed while it wrote them
        return None
    data = record.data or {}  # of jupyter-book's own execution
    return data if data.get("fingerprint") == fingerprint(notebook) else None


def store(notebook: Path, mark: str) -> None:
    """Put an executed chapter into the cache in place of an older one, or of a part of it."""
    executed = nbformat.read(EXECUTED / notebook.name, as_version=4)
    seconds, megabytes = (executed.metadata.pop(name) for name in ("seconds", "megabytes"))
    data = {"fingerprint": mark, "execution_seconds": seconds, "megabytes": megabytes}
    bundle = CacheBundleIn(executed, str(notebook), data=data)
    with FileLock(BOOK / "_build" / ".storing"):  # another chapter may end at the same time
        for record in NbCacheRecord.records_from_uri(str(notebook), CACHE.db):
            shutil.rmtree(CACHE.path / "executed" / record.hashkey, ignore_errors=True)
            NbCacheRecord.remove_record(record.pk, CACHE.db)
        CACHE.cache_notebook_bundle(bundle, overwrite=True)
    # Sphinx reads a page again when its doctree is gone, though the notebook did not change.
    (BOOK / "_build" / ".doctrees" / f"{notebook.stem}.doctree").unlink(missing_ok=True)


def execute(notebooks: list[Path], **environment: str) -> int:
    """Run notebooks with nbval, each alone in a folder, and return pytest's exit status.

    tools/recording.py leaves each one that passed in book/_build/executed/ and in the cache. JAX
    is hidden from them: only the tests install it, and TensorFlow and Keras would load it, 110 MB.
    Their kernels have the memory of Binder's.
    """
    print("Executing", ", ".join(notebook.stem for notebook in notebooks), flush=True)
    options = [word for plugin in PLUGINS for word in ("-p", plugin)]
    options += ["--config-file", str(ROOT / "pyproject.toml")]
    options += ["--nbval-lax", "--nbval-current-env", "--nbval-cell-timeout=600"]
    options += ["--numprocesses=2", "--dist=loadfile"] if len(notebooks) > 1 else []
    with tempfile.TemporaryDirectory() as folder:
        copies = [Path(folder) / notebook.stem / notebook.name for notebook in notebooks]
        for notebook, copy in zip(notebooks, copies, strict=True):
            (EXECUTED / notebook.name).unlink(missing_ok=True)
            copy.parent.mkdir()
            shutil.copy(notebook, copy)
        absent = Path(folder) / "absent" / "jax.py"
        absent.parent.mkdir()
        absent.write_text("raise ImportError('readers of the book have no JAX')\n")
        paths = [str(absent.parent), os.environ.get("PYTHONPATH", "")]
        environment |= ON_BINDER | one_core.SETTINGS
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
        environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        # Without its root, pytest takes notebooks outside the repository for one and the same.
        command = [
            sys.executable,
            "-m",
            "pytest",
            f"--rootdir={folder}",
            *options,
            *map(str, copies),
        ]
        return subprocess.run(command, cwd=TOOLS, env=os.environ | environment).returncode


def main() -> int:
    """Execute the chapters that are not in the cache."""
    absent = [chapter for chapter in chapters() if not cached(chapter)]
    if not absent:
        print("Every chapter has been executed as it stands.")
        return 0
    # The published page has no kernel: its explorers need all their states drawn.
    status = execute(absent, BOOK_PRERENDER="1")
    told = {chapter.stem: cached(chapter) for chapter in absent}
    for name, data in told.items():
        if data:
            print(f"{name}: {data['execution_seconds']:.0f} s, {data['megabytes']} MB")
    # One that failed, or was edited meanwhile: jupyter-book would execute it behind nbval's back.
    if missing := [name for name, data in told.items() if not data]:
        print("Not executed as they stand:", ", ".join(missing), file=sys.stderr)
        return status or 1
    return status


if __name__ == "__main__":
    sys.exit(main())
