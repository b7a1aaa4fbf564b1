"""The one bridge from attributions to tidy tables: their columns, their files, and what makes one wrong."""

from __future__ import annotations

import csv
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from discourse.attribution import Attribution
from discourse.corpus import Article, Corpus, Fault, article_of
from discourse.dates import lacks_day, parse_date
from discourse.languages import other_language
from discourse.layouts import Columns
from discourse.readers import long_cells
from discourse.schemas import Agreement, Column, TableError, find_faults, is_missing, looks_sound, plain_cells, shown

if TYPE_CHECKING:
    import pyarrow as pa

Cells = Mapping[str, Sequence[Any]]  # columns by name
Scores = dict[str, Sequence[Any]]  # columns to be added
SUFFIXES = (".jsonl", ".csv", ".parquet")


ARTICLE_COLUMNS = (
    Column("article_id", "text", "the article"),
    Column("title", "text", "its headline", may_be_empty=True),
    Column("text", "text", "what stands below the headline"),
    Column("outlet", "text", "who published it", may_be_empty=True),
    Column("date", "date", "when it was published", may_be_empty=True),
    Column("url", "text", "where it was published", may_be_empty=True),
)
ATTRIBUTION_COLUMNS = (
    Column("article_id", "text", "the article"),
    Column("outlet", "text", "who published it", may_be_empty=True),
    Column("date", "date", "when it was published", may_be_empty=True),
    Column("id", "text", "the attribution within its article"),
    Column(
        "type",
        "text",
        "how much of the content stands in quotation marks: all, some, none though verbatim, or none",
        values=("direct", "mixed", "unmarked", "indirect"),
    ),
    Column("cue", "text", "the words that attribute", may_be_empty=True),
    Column("source", "text", "the words naming who; None where the text names nobody", may_be_empty=True),
    Column("content", "text", "what is said; several pieces are joined by a space"),
    Column("speaker", "text", "the actor who speaks; None where it is none that is listed", may_be_empty=True),
    Column("camp", "text", "the speaker's camp in this study, or other", may_be_empty=True),
    Column("parent", "text", "id of the attribution whose content this one stands in", may_be_empty=True),
    Column("rule", "text", "the rule that found it"),
    Column("resolved_by", "text", "the clue that named the speaker", may_be_empty=True),
    Column("cue_lemma", "text", "dictionary form of the cue", may_be_empty=True),
    Column(
        "polarity",
        "text",
        "negative where the speaker is reported as not saying or as denying the content",
        values=("positive", "negative"),
    ),
    Column(
        "medium",
        "text",
        "how the words reached the outlet; None where the text does not tell",
        may_be_empty=True,
        values=("spoken", "written", "document", "media"),
    ),
    Column("addressee", "text", "the words naming to whom it was said", may_be_empty=True),
    Column("relayed_by", "text", "id of the attribution that passes this one on", may_be_empty=True),
    Column("anonymous", "flag", "whether the source is kept unnamed", may_be_empty=True),
    Column("confidence", "number", "share that was right among those found in the same way", may_be_empty=True),
    Column("cue_span", "span", "where the cue stands", may_be_empty=True),
    Column("source_span", "span", "where the source stands", may_be_empty=True),
    Column("content_spans", "spans", "where the pieces of the content stand, in their order"),
    Column("addressee_span", "span", "where the addressee stands", may_be_empty=True),
    Column("verbatim_spans", "spans", "the parts of the content in quotation marks", may_be_empty=True),
    Column(
        "between",
        "text",
        "the words between cue and content other than the source: of whom or to whom, when, where",
        may_be_empty=True,
    ),
    Column("between_span", "span", "where they stand", may_be_empty=True),
    Column(
        "position",
        "text",
        "where in the article it begins; the lead is the first paragraph, or its first sentence where it is the only one",
        may_be_empty=True,
        values=("headline", "lead", "body"),
    ),
)
# Files of version 0.1 are without these; they are read as empty.
_LATER = (
    *("medium", "addressee", "relayed_by", "anonymous", "confidence", "addressee_span", "verbatim_spans"),
    *("between", "between_span", "position"),
)
_SCORED = (  # columns that scores are made of
    *("article_id", "id", "type", "cue", "source", "content", "camp", "rule", "cue_lemma", "polarity"),
    *("cue_span", "content_spans", "between", "between_span", "act", "engagement", "sentiment"),
)
_WORDS = ("cue", "source", "content", "addressee", "between")  # columns that hold words of the article
SCORE_COLUMNS = (
    Column(
        "act",
        "text",
        "what the speaker is reported as doing",
        may_be_empty=True,
        values=(
            *(
                "assert",
                "think",
                "feel",
                "direct",
                "commit",
                "threaten",
                "warn",
                "praise",
                "criticise",
                "accuse",
                "ask",
            ),
        ),
    ),
    Column(
        "engagement",
        "text",
        "what the wording does with the truth of the content",
        may_be_empty=True,
        values=("acknowledge", "pronounce", "endorse", "distance", "deny"),
    ),
    Column("engagement_evidence", "spans", "the words that decided it", may_be_empty=True),
    *(
        Column(f"p_{engagement}", "number", "the probability of this engagement", may_be_empty=True)
        for engagement in ("acknowledge", "pronounce", "endorse", "distance", "deny")
    ),
    Column(
        "wording",
        "text",
        "whether the content is given in the speaker's words",
        may_be_empty=True,
        values=("verbatim", "partly", "paraphrase"),
    ),
    Column("scare_quotes", "spans", "words that the paper holds off by quotation marks", may_be_empty=True),
    Column(
        "naming",
        "text",
        "how the source is named; None without a source",
        may_be_empty=True,
        values=("title and name", "name", "title", "body", "group", "unnamed"),
    ),
    Column("voice", "text", "None where the cue is no verb", may_be_empty=True, values=("active", "passive")),
    Column("n_words", "number", "how many words the content has", may_be_empty=True),
    Column(
        "sentiment",
        "text",
        "of the content, as a reader of news would take it",
        may_be_empty=True,
        values=("negative", "neutral", "positive"),
    ),
    Column("sentiment_score", "number", "from -1, negative, to 1, positive", may_be_empty=True),
    Column("sentiment_evidence", "spans", "the words that decided it", may_be_empty=True),
    Column("stance", "sides", "support or oppose, for each camp that the content takes a side on", may_be_empty=True),
    Column("stance_evidence", "spans", "the words that decided it", may_be_empty=True),
    Column("frames", "labels", "the frames that the content invokes", may_be_empty=True),
    Column("frames_evidence", "spans", "the words that brought them up", may_be_empty=True),
    Column("axis", "text", "the seed words between whose poles the content is placed", may_be_empty=True),
    Column("axis_score", "number", "where, in standard deviations; above 0 towards the high end", may_be_empty=True),
    Column("axis_evidence", "spans", "the words that drew it there most", may_be_empty=True),
)
SCHEMA = {column.name: column for column in (*ATTRIBUTION_COLUMNS, *SCORE_COLUMNS)}

