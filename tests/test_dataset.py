"""The clips table, from the bundled clips and from folders."""

import functools
import hashlib
import http.server
import itertools
import shutil
import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
from serving import serving

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


def test_a_pool_need_not_have_every_class(data_set):
    folder = data_set([{"label": "Clarinet", "session": "s"}])
    with pytest.raises(InputError, match="no clips of class Acoustic_guitar, Cello"):
        dataset.load(folder)
    pool = dataset.load(folder, some=True)
    assert pool.label.tolist() == ["Clarinet"]
    assert tuple(pool.label.cat.categories) == dataset.CLASSES
    with pytest.raises(InputError, match="no clips of class Oboe, Flute"):
        dataset.load(folder, ["Oboe", "Flute"], some=True)


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
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    with serving(server):
        monkeypatch.setattr(
            dataset, "_ZENODO", f"http://127.0.0.1:{server.server_port}/{{name}}.zip"
        )
        monkeypatch.setattr(dataset, "_ARCHIVES", sums)
        assert len(dataset.load("fsdkaggle2018")) == 5
    clips = dataset.load("fsdkaggle2018")  # now without the web
    assert len(clips) == len(dataset.test_part(clips)) == 5


def test_the_150_real_clips_are_taken_from_the_whole_set(data_set, monkeypatch):
    names = dataset.mini()
    known = dataset.metadata().loc[list(names)]
    assert len(set(names)) == 150
    assert (known.label.value_counts() == 30).all() and (known.manually_verified == 1).all()

    rows = [{"fname": n, "label": c, "session": n} for n, c in zip(names, known.label, strict=True)]
    others = [{"fname": "other.wav", "label": "Cello", "session": "other"}]
    folder = Path(data_set([row | {"seconds": 0.1} for row in rows + others]))
    monkeypatch.setattr(dataset, "fetch", lambda: folder)
    assert sorted(dataset.load("fsdkaggle2018-mini").index) == sorted(names)
    listed = folder / "Tiny.meta" / dataset.LISTS["train"]
    listed.write_text("\n".join(listed.read_text().splitlines()[:-2]) + "\n")
    with pytest.raises(InputError, match="149 of the 150"):
        dataset.load("fsdkaggle2018-mini")


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


# Tables as people write them.

PLAIN = "fname,label,session\na.wav,Cello,s1\nb.wav,Cello,s2\nc.wav,Flute,s1\nd.wav,Flute,s2\n"


@pytest.fixture
def load(tmp_path):
    """Load a table of this content, beside sounds of these names."""

    def load(content, sounds=("a.wav", "b.wav", "c.wav", "d.wav"), classes=("Cello", "Flute")):
        (tmp_path / "x.meta").mkdir()
        for sound in sounds:
            path = tmp_path / "x.audio_train" / sound
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, np.full(2205, 0.1), 22_050)
        content = content.encode() if isinstance(content, str) else content
        (tmp_path / CSV.replace("Tiny", "x")).write_bytes(content)
        return dataset.load(tmp_path, classes)

    return load


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.replace(",", ";"),
        PLAIN.replace(",", "\t"),
        PLAIN.replace(",", "|"),
        "sep=;\n" + PLAIN.replace(",", ";"),
        "sep=\t\r\n" + PLAIN.replace(",", "\t"),
        PLAIN.encode("utf-16"),
        PLAIN.replace(",", "\t").encode("utf-16-le"),
        PLAIN.encode("utf-8-sig"),
        PLAIN.replace("\n", "\r"),
        PLAIN.replace("n\n", "n,note\n").replace("s1\n", "s1,;;;;;\n").replace("\n", "\r"),
        PLAIN.replace("session\n", 'session,"mood; place; room; day"\n'),
        PLAIN + ",,\n , ,\n",
        PLAIN.replace("\nb", "\n,,\n\n\nb"),
        PLAIN.replace("\n", ",,\n"),
        PLAIN.replace("a.wav", " a.wav"),
        PLAIN.replace("a.wav,Cello", '"a.wav","Cello"'),
        PLAIN.replace("session", "session\ufeff ")
        .replace("s1", "s1\u200b")
        .replace("s2", "\u00a0s2"),
    ],
)
def test_a_table_is_read_as_a_spreadsheet_writes_it(load, content):
    clips = load(content)
    assert sorted(clips.path.map(lambda path: Path(path).name)) == [f"{k}.wav" for k in "abcd"]
    assert clips.label.tolist() == ["Cello", "Cello", "Flute", "Flute"]
    assert clips.session.tolist() == ["s1", "s2", "s1", "s2"]


