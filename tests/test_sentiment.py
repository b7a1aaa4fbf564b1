"""Sentiment of constructed contents: what counts, what turns it around, what must stay neutral."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from discourse.datafiles import LexiconError
from discourse.mentions import read_text
from discourse.sentiment import SentimentLexicon, Term, load_sentiment, read_sentiment_lexicon, score_sentiment


def row(content: str, cue: str = "قال", lemma: str | None = None, **more: Any) -> dict[str, Any]:
    """One attribution whose document is the cue, a space, and the content."""
    start = len(cue) + 1
    return {
        "cue": cue,
        "cue_lemma": lemma,
        "polarity": "positive",
        "cue_span": [0, len(cue)],
        "content": content,
        "content_spans": [[start, start + len(content)]],
        "document": f"{cue} {content}",
        **more,
    }


def score(content: str, cue: str = "قال", lemma: str | None = None, **more: Any) -> pd.Series:
    return score_sentiment(pd.DataFrame([row(content, cue, lemma, **more)])).iloc[0]


def words(scored: pd.Series) -> list[str]:
    return [scored["document"][start:end] for start, end in scored["sentiment_evidence"]]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("إن الحاكم خان شعبه وكذب عليه", "negative"),
        ("إن الحاكم زار شعبه وسلم عليه", "neutral"),
        ("إن الجسر إنجاز رائع", "positive"),
        ("إن الجسر طويل", "neutral"),
        ("إن الفساد ينخر البلدية", "negative"),
        ("إن البلدية تعقد جلستها غدا", "neutral"),
        ("إن الأهالي سعداء بالطبيبة", "positive"),
        ("إن الأهالي وصلوا مع الطبيبة", "neutral"),
        ("إن السيل خلف كارثة ومأساة", "negative"),
        ("إن السيل بلغ الوادي مساء", "neutral"),
    ],
)
def test_words_decide(content: str, expected: str):
    assert score(content)["sentiment"] == expected


@pytest.mark.parametrize(
    ("plain", "turned"),
    [
        ("إن الخطة رائعة", "إن الخطة غير رائعة"),
        ("إنه منصف", "إنه ليس منصفا"),
        ("إن الفريق تفوق في مهمته", "إن الفريق لم يتفوق في مهمته"),
        ("إن في الحي بهجة", "إنه يعيش دون بهجة"),
    ],
)
def test_negation_turns_praise_into_blame(plain: str, turned: str):
    assert score(plain)["sentiment"] == "positive"
    assert score(turned)["sentiment"] == "negative"


@pytest.mark.parametrize(
    ("plain", "turned"),
    [
        ("إن الفساد واسع", "إنهم بدأوا مكافحة الفساد"),
        ("إن المجزرة وقعت", "إنهم نجوا بعد منع المجزرة"),
        ("إنهم كذبوا", "إنهم لم يكذبوا"),
        ("إن في القرية مجاعة", "إنهم أنهوا المجاعة"),
    ],
)
def test_ending_or_negating_an_evil_is_no_blame(plain: str, turned: str):
    assert score(plain)["sentiment"] == "negative"
    assert score(turned)["sentiment"] != "negative"


@pytest.mark.parametrize(
    "content",
    [
        "إن الوفد سيبحث اتفاق التعاون",
        "إن وزير الدفاع وصل إلى العاصمة",
        "إن مجلس الأمن يجتمع الخميس",
        "إن محادثات السلام تبدأ غدا",
        "إن الغارات استهدفت محيط المطار",
        "إن الحرب في عامها الثالث",
        "إن القوات تحركت نحو الحدود",
    ],
)
def test_topics_and_war_told_as_fact_are_neutral(content: str):
    assert score(content)["sentiment"] == "neutral"


def test_a_topic_becomes_a_verdict_where_it_is_denied():
    assert score("إن الوفدين على اتفاق")["sentiment"] == "neutral"
    assert score("إنه لا تعاون ولا تفاهم بين الوفدين")["sentiment"] == "negative"


def test_intensifiers_strengthen_and_diminishers_weaken():
    plain = score("إن الوضع خطير")["sentiment_score"]
    assert score("إن الوضع خطير جدا")["sentiment_score"] < plain
    assert plain < score("إن الوضع خطير نسبيا")["sentiment_score"] < 0


def test_modifiers_do_not_reach_over_a_clause():
    assert score("إنه لم يحضر، وهو منصف")["sentiment"] == "positive"
    assert score("إنه لم يكن منصفا")["sentiment"] == "negative"


def test_a_word_that_spoils_takes_what_is_good_with_it():
    assert score("إن الازدهار دائم")["sentiment"] == "positive"
    assert score("إنهم يعرقلون الازدهار")["sentiment"] == "negative"


@pytest.mark.parametrize(
    ("cue", "lemma", "expected"),
    [
        ("رحب", "رحب", "positive"),
        ("أشاد", "أشاد", "positive"),
        ("انتقد", "انتقد", "negative"),
        ("حذر", "حذّر", "negative"),
        ("هدد", "هدد", "negative"),
        ("قال", "قال", "neutral"),
        ("دعا", "دعا", "neutral"),
        ("سأل", "سأل", "neutral"),
    ],
)
def test_the_act_colours_a_plain_content(cue: str, lemma: str, expected: str):
    assert score("بزيارة الوفد", cue, lemma)["sentiment"] == expected


def test_what_is_criticised_or_feared_is_often_good_in_itself():
    assert score("الإنجاز العظيم", "انتقد", "انتقد")["sentiment"] == "negative"
    assert score("أن ينجح خصومه", "يخشى", "خشي")["sentiment"] == "negative"
    assert score("أن ينجح أصدقاؤه", "يأمل", "أمل")["sentiment"] == "positive"


def test_keeping_silent_condemns_nothing():
    assert score("التعليق على الخبر", "رفض", "رفض")["sentiment"] == "neutral"
    assert score("العرض الجديد", "رفض", "رفض")["sentiment"] == "negative"


def test_a_denied_charge_is_no_charge():
    assert score("وقوع اختلاس في الصندوق", "نفى", "نفى", polarity="negative")["sentiment"] == "neutral"
    assert score("بوقوع اختلاس في الصندوق", "أقر", "أقر")["sentiment"] == "negative"


def test_a_negated_act_adds_nothing():
    assert score("بزيارة الوفد", "رحب", "رحب", polarity="negative")["sentiment"] == "neutral"
    assert score("بزيارة الوفد", "رحب", "رحب")["sentiment"] == "positive"


def test_evidence_names_the_words_that_decided():
    assert words(score("إن الجسر إنجاز رائع")) == ["إنجاز", "رائع"]
    assert words(score("إنه ليس منصفا")) == ["ليس", "منصفا"]
    assert words(score("إن الجسر طويل")) == []
    assert words(score("بزيارة الوفد", "رحب", "رحب")) == ["رحب"]


def test_evidence_holds_only_words_of_the_side_that_won():
    assert words(score("إن الجسر إنجاز رائع رغم خطأ")) == ["إنجاز", "رائع"]


def test_evidence_lies_in_the_pieces_of_an_interrupted_content():
    document = "الجسر رائع، قال الوزير، وهو إنجاز عظيم"
    pieces = [[0, 10], [24, len(document)]]
    table = pd.DataFrame(
        [row(" ".join(document[s:e] for s, e in pieces), document=document, content_spans=pieces, cue_span=[12, 15])]
    )
    found = score_sentiment(table).iloc[0]
    assert words(found) == ["رائع", "إنجاز", "عظيم"]
    assert all(any(s <= start < end <= e for s, e in pieces) for start, end in found["sentiment_evidence"])


def test_vowel_marks_and_spelling_do_not_matter():
    assert score("إنَّ الحاكمَ خائنٌ وفاسِد")["sentiment"] == "negative"
    assert score("ان الانجاز رائـــع")["sentiment"] == "positive"
    assert words(score("إنَّ الحاكمَ خائنٌ")) == ["خائنٌ"]


def table_of_all() -> pd.DataFrame:
    return pd.DataFrame(
        [
            row("إن الحاكم خان شعبه"),
            row("إن الجسر إنجاز رائع", "أكد", "أكد"),
            row("بزيارة الوفد", "رحب", "رحب"),
            row("أن ينجح خصومه", "يخشى", "خشي"),
            row("إن الوفد وصل", ":", None),
        ],
        index=[7, 3, 9, 1, 4],
    )


def test_spans_index_the_document_and_scores_are_bounded():
    scored = score_sentiment(table_of_all())
    for _, item in scored.iterrows():
        assert -1 <= item["sentiment_score"] <= 1
        assert item["sentiment"] in ("negative", "neutral", "positive")
        allowed = [item["cue_span"], *item["content_spans"]]
        for start, end in item["sentiment_evidence"]:
            assert any(s <= start < end <= e for s, e in allowed)
            assert item["document"][start:end].strip()


def test_adding_rows_never_changes_others():
    table = table_of_all()
    together = score_sentiment(table)
    for label in table.index:
        alone = score_sentiment(table.loc[[label]]).iloc[0]
        for column in ("sentiment", "sentiment_score", "sentiment_evidence"):
            assert alone[column] == together.loc[label, column]


def test_the_table_is_copied_and_keeps_its_index():
    table = table_of_all()
    before = table.copy(deep=True)
    scored = score_sentiment(table)
    pd.testing.assert_frame_equal(table, before)
    assert list(scored.index) == list(table.index)
    assert [c for c in scored if c not in table] == ["sentiment", "sentiment_score", "sentiment_evidence"]


def test_an_empty_table_and_a_row_without_content():
    assert list(score_sentiment(table_of_all().iloc[:0])["sentiment"]) == []
    bare = score_sentiment(pd.DataFrame([{**row(""), "content": None, "content_spans": [], "cue_span": None}])).iloc[0]
    assert (bare["sentiment"], bare["sentiment_score"], bare["sentiment_evidence"]) == ("neutral", 0.0, [])


def test_acts_already_in_the_table_are_used():
    table = pd.DataFrame([row("بزيارة الوفد")]).assign(act="praise", engagement="acknowledge")
    assert score_sentiment(table).iloc[0]["sentiment"] == "positive"
    assert score_sentiment(table.assign(act="assert")).iloc[0]["sentiment"] == "neutral"


# ---------------------------------------------------------------------------------------------- a user's lexicon


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_lexicon_of_ones_own_replaces_the_terms(tmp_path: Path):
    lexicon = read_sentiment_lexicon(write(tmp_path, "term,polarity\nزمردي,positive\nبرج مائل,negative\n"))
    table = pd.DataFrame([row("إن اللون الزمردي يليق بالبيت"), row("إن هذا برج مائل"), row("إن الحاكم خائن")])
    assert list(score_sentiment(table, lexicon)["sentiment"]) == ["positive", "negative", "neutral"]


def test_strength_in_a_lexicon_of_ones_own(tmp_path: Path):
    lexicon = read_sentiment_lexicon(write(tmp_path, "term,polarity,strength\nزمردي,positive,3\nفيروزي,positive,1\n"))
    table = pd.DataFrame([row("إنه زمردي"), row("إنه فيروزي")])
    strong, weak = score_sentiment(table, lexicon)["sentiment_score"]
    assert strong > weak > 0


def test_bad_rows_are_reported_together_with_their_lines(tmp_path: Path):
    path = write(
        tmp_path, "term,polarity\nجميل,positive\nقبيح,bad\n,negative\nجميل,negative\nالبحر,neutral\nجَميل,positive\n"
    )
    with pytest.raises(LexiconError) as error:
        read_sentiment_lexicon(path)
    assert str(error.value) == (
        "mine.csv: 4 rows cannot be used:\n"
        "  line 3: polarity 'bad' of 'قبيح' is unknown. Polarities: negative, neutral, positive\n"
        "  line 4: the term is empty\n"
        "  line 5: 'جميل' is negative here and positive in line 2\n"
        "  line 7: 'جَميل' stands in line 2 already"
    )


def test_a_missing_column_is_named(tmp_path: Path):
    with pytest.raises(LexiconError, match="mine.csv: the header lacks polarity. Needed: term,polarity"):
        read_sentiment_lexicon(write(tmp_path, "term,tone\nجميل,positive\n"))


def test_a_bad_strength_is_named(tmp_path: Path):
    with pytest.raises(LexiconError, match="line 2: strength '9' of 'جميل' is not 1, 2 or 3"):
        read_sentiment_lexicon(write(tmp_path, "term,polarity,strength\nجميل,positive,9\n"))


@pytest.mark.parametrize("written", ["خذل", "وخذلهم", "سيخذل", "يخذلون", "خذلتنا", "فخذلوه"])
def test_verbs_are_found_in_all_their_forms(written: str):
    lexicon = SentimentLexicon([Term("خذل", "negative", part="verb", forms=("يخذل",))])
    assert [hit.value for hit in lexicon.weigh(read_text(written))] == [-2.0]


@pytest.mark.parametrize("written", ["بالكارثة", "كوارث", "وكارثته", "للكوارث", "كارثتان", "كوارثهم"])
def test_nouns_are_found_in_all_their_forms(written: str):
    lexicon = SentimentLexicon([Term("كارثة", "negative", forms=("كوارث",))])
    assert [hit.value for hit in lexicon.weigh(read_text(written))] == [-2.0]


@pytest.mark.parametrize("written", ["كار", "كرث", "سيكارثة", "الخذل", "كارثيون"])
def test_other_words_are_not_taken_for_them(written: str):
    lexicon = SentimentLexicon(
        [Term("كارثة", "negative", forms=("كوارث",)), Term("خذل", "negative", part="verb", forms=("يخذل",))]
    )
    assert lexicon.weigh(read_text(written)) == []


@pytest.mark.parametrize(
    ("written", "values"),
    [("#كارثة_كبيرة", [-2.0]), ("كارثة2020", [-2.0]), ("بعد20كارثة", [-2.0]), ("#قرية_كبيرة", []), ("قرية2020", [])],
)
def test_words_of_hashtags_and_with_numbers_are_read(written: str, values: list[float]):
    lexicon = SentimentLexicon([Term("كارثة", "negative", forms=("كوارث",))])
    assert [hit.value for hit in lexicon.weigh(read_text(written))] == values


@pytest.mark.parametrize("content", ["ليس «كارثة»", "ليس (كارثة)", "ليس '' كارثة"])
def test_marks_of_quotation_are_no_words_between_a_word_and_its_negation(content: str):
    plain, marked = (load_sentiment().weigh(read_text(text)) for text in ("ليس كارثة", content))
    assert [hit.value for hit in marked] == [hit.value for hit in plain]
    text = read_text(content)
    assert [text.forms[first] for hit in marked for first, _ in hit.words] == ["ليس", "كارثة"]


def test_backing_an_evil_is_evil():
    assert score("إن الجار يساعد الفلاحين")["sentiment"] != "negative"
    assert score("إن الجار يدعم الإرهاب")["sentiment"] == "negative"
    assert score("إن الجار يواجه الإرهاب")["sentiment"] == "neutral"


def test_what_still_is_has_not_been_negated():
    assert score("إن الجسر لا يزال رائعا")["sentiment"] == "positive"
    assert score("إن الجسر لم يكن رائعا")["sentiment"] == "negative"


@pytest.mark.parametrize(
    ("plain", "light"),
    [
        ("إن النادي كرم المتطوعين", "إن النادي قام بتكريم المتطوعين"),
        ("إن العصابة خربت الحديقة", "إن العصابة قامت بتخريب الحديقة"),
        ("إن الجار أهان جاره", "إن الجار وجه إهانة إلى جاره"),
        ("إن الحاكم ظلم أهل القرية", "إن الحاكم ألحق الظلم بأهل القرية"),
        ("إن المدرب أشاد باللاعبين", "إن المدرب وجه إشادة إلى اللاعبين"),
        ("إن البلدية رممت السور", "إن البلدية قامت بترميم السور"),
    ],
)
def test_a_light_verb_leaves_the_verdict_to_its_noun(plain: str, light: str):
    assert score(light)["sentiment"] == score(plain)["sentiment"]
    assert abs(score(light)["sentiment_score"] - score(plain)["sentiment_score"]) < 0.3


@pytest.mark.parametrize("content", ["إلى وقف العنف", "إلى إنهاء الأزمة", "إلى تحقيق العدالة", "إلى إطلاق حوار ناجح"])
def test_what_is_only_called_for_is_less_than_what_is_said_to_be(content: str):
    called = score(content, "دعا", "دعا")
    assert called["sentiment"] == "neutral"


@pytest.mark.parametrize(
    ("said", "unreal"),
    [
        ("إن العدالة عظيمة", "إن العدالة قد تكون عظيمة"),
        ("إن النتيجة رائعة", "إن النتيجة ستكون رائعة إذا صبرنا"),
        ("إن المشروع ناجح", "إن المشروع يهدف إلى تحقيق نجاح"),
    ],
)
def test_wishes_and_conditions_never_say_more_than_claims(said: str, unreal: str):
    assert score(unreal)["sentiment_score"] <= score(said)["sentiment_score"]
