"""What journals and citation managers read of the project says what the project says."""

import re
import tomllib

import execute
import yaml

from helpers import dataset

ROOT = dataset.data_folder().parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text())


def test_the_paper_has_what_the_journal_asks_for():
    _, front, text = (ROOT / "paper.md").read_text().split("---\n", 2)
    front = yaml.safe_load(front)
    assert {"title", "tags", "authors", "affiliations", "date", "bibliography"} <= set(front)
    assert {"Summary", "Statement of need", "References"} <= set(re.findall(r"^# (.*)", text, re.M))
    assert [author["name"] for author in front["authors"]] == [
        author["name"] for author in CITATION["authors"]
    ]
    assert 250 < len(text.split()) < 1000
    entries = set(re.findall(r"^@\w+\{(\w+),", (ROOT / front["bibliography"]).read_text(), re.M))
    cited = set(re.findall(r"@(\w+)", text))
    assert len(cited) > 5 and cited <= entries


def test_what_the_paper_counts_is_so():
    text = (ROOT / "paper.md").read_text()
    assert len(execute.course()) == 15 and "Fourteen chapters and an appendix" in text
    assert f"{len(dataset.load('demo'))} short clips" in text


def test_the_citation_is_of_this_version():
    assert CITATION["version"] == PROJECT["version"]
    assert CITATION["repository-code"] == PROJECT["urls"]["Repository"]
    assert " AND ".join(CITATION["license"]) == PROJECT["license"]