def test_numbers_of_other_columns_stay_numbers(load):
    table = PLAIN.replace("\n", ",7\n").replace("session,7", "session,take")
    assert load(table)["take"].tolist() == [7] * 4


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (PLAIN.replace("a.wav", "take 1, slow.wav"), "line 2: has 4 cells under 3 columns"),
        (PLAIN.replace("s2", "s2, loud"), "line 3: has 4 cells under 3 columns"),
        (PLAIN.replace("Flute,s1", ",s1"), "line 4: 'label' is empty"),
        (PLAIN.replace("\nb", "\n\n\nb").replace("Flute,s1", ",s1"), "line 6: 'label' is empty"),
        (
            PLAIN.replace("session", "note,session")
            .replace("Cello,", 'Cello,"two\nlines",')
            .replace("Flute,s1", "Flute,,s1")
            .replace("Flute,s2", "Flute,fine, "),
            "line 7: 'session' is empty",
        ),
        (PLAIN.replace("Flute,s1", 'Flute,"s1'), "line 4: unexpected end of data"),
        (PLAIN.replace("b.wav", "a.wav"), "lines 2 and 3: a.wav is listed twice"),
        (PLAIN.replace("b.wav", "a.wav\u200b"), "lines 2 and 3: a.wav is listed twice"),
        (PLAIN.replace("session", "label"), "line 1: the column 'label' is there twice"),
        (PLAIN.encode("utf-8") + b"\xe9.wav,Cello,s1", "not a readable CSV file .* save it as CSV"),
        ("", "line 1: the column 'fname' is missing"),
        (b"PK\3\4" + bytes(99), "a spreadsheet program's own kind of file.* save it as CSV"),
    ],
)
def test_a_table_that_cannot_be_right_is_named_by_line(load, content, says):
    with pytest.raises(InputError, match=rf"{dataset.LISTS['train']}.*{says}"):
        load(content)


@pytest.mark.parametrize("other", ["Acoustic guitar", "acoustic-guitar", "ACOUSTIC_GUITAR"])
def test_a_class_that_is_written_otherwise_is_named(load, other):
    table = PLAIN.replace("Cello", "Acoustic_guitar")
    classes = ["Acoustic_guitar", "Flute"]
    with pytest.raises(InputError, match=rf"the label '{other}' is not 'Acoustic_guitar'"):
        load(table.replace("Acoustic_guitar", other, 1), classes=classes)


def test_names_of_classes_are_read_like_labels(load):
    assert list(load(PLAIN, classes=["Cello ", "Fl\u200bute"]).label.cat.categories) == [
        "Cello",
        "Flute",
    ]


@pytest.mark.parametrize("classes", [(0, 1), "Cello", [None], ["Cello", "cello"]])
def test_classes_that_are_no_different_names(classes):
    with pytest.raises(InputError, match=r"classes is .*name"):
        dataset.load("demo", classes=classes)


@pytest.mark.parametrize(
    "other",
    [
        *("Kitchen", "kitchen 1", "kitchen-1", "kitchen\u20111", "kitch\u0435n 1", "kitchen 01.0"),
        *("Ann\u2019s", "Ann`s", "ann\u00b4s"),
    ],
)
def test_sessions_that_hardly_differ_are_named(load, other):
    first = {"k": "kitchen_1", "K": "kitchen"}.get(other[0], "Ann's")
    table = PLAIN.replace("s1", first).replace(f"Flute,{first}", f"Flute,{other}")
    with pytest.raises(InputError, match=rf"['\"]{first}['\"] \(line 2\) and .* \(line 4\) hardly"):
        load(table)