# A .jsonl row is named as attributions are exchanged: `cue` and its like are spans there, and texts in the table.
_IN_ROWS = {
    "cue": "cue_text",
    "source": "source_text",
    "content": "content_text",
    "cue_span": "cue",
    "source_span": "source",
    "content_spans": "content",
    "addressee": "addressee_text",
    "addressee_span": "addressee",
    "verbatim_spans": "verbatim",
}
_IN_TABLE = {name: column for column, name in _IN_ROWS.items()}
_SAID = tuple(  # by an attribution or its article, and no words or spans of the document
    SCHEMA[name]
    for name in (
        *("article_id", "outlet", "date", "id", "type", "speaker", "camp", "parent", "rule", "resolved_by"),
        *("cue_lemma", "polarity", "medium", "relayed_by", "anonymous", "confidence"),
    )
)


def articles_table(articles: Iterable[Article]) -> pd.DataFrame:
    """Make the table of articles, one a row, in the order given.

    Returns
    -------
    pandas.DataFrame
        The columns of `ARTICLE_COLUMNS`. Missing texts are None.

    Raises
    ------
    TableError
        An article is given twice.
    """
    given = list(articles)
    names = {column.name: "id" if column.name == "article_id" else column.name for column in ARTICLE_COLUMNS}
    table = _frame(
        {name: [getattr(article, attribute) or None for article in given] for name, attribute in names.items()}
    )
    check_articles(table)
    return table


