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
    assert lengths.FEWEST <= lengths.words(text) <= lengths.most(chapter)


def test_words_are_those_of_prose_that_is_not_folded():
    assert doctest.testmod(lengths).failed == 0


@pytest.mark.parametrize(
    ("exceptions", "bound"),
    [(lengths.LONGER, lengths.MOST), (lengths.HIGHER, lengths.HIGHEST)],
    ids=["words", "height"],
)
def test_an_exception_is_a_chapter_is_needed_and_has_a_reason(exceptions, bound):
    assert set(exceptions) <= set(execute.course())
    assert all(may > bound and why for may, why in exceptions.values())
