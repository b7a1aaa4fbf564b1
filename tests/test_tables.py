"""The bridge from attributions to tables, and the files that tables are kept in."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from discourse.attribution import Attribution
from discourse.corpus import Article, Corpus
from discourse.engagement import ACTS, ENGAGEMENTS, score_engagement
from discourse.schemas import find_faults, looks_sound
from discourse.sentiment import score_sentiment
from discourse.tables import (
    _AGREEMENTS,
    ARTICLE_COLUMNS,
    ATTRIBUTION_COLUMNS,
    SCHEMA,
    TableError,
    articles_from_table,
    articles_table,
    attribution_rows,
    attributions_table,
    check_table,
    coded_table,
    read_table,
    redact,
    restore_texts,
    with_columns,
    write_table,
)
from discourse.text import Span

ARTICLE = Article("a1", "لقاء", "قال الوزير إن «العمل» مستمر، وأضاف أن «النتائج» قريبة.", "صحيفة", date(2022, 1, 6))
SUFFIXES = [".jsonl", ".csv", ".parquet"]


def span(text: str, article: Article = ARTICLE) -> Span:
    start = article.document.index(text)
    return Span(start, start + len(text), text)


FIRST = Attribution(
    article_id="a1",
    id="a1:5",
    type="mixed",
    cue=span("قال"),
    source=span("الوزير"),
    content=(span("إن «العمل» مستمر"),),
    rule="verb that",
    cue_lemma="قال",
    speaker="minister",
    camp="other",
    resolved_by="title",
    medium="spoken",
    verbatim=(span("العمل"),),
    anonymous=True,
    confidence=0.75,
)
SECOND = Attribution(
    article_id="a1",
    id="a1:35",
    type="indirect",
    cue=None,
    source=None,
    content=(span("أن «النتائج»"), span("قريبة")),
    rule="carried over",
    polarity="negative",
    parent="a1:5",
    addressee=span("لقاء"),
    relayed_by="a1:5",
)
ALONE = SECOND._replace(parent=None, relayed_by=None, addressee=None)


def make_table(*attributions: Attribution) -> pd.DataFrame:
    return attributions_table([ARTICLE], attributions or (FIRST, SECOND))


def scored_table() -> pd.DataFrame:
    table = score_sentiment(score_engagement(make_table()))
    stance = pd.Series([{"moscow": "oppose"}, {}], dtype=object)
    return table.assign(stance=stance, frames=pd.Series([["conflict", "security"], []], dtype=object))


def same(left: pd.DataFrame, right: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(left, right)
    for name in left:
        assert [type(cell) for cell in left[name]] == [type(cell) for cell in right[name]], name


# The bridge -----------------------------------------------------------------------------------------------------------


def test_columns_and_values_of_the_table() -> None:
    table = make_table()
    assert list(table.columns) == [column.name for column in ATTRIBUTION_COLUMNS]
    kinds = {"date": "datetime64[us]", "anonymous": "boolean", "confidence": "float64"}
    assert {name: str(table[name].dtype) for name in table} == {name: kinds.get(name, "object") for name in table}
    first, second = table.to_dict("records")
    assert first == {
        "article_id": "a1",
        "outlet": "صحيفة",
        "date": pd.Timestamp(2022, 1, 6),
        "id": "a1:5",
        "type": "mixed",
        "cue": "قال",
        "source": "الوزير",
        "content": "إن «العمل» مستمر",
        "speaker": "minister",
        "camp": "other",
        "parent": None,
        "rule": "verb that",
        "resolved_by": "title",
        "cue_lemma": "قال",
        "polarity": "positive",
        "medium": "spoken",
        "addressee": None,
        "relayed_by": None,
        "anonymous": True,
        "confidence": 0.75,
        "cue_span": [5, 8],
        "source_span": [9, 15],
        "content_spans": [[16, 32]],
        "addressee_span": None,
        "verbatim_spans": [[20, 25]],
        "between": None,
        "between_span": None,
        "position": "lead",
    }
    assert (second["addressee"], second["addressee_span"], second["verbatim_spans"]) == ("لقاء", [0, 4], [])
    assert (second["relayed_by"], second["anonymous"]) == ("a1:5", False)
    assert second["content"] == "أن «النتائج» قريبة"
    assert [second[name] for name in ("cue", "source", "speaker", "camp", "cue_span", "source_span")] == [None] * 6


def test_content_spans_find_each_character_of_content() -> None:
    for _, row in make_table().iterrows():
        at = 0
        for start, end in row["content_spans"]:
            assert row["content"][at : at + end - start] == ARTICLE.document[start:end]
            at += end - start + 1
        assert at == len(row["content"]) + 1


@pytest.mark.parametrize(
    ("cue", "source", "content", "between"),
    [
        ("اتهم", "الوزير", "بالكذب", "خصمه"),
        ("اتهم", None, "بالكذب", "الوزير خصمه"),
        ("قال", "القائد", "إن الجسر قديم", None),
        ("زعم", "النائب", "أن الباب مغلق", None),
        (None, "الوزير", "بالكذب", None),
    ],
)
def test_words_between_cue_and_content_that_are_not_the_source(cue, source, content, between) -> None:
    text = "اتهم الوزير خصمه بالكذب. قال القائد إن الجسر قديم. زعم. النائب أن الباب مغلق."
    article = Article("a1", "", text)
    spans = [None if words is None else span(words, article) for words in (cue, source, content)]
    one = Attribution("a1", "a1:0", "indirect", spans[0], spans[1], (spans[2],), "verb that")
    row = attributions_table([article], [one]).iloc[0]
    assert row["between"] == between
    if between is not None:
        assert article.document[slice(*row["between_span"])] == between


def test_headline_lead_and_body() -> None:
    text = "قال أحمد إن الباب مغلق. وأضاف أن النافذة مفتوحة.\nوتابع أن السقف عال."
    article = Article("a1", "قال سالم إن البيت كبير", text)
    contents = ["إن البيت كبير", "إن الباب مغلق", "أن النافذة مفتوحة", "أن السقف عال"]
    found = [
        Attribution("a1", f"a1:{n}", "indirect", None, None, (span(words, article),), "verb that")
        for n, words in enumerate(contents)
    ]
    assert attributions_table([article], found)["position"].tolist() == ["headline", "lead", "lead", "body"]
    one_paragraph = Article("a1", "", text.replace("\n", " "))
    moved = [a._replace(content=(span(a.content[0].text, one_paragraph),)) for a in found[1:]]
    assert attributions_table([one_paragraph], moved)["position"].tolist() == ["lead", "body", "body"]


def test_missing_metadata_is_none_and_nat() -> None:
    article = replace(ARTICLE, outlet=None, date=None)
    table = attributions_table([article], [FIRST])
    assert table["outlet"][0] is None
    assert table["date"][0] is pd.NaT


def test_a_table_of_nothing_has_the_same_columns_and_types() -> None:
    assert attributions_table([], []).dtypes.to_dict() == make_table().dtypes.to_dict()


def test_everything_wrong_with_attributions_is_said_at_once() -> None:
    wrong = [
        FIRST._replace(article_id="a2"),
        FIRST._replace(id="x", cue=Span(5, 8, "زعم")),
        SECOND._replace(parent="a1:99", relayed_by="a1:98"),
    ]
    with pytest.raises(TableError) as caught:
        attributions_table([ARTICLE, ARTICLE], wrong)
    assert str(caught.value) == (
        "table of attributions: article 'a1' is given twice\n"
        "attribution 'a1:5' of article 'a2': no such article is given\n"
        "attribution 'x' of article 'a1': characters 5 to 8 of the document are not 'زعم'\n"
        "attribution 'a1:35' of article 'a1': its parent 'a1:99' is no attribution of this article\n"
        "attribution 'a1:35' of article 'a1': its relayed_by 'a1:98' is no attribution of this article"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        Span(-3, -1, ARTICLE.document[-3:-1]),  # from the end, as Python counts
        Span(len(ARTICLE.document) - 4, 999, ARTICLE.document[-4:]),
        Span(8, 8, ""),
        Span(8, 5, ""),
    ],
)
@pytest.mark.parametrize("field", ["cue", "content", "verbatim"])
def test_a_span_beyond_the_document_or_of_nothing(field: str, wrong: Span) -> None:
    one = ALONE._replace(**{field: wrong if field == "cue" else (wrong,)})
    with pytest.raises(TableError) as caught:
        make_table(one)
    (fault,) = caught.value.faults
    assert fault == (
        f"attribution 'a1:35' of article 'a1': characters {wrong.start} to {wrong.end} of the document "
        f"are not {wrong.text!r}"
    )


def test_an_attribution_without_content() -> None:
    with pytest.raises(TableError, match="attribution 'a1:35' of article 'a1': it has no content"):
        make_table(ALONE._replace(content=()))


def test_what_an_attribution_says_beside_its_spans_is_judged_too() -> None:
    with pytest.raises(
        TableError, match="row 1: type is 'quoted'; it must be one of direct, mixed, unmarked, indirect"
    ):
        make_table(ALONE._replace(type="quoted"))
    with pytest.raises(TableError, match="row 1: outlet is 5; it must be a text"):
        attributions_table([replace(ARTICLE, outlet=5)], [ALONE])


def test_an_id_twice() -> None:
    with pytest.raises(TableError, match=r"row 2: id 'a1:5' of article 'a1' again; it is in row 1"):
        make_table(FIRST, FIRST)


def test_classes_of_the_schema_are_those_of_the_scores() -> None:
    assert SCHEMA["act"].values == ACTS
    assert SCHEMA["engagement"].values == ENGAGEMENTS


# Articles -------------------------------------------------------------------------------------------------------------

ARTICLES = (
    Article("a1", "عنوان", "قال الوزير إن العمل مستمر.", "المدى", date(2022, 1, 6), "https://example.org/1"),
    Article("a2", "", "قال الوزير إن العمل مستمر.\nاقرأ أيضاً: خبر", boilerplate=(Span(27, 42, "اقرأ أيضاً: خبر"),)),
)


def test_articles_there_and_back() -> None:
    table = articles_table(ARTICLES)
    assert list(table.columns) == [column.name for column in ARTICLE_COLUMNS]
    assert articles_from_table(table) == Corpus(ARTICLES)


def test_articles_of_a_table_with_other_names() -> None:
    table = pd.DataFrame(
        {
            "body": ["نص أول", "نص ثان"],
            "day": ["٦ كانون الثاني ٢٠٢٢", pd.Timestamp("2022-01-06 10:30")],
            "text": ["ملخص", ""],
            "n": [7, 8],
        },
        index=[5, 5],
    )
    day = date(2022, 1, 6)
    assert articles_from_table(table, {"text": "body", "date": "day"}).articles == (
        Article("1", "", "نص أول", None, day),
        Article("2", "", "نص ثان", None, day),
    )
    assert [a.id for a in articles_from_table(table, {"text": "body", "article_id": "n"})] == ["7", "8"]
    assert [a.text for a in articles_from_table(table.iloc[:1], {"date": "day"})] == ["ملخص"]


def test_articles_of_a_table_in_other_languages_are_counted() -> None:
    english = "The minister said that the meeting had been useful for everybody."
    table = pd.DataFrame({"article_id": ["a", "b"], "title": ["", ""], "text": ["نص عربي", english]})
    corpus = articles_from_table(table)
    assert ([a.id for a in corpus], corpus.n_set_aside) == (["a"], 1)
    assert [note.message for note in corpus.notes] == ["not in Arabic and left out: 1 (en 1)"]


def test_no_article_is_no_fault() -> None:
    assert articles_from_table(articles_table(())) == Corpus(())


def test_all_that_is_wrong_with_a_table_of_articles() -> None:
    table = pd.DataFrame(
        {"article_id": ["a", "a", None, "b"], "text": ["نص", 5, "", "نص"], "date": [None, "06/01/2022", None, "أمس"]}
    )
    with pytest.raises(TableError) as caught:
        articles_from_table(table.assign(title=None))
    assert str(caught.value).split("\n") == [
        "table of articles: row 3: article_id is empty",
        "row 2: text is 5; it must be a text",
        "row 3: text is ''; it must be a text",
        "row 2: date is '06/01/2022'; it must be a date such as 2022-01-06",
        "row 4: date is 'أمس'; it must be a date such as 2022-01-06",
        "row 2: article_id 'a' again; it is in row 1",
    ]
    with pytest.raises(TableError, match="table of articles: no column title, text; found: article_id, body"):
        articles_from_table(pd.DataFrame({"article_id": ["a"], "body": ["x"]}))
    with pytest.raises(
        TableError, match="table of articles: an article has no content; it has article_id, title, text"
    ):
        articles_from_table(table, {"content": "text"})
    with pytest.raises(TableError, match="row 2: article_id 'a1' again; it is in row 1"):
        articles_table([ARTICLES[0], ARTICLES[0]])


# Checks ---------------------------------------------------------------------------------------------------------------


def test_a_sound_table_passes_in_any_order_and_selection() -> None:
    table = scored_table()
    check_table(table)
    check_table(table[table["type"] == "indirect"])
    check_table(table.iloc[::-1].assign(topic=[1, 2]))
    assert looks_sound(table, *JUDGED)
    assert looks_sound(table[table["type"] == "indirect"], *JUDGED)


def test_faults_of_every_kind_are_said_together() -> None:
    table = pd.concat([scored_table(), scored_table().iloc[:1]], ignore_index=True)
    n_rows = len(table)
    table = table.drop(columns="camp").astype({"rule": object})
    table.at[1, "rule"] = None
    table.at[1, "type"] = "quoted"
    table.at[0, "cue"] = "قا"
    with pytest.raises(TableError) as caught:
        check_table(table)
    found = str(caught.value).split("\n")
    assert found[0].startswith("table of attributions: no column camp; found: article_id, outlet")
    assert found[1:] == [
        "row 2: type is 'quoted'; it must be one of direct, mixed, unmarked, indirect",
        "row 2: rule is empty",
        f"row {n_rows}: id '{table['id'][0]}' of article '{table['article_id'][0]}' again; it is in row 1",
        f"row 1: cue 'قا' and cue_span {table['cue_span'][0]} disagree",
    ]


def test_a_column_that_stands_twice() -> None:
    table = scored_table()
    with pytest.raises(TableError, match="column camp, rule stands more than once"):
        check_table(pd.concat([table, table[["rule", "camp"]]], axis=1))


def test_missing_columns_are_listed() -> None:
    with pytest.raises(TableError) as caught:
        check_table(pd.DataFrame({"article_id": ["a"], "quote": ["b"]}), "mine.csv")
    assert str(caught.value) == (
        "mine.csv: no column outlet, date, id, type, cue, source, content, speaker, camp, parent, rule, resolved_by, "
        "cue_lemma, polarity, medium, addressee, relayed_by, anonymous, confidence, cue_span, source_span, content_spans, "
        "addressee_span, verbatim_spans, between, between_span, position; found: article_id, quote"
    )


WRONG_CELLS = (
    ("type", "quoted", "row 1: type is 'quoted'; it must be one of direct, mixed, unmarked, indirect"),
    ("article_id", ["a1"], "row 1: article_id is ['a1']; it must be a text"),
    ("camp", 3, "row 1: camp is 3; it must be a text"),
    ("camp", "", "row 1: camp is ''; it must be a text"),
    ("rule", None, "row 1: rule is empty"),
    ("polarity", float("nan"), "row 1: polarity is empty"),
    ("medium", "heard", "row 1: medium is 'heard'; it must be one of spoken, written, document, media"),
    ("anonymous", "no", "row 1: anonymous is 'no'; it must be true or false"),
    ("addressee", "لنا", "row 1: addressee 'لنا' and addressee_span None disagree"),
    ("cue_span", [5], "row 1: cue_span is [5]; it must be [start, end]"),
    ("cue_span", [8, 5], "row 1: cue_span is [8, 5]; it must be [start, end]"),
    ("content_spans", [5, 8], "row 1: content_spans is [5, 8]; it must be a list of [start, end]"),
    ("cue", "قا", "row 1: cue 'قا' and cue_span [5, 8] disagree"),
    ("source_span", None, "row 1: source 'الوزير' and source_span None disagree"),
    ("content", "x", "row 1: content has 1 characters; content_spans [[16, 32]] have others"),
    ("sentiment", "bad", "row 1: sentiment is 'bad'; it must be one of negative, neutral, positive"),
    ("sentiment_score", "high", "row 1: sentiment_score is 'high'; it must be a number"),
    ("frames", "conflict", "row 1: frames is 'conflict'; it must be a list of texts"),
    ("stance", {"moscow": "yes"}, "row 1: stance is {'moscow': 'yes'}; it must be support or oppose for each camp"),
)


CHECKED = tuple(SCHEMA[name] for name in scored_table().columns)
PLAIN = {column.name: column for column in CHECKED if column.kind in ("text", "date", "number", "flag")}
JUDGED = (tuple(PLAIN.values()), ("article_id", "id"))


def with_cell(column: str, cell: object) -> pd.DataFrame:
    table = scored_table()
    cells = list(table[column])
    cells[0] = cell
    return table.assign(**{column: pd.Series(cells, dtype=object)})


@pytest.mark.parametrize(("column", "cell", "message"), WRONG_CELLS)
def test_each_wrong_cell_is_named(column: str, cell: object, message: str) -> None:
    with pytest.raises(TableError) as caught:
        check_table(with_cell(column, cell))
    assert caught.value.faults == (message,)


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [wrong for wrong in WRONG_CELLS if wrong[0] in PLAIN and not wrong[2].endswith(("disagree", "have others"))],
)
def test_the_quick_look_sees_each_wrong_cell(column: str, cell: object, message: str) -> None:
    assert not looks_sound(with_cell(column, cell), *JUDGED)
    assert find_faults(with_cell(column, cell), CHECKED, [], JUDGED[1], _AGREEMENTS) == [message]


CELLS = st.one_of(
    st.none(),
    st.sampled_from(["", "direct", "الوزير", 3, 1.5, float("nan"), True, pd.NaT, pd.NA, pd.Timestamp(2022, 1, 6, 9)]),
    st.lists(st.one_of(st.integers(-1, 40), st.lists(st.integers(0, 40), max_size=3)), max_size=3),
    st.dictionaries(st.sampled_from(["moscow"]), st.sampled_from(["support", "yes"])),
)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(list(PLAIN)), CELLS), max_size=2), st.booleans())
@example([("article_id", pd.Timestamp(2022, 1, 6, 9))], True)  # no text among texts, in a row that stands twice
def test_the_quick_look_agrees_with_pandera(changes: list[tuple[str, object]], twice: bool) -> None:
    table = scored_table()
    for column, cell in changes:
        cells = [cell, *table[column][1:]]
        table[column] = pd.Series(cells, dtype=object)
    table = pd.concat([table, table.iloc[-1:]], ignore_index=True) if twice else table
    assert looks_sound(table, *JUDGED) == (find_faults(table, JUDGED[0], [], JUDGED[1]) == [])


def test_a_date_with_a_time_is_wrong() -> None:
    table = make_table().assign(date=pd.Timestamp(2022, 1, 6, 9))
    with pytest.raises(TableError, match=r"it must be a date such as 2022-01-06"):
        check_table(table)


# Files ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_redacted_table_goes_into_a_file_without_a_word_and_back(tmp_path: Path, suffix: str) -> None:
    table = scored_table()
    path = tmp_path / f"redacted{suffix}"
    write_table(redact(table), path)
    if suffix != ".parquet":
        written = path.read_text("utf-8-sig")
        for lemma in table["cue_lemma"].dropna():  # a label, and no word of the article
            written = written.replace(lemma, "")
        words = [word.strip("«»،.") for word in ARTICLE.document.split()]
        assert not [word for word in words if len(word) > 2 and word in written]
    again = read_table(path)
    pd.testing.assert_frame_equal(again, redact(table))
    pd.testing.assert_frame_equal(restore_texts(again, [ARTICLE]), table)
    with pytest.raises(TableError, match="no column cue, source, content, addressee, between; found"):
        check_table(again)  # who needs the texts says so
    with pytest.raises(TableError, match="content"):
        write_table(table.drop(columns="content"), path)  # one text alone is not redacted, but lost


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("rows", [0, 1, 2])
def test_files_give_back_the_same_table(tmp_path: Path, suffix: str, rows: int) -> None:
    table = scored_table().iloc[:rows]
    write_table(table, tmp_path / f"t{suffix}")
    if rows or suffix != ".jsonl":
        same(read_table(tmp_path / f"t{suffix}"), table)
    else:
        same(read_table(tmp_path / "t.jsonl"), table[[column.name for column in ATTRIBUTION_COLUMNS]])
    assert [path.name for path in tmp_path.iterdir()] == [f"t{suffix}"]


LATER = [
    *("medium", "addressee", "relayed_by", "anonymous", "confidence", "addressee_span", "verbatim_spans"),
    *("between", "between_span", "position"),
]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_of_the_first_version_is_read_with_its_later_columns_empty(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t{suffix}"
    table = scored_table()
    write_table(table, path)
    names = {"addressee_span": "addressee", "verbatim_spans": "verbatim"}
    if suffix == ".jsonl":
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for row in rows:
            for name in (*LATER, "addressee_text"):
                row.pop(names.get(name, name), None)
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    elif suffix == ".csv":
        pd.read_csv(path, dtype=str, keep_default_na=False).drop(columns=LATER).to_csv(path, index=False)
    else:
        pq.write_table(pq.read_table(path).drop_columns(LATER), path)
    back = read_table(path)
    assert list(back.columns) == list(table.columns)
    assert back[LATER].isna().all().all()
    same(back.drop(columns=LATER), table.drop(columns=LATER))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_writing_twice_gives_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    for name in ("a", "b"):
        write_table(scored_table(), tmp_path / f"{name}{suffix}")
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_columns_of_the_users_own(tmp_path: Path, suffix: str) -> None:
    own = make_table().assign(topic=pd.Series(["=1+1", None], dtype=object), words=[3, 4])
    write_table(own, tmp_path / f"t{suffix}")
    back = read_table(tmp_path / f"t{suffix}")
    assert list(back["topic"]) == ["=1+1", None]
    assert list(back["words"]) == (["3", "4"] if suffix == ".csv" else [3, 4])


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).map(lambda text: f"{text}ق")


@settings(deadline=None)
@given(
    TEXTS,
    st.sampled_from(["", "=1+1", "+٣", "-", "@x", "'=", "\t", "\r\n", "＝", '"', ",", "«", "😀\u202e"]),
    st.data(),
)
def test_any_text_survives_every_format(text: str, start: str, data: st.DataObject) -> None:
    import tempfile

    content = start + text
    article = Article("=a", "", content, outlet="-o")
    whole = Span(0, len(content), content)
    attribution = ALONE._replace(article_id="=a", id="'1", content=(whole,), addressee=whole, verbatim=(whole,))
    table = attributions_table([article], [attribution])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"t{data.draw(st.sampled_from(SUFFIXES))}"
        write_table(table, path)
        same(read_table(path), table)


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'"])
def test_no_csv_cell_begins_like_a_formula(tmp_path: Path, begins: str) -> None:
    content = f"{begins}HYPERLINK(1)"
    article = Article("a", "", content)
    attribution = ALONE._replace(article_id="a", content=(Span(0, len(content), content),))
    write_table(attributions_table([article], [attribution]), tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["content"] == f"'{content}"
    assert row["content_spans"] == f"[[0, {len(content)}]]"


def test_csv_begins_with_the_mark_that_spreadsheets_need(tmp_path: Path) -> None:
    write_table(make_table(), tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes().startswith(b"\xef\xbb\xbfarticle_id,outlet,date,id,type,cue,")


def test_a_jsonl_row_is_the_form_of_exchange(tmp_path: Path) -> None:
    write_table(scored_table(), tmp_path / "t.jsonl")
    first, second = [json.loads(line) for line in (tmp_path / "t.jsonl").read_text(encoding="utf-8").splitlines()]
    expected: dict[str, Any] = {
        "article_id": "a1",
        "id": "a1:5",
        "type": "mixed",
        "cue": [5, 8],
        "source": [9, 15],
        "content": [[16, 32]],
        "speaker": "minister",
        "camp": "other",
        "parent": None,
        "rule": "verb that",
        "stance": {"moscow": "oppose"},
        "frames": ["conflict", "security"],
        "date": "2022-01-06",
        "content_text": "إن «العمل» مستمر",
        "addressee": None,
        "verbatim": [[20, 25]],
        "anonymous": True,
    }
    assert {key: first[key] for key in expected} == expected
    assert {"sentiment", "engagement", "act"} <= set(first)
    assert second["cue"] is second["source"] is second["camp"] is None
    assert second["content"] == [[40, 52], [53, 58]]
    assert attribution_rows(scored_table()) == [first, second]


def test_a_table_that_cannot_be_written_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    write_table(make_table(FIRST), path)
    before = path.read_bytes()
    with pytest.raises(TableError):
        write_table(make_table().drop(columns="rule"), path)

    class Unwritable:
        def __str__(self) -> str:
            raise RuntimeError("no words")

    with pytest.raises(TypeError):
        write_table(make_table().assign(own=Unwritable()), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def message_of(path: Path) -> str:
    with pytest.raises(TableError) as caught:
        read_table(path)
    return str(caught.value).replace(str(path), "FILE")


def test_files_that_are_no_tables(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    assert message_of(path) == "FILE: there is no such file"
    assert (
        message_of(tmp_path / "t.xlsx") == "FILE: tables are written and read as .jsonl, .csv, .parquet, not as '.xlsx'"
    )
    path.write_text("", encoding="utf-8")
    assert message_of(path).endswith("found: none")
    path.write_text('article_id,"id\n', encoding="utf-8")
    assert message_of(path) == "FILE: not a readable CSV file (unexpected end of data)"
    path.write_text("article_id,id\na\n", encoding="utf-8")
    assert message_of(path) == "FILE: row 2: 1 cells where the header has 2"
    path = tmp_path / "t.jsonl"
    path.write_text("{]", encoding="utf-8")
    assert message_of(path).startswith("FILE: not a file of JSON rows (")
    path.write_text("[1]", encoding="utf-8")
    assert message_of(path) == "FILE: each line must hold one attribution as a JSON object"
    path.write_text('{"article_id": "a", "id": "b"}', encoding="utf-8")
    assert message_of(path) == (
        "FILE: rows without outlet, date, type, cue_text, source_text, content_text, speaker, camp, parent, rule, "
        "resolved_by, cue_lemma, polarity, cue, source, content; found: article_id, id"
    )
    path = tmp_path / "t.parquet"
    path.write_bytes(b"PAR1")
    assert message_of(path).startswith("FILE: not a readable parquet file (")


def test_wrong_cells_of_a_csv_are_named(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    write_table(make_table(FIRST), path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"[5, 8]"', "5-8").replace("2022-01-06", "sixth"), encoding="utf-8")
    assert message_of(path) == (
        "FILE: row 1: date is 'sixth'; it must be a date such as 2022-01-06\n"
        "row 1: cue_span is '5-8'; it must be [start, end]"
    )


# Coded attributions ---------------------------------------------------------------------------------------------------


def test_coded_rows_become_the_same_table() -> None:
    rows = [
        {"article_id": "a1", "id": "g1", "type": "mixed", "cue": [5, 8], "source": [9, 15], "content": [[16, 32]]},
        {"article_id": "a1", "id": "g2", "type": "indirect", "content": [[40, 52], [53, 58]], "sentiment": "neutral"},
    ]
    table = coded_table([ARTICLE], rows)
    assert list(table.columns) == [*(column.name for column in ATTRIBUTION_COLUMNS), "sentiment"]
    for name in ("cue", "source", "content", "date", "outlet", "cue_span", "source_span", "content_spans", "type"):
        assert list(table[name]) == list(make_table()[name]), name
    assert list(table["rule"]) == ["coded", "coded"]
    assert list(table["sentiment"]) == [None, "neutral"]


def test_coded_rows_of_other_articles() -> None:
    with pytest.raises(TableError, match=r"attribution 'g' of article 'a9': no such article is given"):
        coded_table([ARTICLE], [{"article_id": "a9", "id": "g", "type": "mixed", "content": [[0, 1]]}])


def test_columns_are_added_at_the_end_or_replaced_where_they_stand():
    table = make_table().assign(act="assert", topic="own")
    table.index = pd.Index([7] * len(table))
    table.attrs["made"] = "by hand"
    scores = {"n_words": [1] * len(table), "act": ["warn"] * len(table), "frames": [["conflict"]] * len(table)}
    scored = with_columns(table, scores)
    assert list(scored) == [*table, "n_words", "frames"]
    assert (scored["act"] == "warn").all() and (table["act"] == "assert").all()
    assert scored["n_words"].dtype == float
    assert scored.attrs == table.attrs
    assert scored.index.equals(table.index)
