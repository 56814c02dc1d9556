"""All that is asked of a page is asked of one visit, and what went wrong in it is asked last."""

import subprocess
import sys
from pathlib import Path

import browsing
import pytest
from dealing import ByPage


@pytest.fixture(scope="module")
def dealt() -> dict[str, list[str]]:
    """The tests of pages, in the order in which they run, by what a process gets at a time."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "test_pages.py"]
    folder = Path(__file__).parent
    listed = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    found: dict[str, list[str]] = {}
    for case in filter(lambda line: "::" in line, listed.splitlines()):
        name = case.partition("::")[2].partition("[")[0]
        found.setdefault(ByPage._split_scope(None, case), []).append(name)
    return found


@pytest.mark.parametrize("place", ["http", "file"])
@pytest.mark.parametrize("page", browsing.PAGES)
def test_a_page_is_opened_once_and_asked_all(dealt, page, place):
    ((_, tests),) = [each for each in dealt.items() if each[0].endswith(f" {page} {place}")]
    assert len(set(tests)) == len(tests) >= (10 if place == "http" else 3)
    assert tests[-1] == "test_nothing_went_wrong"
