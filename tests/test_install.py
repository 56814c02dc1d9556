"""What pip installs outside a checkout, as on Colab: the package and its data."""

import subprocess
import sys
import zipfile

import pytest

from helpers import dataset

DATA = dataset.data_folder()


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The project unpacked from its wheel, laid out as in an environment."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "source"
    files = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=DATA.parent,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for name in filter(None, files.split("\0")):
        if name.startswith(("helpers/", "data/")) or "/" not in name:
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((DATA.parent / name).read_bytes())
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "-w", folder, copy], check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as zipped:
        zipped.extractall(folder / "site")
    (share,) = (folder / "site").glob("*.data/data/share/which-instrument")
    return folder / "site", share


def test_the_data_come_along(installed):
    _, share = installed
    for kind in ("demo", "fsdkaggle2018-meta", "results"):
        ours = {p.relative_to(DATA) for p in (DATA / kind).rglob("*.*") if p.suffix != ".py"}
        theirs = {p.relative_to(share) for p in (share / kind).rglob("*.*")}
        assert ours == theirs


def test_they_are_found_without_a_checkout(installed, tmp_path):
    site, share = installed
    program = (
        f"import sys; sys.path.insert(0, {str(site)!r}); sys.prefix = {str(share.parents[1])!r}\n"
        "from helpers import dataset, results\n"
        "print(dataset.__file__, len(dataset.load()), len(dataset.metadata()), "
        "len(results.load('difficulty')['runs']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    file, *numbers = done.stdout.split()
    assert file.startswith(str(site))
    assert numbers == ["360", "11073", "45"]
