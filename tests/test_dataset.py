"""The clips table, from the bundled clips and from folders."""

import functools
import hashlib
import http.server
import shutil
import threading
from pathlib import Path

import pandas as pd
import pytest

from helpers import audio, dataset
from helpers.errors import InputError

CSV = "Tiny.meta/train_post_competition.csv"


def five(**columns):
    return [{"label": label, "session": "s"} | columns for label in dataset.CLASSES]


def test_the_bundled_clips():
    clips = dataset.load()
    assert tuple(clips.label.cat.categories) == dataset.CLASSES
    assert clips.label.value_counts().min() >= 60
    assert clips.index.is_unique
    clip = clips.iloc[0]
    assert len(audio.read(clip.path)) == pytest.approx(clip.seconds * audio.SR, abs=1)
    for session, group in clips.groupby("session"):
        assert session.startswith(group.label.iloc[0])
        assert group.label.nunique() == 1


def test_a_changed_bundled_file_is_found(tmp_path, monkeypatch):
    shutil.copytree(dataset.data_folder() / "demo", tmp_path / "demo")
    monkeypatch.setattr(dataset, "data_folder", lambda: tmp_path)
    changed = next((tmp_path / "demo" / "audio_train").iterdir())
    changed.write_bytes(changed.read_bytes()[:-1])
    with pytest.raises(InputError, match=changed.name):
        dataset.load("demo")
    changed.unlink()
    with pytest.raises(InputError, match=f"{changed.name}.*no file"):
        dataset.load("demo")


def test_a_folder_is_chosen_by_argument_or_environment(data_set, monkeypatch):
    folder = data_set(five())
    assert len(dataset.load(folder)) == 5
    assert dataset.name(folder) == Path(folder).name
    monkeypatch.setenv("BOOK_DATA", folder)
    assert len(dataset.load()) == 5
    assert dataset.name() == Path(folder).name


def test_other_classes_can_be_named(data_set):
    folder = data_set([{"label": "Oboe", "session": "a"}, {"label": "Flute", "session": "b"}])
    clips = dataset.load(folder, classes=["Oboe", "Flute"])
    assert list(clips.label.cat.categories) == ["Oboe", "Flute"]
    with pytest.raises(InputError, match="no clips of class Tuba; it has Flute, Oboe"):
        dataset.load(folder, classes=["Tuba"])


def test_sessions_are_runs_of_ids_within_a_class(data_set):
    ids = {"Cello": [100, 150, 201, 1000], "Clarinet": [120, 160, 170, 990]}
    rows = [{"label": k, "freesound_id": i} for k, v in ids.items() for i in v]
    clips = dataset.load(data_set(rows), classes=["Cello", "Clarinet"])
    assert clips.session.tolist() == [
        *["Cello-100"] * 2,
        "Cello-201",
        "Cello-1000",
        *["Clarinet-120"] * 3,
        "Clarinet-990",
    ]


def test_the_csvs_own_sessions_come_first(data_set):
    clips = dataset.load(data_set(five(freesound_id=7)))
    assert set(clips.session) == {"s"}


def test_neither_session_nor_id_is_an_error(data_set):
    folder = data_set([{"label": label} for label in dataset.CLASSES])
    with pytest.raises(InputError, match="add 'session'"):
        dataset.load(folder)


def test_a_clip_of_exactly_the_limit_stays(data_set):
    rows = five()
    rows[0]["seconds"] = 2.0
    rows[1]["seconds"] = 2.0 - 1 / 22_050
    clips = dataset.drop_shorter(dataset.load(data_set(rows)), seconds=2.0)
    assert "0000.wav" in clips.index
    assert "0001.wav" not in clips.index


def edited(folder, **changes):
    path = Path(folder) / CSV
    pd.read_csv(path).assign(**changes).to_csv(path, index=False)


@pytest.mark.parametrize("column", ["fname", "label"])
def test_a_missing_column_is_named(data_set, column):
    folder = data_set(five())
    pd.read_csv(Path(folder) / CSV).drop(columns=column).to_csv(Path(folder) / CSV, index=False)
    with pytest.raises(InputError, match=f"{CSV}.*'{column}' is missing"):
        dataset.load(folder)


@pytest.mark.parametrize("column", ["fname", "label", "session"])
def test_an_empty_cell_is_named_by_line(data_set, column):
    folder = data_set(five())
    table = pd.read_csv(Path(folder) / CSV)
    table.loc[1, column] = None
    table.to_csv(Path(folder) / CSV, index=False)
    with pytest.raises(InputError, match=f"line 3: '{column}' is empty"):
        dataset.load(folder)


def test_a_clip_listed_twice(data_set):
    folder = data_set(five())
    edited(folder, fname=["0000.wav"] * 5)
    with pytest.raises(InputError, match=r"0000\.wav is listed twice"):
        dataset.load(folder)


def test_a_name_that_leaves_the_folder(data_set):
    folder = data_set(five())
    edited(folder, fname=["../x.wav", "b.wav", "c.wav", "d.wav", "e.wav"])
    with pytest.raises(InputError, match=r"line 2: fname .* must stay in its folder"):
        dataset.load(folder)


