"""The clips table: one row for every recording (chapter dataset).

A data set is a folder in FSDKaggle2018's layout: a folder whose name ends in `meta` with
`train_post_competition.csv`, and beside it one whose name ends in `audio_train` with the sounds.
Source: slides "Dataset and Preparation"; Fonseca et al. 2018 (arXiv:1807.09902).
"""

import hashlib
import os
from collections.abc import Sequence
from importlib import metadata as metadata_of_packages
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from helpers import audio
from helpers.errors import InputError

CLASSES = ("Acoustic_guitar", "Cello", "Clarinet", "Double_bass", "Saxophone")
"""The slides' five of the data set's 41 classes."""

SESSION_GAP = 50
"""Uploads of one class whose freesound ids differ by no more than this count as one session."""

LONGEST_NAME = 255  # bytes, on every usual file system

NAMED = ("demo", "fsdkaggle2018")
"""Data sets that need no folder to be named."""

LISTS = {
    "train": "train_post_competition.csv",
    "test": "test_post_competition_scoring_clips.csv",
}

_ARCHIVES = {  # MD5 sums as published with the data set
    "FSDKaggle2018.meta": "f16828ac8be0e5285b9175a12f90d784",
    "FSDKaggle2018.audio_train": "a8b47ff4b52022c178f88fa5c6f080d0",
    "FSDKaggle2018.audio_test": "f85c8665c3fc39311ea1b748e194a81d",
}
_ZENODO = "https://zenodo.org/records/2552860/files/{name}.zip?download=1"


def data_folder() -> Path:
    """Where the bundled data lie: `data/` of a checkout, else where pip installed them."""
    checkout = Path(__file__).resolve().parents[1] / "data"
    if (checkout / "demo" / "SHA256SUMS").is_file():
        return checkout
    for file in metadata_of_packages.files("which-instrument") or ():
        if file.name == "SHA256SUMS":
            return Path(file.locate()).resolve().parents[1]
    raise InputError("the bundled data are missing: install the book again, or clone it")


def name(source: str | Path | None = None) -> str:
    """The short name of a data set, as records and titles quote it."""
    return Path(_source(source)).resolve().name


def load(source: str | Path | None = None, classes: Sequence[str] = CLASSES) -> pd.DataFrame:
    """Load the clips table of a data set.

    `source` is "demo" (bundled, rendered clips), "fsdkaggle2018" (downloaded on first use,
    4.6 GB) or the path of a folder in that layout; by default what the environment variable
    BOOK_DATA says, else "demo".

    Returns a DataFrame with a row a clip. Index: fname. Columns: label (categorical, in the
    order of `classes`), path, seconds, session (recordings made together, which no honest split
    divides), and every other column of the CSV. The session is the CSV's own column where there
    is one; else a run of a class's freesound ids with gaps of at most `SESSION_GAP`.

    Raises InputError for a missing folder, file, column or class, for a repeated or unreadable
    clip, and where the bundled data do not match their checksums.
    """
    if not classes or len(set(classes)) < len(classes):
        raise InputError(f"classes is {list(classes)}; name each class once")
    return _table(_folder(source), classes, "train")


def test_part(clips: pd.DataFrame) -> pd.DataFrame | None:
    """The clips of the official test part that lie beside the clips of a loaded table.

    They are in a folder whose name ends in `audio_test`, and listed in the `meta` folder's
    `test_post_competition_scoring_clips.csv`. Returns a table as `load` does, or None where the
    data have no such folder. Errors as in `load`.
    """
    folder = Path(clips.path.iloc[0]).parents[1]
    if not any(folder.glob("*audio_test")):
        return None
    return _table(folder, tuple(clips.label.cat.categories), "test")


def _table(folder: Path, classes: Sequence[str], part: str) -> pd.DataFrame:
    table = _read_csv(_only(folder, "*meta") / LISTS[part])
    if "session" not in table:
        table["session"] = _sessions(table, folder)
    for label in table.label.unique():
        meant = [c for c in classes if c != label and c.lower() == label.strip().lower()]
        if meant:
            raise InputError(f"{folder}: the label {label!r} is not {meant[0]!r}; write it alike")
    unknown = [c for c in classes if c not in set(table.label)]
    if unknown:
        known = ", ".join(sorted(table.label.unique()))
        raise InputError(f"{folder}: no clips of class {', '.join(unknown)}; it has {known}")
    table = table[table.label.isin(classes)].copy()
    table["label"] = pd.Categorical(table.label, categories=list(classes))
    sounds = _only(folder, f"*audio_{part}")
    table["path"] = [str(sounds / fname) for fname in table.fname]
    absent = [path for path in table.path if not Path(path).is_file()]
    if absent:
        raise InputError(
            f"{folder}: {len(absent)} clips of the CSV have no file, the first is {absent[0]}; "
            "add the files or delete their rows"
        )
    table["seconds"] = Parallel(-1, prefer="threads")(delayed(audio.seconds)(p) for p in table.path)
    return table.set_index("fname").sort_index()


def drop_shorter(clips: pd.DataFrame, seconds: float) -> pd.DataFrame:
    """The clips that last at least `seconds`: one of exactly that length stays."""
    return clips[clips.seconds >= seconds]


