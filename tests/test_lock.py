"""What is locked: all that pyproject.toml asks for, by hashes, wherever pip is told to look."""

import re
import tomllib
from itertools import product

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from test_makefile import make

from helpers import dataset

ROOT = dataset.data_folder().parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]
TAKEN = [f"3.{n}" for n in range(20) if f"3.{n}" in SpecifierSet(PROJECT["requires-python"])]
"""The versions of Python that the book runs on."""

ENTRY = re.compile(
    r"(?P<name>[a-z0-9-]+)(\[[a-z0-9,-]+\])?==(?P<version>[^ ]+)( ; (?P<marker>[^\\]+))?"
    r"( \\\n    --hash=sha256:[0-9a-f]{64})+"
)


def entries() -> list[re.Match]:
    """The packages that are locked; the test fails on anything else in the file."""
    text = (ROOT / "requirements.lock").read_text()
    text = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))
    found = list(ENTRY.finditer(text))
    assert ENTRY.sub("", text).strip() == ""
    return found


def machine(python: str, system: str) -> dict[str, str]:
    """What markers are compared with, of the last release of a Python."""
    platform = {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}[system]
    return {
        "python_version": python,
        "python_full_version": f"{python}.99",
        "sys_platform": system,
        "platform_system": platform,
        "os_name": "nt" if system == "win32" else "posix",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "platform_machine": "AMD64" if system == "win32" else "x86_64",
    }


def test_each_package_is_locked_by_hashes_and_none_by_where_it_lies():
    text = (ROOT / "requirements.lock").read_text()
    assert len(entries()) > 200
    assert "://" not in text and not re.search(r"^\s*-(?!-hash)", text, re.MULTILINE)


@pytest.mark.parametrize(("python", "system"), [*product(TAKEN, ("linux", "darwin", "win32"))])
def test_what_is_asked_for_is_locked(python, system):
    at = machine(python, system)
    locked: dict[str, str] = {}
    for entry in entries():
        if entry["marker"] is None or Marker(entry["marker"]).evaluate(at):
            assert entry["name"] not in locked
            locked[entry["name"]] = entry["version"]
    asked = [*PROJECT["dependencies"], *PYPROJECT["build-system"]["requires"]]
    asked += [each for extra in PROJECT["optional-dependencies"].values() for each in extra]
    for one in map(Requirement, asked):
        if one.name != PROJECT["name"] and (one.marker is None or one.marker.evaluate(at)):
            assert locked.get(canonicalize_name(one.name)) in one.specifier, one


def test_make_installs_what_is_locked_and_nothing_else():
    told = make(ROOT, "--dry-run", "--always-make", ".venv/.installed").stdout
    told = re.sub(r"\\\n\s*", "", told)  # lines that go on
    told = [line for line in told.splitlines() if not line.startswith("#")]
    uv, locked, book = (line for line in told if "pip install" in line)
    assert "--no-deps --require-hashes -r .venv/uv.txt" in uv  # its lines, see test_makefile
    ways = locked.split(" || ")
    assert len(ways) == 2
    assert all("--no-deps --require-hashes -r requirements.lock" in way for way in ways)
    assert "--no-deps" in book and "--no-build-isolation" in book and book.endswith("-e .")


def test_every_place_names_the_pythons_that_pyproject_takes():
    first, last = TAKEN[0], TAKEN[-1]
    makefile, readme = (ROOT / "Makefile").read_text(), (ROOT / "README.md").read_text()
    upper = f"3, {int(last[2:]) + 1}"
    assert f"({first.replace('.', ', ')}) <= sys.version_info < ({upper})" in makefile
    assert f"Python {first} to {last}" in makefile and f"--python-version {first}" in makefile
    assert f"Python {', '.join(TAKEN[:-1])} or {last}" in readme
    for file in (ROOT / ".github" / "workflows").glob("*.yml"):
        for job in yaml.safe_load(file.read_text())["jobs"].values():
            if "strategy" in job:
                assert job["strategy"]["matrix"]["python"] == TAKEN, file
    ours = PYPROJECT["tool"]
    assert ours["mypy"]["python_version"] == first
    assert ours["ruff"]["target-version"] == f"py{first.replace('.', '')}"
