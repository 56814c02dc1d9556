"""Names: what is the same, and how any is shown."""

import pytest

from helpers import names
from helpers.errors import InputError


@pytest.mark.parametrize(
    "written",
    [
        "été 1",
        " été 1",
        "été  1\t",
        "e\u0301te\u0301 1",
        "été\u00a01",
        "é\u200bté\ufeff 1",
        "été\n1",
    ],
)
def test_what_looks_the_same_is_the_same(written):
    assert names.clean(written) == "été 1"


def test_what_differs_stays_different():
    for one, other in (("s1", "s2"), ("1-1", "11"), ("a b", "ab"), ("Cello", "cello")):
        assert names.clean(one) != names.clean(other)
    for one, other in (("s1", "s2"), ("1-1", "11"), ("a b", "ab"), ("été", "ete")):
        assert names.loose(one) != names.loose(other)
    for other in ("double bass", "Double-Bass", "DOUBLE \u2013 BASS", "Double\u2011bass"):
        assert names.loose(other) == names.loose("Double_bass")


def test_what_is_drawn_or_counted_alike_hardly_differs():
    for one, other in (
        ("\u04551", "s1"),
        ("Flut\u0435", "flute"),
        ("\u0391lto", "alto"),
        ("\u0421\u0415\u041b\u041b\u041e", "CE\u041b\u041bO"),
    ):
        assert one != other and names.loose(one) == names.loose(other)
    for one, other in (
        ("1", "01"),
        ("1", "1.0"),
        ("day 2.00", "day 02"),
        ("2024-1-5", "2024-01-05"),
    ):
        assert names.loose(one) == names.loose(other)
    for one, other in (
        ("1", "10"),
        ("0", "00.5"),
        ("1.0.2", "1.2"),
        ("1.05", "1.5"),
        ("\u0436\u0443\u043a", "x\u0443\u043a"),
    ):
        assert names.loose(one) != names.loose(other)


def test_what_moves_a_cursor_is_shown():
    assert names.visible("a\x1b[31m\r\nb\x9b\u202ec\u2028") == r"a\x1b[31m\r\nb\x9b\u202ec\u2028"
    assert names.visible("été ø 音.wav") == "été ø 音.wav"
    assert str(InputError("a\x1b]0;x\x07.wav: is no\nsound")) == r"a\x1b]0;x\x07.wav: is no\nsound"
