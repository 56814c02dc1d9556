"""Sound files as samples."""

import io
import os
import re
import shlex
import struct

import numpy as np
import pytest
import soundfile
from trouble import flac_in_ogg, mp3, ogg, python, succeeded, unfinished

from helpers import audio, containers, names
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
    soundfile.write(folder / "endless.flac", sine(8000), 8000)
    endless = bytearray((folder / "endless.flac").read_bytes())
    endless[21] |= 0x0F  # the number of its samples: the last 36 bits before the MD5 at byte 26
    endless[22:26] = b"\xff" * 4
    (folder / "endless.flac").write_bytes(endless)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("text.wav", "not a sound file"),
        ("empty.wav", "not a sound file"),
        ("nothing.wav", "holds no sound"),
        ("nan.wav", "NaN"),
        ("folder.wav", "is a folder"),
        ("absent.wav", "no such file"),
        ("whole.flac/a.wav", "no such file"),
        ("../../../../../../../../../../dev/null", "is no file but a pipe or a device"),
        ("x" * 300, "File name too long"),
        ("zero\0byte.wav", "no such file"),
        ("cut.flac", "cut short"),
        ("endless.flac", "how long"),
    ],
)
def test_a_bad_file_is_named(tmp_path, name, says):
    bad_files(tmp_path)
    with pytest.raises(InputError, match=f"{re.escape(names.visible(name))}.*{says}"):
        audio.read(tmp_path / name)


def test_a_name_in_another_encoding_is_a_name(tmp_path):
    path = os.fsdecode(os.fsencode(tmp_path / "caf") + b"\xe9.wav")
    soundfile.write(tmp_path / "a.wav", sine(22_050), 22_050)
    os.rename(tmp_path / "a.wav", path)
    assert len(audio.read(path)) == 22_050


# A length that a header does not say, or says wrongly.


