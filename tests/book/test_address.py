"""The project's address stands in pyproject.toml; all that quote it agree."""

from __future__ import annotations

import re

import address
import pytest

from helpers import models

QUOTED = re.compile(r"(?:/v2/gh/|colab[\w.]+/github/|git\+https://github\.com/)([\w-]+/[\w-]+)")


def test_the_book_quotes_the_address_chosen():
    assert address.quoted() == address.chosen(), "run `make address`"


@pytest.mark.parametrize("file", address.quoting(), ids=lambda file: file.name)
def test_badges_and_colab_cells_quote_the_address_chosen(file):
    for project in QUOTED.findall(file.read_text(encoding="utf-8")):
        assert address.chosen().endswith("/" + project), "run `make address`"


def test_the_citation_names_the_address_chosen():
    citation = (address.ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert address.chosen() in citation, "run `make address`"


def test_the_model_cards_link_to_the_address_chosen():
    assert address.chosen() == models.REPOSITORY, "run `make address`"