def articles_from_table(table: pd.DataFrame, columns: Mapping[str, str] | None = None) -> Corpus:
    """Take articles out of a table in memory, as `read_corpus` takes them out of files.

    Parameters
    ----------
    table
        One article a row: `article_id`, `title` and `text`; `outlet`, `date` and `url` may be missing.
    columns
        What they are called, where they are called otherwise, as for `read_corpus`. With it only the text is needed; rows
        without an id are given their place.

    Returns
    -------
    Corpus
        The articles in the order of the rows; those that are not in Arabic are counted and left out.

    Raises
    ------
    TableError
        Anything in the table is wrong. What is in memory can be put right, so it is taken whole or not at all.
    """
    try:
        known = Columns(columns)
        known.check([str(name) for name in table.columns])
    except ValueError as error:
        raise TableError([str(error)], "table of articles") from None
    ours, _ = known.plan(frozenset(map(str, table.columns)))
    values: dict[str, list[Any]] = {
        name: list(table[theirs]) for name, theirs in ours.items() if theirs in table.columns
    }
    if columns:
        values = {"article_id": [str(row) for row in range(1, len(table) + 1)], "title": [None] * len(table), **values}
    for name in ("outlet", "date", "url"):
        values.setdefault(name, [None] * len(table))
    for name in ("article_id", "title", "outlet", "url"):
        if name in values:
            values[name] = [_text_cell(cell) for cell in values[name]]
    values["date"] = [_day_cell(cell) for cell in values["date"]]
    tidy = _frame({column.name: values[column.name] for column in ARTICLE_COLUMNS if column.name in values})
    check_articles(tidy)
    articles: list[Article] = []
    aside: Counter[str] = Counter()
    for record in tidy.astype(object).to_dict("records"):
        article = article_of({str(name): None if is_missing(cell) else cell for name, cell in record.items()})
        if isinstance(article, str):
            raise TableError([f"article '{record['article_id']}': {article}"], "table of articles")
        if language := other_language(article.document):
            aside[language] += 1
        else:
            articles.append(article)
    counts = ", ".join(f"{language} {number}" for language, number in aside.most_common())
    note = Fault("table of articles", None, f"not in Arabic and left out: {aside.total()} ({counts})")
    return Corpus(tuple(articles), notes=(note,) if aside else (), n_set_aside=aside.total())


def check_articles(table: pd.DataFrame, where: str = "table of articles") -> None:
    """Say everything that is wrong with a table of articles at once.

    Raises
    ------
    TableError
        Columns are missing, cells are not of their column's kind, or an id stands twice.
    """
    faults = find_faults(table, ARTICLE_COLUMNS, ("article_id", "title", "text"), ("article_id",))
    if faults:
        raise TableError(faults, where)


def _text_cell(cell: object) -> object:
    """Give None for an empty cell and text for a whole number, which serves as an id."""
    if is_missing(cell) or isinstance(cell, str) and not cell.strip():
        return None
    return str(cell) if isinstance(cell, int) and not isinstance(cell, bool) else cell


def _day_cell(cell: object) -> object:
    """Give the day of a date in any writing, and what is none as it is: the check says so."""
    if is_missing(cell) or isinstance(cell, str) and not cell.strip() or lacks_day(cell):
        return None
    try:
        return parse_date(cell)[0]
    except ValueError:
        return cell


