"""The guide's and the ways' hours, weights and counts are those that their parts make."""

from __future__ import annotations

import re

import execute
import nbformat
import pytest

from helpers.grading import cases

PATHS = (execute.BOOK / "paths.md").read_text(encoding="utf-8")
GUIDE = (execute.BOOK / "teaching.md").read_text(encoding="utf-8")
WAYS = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", PATHS, re.DOTALL | re.MULTILINE))


def pages(way: str) -> list[str]:
    """The notebooks of a way, in its order."""
    return list(dict.fromkeys(re.findall(r"\]\(([\w-]+)\.ipynb\)", WAYS[way])))


def text(page: str) -> str:
    """What a notebook says."""
    cells = nbformat.read(execute.BOOK / f"{page}.ipynb", as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def minutes(page: str) -> int:
    """How long a page says that it takes."""
    return int(re.search(r"\*\*Time:\*\* about (\d+) minutes", text(page))[1])


@pytest.mark.parametrize("way", WAYS)
def test_the_hours_of_a_way_are_those_of_its_pages(way):
    (hours,) = re.findall(r"^About ([\d.]+) hours", WAYS[way], re.MULTILINE)
    assert abs(60 * float(hours) - sum(map(minutes, pages(way)))) <= 15


@pytest.mark.parametrize("way", WAYS)
def test_a_way_goes_in_the_order_of_the_book(way):
    chapters = [page for page in pages(way) if page in execute.course()]
    assert chapters == [chapter for chapter in execute.course() if chapter in chapters]


def test_a_course_is_all_chapters():
    assert pages("A course") == execute.course()
    assert list(WAYS) == ["An evening", "A weekend", "A course"]


def test_the_weights_of_the_rubric_make_a_whole():
    rubric = GUIDE.partition("### Rubric")[2].partition("\n## ")[0]
    assert sum(map(int, re.findall(r"\| (\d+) % \|", rubric))) == 100


def test_the_clips_of_an_hour_are_counted():
    hour = GUIDE.partition("### What can be recorded in an hour")[2].partition("### ")[0]
    of_places = [int(clips) for clips in re.findall(r"\| (\d+) clips \|", hour)]
    students = sounds = takes = places = 3
    assert of_places == [students * sounds * takes] * places
    total, sessions = map(int, re.findall(r"(\d+) clips, (\d+) sessions", hour)[0])
    assert (total, sessions) == (sum(of_places), students * places)


@pytest.mark.parametrize(("plan", "row"), [("Six sessions", 2), ("Twelve sessions", 3)])
def test_leakage_stands_in_the_second_week_of_a_plan(plan, row):
    table = GUIDE.partition(f"## {plan}\n")[2].partition("\n## ")[0]
    (in_class,) = re.findall(rf"^\| {row} \|(.*?)\|", table, re.MULTILINE)
    assert "*Leakage*" in in_class


def headings() -> list[str]:
    """Those of the guide and of all notebooks."""
    pages = [GUIDE, *(text(page.stem) for page in execute.chapters())]
    return [heading for page in pages for heading in re.findall(r"^#+ (.+)", page, re.MULTILINE)]


def test_the_guide_sends_nobody_to_a_section_that_is_not_there():
    said = {"RUNNING", "No difference that I can show"}  # and no section
    lines = re.sub(r"^(- |\d\. )\*[^*]+\*", "", GUIDE, flags=re.MULTILINE)  # misconceptions
    named = set(re.findall(r"(?<!\*)\*([A-Z][^*\n]+)\*(?!\*)", lines)) - said
    there = headings()
    assert len(named) > 40
    assert [name for name in named if not any(h.startswith(name) for h in there)] == []


@pytest.mark.parametrize("chapter", execute.course())
def test_the_guide_marks_the_open_exercise_of_a_chapter(chapter):
    opened = re.findall(r"^\*\*(\d)\. Open", text(chapter), re.MULTILINE)
    sections = re.split(r"^## ", GUIDE, flags=re.MULTILINE)
    marked = [re.findall(r"^\*\*Marking\.\*\* Exercise (\d)\.", s, re.MULTILINE) for s in sections]
    of_chapters = [numbers for s, numbers in zip(sections, marked, strict=True) if "**Must" in s]
    assert of_chapters[execute.course().index(chapter)] == opened


def test_the_guide_says_how_many_points_an_exercise_has():
    points = [exercise.points for exercise in cases.every().values()]
    assert f"Each exercise has {min(points)} to {max(points)} points" in GUIDE
