"""Read articles from what people have."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from math import isnan
from pathlib import Path
from typing import Any

NEEDED = ("article_id", "title", "text")
OPTIONAL = ("outlet", "date", "url")
SUFFIXES = (".txt", ".csv", ".tsv", ".jsonl", ".parquet")
_LONGEST_TITLE = 200
_DATE = re.compile(r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?:[T ].*)?")
_NO_DAY = re.compile(r"\d{4}(?:[-/.]\d{1,2})?")  # a year, or a month of one


@dataclass(frozen=True, slots=True)
class Article:
    """One article as it was stored; offsets everywhere index its `document`."""

    id: str
    title: str
    text: str
    outlet: str | None = None
    date: date | None = None
    url: str | None = None

    @property
    def document(self) -> str:
        """Title, newline, text; just the text where there is no title."""
        return f"{self.title}\n{self.text}" if self.title else self.text


@dataclass(frozen=True, slots=True)
class Fault:
    """What was wrong with one file, or with one row of it.

    `row` counts as the user's own tools do: in .csv and .tsv the header is row 1, in .jsonl it is the line, in
    .parquet the first record is row 1; None where the whole file is meant.
    """

    file: str
    row: int | None
    message: str

    def __str__(self) -> str:
        """Give file, row and message on one line."""
        where = self.file if self.row is None else f"{self.file}, row {self.row}"
        return f"{where}: {self.message}"


class CorpusError(ValueError):
    """Nothing sensible can be read from the sources; the message holds every fault."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


@dataclass(frozen=True, slots=True)
class Corpus:
    """Articles in the order they were read.

    `faults` tell what was left out and why; `notes` tell what was read rightly but not as it first seemed, such as a
    file in Windows-1256.
    """

    articles: tuple[Article, ...]
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()

    def __iter__(self) -> Iterator[Article]:
        """Go through the articles."""
        return iter(self.articles)

    def __len__(self) -> int:
        """Count the articles that could be read."""
        return len(self.articles)


@dataclass(frozen=True, slots=True)
class Study:
    """One folder under `corpora/`: its articles, what readers found in them, and its camps.

    `gold` holds the rows as they stand in the study's gold files: the form that `discourse.tables.attribution_rows`
    writes, with spans as [start, end]. `camps` is the path of the study's camps.yml.
    """

    name: str
    articles: tuple[Article, ...]
    gold: tuple[dict[str, Any], ...]
    camps: Path | None


def read_corpus(*sources: str | Path) -> Corpus:
    """Read articles from files and folders.

    Parameters
    ----------
    sources
        Files (.txt, .csv, .tsv, .jsonl, .parquet), or folders of them, which are searched with their subfolders in the
        order of their names; hidden files are passed over. Of a folder that holds a folder `articles`, as a study does,
        only that is read.

    Returns
    -------
    Corpus
        Every article that could be read, the faults of those that could not, and notes. One bad row or file never
        costs another article.

    Raises
    ------
    CorpusError
        A source does not exist, holds no file, or is a file of another kind.

    Notes
    -----
    **Tables** need the columns `article_id`, `title` (its cells may be empty) and `text`; `outlet`, `date` and `url` are
    optional, others are ignored. Dates are year first (2022-01-06, 2022/1/6, with or without a time), in any digits. A
    year or a month alone (2022, 2022-01) tells no day: the article is kept without a date, and a note says so.

    **A .txt file** is one article. Its id is its path inside the folder without the suffix. Its first line is the title
    when a blank line follows, it is at most 200 characters long and does not end in a full stop; the text is then all
    that stands after the first line break, the blank line included, so that the document is the file.

    **Text is stored as it came**: nothing is trimmed, normalised or translated. Line ends stay what they are, ``\\r\\n``
    counting as two characters; only where a .txt file's title ends in ``\\r\\n`` does the document hold ``\\n`` alone, and
    offsets behind the title are one less than in the file. A byte order mark is no part of the text.

    **Encodings**: UTF-8, UTF-16 and UTF-32 with or without a byte order mark, Windows-1256 and ISO-8859-6 are recognised;
    all but UTF-8 leave a note.
    """
    reading = _Reading()
    wrong: list[Fault] = []
    files: list[tuple[Path, str]] = []
    for source in sources:
        try:
            files += _files(Path(source))
        except ValueError as error:
            wrong.append(Fault(str(source), None, str(error)))
    if not sources:
        wrong.append(Fault("read_corpus", None, "no source given; give a file or a folder"))
    if wrong:
        raise CorpusError(wrong)
    for path, name in files:
        reading.read(path, name)
    return Corpus(tuple(reading.articles), tuple(reading.faults), tuple(reading.notes))


