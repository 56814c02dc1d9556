"""Downloads, against a real HTTP server on loopback that misbehaves on request."""

import hashlib
import http.server
import io
import re
import ssl
import subprocess
import threading
import zipfile

import pytest
from serving import serving

from helpers import download
from helpers.errors import InputError


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


GOOD = zipped({"sounds/a.txt": b"a" * 900_000, "sounds/deep/b.txt": b"b"})
OUTSIDE = zipped({"sounds/a.txt": b"a", "../outside.txt": b"no"})


class Server(http.server.ThreadingHTTPServer):
    """Serves `body`; `asked` holds the Range of each request.

    The first `cuts` answers break off half-way, or after `most` bytes; where it `stalls`, they
    wait there until `released`. `length` is what it says of the length instead of the truth, and
    `whole` the size that it tells who asks for more than there is.
    """

    def __init__(self, body: bytes):
        super().__init__(("127.0.0.1", 0), Handler)
        self.body, self.cuts, self.status, self.ranges, self.asked = body, 0, 200, True, []
        self.most, self.length, self.whole = None, None, None
        self.stalls, self.stalled, self.released = False, threading.Event(), threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/sounds.zip"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        server, asked = self.server, self.headers.get("Range")
        server.asked.append(asked)
        if server.status != 200:
            self.send_error(server.status)
            return
        start = int(re.match(r"bytes=(\d+)-", asked).group(1)) if asked and server.ranges else 0
        if start >= len(server.body):
            self.send_response(416)
            if server.whole is not None:
                self.send_header("Content-Range", f"bytes */{server.whole}")
            self.end_headers()
            return
        body = server.body[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", server.length or str(len(body)))
        self.end_headers()
        if server.cuts:
            server.cuts -= 1
            body = body[: server.most or len(body) // 2]
        self.wfile.write(body)
        if server.stalls and not server.released.is_set():
            server.stalled.set()
            server.released.wait(120)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    running = Server(GOOD)
    with serving(running):
        yield running


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(download.time, "sleep", lambda seconds: None)


def fetch(server, folder, body=None):
    md5 = hashlib.md5(body or server.body).hexdigest()
    return download.unpacked(server.url, "sounds.zip", md5, folder)


def left(folder):
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


def test_unpacks_and_asks_once(server, tmp_path, capsys):
    for _ in range(2):
        done = fetch(server, tmp_path)
    assert (done / "a.txt").read_bytes() == b"a" * 900_000
    assert (done / "deep" / "b.txt").read_bytes() == b"b"
    assert left(tmp_path) == ["sounds"]
    assert len(server.asked) == 1
    assert "Fetching sounds.zip" in capsys.readouterr().out


def test_a_cut_is_resumed_where_it_stopped(server, tmp_path):
    server.cuts = 2
    assert fetch(server, tmp_path).is_dir()
    first, second, third = (int(asked[6:-1]) if asked else 0 for asked in server.asked)
    assert 0 == first < second < third


def test_a_killed_download_goes_on_in_the_next_process(server, tmp_path):
    (tmp_path / "sounds.zip.part").write_bytes(GOOD[:1000])
    assert fetch(server, tmp_path).is_dir()
    assert server.asked == ["bytes=1000-"]


def test_a_complete_part_needs_no_more_bytes(server, tmp_path):
    (tmp_path / "sounds.zip.part").write_bytes(GOOD)
    assert fetch(server, tmp_path).is_dir()


def test_a_server_without_ranges_begins_again(server, tmp_path):
    server.ranges = False
    (tmp_path / "sounds.zip.part").write_bytes(b"of something else")
    assert fetch(server, tmp_path).is_dir()


def test_many_cuts_are_borne_as_long_as_something_comes(server, tmp_path):
    server.cuts = 2 * download.ATTEMPTS
    server.most = 70_000
    assert fetch(server, tmp_path).is_dir()


def test_what_came_is_kept_when_nothing_more_comes(server, tmp_path):
    (tmp_path / "sounds.zip.part").write_bytes(GOOD[:1000])
    server.status = 503
    with pytest.raises(InputError, match=r"503.*run it again to go on"):
        fetch(server, tmp_path)
    assert left(tmp_path) == ["sounds.zip.part"]
    server.status = 200
    assert fetch(server, tmp_path).is_dir()
    assert server.asked[-1] == "bytes=1000-"


def test_a_kill_while_the_sum_is_checked_loses_nothing(server, tmp_path, monkeypatch):
    class Killed(BaseException):
        pass

    def die(*_, **__):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(download.pooch.core, "hash_matches", die)
        with pytest.raises(Killed):
            fetch(server, tmp_path)
    (tmp_path / "tmporphan").write_bytes(b"left by a kill")
    assert fetch(server, tmp_path).is_dir()
    assert server.asked[1:] == [f"bytes={len(GOOD)}-"]
    assert left(tmp_path) == ["sounds"]


def test_a_folder_that_cannot_be_made(server, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"file.*Not a directory.*in the way"):
        fetch(server, tmp_path / "file" / "data")


def test_a_wrong_sum_names_both_and_leaves_nothing(server, tmp_path):
    expected = hashlib.md5(b"other").hexdigest()
    with pytest.raises(InputError) as caught:
        fetch(server, tmp_path, body=b"other")
    assert expected in str(caught.value)
    assert hashlib.md5(GOOD).hexdigest() in str(caught.value)
    assert left(tmp_path) == []


@pytest.mark.parametrize("status", [403, 404])
def test_a_refusal_names_address_and_status(server, tmp_path, status):
    server.status = status
    with pytest.raises(InputError, match=f"{server.url}.*{status}"):
        fetch(server, tmp_path)
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_then_named(server, tmp_path, status):
    server.status = status
    with pytest.raises(InputError, match=str(status)):
        fetch(server, tmp_path)
    assert len(server.asked) == download.ATTEMPTS


def test_nobody_there(server, tmp_path):
    server.shutdown()
    server.server_close()
    with pytest.raises(InputError, match=re.escape(server.url)):
        fetch(server, tmp_path)


def test_an_archive_that_leaves_its_folder_is_refused(server, tmp_path):
    server.body = OUTSIDE
    folder = tmp_path / "data"
    with pytest.raises(InputError, match=r"outside\.txt.*outside its folder"):
        fetch(server, folder)
    assert not (tmp_path / "outside.txt").exists()
    assert not (folder / "sounds").exists()


@pytest.mark.parametrize("body", [GOOD[:-50], b"not a zip at all"])
def test_a_damaged_archive_is_refused_and_not_kept(server, tmp_path, body):
    server.body = body
    with pytest.raises(InputError, match="zip"):
        fetch(server, tmp_path)
    assert left(tmp_path) == []


def test_too_small_a_disk_is_said_before_the_start(server, tmp_path, monkeypatch):
    free = download.shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(download.shutil, "disk_usage", lambda path: free)
    with pytest.raises(InputError, match="make room"):
        fetch(server, tmp_path)
    assert left(tmp_path) == []


def test_two_at_once_fetch_it_once(server, tmp_path):
    both = [threading.Thread(target=fetch, args=(server, tmp_path)) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert left(tmp_path) == ["sounds"]
    assert len(server.asked) == 1


def test_leftovers_of_a_killed_unpacking_are_cleared(server, tmp_path):
    (tmp_path / ".sounds-killed").mkdir()
    fetch(server, tmp_path)
    assert left(tmp_path) == ["sounds"]


@pytest.mark.parametrize(
    "names",
    [
        ["sounds/a", "sounds/a/b"],
        ["sounds/a/b", "sounds/a"],
        ["sounds/" + "x" * 300],
        ["sounds/a\udcffb", "sounds/" + "y/" * 3000],
        ["sounds/.", "sounds"],
    ],
    ids=["a file as folder", "a folder as file", "a long name", "deep folders", "its folder"],
)
def test_an_archive_of_impossible_names_is_no_full_disk(server, tmp_path, names):
    server.body = zipped({name.replace("\udcff", "?"): b"x" for name in names})
    with pytest.raises(InputError, match="not a usable zip archive"):
        fetch(server, tmp_path)
    assert left(tmp_path) == []


def test_what_lies_in_the_way_is_named(server, tmp_path):
    (tmp_path / "tmpfolder").mkdir()  # pooch's drafts are called so
    fetch(server, tmp_path)
    assert left(tmp_path) == ["sounds", "tmpfolder"]
    (tmp_path / "b" / "sounds.zip.part").mkdir(parents=True)
    with pytest.raises(InputError, match=r"sounds\.zip\.part.*in the way"):
        fetch(server, tmp_path / "b")
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "sounds").write_text("a file")
    asked = len(server.asked)
    with pytest.raises(InputError, match="sounds: is a file where a folder is to be"):
        fetch(server, tmp_path / "c")
    assert len(server.asked) == asked


@pytest.mark.parametrize("whole", [None, len(GOOD)])
@pytest.mark.parametrize("have", [GOOD, GOOD + b"more"])
def test_a_part_that_is_longer_than_the_file_is_fetched_anew(server, tmp_path, whole, have):
    server.whole = whole
    (tmp_path / "sounds.zip.part").write_bytes(have)
    if have != GOOD and whole is None:  # nobody can tell before the sum does
        with pytest.raises(InputError, match="fetch the archive anew"):
            fetch(server, tmp_path)
    assert fetch(server, tmp_path).is_dir()


def test_a_server_that_refuses_what_nobody_asked_for_is_named(server, tmp_path):
    server.body = b""
    with pytest.raises(InputError, match="the server answered 416"):
        fetch(server, tmp_path)


@pytest.mark.parametrize("length", ["abc", "-5", "1e3", "9" * 400])
def test_a_length_that_is_none_is_not_believed(server, tmp_path, length, capsys):
    server.length = length
    if length.isdigit():  # the libraries wait for as much
        with pytest.raises(InputError):
            fetch(server, tmp_path)
        return
    assert fetch(server, tmp_path).is_dir()
    assert "of unknown size" in capsys.readouterr().out


def test_a_server_that_falls_silent_is_named_and_what_came_is_kept(server, tmp_path, monkeypatch):
    monkeypatch.setattr(download, "TIMEOUT", (5, 0.5))
    server.cuts, server.most, server.stalls = 100, 300_000, True
    assert fetch(server, tmp_path / "goes on").is_dir()
    assert len(server.asked) == 4
    server.asked.clear()
    server.most = 10
    (tmp_path / "sounds.zip.part").write_bytes(GOOD[:1000])
    with pytest.raises(InputError, match=r"the server is silent for 0\.5 s.*run it again"):
        fetch(server, tmp_path)
    assert server.asked == download.ATTEMPTS * ["bytes=1000-"]
    assert (tmp_path / "sounds.zip.part").read_bytes() == GOOD[:1000]


def test_a_certificate_of_nobody_is_named_at_once(tmp_path, monkeypatch):
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1"]
    made += ["-keyout", key, "-out", certificate]
    subprocess.run(made, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    running = Server(GOOD)
    running.socket = context.wrap_socket(running.socket, server_side=True)
    waited = []
    monkeypatch.setattr(download.time, "sleep", waited.append)
    url = running.url.replace("http:", "https:")
    untrusted = pytest.raises(InputError, match=r"certificate is not to be trusted \(.*self.signed")
    with serving(running), untrusted:
        download.unpacked(url, "sounds.zip", "0", tmp_path / "data")
    assert waited == [] and running.asked == []
