"""Each page says which version of the book it shows, and one page what it was built with."""

from __future__ import annotations

import re
import subprocess
from importlib.metadata import version

import execute
import pytest
import stamp
from browsing import PAGES
from bs4 import BeautifulSoup
from built import article, soup
from markdown_it import MarkdownIt


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with a version, and a function that runs git in it."""
    monkeypatch.setattr(stamp, "ROOT", tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "7.1"\n')

    def git(*arguments: str) -> str:
        named = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
        command = ["git", "-C", tmp_path, *named, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    return git


def test_an_archive_without_git_has_a_version(project):
    assert stamp.book() == "Version 7.1"


def test_a_commit_is_named_with_its_date_and_whether_it_was_changed(project):
    project("init", "--quiet")
    project("add", ".")
    project("commit", "--quiet", "--message=one", "--date=2001-02-03")
    project("tag", "--annotate", "--message=tag", "v7.1")
    commit, date = project("log", "-1", "--abbrev=7", "--format=%h %cs").split()
    assert stamp.book() == f"Version 7.1, commit {commit} of {date}"
    (stamp.ROOT / "pyproject.toml").write_text('[project]\nversion = "7.2"\n')
    assert stamp.book() == f"Version 7.2, commit {commit} with changes of {date}"


def test_every_page_has_the_same_stamp_in_its_foot():
    stamps = {soup(page).select_one("footer .extra_footer").text.strip() for page in PAGES}
    assert len(stamps) == 1
    assert re.match(r"Version \d+\.\d+", stamps.pop())


def test_the_status_page_has_versions_and_every_notebook():
    cells = [cell.text.strip() for cell in article("status.html").select("td")]
    assert version("numpy") in cells and version("jupyter-book") in cells
    assert {path.stem for path in execute.chapters()} <= set(cells)
    assert "❌" not in cells


@pytest.mark.parametrize(
    "name", ["a|b `c` $d$", "<script>e</script>", "{doc}`f`", "[g](h)", "i*_j_"]
)
def test_a_name_of_any_kind_is_shown_as_text(name):
    table = f"| a |\n|---|\n| {stamp.plain(name)} |"
    page = MarkdownIt().enable("table").render(table)
    (cell,) = BeautifulSoup(page, "html.parser").select("td")
    assert cell.text == name and not cell.find()