def metadata() -> pd.DataFrame:
    """Every labelled clip of the whole FSDKaggle2018, without its sound.

    Returns a DataFrame of 11,073 rows. Index: fname. Columns: label (41 classes), part ("train"
    or "test"), manually_verified (train only), freesound_id, license. The two CSVs
    ship with the book; they were published with the data set under CC BY 4.0.
    """
    folder = data_folder() / "fsdkaggle2018-meta"
    train = pd.read_csv(folder / "train_post_competition.csv.gz").assign(part="train")
    test = pd.read_csv(folder / "test_post_competition.csv.gz").assign(part="test")
    table = pd.concat([train, test[test.usage != "Ignored"].drop(columns="usage")])
    return table.set_index("fname")


def note(instrument: str) -> np.ndarray:
    """The same note, A3 (220 Hz), rendered on one of the five instruments, for chapter sound.

    Returns float32 of shape (n,) at 22 050 Hz.
    """
    if instrument not in CLASSES:
        raise InputError(f"no note of {instrument!r}; choose one of {', '.join(CLASSES)}")
    return audio.read(data_folder() / "demo" / "notes" / f"{instrument}.ogg")


def strangers() -> dict[str, Path]:
    """Sound files of what is none of the five instruments, by name, for chapter cnn."""
    folder = data_folder() / "demo" / "strangers"
    return {path.stem: path for path in sorted(folder.glob("*.ogg"))}


def digest(clips: pd.DataFrame) -> str:
    """SHA-256 over the clips' names, labels, sessions and sounds: what a record calls its data."""
    total = hashlib.sha256()
    for clip in clips.sort_index().itertuples():
        total.update(f"{clip.Index}\t{clip.label}\t{clip.session}\n".encode())
        total.update(Path(clip.path).read_bytes())
    return total.hexdigest()


def _source(source: str | Path | None) -> str:
    return str(source or os.environ.get("BOOK_DATA") or "demo")


def _folder(source: str | Path | None) -> Path:
    chosen = _source(source)
    if chosen == "demo":
        return _checked(data_folder() / "demo")
    if chosen == "fsdkaggle2018":
        return fetch()
    folder = Path(chosen).expanduser()
    if folder.resolve().name in NAMED:
        raise InputError(f"{folder}: rename this folder; records would take it for the book's own")
    if not folder.is_dir():
        raise InputError(
            f"{chosen!r} is neither 'demo', 'fsdkaggle2018' nor a folder; "
            "set BOOK_DATA or the argument `source` to one of them"
        )
    return folder


def fetch() -> Path:
    """Download FSDKaggle2018 (once, resumed after a cut) and return its folder."""
    from helpers import download, store

    folder = store.folder() / "fsdkaggle2018"
    for archive, md5 in _ARCHIVES.items():
        download.unpacked(_ZENODO.format(name=archive), f"{archive}.zip", md5, folder)
    return folder


def _checked(folder: Path) -> Path:
    """`folder`, after its files were compared with its SHA256SUMS."""
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        expected, file = line.split(maxsplit=1)
        path = folder / file
        found = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "no file"
        if found != expected:
            raise InputError(
                f"{path}: SHA-256 is {found}, not {expected}; "
                "restore the file (git checkout data/demo)"
            )
    return folder


def _only(folder: Path, pattern: str) -> Path:
    found = sorted(path for path in folder.glob(pattern) if path.is_dir())
    if len(found) != 1:
        raise InputError(
            f"{folder}: expected one folder named {pattern}, found {len(found)}; "
            "see 'Use your own recordings' in README.md for the layout"
        )
    return found[0]


def _read_csv(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise InputError(f"{path}: there is no such file; it lists the clips")
    try:
        table = pd.read_csv(
            path,
            dtype={"fname": str, "label": str, "session": str},
            index_col=False,  # a comma at the end of each row is no column
            keep_default_na=False,  # a session may be called None
            na_values=[""],
        )
    except (ValueError, OSError) as error:  # pandas' parser and decoding errors are ValueErrors
        raise InputError(f"{path}: not a readable CSV file ({error})") from error
    for column in ("fname", "label"):
        if column not in table:
            raise InputError(f"{path}: the column '{column}' is missing; it has {list(table)}")
    for column in {"fname", "label", "session"} & set(table):
        empty = table.index[table[column].isna()]
        if len(empty):
            raise InputError(f"{path}, line {empty[0] + 2}: '{column}' is empty")
    twice = table.fname[table.fname.duplicated()]
    if len(twice):
        raise InputError(f"{path}: the clip {twice.iloc[0]} is listed twice")
    outside = [fname for fname in table.fname if Path(fname).name != fname]
    if outside:
        raise InputError(f"{path}: fname {outside[0]!r} must be a file name without folders")
    long = [fname for fname in table.fname if len(os.fsencode(fname)) > LONGEST_NAME]
    if long:
        raise InputError(f"{path}: fname {long[0][:40]!r}... is too long for the name of a file")
    return table


def _sessions(table: pd.DataFrame, folder: Path) -> pd.Series:
    """Name runs of a class's freesound ids after their class and first id."""
    ids = pd.to_numeric(table.get("freesound_id", pd.Series(np.nan, table.index)), errors="coerce")
    if not np.isfinite(ids).all():
        raise InputError(
            f"{folder}: the CSV has neither the column 'session' nor a 'freesound_id' in each row; "
            "add 'session', the same word for recordings that were made together"
        )
    ordered = table.assign(id=ids.astype(int)).sort_values(["label", "id"])
    starts = ordered.groupby("label").id.diff().gt(SESSION_GAP) | ~ordered.label.duplicated()
    first = ordered.id.where(starts).ffill().astype(int)
    return (ordered.label + "-" + first.astype(str)).reindex(table.index)
