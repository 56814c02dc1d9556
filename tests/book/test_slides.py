"""A deck for each chapter: made of the chapter, whole, with notes, and shown without a network."""

from __future__ import annotations

import re
import shutil

import execute
import pytest
import slides
from bs4 import BeautifulSoup
from claims import FIGURE

from helpers.errors import InputError

DECKS = [file.stem for file in sorted(slides.SOURCES.glob("*.yml"))]

# What reaches over the edge of a slide, words over that of a picture, and pictures too small to
# read from the last row.
UNFIT = """() => {
    const slide = document.querySelector('section.present');
    const page = slide.getBoundingClientRect();
    const unfit = [];
    for (const part of slide.querySelectorAll('*')) {
        const drawing = part.closest('svg'), word = part.tagName === 'text';
        if (part.closest('aside') || drawing && part !== drawing && !word) continue;
        const box = part.getBoundingClientRect();
        if (word) {
            const frame = drawing.getBoundingClientRect();
            if (box.left < frame.left - 3 || box.right > frame.right + 3)
                unfit.push(`${part.textContent} is cut`);
            continue;
        }
        if (box.width && (box.left < page.left || box.right > page.right + 1
                || box.top < page.top || box.bottom > page.bottom - 20))
            unfit.push(`${part.outerHTML.slice(0, 80)} does not fit`);
        if (drawing && box.width / part.viewBox.baseVal.width < 1.15
                || drawing && box.height / part.viewBox.baseVal.height < 1.15)
            unfit.push(`${part.getAttribute('aria-label')} is small`);
    }
    return unfit;
}"""


@pytest.mark.parametrize("chapter", execute.course())
def test_a_chapter_has_a_deck(chapter):
    assert chapter in DECKS, f"write teaching/slides/{chapter}.yml"


@pytest.fixture(scope="module")
def page(browser):
    """One page for all decks, with what it asked for and what went wrong."""
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.told = []
    page.on("pageerror", lambda error: page.told.append(str(error)))
    page.on("console", lambda said: page.told.append(said.text) if said.type == "error" else None)
    page.on("requestfailed", lambda asked: page.told.append(asked.url))
    page.asked = []
    page.on("request", lambda asked: page.asked.append(asked.url))
    yield page
    page.close()


@pytest.mark.parametrize("name", DECKS)
def test_a_deck_is_one_file_and_every_slide_fits(page, tmp_path, name):
    file = shutil.copy(slides.SLIDES / f"{name}.html", tmp_path)  # where nothing else is
    page.told.clear()
    page.asked.clear()
    page.goto(f"file://{file}")
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    total = page.evaluate("Reveal.getTotalSlides()")
    assert 10 <= total <= 15
    for number in range(total):
        page.evaluate(f"Reveal.slide({number})")
        assert page.evaluate(UNFIT) == [], f"slide {number + 1}"
    assert page.told == []
    assert {asked.split(":")[0] for asked in page.asked} <= {"file", "data", "blob"}
    assert sum(asked.startswith("file:") for asked in page.asked) == 1


@pytest.mark.parametrize("name", DECKS)
def test_a_deck_is_described_and_has_notes(name):
    text = (slides.SLIDES / f"{name}.html").read_text(encoding="utf-8")
    deck = BeautifulSoup(text, "html.parser")
    pages = deck.select(".slides > section")
    assert all(page.select_one("aside.notes").get_text(strip=True) for page in pages)
    assert all(page.select_one("h2").get_text(strip=True) for page in pages)
    assert all(drawn.get("aria-label") for drawn in deck.select("section svg"))
    assert all(sound.get("aria-label") for sound in deck.select("audio"))
    assert len(deck.select("section svg, section audio")) >= 3
    names = [part["id"] for part in deck.select("section [id]")]
    assert len(names) == len(set(names)), "parts of two drawings have the same name"
    for page in pages:
        said = page.get_text()
        assert not re.search(r"\$|\]\(|\*\*", said), f"Markdown is left in {said[:200]}"


@pytest.mark.parametrize("name", DECKS)
def test_what_a_deck_adds_types_no_figure_that_somebody_measured(name):
    told = slides.source(name)
    lines = [told["vote"]]
    for slide in told["slides"]:
        lines += [slide["title"], slide["notes"], *slide.get("points", [])]
    assert [line for line in lines if FIGURE.search(line) and "guessing" not in line] == []


def test_the_teacher_s_window_shows_the_notes(browser):
    context = browser.new_context()
    page = context.new_page()
    page.goto((slides.SLIDES / "sound.html").as_uri())
    page.wait_for_function("window.Reveal && Reveal.isReady()")
    with context.expect_page() as opened:
        page.keyboard.press("s")
    opened.value.wait_for_function("document.body.innerText.includes('The chapter, with all')")
    context.close()


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """A deck's source that can be changed: `toy(before, after)` makes the deck of it."""
    shutil.copytree(slides.SOURCES, tmp_path / "slides")
    monkeypatch.setattr(slides, "SOURCES", tmp_path / "slides")
    file = tmp_path / "slides" / "sound.yml"

    def make(before: str, after: str) -> list[slides.Slide]:
        text = file.read_text(encoding="utf-8")
        assert before in text
        file.write_text(text.replace(before, after, 1), encoding="utf-8")
        return slides.deck("sound")

    return make


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            "cell: 01-07",
            "cell: 99-99",
            "sound.ipynb has no cell 99-99: “Five inst",
        ),
        ("cell: 01-07", "cell: 01-04", "cell 01-04 of sound.ipynb shows nothing"),
        ("cell: 01-07", "cel: 01-07", "slide 1 of sound.yml: `cel` is none of"),
        ("cell: 01-07", "cell: 7", "slide 1 of sound.yml: `cell` is none of"),
        ("title: Five", "# Five", "slide 1 of sound.yml needs a title, notes"),
        ("vote:", "votes:", "sound.yml should have `vote`"),
    ],
)
def test_what_a_source_lacks_is_named(toy, before, after, told):
    with pytest.raises(InputError, match=re.escape(told)):
        toy(before, after)


def test_an_explorer_is_shown_in_the_state_that_is_asked_for(toy):
    asked = "cell: 01-35\n    state: {dB per octave: '3', start: in 200 ms}"
    (shown, _) = toy("cell: 01-07", asked)[2].shown
    (first, _) = slides.Chapter.read("sound").pieces("01-35", {})
    assert "aria-label" in shown and shown != first


def test_short_formulas_become_letters():
    assert slides.maths("c_0") == "<i>c</i><sub>0</sub>"
    assert slides.maths("p (1 - p) / n^2") == "<i>p</i> (1 - <i>p</i>) / <i>n</i><sup>2</sup>"
