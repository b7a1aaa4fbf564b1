"""One call from articles to the scored table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from discourse.attribution import find_attributions
from discourse.corpus import Article
from discourse.datafiles import kept_for_good
from discourse.engagement import score_engagement
from discourse.framing import score_frames
from discourse.mentions import READ_AT_ONCE
from discourse.provenance import of_articles, with_origin
from discourse.sentiment import score_sentiment
from discourse.speakers import Camps, default_camps, resolve_speakers
from discourse.stance import score_stance
from discourse.tables import attributions_table
from discourse.wording import score_wording

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

    # some rows at a time: what one score has read of a content is then still remembered when the next one comes to it
    pieces = [table.iloc[start : start + _AT_ONCE] for start in range(0, len(table), _AT_ONCE)] or [table]
    scored = [score_frames(score_stance(score_sentiment(score_wording(score_engagement(p))), camps)) for p in pieces]
    return scored[0] if len(scored) == 1 else pd.concat(scored)
