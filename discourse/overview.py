"""The figures that any table of attributions gives: who is quoted, how it sounds, and how the paper words it."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from discourse.engagement import score_engagement
from discourse.estimates import share_by
from discourse.languages import Language
from discourse.plots import plot_engagement, plot_sentiment, plot_shares
from discourse.sentiment import score_sentiment
from discourse.speakers import OTHER, Camps


def draw_overview(table: pd.DataFrame, camps: Camps, language: Language = "en") -> dict[str, Axes]:
    """Draw whose statements the articles carry, and what sentiment and wording each camp's have.

    Parameters
    ----------
    table
        Attributions; engagement and sentiment are scored where their columns are absent.
    camps
        The study's camps, for their labels.
    language
        Language of the figures.

    Returns
    -------
    dict of str to matplotlib.axes.Axes
        By a name to save each under. What each outlet carries is among them where there are several outlets; where
        there are not, intervals take articles as the sample.
    """
    table = with_classes(table, camps)
    labels = {name: names[language] for name, names in camps.labels.items()}
    outlets = 0 if table["outlet"].isna().any() else table["outlet"].nunique()
    cluster = None if outlets > 1 else "article_id"
    sentiment = share_by(table, "sentiment", within="camp", cluster=cluster)
    engagement = share_by(table, "engagement", within="camp", cluster=cluster)
    drawn = {"who-is-quoted": plot_shares(share_by(table, cluster=cluster), language=language, labels=labels)}
    if outlets > 1:
        by_outlet = share_by(table, within="outlet")
        drawn["who-is-quoted-by-outlet"] = plot_shares(by_outlet, language=language, labels=labels)
    drawn["sentiment-by-camp"] = plot_sentiment(sentiment, language=language, labels=labels)
    drawn["engagement-by-camp"] = plot_engagement(engagement, language=language, labels=labels)
    return drawn


def with_classes(table: pd.DataFrame, camps: Camps) -> pd.DataFrame:
    """Give a table the classes that the overview counts: engagement, sentiment, and camps in the order of the study."""
    table = table if "engagement" in table else score_engagement(table)
    table = table if "sentiment" in table else score_sentiment(table)
    named = table["camp"].astype(object).fillna(OTHER)
    order = [name for name in dict.fromkeys([*camps.names, *sorted(set(named) - {OTHER}), OTHER]) if name in set(named)]
    return table.assign(camp=pd.Categorical(named, order))
