"""The data card says what the records say."""

import re

import pytest

from helpers import dataset, results

CARD = dataset.data_folder().parent / "book" / "data-card.md"


@pytest.mark.parametrize(("data", "column"), [("demo", 1), ("fsdkaggle2018-mini", 3)])
def test_difficulty(data, column):
    recorded = results.table(results.load("difficulty", data)).set_index("protocol")
    rows = re.findall(r"^\| (chunk|clip|session)s \|.*$", CARD.read_text(), re.MULTILINE)
    assert rows == ["chunk", "clip", "session"]
    for line in re.findall(r"^\| (?:chunks|clips|sessions) \|.*$", CARD.read_text(), re.MULTILINE):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert cells[column : column + 2] == recorded.loc[cells[0].removesuffix("s")].tolist()


def test_transfer():
    there, back = results.table(results.load("transfer", "fsdkaggle2018-mini"))[
        "accuracy of chunks"
    ]
    assert f"is right for {there} of the chunks, and for {back} the other way" in CARD.read_text()


def test_the_clips():
    clips = dataset.load("demo")
    text = CARD.read_text()
    assert f"{len(clips)} clips, {clips.label.value_counts().max()} of each" in text
    assert f"together {clips.seconds.sum() / 60:.0f} minutes" in text
    rooms = clips.groupby(["label", "room"], observed=True).size()
    assert f"of the clarinet's 72 clips {rooms['Clarinet', 'classroom']} are" in text
    assert ("Acoustic_guitar", "hall") not in rooms