def read_study(path: str | Path) -> Study:
    """Read one study folder: articles/*.jsonl, gold/*.jsonl and camps.yml.

    Parameters
    ----------
    path
        The folder, such as ``corpora/kazakhstan-2022``.

    Returns
    -------
    Study
        Gold is empty where the folder has none, camps is None likewise.

    Raises
    ------
    CorpusError
        Anything in it is wrong. A study is shipped and cited, so it is read whole or not at all.
    """
    folder = Path(path)
    if not (folder / "articles").is_dir():
        raise CorpusError([Fault(str(folder), None, "no study here: it has no folder 'articles'")])
    corpus = read_corpus(folder)
    faults = list(corpus.faults)
    gold: list[dict[str, Any]] = []
    for file in sorted((folder / "gold").glob("*.jsonl")):
        try:
            gold += read_gold(file, corpus)
        except CorpusError as error:
            faults += error.faults
    if faults:
        raise CorpusError(faults)
    camps = folder / "camps.yml"
    return Study(folder.resolve().name, corpus.articles, tuple(gold), camps if camps.is_file() else None)


def read_gold(path: str | Path, articles: Iterable[Article]) -> list[dict[str, Any]]:
    """Read coded attributions, one JSON object a line.

    Parameters
    ----------
    path
        A .jsonl file in the form that `discourse.tables.attribution_rows` gives.
    articles
        The articles that were coded.

    Returns
    -------
    list of dict
        The rows as they stand in the file.

    Raises
    ------
    CorpusError
        There is no such file, or a row is of no article given, has an id that stands twice, no content, or spans that
        its article does not have.
    """
    path = Path(path)
    if not path.is_file():
        raise CorpusError([Fault(str(path), None, "there is no such file")])
    try:
        text, _ = _decode(path.read_bytes())
    except ValueError as error:
        raise CorpusError([Fault(str(path), None, str(error))]) from None
    lengths = {article.id: len(article.document) for article in articles}
    gold: list[dict[str, Any]] = []
    faults: list[Fault] = []
    seen: set[tuple[object, object]] = set()
    for number, record in _jsonl_records(text):
        if isinstance(record, str):
            faults.append(Fault(str(path), number, record))
        elif message := _gold_fault(record, lengths, seen):
            faults.append(Fault(str(path), number, message))
        else:
            gold.append(dict(record))
    if faults:
        raise CorpusError(faults)
    return gold


