"""One line that says why: the rule, the words, the speaker, and who was passed over."""

from __future__ import annotations

import pytest

from discourse.attribution import find_attributions
from discourse.corpus import Article
from discourse.explanation import ExplanationError, explain
from discourse.speakers import resolve_speakers


def lines(text: str) -> list[str]:
    article = Article("a", "", text)
    return [explain(article, a) for a in resolve_speakers(article, find_attributions(article))]


def test_rule_words_speaker_and_clue() -> None:
    (line,) = lines("أكد الكرملين أن القمة قريبة.")
    assert line.startswith(
        "verb-that on «أكد» gives «أن القمة قريبة»; source «الكرملين»; speaker kremlin, camp moscow, by: name; confidence 0."
    )


def test_a_state_that_only_says_where_somebody_is() -> None:
    (line,) = lines("وقال دبلوماسي في موسكو إن القمة قريبة.")
    assert "speaker not listed, camp other" in line
    assert "; not russia: names where the source is;" in line


def test_a_state_that_an_adjective_rules_out() -> None:
    (line,) = lines("وقال مسؤول عربي في موسكو إن القمة قريبة.")
    assert "; not russia: عربي says that the source is of no one state;" in line


def test_a_paper_speaks_for_itself() -> None:
    (line,) = lines("ذكرت صحيفة روسية أن القمة قريبة.")
    assert "camp other" in line
    assert "; not russia: صحيفه speaks for itself;" in line


def test_who_cannot_be_the_dropped_subject() -> None:
    *_, line = lines(
        "أعلنت الخارجية الروسية أن السفير وصل. وأكد البيت الأبيض أن اللقاء قريب. وأضافت أن الموعد لم يحدد."
    )
    assert "no source named; speaker russia-mfa, camp moscow, by: dropped subject" in line
    assert "; not white-house: does not agree with the verb in gender or number;" in line


def test_who_spoke_before() -> None:
    *_, line = lines("أكد الكرملين أن السفير وصل. وأكد البيت الأبيض أن اللقاء قريب. وأضاف أن الموعد لم يحدد.")
    assert "speaker white-house, camp washington, by: dropped subject" in line
    assert "; not kremlin: spoke before the last speaker;" in line


def test_what_it_stands_in_and_who_passes_it_on() -> None:
    outer, inner = lines("نقلت وكالة رويترز عن مسؤول روسي قوله إن الاتفاق جاهز.")
    assert "said within" not in outer
    assert "not listed on the side of russia, camp moscow" in inner
    assert "; said within a:0; passed on by a:0;" in inner


def test_a_plain_row_passes_over_nobody() -> None:
    assert not any("; not " in line for line in lines("قال الوزير إن السد امتلأ. وأضاف أن الماء يكفي."))


def test_an_attribution_of_another_article() -> None:
    article = Article("a", "", "قال الوزير إن السد امتلأ.")
    (found,) = find_attributions(article)
    with pytest.raises(ExplanationError) as caught:
        explain(Article("b", "", "وصل الوزير أمس."), found)
    assert str(caught.value) == (
        "Attribution 'a:0' is none of the 0 that are found in article 'b'. Give the article that it comes from."
    )
