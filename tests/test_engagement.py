"""Act and engagement of constructed cues and contents."""

from __future__ import annotations

import copy
from importlib.resources import files
from typing import Any

import pandas as pd
import pytest
import yaml

from discourse.datafiles import LexiconError
from discourse.engagement import ACTS, ENGAGEMENTS, Engagement, load_engagement, score_engagement

DATA = yaml.safe_load(files("discourse").joinpath("data", "ar", "engagement.yml").read_text(encoding="utf-8"))


def row(cue: str | None, content: str = "أن المعرض مفتوح", lemma: str | None = None, **more: Any) -> dict[str, Any]:
    """One attribution whose document is the cue, a space, and the content."""
    start = len(cue or "") + 1
    return {
        "cue": cue,
        "cue_lemma": lemma,
        "polarity": "positive",
        "cue_span": None if cue is None else [0, len(cue)],
        "content": content,
        "content_spans": [[start, start + len(content)]],
        "document": f"{cue or ''} {content}",
        **more,
    }


def read(cue: str | None, content: str = "أن المعرض مفتوح", lemma: str | None = None, **more: Any) -> tuple[str, str]:
    scored = score_engagement(pd.DataFrame([row(cue, content, lemma, **more)])).iloc[0]
    return scored["act"], scored["engagement"]


@pytest.mark.parametrize(
    ("cue", "act", "engagement"),
    [
        ("قال", "assert", "acknowledge"),
        ("وأضافت", "assert", "acknowledge"),
        ("أكد", "assert", "pronounce"),
        ("مشددا على", "assert", "pronounce"),
        ("كشفت", "assert", "endorse"),
        ("اعترفوا", "assert", "endorse"),
        ("زعم", "assert", "distance"),
        ("يدعون", "assert", "distance"),
        ("نفت", "assert", "deny"),
        ("وينفي", "assert", "deny"),
        ("يعتقد", "think", "acknowledge"),
        ("واستبعد", "think", "deny"),
        ("تأمل", "feel", "acknowledge"),
        ("طالبت", "direct", "acknowledge"),
        ("داعيا إلى", "direct", "acknowledge"),
        ("تعهد", "commit", "acknowledge"),
        ("هددوا", "threaten", "acknowledge"),
        ("محذرة من", "warn", "acknowledge"),
        ("رحبت", "praise", "acknowledge"),
        ("وينتقد", "criticise", "acknowledge"),
        ("رفض", "criticise", "acknowledge"),
        ("اتهمت", "accuse", "acknowledge"),
        ("سأل", "ask", "acknowledge"),
    ],
)
def test_the_verb_says_what_is_done(cue: str, act: str, engagement: str):
    assert read(cue) == (act, engagement)


@pytest.mark.parametrize(
    ("cue", "lemma", "expected"),
    [
        ("أكدت", "أكد", ("assert", "pronounce")),
        ("مزاعم", "زعم", ("assert", "distance")),
        ("حذرت", "حذّر", ("warn", "acknowledge")),
        ("كلمة لا تعرفها القائمة", "نفى", ("assert", "deny")),
        ("نفت", "فعل لا تعرفه القائمة", ("assert", "deny")),
    ],
)
def test_the_lemma_is_used_where_it_is_known(cue: str, lemma: str, expected: tuple[str, str]):
    # the polarity that the finder gives: a denial is negative in itself
    assert read(cue, lemma=lemma, polarity="negative" if expected[1] == "deny" else "positive") == expected


@pytest.mark.parametrize(
    "cue", [":", None, "في بيان", "وجاء في", "بحسب", "وفقا لتقديرات", "نقلا عن", "حسبما قالت", "حسب"]
)
def test_what_only_hands_on_is_a_plain_claim(cue: str | None):
    assert read(cue) == ("assert", "acknowledge")


