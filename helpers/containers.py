"""What a sound file is, and how much sound it holds, whatever its header says (chapter dataset).

A header may state no length (the file was written to a pipe), one of 0 (the recorder died), or that
of the first of several files that were joined. MP3 states none at all: what libraries tell of it
is an estimate. So containers are looked through here before libsndfile decodes them.
"""

import io
import re
import shlex
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

SUFFIXES = (
    *(".wav", ".wave", ".rf64", ".w64", ".aif", ".aiff", ".aifc", ".au", ".snd", ".caf"),
    *(".flac", ".ogg", ".oga", ".opus", ".mp3"),
)
"""Endings of the names of files that are read."""

CONVERTED = (
    *(".m4a", ".mp4", ".m4v", ".mov", ".3gp", ".3g2", ".aac", ".amr", ".webm", ".mkv", ".mka"),
    *(".wma", ".asf", ".avi", ".ac3", ".aax", ".ape", ".wv", ".mp2", ".ra"),
)
"""Those of sounds and films that are not read before they are converted."""

READ = "WAV, AIFF, CAF, AU, FLAC, Ogg (Vorbis, Opus) and MP3"
"""What is read, in words."""

_READ = {  # what a file begins with, and what stands at a later byte
    b"RIFF": (8, b"WAVE"),
    b"RIFX": (8, b"WAVE"),
    b"RF64": (8, b"WAVE"),
    b"riff": (24, b"wave"),
    b"FORM": (8, b"AIF"),
    b"caff": (0, b""),
    b".snd": (0, b""),
    b"dns.": (0, b""),
    b"fLaC": (0, b""),
    b"OggS": (0, b""),
}

_OTHERS = (
    (4, b"ftyp", "MP4 (as M4A, MOV and 3GP are)"),
    (0, b"\x1aE\xdf\xa3", "WebM or Matroska"),
    (0, b"#!AMR", "AMR"),
    (0, b"0&\xb2u", "Windows Media"),
    (8, b"AVI ", "AVI"),
    (4, b"moov", "MOV"),
    (4, b"mdat", "MOV"),
    (0, b"MAC ", "Monkey's Audio"),
    (0, b"wvpk", "WavPack"),
)

_OF_BROWSERS = ("MP4", "WebM", "AAC")
"""What most browsers have decoders for, and libsndfile has not."""

_HEAD = 36  # bytes that say what a file is
_SEARCHED = 1 << 16  # bytes before an MP3's first frame that may be anything
_AT_ONCE = 1 << 20
_LARGEST_FRAME = 1 << 18  # bytes
_TOTAL = (1 << 36) - 1  # the bits that hold a FLAC file's number of samples


class Unread(Exception):
    """The bytes are none of the containers that are read; the message says which, if it can."""


def conversion(path: str | Path) -> str:
    """The line that makes a WAV file of what ffmpeg knows, as a shell takes it."""
    given = Path(path)
    made = given.with_suffix(".wav")
    if made == given:
        made = given.with_suffix(".converted.wav")
    # ffmpeg takes what begins with a stroke for an option, and what stands before a colon for the
    # name of a protocol.
    here = "./" if re.match("-|[^/]*:", str(given)) else ""
    return f"ffmpeg -i {shlex.quote(f'{here}{given}')} {shlex.quote(f'{here}{made}')}"


def links(file: BinaryIO) -> tuple[str, list[BinaryIO]]:
    """The kind of an open file ("MP3", or what it begins with), and the files that it consists of.

    Most consist of one, `file` itself. Where that misstates its length, or begins with tags, other
    files stand for it. Raises Unread.
    """
    size = file.seek(0, io.SEEK_END)
    start = _after_tags(file, 0, size)
    head = _read(file, start, _HEAD)
    kind = _kind(head)
    wav = _wav_format(file, start, size) if kind else None
    if kind and wav != _WAV_MP3:
        if wav is not None and wav not in _WAV_READ:
            raise Unread(f"it is WAV with {_WAV_OTHERS.get(wav, f'format {wav}')}")
        parts = _MENDED[kind](file, start, size)
        if parts == [[range(size)]]:
            return kind.decode(), [file]
        return kind.decode(), [_joined(file, each) for each in parts]
    runs = list(_runs(file, start, size))
    if runs:
        return "MP3", [_joined(file, run.parts(file)) for run in runs]
    found = next((name for at, word, name in _OTHERS if head[at:].startswith(word)), None)
    if found is None and _is_adts(head):
        found = "AAC"
    if found is None:
        raise Unread("its bytes are none of these")
    heard = ", which the page that listens hears, by the browser's decoder: the book has none"
    raise Unread(f"it is {found}{heard if found.startswith(_OF_BROWSERS) else ''}")


