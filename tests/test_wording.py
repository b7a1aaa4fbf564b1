"""How an attribution is worded, and what contested verbs leave open."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

import discourse
from discourse.clusters import EstimateError, TooFewClusters
from discourse.corpus import Article, read_study
from discourse.datafiles import LexiconError
from discourse.engagement import ENGAGEMENTS, score_engagement
from discourse.estimates import mean_by
from discourse.readings import engagement_shares
from discourse.wording import naming, scare_quotes, score_wording, voice

STUDY = Path(__file__).resolve().parents[1] / "corpora" / "kazakhstan-2022"


def analysed(text: str) -> pd.DataFrame:
    return discourse.analyse([Article("a1", "", text, "صحيفة")])


# Marks ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "held_off"),
    [
        ("إن «الإصلاح» لم يبدأ بعد", ["الإصلاح"]),
        ('إن ما جرى كان "خطة محكمة" لا غير', ["خطة محكمة"]),
        ("إن «المنقذ» وعد بـ«الرخاء» ثم رحل", ["المنقذ", "الرخاء"]),
        ("إن الإصلاح لم يبدأ بعد", []),
        ("إن الحاكم قال «سنبني مدنا جديدة في الجنوب والشمال» ثم سكت", []),
        ("«الإصلاح»", []),
        ("إن صحيفة «المنبر» نشرت الخبر", []),
        ("إن القائد زار «روسيا» مرتين", []),
    ],
)
def test_words_in_marks_that_the_paper_leaves_to_their_speaker(content, held_off):
    assert [content[start:end] for start, end in scare_quotes(content)] == held_off


def test_marks_of_the_project_corpus_stand_in_their_documents():
    articles = read_study(STUDY).articles
    documents = {article.id: article.document for article in articles}
    scored = score_wording(discourse.analyse(articles))
    assert scored["scare_quotes"].map(bool).any()
    for row in scored.itertuples():
        for start, end in row.scare_quotes:
            assert documents[row.article_id][start - 1] in '«"“„' and documents[row.article_id][end] in '»"”“'


# Names ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("وزير الخارجية الروسي سيرغي لافروف", "title and name"),
        ("الوزير لافروف", "title and name"),
        ("وزير الزراعة اليمني سالم باحميد", "title and name"),
        ("لافروف", "name"),
        ("سالم باحميد", "name"),
        ("الوزير", "title"),
        ("وزير الخارجية الروسي", "title"),
        ("الناطقة باسم الحكومة", "title"),
        ("روسيا", "body"),
        ("وزارة الدفاع الأمريكية", "body"),
        ("صحيفة روسية", "body"),
        ("مصدر مطلع", "unnamed"),
        ("مصادر روسية", "unnamed"),
    ],
)
def test_how_a_source_is_named(source, named):
    assert naming(source) == named


# Voice ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cue", "rule", "found"),
    [
        ("قال", "verb-that", "active"),
        ("وأضافت", "verb-that", "active"),
        ("مشيرا إلى", "participle-that", "active"),
        ("يُعلن", "verb-that", "active"),
        ("قيل", "verb-that", "passive"),
        ("ذُكر", "verb-that", "passive"),
        ("يُعتقد", "verb-that", "passive"),
        ("تم الإعلان عن", "verb-prep", "passive"),
        ("من المتوقع", "impersonal-that", "passive"),
        (":", "colon", None),
        ("بحسب", "preposition-source", None),
    ],
)
def test_active_and_passive(cue, rule, found):
    assert voice(cue, rule) == found


def test_the_columns_of_a_table():
    scored = score_wording(
        analysed('قال لافروف إن «العمل» مستمر. وقال الوزير: "وصلت السفن إلى الميناء مساء". وأضاف أن الجسر قديم جدا.')
    )
    assert scored["wording"].tolist() == ["partly", "verbatim", "paraphrase"]
    assert scored["naming"].tolist() == ["name", "title", None]
    assert scored["voice"].tolist() == ["active"] * 3
    assert scored["n_words"].tolist() == [3.0, 5.0, 4.0]
    assert [len(marks) for marks in scored["scare_quotes"]] == [1, 0, 0]
    assert {"wording", "scare_quotes", "naming", "voice", "n_words"} <= set(score_wording(discourse.analyse([])))


def test_the_settings_hold_no_word_twice():
    settings = yaml.safe_load(files("discourse").joinpath("data", "ar", "wording.yml").read_text(encoding="utf-8"))
    for key in ("named", "done", "passive_cues", "passive_presents"):
        assert len(settings[key]) == len(set(settings[key]))


# Contested verbs ------------------------------------------------------------------------------------------------------


def test_verbs_on_which_readers_disagree_carry_probabilities():
    scored = score_engagement(analysed("أكد الوزير أن الجسر قديم. وقال الوزير إن النهر فاض."))
    probabilities = scored[[f"p_{name}" for name in ENGAGEMENTS]]
    assert probabilities.sum(axis=1).tolist() == pytest.approx([1, 1])
    assert probabilities.iloc[0].to_dict() == pytest.approx(
        {"p_acknowledge": 0.2, "p_pronounce": 0.75, "p_endorse": 0.05, "p_distance": 0, "p_deny": 0}
    )
    assert probabilities.iloc[1]["p_acknowledge"] == 1
    assert scored["engagement"].tolist() == ["pronounce", "acknowledge"]


def test_the_label_is_the_most_probable_reading():
    scored = score_engagement(discourse.analyse(read_study(STUDY).articles))
    names = [f"p_{name}" for name in ENGAGEMENTS]
    assert (scored[names].idxmax(axis=1).str.removeprefix("p_") == scored["engagement"]).all()
    assert ((scored[names] > 0).sum(axis=1) > 1).any()


def test_a_negated_contested_verb_is_certain():
    scored = score_engagement(analysed("لم يؤكد الوزير أن الجسر قديم."))
    assert scored["engagement"].tolist() == ["acknowledge"]
    assert scored["p_acknowledge"].tolist() == [1.0]


def test_probabilities_are_the_users_to_edit():
    table = analysed("أكد الوزير أن الجسر قديم. وكشف الوزير أن النهر فاض.")
    own = score_engagement(table, {"أكد": {"pronounce": 0.3, "acknowledge": 0.7}})
    assert own["engagement"].tolist() == ["acknowledge", "endorse"]
    assert own["p_pronounce"].tolist() == [0.3, 0.0]
    assert own["p_endorse"][1] == score_engagement(table)["p_endorse"][1]


def test_what_is_wrong_with_own_probabilities_is_said_at_once():
    with pytest.raises(LexiconError) as error:
        score_engagement(
            analysed("قال الوزير إن الجسر قديم."),
            {"أكد": {"pronounce": 0.5}, "كشف": {"reveal": 1.0}, "طبخ": {"deny": 1.0}},
        )
    assert str(error.value) == (
        "contested verbs cannot be used:\n"
        "  the probabilities of 'أكد' add up to 0.5, not 1\n"
        "  engagement 'reveal' of 'كشف' is unknown. Known: acknowledge, pronounce, endorse, distance, deny\n"
        "  'طبخ' is no verb of cues.yml"
    )


def made(rows: list[tuple[str, str, float]]) -> pd.DataFrame:
    """Rows of outlet, verb and the probability of pronounce; the rest acknowledges."""
    table = pd.DataFrame(rows, columns=["outlet", "cue_lemma", "p_pronounce"])
    table["p_acknowledge"] = 1 - table["p_pronounce"]
    for name in ("p_endorse", "p_distance", "p_deny"):
        table[name] = 0.0
    return table.assign(article_id=[f"a{n}" for n in range(len(rows))], camp="moscow")


def test_without_contested_verbs_the_shares_are_those_of_mean_by():
    table = made([("x", "شدد", 1.0), ("x", "قال", 0.0), ("y", "قال", 0.0), ("y", "قال", 0.0), ("z", "شدد", 1.0)])
    ours = engagement_shares(table).set_index("engagement").loc["pronounce"]
    plain = mean_by(table, "p_pronounce").iloc[0]
    assert ours["sd_readings"] == 0
    assert [ours[name] for name in ("estimate", "ci_low", "ci_high")] == pytest.approx(
        [plain["estimate"], max(plain["ci_low"], 0), min(plain["ci_high"], 1)]
    )


def test_what_a_contested_verb_leaves_open_is_worked_by_hand():
    # 4 of 10 rows hang on one verb, 2 on another: sd = sqrt(0.4² · 0.75 · 0.25 + 0.2² · 0.5 · 0.5) = 0.2
    rows = [("x", "أكد", 0.75), ("y", "أكد", 0.75)] * 2 + [("x", "أوضح", 0.5), ("y", "أوضح", 0.5)]
    rows += [("x", "قال", 0.0), ("y", "قال", 0.0)] * 2
    found = engagement_shares(made(rows), cluster="article_id").set_index("engagement").loc["pronounce"]
    assert found["estimate"] == pytest.approx(0.4)
    assert found["sd_readings"] == pytest.approx(0.2)
    plain = mean_by(made(rows), "p_pronounce", cluster="article_id").iloc[0]
    half = np.hypot(plain["estimate"] - plain["ci_low"], 1.959964 * 0.2)
    assert found["ci_low"] == pytest.approx(max(0, 0.4 - half))
    assert found["ci_high"] == pytest.approx(min(1, 0.4 + half))


def test_the_spread_is_that_of_readings_drawn_verb_by_verb():
    rows = [("x", "أكد", 0.75)] * 3 + [("y", "كشف", 0.25)] * 5 + [("y", "قال", 0.0)] * 4
    found = engagement_shares(made(rows), None).set_index("engagement").loc["pronounce"]
    draws = np.random.default_rng(0)
    shares = (3 * (draws.random(40_000) < 0.75) + 5 * (draws.random(40_000) < 0.25)) / 12
    assert found["sd_readings"] == pytest.approx(shares.std(), rel=0.02)
    assert found["estimate"] == pytest.approx(shares.mean(), rel=0.02)


def test_clusters_that_do_not_differ_are_said_once():
    with pytest.warns(
        TooFewClusters, match="No interval for moscow acknowledge; moscow pronounce: the clusters"
    ) as said:
        engagement_shares(made([("x", "أكد", 0.75), ("y", "أكد", 0.75)]))
    assert len(said) == 1


def test_shares_need_the_columns_of_score_engagement():
    with pytest.raises(EstimateError, match="No column p_acknowledge, .*cue_lemma; score_engagement adds them"):
        engagement_shares(pd.DataFrame({"camp": ["moscow"]}))