@pytest.mark.parametrize(
    ("cue", "expected"),
    [
        ("بحسب ما أكد", ("assert", "pronounce")),
        ("على حد قوله", ("assert", "distance")),
        ("على حد تعبيرها", ("assert", "distance")),
        ("حسب زعمهم", ("assert", "distance")),
        ("ما سماه", ("assert", "distance")),
        ("سماه", ("assert", "distance")),
        ("وصفه", ("assert", "distance")),
        ("ووصفه", ("assert", "acknowledge")),
        ("وصف", ("assert", "acknowledge")),
        ("تصف", ("assert", "acknowledge")),
        ("من المتوقع", ("think", "acknowledge")),
        ("من وجهة نظره", ("think", "acknowledge")),
        ("ووجهت له الدعوة", ("direct", "acknowledge")),
        ("ووجه له الدعوة", ("direct", "acknowledge")),
    ],
)
def test_phrases_and_relative_names(cue: str, expected: tuple[str, str]):
    assert read(cue) == expected


@pytest.mark.parametrize(
    ("cue", "expected"),
    [
        ("مزاعم", ("assert", "distance")),
        ("والادعاءات", ("assert", "distance")),
        ("اتهامات", ("accuse", "acknowledge")),
        ("دعوته", ("direct", "acknowledge")),
        ("تأكيد", ("assert", "pronounce")),
        ("نفيه", ("assert", "deny")),
        ("إعلان", ("assert", "acknowledge")),
        ("سؤال", ("ask", "acknowledge")),
        ("قوله", ("assert", "acknowledge")),
        ("واثق", ("think", "acknowledge")),
    ],
)
def test_nouns_and_adjectives_do_what_their_verb_does(cue: str, expected: tuple[str, str]):
    assert read(cue) == expected


@pytest.mark.parametrize(
    ("cue", "content", "expected"),
    [
        ("أعرب", "عن قلقه من الجفاف", ("feel", "acknowledge")),
        ("أعربت", "عن أملها في اتفاق", ("feel", "acknowledge")),
        ("أعرب", "عن استعداده للسفر", ("commit", "acknowledge")),
        ("أبدت", "استعدادها للسفر", ("commit", "acknowledge")),
        ("أعرب", "عن ترحيبه بالوفد", ("praise", "acknowledge")),
        ("عبر", "عن رفضه للخطة", ("criticise", "acknowledge")),
        ("أعلن", "رفضه للخطة", ("criticise", "acknowledge")),
        ("أكد", "دعمه للخطة", ("praise", "pronounce")),
        ("أكد", "استعداد بلاده للسفر", ("commit", "pronounce")),
    ],
)
def test_expressing_does_what_its_noun_says(cue: str, content: str, expected: tuple[str, str]):
    assert read(cue, content) == expected


@pytest.mark.parametrize(
    ("cue", "content", "expected"),
    [
        ("أعلن", "رفض الطلب الأول", ("assert", "acknowledge")),
        ("أكد", "دعم المصرف للشركات", ("assert", "pronounce")),
        ("أكد", "أن قلقه زال", ("assert", "pronounce")),
        ("قال", "إن استعداده كبير", ("assert", "acknowledge")),
        ("نفى", "قلقه من الجفاف", ("assert", "deny")),
        ("انتقد", "ترحيبه بالوفد", ("criticise", "acknowledge")),
        ("أعلن", "افتتاح المعرض", ("assert", "acknowledge")),
    ],
)
def test_nouns_of_others_do_not_change_the_act(cue: str, content: str, expected: tuple[str, str]):
    assert read(cue, content) == expected


@pytest.mark.parametrize(
    ("cue", "expected"),
    [
        ("يعتقد", ("think", "deny")),
        ("يرى", ("think", "deny")),
        ("يؤكد", ("assert", "acknowledge")),
        ("يعلم", ("think", "acknowledge")),
        ("يزعم", ("assert", "acknowledge")),
        ("يطالب", ("direct", "acknowledge")),
        ("يشك", ("think", "pronounce")),
    ],
)
def test_negated_cues(cue: str, expected: tuple[str, str]):
    assert read(cue, polarity="negative") == expected


