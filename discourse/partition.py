"""The step that is done for every part of a corpus: a table of articles in, a table of attributions out."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pandas as pd

from discourse.analysis import analyse
from discourse.boilerplate import find_boilerplate
from discourse.corpus import Article
from discourse.speakers import Camps
from discourse.text import Span

COLUMNS = ("article_id", "title", "text", "outlet", "date", "url", "quotations")


class ArticleSkipped(UserWarning):
    """An article that could not be analysed, and why."""


def analyse_partition(articles: pd.DataFrame, camps: Camps | None = None) -> pd.DataFrame:
    """Analyse the articles of one table: the step to hand to Dask, Spark or a job array.

    Parameters
    ----------
    articles
        `article_id`, `title` and `text`; `outlet`, `date` and `url` may be missing.
    camps
        As in `analyse`.

    Returns
    -------
    pandas.DataFrame
        What `analyse` returns for them. An article that cannot be analysed is left out, with a warning `ArticleSkipped`.
    """
    rows, skipped = analysed(articles_of(articles), camps)
    for identity, reason in skipped.items():
        warnings.warn(f"article '{identity}': {reason}", ArticleSkipped, stacklevel=2)
    return rows


def articles_of(table: pd.DataFrame) -> list[Article]:
    """Make articles of a table that holds them."""
    found = []
    columns: list[list[Any]] = [list(table[name]) if name in table else [None] * len(table) for name in COLUMNS]
    for row in zip(*columns, strict=True):
        cells: list[Any] = [None if _is_empty(cell) else cell for cell in row]
        identity, title, text, outlet, day, url, quotations = cells
        before = len(title) + 1 if title else 0
        document = f"{title}\n{text}" if title else text
        quoted = tuple(Span(before + s, before + e, text[s:e]) for s, e in (() if quotations is None else quotations))
        day = day.date() if isinstance(day, pd.Timestamp) else day
        marked = find_boilerplate(document)
        found.append(Article(str(identity), title or "", text, outlet, day, url, marked, quoted))
    return found


def _is_empty(cell: Any) -> bool:
    return cell is None or cell is pd.NaT or cell is pd.NA or isinstance(cell, float)


def analysed(articles: Sequence[Article], camps: Camps | None) -> tuple[pd.DataFrame, dict[str, str]]:
    """Analyse articles together; where that fails, one by one, so that one costs no other."""
    with suppress(Exception):
        return analyse(articles, camps), {}
    tables, skipped = [analyse([], camps)], {}
    for article in articles:
        try:
            tables.append(analyse([article], camps))
        except Exception as error:  # noqa: BLE001 — whatever it is, it must cost no other article
            skipped[article.id] = f"it could not be analysed ({type(error).__name__}: {error})"
    rows = [table for table in tables if len(table)] or tables[:1]
    return pd.concat(rows, ignore_index=True), skipped