def test_a_clip_without_its_file(data_set):
    folder = data_set(five())
    (Path(folder) / "Tiny.audio_train" / "0003.wav").unlink()
    with pytest.raises(InputError, match=r"1 clips.*0003\.wav"):
        dataset.load(folder)


def test_a_clip_that_is_no_sound(data_set):
    folder = data_set(five())
    (Path(folder) / "Tiny.audio_train" / "0003.wav").write_text("no sound")
    with pytest.raises(InputError, match=r"0003\.wav.*not a sound file"):
        dataset.load(folder)


@pytest.mark.parametrize("written", ["cello", "CELLO"])
def test_a_label_written_otherwise_is_no_other_class(data_set, written):
    rows = [*five(), {"label": written, "session": "s"}]
    with pytest.raises(InputError, match=f"the label '{written}' is not 'Cello'"):
        dataset.load(data_set(rows))


def test_what_spreadsheets_write_is_read(data_set):
    folder = data_set(five(session="None"))
    path = Path(folder) / CSV
    lines = [line + "," for line in path.read_text().splitlines()]
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    clips = dataset.load(folder)
    assert len(clips) == 5
    assert set(clips.session) == {"None"}


def test_classes_are_named_once():
    for classes in ([], ["Cello", "Cello"]):
        with pytest.raises(InputError, match="name each class once"):
            dataset.load("demo", classes=classes)


def test_an_id_that_is_no_number(data_set):
    for value in ("inf", "x"):
        folder = data_set([{"freesound_id": value}])
        with pytest.raises(InputError, match="freesound_id"):
            dataset.load(folder, classes=["Cello"])
        shutil.rmtree(Path(folder) / "Tiny.meta")
        shutil.rmtree(Path(folder) / "Tiny.audio_train")


def test_a_folder_with_the_name_of_a_bundled_set_is_refused(tmp_path):
    (tmp_path / "demo").mkdir()
    with pytest.raises(InputError, match="rename this folder"):
        dataset.load(tmp_path / "demo")


def test_no_such_folder_or_layout(tmp_path):
    with pytest.raises(InputError, match="BOOK_DATA"):
        dataset.load(tmp_path / "absent")
    with pytest.raises(InputError, match=r"expected one folder named \*meta, found 0"):
        dataset.load(tmp_path)
    (tmp_path / "x.meta").mkdir()
    with pytest.raises(InputError, match="lists the clips"):
        dataset.load(tmp_path)
    (tmp_path / "x.meta" / "train_post_competition.csv").write_bytes(b"\xff\xfe\x00binary")
    with pytest.raises(InputError, match="not a readable CSV"):
        dataset.load(tmp_path)


def test_the_real_data_set_is_fetched_unpacked_and_read(data_set, tmp_path, monkeypatch):
    tiny = Path(data_set(five()))
    web = tmp_path / "web"
    sums = {}
    shutil.copytree(tiny / "Tiny.audio_train", tiny / "Tiny.audio_test")
    shutil.copy(
        tiny / "Tiny.meta" / dataset.LISTS["train"], tiny / "Tiny.meta" / dataset.LISTS["test"]
    )
    for part in ("meta", "audio_train", "audio_test"):
        inside = tmp_path / "zipped" / f"FSDKaggle2018.{part}"
        shutil.copytree(tiny / f"Tiny.{part}", inside)
        archive = shutil.make_archive(web / inside.name, "zip", inside.parent, inside.name)
        sums[inside.name] = hashlib.md5(Path(archive).read_bytes()).hexdigest()
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=web)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setattr(
            dataset, "_ZENODO", f"http://127.0.0.1:{server.server_port}/{{name}}.zip"
        )
        monkeypatch.setattr(dataset, "_ARCHIVES", sums)
        assert len(dataset.load("fsdkaggle2018")) == 5
        server.shutdown()
    clips = dataset.load("fsdkaggle2018")  # now without the web
    assert len(clips) == len(dataset.test_part(clips)) == 5


def test_the_whole_data_sets_metadata():
    table = dataset.metadata()
    five = table[table.label.isin(dataset.CLASSES)]
    assert (table.part == "train").sum() == 9_473
    assert (table.part == "test").sum() == 1_600
    train = five[five.part == "train"]
    assert (train.label.value_counts() == 300).all()
    assert train[train.label == "Saxophone"].manually_verified.sum() == 256


def test_the_five_notes():
    for instrument in dataset.CLASSES:
        assert len(dataset.note(instrument)) > 2 * audio.SR
    with pytest.raises(InputError, match="Oboe"):
        dataset.note("Oboe")


def test_the_digest_changes_with_label_and_sound(data_set):
    folder = data_set(five())
    clips = dataset.load(folder)
    before = dataset.digest(clips)
    assert dataset.digest(clips.sample(frac=1, random_state=0)) == before
    assert dataset.digest(clips.assign(session="other")) != before
    Path(clips.path.iloc[0]).write_bytes(Path(clips.path.iloc[1]).read_bytes())
    assert dataset.digest(clips) != before


def test_the_strangers_are_sounds_of_their_own():
    strangers = dataset.strangers()
    assert set(strangers) == {"piano", "speech"}
    for path in strangers.values():
        assert 4 < audio.seconds(path) < 10
