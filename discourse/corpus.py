"""Read articles from what people have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import date
from math import isnan
from pathlib import Path
from typing import Any

from discourse.archives import ARCHIVES, Stored, part_of, stored_files, suffixes_of
from discourse.boilerplate import find_boilerplate
from discourse.dates import lacks_day, parse_date
from discourse.encodings import is_broken
from discourse.languages import other_language
from discourse.layouts import NEEDED, Beside, Columns
from discourse.readers import READERS, TABLES, Record, counted, jsonl_records, listed, read_records
from discourse.text import Span

SUFFIXES = (*READERS, *ARCHIVES)
_MOST_FILES = 1000  # that are read together as one group


@dataclass(frozen=True, slots=True)
class Article:
    """One article as it was stored; offsets everywhere index its `document`.

    `boilerplate` marks what a site or an agency put around the text: it stays in the document, and nothing is attributed
    in it. `quotations` are those that the source of the data had marked itself.
    """

    id: str
    title: str
    text: str
    outlet: str | None = None
    date: date | None = None
    url: str | None = None
    boilerplate: tuple[Span, ...] = ()
    quotations: tuple[Span, ...] = ()

    @property
    def document(self) -> str:
        """Title, newline, text; just the text where there is no title."""
        return f"{self.title}\n{self.text}" if self.title else self.text

    @property
    def own_words(self) -> str:
        """The document with its boilerplate blanked out, so that nothing is read there; every character keeps its place."""
        document = self.document
        for mark in self.boilerplate:
            blank = "".join("\n" if char == "\n" else " " for char in mark.text)
            document = document[: mark.start] + blank + document[mark.end :]
        return document


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
    file in Windows-1256; `n_set_aside` counts articles that are not in Arabic.
    """

    articles: tuple[Article, ...]
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()
    n_set_aside: int = 0

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


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file, or the whole lines of a .jsonl file between two bytes, and the line that the first of them is.

    `inside` is its path below the folder that was given; empty where the file itself was.
    """

    path: Path
    start: int
    end: int
    first_row: int
    inside: str = ""


def read_corpus(
    *sources: str | Path,
    columns: Mapping[str, str] | None = None,
    metadata: str | Path | None = None,
    names: str | None = None,
    progress: bool = False,
) -> Corpus:
    """Read articles from files and folders.

    Parameters
    ----------
    sources
        Files (.txt, .html, .csv, .tsv, .xlsx, .json, .jsonl, .parquet, .warc, .xml), each packed with gzip or not, .zip
        archives of them, or folders of them, which are searched with their subfolders in the order of their names; hidden
        files are passed over. Of a folder that holds a folder `articles`, as a study does, only that is read.
    columns
        What the columns of tables are called, where not as below: ``{"text": "body", "outlet": "source"}``. With it only
        the text is needed; rows without an id are given their file and row. A column under an empty name is not read:
        ``{"date": ""}`` where dates are written so that they cannot be told.
    metadata
        A .csv or .tsv about files that hold an article each: `file` (name, or path below the folder), and any of
        `article_id`, `title`, `outlet`, `date`, `url`.
    names
        How the paths of such files are made: ``"{outlet}/{date}_*"``; * is passed over.
    progress
        Show a bar when reading takes more than two seconds.

    Returns
    -------
    Corpus
        Every article that could be read, the faults of those that could not, and notes. One bad row or file never
        costs another article.

    Raises
    ------
    CorpusError
        A source does not exist, holds no file, or is a file of another kind; `columns` names what no article has.

    Notes
    -----
    **Tables** (.csv, .tsv, the first sheet of .xlsx, .json with a list of objects, .jsonl, .parquet) need the columns
    `article_id`, `title` (its cells may be empty) and `text`; `outlet`, `date` and `url` are optional, others are ignored.
    The layouts of SaudiNewsNet, news-please and the Abu El-Khair corpus are known by their columns.

    **GDELT's Global Quotation Graph** (.json.gz): an article is its quotations, each on a line with the words around it;
    `quotations` holds where they stand, and each becomes a direct attribution.

    **Dates** are year first in figures (2022-01-06), or have the name of their month in any Arabic use, in any digits, and
    may be Hijri; 06/01/2022 is a fault, since it can be read in two ways. A year or a month alone (2022, 2022-01) tells no
    day: the article is kept without a date, and a note says so.

    **A saved page**, and each page of a web archive (.warc), gives what trafilatura takes for the article; offsets are those
    of that text. **.xml** is NewsML-G2, RSS or Atom, of which a feed often holds summaries alone.

    **Set aside** are articles that are not in Arabic. **Boilerplate** is marked in `Article.boilerplate` and stays.

    **A .txt file** is one article. Its id is its path inside the folder without the suffix. Its first line is the title
    when a blank line follows, it is at most 200 characters long and does not end in a full stop; the text is then all
    that stands after the first line break, the blank line included, so that the document is the file.

    **Text is stored as it came**: nothing is trimmed, normalised or translated, so that offsets are those of the cell, or of
    the .txt file. Line ends stay what they are, ``\\r\\n`` counting as two characters (a title in such a file keeps its
    ``\\r``). A byte order mark is no part of the text.

    **Encodings**: UTF-8, UTF-16 and UTF-32 with or without a byte order mark, Windows-1256 and ISO-8859-6 are recognised;
    all but UTF-8 leave a note.

    **Memory**: the articles are held. For more than fit, go through `stream_articles`.
    """
    stream = stream_articles(*sources, columns=columns, metadata=metadata, names=names, progress=progress)
    articles = tuple(stream)
    return Corpus(articles, tuple(stream.faults), tuple(stream.notes), stream.set_aside.total())


def stream_articles(
    *sources: str | Path | FilePart,
    columns: Mapping[str, str] | None = None,
    metadata: str | Path | None = None,
    names: str | None = None,
    progress: bool = False,
) -> ArticleStream:
    """Give articles one by one, in memory that does not grow with their texts.

    Parameters
    ----------
    sources
        As for `read_corpus`, or parts of them from `split_jsonl` or `split_sources`.
    columns, metadata, names, progress
        As for `read_corpus`.

    Returns
    -------
    ArticleStream
        Go through it once; then its `faults` and `notes` are complete.

    Raises
    ------
    CorpusError
        As for `read_corpus`.

    Notes
    -----
    .csv, .tsv, .jsonl and .parquet are read piece by piece, packed or not. Other formats are read file by file, and a
    single file of them may have at most 256 MB.
    """
    wrong: list[Fault] = []
    given, beside = Columns(), Beside()
    try:
        given = Columns(columns)
    except ValueError as error:
        wrong.append(Fault("columns", None, str(error)))
    try:
        beside = Beside(metadata, names)
    except ValueError as error:
        wrong.append(Fault("metadata", None, str(error)))
    return ArticleStream(_sources(sources, wrong), given, beside, progress)


def split_jsonl(path: str | Path, size: int = 1 << 25) -> list[FilePart]:
    """Split a .jsonl file into parts of whole lines that can be read apart from each other.

    Parameters
    ----------
    path
        The file. One in UTF-16 or UTF-32 stays one part.
    size
        Bytes of a part; it ends with the line that reaches them.

    Returns
    -------
    list of FilePart
        They cover the file without overlap; their order is that of the file.

    Raises
    ------
    CorpusError
        There is no such file.
    """
    path = Path(path)
    if not path.is_file():
        raise CorpusError([Fault(str(path), None, "there is no such file")])
    end_of_file = path.stat().st_size
    parts: list[FilePart] = []
    with path.open("rb") as file:
        start, row = 0, 1
        wide = b"\0" in file.read(1 << 16)
        while start < end_of_file:
            file.seek(start)
            n_lines = 0
            end = end_of_file if wide else min(start + size, end_of_file)
            while not wide and file.tell() < end:
                n_lines += file.read(min(1 << 20, end - file.tell())).count(b"\n")
            if end < end_of_file:
                file.seek(end - 1)
                broken = file.read(1) != b"\n"
                while broken and (rest := file.readline(1 << 20)):
                    broken = not rest.endswith(b"\n")
                    n_lines += not broken
                end = file.tell()
            parts.append(FilePart(path, start, end, row))
            start, row = end, row + n_lines
    return parts


def split_sources(*sources: str | Path, size: int = 1 << 25) -> list[tuple[FilePart, ...]]:
    """Split files and folders into groups that can be read apart from each other, in the order of `stream_articles`.

    Parameters
    ----------
    sources
        As for `read_corpus`.
    size
        Bytes of a group. A .jsonl file that is larger is divided; any other stays whole, since its format is read from its
        beginning. Small files are read together, at most a thousand at a time.

    Returns
    -------
    list of tuple of FilePart
        Hand each group to a `stream_articles` of its own.

    Raises
    ------
    CorpusError
        As for `read_corpus`.
    """
    groups: list[tuple[FilePart, ...]] = []
    small: list[FilePart] = []
    wrong: list[Fault] = []
    for source, inside in _sources(sources, wrong):
        path = source.path if isinstance(source, FilePart) else source
        n_bytes = _n_bytes(path)
        if small and (len(small) >= _MOST_FILES or sum(part.end for part in small) + n_bytes > size):
            groups.append(tuple(small))
            small = []
        if n_bytes > size and suffixes_of(path.name) == (".jsonl", ""):
            groups += [(replace(part, inside=inside),) for part in split_jsonl(path, size)]
        else:
            small.append(FilePart(path, 0, n_bytes, 1, inside))
    return [*groups, tuple(small)] if small else groups


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
    lengths = {article.id: len(article.document) for article in articles}
    gold: list[dict[str, Any]] = []
    faults: list[Fault] = []
    seen: set[tuple[object, object]] = set()
    try:
        # nothing coded is no fault
        for number, record in jsonl_records(part_of(path), _ignore, _ignore) if path.stat().st_size else ():
            message = record if isinstance(record, str) else _gold_fault(record, lengths, seen)
            if message:
                faults.append(Fault(str(path), number, message))
            elif isinstance(record, Mapping):
                gold.append(dict(record))
    except ValueError as error:
        faults.append(Fault(str(path), None, str(error)))
    if faults:
        raise CorpusError(faults)
    return gold


class ArticleStream:
    """Articles one by one; their texts are not held.

    Go through it once. `faults` and `notes` are complete when it has ended; what they mean is what they mean in a
    `Corpus`. `set_aside` counts articles in other languages. Ids are remembered from all files, so that one that stands
    twice is a fault: some 300 bytes an article, which parts of a file, read apart, do not add up to.
    """

    def __init__(
        self, files: Iterable[tuple[Path | FilePart, str]], columns: Columns, beside: Beside, progress: bool
    ) -> None:
        self.faults: list[Fault] = []
        self.notes: list[Fault] = []
        self.set_aside: Counter[str] = Counter()  # articles by language
        self._files = list(files)
        self._columns = columns
        self._beside = beside
        self._progress = progress
        self._first: dict[str, tuple[str, int | None]] = {}
        self._first_aside: tuple[str, int | None] = ("", None)

    def __iter__(self) -> Iterator[Article]:
        """Read the files in their order."""
        # a bar that is not shown would make a lock all the same, which a worker that is ended leaves behind
        with _bar(sum(_n_bytes(source) for source, _ in self._files)) if self._progress else nullcontext() as bar:
            count = _ignore if bar is None else bar.update
            for source, inside in self._files:
                path = source.path if isinstance(source, FilePart) else source
                if isinstance(source, FilePart) and suffixes_of(path.name) == (".jsonl", ""):
                    opened = part_of(path, source.start, source.end, count)
                    name = Path(source.inside or path.name).with_suffix("").as_posix()
                    yield from self._read(replace(opened, inside=name), source.first_row - 1)
                elif self._beside.path is None or not path.samefile(self._beside.path):
                    yield from self._unpacked(path, inside or path.name, count)
        if not any(isinstance(source, FilePart) for source, _ in self._files):
            self.faults += [unread(self._beside.path, name) for name in self.unused()]
        if self.set_aside:
            counts = listed(f"{language} {number}" for language, number in self.set_aside.most_common())
            aside = counted(self.set_aside.total(), "article")
            file, row = self._first_aside
            self._note(file, row, f"not in Arabic and set aside: {aside} ({counts}), the first of them this")

    def place_of(self, identity: str) -> tuple[str, int | None]:
        """Give file and row of an article that has been read."""
        return self._first[identity]

    def unused(self) -> Iterable[str]:
        """Name the files of `metadata` that were not among those read; of parts, each knows its own alone."""
        return self._beside.unused()

    def _unpacked(self, source: Path, inside: str, count: Callable[[int], object]) -> Iterator[Article]:
        try:
            for stored in stored_files(source, inside, count):
                if isinstance(stored, Stored):
                    yield from self._read(stored)
                else:
                    self.faults.append(Fault(stored[0], None, stored[1]))
        except (ValueError, OSError) as error:
            self.faults.append(Fault(str(source), None, str(error)))

    def _read(self, stored: Stored, rows_before: int = 0) -> Iterator[Article]:
        """Give the articles of one file."""
        days: dict[str, list[int | None]] = {}
        layouts: set[str] = set()
        try:
            if stored.suffix not in READERS:
                raise ValueError(_unreadable(stored.suffix))
            for row, record in read_records(
                stored, self._columns.check, lambda note: self._note(stored.name, None, note)
            ):
                row = row and row + rows_before
                if isinstance(record, Mapping):
                    record = self._under_our_names(stored, row, record, layouts)
                try:
                    article = record if isinstance(record, str) else article_of(record)
                    language = other_language(article.document) if isinstance(article, Article) else None
                except ImportError as error:
                    article, language = _needs(error), None
                if language is not None:
                    self._first_aside = self._first_aside if self.set_aside else (stored.name, row)
                    self.set_aside[language] += 1
                    continue
                if isinstance(article, Article) and article.id in self._first:
                    article = again(article.id, *self._first[article.id])
                if isinstance(article, str):
                    self.faults.append(Fault(stored.name, row, article))
                    continue
                self._first[article.id] = (stored.name, row)
                if isinstance(record, Mapping) and (about := _about_day(record.get("date"))):
                    days.setdefault(about, []).append(row)
                yield article
        except ImportError as error:
            self.faults.append(Fault(stored.name, None, _needs(error)))
        except (ValueError, OSError) as error:
            self.faults.append(Fault(stored.name, None, str(error)))
        for note in sorted(layouts):
            self._note(stored.name, None, note)
        for about, rows in days.items():
            self._note(stored.name, rows[0], f"{about}: {counted(len(rows), 'row')}, the first of them this")

    def _under_our_names(
        self, stored: Stored, row: int | None, record: Mapping[str, object], layouts: set[str]
    ) -> Record:
        if stored.suffix in TABLES:
            found, note = self._columns.ours(record, f"{stored.inside}:{row}")
            layouts |= {note} if note else set()
            return found
        if row is not None:
            return record
        beside = self._beside.of(stored)
        return beside if isinstance(beside, str) else {**record, **beside}

    def _note(self, file: str, row: int | None, message: str) -> None:
        self.notes.append(Fault(file, row, message))


def _needs(error: ImportError) -> str:
    return f"it needs {error.name}: pip install 'arabic-discourse[formats]'"


def again(identity: str, file: str, row: int | None) -> str:
    """Say that an id stands twice, and where it stood first."""
    return f"article_id '{identity}' again; it was first in {file if row is None else f'{file}, row {row}'}"


def unread(metadata: str | Path | None, name: str) -> Fault:
    """Say that a file of which something is known was not among those read."""
    return Fault(str(metadata), None, f"file '{name}' is not among those read")


def _n_bytes(source: Path | FilePart) -> int:
    if isinstance(source, FilePart):
        return source.end - source.start
    with suppress(OSError):
        return source.stat().st_size
    return 0


def _sources(sources: Iterable[str | Path | FilePart], wrong: list[Fault]) -> list[tuple[Path | FilePart, str]]:
    """Find all files of all sources, or say of every source that is wrong what is wrong with it."""
    files: list[tuple[Path | FilePart, str]] = []
    given = list(sources)
    for source in given:
        try:
            files += [(source, source.inside)] if isinstance(source, FilePart) else _files(Path(source))
        except ValueError as error:
            wrong.append(Fault(str(source), None, str(error)))
    if not given:
        wrong.append(Fault("read_corpus", None, "no source given; give a file or a folder"))
    if wrong:
        raise CorpusError(wrong)
    return files


def _files(source: Path) -> list[tuple[Path, str]]:
    """Give the files of one source, each with its path inside it."""
    if source.is_file():
        suffix, packed = suffixes_of(source.name)
        if suffix not in SUFFIXES:
            raise ValueError(_unreadable(packed or suffix))
        return [(source, source.name)]
    if not source.is_dir():
        raise ValueError("there is no such file or folder")
    folder = source / "articles" if (source / "articles").is_dir() else source
    found = []
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in inside.parts):
            found.append((path, inside.as_posix()))
    if not found:
        raise ValueError(f"the folder holds no file; articles are read from {listed(SUFFIXES)}")
    return found


def _unreadable(suffix: str) -> str:
    kind = f"files ending in {suffix}" if suffix else "files without a suffix"
    return f"{kind} are not read; articles are read from {listed(SUFFIXES)}"


def _ignore(_: object) -> None: ...


def _bar(n_bytes: int) -> Any:
    from tqdm import tqdm

    # small corpora are read before it would show
    return tqdm(total=n_bytes, unit="B", unit_scale=True, delay=2, desc="reading")


# One article ----------------------------------------------------------------------------------------------------------


def article_of(record: Mapping[str, Any]) -> Article | str:
    """Make an article of one row under our names, or say what is wrong with it."""
    missing = [name for name in NEEDED if name not in record]
    if missing:
        found = listed(map(str, record)) or "none"
        return f"no {listed(missing)}; found: {found}; needed: {listed(NEEDED)}"
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
    title = title or ""
    before = len(title) + 1 if title else 0
    document = f"{title}\n{text}" if title else text
    quotations = tuple(Span(before + s, before + e, text[s:e]) for s, e in record.get("quotations", ()))
    boilerplate = find_boilerplate(document)
    return Article(identity, title, text, outlet, day, url, boilerplate, quotations)


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
    if is_broken(value):
        faults.append(f"{name} holds bytes or escapes that are no characters; save the file as UTF-8")
        return None
    return value


def _date(record: Mapping[str, object], faults: list[str]) -> date | None:
    value = record.get("date")
    if _is_blank(value) or lacks_day(value):
        return None
    try:
        day, _ = parse_date(value)
    except ValueError as error:
        faults.append(f"date is {_shown(value)}; {error}")
        return None
    return day


def _about_day(value: object) -> str:
    """Say what was made of a date that is not what it seems."""
    if lacks_day(value):
        return "dates without a day, kept as no date"
    if isinstance(value, str) and value.strip() and parse_date(value)[1]:
        return "Hijri dates, converted by the Umm al-Qura calendar"
    return ""


def _shown(value: object) -> str:
    if value is None:
        return "empty"
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


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
