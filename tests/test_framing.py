"""Frames: what brings them up, what does not, the lists behind them, and what a user's own file may hold."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pandas as pd
import pytest
import yaml

import discourse
from discourse.corpus import Article, read_study
from discourse.datafiles import LexiconError
from discourse.framing import (
    Frame,
    Frames,
    Indicator,
    _indicator,
    _is_found,
    _tab_rows,
    find_frames,
    frame_report,
    load_frames,
    read_frames,
    score_frames,
)
from discourse.text import fold

FOLDER = files("discourse").joinpath("data", "ar", "framing")
ROWS = _tab_rows(FOLDER.joinpath("indicators.tsv").read_text(encoding="utf-8"))
DECLARED = [entry["frame"] for entry in yaml.safe_load(FOLDER.joinpath("frames.yml").read_text(encoding="utf-8"))]
NINE = DECLARED[:9]
ALL = load_frames(*DECLARED[9:])
STUDY = Path(__file__).resolve().parents[1] / "corpora" / "kazakhstan-2022"
BIDI = {chr(c) for c in (0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def frames_of(content: str, act: str = "assert", engagement: str = "acknowledge") -> set[str]:
    frames = load_frames()
    return set(frames.choose(frames.weigh(content, act, engagement)))


# The lists ------------------------------------------------------------------------------------------------------------


def test_the_lists_hold_no_fault():
    from discourse.framing import _faults

    assert list(_faults(ROWS, DECLARED)) == []


def test_the_lists_are_sorted_after_folding():
    keys = [(row["frame"], fold(row["indicator"]), row["pos"]) for _, row in ROWS]
    assert keys == sorted(keys)


@pytest.mark.parametrize("name", ["frames.yml", "indicators.tsv", "weights.yml"])
def test_files_hold_no_bidi_controls(name):
    assert not BIDI & set(FOLDER.joinpath(name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("frame", DECLARED)
def test_every_frame_has_its_source_and_its_codebook_text_and_indicators(frame):
    one = next(one for one in ALL.frames if one.frame == frame)
    assert one.label and one.codebook and "(" in one.source
    assert sum(row["frame"] == frame for _, row in ROWS) >= (70 if frame in NINE else 10)


@pytest.mark.parametrize("frame", DECLARED)
def test_every_indicator_is_found_in_its_example(frame):
    assert [
        (line, row["indicator"]) for line, row in ROWS if row["frame"] == frame and not _is_found(_indicator(row))
    ] == []


@pytest.mark.parametrize("frame", DECLARED)
def test_an_example_brings_its_frame_up_as_far_as_its_indicator_weighs(frame):
    least = {"strong": 1.0, "weak": 0.5}
    wrong = []
    for line, row in ROWS:
        if row["frame"] == frame and row["weight"] in least and row["example"]:
            score = ALL.weigh(row["example"]).get(frame, (0.0, []))[0]
            if score < least[row["weight"]]:
                wrong.append((line, row["indicator"], score))
    assert wrong == []


def test_words_of_an_exclusion_say_nothing_for_its_frame():
    wrong = []
    for line, row in ROWS:
        if row["weight"] == "not":
            words = row["indicator"].replace("|", " ").split()
            evidence = ALL.weigh(row["example"]).get(row["frame"], (0.0, []))[1]
            counted = {fold(row["example"][start:end]).removeprefix("ال") for start, end in evidence}
            if counted & {fold(word).removeprefix("ال") for word in words}:
                wrong.append((line, row["indicator"]))
    assert wrong == []


# What brings frames up ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "frames"),
    [
        ("أن سربا من الطائرات الحربية أغار فجرا على مواقع المسلحين", {"security"}),
        ("أن المصرف رفع سعر الفائدة فهبطت الأسهم", {"economic"}),
        ("أن الناخبين سيختارون برلمانا جديدا في الربيع", {"political"}),
        ("أن المحكمة برأت المتهم من كل التهم", {"legality"}),
        ("أن البلدين يتبادلان السفراء ويستأنفان المحادثات", {"diplomacy"}),
        ("أن الأرملة ودعت أيتامها والدموع تملأ عينيها", {"human_interest"}),
        ("أن ضمير العالم لا يقبل هذا الظلم", {"morality"}),
        ("أن إهمال الوزارة سبب الكارثة وأن عليها تحمل المسؤولية", {"responsibility"}),
        ("أن الحزبين تبادلا الاتهامات وتفاقم الخلاف", {"conflict"}),
    ],
)
def test_each_frame_in_a_plain_content(content, frames):
    assert frames <= frames_of(content)


@pytest.mark.parametrize(
    "content",
    [
        "أن القطار وصل في موعده",
        "أن المباراة انتهت بالتعادل",
        "أن الكتاب يقع في مئتي صفحة",
        "أنه سيعود غدا",
        "أن الجو معتدل هذا الأسبوع",
        "أن عدد الزوار بلغ ألفا",
        "إن الصور التقطت صباحا",
        "أن المعرض يفتح أبوابه مساء",
        "أنه لم يقرأ الرسالة بعد",
    ],
)
def test_contents_without_a_frame(content):
    assert frames_of(content) == set()


def test_words_in_a_name_are_no_security():
    assert "security" not in frames_of("أن مجلس الأمن يجتمع غدا")
    assert "security" in frames_of("أن الأمن عاد إلى المدينة")


def test_a_weak_word_needs_a_second_one():
    assert frames_of("أن التهديد لا ينفع") == set()
    assert "conflict" in frames_of("أن التهديد والرفض لا ينفعان")


def test_the_same_weak_word_twice_is_still_one():
    assert frames_of("تهديد بعد تهديد") == set()


def test_the_act_of_speaking_counts():
    assert "conflict" in frames_of("القائمة الجديدة", act="criticise")
    assert frames_of("القائمة الجديدة", act="assert") == set()
    assert "responsibility" not in frames_of("بالقدوم غدا", act="direct")
    assert "responsibility" in frames_of("بمعالجة أزمة السكن", act="direct")


def test_no_more_than_three_frames_and_the_strongest_first():
    content = "القصف والحرب والغارات، والانتخابات، والقانون والمحكمة، والعلاقات والمفاوضات والسفراء والقمة"
    frames = load_frames()
    chosen = frames.choose(frames.weigh(content))
    assert chosen == ["diplomacy", "security", "legality"]


def test_a_gap_spans_other_words_but_not_many():
    made = Frames([Frame("f", "", "", "")], [Indicator("f", "فرض … عقوبات", "phrase", "strong")])
    assert made.weigh("فرض مزيد من العقوبات")["f"][0] == 1.0
    assert made.weigh("فرض واحد اثنان ثلاثة أربعة خمسة ستة عقوبات") == {}
    assert made.weigh("العقوبات التي كانت فرض عين") == {}


def test_alternatives_stand_for_one_word_of_a_pattern():
    made = Frames([Frame("f", "", "", "")], [Indicator("f", "طرف|أطراف صراع", "phrase", "strong")])
    assert made.weigh("بين أطراف الصراع")["f"][1] == [(4, 9), (10, 16)]
    assert made.weigh("الأطراف كلها") == {}


# Tables ---------------------------------------------------------------------------------------------------------------

ARTICLE = Article(
    "a1",
    "القمة غدا",
    "قالت الوزيرة إن المحادثات بدأت في القصر. وأضافت أن القطار تأخر. واتهم الزعيم خصومه بسرقة الأصوات في الانتخابات.",
    "صحيفة",
)


def test_the_long_table_and_the_column_say_the_same():
    table = discourse.analyse([ARTICLE])
    long = find_frames(table)
    held = long[long["holds"]].groupby("id")["frame"].apply(set).to_dict()
    scored = score_frames(table)
    assert {row.id: set(row.frames) for row in scored.itertuples() if row.frames} == held
    assert "diplomacy" in held[scored["id"][0]]
    assert scored["frames"][1] == [] == scored["frames_evidence"][1]
    assert {"political", "conflict"} <= set(scored["frames"][2])


def test_evidence_stands_in_the_document_and_reads_as_the_words_that_count():
    scored = score_frames(discourse.analyse([ARTICLE]))
    words = [ARTICLE.document[start:end] for start, end in scored["frames_evidence"][0]]
    assert words == ["المحادثات"]


def test_where_only_the_act_counts_the_cue_is_the_evidence():
    article = Article("a2", "", "انتقدت الوزيرة اللوحة الجديدة.")
    long = find_frames(discourse.analyse([article]))
    conflict = long[long["frame"] == "conflict"].iloc[0]
    assert [article.document[s:e] for s, e in conflict["frame_evidence"]] == ["انتقدت"]


def test_every_span_of_the_project_corpus_lies_in_its_document_and_its_content_or_cue():
    articles = read_study(STUDY).articles
    documents = {article.id: article.document for article in articles}
    for row in score_frames(discourse.analyse(articles)).itertuples():
        for start, end in row.frames_evidence:
            assert 0 <= start < end <= len(documents[row.article_id])
            inside = [*row.content_spans, *([row.cue_span] if row.cue_span else [])]
            assert any(s <= start and end <= e for s, e in inside)


def test_an_article_more_changes_no_row():
    other = Article("a0", "", "قال القائد إن المدينة محاصرة.")
    alone = score_frames(discourse.analyse([ARTICLE]))["frames"].tolist()
    assert score_frames(discourse.analyse([other, ARTICLE]))["frames"].tolist()[1:] == alone


def test_a_table_without_rows_keeps_its_columns():
    empty = discourse.analyse([])
    assert list(find_frames(empty).columns) == ["article_id", "id", "frame", "score", "holds", "frame_evidence"]
    assert {"frames", "frames_evidence"} <= set(score_frames(empty))
    assert frame_report(empty)["coverage"]["n"].sum() == 0


def test_the_report_counts_coverage_and_overlap():
    texts = ["إن الغارة انتهت", "إن الغارة والمحادثات انتهت", "إن القطار وصل"]
    articles = [Article(f"a{n}", "", f"قال القائد {text}.") for n, text in enumerate(texts)]
    report = frame_report(discourse.analyse(articles), cases=1)
    coverage = report["coverage"].set_index("frame")
    assert coverage.loc["security", ["n", "n_articles"]].tolist() == [2, 2]
    assert coverage.loc["security", "share"] == pytest.approx(2 / 3)
    assert report["overlap"].loc["security", "diplomacy"] == 1
    cases = report["cases"]
    security = cases[cases["frame"] == "security"]
    assert security["convincing"].tolist() == ["most", "least"]
    assert security["words"].tolist()[0] == "الغارة"


# A user's own ---------------------------------------------------------------------------------------------------------

OWN = """- frame: water
  label: Water
  codebook: Water is scarce or shared.
  indicators:
    - indicator: نهر
      pos: noun
      forms: أنهار
      weight: strong
      example: جفت الأنهار.