def attributions_table(articles: Iterable[Article], attributions: Iterable[Attribution]) -> pd.DataFrame:
    """Make the tidy table of attributions, one a row, in the order given.

    Parameters
    ----------
    articles
        The articles that the attributions come from, each once.
    attributions
        What `find_attributions` or `resolve_speakers` returned for them.

    Returns
    -------
    pandas.DataFrame
        The columns of `ATTRIBUTION_COLUMNS`. Character k of piece i of `content` stands in the document at
        ``content_spans[i][0] + k``. Missing texts are None.

    Raises
    ------
    TableError
        An attribution is of no article given, its spans do not cover their texts there, its id stands twice, or its
        parent is none of its article's.
    """
    given = list(attributions)
    by_id: dict[str, Article] = {}
    faults: list[str] = []
    for article in articles:
        if article.id in by_id:
            faults.append(f"article '{article.id}' is given twice")
        by_id[article.id] = article
    documents = {name: article.document for name, article in by_id.items()}
    faults += _misplaced(given, documents)
    if faults:
        raise TableError(faults)
    values: dict[str, list[Any]] = {
        name: list(map(itemgetter(place), given)) for place, name in enumerate(Attribution._fields)
    }
    origins = [by_id[name] for name in values["article_id"]]
    values["outlet"] = [article.outlet for article in origins]
    values["date"] = [article.date for article in origins]
    for name in ("content", "verbatim"):
        values[f"{name}_spans"] = [[[start, end] for start, end, _ in pieces] for pieces in values[name]]
    values["content"] = [" ".join([text for _, _, text in pieces]) for pieces in values["content"]]
    for name in ("cue", "source", "addressee"):
        spans = values[name]
        values[f"{name}_span"] = [None if span is None else [span.start, span.end] for span in spans]
        values[name] = [None if span is None else span.text for span in spans]
    leads = {name: _lead_end(article, documents[name]) for name, article in by_id.items()}
    contexts = [
        _context(article, documents[article.id], leads[article.id], cue, source, content)
        for article, cue, source, content in zip(
            origins, values["cue_span"], values["source_span"], values["content_spans"], strict=True
        )
    ]
    for name in ("between", "between_span", "position"):
        values[name] = list(map(itemgetter(name), contexts))
    table = _frame({column.name: values[column.name] for column in ATTRIBUTION_COLUMNS})
    # words and spans are those of the documents; what articles and attributions say beside may be anything
    if not looks_sound({**values, "date": table["date"]}, _SAID, ("article_id", "id")):
        check_table(table)
    return table


