"""Folding, the way back, tokens."""

from __future__ import annotations

from camel_tools.utils.charsets import AR_DIAC_CHARSET
from hypothesis import given
from hypothesis import strategies as st

from discourse.text import fold, fold_with_map, tokens


def test_fold_joins_spellings() -> None:
    assert fold("أكّدَ") == fold("اكد")
    assert fold("إلى") == fold("الي")
    assert fold("وزارة") == fold("وزاره")
    assert fold("مـــوسكو") == "موسكو"
    assert fold("٢٠٢٢") == "2022"
    assert fold("\u202bقال\u202c") == "قال"


def test_fold_keeps_what_differs() -> None:
    assert fold("مسؤول") != fold("مسول")
    assert fold("قال") != fold("قيل")


def test_fold_drops_the_vowel_marks_of_camel_tools() -> None:
    marks = range(0x0600, 0x0700)
    assert {chr(code) for code in marks if fold(chr(code)) == ""} - {"\u0640", "\u061c"} == AR_DIAC_CHARSET


@given(st.text())
def test_map_leads_back(text: str) -> None:
    folded, offsets = fold_with_map(text)
    assert folded == fold(text)
    assert len(offsets) == len(folded) + 1
    assert all(fold(text[a : a + 1]).startswith(c) for c, a in zip(folded, offsets, strict=False))


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_tokens_index_the_document(text: str) -> None:
    forms, starts, ends = tokens(text)
    assert all(text[s:e] == f for f, s, e in zip(forms, starts, ends, strict=True))
    assert starts == sorted(starts)
