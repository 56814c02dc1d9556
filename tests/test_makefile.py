"""make: whatever a reader's words hold, they reach programs as they are, and nothing runs them."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from helpers import dataset

ROOT = dataset.data_folder().parent

WORDS = (
    *(
        "a`touch ran`b",
        "$(shell touch ran)",
        "a$(touch ran)b",
        "${shell touch ran}",
        "$$(touch ran)",
    ),
    *('a"; touch ran; "', "a'; touch ran; '", "it's", "a b", "a ", "a\nb", "a\\b", "$HOME", "$x"),
    *(
        "#a",
        "-a",
        "a;touch ran",
        "a|touch ran",
        "a&touch ran",
        "a*",
        "a\n`touch ran`",
        "$(HOME)$@$<",
        ">ran",
        "a=b",
        "a:b",
        "demo tape",
        "é",
    ),
)

STUB = """#!{python} -IS
import json, os, sys
told = {{"words": sys.argv, "environment": dict(os.environ)}}
with open({log!r}, "a") as log:
    log.write(json.dumps(told) + "\\n")
"""


def make(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess:
    """Run make as a reader does, not as the one that may have begun these tests."""
    inherited = {
        k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    }
    return subprocess.run(
        ["make", *words], cwd=folder, env=inherited | environment, capture_output=True, text=True
    )


def targets() -> list[str]:
    """All that a reader may ask for."""
    phony = re.search(r"^\.PHONY: (.*)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    return phony.group(1).split()


class Checkout:
    """A checkout whose environment holds programs that only write down how they were called."""

    def __init__(self, folder: Path):
        self.folder, self.log = folder, folder / "log"
        leave = shutil.ignore_patterns("_build", "_extra", "*.ipynb", "__pycache__")
        for part in ("book", "tools", "helpers", "data/models"):
            if (ROOT / part).is_dir():
                shutil.copytree(ROOT / part, folder / part, ignore=leave)
        for file in ("Makefile", "pyproject.toml", "requirements.lock", "package-lock.json"):
            shutil.copy(ROOT / file, folder)
        self.stubs = folder / ".venv" / "bin"
        self.stubs.mkdir(parents=True)
        for name in ("python", "pip", "uv", "pytest", "jupyter", "jupyter-book", "ruff", "mypy"):
            self.stub(self.stubs / name)
        (folder / ".venv" / ".packages").touch()
        (folder / ".venv" / ".installed").touch()

    def stub(self, path: Path) -> Path:
        path.write_text(STUB.format(python=sys.executable, log=str(self.log)))
        path.chmod(0o755)
        return path

    def calls(self) -> list[dict]:
        """How the programs were called since this was last asked."""
        told = [json.loads(line) for line in self.log.read_text().splitlines()]
        self.log.unlink()
        return told

    def ran(self) -> bool:
        """Whether one of the words was run as a command."""
        return any(self.folder.rglob("ran"))


@pytest.fixture
def checkout(tmp_path):
    return Checkout(tmp_path)


@pytest.mark.parametrize("word", WORDS)
def test_no_word_runs_anything_when_make_only_says_what_it_would_do(checkout, word):
    words = {name: word for name in ("DATA", "PROFILE", "PYTHON", "JOBS")}
    in_environment = {"BOOK_DATA": word, "BOOK_PROFILE": word, "PYTHON": word}
    given = [f"{name}={value}" for name, value in words.items()]
    for always in ([], ["--always-make"]):
        by_word = make(checkout.folder, "--dry-run", *always, *targets(), *given)
        by_environment = make(checkout.folder, "--dry-run", *always, *targets(), **in_environment)
        assert by_word.returncode == by_environment.returncode == 0, by_word.stderr
    assert not checkout.ran()


PROGRAMS = (  # of results, bench, lab, agree, and book, which several of them need
    ["-m", "helpers.reproduce"],
    ["bench", "--data"],
    ["lab", "book"],
    ["agree.py"],
    ["execute.py"],
)


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("how", ["word", "environment"])
def test_every_word_reaches_the_programs_as_it_is(checkout, word, how):
    folder, given = f"{checkout.folder}/{word}", ["results", "bench", "lab", "agree", "book"]
    if how == "word":
        done = make(checkout.folder, *given, f"DATA={word}", f"PROFILE={word}", f"JOBS={word}")
    else:
        done = make(checkout.folder, *given, BOOK_DATA=word, BOOK_PROFILE=word)
    assert done.returncode == 0, done.stderr
    calls = checkout.calls()
    for program in PROGRAMS:
        (call,) = (c for c in calls if all(any(p in w for w in c["words"]) for p in program))
        words = call["words"]
        assert call["environment"]["BOOK_DATA"] == folder
        assert call["environment"]["BOOK_PROFILE"] == word
        for option, value in (("--data", folder), ("--profile", word), ("--jobs", word)):
            if option in words and (option != "--jobs" or how == "word"):
                assert words[words.index(option) + 1] == value
    assert not checkout.ran()


@pytest.mark.parametrize("word", ["demo", "fsdkaggle2018", "/somewhere/else", "~/mine"])
def test_what_does_not_start_from_the_root_stays_as_it_is(checkout, word):
    make(checkout.folder, "results", f"DATA={word}", BOOK_DATA="another")
    assert checkout.calls()[-1]["environment"]["BOOK_DATA"] == word


def test_without_words_it_is_the_bundled_clips_in_little_time(checkout):
    without = {"BOOK_DATA": "", "BOOK_PROFILE": "", "DATA": "of another program"}
    make(checkout.folder, "results", **without)
    call = checkout.calls()[-1]
    assert call["environment"]["BOOK_DATA"] == "demo"
    assert call["environment"]["BOOK_PROFILE"] == "quick"
    assert call["words"][-2:] == ["--jobs", "2"]
    make(checkout.folder, "results", "PROFILE=paper", **without)
    assert checkout.calls()[-1]["words"][-2:] == ["--jobs", "1"]


@pytest.mark.parametrize("word", [w for w in WORDS if "/" not in w])
def test_the_python_that_makes_the_environment_may_have_any_name(checkout, word):
    python = checkout.stub(checkout.folder / f"python {word}")
    (checkout.folder / ".venv" / ".packages").unlink()
    installers = checkout.stubs.parent / "lock" / "bin"
    installers.mkdir(parents=True)
    checkout.stub(installers / "pip")
    signs = [".venv/.installed", ".venv/lock/bin/.installed"]
    done = make(checkout.folder, *signs, f"PYTHON={python}")
    assert done.returncode == 0, done.stderr
    own = [call["words"][1:] for call in checkout.calls() if call["words"][0] == str(python)]
    assert ["-m", "venv", ".venv"] in own and ["-m", "venv", ".venv/lock"] in own
    python.write_text("#!/bin/sh\nexit 1\n")
    (checkout.folder / ".venv" / ".packages").unlink()
    done = make(checkout.folder, ".venv/.installed", f"PYTHON={python}")
    assert done.returncode and f"and {python} is not" in done.stdout
    assert not checkout.ran()


def installed(checkout, **programs: str) -> list[list[str]] | None:
    """Say what installs all that is locked, where some programs are others; None if it fails."""
    for name, script in programs.items():
        (checkout.stubs / name).write_text(f"#!/bin/sh\n{script}\n")
    sign = checkout.folder / ".venv" / ".installed"
    for old in (checkout.folder / ".venv" / ".packages", sign):
        old.unlink(missing_ok=True)
    python = checkout.stub(checkout.folder / "python")
    done = make(checkout.folder, ".venv/.installed", f"PYTHON={python}")
    assert (done.returncode == 0) == sign.exists()
    calls = [call["words"] for call in checkout.calls()]
    return [words for words in calls if "requirements.lock" in words] if sign.exists() else None


def test_what_installs_is_locked_and_installed_itself_from_the_lock(checkout):
    ((program, *words),) = installed(checkout)
    assert program.endswith("bin/uv") and words[:2] == ["pip", "install"]
    asked = (checkout.folder / ".venv" / "uv.txt").read_text()
    assert asked in (ROOT / "requirements.lock").read_text()
    assert re.fullmatch(
        r"uv==[\d.]+ \\\n( {4}--hash=sha256:\w+ \\\n)+ {4}--hash=sha256:\w+\n", asked
    )


def test_where_uv_finds_no_package_pip_does_or_nothing_counts_as_installed(checkout):
    nowhere = "case $* in *requirements.lock) exit 1; esac"
    ((program, *words),) = installed(checkout, uv=nowhere)
    assert program.endswith("bin/pip") and words[0] == "install" and "--require-hashes" in words
    assert installed(checkout, uv=nowhere, pip=nowhere) is None


def test_the_lab_shows_markdown_rendered(checkout):
    assert make(checkout.folder, "lab").returncode == 0
    settings = checkout.folder / ".venv/share/jupyter/lab/settings/overrides.d"
    assert "Markdown Preview" in (settings / "which-instrument.json").read_text()


def test_a_checkout_may_lie_in_a_folder_of_any_name(tmp_path):
    (folder := tmp_path / "a`touch ran`$(touch ran) 'b' \"c").mkdir()
    checkout = Checkout(folder)
    done = make(folder, "book")
    assert f"open {folder}/book/_build/html/index.html" in done.stdout
    assert not checkout.ran()


def test_the_site_is_built_where_its_folder_is_gone(checkout):
    for _ in range(2):
        done = make(checkout.folder, "book")
        assert done.returncode == 0, done.stderr
        shutil.rmtree(checkout.folder / "book" / "_build")


MADE = ("vendor/LICENCES.txt", "listen/model/about.json", "guess/heard.js")


@pytest.mark.parametrize("changed", ["helpers/sparse.py", "data/models/demo.json"])
def test_what_the_site_serves_is_made_anew_when_what_it_rests_on_changes(checkout, changed):
    for made in MADE:
        path = checkout.folder / "book" / "_extra" / made
        path.parent.mkdir(parents=True)
        path.touch()
    asked = ("--dry-run", *(f"book/_extra/{made}" for made in MADE))
    assert "tools/" not in make(checkout.folder, *asked).stdout
    soon = time.time() + 10
    os.utime(checkout.folder / changed, (soon, soon))
    told = make(checkout.folder, *asked).stdout
    assert "tools/listen.py" in told and "tools/front.py" in told
    assert "tools/vendor.py" not in told


@pytest.mark.parametrize("end", ["exit 1", "kill -9 $$"])
def test_a_build_that_did_not_end_well_is_begun_anew(checkout, end):
    page = checkout.folder / "book" / "_build" / ".doctrees" / "page.doctree"
    for made in MADE:
        path = checkout.folder / "book" / "_extra" / made
        path.parent.mkdir(parents=True)
        path.touch()

    def build() -> int:
        return make(checkout.folder, "book").returncode

    assert build() == 0
    page.parent.mkdir()
    page.touch()
    assert build() == 0 and page.exists()
    program = checkout.stubs / "jupyter-book"
    program.write_text(f"#!/bin/sh\n{end}\n")
    assert build() and page.exists()
    checkout.stub(program)
    assert build() == 0 and not page.exists()
