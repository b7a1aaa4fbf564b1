"""Every score leads back to the text: spans of evidence index the document, whatever the text is."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import discourse
from discourse.corpus import Article
from discourse.tables import SCHEMA, attribution_rows

PIECES = [
    *("قال", "وأضاف", "اتهم", "رحب", "انتقد", "أكد", "نفى", "حذر", "يُعتقد", "زعم", "بحسب", "مشيرا إلى", "على حد قوله"),
    *("الوزير", "لافروف", "وزير الخارجية الروسي", "موسكو", "واشنطن", "كازاخستان", "مصدر مطلع", "الولايات المتحدة"),
    *("أن", "إن", "بـ", "من", "على", "لا", "لم", "غير", "و", "إذا", "قد"),
    *("الحرب", "القانون", "الانتخابات", "السلام", "عدوان", "شريك", "تنتهك", "يساعد", "مأساة", "رائع", "المحادثات"),
    *("«", "»", '"', "“", "”", "(", ")", ":", "،", ".", "؟", "…", "\n", "\n\n", " ", "\u200f", "ـ", "َ", "2022", "NATO"),
]
TEXT = st.lists(st.sampled_from(PIECES), min_size=1, max_size=40).map(" ".join)
EVIDENCE = [name for name, column in SCHEMA.items() if column.kind == "spans" and name != "content_spans"]


def analysed(*texts: str) -> pd.DataFrame:
    return discourse.analyse([Article(f"a{n}", "عنوان قصير" * (n % 2), text) for n, text in enumerate(texts)])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXT)
def test_spans_index_the_document_and_lie_in_what_they_score(text: str) -> None:
    document = Article("a0", "", text).document
    for row in analysed(text).to_dict("records"):
        inside = [*row["content_spans"], *(row[name] for name in ("cue_span", "between_span") if row[name])]
        for name in EVIDENCE:
            for start, end in row.get(name) or ():
                assert 0 <= start < end <= len(document), name
                assert any(s <= start and end <= e for s, e in inside), name
                assert document[start:end].strip() or name == "verbatim_spans"
        assert bool(row["stance"]) == bool(row["stance_evidence"])
        assert bool(row["frames"]) == bool(row["frames_evidence"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXT, TEXT)
def test_an_article_more_changes_no_score_of_another(one: str, other: str) -> None:
    together = analysed(one, other)
    alone = analysed(one)
    pd.testing.assert_frame_equal(
        together[together["article_id"] == "a0"].reset_index(drop=True), alone.reset_index(drop=True), check_dtype=False
    )


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "«", '"""', "قال", "قال:", "قال إن", "و" * 300, "ـ" * 50, "\u200f\u200e"]
)
def test_text_with_nothing_to_score(text: str) -> None:
    analysed(text)


def test_rows_for_exchange_carry_every_label_in_the_shape_of_gold() -> None:
    text = "اتهم الوزير الفرنسي روسيا بانتهاك القانون. وقال إن القطار وصل."
    first, second = attribution_rows(analysed(text))
    assert first["stance"] == {"moscow": "oppose"}
    assert first["act"] == "accuse"
    assert first["engagement"] == "acknowledge"
    assert first["sentiment"] == "negative"
    assert {"conflict", "legality"} <= set(first["frames"])
    assert (second["stance"], second["frames"], second["sentiment"]) == ({}, [], "neutral")
