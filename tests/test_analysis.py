"""The whole chain in one call."""

from __future__ import annotations

import pandas as pd
import pytest

from discourse import analysis
from discourse.analysis import analyse, score_all
from discourse.corpus import Article
from discourse.engagement import score_engagement
from discourse.framing import score_frames
from discourse.sentiment import score_sentiment
from discourse.stance import score_stance
from discourse.tables import ATTRIBUTION_COLUMNS
from discourse.wording import score_wording
from tests.test_scale import constructed


@pytest.mark.parametrize("at_once", [1, 7, 1000])
def test_scores_do_not_depend_on_how_many_rows_are_scored_at_once(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    articles = [Article(str(row["article_id"]), str(row["title"]), str(row["text"])) for row in constructed(12)]
    whole = analyse(articles)
    assert len(whole) > 20
    found = whole[[column.name for column in ATTRIBUTION_COLUMNS]].iloc[::-1]
    monkeypatch.setattr(analysis, "_AT_ONCE", at_once)
    pd.testing.assert_frame_equal(analyse(articles), whole)
    pd.testing.assert_frame_equal(score_all(found), whole.iloc[::-1])
    pd.testing.assert_frame_equal(analyse([]), whole.iloc[:0])


def test_scores_are_those_of_the_functions_one_by_one() -> None:
    articles = [Article(str(row["article_id"]), str(row["title"]), str(row["text"])) for row in constructed(12)]
    whole = analyse(articles)
    table = whole[[column.name for column in ATTRIBUTION_COLUMNS]]
    for score in (score_engagement, score_wording, score_sentiment, score_stance, score_frames):
        table = score(table)
    pd.testing.assert_frame_equal(table, whole)