def _kind(head: bytes) -> bytes | None:
    """What a file begins with, if it is one of those that libsndfile reads."""
    for kind, (at, word) in _READ.items():
        if head.startswith(kind) and head[at:].startswith(word):
            return kind
    return None


class _Parts(io.RawIOBase):
    """Ranges of a file, and bytes of our own, one after the other, as a file to read."""

    def __init__(self, file: BinaryIO, parts: list[bytes | range]):
        self.file, self.parts, self.at = file, parts, 0
        self.size = sum(map(len, parts))

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.size}[whence]
        self.at = max(0, base + offset)  # libsndfile seeks before the beginning of damaged files
        return self.at

    def readinto(self, buffer) -> int:
        before = 0
        for part in self.parts:
            inside = self.at - before
            if 0 <= inside < len(part):
                wanted = part[inside : inside + len(buffer)]
                content = wanted
                if isinstance(wanted, range):
                    content = _read(self.file, wanted.start, len(wanted))
                buffer[: len(content)] = content
                self.at += len(content)
                return len(content)
            before += len(part)
        return 0


def _joined(file: BinaryIO, parts: list[bytes | range]) -> BinaryIO:
    return io.BufferedReader(_Parts(file, parts), 1 << 16)


def _read(file: BinaryIO, at: int, count: int) -> bytes:
    file.seek(at)
    return file.read(count)


def _after_tags(file: BinaryIO, at: int, size: int) -> int:
    """Where the tags ID3 that stand at a byte end: there, where there are none."""
    while len(head := _read(file, at, 10)) == 10 and head.startswith(b"ID3"):
        length = 0
        for byte in head[6:]:
            length = length << 7 | byte & 0x7F
        at = min(size, at + 10 + length + (10 if head[5] & 0x10 else 0))
    return at


def _is_adts(head: bytes) -> bool:
    return len(head) > 1 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0


# Containers of chunks: an identifier, a size, and so many bytes. Where the recorder died or wrote
# to a pipe, the chunk of the samples says 0, -1, or what its own header takes.


class _Form(NamedTuple):
    """How the chunks of a kind of file are written."""

    first: int  # byte
    name: int  # bytes
    size: str  # how it is packed
    own: int  # bytes of the chunk's head that its size counts
    even: int  # each begins at a multiple of this
    sound: bytes
    empty: int  # the size of a chunk without samples


_RIFF = _Form(12, 4, "<I", 0, 2, b"data", 0)

_FORMS = {
    b"RIFF": _RIFF,
    b"RF64": _RIFF,
    b"RIFX": _RIFF._replace(size=">I"),
    b"FORM": _RIFF._replace(size=">I", sound=b"SSND", empty=8),
    b"caff": _Form(8, 4, ">q", 0, 1, b"data", 4),
    b"riff": _Form(40, 16, "<q", 24, 8, b"data", 0),
}

_MOST_CHUNKS = 1000

_WAV_READ = (1, 2, 3, 6, 7, 0x11, 0x31, 0x38, 0x40)
_WAV_MP3, _WAV_EXTENSIBLE = 0x55, 0xFFFE
_WAV_OTHERS = {
    0x20: "Yamaha's ADPCM",
    0x45: "G.726",
    0x50: "MPEG audio",
    0xFF: "AAC",
    0x161: "Windows Media Audio",
    0x2000: "AC-3",
    0x2001: "DTS",
    0x674F: "Vorbis",
    0xF1AC: "FLAC",
}


