"""The bundled clips: whole, labelled, fit to listen to, and made by the script beside them."""

import hashlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import librosa
import numpy as np
import pandas as pd
import pytest
import soundfile

DEMO = Path(__file__).resolve().parents[1] / "data/demo"
SR = 22_050
CLASSES = {"Acoustic_guitar", "Cello", "Clarinet", "Double_bass", "Saxophone"}


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return pd.read_csv(DEMO / "meta/train_post_competition.csv")


@pytest.fixture(scope="module")
def waves(table) -> dict[str, np.ndarray]:
    """Every clip as it is stored: (frames,) where it is mono."""
    decoded = {}
    for fname in table.fname:
        decoded[fname], sr = soundfile.read(DEMO / "audio_train" / fname)
        assert sr == SR, fname
    return decoded


@pytest.fixture(scope="module")
def script():
    """render.py as a module."""
    spec = importlib.util.spec_from_file_location("render", DEMO / "render.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["render"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    yield module
    del sys.modules["render"]


def test_sums_name_exactly_the_files_present_and_match():
    listed = {}
    for line in (DEMO / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        listed[name] = digest
    present = {
        path.relative_to(DEMO).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in ("audio_train", "notes", "strangers", "meta")
        for path in (DEMO / folder).iterdir()
    }
    assert listed == present


def test_every_row_has_its_file_and_back(table):
    assert table.fname.is_unique
    assert table.fname.str.fullmatch(r"[0-9a-f]{8}\.ogg").all()
    assert set(table.fname) == {path.name for path in (DEMO / "audio_train").iterdir()}
    notes = pd.read_csv(DEMO / "meta/notes.csv")
    assert set(notes.fname) == {path.name for path in (DEMO / "notes").iterdir()}
    assert set(notes.label) == CLASSES


def test_columns_say_that_nobody_recorded_these(table):
    assert (table.manually_verified == 0).all()
    assert table.freesound_id.isna().all()
    assert (table.license == "MIT").all()


def test_classes_and_sessions_are_many_enough(table):
    clips = table.label.value_counts()
    assert set(clips.index) == CLASSES
    assert clips.min() >= 60
    assert (table.groupby("session").label.nunique() == 1).all()
    assert all(s.startswith(f"{c}-") for s, c in zip(table.session, table.label, strict=True))
    sizes = table.groupby(["label", "session"]).size()
    assert (sizes[sizes >= 3].groupby("label").size() >= 8).all()
    assert sizes.groupby("label").nunique().min() > 5  # unequal, as uploads are


def test_audio_is_sound(table, waves):
    for fname, wave in waves.items():
        assert wave.ndim == 1, f"{fname} is not mono"
        assert np.isfinite(wave).all(), fname
        assert 0.01 < np.abs(wave).max() < 1, f"{fname} is silent or clipped"
        frames = librosa.util.frame(wave, frame_length=512, hop_length=256)
        level = 20 * np.log10(np.sqrt((frames**2).mean(axis=0)) + 1e-9)
        assert (level < level.max() - 50).mean() < 0.7, f"{fname} is mostly silence"
        assert np.abs(wave[-20:]).max() < 0.02 * np.abs(wave).max(), f"{fname} ends with a click"
    seconds = table.fname.map(lambda fname: len(waves[fname]) / SR)
    assert np.allclose(seconds, table.seconds, atol=0.001)
    assert seconds.between(0.8, 8).all()
    assert (seconds < 2).any()


def test_a_clip_lasts_exactly_two_seconds(waves):
    assert any(len(wave) == 44_100 for wave in waves.values())


def test_it_is_small():
    size = sum(path.stat().st_size for path in DEMO.rglob("*.ogg"))
    assert size <= 15e6


@pytest.mark.parametrize("label", sorted(CLASSES))
def test_the_note_is_the_same_a(label):
    wave, sr = soundfile.read(DEMO / "notes" / f"{label}.ogg")
    assert sr == SR
    assert wave.ndim == 1
    assert len(wave) == round(2.5 * SR)
    # Vorbis does not keep a wave's peak to the sample.
    assert 20 * np.log10(np.abs(wave).max()) == pytest.approx(-3, abs=1)
    pitch = librosa.yin(wave[SR // 4 : 2 * SR], fmin=100, fmax=400, sr=SR)
    assert 1200 * np.log2(np.median(pitch) / 220) == pytest.approx(0, abs=10)


def test_pitch_of_single_notes_is_the_tables(table, waves):
    """Moving the resonances has left the pitch alone."""
    rows = table[(table.phrase == "note") & (table.snr_db > 40) & (table.lowest >= 40)]
    rows = rows[~rows.room.isin(["hall", "church"])]
    off = []
    for row in rows.itertuples():
        wave = waves[row.fname][: SR * 3 // 2]
        hz = librosa.midi_to_hz(row.lowest)
        pitch = librosa.yin(wave, fmin=0.75 * hz, fmax=1.4 * hz, sr=SR, frame_length=4096)
        off.append(1200 * np.log2(np.median(pitch) / hz))
    assert len(off) > 30
    assert np.mean(np.abs(off) < 60) > 0.9  # cents; sessions are detuned by a dozen


def test_table_is_the_scripts_plan(table, script):
    plan = {clip.fname: (clip.label, clip.session_name) for clip in script.plan()}
    rows = zip(table.fname, zip(table.label, table.session, strict=True), strict=True)
    assert plan == dict(rows)


def test_fixing_the_serial_leaves_a_valid_stream(script, tmp_path):
    wave = 0.1 * np.sin(np.arange(SR))
    script.write_ogg(tmp_path / "a.ogg", wave)
    script.write_ogg(tmp_path / "b.ogg", wave)
    assert (tmp_path / "a.ogg").read_bytes() == (tmp_path / "b.ogg").read_bytes()
    assert len(soundfile.read(tmp_path / "a.ogg")[0]) == SR


def run(*arguments: str) -> subprocess.CompletedProcess:
    command = [sys.executable, str(DEMO / "render.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def need_tools(script) -> None:
    try:
        script.check_tools()
    except script.MissingToolError as error:
        if os.environ.get("CI"):
            pytest.fail(f"CI must render: {error}")
        pytest.skip(str(error))


def test_clips_rendered_alone_are_the_bundled_ones(script, table, tmp_path):
    need_tools(script)
    chosen = [table[table.label == label].fname.iloc[0] for label in ("Cello", "Saxophone")]
    for folder, order in (("once", chosen), ("again", chosen[::-1])):
        for fname in order:
            done = run("--only", fname, "--out", str(tmp_path / folder))
            assert done.returncode == 0, done.stderr
    for fname in chosen:
        once, _ = soundfile.read(tmp_path / "once" / fname)
        again, _ = soundfile.read(tmp_path / "again" / fname)
        bundled, _ = soundfile.read(DEMO / "audio_train" / fname)
        assert np.array_equal(once, again)
        assert len(once) == len(bundled)
        assert np.corrcoef(once, bundled)[0, 1] > 0.99


def test_an_unknown_clip_is_a_clear_error(script, tmp_path):
    need_tools(script)
    done = run("--only", "nosuch.ogg", "--out", str(tmp_path))
    assert done.returncode == 1
    assert "no clip nosuch.ogg" in done.stderr


def test_a_missing_font_is_named_with_its_package(script, monkeypatch):
    need_tools(script)
    monkeypatch.setitem(script.FONTS, "fluid", (Path("/nowhere.sf2"), "fluid-soundfont-gm"))
    with pytest.raises(script.MissingToolError, match="apt-get install fluid-soundfont-gm"):
        script.check_tools()


def test_a_missing_binding_is_named_with_its_package(script, monkeypatch):
    monkeypatch.setitem(sys.modules, "fluidsynth", None)
    with pytest.raises(script.MissingToolError, match="pip install pyfluidsynth"):
        script.load_fluidsynth()


@pytest.fixture(scope="module")
def strangers(script):
    """strangers.py as a module."""
    spec = importlib.util.spec_from_file_location("strangers", DEMO / "strangers.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_stranger_is_an_instrument_of_the_book_or_has_two_sources(script, strangers):
    ours = {(p.bank, p.program) for of_class in script.PRESETS.values() for p in of_class}
    listed = [fields[:2] for pair in strangers.PAIRS for fields in pair]
    assert len(set(listed)) == len(listed) and len(set(strangers.VOICES)) == len(strangers.VOICES)
    assert not ours & set(listed) - {(0, 45)}  # a section's; ours are those of celli and basses
    planned = strangers.clips()
    source_of = {}
    for _, source, session, _, _ in planned:
        assert source_of.setdefault(session, source) == source
    assert {kind for kind, *_ in planned} == {"preset", "mixture", "voice", "noise"}


def test_each_kind_of_stranger_is_rendered(script, strangers, tmp_path):
    need_tools(script)
    some = {kind: (kind, *rest) for kind, *rest in strangers.clips()}
    some |= {
        what: (kind, source, name, what, i)
        for kind, source, name, what, i in strangers.clips()
        if kind == "noise"
    }
    for planned in some.values():
        row = strangers.write_clip(tmp_path, planned)
        wave, sr = soundfile.read(tmp_path / row["fname"])
        assert sr == SR and wave.ndim == 1 and 2.2 <= len(wave) / SR <= 4.0
        assert 0 < np.abs(wave).max() <= 1
        assert row["label"] == "None_of_these" and row["license"] and row["source"] == planned[1]
        again = strangers.write_clip(tmp_path, planned)
        np.testing.assert_array_equal(soundfile.read(tmp_path / again["fname"])[0], wave)


def test_an_interrupted_run_leaves_the_data_alone(script, monkeypatch, tmp_path):
    """Nothing is exchanged before all is rendered."""
    (tmp_path / "SHA256SUMS").write_text("old")

    def broken(folder: Path, jobs: int) -> None:
        (folder / "audio_train").mkdir()
        raise OSError("no space left on device")

    monkeypatch.setattr(script, "DEMO", tmp_path)
    monkeypatch.setattr(script, "check_tools", lambda: None)
    monkeypatch.setattr(script, "write_all", broken)
    monkeypatch.setattr(sys, "argv", ["render.py"])
    with pytest.raises(OSError, match="no space"):
        script.main()
    assert [path.name for path in tmp_path.iterdir()] == ["SHA256SUMS"]
    assert (tmp_path / "SHA256SUMS").read_text() == "old"