class _Reading:
    """What has been read so far."""

    def __init__(self) -> None:
        self.articles: list[Article] = []
        self.faults: list[Fault] = []
        self.notes: list[Fault] = []
        self._first: dict[str, str] = {}

    def read(self, path: Path, name: str) -> None:
        """Add the articles of one file."""
        suffix = path.suffix.lower()
        if suffix not in SUFFIXES:
            self.faults.append(Fault(str(path), None, _unreadable(path)))
            return
        try:
            if path.stat().st_size == 0:
                raise ValueError("the file is empty")
            if suffix == ".parquet":
                records = _parquet_records(path)
            else:
                text, encoding = _decode(path.read_bytes())
                if encoding != "UTF-8":
                    self.notes.append(Fault(str(path), None, f"read as {encoding}"))
                if not text.strip():
                    raise ValueError("the file holds nothing but blanks")
                if suffix == ".txt":
                    records = iter([(None, _txt_record(text, name))])
                elif suffix == ".jsonl":
                    records = _jsonl_records(text)
                else:
                    records = _csv_records(text, "\t" if suffix == ".tsv" else None)
            no_day = []
            for row, record in records:
                if self._add(str(path), row, record) and isinstance(record, Mapping) and _lacks_day(record):
                    no_day.append(row)
            if no_day:
                message = (
                    f"dates without a day, kept as no date: {_counted(len(no_day), 'row')}, the first of them this"
                )
                self.notes.append(Fault(str(path), no_day[0], message))
        except (ValueError, OSError) as error:
            self.faults.append(Fault(str(path), None, str(error)))

    def _add(self, file: str, row: int | None, record: Mapping[str, object] | str) -> bool:
        article = record if isinstance(record, str) else _article(record)
        if isinstance(article, Article) and article.id in self._first:
            article = f"article_id '{article.id}' again; it was first in {self._first[article.id]}"
        if isinstance(article, str):
            self.faults.append(Fault(file, row, article))
            return False
        self._first[article.id] = file if row is None else f"{file}, row {row}"
        self.articles.append(article)
        return True


def _files(source: Path) -> list[tuple[Path, str]]:
    """Give the files of one source, each with the id that a .txt article in it gets."""
    if source.is_file():
        if source.suffix.lower() not in SUFFIXES:
            raise ValueError(_unreadable(source))
        return [(source, source.stem)]
    if not source.is_dir():
        raise ValueError("there is no such file or folder")
    folder = source / "articles" if (source / "articles").is_dir() else source
    found = []
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in inside.parts):
            found.append((path, inside.with_suffix("").as_posix()))
    if not found:
        raise ValueError(f"the folder holds no file; articles are read from {_listed(SUFFIXES)}")
    return found


def _unreadable(path: Path) -> str:
    kind = f"files ending in {path.suffix}" if path.suffix else "files without a suffix"
    return f"{kind} are not read; articles are read from {_listed(SUFFIXES)}"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)


# Encodings ------------------------------------------------------------------------------------------------------------

_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32", "UTF-32"),
    (b"\x00\x00\xfe\xff", "utf-32", "UTF-32"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
)
_NOT_TEXT = "this is a binary file, or text in an encoding other than UTF-8, UTF-16, Windows-1256 and ISO-8859-6"


def _decode(data: bytes) -> tuple[str, str]:
    """Decode a file and name its encoding.

    Bytes that break an otherwise sound UTF-8 file become lone surrogates, which cost only the row they stand in.
    """
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(codec), name
            except UnicodeDecodeError as error:
                raise ValueError(f"the file begins as {name} but is broken at byte {error.start}") from None
    if b"\0" in data:
        return _decode_best(data, (("utf-16-le", "UTF-16"), ("utf-16-be", "UTF-16")))
    text = data.decode("utf-8-sig", errors="surrogateescape")
    broken = sum(map(_is_broken, text))
    foreign = sum(char > "\x7f" for char in text)
    if broken == 0 and _share(text, _is_control) < 0.05 or 0 < broken < 0.1 * foreign:
        return text, "UTF-8"
    return _decode_best(data, (("cp1256", "Windows-1256"), ("iso8859-6", "ISO-8859-6")))