def phrase(seconds, sr=22_050):
    """Loud noise, then something soft: what a variable bit rate varies on."""
    wave = np.random.default_rng(0).uniform(-0.5, 0.5, round(seconds * sr)).astype(np.float32)
    wave[len(wave) // 8 :] = 0.02 * sine(sr, seconds)[len(wave) // 8 :]
    return wave


def lasts(path, content, seconds):
    path.write_bytes(content)
    assert audio.seconds(path) == pytest.approx(seconds, abs=0.1 * (seconds / 4))
    assert len(audio.read(path)) == pytest.approx(audio.seconds(path) * audio.SR, abs=50)


@pytest.mark.parametrize("sr", [44_100, 22_050, 8_000])  # MPEG 1, 2 and 2.5
@pytest.mark.parametrize("channels", [1, 2])
def test_an_mp3_of_variable_bit_rate_is_heard_whole(tmp_path, sr, channels):
    wave = np.stack([phrase(8, sr)] * channels, axis=1)
    header, frames = mp3(wave, sr)
    tag = b"ID3\4\0\0\0\0\0\x0a" + b"\xff" * 10
    lasts(tmp_path / "a.mp3", header + frames, 8)
    lasts(tmp_path / "a.mp3", frames, 8)
    lasts(tmp_path / "a.mp3", tag + frames + b"TAG" + b"\xff" * 125, 8)


def test_an_mp3_inside_a_wav_is_heard_whole(tmp_path):
    _, frames = mp3(phrase(8), 22_050)
    about = struct.pack(
        "<4sIHHIIHHHHIHHH", b"fmt ", 30, 0x55, 1, 22_050, 8000, 1, 0, 12, 1, 2, 417, 1, 0
    )
    chunks = about + struct.pack("<4sI", b"data", len(frames)) + frames
    lasts(tmp_path / "a.wav", struct.pack("<4sI4s", b"RIFF", len(chunks) + 4, b"WAVE") + chunks, 8)


def test_an_mp3_of_constant_bit_rate_is_not_called_cut_short(tmp_path):
    _, frames = mp3(phrase(8), 22_050, "CONSTANT")  # as to a pipe, without the header
    lasts(tmp_path / "a.mp3", frames, 8)


def test_joined_files_are_heard_one_after_the_other(tmp_path):
    header, frames = mp3(phrase(4), 22_050)
    _, at_44 = mp3(phrase(4, 44_100), 44_100)
    noise = b"\xff\xfb" + bytes(range(200)) * 9
    lasts(tmp_path / "a.mp3", (header + frames) * 3, 12)
    lasts(tmp_path / "a.mp3", frames * 2, 8)
    lasts(tmp_path / "a.mp3", header + frames + noise + b"ID3\4\0\0\0\0\0\1\0" + at_44, 8)
    for kind, subtype in (("OGG", "VORBIS"), ("OGG", "OPUS"), ("FLAC", "PCM_16")):
        soundfile.write(tmp_path / "a", phrase(4, 48_000), 48_000, format=kind, subtype=subtype)
        one = (tmp_path / "a").read_bytes()
        lasts(tmp_path / "a", one + one, 8)


@pytest.mark.parametrize("kind", ["WAV", "WAVEX", "RF64", "W64", "AIFF", "CAF", "AU"])
def test_joined_files_of_samples_are_heard_one_after_the_other(tmp_path, kind):
    content = b""
    for seconds, sr in ((2, 22_050), (1, 44_100), (3, 22_051)):
        soundfile.write(made := io.BytesIO(), phrase(seconds, sr), sr, format=kind)
        content += made.getvalue()
    lasts(tmp_path / "a.sound", content, 6)


def test_all_chunks_of_samples_are_heard(tmp_path):
    soundfile.write(tmp_path / "a.wav", phrase(4), 22_050, subtype="PCM_16")
    content = (tmp_path / "a.wav").read_bytes()
    at = content.index(b"data")
    samples = content[at + 8 :]
    more = b"LIST\x04\0\0\0INFO" + content[at : at + 8] + samples[::-1]
    lasts(tmp_path / "a.wav", content + more, 8)
    halves = (samples[:90_000], samples[90_000:])
    halved = b"".join(b"data" + struct.pack("<I", len(half)) + half for half in halves)
    whole = audio.read(tmp_path / "a.wav")[: 3 * audio.SR]
    lasts(tmp_path / "a.wav", content[:at] + halved, 4)
    np.testing.assert_array_equal(audio.read(tmp_path / "a.wav")[: len(whole)], whole)


def test_flac_in_ogg_is_heard(tmp_path):
    wave = phrase(0.5, 8_000)
    content = flac_in_ogg(wave, 8_000)
    (tmp_path / "a.oga").write_bytes(content)
    np.testing.assert_allclose(audio.read(tmp_path / "a.oga", 8_000), wave, atol=1e-4)
    # As from a pipe, and with a last page that was cut off.
    at = content.index(b"fLaC") + 4
    content = bytearray(content + flac_in_ogg(wave, 8_000)[-4_000:])
    content[at + 17] &= 0xF0
    content[at + 18 : at + 22] = bytes(4)
    (tmp_path / "a.oga").write_bytes(content)
    np.testing.assert_allclose(audio.read(tmp_path / "a.oga", 8_000), wave, atol=1e-4)


def test_of_a_film_in_ogg_the_sound_is_heard(tmp_path):
    soundfile.write(tmp_path / "a.ogg", phrase(4), 22_050)
    sound = (tmp_path / "a.ogg").read_bytes()
    second = sound.index(b"OggS", 1)
    third = sound.index(b"OggS", second + 1)
    picture = ogg((b"\x80theora pictures", True, 9), (b"\x81more", False, 9))
    half = picture.index(b"OggS", 1)
    film = picture[:half] + sound[:second] + picture[half:] + sound[second:third]
    lasts(tmp_path / "a.ogv", film + picture[half:] + sound[third:], 4)
    for first, name in ((b"Speex   1.2", "Speex"), (b"\x80theora", "Theora")):
        (tmp_path / "a.ogg").write_bytes(ogg((first, True, 1), (b"and more", False, 1)))
        with pytest.raises(InputError, match=f"it is Ogg with {name}"):
            audio.read(tmp_path / "a.ogg")


def test_a_damaged_mp3_is_heard_without_a_flood(tmp_path):
    header, frames = mp3(phrase(8, 44_100), 44_100)
    content = bytearray(header + frames)
    rng = np.random.default_rng(0)
    for at in rng.integers(2000, len(content), 300):
        content[at] = rng.integers(256)
    (tmp_path / "a.mp3").write_bytes(content)
    program = f"from helpers import audio; print(len(audio.read({str(tmp_path / 'a.mp3')!r})))"
    done = python(program)
    assert int(succeeded(done)) > 6 * audio.SR
    assert not done.stderr


@pytest.mark.parametrize("kind", ["WAV", "RF64", "AIFF", "CAF", "AU"])
def test_a_file_whose_recorder_died_is_heard(tmp_path, kind):
    lasts(tmp_path / "a.sound", unfinished(phrase(3), 22_050, kind), 3)


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24"])
@pytest.mark.parametrize("sr", [8_000, 22_050, 44_100, 37_000])
def test_a_flac_from_a_pipe_is_heard(tmp_path, sr, subtype):
    for samples in (1_000, 4_096, 50_001):
        wave = np.stack([phrase(samples / sr, sr)] * 2, axis=1)
        soundfile.write(tmp_path / "a.flac", wave, sr, subtype=subtype)
        content = bytearray((tmp_path / "a.flac").read_bytes())
        content[21] &= 0xF0  # as above; 0 where the encoder wrote to a pipe
        content[22:26] = bytes(4)
        (tmp_path / "a.flac").write_bytes(content)
        assert round(audio.seconds(tmp_path / "a.flac") * sr) == samples
        assert len(audio.read(tmp_path / "a.flac", sr)) == samples


@pytest.mark.parametrize("said", [-2, -5, 1 << 40])
def test_a_size_that_cannot_be_is_not_believed(tmp_path, said):
    for kind, word, after, packed in (
        ("WAV", b"data", 4, "<I"),
        ("RIFX", b"data", 4, ">I"),
        ("AIFF", b"SSND", 4, ">I"),
        ("CAF", b"data", 4, ">q"),
        ("AU", b".snd", 8, ">I"),
        ("W64", b"data", 16, "<q"),
    ):
        how = {"format": "WAV", "endian": "BIG"} if kind == "RIFX" else {"format": kind}
        soundfile.write(made := io.BytesIO(), phrase(3), 22_050, subtype="PCM_16", **how)
        content = bytearray(made.getvalue())
        at = content.index(word) + after
        size = said if packed[1] == "q" else said & 0xFFFFFFFE or 0xFFFFFFFE
        struct.pack_into(packed, content, at, size)
        lasts(tmp_path / "a.sound", content, 3)


def test_a_flac_that_says_too_few_samples_is_heard_whole(tmp_path):
    soundfile.write(tmp_path / "a.flac", phrase(4), 22_050)
    content = bytearray((tmp_path / "a.flac").read_bytes())
    content[22:26] = (5_000).to_bytes(4, "big")
    lasts(tmp_path / "a.flac", content, 4)


def test_a_flac_whose_last_frame_says_no_size_is_refused(tmp_path):
    soundfile.write(tmp_path / "a.flac", phrase(1), 22_050)
    content = bytearray((tmp_path / "a.flac").read_bytes())
    last = content.rfind(b"\xff\xf8")
    content[last + 2] &= 0x0F
    (tmp_path / "a.flac").write_bytes(content)
    with pytest.raises(InputError, match=r"a\.flac: is damaged or cut short"):
        audio.read(tmp_path / "a.flac")


def test_a_wav_of_no_sound_holds_none(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.zeros(0), 22_050)
    more = b"LIST\x04\0\0\0INFO"
    (tmp_path / "a.wav").write_bytes((tmp_path / "a.wav").read_bytes() + more)
    with pytest.raises(InputError, match="holds no sound"):
        audio.read(tmp_path / "a.wav")


def test_tags_before_another_sound_are_passed_over(tmp_path):
    soundfile.write(tmp_path / "a.flac", phrase(2), 22_050)
    lasts(tmp_path / "a.flac", b"ID3\4\0\0\0\0\0\4text" + (tmp_path / "a.flac").read_bytes(), 2)


def about_wav(form: int, sr: int, more: bytes = b"") -> bytes:
    """A WAV file of a hundred bytes that says what they are."""
    about = struct.pack("<HHIIHH", form, 1, sr, 2 * sr, 2, 16) + more
    chunks = b"WAVEfmt " + struct.pack("<I", len(about)) + about
    chunks += b"data" + struct.pack("<I", 100) + bytes(100)
    return b"RIFF" + struct.pack("<I", len(chunks)) + chunks


def test_what_is_refused_says_what_it_is_and_how_to_convert_it(tmp_path):
    for name, content, says in (
        ("a.mp3", b"ID3\4\0\0\0\0\0\4text and no sound", "none of these"),
        ("my film.m4a", b"\0\0\0\x20ftypM4A \0\0\0\0" + bytes(99), "it is MP4"),
        ("a.webm", b"\x1aE\xdf\xa3" + bytes(99), "it is WebM"),
        ("a.aac", b"\xff\xf1\x4c\x80" + bytes(99), "it is AAC, which the page that listens hears"),
        ("a.amr", b"#!AMR\n" + bytes(99), "(it is AMR);"),
        ("a.sds", b"\xf0\x7e\x00\x01" + bytes(199), "none of these"),
        ("a.wav", b"RIFF\x24\0\0\0WAVEfmt ", "not a sound file"),
        ("aac.wav", about_wav(0xFF, 22_050), "it is WAV with AAC"),
        ("odd.wav", about_wav(0xFFFE, 22_050, b"\x16\0\0\0\0\0\0\0\x34\x12"), "format 4660"),
        ("no-rate.wav", about_wav(1, 0), "its header is damaged"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError) as told:
            audio.read(tmp_path / name)
        assert says in str(told.value) and "exist" not in str(told.value)
        assert f"ffmpeg -i {shlex.quote(str(tmp_path / name))} " in str(told.value)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("-a.m4a", "ffmpeg -i ./-a.m4a ./-a.wav"),
        ("take:2.m4a", "ffmpeg -i ./take:2.m4a ./take:2.wav"),
        ("x/take:2.wav", "ffmpeg -i x/take:2.wav x/take:2.converted.wav"),
        ("it's.m4a", "ffmpeg -i 'it'\"'\"'s.m4a' 'it'\"'\"'s.wav'"),
    ],
)
def test_the_line_that_converts_takes_any_name(name, line):
    assert containers.conversion(name) == line


