"""Whole sentences: who is found saying what; and what never breaks."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from discourse.attribution import Attribution, find_attributions
from discourse.corpus import Article
from discourse.quotation import pair_quotations
from discourse.speakers import resolve_speakers
from discourse.text import tokens


def find(text: str, title: str = "") -> list[Attribution]:
    article = Article("a", title, text, "outlet", date(2022, 1, 8))
    return resolve_speakers(article, find_attributions(article))


def contents(found: list[Attribution]) -> list[str]:
    return [" ".join(s.text for s in a.content) for a in found]


@pytest.mark.parametrize(
    ("sentence", "source", "content", "kind"),
    [
        ("قال الوزير إن السد امتلأ.", "الوزير", "إن السد امتلأ", "indirect"),
        ("الوزير أكد أن السد امتلأ.", "الوزير", "أن السد امتلأ", "indirect"),
        ("قال الوزير: «امتلأ السد أخيرا».", "الوزير", "امتلأ السد أخيرا", "direct"),
        ('قال الوزير "امتلأ السد أخيرا".', "الوزير", "امتلأ السد أخيرا", "direct"),
        ("قال الوزير “امتلأ السد أخيرا”.", "الوزير", "امتلأ السد أخيرا", "direct"),
        ("قال الوزير إن السد «امتلأ أخيرا» بعد المطر.", "الوزير", "إن السد «امتلأ أخيرا» بعد المطر", "mixed"),
        ("امتلأ السد، بحسب وزارة المياه.", "وزارة المياه", "امتلأ السد", "indirect"),
        ("وفقا لوزارة المياه، امتلأ السد.", "لوزارة المياه", "امتلأ السد", "indirect"),
        ("ونقلت الوكالة عن الوزير قوله إن السد امتلأ.", "الوزير", "إن السد امتلأ", "indirect"),
        ("«امتلأ السد أخيرا»، قال الوزير.", "الوزير", "امتلأ السد أخيرا", "direct"),
    ],
)
def test_found(sentence: str, source: str, content: str, kind: str) -> None:
    found = find(sentence)
    assert (source, content, kind) in [
        (a.source.text if a.source else None, " ".join(s.text for s in a.content), a.type) for a in found
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "قرأ الوزير كتاب «الأيام» في الطائرة.",
        "يذكر أن السد بني قبل نصف قرن.",
        "تبدأ المباراة في الساعة 10:30 مساء.",
        "وصل الوزير إلى موسكو أمس.",
        "سافر الوزير بعد أن انتهت الجلسة.",
        "ذكرى الثورة مناسبة وطنية.",
        "من المقرر أن تبدأ الجلسة غدا.",
    ],
)
def test_not_found(sentence: str) -> None:
    assert contents(find(sentence)) == []


def test_headline_colon_and_dropped_subject() -> None:
    found = find("أعلن الكرملين أن القوات ستعود. وأضاف أن المهمة انتهت.", "واشنطن: نراقب الوضع عن كثب")
    assert [(a.camp, a.resolved_by) for a in found] == [
        ("washington", "metonym"),
        ("moscow", "name"),
        ("moscow", "dropped subject"),
    ]


def test_nested_attribution_has_its_parent() -> None:
    outer, inner = find("ذكر الكرملين أن الرئيس توكاييف أبلغ نظيره أن الوضع مستقر.")
    assert outer.parent is None
    assert inner.parent == outer.id
    assert (outer.camp, inner.camp) == ("moscow", "astana")


def test_capital_changes_its_name_with_the_date() -> None:
    def camp(day: date) -> str | None:
        article = Article("a", "", "أعلنت نور سلطان أنها ستشارك في القمة.", None, day)
        return resolve_speakers(article, find_attributions(article))[0].camp

    assert camp(date(2022, 1, 8)) == "astana"
    assert camp(date(2023, 1, 8)) == "other"


def test_office_holder_at_the_date() -> None:
    found = find("قال وزير الخارجية الأميركي أنتوني بلينكن إن بلاده تتابع.")
    assert (found[0].speaker, found[0].camp) == ("antony-blinken", "washington")


def test_a_newspaper_of_a_capital_is_no_government() -> None:
    assert find("ذكرت صحيفة واشنطن بوست أن القرار قريب.")[0].camp == "other"


def test_broken_marks_cost_nothing_else() -> None:
    found = find("قال الوزير: «بدأ العمل\nوأعلنت الوزارة أن الطريق مفتوح.")
    assert "أن الطريق مفتوح" in contents(found)


@pytest.mark.parametrize(
    ("text", "count"),
    [("«أ ب» ثم “ج د”", 2), ('"أ ب" ثم "ج د"', 2), ("«أ ب", 1), ("أ ب»", 0), ("«أ “ب” ج»", 2), ("”أ ب“", 1)],
)
def test_quotation_marks_are_paired(text: str, count: int) -> None:
    assert len(pair_quotations(*tokens(text))) == count


PIECES = st.sampled_from(
    [
        "قال ",
        "وأضاف ",
        "الوزير ",
        "أن ",
        "إن ",
        "«",
        "»",
        '"',
        ":",
        "، ",
        ". ",
        "\n",
        "بحسب ",
        "(",
        ")",
        "موسكو ",
        "نقلت ",
        "عن ",
    ]
    + [
        "قوله ",
        "\u202b",
        "\u200f",
        "😀",
        "x",
        "10:30 ",
        "ـ",
        "َ",
        "وفقا ل",
        "كما ",
        "التي ",
        "لم ",
        "مشيرا إلى ",
        "…",
        "”",
        "“",
    ]
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES | st.text(max_size=4), max_size=60))
def test_any_text_is_read(pieces: list[str]) -> None:
    article = Article("x", "", "".join(pieces))
    for a in resolve_speakers(article, find_attributions(article)):
        for span in (a.cue, a.source, *a.content):
            assert span is None or article.document[span.start : span.end] == span.text
            assert span is None or span.start < span.end
        assert a.parent != a.id


def test_articles_do_not_touch_each_other() -> None:
    first = Article("1", "", "قال كاردوف إن الجسر مغلق.")
    second = Article("2", "", "أعلن الكرملين أن القوات ستعود. وأضاف أن المهمة انتهت.")
    alone = find_attributions(second)
    find_attributions(first)
    assert find_attributions(second) == alone