class _Chunk(NamedTuple):
    name: bytes
    at: int
    length: int  # as it says
    body: int  # where it begins

    def end(self, form: _Form) -> int:
        return self.body + -(-self.length // form.even) * form.even


def _chunks(file: BinaryIO, at: int, form: _Form, size: int) -> Iterator[_Chunk]:
    """The chunks from a byte on, the last of which may reach beyond the end, or say less than 0.

    RF64 says in another chunk how long that of the samples is.
    """
    head, elsewhere = form.name + struct.calcsize(form.size), None
    for _ in range(_MOST_CHUNKS):
        if at + head > size:
            return
        content = _read(file, at, head)
        (length,) = struct.unpack_from(form.size, content, form.name)
        chunk = _Chunk(content[:4], at, length - form.own, at + head)
        if chunk.name == b"ds64" and 16 <= length <= size - chunk.body:
            (elsewhere,) = struct.unpack("<q", _read(file, chunk.body + 8, 8))
        if chunk.name == b"data" and elsewhere is not None and length in (0, 0xFFFFFFFF):
            chunk = chunk._replace(length=elsewhere)
        yield chunk
        if chunk.length < 0:
            return
        at = chunk.end(form)


def _wav_format(file: BinaryIO, start: int, size: int) -> int | None:
    """The number of what a WAV file holds; None for other files, and where it does not say."""
    kind = _read(file, start, 4)
    form = _FORMS.get(kind)
    if form is None or kind in (b"FORM", b"caff"):
        return None
    for chunk in _chunks(file, start + form.first, form, size):
        if chunk.name == b"fmt " and chunk.length >= 16:
            order = ">H" if kind == b"RIFX" else "<H"
            content = _read(file, chunk.body, 26)
            if len(content) < 16:  # the file ends within it
                return None
            (number,) = struct.unpack_from(order, content)
            if number == _WAV_EXTENSIBLE and len(content) == 26:
                (number,) = struct.unpack_from(order, content, 24)
            return number
    return None


def _chunked(file: BinaryIO, start: int, size: int) -> list[list[bytes | range]]:
    """Each chunk of samples is a link; so are those of files that were joined to the first."""
    links = []
    while start < size:
        sounds, end = _sounds(file, start, size)
        links += sounds
        start = end
    return links


def _sounds(file: BinaryIO, start: int, size: int) -> tuple[list[list[bytes | range]], int]:
    """The links of a file of chunks, and where another begins that was joined to it."""
    kind = _read(file, start, 4)
    form = _FORMS[kind]
    sounds: list[tuple[_Chunk, bool]] = []
    ds64, end = None, size
    for chunk in _chunks(file, start + form.first, form, size):
        if sounds and _kind(_read(file, chunk.at, _HEAD)):
            end = chunk.at
            break
        if chunk.name == b"ds64" and chunk.length >= 24:
            ds64 = chunk.body
        if chunk.name == form.sound:
            rest, is_told = size - chunk.body, 0 <= chunk.length <= size - chunk.body
            if chunk.length <= form.empty and not _tiled(file, chunk.end(form), size, form):
                is_told = rest <= form.empty
            sounds.append((chunk if is_told else chunk._replace(length=rest), is_told))
            behind = chunk.body + chunk.length  # without what fills it up
            if is_told and _kind(_read(file, behind, _HEAD)):
                end = behind
            if not is_told or end == behind:
                break
    if not sounds or (len(sounds) == 1 and sounds[0][1]):
        whole: list[bytes | range] = [range(start, end)]
        return [whole], end
    if kind == b"RF64":
        return [_rf64(start, ds64, sounds[0][0], end)], end
    first = sounds[0][0].body - struct.calcsize(form.size)
    links: list[list[bytes | range]] = []
    for chunk, _ in sounds:
        most = (1 << 8 * struct.calcsize(form.size) - ("q" in form.size)) - 1
        said = struct.pack(form.size, min(chunk.length + form.own, most))
        # What describes the samples may stand behind them.
        to = end if len(sounds) == 1 else chunk.body + chunk.length
        links.append([range(start, first), said, range(chunk.body, to)])
    return links, end


def _rf64(start: int, ds64: int | None, sound: _Chunk, end: int) -> list[bytes | range]:
    """An RF64 file whose sizes are those of what is there."""
    if ds64 is None:
        return [range(start, end)]
    sizes = struct.pack("<qqq", end - start - 8, sound.length, 0)
    said, after = struct.pack("<I", 0xFFFFFFFF), range(ds64 + 24, sound.body - 4)
    return [range(start, ds64), sizes, after, said, range(sound.body, end)]


def _tiled(file: BinaryIO, at: int, size: int, form: _Form) -> bool:
    """Whether chunks follow one another from a byte to the very end."""
    for chunk in _chunks(file, at, form, size):
        if not chunk.name.isascii() or not chunk.name.decode().isprintable() or chunk.length < 0:
            return False
        at = chunk.end(form)
    return at - size in (0, 1)


def _au(file: BinaryIO, start: int, size: int) -> list[list[bytes | range]]:
    """A size of 0, or beyond the end, says no more than the one that stands for an unknown size."""
    links: list[list[bytes | range]] = []
    while start < size:
        head = _read(file, start, 12)
        order = "<I" if head.startswith(b"dns.") else ">I"
        begin, length = (struct.unpack_from(order, head.ljust(12, b"\0"), at)[0] for at in (4, 8))
        end = start + begin + length
        if not length or end > size:
            return [*links, [range(start, start + 8), b"\xff" * 4, range(start + 12, size)]]
        if _kind(_read(file, end, _HEAD)) is None:
            end = size
        links.append([range(start, end)])
        start = end
    return links


# Files that may be joined to one.


def _flac(file: BinaryIO, start: int, size: int) -> list[list[bytes | range]]:
    begins, before = [start], b""
    mark = b'fLaC\0\0\0"'  # with the first block of its metadata, which is always as long
    at = start + len(mark)
    file.seek(at)
    while block := file.read(_AT_ONCE):
        known = before + block
        found = known.find(mark)
        while found >= 0:
            begins.append(at - len(before) + found)
            found = known.find(mark, found + 1)
        at += len(block)
        before = known[1 - len(mark) :]
    return [_counted(file, link) for link in _between(begins, size)]


def _counted(file: BinaryIO, link: range) -> list[bytes | range]:
    """A FLAC file that does not say less than it holds."""
    said = _said(file, link)
    return [link] if said is None else [link[:21], said, link[26:]]


def _said(file: BinaryIO, link: range, is_cut_heard: bool = False) -> bytes | None:
    """The field of a FLAC file's number of samples as the number of its last frame has it.

    None where that is what the field says, or no frame is found, or, unless `is_cut_heard`, where
    it says more.
    """
    about = _read(file, link.start, 26)
    total = int.from_bytes(about[21:26], "big") & _TOTAL
    first, is_last = link.start + 4, False
    while not is_last:  # blocks of metadata
        head = _read(file, first, 4)
        if len(head) < 4:
            return None
        is_last, first = bool(head[0] & 0x80), first + 4 + int.from_bytes(head[1:], "big")
    if first >= link.stop:
        return None
    begin = max(first, link.stop - (1 << 22))
    content, alike = _read(file, begin, link.stop - begin), _read(file, first, 4)
    sync = content.rfind(alike[:2])
    while sync >= 0:
        head = content[sync : sync + 16]
        if len(head) > 3 and not ((head[2] ^ alike[2]) & 0x0F | (head[3] ^ alike[3]) & 0x0F):
            count = _samples_to(head, int.from_bytes(about[10:12], "big"))
            if count:
                # Chance makes heads of frames, but not their ends.
                is_sure = total == 0 or is_cut_heard or _is_whole(content[sync:])
                if count == total or not is_sure or (count < total and not is_cut_heard):
                    return None
                field = int.from_bytes(about[21:26], "big") & ~_TOTAL | count & _TOTAL
                return field.to_bytes(5, "big")
        sync = content.rfind(alike[:2], 0, sync + 1)
    return None


def _is_whole(frame: bytes) -> bool:
    """Whether a FLAC frame ends with its checksum."""
    if len(frame) > _LARGEST_FRAME:
        return False
    check = 0
    for byte in frame:
        check ^= byte << 8
        for _ in range(8):
            check = check << 1 & 0xFFFF ^ (0x8005 if check & 0x8000 else 0)
    return check == 0


def _samples_to(head: bytes, usual: int) -> int:
    """How many samples there are to the end of the FLAC frame that begins so; 0 if none does.

    `usual` is how many a frame has, but for the last.
    """
    code = head[2] >> 4  # of how many it has
    if not code:
        return 0
    ones = 8 - (head[4] ^ 0xFF).bit_length() if len(head) > 4 else 8
    length = max(1, ones)  # of the number, coded as UTF-8 codes characters
    number = head[4] & 0xFF >> (ones + 1) if ones < 8 else 0
    for byte in head[5 : 4 + length]:
        number = number << 6 | byte & 0x3F
    at = 4 + length
    if code in (6, 7):
        count = int.from_bytes(head[at : at + code - 5], "big") + 1
        at += code - 5
    else:
        count = 192 if code == 1 else 576 << code - 2 if code < 6 else 256 << code - 8
    at += {12: 1, 13: 2, 14: 2}.get(head[2] & 0x0F, 0)
    check = 0
    for byte in head[:at]:
        check ^= byte
        for _ in range(8):
            check = check << 1 & 0xFF ^ (0x07 if check & 0x80 else 0)
    if ones in (1, 8) or len(head) <= at or head[at] != check:
        return 0
    is_counted_in_samples = head[1] & 1
    return number * (1 if is_counted_in_samples else usual) + count


class _Stream:
    """A stream of an Ogg file: what it holds, its pages, and what stands in them."""

    def __init__(self, first: bytes):
        self.codec = next((name for mark, name in _CODECS.items() if first.startswith(mark)), None)
        self.pages: list[range] = []
        self.payload: list[range] = []
        self.whole = 0  # of these, to the last packet that is whole

    def add(self, page: range, payload: range, ends: bool) -> None:
        if self.pages and self.pages[-1].stop == page.start:
            page = range(self.pages.pop().start, page.stop)
        self.pages.append(page)
        if self.codec == "FLAC":  # of others it would be memory for nothing
            self.payload.append(payload)
            self.whole = len(self.payload) if ends else self.whole


_CODECS = {
    b"\x01vorbis": "Vorbis",
    b"OpusHead": "Opus",
    b"\x7fFLAC": "FLAC",
    b"Speex   ": "Speex",
    b"\x80theora": "Theora",
    b"fishead\0": "Skeleton",
}

_HEARD = ("Vorbis", "Opus", "FLAC", None)  # None: libsndfile says what is wrong with it


def _ogg(file: BinaryIO, start: int, size: int) -> list[list[bytes | range]]:
    """A page that begins a stream, after pages that do not, begins a link of a chain."""
    parts: list[list[bytes | range]] = []
    begin, at, began = start, start, True
    streams: dict[bytes, _Stream] = {}
    while at < size:
        head = _read(file, at, 27 + 255 + 8)
        if not head.startswith(b"OggS") or len(head) < 27:
            at = _find(file, at + 1, b"OggS")
            continue
        body = at + 27 + head[26]
        lengths = head[27 : 27 + head[26]]
        end = min(size, body + sum(lengths))
        serial, begins_stream = head[14:18], bool(head[5] & 2)
        if begins_stream:
            if not began:
                parts.append(_ogg_link(file, range(begin, at), streams))
                begin, streams = at, {}
            streams[serial] = _Stream(head[body - at :])
        began = begins_stream
        if serial in streams:
            is_whole = body + sum(lengths) <= size and lengths[-1:] != b"\xff"
            streams[serial].add(range(at, end), range(body, end), is_whole)
        at = end
    return [*parts, _ogg_link(file, range(begin, size), streams)]


def _ogg_link(file: BinaryIO, link: range, streams: dict[bytes, _Stream]) -> list[bytes | range]:
    """Of streams that sound together, as those of a film, the first that is read."""
    heard = next((stream for stream in streams.values() if stream.codec in _HEARD), None)
    if heard is None and streams:
        raise Unread(f"it is Ogg with {next(iter(streams.values())).codec}")
    if heard and heard.codec == "FLAC":
        return _flac_of(file, heard.payload[: heard.whole or 1])
    return [*heard.pages] if heard and len(streams) > 1 else [link]


def _flac_of(file: BinaryIO, payload: list[range]) -> list[bytes | range]:
    """What stands in the pages of Ogg is a FLAC file, after 9 bytes of Ogg's own.

    libsndfile does not read it in Ogg.
    """
    first, *others = payload
    parts: list[bytes | range] = [first[9:], *others]
    said = _said(_joined(file, parts), range(sum(map(len, parts))), is_cut_heard=True)
    return parts if said is None else [first[9:30], said, first[35:], *others]


def _between(begins: list[int], size: int) -> list[range]:
    return [range(a, b) for a, b in zip(begins, [*begins[1:], size], strict=True)]


def _find(file: BinaryIO, at: int, word: bytes) -> int:
    """Where a word stands next; the end of the file where it does not."""
    file.seek(at)
    before = b""
    while block := file.read(_AT_ONCE):
        known = before + block
        found = known.find(word)
        if found >= 0:
            return at - len(before) + found
        at += len(block)
        before = known[len(known) - len(word) + 1 :]
    return at


_MENDED: dict[bytes, Callable[[BinaryIO, int, int], list[list[bytes | range]]]] = {
    **dict.fromkeys(_FORMS, _chunked),
    b".snd": _au,
    b"dns.": _au,
    b"fLaC": _flac,
    b"OggS": _ogg,
}


# MP3: frames, one after the other, each with its size in its header. Their number is the length.


class _Frame(NamedTuple):
    size: int
    version: int  # 3 is MPEG 1, 2 is MPEG 2, 0 is MPEG 2.5
    sr: int
    mono: bool

    @property
    def sort(self) -> tuple[int, int, bool]:
        """What is alike in all frames of a recording."""
        return self[1:]


_KBPS = {
    True: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    False: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}


_SYNC = re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb]")  # of layer III


