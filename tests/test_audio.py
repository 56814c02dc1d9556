"""Sound files as samples."""

import os

import numpy as np
import pytest
import soundfile

from helpers import audio
from helpers.errors import InputError


def sine(sr, seconds=1.0, f=440.0):
    return 0.5 * np.sin(2 * np.pi * f * np.arange(round(sr * seconds)) / sr)


@pytest.mark.parametrize("sr", [8_000, 16_000, 22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT"])
def test_any_rate_and_depth_gives_the_same_sound(tmp_path, sr, subtype):
    soundfile.write(tmp_path / "a.wav", sine(sr), sr, subtype=subtype)
    wave = audio.read(tmp_path / "a.wav")
    assert wave.dtype == np.float32
    assert abs(len(wave) - 22_050) <= 1
    middle = slice(2000, 20_000)  # the resampler rings at the ends
    np.testing.assert_allclose(wave[middle], sine(22_050)[middle], atol=2e-3)
    assert audio.seconds(tmp_path / "a.wav") == pytest.approx(1.0)


def test_channels_are_averaged(tmp_path):
    left, right = sine(22_050), 0.2 * sine(22_050, f=300)
    soundfile.write(tmp_path / "a.wav", np.stack([left, right], axis=1), 22_050, subtype="FLOAT")
    np.testing.assert_allclose(audio.read(tmp_path / "a.wav"), (left + right) / 2, atol=1e-6)


def test_blocks_join_to_the_whole(tmp_path, monkeypatch):
    sound = np.random.default_rng(0).uniform(-0.5, 0.5, 5 * 44_100)
    soundfile.write(tmp_path / "a.wav", sound, 44_100)
    whole = audio.read(tmp_path / "a.wav")
    monkeypatch.setattr(audio, "BLOCK_SECONDS", 1)
    pieces = list(audio.blocks(tmp_path / "a.wav"))
    assert len(pieces) >= 5
    np.testing.assert_allclose(np.concatenate(pieces), whole, atol=1e-6)


def test_beyond_full_scale_is_clipped(tmp_path):
    soundfile.write(tmp_path / "a.wav", 4 * sine(22_050), 22_050, subtype="FLOAT")
    assert np.abs(audio.read(tmp_path / "a.wav")).max() == 1


def test_one_sample_is_a_sound(tmp_path):
    soundfile.write(tmp_path / "a.wav", [0.5], 22_050)
    np.testing.assert_allclose(audio.read(tmp_path / "a.wav"), [0.5], atol=1e-3)


def test_too_short_for_a_sample(tmp_path):
    soundfile.write(tmp_path / "a.wav", [0.5], 96_000)
    with pytest.raises(InputError, match=r"a\.wav.*too short"):
        audio.read(tmp_path / "a.wav")


def test_mp3_sounds_like_the_wave(tmp_path):
    wave = sine(22_050).astype(np.float32)
    (tmp_path / "a.mp3").write_bytes(audio.mp3(wave))
    back = audio.read(tmp_path / "a.mp3")[: len(wave)]
    assert np.corrcoef(back[2000:20_000], wave[2000:20_000])[0, 1] > 0.99


def bad_files(folder):
    (folder / "text.wav").write_text("this is no sound")
    (folder / "empty.wav").write_bytes(b"")
    soundfile.write(folder / "nothing.wav", np.zeros(0), 22_050)
    soundfile.write(folder / "nan.wav", np.array([0.1, np.nan]), 22_050, subtype="FLOAT")
    (folder / "folder.wav").mkdir()
    soundfile.write(folder / "whole.flac", sine(22_050), 22_050)
    whole = (folder / "whole.flac").read_bytes()
    (folder / "cut.flac").write_bytes(whole[: len(whole) // 2])
    # The total number of samples of a FLAC: the last 36 bits before the MD5 at byte 26; 0 when
    # the encoder wrote to a pipe.
    streamed = bytearray(whole)
    streamed[21] &= 0xF0
    streamed[22:26] = bytes(4)
    (folder / "streamed.flac").write_bytes(streamed)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("text.wav", "not a sound file"),
        ("empty.wav", "not a sound file"),
        ("nothing.wav", "holds no sound"),
        ("nan.wav", "NaN"),
        ("folder.wav", "is a folder"),
        ("absent.wav", "no such file"),
        ("cut.flac", "cut short"),
        ("streamed.flac", "how long"),
    ],
)
def test_a_bad_file_is_named(tmp_path, name, says):
    bad_files(tmp_path)
    with pytest.raises(InputError, match=f"{name}.*{says}"):
        audio.read(tmp_path / name)


def test_a_name_in_another_encoding_is_a_name(tmp_path):
    path = os.fsdecode(os.fsencode(tmp_path / "caf") + b"\xe9.wav")
    soundfile.write(tmp_path / "a.wav", sine(22_050), 22_050)
    os.rename(tmp_path / "a.wav", path)
    assert len(audio.read(path)) == 22_050
