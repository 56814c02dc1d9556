"""Each chapter's quiz: four options a question, each with its reason, and one that is right."""

import re

import execute
import nbformat
import pytest

OPTION = re.compile(r"<details><summary>(.*?)</summary>\s*(.*?)\s*</details>", re.DOTALL)


def questions(chapter: str) -> dict[str, list[tuple[str, str]]]:
    """Options and reasons, by what is asked."""
    cells = nbformat.read(execute.BOOK / f"{chapter}.ipynb", as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    (quiz,) = re.findall(r"^## Quiz\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    asked = re.split(r"^\*\*(.*?)\*\*$", quiz, flags=re.MULTILINE)[1:]
    return {ask: OPTION.findall(told) for ask, told in zip(asked[::2], asked[1::2], strict=True)}


@pytest.mark.parametrize("chapter", execute.course())
def test_a_question_has_four_options_and_a_reason_for_each(chapter):
    asked = questions(chapter)
    assert len(asked) >= 3
    for ask, options in asked.items():
        assert len(dict(options)) == 4, ask
        assert all(len(why) > 20 for _, why in options), ask
        assert sum(why.startswith("Right") for _, why in options) == 1, ask


@pytest.mark.parametrize("chapter", execute.course())
def test_one_question_is_about_a_fair_comparison(chapter):
    whole = [ask + " ".join(sum(options, ())) for ask, options in questions(chapter).items()]
    assert any(re.search(r"\bfair(er|ly)?\b", text) for text in whole)


def test_the_right_option_has_no_place_of_its_own():
    places = [
        [why.startswith("Right") for _, why in options].index(True)
        for chapter in execute.course()
        for options in questions(chapter).values()
    ]
    assert all(places.count(place) >= len(places) / 10 for place in range(4))