@pytest.mark.parametrize(
    ("cue", "lemma", "expected"),
    [("يستبعد", "استبعد", ("think", "acknowledge")), ("ينف", "نفى", ("assert", "acknowledge"))],
)
def test_a_negated_denial_denies_nothing(cue: str, lemma: str, expected: tuple[str, str]):
    assert read(cue, lemma=lemma, polarity="positive") == expected


def test_knowing_in_the_perfect_is_a_claim():
    assert read("علمت") == ("assert", "endorse")
    assert read("نعلم") == ("think", "endorse")


def test_refusing_accusations_is_no_denial():
    assert read("رفض", "الاتهامات الموجهة إليه") == ("criticise", "acknowledge")
    assert read("نفى", "الاتهامات الموجهة إليه") == ("assert", "deny")


def test_evidence_names_the_cue_and_the_noun_that_decided():
    table = pd.DataFrame([row("أعرب", "عن قلقه من الجفاف"), row("قال", "إن استعداده كبير")])
    scored = score_engagement(table)
    words = [[item["document"][s:e] for s, e in item["engagement_evidence"]] for _, item in scored.iterrows()]
    assert words == [["أعرب", "قلقه"], ["قال"]]


def table_of_all() -> pd.DataFrame:
    return pd.DataFrame(
        [
            row("أكد", "استعداد بلاده للسفر"),
            row(":"),
            row(None),
            row("يعتقد", polarity="negative"),
            row("أعرب", "", content_spans=[]),
        ],
        index=[5, 2, 8, 1, 3],
    )


def test_spans_lie_in_the_cue_or_the_content():
    for _, item in score_engagement(table_of_all()).iterrows():
        allowed = [*([item["cue_span"]] if item["cue_span"] else []), *item["content_spans"]]
        for start, end in item["engagement_evidence"]:
            assert any(s <= start < end <= e for s, e in allowed)


def test_adding_rows_never_changes_others():
    table = table_of_all()
    together = score_engagement(table)
    for label in table.index:
        alone = score_engagement(table.loc[[label]]).iloc[0]
        for column in ("act", "engagement", "engagement_evidence"):
            assert alone[column] == together.loc[label, column]


def test_the_table_is_copied_and_keeps_its_index():
    table = table_of_all()
    before = table.copy(deep=True)
    scored = score_engagement(table)
    pd.testing.assert_frame_equal(table, before)
    assert list(scored.index) == list(table.index)
    added = ["act", "engagement", "engagement_evidence", *(f"p_{name}" for name in ENGAGEMENTS)]
    assert [c for c in scored if c not in table] == added
    assert list(score_engagement(table.iloc[:0])["act"]) == []


def test_classes_are_the_declared_ones():
    scored = score_engagement(table_of_all())
    assert set(scored["act"]) <= set(ACTS)
    assert set(scored["engagement"]) <= set(ENGAGEMENTS)


def test_contested_verbs_take_their_most_probable_reading():
    data = copy.deepcopy(DATA)
    data["contested"] = [{"lemma": "أكد", "pronounce": 0.4, "acknowledge": 0.6}]
    assert Engagement(data).reading("أكد", "أكد").engagement == "acknowledge"
    assert load_engagement().reading("أكد", "أكد").engagement == "pronounce"


def test_faults_in_the_data_are_reported_together():
    data = copy.deepcopy(DATA)
    data["cues"] = [
        {"cue": "همس", "act": "whisper", "engagement": "acknowledge", "part": "verb"},
        {"cue": "هَمس", "act": "assert", "engagement": "maybe", "part": "verb"},
    ]
    data["contested"] = [{"lemma": "أكد", "pronounce": 0.5, "acknowledge": 0.2}]
    with pytest.raises(LexiconError) as error:
        Engagement(data)
    assert str(error.value) == (
        "engagement.yml cannot be used:\n"
        "  act 'whisper' of 'همس' is unknown. Acts: assert, think, feel, direct, commit, threaten, warn, praise,"
        " criticise, accuse, ask\n"
        "  engagement 'maybe' of 'هَمس' is unknown. Known: acknowledge, pronounce, endorse, distance, deny\n"
        "  'هَمس' is listed twice\n"
        "  the probabilities of 'أكد' add up to 0.7, not 1"
    )
