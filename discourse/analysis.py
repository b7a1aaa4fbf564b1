"""One call from articles to the scored table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from discourse.attribution import find_attributions
from discourse.corpus import Article
from discourse.datafiles import kept_for_good
from discourse.engagement import engagement_scores
from discourse.framing import frame_scores
from discourse.mentions import READ_AT_ONCE, read_contents
from discourse.provenance import of_articles, with_origin
from discourse.sentiment import sentiment_scores
from discourse.speakers import Camps, default_camps, resolve_speakers
from discourse.stance import stance_scores
from discourse.tables import attributions_table, cells_of, with_columns
from discourse.wording import wording_scores

if TYPE_CHECKING:
    import pandas as pd

_AT_ONCE = READ_AT_ONCE // 2  # rows: each has its content to be read, and what stands between that and its cue


# nothing that is found refers back to itself: looking for garbage takes a seventh of the time and finds none
@kept_for_good()
def analyse(articles: Iterable[Article], camps: Camps | None = None) -> pd.DataFrame:
    """Find, resolve and score every attribution of some articles.

    Parameters
    ----------
    articles
        Articles, as `read_corpus` returns them.
    camps
        The study's camps, from `read_camps`; Moscow, Washington and Astana where none are given.

    Returns
    -------
    pandas.DataFrame
        One row per attribution: the columns of `attributions_table`, then those of `score_engagement`,
        `score_wording`, `score_sentiment`, `score_stance` and `score_frames`.
    """
    articles = list(articles)
    camps = camps or default_camps()
    attributions = [a for article in articles for a in resolve_speakers(article, find_attributions(article), camps)]
    table = score_all(attributions_table(articles, attributions), camps)
    return with_origin(table, of_articles(articles, camps, table))


def score_all(table: pd.DataFrame, camps: Camps | None = None) -> pd.DataFrame:
    """Score a table of attributions in every way: engagement, wording, sentiment, stance towards the camps, frames."""
    import pandas as pd

    # some rows at a time, so that their contents, read once for all scores, take little memory
    pieces = [table.iloc[start : start + _AT_ONCE] for start in range(0, len(table), _AT_ONCE)] or [table]
    scored = [_scored(piece, camps) for piece in pieces]
    return scored[0] if len(scored) == 1 else pd.concat(scored)


def _scored(table: pd.DataFrame, camps: Camps | None) -> pd.DataFrame:
    contents = list(read_contents(table))
    cells = cells_of(table)
    scores = engagement_scores(cells)
    scores |= wording_scores(cells, contents)
    scores |= sentiment_scores({**cells, **scores}, contents)
    scores |= stance_scores({**cells, **scores}, contents, camps)
    scores |= frame_scores({**cells, **scores}, contents)
    return with_columns(table, scores)