def _decode_best(data: bytes, codecs: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """Decode with the codec that gives the most Arabic, where one gives hardly anything else."""
    best, found = 0.9, None
    for codec, name in codecs:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        share = _share([char for char in text if char > "\x7f" or _is_control(char)], _is_arabic)
        if share > best:
            best, found = share, (text, name)
    if found is None:
        raise ValueError(_NOT_TEXT)
    return found


def _share(chars: str | list[str], holds: Callable[[str], bool]) -> float:
    return sum(map(holds, chars)) / len(chars) if chars else 0.0


def _is_broken(char: str) -> bool:
    return "\ud800" <= char <= "\udfff"


def _is_control(char: str) -> bool:
    return (char < " " and char not in "\t\n\v\f\r") or "\x7f" <= char <= "\x9f"


def _is_arabic(char: str) -> bool:
    return "\u0600" <= char <= "\u06ff" or unicodedata.category(char)[0] in "PZ" or unicodedata.category(char) == "Cf"


# Records --------------------------------------------------------------------------------------------------------------

_Record = Mapping[str, object] | str  # a row, or what is wrong with it
_Records = Iterator[tuple[int | None, _Record]]


def _txt_record(text: str, name: str) -> dict[str, object]:
    title, _, rest = text.partition("\n")
    title = title.removesuffix("\r")
    is_title = title.strip() and len(title) <= _LONGEST_TITLE and not title.rstrip().endswith(".")
    if is_title and rest.strip() and not rest.partition("\n")[0].strip():
        return {"article_id": name, "title": title, "text": rest}
    return {"article_id": name, "title": "", "text": text}


def _jsonl_records(text: str) -> _Records:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError as error:
            yield number, f"not JSON ({error}); each line must hold one JSON object"
        except RecursionError:
            yield number, "JSON nested too deeply; each line must hold one JSON object"
        else:
            yield number, record if isinstance(record, dict) else "not a JSON object; each line must hold one"


def _csv_records(text: str, delimiter: str | None) -> _Records:
    lines = list(io.StringIO(text, newline=""))
    start = next(number for number, line in enumerate(lines) if line.strip())
    delimiter = delimiter or max(",;\t", key=lambda mark: len(_columns_found(lines[start], mark)))
    names: list[str] = []
    empty = True
    for row, (line, cells) in enumerate(_csv_rows(lines, delimiter), 1):
        if not cells:
            continue
        if not names:
            if isinstance(cells, str):
                raise ValueError(f"the header cannot be read: {cells}")
            names = [cell.strip() for cell in cells]
            _check_columns(names)
            continue
        empty = False
        if isinstance(cells, str):
            yield row, f"{cells} (line {line})"
        elif len(cells) != len(names):
            yield row, f"{_counted(len(cells), 'cell')} where the header has {len(names)} (line {line})"
        else:
            yield row, dict(zip(names, cells, strict=True))
    if empty:
        raise ValueError("the file holds a header and no row")


def _csv_rows(lines: list[str], delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Give each row with the line it begins on; after a broken row go on with the line behind its first one."""
    start = 0
    with long_cells():
        while start < len(lines):
            reader = csv.reader((lines[i] for i in range(start, len(lines))), delimiter=delimiter, strict=True)
            first = start
            try:
                for cells in reader:
                    yield first + 1, cells
                    first = start + reader.line_num
                return
            except csv.Error:
                yield first + 1, "a cell opens with a quotation mark that is not closed; double the marks inside a cell"
                start = first + 1


@contextmanager
def long_cells() -> Iterator[None]:
    """Let csv read cells of any length for a while: its limit is one number for the whole process."""
    before = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _columns_found(header: str, delimiter: str) -> list[str]:
    names = [cell.strip().strip('"') for cell in header.split(delimiter)]
    return [name for name in NEEDED if name in names]


def _check_columns(names: list[str]) -> None:
    missing = [name for name in NEEDED if name not in names]
    double = sorted({name for name in names if names.count(name) > 1 and name in (*NEEDED, *OPTIONAL)})
    if missing:
        raise ValueError(
            f"no column {_listed(missing)}; found: {_listed(names) or 'none'}; needed: {_listed(NEEDED)}"
            f" (optional: {_listed(OPTIONAL)})"
        )
    if double:
        raise ValueError(f"column {_listed(double)} stands more than once in the header")


def _parquet_records(path: Path) -> _Records:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            names = list(file.schema_arrow.names)
            _check_columns(names)
            row = 0
            for batch in file.iter_batches(columns=[name for name in names if name in (*NEEDED, *OPTIONAL)]):
                for record in batch.to_pylist():
                    row += 1
                    yield row, record
    except pa.ArrowException as error:
        raise ValueError(f"not a readable parquet file ({str(error).splitlines()[0]})") from None
    if row == 0:
        raise ValueError("the file holds columns and no row")


# One article ----------------------------------------------------------------------------------------------------------


def _article(record: Mapping[str, object]) -> Article | str:
    """Make an article of one row, or say what is wrong with it."""
    missing = [name for name in NEEDED if name not in record]
    if missing:
        found = _listed(map(str, record)) or "none"
        return f"no {_listed(missing)}; found: {found}; needed: {_listed(NEEDED)}"
    faults: list[str] = []
    number = record["article_id"]
    identity = str(number) if type(number) is int else _text(record, "article_id", faults)
    text = _text(record, "text", faults)
    title, outlet, url = (_text(record, name, faults) for name in ("title", "outlet", "url"))
    day = _date(record, faults)
    if faults:
        return "; ".join(faults)
    if identity is None:
        return "article_id is empty"
    if text is None:
        return "the article has no text"
    return Article(identity, title or "", text, outlet, day, url)


def _is_blank(value: object) -> bool:
    """Tell an empty cell, in whatever way its format writes it."""
    return value is None or isinstance(value, float) and isnan(value) or isinstance(value, str) and not value.strip()


def _text(record: Mapping[str, object], name: str, faults: list[str]) -> str | None:
    value = record.get(name)
    if _is_blank(value):
        return None
    if not isinstance(value, str):
        faults.append(f"{name} is {_shown(value)}; it must be a text")
        return None
    if any(map(_is_broken, value)):
        faults.append(f"{name} holds bytes or escapes that are no characters; save the file as UTF-8")
        return None
    return value


def _date(record: Mapping[str, object], faults: list[str]) -> date | None:
    value = record.get("date")
    if _is_blank(value) or _lacks_day(record):
        return None
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    match = _DATE.fullmatch(_plain_digits(value)) if isinstance(value, str) else None
    try:
        if match:
            return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        pass  # a day that no month has
    faults.append(f"date is {_shown(value)}; write year, month and day as in 2022-01-06")
    return None


def _lacks_day(record: Mapping[str, object]) -> bool:
    """Tell a date that is only a year or a month: true, but no day to resolve an office-holder by."""
    value = record.get("date")
    return isinstance(value, (str, int)) and _NO_DAY.fullmatch(_plain_digits(str(value))) is not None


def _plain_digits(text: str) -> str:
    return "".join(map(_digit, text)).strip()


def _digit(char: str) -> str:
    """Give a digit of any script as ASCII, and nothing for the invisible marks that right-to-left text carries."""
    if unicodedata.category(char) == "Cf":
        return ""
    number = unicodedata.decimal(char, None)
    return char if number is None else str(number)


def _shown(value: object) -> str:
    if value is None:
        return "empty"
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _gold_fault(
    record: Mapping[str, object], lengths: Mapping[str, int], seen: set[tuple[object, object]]
) -> str | None:
    """Say what is wrong with one gold row, or None."""
    identity, name = record.get("article_id"), record.get("id")
    if not isinstance(identity, str) or identity not in lengths:
        return f"article_id {_shown(identity)} is none of the articles"
    if not isinstance(name, str) or (identity, name) in seen:
        return f"id {_shown(name)} is missing or stands twice in article '{identity}'"
    seen.add((identity, name))
    content = record.get("content")
    if not isinstance(content, list) or not content:
        return f"'{name}' has no content; it must be a list of [start, end]"
    for span in (*content, *(record[key] for key in ("cue", "source") if record.get(key) is not None)):
        whole = isinstance(span, list) and len(span) == 2 and all(type(offset) is int for offset in span)
        if not whole or not 0 <= span[0] < span[1] <= lengths[identity]:
            return f"'{name}' has the span {_shown(span)}; the document has {lengths[identity]} characters"
    return None
