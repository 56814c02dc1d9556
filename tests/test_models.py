"""The shipped models are what their cards say."""

import hashlib
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml

from helpers import chunks, dataset, features, metrics, models, splits, today
from helpers.errors import InputError


@pytest.fixture(scope="module")
def demo():
    """The reference model of the bundled clips, its card, and those clips."""
    clips = dataset.drop_shorter(dataset.load("demo"), seconds=chunks.SECONDS)
    return (*models.load("demo"), clips)


def test_the_card_lists_the_parts_of_the_split(demo):
    _, card, clips = demo
    split = splits.by_clip(clips, seed=0)
    for part, rows in vars(split).items():
        listed = [clip["fname"] for clip in card["clips"] if clip["part"] == part]
        assert listed == clips.index[rows].tolist()
    assert models.unseen(clips, card).index.tolist() == clips.index[split.test].tolist()
    assert card["data"]["sha256"] == dataset.digest(dataset.load("demo"))


def test_the_card_credits_every_real_clip():
    _, card = models.load("listener")
    from_freesound = [clip for clip in card["clips"] if "freesound_id" in clip]
    others = [clip for clip in card["clips"] if "source" in clip]
    assert len(from_freesound) >= 150 and len(others) > 300
    assert all(clip["license"] for clip in card["clips"])
    for clip in from_freesound:
        assert clip["link"] == f"https://freesound.org/s/{clip['freesound_id']}/"


def test_a_card_says_what_each_file_holds(demo):
    _, card, clips = demo
    for clip in card["clips"]:
        content = Path(clips.path[clip["fname"]]).read_bytes()
        assert clip["sha256"] == hashlib.sha256(content).hexdigest()
    rendered = {clip["fname"]: clip["sha256"] for clip in card["clips"]}
    _, other = models.load("listener")
    listed = {clip["fname"]: clip["sha256"] for clip in other["clips"]}
    assert listed | rendered == listed


@pytest.fixture
def copied(demo, tmp_path):
    """Make a copy of the bundled clips in a folder of some name."""

    def make(name: str) -> Path:
        folder = tmp_path / name
        source = dataset.data_folder() / "demo"
        for inside in source.iterdir():
            if inside.name.endswith(("meta", "audio_train")):
                shutil.copytree(inside, folder / inside.name)
        return folder

    return make


def test_clips_are_known_by_what_they_hold(demo, copied, monkeypatch):
    _, card, clips = demo
    folder = copied("my-recordings")
    monkeypatch.setenv("BOOK_DATA", str(folder))
    mine = dataset.drop_shorter(dataset.load(), seconds=chunks.SECONDS)
    assert models.unseen(mine, card).index.equals(models.unseen(clips, card).index)
    assert models.reference()[1]["name"] == "demo"
    listed = {clip["fname"]: clip["part"] for clip in card["clips"]}
    first = next(fname for fname in mine.index if listed[fname] == "train")
    path = Path(mine.path[first])
    path.write_bytes(path.read_bytes() + b"edited")
    assert first in models.unseen(mine, card).index


def test_no_name_of_a_folder_picks_a_model(copied, monkeypatch):
    folder = copied("listener")
    monkeypatch.setenv("BOOK_DATA", str(folder))
    classifier, card = models.reference()
    assert card["name"] == "demo" and classifier.model.input_shape == (None, 275, 13)
    with pytest.raises(InputError, match="rename the folder listener"):
        models.make_reference(str(folder))


def test_the_chapters_model_of_the_same_clips_is_found_under_any_name(monkeypatch, data_set):
    _, card = models.load("fsdkaggle2018-mini")
    monkeypatch.setenv("BOOK_DATA", data_set([{"session": "s"}]))
    assert models.reference()[1]["name"] == "demo"
    monkeypatch.setattr(dataset, "digest_in_use", lambda: card["data"]["sha256"])
    assert models.reference()[1] == card


def test_a_card_that_does_not_say_what_it_knows_is_refused(demo):
    _, card, clips = demo
    older = [{name: clip[name] for name in ("fname", "part")} for clip in card["clips"]]
    with pytest.raises(InputError, match=r"card of the model demo.*python -m helpers\.models"):
        models.unseen(clips, card | {"clips": older})


def test_on_other_data_every_clip_is_unseen(demo, data_set):
    _, card, clips = demo
    other = dataset.load(data_set([{"fname": clips.index[0], "session": "s"}]), ("Cello",))
    assert len(models.unseen(other, card)) == len(other) == 1


