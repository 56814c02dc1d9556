"""Sound files and tables of any content: an answer or an InputError, soon, and in little memory.

`make test` tries some cases of each; `make fuzz` tries 10,000. Real files damaged are tried by
tools/fuzz.py.
"""

import contextlib
import csv
import importlib
import io
import os
import re
import signal
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from helpers import audio, dataset
from helpers.errors import InputError

SECONDS = 60  # a case takes some milliseconds; other work may run beside it
MEGABYTES = 300

FORMATS = (
    *(("WAV", subtype) for subtype in ("PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE")),
    *(("WAV", "ULAW"), ("WAV", "IMA_ADPCM"), ("WAVEX", "PCM_16"), ("RF64", "PCM_16")),
    *(("AIFF", "PCM_16"), ("AU", "PCM_16"), ("CAF", "PCM_16"), ("W64", "PCM_16")),
    *(("FLAC", "PCM_16"), ("FLAC", "PCM_24"), ("OGG", "VORBIS"), ("OGG", "OPUS")),
    ("MP3", "MPEG_LAYER_III"),
)

any_case = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@contextlib.contextmanager
def bounded():
    """Fail where what is inside takes too long or too much memory."""

    def stop(*_):
        pytest.fail(f"it took more than {SECONDS} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    peak = _peak()
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    assert _peak() - peak < MEGABYTES


def _peak() -> float:
    """The most memory since it was last asked, in megabytes; 0 where the system does not say."""
    if not sys.platform.startswith("linux"):
        return 0
    lines = Path("/proc/self/status").read_text().splitlines()
    peak = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    Path("/proc/self/clear_refs").write_text("5")  # count anew
    return peak / 1000


def heard(path) -> np.ndarray | None:
    """The samples of a file; None where it is refused, the same way by every reader."""
    with bounded():
        try:
            wave = audio.read(path)
        except InputError as error:
            assert str(path) in str(error)
            with contextlib.suppress(InputError):
                audio.seconds(path)
            return None
        assert wave.dtype == np.float32 and wave.ndim == 1 and len(wave)
        assert np.isfinite(wave).all() and np.abs(wave).max() <= 1
        assert audio.seconds(path) > 0
    return wave


@st.composite
def sounds(draw) -> tuple[bytes, int, int, int]:
    """A sound file as bytes, the frames put into it, their rate, and how many it may add."""
    kind, subtype = draw(st.sampled_from(FORMATS))
    rates = [8_000, 16_000, 22_050, 44_100, 48_000]
    if subtype == "OPUS":
        rates = [8_000, 16_000, 24_000, 48_000]
    elif kind != "MP3":
        rates += [1_000, 96_000, 192_000]
    sr, channels = draw(st.sampled_from(rates)), draw(st.integers(1, 2))
    frames = draw(st.integers(1, 4_000))
    rng = np.random.default_rng(draw(st.integers(0, 9)))
    level = draw(st.sampled_from([0, 0.01, 0.5, 1]))
    wave = level * rng.uniform(-1, 1, (frames, channels))
    buffer = io.BytesIO()
    soundfile.write(buffer, wave, sr, format=kind, subtype=subtype)
    exact = subtype.startswith(("PCM", "FLOAT", "DOUBLE", "ULAW"))
    return buffer.getvalue(), frames, sr, 0 if exact else 10_000  # to fill blocks of the codec


@st.composite
def damaged(draw) -> bytes:
    """A sound file with bytes changed, taken out, put in, or cut off, most near its beginning."""
    content = bytearray(draw(sounds())[0])
    for _ in range(draw(st.integers(1, 4))):
        reach = min(draw(st.sampled_from([16, 64, 256, len(content)])), len(content))
        at = draw(st.integers(0, max(0, reach - 1)))
        other = draw(st.one_of(st.binary(max_size=8), st.sampled_from([b"\xff" * 4, bytes(4)])))
        much = draw(st.integers(1, 300))
        change = draw(st.sampled_from(["over", "in", "out", "cut"]))
        if change == "over":
            content[at : at + len(other)] = other
        elif change == "in":
            content[at:at] = other
        elif change == "out":
            del content[at : at + much]
        else:
            del content[len(content) - min(much, len(content)) :]
    return bytes(content)


@any_case
@given(sounds())
def test_a_sound_of_any_kind_keeps_its_length(tmp_path, sound):
    content, frames, sr, more = sound
    path = tmp_path / "a.sound"
    path.write_bytes(content)
    wave = heard(path)
    expected = frames * audio.SR / sr
    if wave is None:
        assert expected < 1 or b"OpusHead" in content
    else:
        assert expected - 2 <= len(wave) <= expected + more * audio.SR / sr + 2


@any_case
@given(damaged())
def test_a_damaged_sound_is_heard_or_refused(tmp_path, content):
    path = tmp_path / "a.sound"
    path.write_bytes(content)
    heard(path)


HEADS = (
    b"",
    b"RIFF\xff\xff\xff\xffWAVEfmt ",
    b"fLaC\0\0\0\x22",
    b"OggS\0\2",
    b"\xff\xfb\x90",
    b"ID3",
)


@any_case
@example(b"RIFF\xff\xff\xff\xffWAVEfmt ", b"\x00\x00\x00\x01")  # ends within a chunk
@given(st.sampled_from(HEADS), st.binary(max_size=2_000))
def test_noise_is_no_sound(tmp_path, head, rest):
    path = tmp_path / "a.sound"
    path.write_bytes(head + rest)
    heard(path)


def test_a_small_file_of_hours_of_silence_is_not_read_whole(tmp_path):
    path = tmp_path / "a.flac"
    with soundfile.SoundFile(path, "w", 8_000, 1) as file:
        for _ in range(1_100):
            file.write(np.zeros(80_000, np.int16))
    assert path.stat().st_size < 1e6
    with bounded(), pytest.raises(InputError, match=r"lasts 3\.1 hours; cut it"):
        audio.read(path)
    with bounded():
        first = len(next(audio.blocks(path)))  # the resampler holds some of it back
        assert first == pytest.approx(audio.BLOCK_SECONDS * audio.SR, rel=0.02)


def test_hundreds_of_channels_take_no_more_memory_than_two(tmp_path):
    path = tmp_path / "a.caf"
    sound = np.zeros((240_000, 400), np.int16)  # as floats, 384 MB
    soundfile.write(path, sound, 24_000, format="CAF", subtype="PCM_S8")
    del sound
    wave = heard(path)
    assert len(wave) == pytest.approx(10 * audio.SR, abs=2)


@pytest.mark.parametrize("sr", [1, 999, 1_000_001, 2**31 - 1])
def test_a_rate_that_is_none_is_named(tmp_path, sr):
    soundfile.write(tmp_path / "a.wav", np.zeros(1000), 22_050)
    content = bytearray((tmp_path / "a.wav").read_bytes())
    content[24:28] = sr.to_bytes(4, "little")
    (tmp_path / "a.wav").write_bytes(content)
    with bounded(), pytest.raises(InputError, match=f"{sr} Hz is no sampling rate"):
        audio.read(tmp_path / "a.wav")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A data set of two sounds, without its table."""
    made = tmp_path_factory.mktemp("tables")
    (made / "x.audio_train").mkdir()
    (made / "x.meta").mkdir()
    for name in ("a.wav", "b.wav"):
        soundfile.write(made / "x.audio_train" / name, np.full(2205, 0.1), 22_050)
    return made


def loaded(folder, content: bytes) -> bool:
    """Whether a table can be used; if so, it must be in order."""
    (folder / "x.meta" / dataset.LISTS["train"]).write_bytes(content)
    with bounded():
        try:
            clips = dataset.load(folder, classes=["Cello", "Flute"])
        except InputError as error:
            assert str(folder) in str(error)
            return False
    assert clips.index.is_unique and set(clips.index) <= {"a.wav", "b.wav"}
    assert set(clips.label) == {"Cello", "Flute"}
    assert clips.session.map(type).eq(str).all() and (clips.seconds == 0.1).all()
    return True


@any_case
@given(st.binary(max_size=300))
def test_noise_is_no_table(folder, content):
    for head in (b"", b"fname,label,session\n", b'fname,label,freesound_id\n"'):
        assert not loaded(folder, head + content)


words = st.one_of(
    st.sampled_from(["", " ", "NaN", "None", "0", "-1", "1e300", "9" * 30, "inf", "a.wav", ".."]),
    st.sampled_from(['"', "'", ",", "\n", "\r", "\0", "x" * 300, "../a.wav", "é" * 200, "=1+1"]),
    st.text(max_size=20),
)


@any_case
@given(st.data())
def test_a_table_is_used_or_refused(folder, data):
    odd = data.draw(st.sampled_from([0, 0, 1, 3]))  # how many cells hold anything
    names = ["fname", "label", *data.draw(st.sampled_from([["session"], ["freesound_id"], []]))]
    rows = [names, ["a.wav", "Cello", "17"][: len(names)], ["b.wav", "Flute", "18"][: len(names)]]
    for _ in range(odd):
        row = data.draw(st.sampled_from(rows))
        row[data.draw(st.integers(0, len(names) - 1))] = data.draw(words)
    text = io.StringIO()
    quoting = data.draw(st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
    csv.writer(text, quoting=quoting).writerows(rows)
    used = loaded(folder, text.getvalue().encode("utf-8", "surrogatepass"))
    if not odd:
        assert used == (len(names) == 3)


@pytest.fixture
def fuzz(monkeypatch):
    """The program that damages real files."""
    monkeypatch.syspath_prepend(dataset.data_folder().parent / "tools")
    monkeypatch.setenv("BOOK_CACHE", os.environ["BOOK_CACHE"])  # which it changes
    return importlib.import_module("fuzz")


def test_real_files_damaged_are_used_or_refused(fuzz):
    for kind in fuzz.KINDS:
        said = [case for case in fuzz.worker(kind, 0, 25) if "outcome" in case]
        assert len(said) == 25 and {case["told"] for case in said} == {""}, said
        assert {case["outcome"] for case in said} <= {"used", "refused"}
    again = [list(fuzz.worker("tables", 7, 9)), list(fuzz.worker("tables", 7, 9))]
    outcomes = [[case.get("outcome") for case in cases] for cases in again]
    assert outcomes[0] == outcomes[1]


@pytest.mark.parametrize(
    ("does", "told"),
    [
        (lambda path: [][0], "IndexError"),
        (lambda path: np.full(3, np.nan, np.float32), "AssertionError"),
        (lambda path: np.ones(50_000_000).astype(np.float32)[:3], "it took [3-6].. MB"),
        (lambda path: refuse("something is wrong"), "it names no file: something is wrong"),
    ],
)
def test_what_is_a_fault_is_counted_as_one(fuzz, monkeypatch, does, told):
    monkeypatch.setattr(fuzz.Sounds, "__init__", lambda self, folder, kind: None)
    monkeypatch.setattr(fuzz.Sounds, "damaged", lambda self, rng: b"")
    monkeypatch.setattr(fuzz.Sounds, "path", Path(os.environ["BOOK_CACHE"]) / "x", raising=False)
    monkeypatch.setattr(fuzz.audio, "read", does)
    _, said = fuzz.worker("WAV", 0, 1)
    assert said["outcome"] == "fault" and re.search(told, said["told"])


def refuse(told: str):
    raise InputError(told)


def test_the_page_of_faults_has_a_row_for_each_kind_of_damaged_file(fuzz, monkeypatch, tmp_path):
    rows = fuzz.TABLE.read_text(encoding="utf-8").splitlines()
    assert [row.split(" | ")[0][2:] for row in rows[2:]] == list(fuzz.KINDS)
    for row in rows[2:]:
        files, used, refused, faults = (int(n.replace(",", "")) for n in row.split(" | ")[1:5])
        assert files == fuzz.CASES == used + refused and faults == 0
    page = (fuzz.TABLE.parent / "faults.md").read_text(encoding="utf-8")
    assert f"```{{include}} {fuzz.TABLE.name}\n```" in page
    monkeypatch.setattr(fuzz, "TABLE", tmp_path / "table")
    for kind in ("tables", "WAV", "tables"):
        fuzz.write(kind, fuzz.row(kind, Counter(used=1, refused=2), 3.4))
    first, second = (tmp_path / "table").read_text().splitlines()[2:]
    assert first.startswith("| WAV | 3 | 1 | 2 | 0 | 3 MB | 2")
    assert second.startswith("| tables | 3 |")
