"""The first page: sounds to guess, what listens, and a road of pictures, by mouse and by keys."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import browsing
import execute
import front
import numpy as np
import pytest
import soundfile
from built import article
from playwright.sync_api import Page, Response, expect

from helpers import audio

PAGE = "intro.html"
MOST = 1_500_000
"""Bytes that come to a reader before anybody clicks: text is sent compressed, as the web does."""

TEXT = (".html", ".js", ".css", ".svg", ".json")


@pytest.fixture
def page(browser, served) -> Iterator[Page]:
    opened = browser.new_page()
    browsing.visit(opened, served + PAGE)
    yield opened
    opened.close()


def test_it_weighs_little_and_loads_no_network_and_no_sound_before_a_click(browser, served):
    opened, loaded = browser.new_page(), {}

    def weigh(answer: Response) -> None:
        content = answer.body()
        is_text = answer.url.partition("?")[0].endswith(TEXT)
        loaded[answer.url] = len(gzip.compress(content) if is_text else content)

    opened.on("response", weigh)
    browsing.visit(opened, served + PAGE)
    opened.wait_for_load_state("networkidle")
    opened.close()
    assert not [url for url in loaded if url.endswith((".mp3", ".ogg", ".tflite", ".wasm"))]
    assert sum(loaded.values()) < MOST, sorted(loaded, key=loaded.get)[-5:]


def test_guesses_are_told_with_a_reason_and_counted(page):
    answers = front.order()
    rows = page.locator(".guess-sounds > li")
    assert rows.count() == len(answers) == len(set(answers)) == 5
    score = page.locator(".guess-score")
    wrong = answers[1]
    for i, answer in enumerate(answers):
        row, given = rows.nth(i), wrong if i == 0 else answer
        row.get_by_role("button", name=given, exact=True).click()
        told = row.get_by_role("status").inner_text()
        assert told.startswith("No, it is the " if i == 0 else "Right, it is the ")
        assert answer in told and len(told.split(", ", 2)[2]) > 20  # the reason
        right = row.locator(".guess-right")
        assert right.inner_text() == answer
    expect(score).to_contain_text("You named 4 of 5.")
    heard = front.heard()
    names = dict(zip(answers, heard["said"], strict=True))
    named = [answer for answer, name in names.items() if answer == name]
    refused = [f"the {answer}" for answer, name in names.items() if name is None]
    sentences = [
        f"names {len(named)} of them; it had learned from {heard['learned']} of these recordings.",
        *([f"Of {' and '.join(refused)} it says: none of the five."] if refused else []),
        *(f"It takes the {a} for the {n}." for a, n in names.items() if n not in (None, a)),
    ]
    expect(score).to_contain_text(" ".join(sentences))
    rows.nth(0).get_by_role("button", name=answers[0], exact=True).click(force=True)
    expect(score).to_contain_text("You named 4 of 5.")  # a guess counts once


def test_guessing_works_by_keys_and_keeps_its_place(page):
    first = page.locator(".guess-sounds > li").first
    buttons = first.get_by_role("group").get_by_role("button")
    buttons.first.focus()
    page.keyboard.press("Tab")
    expect(buttons.nth(1)).to_be_focused()
    page.keyboard.press("Space")
    expect(buttons.nth(1)).to_be_focused()
    expect(buttons.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(first.get_by_role("status")).to_contain_text("it is the")


def test_players_and_choices_have_names_that_do_not_give_the_answer(page):
    for i, row in enumerate(page.locator(".guess-sounds > li").all(), 1):
        name = f"Sound {i}"
        assert row.locator("audio").get_attribute("aria-label") == name
        assert row.locator("audio").get_attribute("src").endswith(f"/guess/{i}.mp3")
        assert row.get_by_role("group").get_attribute("aria-label") == f"{name} is a"


@pytest.mark.parametrize("number", range(1, 6))
def test_the_sounds_are_clear_and_as_long_as_told(number):
    wave, sr = soundfile.read(browsing.SITE / "guess" / f"{number}.mp3")
    assert abs(len(wave) / sr - front.SECONDS) < 0.06
    parts = audio.level(wave[: len(wave) // 4 * 4].reshape(4, -1))
    assert audio.level(wave) > -30 and parts.min() > -45
    assert 0.3 < np.abs(wave).max() < 0.95
    energy = np.square(wave)
    assert np.convolve(energy, np.ones(110)).max() < 0.1 * energy.sum()


def test_what_listens_stands_on_the_page_and_hears(page):
    clip = page.locator("[data-listen] [data-part=clip]")
    phrases = [
        name for name in clip.locator("option").all_inner_texts() if name.endswith("a phrase")
    ]
    assert len(phrases) == 5
    for name in phrases:
        clip.select_option(label=name)
        page.wait_for_selector("[data-listen][data-state=done]", timeout=60_000)
        heard = page.locator("[data-listen] [role=status]").inner_text()
        assert heard.lower().startswith(name.lower().removesuffix(", a phrase"))


def test_the_road_has_a_picture_with_words_for_each_chapter_in_its_order():
    links = article(PAGE).select("ul.road > li a")
    assert [link["href"].removesuffix(".html") for link in links] == execute.course()
    pictures = [link.img for link in links]
    assert all(len(picture["alt"].split()) > 3 for picture in pictures)
    assert len({picture["src"] for picture in pictures}) == len(links)


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_cut_off(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