def _frame(head: bytes) -> _Frame | None:
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return None
    version, kbps, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or kbps in (0, 15) or rate == 3:
        return None
    sr = (44_100, 48_000, 32_000)[rate] // {3: 1, 2: 2, 0: 4}[version]
    slots = (144_000 if version == 3 else 72_000) * _KBPS[version == 3][kbps] // sr
    return _Frame(slots + (head[2] >> 1 & 1), version, sr, head[3] >> 6 == 3)


def _size(head: bytes) -> int:
    """Of a frame, by a header that is known to be one."""
    frame = _frame(head)
    assert frame is not None
    return frame.size


class _Run(NamedTuple):
    """Frames of one sort, as ranges of bytes."""

    sort: tuple[int, int, bool]
    ranges: list[range]
    frames: int

    def parts(self, file: BinaryIO) -> list[bytes | range]:
        """The frames, after a header that states how many they are."""
        first, *others = self.ranges
        head = _read(file, first.start, 4)
        size = _size(head)
        version, _, mono = self.sort
        # The header "Xing" is a frame that would sound like nothing: its data stand where those of
        # a frame would begin.
        at = 4 + ((17 if mono else 32) if version == 3 else (9 if mono else 17))
        stated = _read(file, first.start, min(size, at + 12))[at:]
        if stated[:4] in (b"Xing", b"Info") and len(stated) == 12:
            flags, count = struct.unpack(">II", stated[4:])
            if flags & 1 and count == self.frames - 1:
                return [*self.ranges]
            first, frames = first[size:], self.frames - 1
        else:
            frames = self.frames
        kbps_64 = 0x50 if version == 3 else 0x80
        ours = bytes([0xFF, head[1] | 1, kbps_64 | head[2] & 0x0C, head[3]])
        header = ours + bytes(at - 4) + b"Xing" + struct.pack(">II", 1, frames)
        return [header.ljust(_size(ours), b"\0"), first, *others]


