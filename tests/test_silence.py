"""Who is written about and not heard, in constructed articles."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from discourse.clusters import EstimateError, TooFewClusters
from discourse.corpus import Article
from discourse.estimates import share_by
from discourse.silence import mentions_behind, mentions_without_voice

DAY = date(2022, 1, 10)
TEXTS = {
    # both sides named, one heard
    "a": ("o1", "قال ديمتري بيسكوف إن القوات عائدة. وتراقب الولايات المتحدة ما يجري."),
    "b": ("o2", "تتابع روسيا الوضع، وترى الحكومة الأميركية أن الهدوء عاد."),
    # a nation's adjective is about the camp
    "c": ("o2", "وصلت الطائرات الروسية صباحا."),
    # a city is no actor, a government in its capital is
    "d": ("o1", "هبطت الطائرة في واشنطن قبل الفجر."),
    "e": ("o3", "رفضت واشنطن الطلب."),
    # talks that are named after a capital are no government
    "f": ("o3", "انطلقت محادثات أستانا بين الأطراف."),
    # nobody listed
    "g": ("o3", "نزل المطر على الحقول."),
}
ARTICLES = [Article(name, "", text, outlet, DAY) for name, (outlet, text) in TEXTS.items()]
SAID = pd.DataFrame(
    [("a", "moscow", "dmitry-peskov"), ("b", "washington", None), ("g", "other", None)],
    columns=["article_id", "camp", "speaker"],
)


def by_name(found: pd.DataFrame, name: str) -> pd.Series:
    return found[found.iloc[:, 0] == name].iloc[0]


@pytest.fixture
def silence() -> pd.DataFrame:
    return mentions_without_voice(ARTICLES, SAID, cluster="article_id")


def test_articles_that_name_a_camp_and_do_not_let_it_speak(silence: pd.DataFrame) -> None:
    moscow, washington = by_name(silence, "moscow"), by_name(silence, "washington")
    assert (moscow["count"], moscow["n"], moscow["n_outlets"]) == (2, 3, 2)  # a heard; b and c silent
    assert (washington["count"], washington["n"], washington["n_outlets"]) == (2, 3, 3)  # b heard; a and e silent
    assert washington["estimate"] == pytest.approx(2 / 3)


def test_cities_talks_and_the_unlisted_are_not_talked_about(silence: pd.DataFrame) -> None:
    assert silence["camp"].tolist() == ["moscow", "washington"]


def test_the_interval_is_that_of_a_share(silence: pd.DataFrame) -> None:
    voices = pd.DataFrame(
        {"article_id": list("abc"), "outlet": ["o1", "o2", "o2"], "voice": ["heard", "silent", "silent"]}
    )
    expected = share_by(voices, "voice", cluster="article_id").set_index("voice").loc["silent"]
    found = by_name(silence, "moscow")
    assert [found["ci_low"], found["ci_high"]] == pytest.approx([expected["ci_low"], expected["ci_high"]])


def test_the_mentions_behind_a_share_are_shown_where_they_stand(silence: pd.DataFrame) -> None:
    mentions = mentions_behind(ARTICLES, SAID, by_name(silence, "moscow"))
    assert mentions["text"].tolist() == ["ديمتري بيسكوف", "روسيا", "الروسية"]
    assert mentions["heard"].tolist() == [True, False, False]
    documents = {article.id: article.document for article in ARTICLES}
    for row in mentions.itertuples():
        assert documents[row.article_id][row.start : row.end] == row.text
    for _, row in silence.iterrows():
        silent = mentions_behind(ARTICLES, SAID, row).query("not heard")
        assert silent["article_id"].nunique() == row["count"]


def test_mentions_are_of_a_row_of_silence(silence: pd.DataFrame) -> None:
    with pytest.raises(EstimateError, match="The row must be of mentions_without_voice, and the table hold its column"):
        mentions_behind(ARTICLES, SAID, silence.iloc[0].drop("camp"))
    with pytest.raises(EstimateError, match="The row must be of mentions_without_voice, and the table hold its column"):
        mentions_behind(ARTICLES, SAID.drop(columns="camp"), silence.iloc[0])


def test_silence_about_single_actors() -> None:
    with pytest.warns(TooFewClusters, match="russia heard \\(one article\\)"):
        found = mentions_without_voice(ARTICLES, SAID, "speaker", cluster="article_id")
    assert by_name(found, "dmitry-peskov")[["count", "n"]].tolist() == [0, 1]
    assert by_name(found, "russia")[["count", "n"]].tolist() == [1, 1]  # an adjective names no actor
    assert by_name(found, "united-states")[["count", "n"]].tolist() == [2, 2]


def test_who_is_quoted_by_a_description_was_talked_about() -> None:
    said = pd.concat([SAID, pd.DataFrame([("d", "moscow", None)], columns=SAID.columns)])
    found = mentions_without_voice(ARTICLES, said, cluster="article_id")
    assert by_name(found, "moscow")[["count", "n"]].tolist() == [2, 4]


def test_where_everybody_is_heard_nobody_is_passed_over() -> None:
    both = pd.DataFrame(
        [(a.id, camp) for a in ARTICLES for camp in ("moscow", "washington")], columns=["article_id", "camp"]
    )
    found = mentions_without_voice(ARTICLES, both, cluster="article_id")
    assert found[["count", "n", "estimate", "ci_low"]].to_numpy().tolist() == [[0, 7, 0, 0]] * 2
    assert (found["ci_high"] > 0.3).all()


@pytest.mark.parametrize(
    ("articles", "table", "by", "message"),
    [
        (ARTICLES, SAID, "outlet", "Silence is measured of a camp or a speaker, not of 'outlet'."),
        (ARTICLES, SAID.drop(columns="camp"), "camp", "The table has no column 'camp'."),
        (ARTICLES[:2], SAID, "camp", "1 articles of the table are not given, first 'g'."),
        (ARTICLES[-1:], SAID[2:], "camp", "No article names anybody who is listed; nothing to estimate."),
    ],
)
def test_silence_says_what_is_wrong(articles: list[Article], table: pd.DataFrame, by: str, message: str) -> None:
    with pytest.raises(EstimateError) as fault:
        mentions_without_voice(articles, table, by)  # type: ignore[arg-type]
    assert str(fault.value) == message
