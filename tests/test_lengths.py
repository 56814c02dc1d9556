"""No chapter has more words than a sitting takes, or too few to explain anything."""

import doctest

import execute
import lengths
import nbformat
import pytest


@pytest.mark.parametrize("chapter", execute.course())
def test_a_chapter_has_as_many_words_as_a_sitting_takes(chapter):
    cells = nbformat.read(execute.BOOK / f"{chapter}.ipynb", as_version=4).cells
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert lengths.FEWEST <= lengths.words(text) <= lengths.MOST


def test_words_are_those_of_prose_that_is_not_folded():
    assert doctest.testmod(lengths).failed == 0
