"""Read the records of one file, in whatever format it is: one reader a format, none of which thinks about its cells."""

from __future__ import annotations

import csv
import io
import json
import sys
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from discourse.archives import Stored, check_packed
from discourse.encodings import LONGEST_LINE, TextStream, decode
from discourse.markup import html_records, sgml_records, warc_records, xml_records

Record = Mapping[str, object] | str  # a row, or what is wrong with it
Records = Iterator[tuple[int | None, Record]]
Check = Callable[[list[str]], None]  # raises ValueError where the columns of a table will not do
Note = Callable[[str], None]  # told what was read rightly but not as it first seemed

QUOTES = "quotes"  # by which an article of GDELT's Global Quotation Graph is known; what it lists are no articles
_LONGEST_TITLE = 200
_LONGEST_CELL = 10_000  # lines: one that goes on for longer has lost its closing quotation mark


def listed(words: Iterable[str]) -> str:
    """Join words for a message."""
    return ", ".join(words)


def counted(number: int, noun: str) -> str:
    """Say a number of things."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _noted(text: TextStream, note: Note) -> None:
    if text.encoding != "UTF-8":
        note(f"read as {text.encoding}")
    if text.is_blank:
        raise ValueError("the file holds nothing but blanks")


# Text -----------------------------------------------------------------------------------------------------------------


def txt_records(stored: Stored, check: Check, note: Note) -> Records:
    """Give the one article of a .txt file."""
    text, encoding = decode(stored.whole())
    if encoding != "UTF-8":
        note(f"read as {encoding}")
    if not text.strip():
        raise ValueError("the file holds nothing but blanks")
    # a title keeps the \r before its line break, so that offsets are those of the file
    title, _, rest = text.partition("\n")
    is_title = title.strip() and len(title) <= _LONGEST_TITLE and not title.rstrip().endswith(".")
    if not (is_title and rest.strip() and not rest.partition("\n")[0].strip()):
        title, rest = "", text
    yield None, {"article_id": stored.inside, "title": title, "text": rest}


# JSON -----------------------------------------------------------------------------------------------------------------


def jsonl_records(stored: Stored, check: Check, note: Note) -> Records:
    """Give the objects of a file that holds one a line."""
    with stored.opened() as stream:
        text = TextStream(stream)
        yield from _json_lines(enumerate(text.lines("\n"), 1))
        _noted(text, note)


def _json_lines(lines: Iterable[tuple[int, str]]) -> Records:
    for number, line in lines:
        if line.strip():
            yield number, _json_record(line)


def _json_record(line: str) -> Record:
    try:
        record = json.loads(line.rstrip("\n"))
    except ValueError as error:
        return f"not JSON ({error}); each line must hold one JSON object"
    except RecursionError:
        return "JSON nested too deeply; each line must hold one JSON object"
    return record if isinstance(record, dict) else "not a JSON object; each line must hold one"


def json_records(stored: Stored, check: Check, note: Note) -> Records:
    """Give the objects of a JSON file: a list of them, one that holds such a list, or one a line."""
    with stored.opened() as stream:
        text = TextStream(stream)
        numbered = enumerate(text.lines("\n"), 1)
        number, first = next(((n, line) for n, line in numbered if line.strip()), (0, ""))
        if isinstance(record := _json_record(first) if first.lstrip().startswith("{") else "", Mapping):
            following = next(((n, line) for n, line in numbered if line.strip()), None)
            if following is None:
                yield from _json_objects(record)
            else:
                yield number, record
                yield from _json_lines([following])
                yield from _json_lines(numbered)
            _noted(text, note)
            return
    whole, encoding = decode(stored.whole())
    if encoding != "UTF-8":
        note(f"read as {encoding}")
    if not whole.strip():
        raise ValueError("the file holds nothing but blanks")
    yield from _json_document(whole)


def _json_document(text: str) -> Records:
    """Go through one JSON document; of a list, object by object, so that what stands before a fault is read."""
    decoder = json.JSONDecoder()
    at = _next(text, 0)
    if text[at] != "[":
        try:
            yield from _json_objects(json.loads(text))
        except (ValueError, RecursionError) as error:
            raise ValueError(f"not JSON ({_said(error)})") from None
        return
    number = 0
    at = _next(text, at + 1)
    while text[at : at + 1] != "]":
        number += 1
        try:
            record, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            yield number, f"not JSON ({_said(error)}); nothing behind it in this file is read"
            return
        yield number, record if isinstance(record, dict) else "not a JSON object; the list must hold objects"
        at = _next(text, at)
        if text[at : at + 1] == ",":
            at = _next(text, at + 1)
        elif text[at : at + 1] != "]":
            yield number, "no comma or ] behind this object; nothing behind it in this file is read"
            return
    if number == 0:
        raise ValueError("the list in the file is empty")


def _said(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def _next(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at


def _json_objects(document: object) -> Records:
    """Give the objects of a document that is no list: those of its only list of objects, or itself."""
    within = document.items() if isinstance(document, dict) else ()
    lists = [value for name, value in within if name != QUOTES and _is_rows(value)]
    if len(lists) == 1:
        yield from enumerate(lists[0], 1)
    else:
        yield 1, document if isinstance(document, dict) else "not a JSON object, and no list of them"


def _is_rows(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)


# Tables ---------------------------------------------------------------------------------------------------------------


def csv_records(stored: Stored, check: Check, note: Note) -> Records:
    """Give the rows of a .csv or .tsv file, by the names in its header."""
    with stored.opened() as stream:
        text = TextStream(stream)
        yield from _named(text, "\t" if stored.suffix == ".tsv" else None, check)
        _noted(text, note)


def _named(text: TextStream, delimiter: str | None, check: Check) -> Records:
    names: list[str] = []
    empty = True
    for row, (line, cells) in enumerate(_csv_rows(text.lines(""), delimiter), 1):
        if not cells:
            continue
        if not names:
            if isinstance(cells, str):
                raise ValueError(f"the header cannot be read: {cells}")
            names = [cell.strip() for cell in cells]
            check(names)
            continue
        empty = False
        if isinstance(cells, str):
            yield row, f"{cells} (line {line})"
        elif len(cells) != len(names):
            yield row, f"{counted(len(cells), 'cell')} where the header has {len(names)} (line {line})"
        else:
            yield row, dict(zip(names, cells, strict=True))
    if empty and not text.is_blank:
        raise ValueError("the file holds a header and no row")


class _Unclosed(csv.Error):
    """A cell goes on for longer than any does."""


def _csv_rows(source: Iterator[str], delimiter: str | None) -> Iterator[tuple[int, list[str] | str]]:
    """Give each row with the line it begins on; after a broken row go on with the line behind its first one."""
    ahead: deque[str] = deque()  # lines to read again, since a broken row took them
    taken: list[str] = []  # lines of the row that is being read
    line = 0

    def fed() -> Iterator[str]:
        while True:
            if len(taken) > _LONGEST_CELL or sum(map(len, taken[-1:])) > LONGEST_LINE:
                raise _Unclosed
            following = ahead.popleft() if ahead else next(source, None)
            if following is None:
                return
            taken.append(following)
            yield following

    if delimiter is None:
        head = list(_until_written(source))
        ahead.extend(head)
        delimiter = max(",;\t", key=lambda mark: head[-1].count(mark)) if head else ","
    with long_cells():
        while True:
            reader = csv.reader(fed(), delimiter=delimiter, strict=True)
            try:
                for cells in reader:
                    yield line + 1, cells
                    line += len(taken)
                    taken.clear()
                return
            except csv.Error:
                yield line + 1, "a cell opens with a quotation mark that is not closed; double the marks inside a cell"
                line += 1
                ahead.extendleft(reversed(taken[1:]))
                taken.clear()


def _until_written(lines: Iterator[str]) -> Iterator[str]:
    """Give lines up to the first one that is not blank."""
    for line in lines:
        yield line
        if line.strip():
            return


@contextmanager
def long_cells() -> Iterator[None]:
    """Let csv read cells of any length for a while: its limit is one number for the whole process."""
    before = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def parquet_records(stored: Stored, check: Check, note: Note) -> Records:
    """Give the rows of a .parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    row = 0
    with stored.opened() if stored.seekable else io.BytesIO(stored.whole()) as stream:
        try:
            with pq.ParquetFile(stream) as file:
                check(list(file.schema_arrow.names))
                for batch in file.iter_batches(batch_size=1000):
                    for record in batch.to_pylist():
                        row += 1
                        yield row, record
        except (pa.ArrowException, OSError) as error:
            raise ValueError(f"not a readable parquet file ({str(error).splitlines()[0]})") from None
    if row == 0:
        raise ValueError("the file holds columns and no row")