def _misplaced(attributions: Sequence[Attribution], documents: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with attributions of documents, named by article: words that do not stand there, others not given."""
    ids = {(each.article_id, each.id) for each in attributions}
    for each in attributions:
        document = documents.get(each.article_id)
        if document is None:
            yield f"{_named(each)}: no such article is given"
            continue
        for span in (each.cue, each.source, each.addressee, *each.content, *each.verbatim):
            if span is None:
                continue
            start, end, text = span
            if not (0 <= start < end <= len(document) and document[start:end] == text):
                yield f"{_named(each)}: characters {start} to {end} of the document are not {text!r}"
        if not each.content:
            yield f"{_named(each)}: it has no content"
        for what, other in (("parent", each.parent), ("relayed_by", each.relayed_by)):
            if other is not None and (each.article_id, other) not in ids:
                yield f"{_named(each)}: its {what} '{other}' is no attribution of this article"


def _named(attribution: Attribution) -> str:
    return f"attribution '{attribution.id}' of article '{attribution.article_id}'"


_SENTENCE_END = re.compile(r"[.!?؟…](?=\s|$)")
_FARTHEST = 120  # characters between cue and content within which the object of the act is looked for


def _context(
    article: Article,
    document: str,
    lead_end: int,
    cue: Sequence[int] | None,
    source: Sequence[int] | None,
    content: Sequence[Sequence[int]],
) -> dict[str, Any]:
    """Say what stands between a cue and its content, and where in the article they stand."""
    between = _between(document, cue, source, content)
    begin = min([span[0] for span in (cue, source, *content) if span])
    return {
        "between": document[slice(*between)] if between else None,
        "between_span": between,
        "position": "headline" if begin < len(article.title) else "lead" if begin < lead_end else "body",
    }


def _between(
    document: str, cue: Sequence[int] | None, source: Sequence[int] | None, content: Sequence[Sequence[int]]
) -> list[int] | None:
    if cue is None or not 0 <= content[0][0] - cue[1] <= _FARTHEST + (source[1] - source[0] if source else 0):
        return None
    parts = [[cue[1], content[0][0]]]
    if source and cue[1] <= source[0] and source[1] <= content[0][0]:
        parts = [[source[1], content[0][0]], [cue[1], source[0]]]  # the object stands behind the subject
    for start, end in parts:
        words = document[start:end]
        kept = words.strip(_EDGES)
        if kept and "\n" not in words and not _SENTENCE_END.search(words):
            start += len(words) - len(words.lstrip(_EDGES))
            return [start, start + len(kept)]
    return None


_EDGES = " \t\u00a0،,:؛;\"'«»“”()-–—"


def _lead_end(article: Article, document: str) -> int:
    start = len(document) - len(document[len(article.title) :].lstrip())
    paragraph = document.find("\n", start)
    if paragraph >= 0:
        return paragraph
    sentence = _SENTENCE_END.search(document, start)
    return sentence.end() if sentence else len(document)


def coded_table(articles: Iterable[Article], rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Make the tidy table of attributions that readers coded.

    Parameters
    ----------
    articles
        The articles that were coded.
    rows
        What the readers found, as a study's gold holds it: spans without their texts.

    Returns
    -------
    pandas.DataFrame
        As from `attributions_table`, with the codes beside; `rule` is 'coded' where a row has none.

    Raises
    ------
    TableError
        A row is of no article given or is not as the columns want it.
    """
    by_id = {article.id: article for article in articles}
    leads = {article.id: _lead_end(article, article.document) for article in by_id.values()}
    filled = []
    faults = []
    for row in rows:
        article = by_id.get(row["article_id"])
        if article is None:
            faults.append(f"attribution '{row['id']}' of article '{row['article_id']}': no such article is given")
            continue
        document = article.document
        texts = {key: row.get(key) and document[slice(*row[key])] for key in ("cue", "source", "addressee")}
        filled.append(
            {
                **dict.fromkeys(("speaker", "camp", "parent", "resolved_by", "cue_lemma")),
                "rule": "coded",
                "polarity": "negative" if row.get("engagement") == "deny" else "positive",
                **row,
                "outlet": article.outlet,
                "date": article.date and article.date.isoformat(),
                "cue_text": texts["cue"],
                "source_text": texts["source"],
                "addressee_text": texts["addressee"],
                "content_text": " ".join(document[start:end] for start, end in row["content"]),
                **_context(article, document, leads[article.id], row.get("cue"), row.get("source"), row["content"]),
            }
        )
    if faults:
        raise TableError(faults)
    return _from_rows(filled, "coded attributions")


def check_table(table: pd.DataFrame, where: str = "table of attributions", *, may_be_redacted: bool = False) -> None:
    """Say everything that is wrong with a table of attributions at once.

    Parameters
    ----------
    table
        Any table that is meant to have the columns of `attributions_table`.
    where
        Name of the table or file for the message.
    may_be_redacted
        Whether it may be without its texts, as `redact` leaves it.

    Raises
    ------
    TableError
        Columns are missing or cells are not of their column's kind, ids stand twice, or texts and spans disagree.
    """
    needed = _needed(table.columns if may_be_redacted else ())
    faults = find_faults(table, tuple(SCHEMA.values()), needed, ("article_id", "id"), _AGREEMENTS)
    if faults:
        raise TableError(faults, where)


def _needed(names: Iterable[str]) -> list[str]:
    """Columns that a table must have: all of them, or all but the texts where those it has show that it was redacted."""
    has = set(names)
    redacted = "content_spans" in has and has.isdisjoint(_WORDS)
    return [column.name for column in ATTRIBUTION_COLUMNS if not (redacted and column.name in _WORDS)]


def _covers(text: str | None, span: Sequence[int] | None) -> bool:
    return (text is None) == (span is None) and (text is None or span is None or len(text) == span[1] - span[0])


def _agreement(name: str) -> Agreement:
    def message(text: str | None, span: Sequence[int] | None) -> str:
        return f"{name} {shown(text)} and {name}_span {shown(span)} disagree"

    return Agreement((name, f"{name}_span"), _covers, message)


_AGREEMENTS = (
    *map(_agreement, ("cue", "source", "addressee")),
    Agreement(
        ("content", "content_spans"),
        lambda text, spans: len(text) == sum(end - start for start, end in spans) + len(spans) - 1,
        lambda text, spans: f"content has {len(text)} characters; content_spans {shown(spans)} have others",
    ),
)


def attribution_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Give a table as rows for exchange: the lines of a .jsonl file.

    Returns
    -------
    list of dict
        Every column of the table. `cue`, `source` (spans or None) and `content` (a list of spans) are [start, end] in
        the document, title + line break + text; the words themselves are `cue_text`, `source_text` and
        `content_text`. Dates are written as 2022-01-06.
    """
    cells = [_row_cells(table[name]) for name in table.columns]
    names = [_IN_ROWS.get(name, name) for name in table.columns]
    order = {name: place for place, name in enumerate(_ROW_ORDER)}
    sequence = sorted(range(len(names)), key=lambda n: order.get(names[n], len(order)))
    return [{names[n]: row[n] for n in sequence} for row in zip(*cells, strict=True)]


_ROW_ORDER = (
    *("article_id", "outlet", "date", "id", "type", "cue", "source", "content", "speaker", "camp", "parent"),
    *("act", "engagement", "sentiment", "stance", "frames", "rule", "resolved_by", "cue_lemma", "polarity"),
    *("medium", "addressee", "verbatim", "relayed_by", "anonymous", "confidence"),
    *("cue_text", "source_text", "content_text", "addressee_text"),
)


def write_table(table: pd.DataFrame, path: str | Path) -> None:
    """Write a table of attributions as .jsonl, .csv or .parquet, whole or not at all.

    `read_table` gives back the same table. In CSV, lists stand as JSON, dates as 2022-01-06, and a text that a
    spreadsheet would take for a formula (one that begins with ``= + - @``, a tab or a line break) has an apostrophe before
    it, as has one that begins with an apostrophe; the file begins with a byte order mark, by which spreadsheets know
    UTF-8. Columns that are none of `SCHEMA` are kept as they are in .jsonl and .parquet; from CSV they come back as texts.
    The index is not kept. What `redact` leaves of a table is written too, without any word of an article.

    Raises
    ------
    TableError
        The table is not one of attributions, or the suffix is another.
    OSError
        The file cannot be written.
    """
    path = Path(path)
    suffix = _suffix(path)
    check_table(table, may_be_redacted=True)
    with replacing(path) as part:
        if suffix == ".jsonl":
            with part.open("w", encoding="utf-8", newline="") as file:
                for row in attribution_rows(table):
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
        elif suffix == ".csv":
            with part.open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(table.columns)
                writer.writerows(zip(*(map(cell_text, _row_cells(table[name])) for name in table.columns), strict=True))
        else:
            import pyarrow.parquet as pq

            pq.write_table(arrow_table(table), part)


def read_table(path: str | Path) -> pd.DataFrame:
    """Read a table of attributions that `write_table` wrote.

    Columns that version 0.1 did not have (`medium`, `addressee`, `relayed_by`, `anonymous`, `confidence`,
    `verbatim_spans`) are empty where its files are read.

    Raises
    ------
    TableError
        There is no such file, its suffix is another, or it holds no table of attributions.
    """
    path = Path(path)
    suffix = _suffix(path)
    if not path.is_file():
        raise TableError(["there is no such file"], str(path))
    if suffix == ".parquet":
        table = _read_parquet(path)
    elif suffix == ".csv":
        table = _read_csv(path)
    else:
        try:
            rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
        except ValueError as error:
            raise TableError([f"not a file of JSON rows ({error})"], str(path)) from None
        if not all(isinstance(row, dict) for row in rows):
            raise TableError(["each line must hold one attribution as a JSON object"], str(path))
        return _from_rows(rows, str(path))
    check_table(table, str(path), may_be_redacted=True)
    return table


def _from_rows(rows: Sequence[Mapping[str, Any]], where: str) -> pd.DataFrame:
    names = dict.fromkeys(name for row in rows for name in row)
    if not rows:
        names = dict.fromkeys(_IN_ROWS.get(column.name, column.name) for column in ATTRIBUTION_COLUMNS)
    needed = _needed(_IN_TABLE.get(name, name) for name in names)
    older = (_IN_ROWS.get(name, name) for name in needed if name not in _LATER)
    missing = [name for name in older if name not in names]
    if missing:
        raise TableError([f"rows without {', '.join(missing)}; found: {', '.join(names)}"], where)
    names |= dict.fromkeys(_IN_ROWS.get(name, name) for name in _LATER if name in needed)
    values = {_IN_TABLE.get(name, name): [row.get(name) for row in rows] for name in names}
    table = _frame({name: values[name] for name in (*(n for n in SCHEMA if n in values), *values)})
    check_table(table, where, may_be_redacted=True)
    return table


def redact(table: pd.DataFrame) -> pd.DataFrame:
    """Leave out every text of the articles, since news may seldom be handed on: ids, spans, labels and scores remain.

    `write_table` and `read_table` take what is left; `restore_texts` puts the texts back where the articles are at hand.
    """
    return table.drop(columns=[name for name in _WORDS if name in table.columns])


def restore_texts(table: pd.DataFrame, articles: Iterable[Article]) -> pd.DataFrame:
    """Put the texts of the articles back into a table that `redact` took them out of.

    Raises
    ------
    TableError
        A row is of no article given, or has spans that its article does not have.
    """
    documents = {article.id: article.document for article in articles}
    faults = []
    texts: dict[str, list[str | None]] = {name: [] for name in _WORDS}
    single = [name for name in _WORDS if name != "content"]
    named = ["article_id", "id", "content_spans", *(f"{name}_span" for name in single)]
    for article, identity, pieces, *cells in zip(*(table[name] for name in named), strict=True):
        document = documents.get(article)
        given = [*pieces, *(span for span in cells if span is not None)]
        if document is None or any(end > len(document) for _, end in given):
            why = "no such article is given" if document is None else f"its article has {len(document)} characters"
            faults.append(f"attribution '{identity}' of article '{article}': {why}")
            continue
        for name, span in zip(single, cells, strict=True):
            texts[name].append(None if span is None else document[slice(*span)])
        texts["content"].append(" ".join(document[start:end] for start, end in pieces))
    if faults:
        raise TableError(faults)
    whole = table.assign(**{name: pd.Series(cells, index=table.index, dtype=object) for name, cells in texts.items()})
    known = [name for name in SCHEMA if name in whole.columns]
    whole = whole[[*known, *(name for name in whole.columns if name not in SCHEMA)]]
    check_table(whole)
    return whole


def days(table: pd.DataFrame) -> list[date | None]:
    """Give the day of each row of a table, None where it has none."""
    return plain_cells(pd.to_datetime(table["date"]).dt.date) if "date" in table else [None] * len(table)


def cells_of(table: pd.DataFrame) -> Cells:
    """Give the columns of a table that scores are made of."""
    return {name: table[name].tolist() for name in _SCORED if name in table}


def with_columns(table: pd.DataFrame, columns: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """Give a copy of a table with columns of the schema added, or replaced where the table has them."""
    kinds = {name: float if SCHEMA[name].kind == "number" else object for name in columns}
    series = {name: pd.Series(cells, table.index, kinds[name]) for name, cells in columns.items()}
    added = pd.DataFrame(series, table.index)
    replaced = {name: added.pop(name) for name in columns if name in table}
    added.attrs = table.attrs  # pandas keeps only what all have
    return pd.concat([table.assign(**replaced), added], axis=1)  # at once: column by column takes four times as long


def in_document(start: int, end: int, pieces: Sequence[Sequence[int]]) -> list[int] | None:
    """Where characters of a content (its pieces joined by one space) stand in the document."""
    offset = 0
    for piece_start, piece_end in pieces:
        length = piece_end - piece_start
        if start < offset + length:
            begin = piece_start + start - offset
            return [begin, min(begin + end - start, piece_end)]
        offset += length + 1
    return None


# Cells ----------------------------------------------------------------------------------------------------------------


def _with_later(values: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Add the columns that an older file lacks, empty and in their places; a file that lacks others too stays as it is."""
    older = [column.name for column in ATTRIBUTION_COLUMNS if column.name not in _LATER]
    if not all(name in values for name in older):
        return values
    rows = len(values["id"])
    filled = {**{name: [None] * rows for name in _LATER}, **values}
    return {name: filled[name] for name in (*(c.name for c in ATTRIBUTION_COLUMNS), *values)}


def _frame(values: Mapping[str, Sequence[Any]]) -> pd.DataFrame:
    """Make a table with the types that the schema wants, whatever it is given."""
    rows = pd.RangeIndex(len(next(iter(values.values()), ())))  # of all columns: pandas aligns them otherwise
    columns = {
        name: _series(cells, SCHEMA[name].kind if name in SCHEMA else "", rows) for name, cells in values.items()
    }
    return pd.DataFrame(columns, rows)


def _series(cells: Sequence[Any], kind: str, rows: pd.Index[Any]) -> pd.Series[Any]:
    plain = plain_cells(cells)
    try:
        if kind == "date":
            return pd.Series(pd.to_datetime(pd.Series(plain, rows, dtype=object))).astype("datetime64[us]")
        if kind == "number":
            return pd.Series([None if cell is None else float(cell) for cell in plain], rows, dtype=float)
        if kind == "flag":
            return pd.Series(plain, rows, dtype="boolean")
    except (ValueError, TypeError):
        pass  # check_table says what is wrong with it
    as_it_is = kind or all(cell is None or isinstance(cell, str) for cell in plain)
    return pd.Series(plain, rows, dtype=object) if as_it_is else pd.Series(cells, rows)


def _row_cells(column: pd.Series[Any]) -> list[Any]:
    """Give the cells of one column as JSON can hold them."""
    return [_row_cell(cell) for cell in column]


def _row_cell(cell: Any) -> Any:
    if is_missing(cell):
        return None
    if isinstance(cell, pd.Timestamp):
        return cell.date().isoformat() if cell == cell.normalize() else cell.isoformat()
    return cell.item() if hasattr(cell, "item") else cell


# A spreadsheet takes a cell that begins so for a formula, in its full-width forms as well.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def cell_text(cell: Any) -> str:
    """Write a cell so that no spreadsheet takes it for a formula: an apostrophe stands before what begins like one."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if not cell or cell.startswith((*_FORMULA, "'")) else cell
    return repr(cell) if isinstance(cell, float) else json.dumps(cell, ensure_ascii=False)


def _read_csv(path: Path) -> pd.DataFrame:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file, long_cells():
            header, *rows = list(csv.reader(file, strict=True)) or [[]]
    except (csv.Error, UnicodeDecodeError) as error:
        raise TableError([f"not a readable CSV file ({error})"], str(path)) from None
    faults = [
        f"row {number}: {len(row)} cells where the header has {len(header)}"
        for number, row in enumerate(rows, 2)
        if len(row) != len(header)
    ]
    if faults:
        raise TableError(faults, str(path))
    values: dict[str, list[Any]] = {}
    for place, name in enumerate(header):
        cells = [row[place] for row in rows]
        kind = SCHEMA[name].kind if name in SCHEMA else "text"
        if kind in ("text", "date", "number"):
            values[name] = [cell.removeprefix("'") if cell else None for cell in cells]
        else:
            values[name] = [_from_json(cell) if cell else None for cell in cells]
    return _frame(_with_later(values))


def _from_json(cell: str) -> Any:
    try:
        return json.loads(cell)
    except ValueError:
        return cell  # check_table says what is wrong with it


# Files ----------------------------------------------------------------------------------------------------------------


def _suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise TableError([f"tables are written and read as {', '.join(SUFFIXES)}, not as '{path.suffix}'"], str(path))
    return suffix


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a file beside the path to write, which takes its place when all went well and is on the disk."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@cache
def _parquet_type(kind: str) -> pa.DataType:
    import pyarrow as pa

    span = pa.list_(pa.int64())
    return {
        "text": pa.string(),
        "date": pa.timestamp("us"),
        "number": pa.float64(),
        "flag": pa.bool_(),
        "span": span,
        "spans": pa.list_(span),
        "labels": pa.list_(pa.string()),
        "sides": pa.map_(pa.string(), pa.string()),
    }[kind]


def arrow_table(table: pd.DataFrame) -> pa.Table:
    """Give a table of attributions, or some of its columns, with the types that its Parquet files have."""
    import pyarrow as pa

    arrays = []
    for name in table.columns:
        kind = SCHEMA[name].kind if name in SCHEMA else ""
        cells: Any = table[name].to_numpy() if kind else plain_cells(table[name])
        if kind == "sides":
            cells = [None if is_missing(cell) else list(cell.items()) for cell in cells]
        arrays.append(pa.array(cells, _parquet_type(kind) if kind else None, from_pandas=True))
    return pa.table(arrays, names=[str(name) for name in table.columns])


def table_from_arrow(stored: pa.Table) -> pd.DataFrame:
    """Give the table of attributions that `arrow_table` made such a table of."""
    values = {name: stored.column(name).to_pylist() for name in stored.column_names}
    if "stance" in values:
        values["stance"] = [None if cell is None else dict(cell) for cell in values["stance"]]
    return _frame(_with_later(values))


def _read_parquet(path: Path) -> pd.DataFrame:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return table_from_arrow(pq.ParquetFile(path).read())
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        said = str(error).partition("\n")[0] or type(error).__name__
        raise TableError([f"not a readable parquet file ({said})"], str(path)) from None