@pytest.mark.parametrize(("written", "kept"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_name_with_an_accent_is_found(load, written, kept):
    there, listed = (unicodedata.normalize(form, "été.wav") for form in (kept, written))
    clips = load(PLAIN.replace("a.wav", listed), (there, "b.wav", "c.wav", "d.wav"))
    assert {Path(path).name for path in clips.path} == {there, "b.wav", "c.wav", "d.wav"}


def test_a_file_of_another_ending_is_hinted_at(load):
    with pytest.raises(InputError, match=r"no file, the first is .*a\.wav, but 'a\.WAV'"):
        load(PLAIN, ("a.WAV", "b.wav", "c.wav", "d.wav"))


@pytest.mark.parametrize("written", ["a", "a.mp3"])
def test_an_ending_that_is_missing_or_another_is_hinted_at(load, written):
    with pytest.raises(InputError, match=r"no file, the first is .*a(\.mp3)?, but 'a\.wav'"):
        load(PLAIN.replace("a.wav", written))


@pytest.mark.parametrize("ending", [".CSV", ".csv.txt"])
def test_a_table_of_another_ending_is_hinted_at(load, tmp_path, ending):
    load(PLAIN)
    table = tmp_path / CSV.replace("Tiny", "x")
    table.rename(meant := table.with_suffix(ending))
    with pytest.raises(InputError, match=f"no such file, but '{meant.name}': write it alike"):
        dataset.load(tmp_path, ("Cello", "Flute"))


# Folders of sounds.


def test_files_may_lie_in_folders(load):
    table = PLAIN.replace("a.wav", "Cello/a.wav").replace("c.wav", "Flute/a.wav")
    table = table.replace("b.wav", "down\\b.wav")  # as Windows writes it
    sounds = ("Cello/a.wav", "down/b.wav", "Flute/a.wav", "deep/down/d.wav")
    clips = load(table, sounds)
    assert clips.path.map(lambda path: Path(path).parent.name).tolist() == [
        *("Cello", "Flute", "down", "down")
    ]


def test_a_name_in_several_folders_is_that_of_its_class_or_named(load):
    sounds = ("Cello/a.wav", "Flute/a.wav", "b.wav", "c.wav", "d.wav")
    clips = load(PLAIN, sounds)
    assert Path(clips.path["a.wav"]).parent.name == "Cello"
    folder = Path(clips.path["b.wav"]).parent
    (folder / "Flute").rename(folder / "more")
    (folder / "Cello").rename(folder / "most")
    with pytest.raises(InputError, match=r"a\.wav is in several folders.*more/a\.wav, most/a\.wav"):
        dataset.load(folder.parent, ["Cello", "Flute"])


def put(folder, *sounds):
    for sound in sounds:
        path = folder / sound
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, np.full(2205, 0.1), 22_050, format="WAV")


def test_files_of_the_real_data_set_in_folders_of_classes(tmp_path):
    known = dataset.metadata()
    cellos = known[(known.label == "Cello") & (known.part == "train")].head(40)
    put(tmp_path, *(f"Cello/{name}" for name in cellos.index), "Flute/mine/a.wav", "notes/x/b.wav")
    (tmp_path / "Flute" / "mine" / "._a.wav").write_text("of a Mac")
    with pytest.warns(UserWarning, match="are left out, 1 of .*: 'notes'"):
        clips = dataset.load(tmp_path, ["Cello", "Flute"])
    assert len(clips) == 41
    assert clips.session["Flute/mine/a.wav"] == "mine"
    mine = clips[clips.label == "Cello"]
    assert [Path(name).name for name in mine.index] == sorted(cellos.index)
    # Sessions are runs of the ids of the whole data set: of two neighbours here, what was
    # uploaded between them counts.
    ids = mine.freesound_id.astype(int)
    for _, session in mine.groupby("session"):
        assert ids[session.index].min() >= int(session.session.iloc[0].partition("-")[2])
    apart = sorted(mine.session.unique(), key=lambda name: int(name.partition("-")[2]))
    assert len(apart) > 3
    for before, after in itertools.pairwise(apart):
        gap = ids[mine.session == after].min() - ids[mine.session == before].max()
        assert gap > dataset.SESSION_GAP


def test_folders_of_classes_and_sessions(tmp_path):
    put(tmp_path, "Cello/monday/1.wav", "Cello/friday/1.wav", "Flute/monday/1.wav")
    clips = dataset.load(tmp_path, ["Cello", "Flute"])
    assert clips.session.to_dict() == {
        "Cello/friday/1.wav": "friday",
        "Cello/monday/1.wav": "monday",
        "Flute/monday/1.wav": "monday",
    }
    assert dataset.test_part(clips) is None
    assert len(dataset.digest(clips)) == 64
    put(tmp_path, "Flute/2.wav")
    with pytest.raises(InputError, match=r"not known of 1 files, such as Flute/2\.wav.*/monday/2"):
        dataset.load(tmp_path, ["Cello", "Flute"])
    (tmp_path / "Flute" / "2.wav").unlink()
    put(tmp_path, "Flute/Monday/2.wav")
    with pytest.raises(InputError, match=r"'monday' .* and 'Monday' .* hardly differ"):
        dataset.load(tmp_path, ["Cello", "Flute"])


def test_a_film_in_a_folder_of_a_class_is_named(tmp_path):
    put(tmp_path, "Cello/monday/1.wav")
    (tmp_path / "Cello" / "monday" / "2.m4a").write_bytes(b"\0\0\0\x20ftypM4A " + bytes(99))
    with pytest.raises(InputError, match=r"2\.m4a.*it is MP4.*ffmpeg -i"):
        dataset.load(tmp_path, ["Cello"])


def test_clips_that_are_left_out_are_counted_and_misspelt_labels_told(data_set):
    others = ["Celo", "Celo", "Saxaphone", "Kazoo", "Kazoo", "Kazoo"]
    folder = data_set([*five(), *({"label": label, "session": "s"} for label in others)])
    with pytest.warns(UserWarning) as told:
        clips = dataset.load(folder)
    (said,) = (str(warning.message) for warning in told)
    assert said.startswith(f"{folder}: clips of no class in use are left out, 6 of 11: ")
    assert said.endswith(
        "'Celo' (2; is 'Cello' meant?), 'Saxaphone' (1; is 'Saxophone' meant?), 'Kazoo' (3)"
    )
    assert len(clips) == 5


def test_nothing_is_said_where_nothing_is_left_out_or_the_book_says_it(data_set, recwarn):
    dataset.load(data_set(five()))
    dataset.load("demo", ["Cello", "Clarinet"])
    assert not recwarn.list


def test_many_labels_are_told_in_a_line(data_set):
    rows = [*five(), *({"label": f"Other {i:02}", "session": "s"} for i in range(20))]
    with pytest.warns(UserWarning, match="left out, 20 of 25: .* and 12 other labels$"):
        dataset.load(data_set(rows))
