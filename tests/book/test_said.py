"""What the text says of a cell that runs live is what the cell shows on the site.

Figures of records are tied to the text in tests/claims. A live cell trains or measures anew, so
its text gives no figures, and what it says in words is held to the run that the site shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import claims
import execute
import nbformat
import pytest


def shown(page: str, cell: str) -> str:
    """What a cell of an executed chapter shows, as text."""
    ran = nbformat.read(execute.EXECUTED / f"{page}.ipynb", as_version=4)
    (outputs,) = (each.outputs for each in ran.cells if each.id == cell)
    return "\n".join(o.get("text") or o["data"].get("text/plain", "") for o in outputs)


def figures(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"\d+\.\d+", text)]


def shares(text: str) -> dict[tuple[str, str], float]:
    """The shares that a confusion matrix tells, by what it is and what it is taken for."""
    told = {}
    for it_is, answers in re.findall(r"(?:: |; )([a-z ]+) is taken for ([^;]+)", text):
        for answer, share in re.findall(r"([a-z ]+) (\d\.\d\d)", answers):
            told[it_is, answer.strip()] = float(share)
    return told


def dense(text: str) -> bool:
    trained, held, later = figures(text)
    return trained > 0.95 and 0.6 < held < trained - 0.1 and later < trained - 0.05


def small(text: str) -> bool:
    trained, held, later = figures(text)
    of_dense = figures(shown("cnn", "net-dense-4"))[1]
    return abs(later - trained) < 0.02 and abs(held - of_dense) < 0.06


def timeline(text: str) -> bool:
    told = re.findall(r" to [\d.]+ s ([a-z ]+) \d", text)
    return told[0] == "clarinet" and told[-1] == "double bass"


def most_confused(text: str) -> bool:
    wrong = {pair: share for pair, share in shares(text).items() if pair[0] != pair[1]}
    return sorted(wrong, key=wrong.get)[:-3:-1] == [
        ("acoustic guitar", "cello"),
        ("saxophone", "acoustic guitar"),
    ]


def modest(text: str) -> bool:
    bins = re.findall(r"(\d\.\d) to \d\.\d: (\d\.\d\d) of", text)
    return sum(float(right) > float(low) + 0.05 for low, right in bins) >= len(bins) - 1


def near_half(text: str) -> bool:
    right = {low: float(share) for low, share in re.findall(r"(\d\.\d) to \d\.\d: (\S+) of", text)}
    return all(0.7 < right[low] < 0.85 for low in ("0.4", "0.5"))


def strangers(text: str) -> bool:
    answers = dict(re.findall(r"(piano|speech|two at once) +(\S.*)", text))
    of_the_listener = (answer.rpartition(", ")[0].partition(", ")[2] for answer in answers.values())
    return len(answers) == 3 and (
        all("none of these" in answer for answer in of_the_listener)
        and not any(answers[name].startswith("none") for name in ("piano", "two at once"))
    )


def of_five(text: str) -> bool:
    rows = [line for line in text.splitlines() if figures(line)]
    return len(rows) == 3 and all(figures(line)[-1] == 1 for line in rows)


SAID: tuple[tuple[str, str, str, Callable[[str], bool]], ...] = (
    ("cnn", "net-dense-4", "it names nearly every training chunk", dense),
    ("cnn", "net-dense-4", "the network misses some that it knew", dense),
    ("cnn", "net-small-4", "moving the sounds costs it nothing", small),
    ("cnn", "net-small-4", "it is about as good as the network above", small),
    ("cnn", "net-own-1", "the clarinet's line is on top at first", timeline),
    ("scores", "04-32", "The brightest square off the diagonal is guitar", most_confused),
    ("scores", "04-45", "On the bundled clips nearly all stand above it", modest),
    ("scores", "04-45", "a confidence near .5, three in four", near_half),
    ("scores", "04-49", "this chapter's network calls the piano an instrument", strangers),
    ("scores", "04-49", "The listener turns away the piano and the voice", strangers),
    ("scores", "04-49", "two instruments at once get the name of one", strangers),
    ("today", "today-14", "It must say one of five, and the five always sum to 1", of_five),
)


@pytest.mark.parametrize(("page", "cell", "words", "holds"), SAID)
def test_the_text_says_what_the_live_cell_shows(page, cell, words, holds):
    assert claims.stands(words, claims.prose(page)), "the text says it otherwise now"
    assert holds(shown(page, cell)), shown(page, cell)


@pytest.mark.parametrize(
    ("holds", "shows"),
    [
        (dense, "training part: 0.60\nvalidation part: 0.58\nlater: 0.60"),
        (timeline, "Probabilities over 10.0 s: 0 to 10 s cello 0.90. Verdict: cello."),
        (most_confused, "Confusion matrix: cello is taken for clarinet 0.90, cello 0.10."),
        (of_five, "  piano cello 0.50 1.00\n speech cello 0.40 0.80\n clicks cello 0.90 1.00"),
        (near_half, "the line: 0.4 to 0.5: 0.40 of 9; 0.5 to 0.6: 0.50 of 9."),
    ],
)
def test_another_run_would_be_told(holds, shows):
    assert not holds(shows)