def _runs(file: BinaryIO, start: int, size: int) -> Iterator[_Run]:
    """The frames between `start` and the end, without what stands between them."""
    run, at = None, _next_frame(file, start, min(size, start + _SEARCHED), size)
    while at is not None:
        frame = _frame(_read(file, at, 4))
        if frame is None or at + frame.size > size:
            at = _next_frame(file, _after_tags(file, at, size), size, size)
            continue
        end = at + frame.size
        if run is None or frame.sort != run.sort:
            if run:
                yield run
            run = _Run(frame.sort, [range(at, end)], 1)
        else:
            if run.ranges[-1].stop == at:
                at = run.ranges.pop().start
            run.ranges.append(range(at, end))
            run = run._replace(frames=run.frames + 1)
        at = end
    if run:
        yield run


def _next_frame(file: BinaryIO, at: int, stop: int, size: int) -> int | None:
    """Where a frame begins that another follows, or the end: many bytes look like one."""
    while at < stop:
        block = _read(file, at, min(_AT_ONCE, stop - at) + 3)
        for found in _SYNC.finditer(block):
            here = at + found.start()
            frame = _frame(block[found.start() :][:4])
            if frame and here + frame.size <= size:
                after = _frame(_read(file, here + frame.size, 4))
                if here + frame.size == size or (after and after.sort == frame.sort):
                    return here
        at += _AT_ONCE
    return None
