"""Stance: what takes a side for or against a target, what does not, and the data behind it."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

import discourse
from discourse.corpus import Article, read_study
from discourse.mentions import read_text
from discourse.speakers import default_camps
from discourse.stance import StanceError, _faults, _rows, find_stances, load_stance, score_side, score_stance
from discourse.text import fold

FOLDER = files("discourse").joinpath("data", "ar", "stance")
STUDY = Path(__file__).resolve().parents[1] / "corpora" / "kazakhstan-2022"
BIDI = {chr(c) for c in (0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A))}
SIGN = {"support": 1, "oppose": -1}


def stance_of(sentence: str, targets=None) -> dict[str, str]:
    """The stance of the outermost attribution of a sentence."""
    table = discourse.analyse([Article("a", "", sentence)])
    return score_stance(table[table["parent"].isna()].head(1), targets)["stance"].iloc[0]


# The data -------------------------------------------------------------------------------------------------------------


def test_the_predicates_hold_no_fault_and_are_sorted():
    assert list(_faults(_rows())) == []
    keys = [(fold(row["lemma"]), row["pos"], fold(row["needs"])) for _, row in _rows()]
    assert keys == sorted(keys)
    assert len(keys) >= 150


@pytest.mark.parametrize("name", ["predicates.tsv", "weights.yml"])
def test_files_hold_no_bidi_controls(name):
    assert not BIDI & set(FOLDER.joinpath(name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", [row for _, row in _rows()], ids=lambda row: f"{row['lemma']} {row['pos']}")
def test_example_leans_to_its_side_by_its_own_word(row):
    stances = load_stance()
    text = read_text(row["example"], None)
    known = {stances.predicate(text.words, place) for place in range(len(text.words))} - {None}
    assert (row["lemma"], fold(row["needs"])) in {(one.lemma, one.needs) for one in known}
    weighed = stances.weigh(text)
    score = sum(one.score for number, one in weighed.items() if text.mentions[number].state == row["target"])
    assert score * SIGN[row["side"]] > 0


def test_faults_are_said_with_their_lines():
    good = {"lemma": "قصف", "pos": "verb", "agent": "-1", "object": "0", "needs": ""}
    rows = [
        (3, good),
        (4, good),
        (5, {**good, "lemma": "ضرب", "agent": "2"}),
        (6, {**good, "lemma": "رمى", "pos": "x"}),
    ]
    assert list(_faults(rows)) == [
        "line 4: 'قصف' stands in line 3 already",
        "line 5: agent '2' of 'ضرب' is not -1, -0.5, 0, 0.5 or 1",
        "line 6: pos 'x' of 'رمى' is unknown",
    ]


# Sides ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "stance"),
    [
        ("قال الوزير الفرنسي إن روسيا تنتهك القانون وتهدد جيرانها.", {"moscow": "oppose"}),
        ("قال الوزير الفرنسي إن العدوان الروسي جريمة.", {"moscow": "oppose"}),
        ("قالت فرنسا إنها تدين واشنطن بشدة.", {"washington": "oppose"}),
        ("قالت الصحيفة: ندين واشنطن على هذه الجريمة.", {"washington": "oppose"}),
        ("قال الوزير الفرنسي إن روسيا شريك صادق وموثوق.", {"moscow": "support"}),
        ("اتهمت فرنسا روسيا بالكذب.", {"moscow": "oppose"}),
        ("اتهم الوزير الفرنسي الولايات المتحدة بالتجسس على حلفائها.", {"washington": "oppose"}),
        ("رحبت فرنسا بالموقف الروسي.", {"moscow": "support"}),
        ("انتقدت فرنسا السياسة الأمريكية في المنطقة.", {"washington": "oppose"}),
        ("أدانت فرنسا القصف الروسي للمدينة.", {"moscow": "oppose"}),
        ("شكرت فرنسا كازاخستان على استضافة المؤتمر.", {"astana": "support"}),
    ],
)
def test_sides_that_are_taken(sentence, stance):
    assert stance_of(sentence) == stance


@pytest.mark.parametrize(
    "sentence",
    [
        "قال الوزير الفرنسي إن روسيا تقع في الشمال.",
        "قال الوزير الفرنسي إن المحادثات مع روسيا تستأنف غدا.",
        "قال الوزير الفرنسي إن السفير الأمريكي وصل مساء.",
        "قال الوزير الفرنسي إن المسؤولين الروس غادروا القاعة.",
        "أعلنت فرنسا أن القمة تعقد في موسكو.",
        "قال الوزير الفرنسي إن عدد السكان في كازاخستان يزداد.",
        "دعت فرنسا روسيا إلى اجتماع جديد.",
        "قال الوزير الفرنسي إن الحرب في الجنوب دمرت القرى.",
        "اتهمت فرنسا جارتها بالكذب.",
        "رحبت فرنسا بعقد المؤتمر في الربيع.",
        "قال الوزير الفرنسي إن رويترز كذبت.",
    ],
)
def test_contents_that_take_no_side(sentence):
    assert stance_of(sentence) == {}


def leaning(content: str, state: str, **how: bool) -> float:
    stances = load_stance()
    text = read_text(content, None)
    weighed = stances.weigh(text, **how)
    return sum(one.score for number, one in weighed.items() if text.mentions[number].state == state)


def test_who_does_and_to_whom_it_is_done():
    assert leaning("إن روسيا قصفت أوكرانيا", "russia") < 0
    assert leaning("إن روسيا قصفت أوكرانيا", "ukraine") == 0
    assert leaning("قصفت روسيا أوكرانيا", "russia") < 0
    assert leaning("قصفت روسيا أوكرانيا", "ukraine") == 0
    assert leaning("طرد الدبلوماسيين الروس", "russia") < 0
    assert leaning("الاتهامات الأمريكية لروسيا", "united-states") == 0


def test_negation_turns_a_side_around():
    assert leaning("إن روسيا لم تنتهك الاتفاق", "russia") > 0
    assert leaning("إن واشنطن غير متورطة", "united-states") > 0


def test_what_is_denied_or_warned_against_counts_the_other_way_round():
    assert (
        leaning("تدخل روسيا في الانتخابات", "russia") < 0 < leaning("تدخل روسيا في الانتخابات", "russia", denied=True)
    )
    assert leaning("اتهام روسيا بالكذب", "russia") < 0 < leaning("اتهام روسيا بالكذب", "russia", against=True)
    assert leaning("المزاعم الأمريكية", "united-states", denied=True) < 0
    assert leaning("إن اتهام روسيا وراءه دوافع سياسية", "russia") > 0


def test_a_title_is_no_blame():
    assert leaning("إن المسؤولين الروس غادروا", "russia") == 0
    assert leaning("إن روسيا مسؤولة عن الحريق", "russia") < 0


def test_partners_are_for_only_where_somebody_is_called_one():
    assert leaning("إن روسيا شريك", "russia") > 0
    assert leaning("شركاؤنا الروس وصلوا", "russia") == 0


def test_a_denial_for_ones_own_side_is_no_stance():
    assert stance_of("نفت روسيا تدخلها في الانتخابات وانتهاك روسيا للقانون.") == {}


# Targets --------------------------------------------------------------------------------------------------------------


def test_targets_may_be_actors_or_named_lists():
    sentence = "اتهمت الصين فرنسا بالكذب."
    assert stance_of(sentence) == {}
    assert stance_of(sentence, ["france", "russia"]) == {"france": "oppose"}
    assert stance_of(sentence, {"west": ["united-states", "france"]}) == {"west": "oppose"}
    assert stance_of("اتهمت الصين روسيا بالكذب.", default_camps()) == {"moscow": "oppose"}


def test_a_person_stands_for_his_state_and_may_be_a_target_alone():
    sentence = "قالت الصحيفة إن ترامب خائن."
    assert stance_of(sentence) == {"washington": "oppose"}
    assert stance_of(sentence, ["donald-trump"]) == {"donald-trump": "oppose"}


def test_targets_that_do_not_exist_are_refused_together():
    table = discourse.analyse([Article("a", "", "قال الوزير إن القطار وصل.")])
    with pytest.raises(StanceError) as error:
        score_stance(table, {"a": ["atlantis"], "b": ["russia"], "c": ["russia"]})
    assert str(error.value) == (
        "Targets that cannot be looked for: 'atlantis' (target 'a') is no actor of the actor data; "
        "'russia' stands for the targets 'b' and 'c'."
    )
    with pytest.raises(StanceError, match="none are named"):
        find_stances(table, [])


# Tables ---------------------------------------------------------------------------------------------------------------

ARTICLE = Article(
    "a1",
    "",
    "اتهم الوزير الفرنسي روسيا بالكذب. وقال إن المحادثات مع واشنطن تستأنف غدا. وأضاف أن روسيا تنتهك القانون وتقصف المدن.",
)


def test_the_long_table_holds_every_target_that_is_mentioned():
    table = discourse.analyse([ARTICLE])
    long = find_stances(table)
    assert list(long.columns) == ["article_id", "id", "target", "side", "score", "stance_evidence"]
    assert [(one.target, one.side) for one in long.itertuples()] == [
        ("moscow", "oppose"),
        ("washington", None),
        ("moscow", "oppose"),
    ]
    assert score_stance(table)["stance"].tolist() == [{"moscow": "oppose"}, {}, {"moscow": "oppose"}]


def test_evidence_is_the_target_and_the_words_that_say_something_of_it():
    scored = score_stance(discourse.analyse([ARTICLE]))
    words = [[ARTICLE.document[s:e] for s, e in spans] for spans in scored["stance_evidence"]]
    assert words[0] == ["اتهم", "روسيا"]
    assert words[1] == []
    assert {"روسيا", "تنتهك"} <= set(words[2])


def test_every_span_of_the_project_corpus_stands_in_its_document():
    articles = read_study(STUDY).articles
    documents = {article.id: article.document for article in articles}
    scored = score_stance(discourse.analyse(articles))
    assert scored["stance"].map(bool).any()
    for row in scored.itertuples():
        assert bool(row.stance) == bool(row.stance_evidence)
        for start, end in row.stance_evidence:
            assert 0 <= start < end <= len(documents[row.article_id])
            assert documents[row.article_id][start:end].strip() == documents[row.article_id][start:end]


def test_a_table_without_rows_keeps_its_columns():
    empty = discourse.analyse([])
    assert {"stance", "stance_evidence"} <= set(score_stance(empty))
    assert find_stances(empty).empty


def test_with_the_target_given_a_side_is_always_taken():
    table = discourse.analyse([ARTICLE]).assign(target=["moscow", "washington", None])
    assert score_side(table)["side"].tolist() == ["oppose", "oppose", None]
    with pytest.raises(StanceError, match="no column 'whom'"):
        score_side(table, "whom")
    with pytest.raises(StanceError, match="names paris; targets: moscow, washington, astana"):
        score_side(table.assign(target="paris"))
