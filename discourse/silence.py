"""Measure silence: how often an actor is talked about and not heard.

Who is quoted is half of a paper's choice. The other half is whom it writes about without letting them speak, and no count
of quotations shows that. An article is silent about an actor where it names the actor and attributes no words to them.

References
----------
van Dijk, T. A. (1988). News as Discourse. Erlbaum, on access to the news as a source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import pandas as pd

from discourse.clusters import EstimateError
from discourse.corpus import Article
from discourse.estimates import share_by
from discourse.lexicon import load_language
from discourse.mentions import find_mentions
from discourse.provenance import recorded
from discourse.speakers import OTHER, Camps, default_camps
from discourse.voices import Voice


@recorded
def mentions_without_voice(
    articles: Iterable[Article],
    table: pd.DataFrame,
    by: Literal["camp", "speaker"] = "camp",
    *,
    camps: Camps | None = None,
    cluster: str | Sequence[str] | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Share of the articles about an actor, or a camp, that attribute no words to it.

    Parameters
    ----------
    articles
        The articles that the table comes from, those without any attribution as well.
    table
        One row per attribution, as `attributions_table` returns it.
    by
        ``"camp"``, or ``"speaker"`` for each listed actor.
    camps
        The study's camps, the same that speakers were resolved with; Moscow, Washington and Astana where none are given.
    cluster, seed
        As in `share_by`.

    Returns
    -------
    pandas.DataFrame
        The column `by`, then `count` (articles that are silent about it), `n` (articles that name or quote it),
        `n_articles`, `n_outlets`, `estimate` in [0, 1], `ci_low`, `ci_high` (95 %), `method`, `corrected`.

    Raises
    ------
    EstimateError
        If `by` is neither, a column is missing, attributions are of articles that are not given, or no article names
        anybody listed.

    Notes
    -----
    What counts as naming is `find_mentions`: listed names, and for camps a nation's adjective too. A capital behind a
    preposition of place is a city and no actor (في موسكو). An actor who is named by a description only is overlooked, so the
    number of articles is a lower bound.
    """
    if by not in ("camp", "speaker"):
        raise EstimateError(f"Silence is measured of a camp or a speaker, not of {by!r}.")
    absent = [repr(name) for name in ("article_id", by) if name not in table]
    if absent:
        raise EstimateError(f"The table has no column {', '.join(absent)}.")
    camps = camps or default_camps()
    heard = {article: set(part) for article, part in table.dropna(subset=[by]).groupby("article_id")[by]}
    given = {article.id: article for article in articles}
    unknown = sorted(set(table["article_id"]) - set(given))
    if unknown:
        raise EstimateError(f"{len(unknown)} articles of the table are not given, first {unknown[0]!r}.")
    named = {article.id: _named(article, by, camps) for article in given.values()}
    listed = set().union(*named.values()) if named else set()
    rows = [
        {
            "article_id": article.id,
            "outlet": article.outlet,
            "date": article.date,
            by: actor,
            "voice": "heard" if actor in heard.get(article.id, ()) else "silent",
        }
        for article in given.values()
        for actor in sorted((named[article.id] | heard.get(article.id, set())) & listed)
    ]
    if not rows:
        raise EstimateError("No article names anybody who is listed; nothing to estimate.")
    found = share_by(pd.DataFrame(rows), "voice", within=by, cluster=cluster, seed=seed)
    silent = found[found["voice"] == "silent"]
    if silent.empty:  # nobody is ever passed over: what is left of everybody's being heard
        low, high = 1 - found["ci_high"], 1 - found["ci_low"]
        silent = found.assign(count=0, estimate=0.0, ci_low=low, ci_high=high)
    return silent.drop(columns=["voice", "n_missing"]).reset_index(drop=True)


def mentions_behind(
    articles: Iterable[Article], table: pd.DataFrame, estimate: pd.Series, *, camps: Camps | None = None
) -> pd.DataFrame:
    """Where the articles behind one row of `mentions_without_voice` name the actor, and whether they let it speak.

    Parameters
    ----------
    articles, table, camps
        As they were passed to `mentions_without_voice`.
    estimate
        One row of it.

    Returns
    -------
    pandas.DataFrame
        One row per mention: `article_id`, `outlet`, `date`, `text` (the words that name the actor), `start`, `end` (offsets
        into the article's document, end exclusive), `heard` (whether the article attributes words to it). Articles that
        quote the actor and do not name it have none.

    Raises
    ------
    EstimateError
        If the row is not one of `mentions_without_voice`, or the table lacks its column.
    """
    by = next((name for name in ("camp", "speaker") if name in estimate.index), None)
    if by is None or by not in table:
        raise EstimateError(
            "The row must be of mentions_without_voice, and the table hold its column: camp or speaker."
        )
    actor, camps = estimate[by], camps or default_camps()
    heard = set(table.loc[table[by] == actor, "article_id"])
    rows = [
        (article.id, article.outlet, article.date, article.document[start:end], start, end, article.id in heard)
        for article in articles
        for named, start, end in _mentions(article, by, camps)
        if named == actor
    ]
    return pd.DataFrame(rows, columns=["article_id", "outlet", "date", "text", "start", "end", "heard"])


def _named(article: Article, by: str, camps: Camps) -> set[str]:
    """Slugs or camps of the listed actors that an article names."""
    return {named for named, _, _ in _mentions(article, by, camps)}


def _mentions(article: Article, by: str, camps: Camps) -> Iterator[tuple[str, int, int]]:
    """Slug or camp of each listed actor that an article names, with the offsets of the name."""
    language = load_language()
    text = language.read(article.document)
    for mention in find_mentions(text.words, article.date):
        first = mention.first
        if mention.kind == "capital" and first and text.words[first - 1].form in language.groups["places"]:
            continue
        if by == "speaker":
            named = mention.slug if mention.kind != "nation" else OTHER
        else:
            named = camps.of(Voice(mention.slug, mention.state, "name"))
        if named != OTHER:
            yield named, text.starts[first], text.ends[mention.last - 1]