def test_another_spelling_of_a_name_is_hinted_at(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("-a.wav", "a.WAV", "\u200b"):
        soundfile.write(tmp_path / name, sine(22_050), 22_050, format="WAV")
    with pytest.raises(InputError, match=r"no such file, but 'a\.WAV'"):
        audio.read(tmp_path / "a.wav")
    with pytest.raises(InputError, match=r"there is no such file$"):
        audio.read("")


# Channels and levels.


@pytest.mark.parametrize("name", ["a.wav", "a.mp3"])
def test_channels_that_cancel_each_other_are_heard(tmp_path, name):
    wave = phrase(3, 44_100)
    soundfile.write(tmp_path / name, np.stack([wave, -wave], axis=1), 44_100)
    soundfile.write(tmp_path / f"one-{name}", wave, 44_100)
    heard, alone = audio.read(tmp_path / name), audio.read(tmp_path / f"one-{name}")
    np.testing.assert_allclose(heard.std(), alone.std(), rtol=0.1)
    assert np.abs(np.diff(heard)).max() < 1.1 * np.abs(np.diff(alone)).max()  # no clicks


def test_one_channel_of_many_is_not_silent(tmp_path):
    wave = np.zeros((44_100, 8))
    wave[:, 5] = 0.004 * sine(22_050, 2)
    soundfile.write(tmp_path / "a.wav", wave, 22_050, subtype="FLOAT")
    np.testing.assert_allclose(audio.read(tmp_path / "a.wav"), wave[:, 5], atol=1e-6)


def test_one_sample_far_beyond_full_scale_is_clipped(tmp_path):
    wave = np.stack([sine(44_100)] * 2, axis=1).astype(np.float32)
    wave[20_000] = 3e38
    soundfile.write(tmp_path / "a.wav", wave, 44_100, subtype="FLOAT")
    heard = audio.read(tmp_path / "a.wav")
    assert np.isfinite(heard).all() and np.abs(heard).max() <= 1
    np.testing.assert_allclose(heard[2000:8000], sine(22_050)[2000:8000], atol=2e-3)


def test_floats_that_are_not_scaled_are_named(tmp_path):
    soundfile.write(tmp_path / "a.wav", 32_767 * sine(22_050), 22_050, subtype="FLOAT")
    with pytest.raises(
        InputError, match=r"a\.wav: its floats reach 163\d\d, where full scale is 1"
    ):
        audio.read(tmp_path / "a.wav")
