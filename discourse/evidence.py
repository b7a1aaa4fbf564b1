"""From a number back to the sentences: the statements behind an estimate, and a word in its contexts.

Both views are static HTML: right to left, without script, style sheet or remote resource, so that they survive
nbconvert, a repository's preview and print. Every text is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any

import pandas as pd

from discourse.corpus import Article
from discourse.languages import RIGHT_TO_LEFT, Language, words_in
from discourse.lexicon import Word, load_language
from discourse.speakers import OTHER, Camps, default_camps
from discourse.text import tokens

_AROUND = 160  # characters of the article shown on either side of a statement
_BOX = "direction:rtl;text-align:right;line-height:1.9;max-width:60em;color:inherit;overflow-wrap:anywhere"
_CELL = "padding:0.15em 0.5em;border:0;border-bottom:1px solid #80808060;vertical-align:top"


class EvidenceError(ValueError):
    """What cannot be shown, and why."""


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """A view for notebooks and pages, and the table that it shows."""

    html: str
    table: pd.DataFrame

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        """Give the table as a console shows it."""
        return self.table.to_string(index=False)


def show_evidence(
    rows: pd.DataFrame,
    articles: Iterable[Article] = (),
    camps: Camps | None = None,
    *,
    most: int = 50,
    language: Language = "en",
) -> EvidenceView:
    """Show statements one by one, each to be opened onto the passage where it stands.

    Parameters
    ----------
    rows
        Rows of a table of attributions, for instance those behind an estimate: ``rows_behind(table, estimate)``.
    articles
        The articles that they come from; without them a statement opens onto its own words only.
    camps
        The study's camps, whose labels are shown; Moscow, Washington and Astana where none are given.
    most
        How many statements are shown, in the order of the rows. The heading says how many there are.
    language
        Language of headings and labels.

    Returns
    -------
    EvidenceView
        A closed ``<details>`` a statement: outlet, date, camp, source and cue in its summary; open, the passage with the
        content marked. `table` holds the rows shown.

    Raises
    ------
    EvidenceError
        The rows are none of attributions, or a span reaches beyond its article.
    """
    camps = camps or default_camps()
    words = words_in(language)
    _check_columns(rows, ("article_id", "id", "cue", "source", "content", "camp", "outlet", "date", "content_spans"))
    documents = {article.id: article.document for article in articles}
    shown = rows.head(most)
    parts = [words["behind"].format(n=len(rows))]
    if len(rows) > most:
        parts.append(words["shown"].format(most=most))
    lines = [_paragraph("، ".join(parts) if language == "ar" else "; ".join(parts), language)]
    for row in shown.to_dict("records"):
        passage = _passage(row, documents)
        facts = (row["outlet"], _day(row["date"]), _camp(row["camp"], camps, words, language))
        about = " · ".join(f"<bdi>{escape(str(fact))}</bdi>" for fact in facts if not _missing(fact))
        source = escape(row["source"]) if not _missing(row["source"]) else escape(words["no_source"])
        cue = f" <b>{escape(row['cue'])}</b>" if not _missing(row["cue"]) else ""
        lines.append(
            f'<details style="margin-block:0.2em"><summary>{about} · <bdi>{source}</bdi>{cue}</summary>'
            f'<p style="text-align:right;margin:0.3em 1.5em">{passage}</p></details>'
        )
    return EvidenceView(_box(lines), shown)


def concordance(
    table: pd.DataFrame,
    pattern: str,
    *,
    width: int = 60,
    most: int = 200,
    language: Language = "en",
) -> EvidenceView:
    """Show a word or phrase in its contexts within the contents of a table of attributions.

    Spelling variants that folding joins (diacritics, hamza, tatweel, ة and ه, ى and ي) and the clitics و ف ب ل ك ال س
    make no difference: اتفاق finds وبالاتّفاق; other endings are other words. What stands before the match is on its right, what follows on its left.

    Parameters
    ----------
    table
        A table of attributions.
    pattern
        One word or several that follow each other.
    width
        Characters of context on either side.
    most
        How many lines are shown; `table` of the view holds all.
    language
        Language of headings.

    Returns
    -------
    EvidenceView
        Its `table` has a row a match: `article_id`, `id`, `outlet`, `camp`, `before`, `match`, `after`, and `start` and
        `end` of the match in the document; these are None where a match runs over two pieces of content.

    Raises
    ------
    EvidenceError
        The table is none of attributions, or the pattern holds no word.
    """
    _check_columns(table, ("article_id", "id", "outlet", "camp", "content", "content_spans"))
    analyse = load_language().word
    wanted = [analyse(form).form for form in tokens(pattern)[0] if form[0].isalnum()]
    if not wanted:
        raise EvidenceError(f"The pattern {pattern!r} holds no word; give one, or several that follow each other.")
    found: list[dict[str, Any]] = []
    holders = 0
    for row in table[["article_id", "id", "outlet", "camp", "content", "content_spans"]].to_dict("records"):
        content = row.pop("content")
        spans = row.pop("content_spans")
        matches = _matches(content, wanted)
        holders += bool(matches)
        for start, end in matches:
            place = _in_document(start, end, spans)
            found.append(
                {
                    **{str(name): cell for name, cell in row.items()},
                    "before": content[max(0, start - width) : start],
                    "match": content[start:end],
                    "after": content[end : end + width],
                    "start": place[0] if place else None,
                    "end": place[1] if place else None,
                }
            )
    columns = ["article_id", "id", "outlet", "camp", "before", "match", "after", "start", "end"]
    lines = pd.DataFrame(found, columns=columns).astype({"start": "Int64", "end": "Int64"})
    words = words_in(language)
    heading = words["found"].format(n=holders, total=len(table), pattern=f"«{pattern}»", places=len(lines))
    if len(lines) > most:
        heading += ("، " if language == "ar" else "; ") + words["shown"].format(most=most)
    return EvidenceView(_box([_paragraph(heading, language), _lines_of(lines.head(most), words)]), lines)


# Matching -------------------------------------------------------------------------------------------------------------


def _matches(content: str, wanted: Sequence[str]) -> list[tuple[int, int]]:
    """Where the wanted words stand one behind another; marks between them do not part them."""
    forms, starts, ends = tokens(content)
    analyse = load_language().word
    spoken = [
        (analyse(form), start, end) for form, start, end in zip(forms, starts, ends, strict=True) if form[0].isalnum()
    ]
    found = []
    for place in range(len(spoken) - len(wanted) + 1):
        window = spoken[place : place + len(wanted)]
        if all(_is(word, form) for (word, _, _), form in zip(window, wanted, strict=True)):
            found.append((window[0][1], window[-1][2]))
    return found


def _is(word: Word, form: str) -> bool:
    return form == word.form or form in word.bases


def _in_document(start: int, end: int, spans: Sequence[Sequence[int]]) -> tuple[int, int] | None:
    """Offsets of the document for offsets of the content, whose pieces are joined by a space."""
    at = 0
    for first, last in spans:
        length = last - first
        if start >= at and end <= at + length:
            return first + start - at, first + end - at
        at += length + 1
    return None


# HTML -----------------------------------------------------------------------------------------------------------------


def _passage(row: Mapping[Any, Any], documents: dict[str, str]) -> str:
    """The statement marked in its passage; its own words where the article is not at hand."""
    document = documents.get(row["article_id"])
    if document is None:
        return f"<mark>{escape(row['content'])}</mark>"
    spans = sorted((int(start), int(end)) for start, end in row["content_spans"])
    if spans[-1][1] > len(document):
        raise EvidenceError(
            f"Attribution '{row['id']}' ends at character {spans[-1][1]}; the document of article '{row['article_id']}' "
            f"has {len(document)}."
        )
    begin, end = max(0, spans[0][0] - _AROUND), min(len(document), spans[-1][1] + _AROUND)
    edges = [begin, *(offset for span in spans for offset in span), end]
    parts = []
    for number, (start, stop) in enumerate(pairwise(edges)):
        words = escape(document[start:stop]).replace("\n", "<br>")
        parts.append(f"<mark>{words}</mark>" if number % 2 else words)
    return ("… " if begin else "") + "".join(parts) + (" …" if end < len(document) else "")


def _lines_of(lines: pd.DataFrame, words: dict[str, str]) -> str:
    heads = "".join(
        f'<th style="{_CELL};text-align:{side}">{escape(words[name])}</th>'
        for name, side in (("before", "left"), ("match", "center"), ("after", "right"))
    )
    body = []
    for row in lines.to_dict("records"):
        where = f"{row['article_id']} · {row['outlet']}" if not _missing(row["outlet"]) else row["article_id"]
        body.append(
            f'<tr title="{escape(str(where))}"><td dir="rtl" style="{_CELL};text-align:left">{escape(row["before"])}</td>'
            f'<td style="{_CELL};text-align:center;white-space:nowrap"><b>{escape(row["match"])}</b></td>'
            f'<td dir="rtl" style="{_CELL};text-align:right">{escape(row["after"])}</td></tr>'
        )
    return f'<table dir="rtl" style="border-collapse:collapse"><tr>{heads}</tr>\n' + "\n".join(body) + "</table>"


def _paragraph(text: str, language: str) -> str:
    side = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    return f'<p dir="{side}" lang="{language}" style="text-align:start;margin-block:0.4em">{escape(text)}</p>'


def _box(lines: Iterable[str]) -> str:
    return f'<div dir="rtl" lang="ar" style="{_BOX}">\n' + "\n".join(lines) + "\n</div>"


def _camp(camp: object, camps: Camps, words: dict[str, str], language: str) -> str:
    name = OTHER if _missing(camp) else str(camp)
    return camps.labels[name][language] if name in camps.labels else words.get(name, name)


def _day(value: object) -> str | None:
    return None if _missing(value) else str(value)[:10]


def _missing(cell: object) -> bool:
    return cell is None or cell is pd.NaT or cell is pd.NA or isinstance(cell, float)


def _check_columns(table: pd.DataFrame, wanted: Sequence[str]) -> None:
    absent = [name for name in wanted if name not in table.columns]
    if absent:
        raise EvidenceError(f"The table has no column {', '.join(absent)}; a table of attributions is wanted.")