def test_it_scores_as_its_card_says(demo):
    classifier, card, clips = demo
    test = chunks.windows(models.unseen(clips, card))
    scored = classifier.predict(features.mfcc(test.waves))
    report = metrics.report(scored, test.label, test.clip, test.classes)
    assert classifier.classes == test.classes
    assert report.clip_accuracy == pytest.approx(card["kept out"]["accuracy"], abs=0.02)


@pytest.mark.parametrize(
    "file", sorted(models.path("x").parent.glob("*.npz")), ids=lambda f: f.stem
)
def test_each_is_small_and_has_a_card(file):
    _, card = models.load(file.stem)
    assert file.stat().st_size < 10e6
    assert 0 < card["threshold"] < 1
    assert card["provenance"]["command"].startswith("python -m helpers.models")
    assert not card["provenance"]["modified"]


def test_the_threshold_passes_the_share_it_is_made_for():
    confidence = np.linspace(0.4, 1, 200)
    probabilities = np.stack([confidence, 1 - confidence], axis=1)
    labels = (confidence < 0.5).astype(int)  # what is less sure than that is wrong, and left out
    found = models.threshold(probabilities, labels)
    right = probabilities.max(axis=1)[probabilities.argmax(axis=1) == labels]
    assert (right >= found).mean() == pytest.approx(models.KEPT, abs=0.01)
    with pytest.raises(InputError, match="no clip is named rightly"):
        models.threshold(probabilities, 1 - probabilities.argmax(axis=1))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda card: card.pop("threshold"), "threshold"),
        (lambda card: card.update(threshold="0.5"), "threshold is '0.5'"),
        (lambda card: card.update(threshold=float("nan")), "NaN is no JSON"),
        (lambda card: card.update(data=[]), "TypeError"),
        (lambda card: card.update(clips=7), "TypeError"),
        (lambda card: card["clips"][3].pop("fname"), "fname"),
        (lambda card: card["clips"][3].update(part="all"), "part of the clip .* is 'all'"),
    ],
)
def test_a_damaged_card_is_named(monkeypatch, tmp_path, change, told):
    for suffix in (".npz", ".json"):
        file = models.path("listener").with_suffix(suffix)
        (tmp_path / "models").mkdir(exist_ok=True)
        shutil.copy(file, tmp_path / "models")
    monkeypatch.setattr(dataset, "data_folder", lambda: tmp_path)
    file = models.path("listener").with_suffix(".json")
    card = json.loads(file.read_text())
    change(card)
    file.write_text(json.dumps(card))
    with pytest.raises(InputError, match=rf"listener\.json: is damaged \(.*{told}"):
        models.load("listener")


def test_a_model_that_is_not_there(monkeypatch, tmp_path):
    monkeypatch.setattr(dataset, "data_folder", lambda: tmp_path)
    with pytest.raises(InputError, match=r"demo\.npz is not made.*helpers\.models reference"):
        models.reference()


def test_the_front_pages_say_what_the_cards_say():
    cards = sorted(models.path("x").parent.glob("*.json"))
    assert len(cards) == 3
    for file in cards:
        card = json.loads(file.read_text())
        page = file.with_suffix(".md").read_text()
        assert page == models.front_page(card), "`python -m helpers.models front-pages` writes it"
        _, front, text = page.split("---\n", 2)
        (index,) = yaml.safe_load(front)["model-index"]
        (told,) = index["results"]
        assert (index["name"], told["dataset"]["name"]) == (file.stem, card["data"]["name"])
        assert [m["value"] for m in told["metrics"]] == [
            card["kept out"]["accuracy"],
            card["kept out"]["calibration error"],
        ]
        # What collects models has these files alone: all else is linked by its whole address.
        for target in (*re.findall(r"\]\((.*?)\)", text), yaml.safe_load(front)["license_link"]):
            place = target.removeprefix(f"{models.REPOSITORY}/blob/main/")
            folder = file.parent if place == target else file.parents[2]
            assert (folder / place).is_file()
            assert place != target or "/" not in target


@pytest.mark.parametrize("name", ["demo", "fsdkaggle2018-mini", "listener"])
def test_the_tags_of_a_model_say_what_it_reads(name):
    network, card = models.load(name)
    tags = yaml.safe_load(models.front_page(card).split("---\n")[1])["tags"]
    bands = isinstance(network, today.Classifier)
    assert tags == ["musical-instruments", *(["mel-spectrogram"] if bands else []), "mfcc"]
