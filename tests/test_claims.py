"""The prose says what the records say; `claims` explains how, and has a module a chapter."""

import json

import claims
import nbformat
import pytest
from claims import Group, Page, holds, says

from helpers import dataset
from helpers.results import figure

GROUPS = [group for page in Page.every.values() for group in page.groups]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: f"{group.page}-{group.make.__name__}")
def test_the_page_says_what_is_so(group):
    wrong = group.wrong(claims.prose(group.page))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", claims.pages())
def test_every_figure_is_claimed_or_given(name):
    found = claims.uncovered(Page.every.get(name) or Page(name))
    assert not found, "claim in tests/claims, or list as given:\n" + "\n".join(found)


@pytest.mark.parametrize("page", Page.every.values(), ids=lambda page: page.name)
def test_what_is_given_still_stands_there(page):
    text = claims.prose(page.name)
    assert not [fragment for fragment in page.given if not claims.stands(fragment, text)]


@pytest.mark.parametrize("name", [file.stem for file in claims.BOOK.glob("*.ipynb")])
def test_no_paragraph_chains_figures(name):
    found = claims.crowded(name)
    assert not found, "draw them, or leave some out:\n" + "\n".join(found)


def test_four_figures_crowd_a_paragraph_and_a_figure_named_twice_is_one(monkeypatch):
    said = [
        "It has .47, 0.86 and 7 %. Again .47.",
        "It has .47 and 0.86.\n\nIt has 7 % or 21 points.",
        "It has .47, 0.86 and 7 %, ten points under 0.96.",
        "## Exercises\n.1, .2, .3, .4\n## Quiz\n.1, .2, .3, .4\n## Summary\n`.1, .2, .3, .4`",
    ]
    cells = [nbformat.v4.new_markdown_cell(text) for text in said]
    monkeypatch.setattr(claims, "_cells", lambda page: cells)
    assert claims.crowded("toy") == [said[2]]


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """Claims about a record that can be changed: `toy(mean)` returns what is wrong."""
    monkeypatch.setattr(dataset, "data_folder", lambda: tmp_path)
    (tmp_path / "results").mkdir()
    file = tmp_path / "results" / "toy-demo-quick.json"

    def make(record):
        gain = figure(record, "gain", of="toy")
        yield says("gains {:.1f} points", gain)
        yield holds("more than nothing", gain > 0)

    def wrong(mean):
        run = {"compared": {"of": "toy"}, "repeated": {}, "figures": {"gain": mean}, "seconds": 1}
        file.write_text(json.dumps({"runs": [run]}))
        return Group("01-toy", ("toy-demo",), make).wrong("It gains 2.5 points, more than nothing.")

    return wrong


def test_a_changed_record_is_told_with_the_page_and_the_record(toy):
    assert toy(2.54) == []
    assert toy(3) == ["01-toy should now say: “gains 3.0 points”\n  by toy-demo-quick.json"]


def test_words_must_be_true_as_well_as_there(toy):
    number, words = toy(-1)
    assert "“gains -1.0 points”" in number
    assert words.startswith("01-toy says what is not so: “more than nothing”")


def test_figures_are_those_that_someone_may_have_measured(monkeypatch):
    text = (
        "It has .47, 0.86 and 1.1 million, 7 % or 21 points, or ten points. Not: chapter 2. "
        "Version 1.2.3, `0.3`, $p = .4$. ## Exercises Ten points, .99. ## Summary Given .5 so."
    )
    monkeypatch.setattr(claims, "prose", lambda page: text)
    monkeypatch.setattr(claims, "_OTHERS", ("toy",))
    monkeypatch.setattr(Page, "every", {})
    assert len(claims.uncovered(Page("toy"))) == 7
    page = Page("toy", "Given .5")
    assert len(claims.uncovered(page)) == 6
    page.claims()(lambda: [says("{} or 21 points", "7 %")])
    assert len(claims.uncovered(page)) == 4


def test_a_fragment_is_not_found_inside_a_longer_number():
    assert claims.stands("by 1.1", "by 1.1, by 1.12") == [(0, 6)]
    assert claims.stands(".47", "0.47 and .47") == [(9, 12)]