def xlsx_records(stored: Stored, check: Check, note: Note) -> Records:
    """Give the rows of the first sheet of a workbook that has cells."""
    from zipfile import BadZipFile

    import openpyxl

    data = stored.whole()
    check_packed(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        for sheet in book.worksheets:
            yield from _sheet_rows(sheet.iter_rows(values_only=True), check)
            others = [other.title for other in book.worksheets if other is not sheet]
            if others:
                note(f"only the sheet '{sheet.title}' is read, not {listed(others)}")
            return
    except (BadZipFile, KeyError, OSError, SyntaxError, zlib.error) as error:
        raise ValueError(f"not a readable .xlsx workbook ({str(error).splitlines()[0]})") from None
    raise ValueError("the workbook holds no sheet")


def _sheet_rows(rows: Iterator[tuple[Any, ...]], check: Check) -> Records:
    names: list[str] = []
    n_rows = 0
    for number, cells in enumerate(rows, 1):
        if all(cell is None for cell in cells):
            continue
        if not names:
            names = ["" if cell is None else str(cell).strip() for cell in cells]
            check(names)
            continue
        n_rows += 1
        yield number, {name: _cell(cell) for name, cell in zip(names, cells, strict=False) if name}
    if not n_rows:
        raise ValueError("the file holds a header and no row" if names else "the first sheet holds no cell")


def _cell(cell: object) -> object:
    """Give a whole number as one: a spreadsheet keeps all numbers as fractions."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


READERS: dict[str, Callable[[Stored, Check, Note], Records]] = {
    ".txt": txt_records,
    ".csv": csv_records,
    ".tsv": csv_records,
    ".json": json_records,
    ".jsonl": jsonl_records,
    ".parquet": parquet_records,
    ".xlsx": xlsx_records,
    ".html": html_records,
    ".htm": html_records,
    ".warc": warc_records,
    ".sgm": sgml_records,
    ".sgml": sgml_records,
    ".xml": xml_records,
    ".rss": xml_records,
    ".atom": xml_records,
}
TABLES = frozenset((".csv", ".tsv", ".json", ".jsonl", ".parquet", ".xlsx"))


def read_records(stored: Stored, check: Check, note: Note) -> Records:
    """Give the records of one file, each with the row it stands in as the user's own tools count."""
    if stored.size == 0:
        raise ValueError("the file is empty")
    try:
        yield from READERS[stored.suffix](stored, check, note)
    except (ValueError, OSError, ImportError):
        raise
    except Exception as error:
        raise ValueError(f"it is broken and cannot be read ({type(error).__name__}: {error})") from error
