"""What is marked as boilerplate, and what is only like it."""

from __future__ import annotations

from typing import Any

import pytest

from discourse.attribution import find_attributions
from discourse.boilerplate import find_boilerplate
from discourse.corpus import Article
from discourse.datafiles import data_entries
from discourse.speakers import resolve_speakers
from discourse.text import Span, fold

ENTRIES = data_entries("ar/boilerplate.yml")
IDS = [entry["begins"] for entry in ENTRIES]


def marked(document: str) -> list[str]:
    spans = find_boilerplate(document)
    assert all(document[span.start : span.end] == span.text for span in spans)
    return [span.text for span in spans]


@pytest.mark.parametrize("entry", ENTRIES, ids=IDS)
def test_examples_of_the_data_file(entry: dict[str, Any]) -> None:
    assert marked(entry["example"]) == [entry["marked"]]


@pytest.mark.parametrize("entry", ENTRIES, ids=IDS)
def test_negatives_of_the_data_file(entry: dict[str, Any]) -> None:
    assert entry["negatives"]
    for sentence in entry["negatives"]:
        assert marked(sentence) == []


def test_entries_are_sorted_within_their_kind_and_one_after_folding() -> None:
    kinds = list(dict.fromkeys(entry["kind"] for entry in ENTRIES))
    assert set(kinds) == {"related", "share", "subscribe", "caption", "credit", "agency"}
    for kind in kinds:
        names = [entry["begins"] for entry in ENTRIES if entry["kind"] == kind]
        assert names == sorted(names)
    assert len({fold(name) for name in IDS}) == len(IDS)


@pytest.mark.parametrize("line", ["إقرأ أيضا: خبر", "اقرأ أيضًا: خبر", "* اقــرأ أيضاً خبر", "[اقرأ  ايضاً] خبر"])
def test_any_spelling(line: str) -> None:
    assert marked(f"أول السطور\n{line}\nآخر السطور") == [line]


def test_a_line_too_long_for_boilerplate_is_a_sentence() -> None:
    assert marked("أخبار ذات صلة " + "كلمة " * 40) == []


def test_windows_line_ends_are_not_marked() -> None:
    assert marked("أول\r\nاقرأ أيضاً: خبر\r\nآخر") == ["اقرأ أيضاً: خبر"]


def test_a_header_behind_a_title() -> None:
    assert marked("عنوان الخبر\nموسكو (رويترز) - بدأت المحادثات.") == ["موسكو (رويترز) - "]


def test_a_header_further_down_is_a_sentence() -> None:
    assert marked("عنوان\nسطر أول\nموسكو (رويترز) - بدأت المحادثات.") == []


def test_nothing_is_attributed_in_boilerplate() -> None:
    text = "قال الوزير إن العمل يتواصل.\nاقرأ أيضاً: قال الرئيس إن السوق مفتوحة."
    plain = find_attributions(Article("a", "", text))
    article = Article("a", "", text, boilerplate=find_boilerplate(text))
    assert [a.source and a.source.text for a in plain] == ["الوزير", "الرئيس"]
    assert find_attributions(article) == plain[:1]


def test_nobody_is_known_from_boilerplate() -> None:
    text = "قال سمير الحداد إن الجسر قديم.\nاقرأ أيضاً: وزير الخارجية الروسي سمير الحداد في بيروت"
    plain, marked = Article("a", "", text), Article("a", "", text, boilerplate=find_boilerplate(text))
    assert [a.camp for a in resolve_speakers(plain, find_attributions(plain))] == ["moscow"]
    assert [a.camp for a in resolve_speakers(marked, find_attributions(marked))] == ["other"]


def test_own_words_keep_every_character_in_its_place() -> None:
    text = "اقرأ أيضاً: خبر\nقال الوزير إن العمل يتواصل."
    article = Article("a", "عنوان", text, boilerplate=(Span(6, 22, "اقرأ أيضاً: خبر\n"),))
    assert article.own_words == f"عنوان\n{' ' * 15}\nقال الوزير إن العمل يتواصل."


def test_an_agency_in_the_header_is_no_source() -> None:
    text = "أنقرة/ الأناضول قال الوزير إن العمل يتواصل.\nوقالت وكالة الأناضول إن السوق مفتوحة."
    found = find_attributions(Article("a", "", text, boilerplate=find_boilerplate(text)))
    assert [a.source and a.source.text for a in found] == ["الوزير", "وكالة الأناضول"]
    assert all(
        text[span.start : span.end] == span.text for a in found for span in (a.cue, a.source, *a.content) if span
    )
