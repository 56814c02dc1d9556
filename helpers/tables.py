"""A table as people write it, with the lines that an editor shows (chapter dataset).

Commas, semicolons, tabs or upright strokes; UTF-8 or UTF-16, with or without a mark of it; quoted
cells of several lines, blank lines, rows of nothing but commas.
"""

import codecs
import contextlib
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from helpers import names
from helpers.errors import InputError

DELIMITERS = ",;\t|"
"""What may stand between cells."""

_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # begins as that of UTF-16 does
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}

_WORKBOOKS = b"PK\3\4", b"\xd0\xcf\x11\xe0"  # what .xlsx and .ods begin with, and .xls


def read(
    path: str | Path, needed: tuple[str, ...] = (), text: tuple[str, ...] = ()
) -> pd.DataFrame:
    """The table in a file, without its empty rows; each row's index is the line it begins on.

    Cells are text, or None where they are empty; a column of numbers alone holds numbers, unless it
    is one of those `needed` or of `text`. Raises InputError, with the line, for text that is no
    table, for a cell beyond the header, and where a column that is needed is missing.
    """
    try:
        content = _decoded(Path(path).read_bytes())
        rows = _rows(content, _delimiter(content))
        line, header = next(rows, (1, [""]))
        if names.clean(header[0]) == "sep=":  # Excel's own first line
            line, header = next(rows, (2, [""]))
        header = _header(header, needed, f"{path}, line {line}")
        table = _table(rows, header, path)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
    except (csv.Error, UnicodeError) as error:
        raise InputError(
            f"{path}: not a readable CSV file ({error}); save it as CSV with commas, in UTF-8"
        ) from error
    for column in set(table) - {*needed, *text}:
        with contextlib.suppress(ValueError, TypeError, OverflowError):
            table[column] = pd.to_numeric(table[column])
    return table


def _decoded(content: bytes) -> str:
    if content.startswith(_WORKBOOKS):
        raise UnicodeError("it is a spreadsheet program's own kind of file, whatever its name is")
    encoding = next((name for mark, name in _MARKS.items() if content.startswith(mark)), None)
    if encoding is None and b"\0" in content[:4]:  # UTF-16 without its mark
        encoding = "utf-16-be" if content[:1] == b"\0" else "utf-16-le"
    return content.decode(encoding or "utf-8")


def _delimiter(content: str) -> str:
    """What parts the first row into most cells, or what it names."""
    named = re.match(rf"\s*sep=([{DELIMITERS}]) *[\r\n]", content)
    if named:
        return named[1]

    def cells(delimiter: str) -> int:
        try:
            return len(next(_rows(content, delimiter))[1])
        except (csv.Error, StopIteration):
            return 0

    return max(DELIMITERS, key=cells)


def _rows(content: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not empty, after the line that it begins on."""
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise csv.Error(f"line {line}: {error}") from error
        if any(map(names.clean, row)):
            yield line, row


def _header(cells: list[str], needed: tuple[str, ...], where: str) -> list[str]:
    header = [names.clean(cell) for cell in cells]
    while header and not header[-1]:
        header.pop()
    for column in needed:
        if column not in header:
            raise InputError(f"{where}: the column '{column}' is missing; it has {header}")
    header = [column or f"Unnamed: {i}" for i, column in enumerate(header)]  # as pandas does
    twice = [column for column in header if header.count(column) > 1]
    if twice:
        raise InputError(f"{where}: the column '{twice[0]}' is there twice")
    return header


def _table(rows: Iterator[tuple[int, list[str]]], header: list[str], path: str | Path):
    index, table = [], []
    for line, row in rows:
        if any(map(names.clean, row[len(header) :])):
            raise InputError(
                f"{path}, line {line}: has {len(row)} cells under {len(header)} columns; "
                'put a cell that holds a comma into quotes, "like, this"'
            )
        row += [""] * (len(header) - len(row))
        index.append(line)
        table.append([cell if names.clean(cell) else None for cell in row[: len(header)]])
    return pd.DataFrame(table, index, header, dtype=object)