"""


def test_frames_of_ones_own_load_with_one_call(tmp_path):
    path = tmp_path / "mine.yml"
    path.write_text(OWN, encoding="utf-8")
    table = discourse.analyse([Article("a1", "", "قال الوزير إن النهر فاض. وأضاف أن القطار وصل.")])
    assert score_frames(table, read_frames(path))["frames"].tolist() == [["water"], []]


def test_everything_wrong_with_a_file_is_said_at_once_with_lines(tmp_path):
    path = tmp_path / "mine.yml"
    path.write_text(
        OWN
        + """    - indicator: بئر عميقة
      pos: noun
      weight: strong
      example: بئر عميقة.
    - indicator: سد
      pos: noun
      weight: heavy
      example: سد.
    - indicator: نهر
      pos: noun
      weight: weak
      example: نهر.
""",
        encoding="utf-8",
    )
    with pytest.raises(LexiconError) as error:
        read_frames(path)
    assert str(error.value).split("\n") == [
        "mine.yml: 3 rows cannot be used:",
        "  line 10: 'بئر عميقة' has several words; its pos must be phrase",
        "  line 14: weight 'heavy' of 'سد' is unknown. Weights: strong, weak, not",
        "  line 18: 'نهر' stands in line 5 already",
    ]


def test_an_indicator_that_is_not_in_its_example_is_a_fault(tmp_path):
    path = tmp_path / "mine.yml"
    path.write_text(OWN.replace("جفت الأنهار", "جفت البحيرات"), encoding="utf-8")
    with pytest.raises(LexiconError, match=r"line 5: 'نهر' is not found in its example"):
        read_frames(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("water", "mine.yml: expected a list of entries with `frame`, `codebook` and `indicators`."),
        ("- frame: water", "line 1: the frame 'water' has no codebook text"),
        ("- [", "mine.yml: not readable as YAML"),
    ],
)
def test_a_file_that_holds_no_frames_is_refused(tmp_path, text, message):
    path = tmp_path / "mine.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LexiconError) as error:
        read_frames(path)
    assert message in str(error.value)


def test_other_policy_frames_are_switched_on_by_name():
    assert [one.frame for one in load_frames().frames] == NINE
    assert "health" not in load_frames().weigh("أن اللقاح وصل إلى المستشفى")
    assert load_frames("health").weigh("أن اللقاح وصل")["health"][0] == 1.0
    with pytest.raises(LexiconError, match="There is no frame wealth. Frames to switch on: capacity, fairness"):
        load_frames("wealth")


def test_the_frames_of_the_study_load_and_hold_where_they_are_meant_to():
    frames = read_frames(STUDY / "frames.yml")
    assert [one.frame for one in frames.frames] == [
        "foreign_plot",
        "social_grievance",
        "restoration_of_order",
        "intervention_sovereignty",
        "legality_of_request",
        "elite_struggle",
    ]
    contents = {
        "أن أيادي خارجية دبرت كل ما جرى": "foreign_plot",
        "أن غلاء المعيشة أخرج الناس": "social_grievance",
        "أن الشرطة استعادت السيطرة على الساحة": "restoration_of_order",
        "أن القوات الأجنبية ستغادر": "intervention_sovereignty",
        "أن الرئيس استند إلى المادة الرابعة": "legality_of_request",
        "أن الرئيس الأول فقد نفوذه": "elite_struggle",
    }
    for content, frame in contents.items():
        assert frames.choose(frames.weigh(content)) == [frame], content
    assert frames.choose(frames.weigh("أن القطار وصل")) == []


def test_scores_are_the_same_whatever_came_before():
    first = score_frames(discourse.analyse([ARTICLE]))
    second = score_frames(discourse.analyse([ARTICLE]))
    pd.testing.assert_frame_equal(first, second)
