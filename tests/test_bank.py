"""The question bank is whole, fair to those who guess, and arrives in Moodle as it was written."""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import pairwise
from xml.etree import ElementTree as Xml

import bank
import execute
import numpy as np
import pytest

from helpers import many
from helpers.errors import InputError

QUESTIONS = bank.read()

WORKED_OUT = {
    "dataset-starts": lambda: 44_110 - 44_100 + 1,
    "mfcc-frames": lambda: 1 + math.ceil((1_000 - 400) / 160),
    "cnn-parameters": lambda: 8 * (3 * 3 * 4 + 1),
    "scores-recall": lambda: (40 / 50, 40 / 80),
    "scores-macro": lambda: (90 / 100, (1 + 0) / 2),
    "cutmix-label": lambda: (1 - 0.3, 0.3),
    "comparison-points": lambda: (100 * (0.86 - 0.80), 100 * (0.86 - 0.80) / (1 - 0.80)),
    "listening-order": lambda: int(22.05 / 2),
}
"""What the right option's figures should be, for each that has some."""


def figures(text: str) -> list[float]:
    return [float(figure) for figure in re.findall(r"\d*\.?\d+", text)]


def of_chapter(chapter: str) -> list[bank.Question]:
    return [question for question in QUESTIONS if question.chapter == chapter]


def test_the_bank_is_large_enough_and_of_this_book():
    assert len(QUESTIONS) >= 60
    assert {question.chapter for question in QUESTIONS} <= set(execute.course())


@pytest.mark.parametrize("chapter", execute.course())
def test_a_chapter_has_four_and_one_on_whether_a_comparison_is_fair(chapter):
    assert len(of_chapter(chapter)) >= 4
    assert sum(question.fair for question in of_chapter(chapter)) == 1


@pytest.mark.parametrize("order", [len, str], ids=["length", "words"])
def test_no_order_of_the_options_gives_the_right_one_away(order):
    """Whoever always takes the longest, or the last of the alphabet, is right by luck."""
    places = Counter(
        sum(order(option.text) < order(question.right.text) for option in question.options)
        for question in QUESTIONS
    )
    shares = [places[place] / len(QUESTIONS) for place in range(bank.OPTIONS)]
    assert min(shares) > 0.15 and max(shares) < 0.35, shares


def test_no_reason_stands_twice():
    reasons = Counter(option.why for question in QUESTIONS for option in question.options)
    assert reasons.most_common(1)[0][1] == 1


def test_figures_of_right_options_are_worked_out():
    with_figures = {question.id for question in QUESTIONS if figures(question.right.text)}
    assert with_figures == set(WORKED_OUT)
    for question in QUESTIONS:
        if question.id in WORKED_OUT:
            given = figures(question.right.text)
            assert np.allclose(given, WORKED_OUT[question.id]()), question.id


def test_words_that_are_sums_are_worked_out():
    assert 4.9 < many.speedup(1000, 0.2) < 5
    signs = [(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)]
    assert sum(len(set(three)) == 1 for three in signs) / len(signs) == 1 / 4
    assert many.schedule([2, 9, *[4] * 8], 20).end.max() == 9
    assert -np.log(0.4) / -np.log(0.8) > 4


def test_moodle_gets_what_was_written(tmp_path):
    file = tmp_path / "bank.xml"
    bank.moodle(QUESTIONS).write(file, encoding="utf-8", xml_declaration=True)
    chapter, arrived = "", []
    for entry in Xml.parse(file).getroot():
        if entry.get("type") == "category":
            chapter = entry.findtext("category/text").rpartition("/")[2]
            continue
        assert (entry.get("type"), entry.findtext("single")) == ("multichoice", "true")
        options = [
            bank.Option(a.findtext("text"), a.findtext("feedback/text"), a.get("fraction") == "100")
            for a in entry.findall("answer")
        ]
        fair = entry.findtext("tags/tag/text") == "fair comparison"
        names = {entry.findtext("name/text"), entry.findtext("idnumber")}
        (name,) = names
        ask = entry.findtext("questiontext/text")
        arrived.append(bank.Question(chapter, name, ask, tuple(options), fair))
    assert [(q.chapter, q.id, q.ask, q.fair) for q in arrived] == [
        (q.chapter, q.id, q.ask, q.fair) for q in QUESTIONS
    ]
    for one, other in zip(arrived, QUESTIONS, strict=True):
        assert set(one.options) == set(other.options)
        texts = [option.text for option in one.options]
        assert all(first < second for first, second in pairwise(texts))


GOOD = """\
- id: toy-one
  ask: What?
  options:
    - {right: a, why: because}
    - {wrong: b, why: b}
    - {wrong: c, why: c}
    - {wrong: d, why: d}
"""


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("right: a", "wrong: a", "one of them right"),
        ("wrong: b", "right: b", "one of them right"),
        ("    - {wrong: d, why: d}\n", "", "four options"),
        (", why: because", "", "with `why`"),
        ("why: because", "why: ' '", "with `why`"),
        ("wrong: c", "maybe: c", "not `right` or `wrong`"),
        ("wrong: c", "wrong: b", "an option twice"),
        ("toy-one", "one", "begins with toy-"),
        ("  ask: What?\n", "", "needs an id, ask and options"),
        ("ask: What?", "ask: What?\n  hint: no", "may have fair"),
        ("ask: What?", "ask: What: why?", "toy.yml, line 2: .* quote words that hold a colon"),
        (GOOD, GOOD + GOOD, "two questions have the same id: toy-one"),
    ],
)
def test_a_wrong_question_is_named(tmp_path, before, after, told):
    (tmp_path / "toy.yml").write_text(GOOD)
    assert len(bank.read(tmp_path)) == 1
    (tmp_path / "toy.yml").write_text(GOOD.replace(before, after))
    with pytest.raises(InputError, match=told):
        bank.read(tmp_path)
