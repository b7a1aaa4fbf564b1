"""Reading articles: what is read rightly, and what is said of the rest."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from discourse import encodings
from discourse.corpus import (
    SUFFIXES,
    Article,
    Corpus,
    CorpusError,
    Fault,
    read_corpus,
    read_study,
    split_jsonl,
    stream_articles,
)

TEXT = "قال الوزير إن «الاجتماع مفيد».\nوأضاف أن العمل يتواصل."
TITLE = "الوزير: الاجتماع مفيد"
KINDS = f"articles are read from {', '.join(SUFFIXES)}"
ROW = {"article_id": "a1", "title": TITLE, "text": TEXT}


def write_jsonl(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def write_csv(path: Path, *rows: dict[str, str], delimiter: str = ",") -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def messages(corpus: Corpus) -> list[str]:
    return [fault.message for fault in corpus.faults]


def only_fault(corpus: Corpus) -> str:
    assert len(corpus.faults) == 1, corpus.faults
    return corpus.faults[0].message


# What is read ---------------------------------------------------------------------------------------------------------


def test_document_is_title_line_break_text() -> None:
    assert Article("a", "عنوان", "نص").document == "عنوان\nنص"
    assert Article("a", "", "نص").document == "نص"


def test_a_row_with_everything(tmp_path: Path) -> None:
    row = {**ROW, "outlet": "صحيفة", "date": "2022-01-06", "url": "https://example.org/1", "licence": "none"}
    article = Article("a1", TITLE, TEXT, "صحيفة", date(2022, 1, 6), "https://example.org/1")
    assert read_corpus(write_jsonl(tmp_path / "a.jsonl", row)) == Corpus((article,))


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl", ".parquet"])
def test_every_table_format_gives_the_same_article(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"articles{suffix}"
    row = {"article_id": "a1", "title": TITLE, "text": TEXT, "outlet": "", "date": "2022-01-06"}
    if suffix == ".jsonl":
        write_jsonl(path, row)
    elif suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist([row]), path)
    else:
        write_csv(path, row, delimiter="\t" if suffix == ".tsv" else ",")
    assert read_corpus(path) == Corpus((Article("a1", TITLE, TEXT, None, date(2022, 1, 6)),))


def test_a_semicolon_csv_as_spreadsheets_write_it(tmp_path: Path) -> None:
    assert read_corpus(write_csv(tmp_path / "a.csv", ROW, delimiter=";")).articles[0].text == TEXT


def test_suffix_in_capitals(tmp_path: Path) -> None:
    assert len(read_corpus(write_jsonl(tmp_path / "A.JSONL", ROW))) == 1


def test_whole_numbers_serve_as_ids(tmp_path: Path) -> None:
    assert read_corpus(write_jsonl(tmp_path / "a.jsonl", {**ROW, "article_id": 17})).articles[0].id == "17"


def test_text_keeps_blanks_and_line_ends_in_every_format(tmp_path: Path) -> None:
    text = "  سطر أول\r\nسطر ثان\rثالث\u2028رابع\n\n"
    write_csv(tmp_path / "a.csv", {**ROW, "text": text})
    write_jsonl(tmp_path / "b.jsonl", {**ROW, "article_id": "b", "text": text})
    pq.write_table(pa.Table.from_pylist([{**ROW, "article_id": "c", "text": text}]), tmp_path / "c.parquet")
    corpus = read_corpus(tmp_path)
    assert [article.text for article in corpus] == [text] * 3


def test_parquet_dates_and_missing_values(tmp_path: Path) -> None:
    rows = [
        {**ROW, "date": datetime(2022, 1, 6, 9, 30), "outlet": None},
        {**ROW, "article_id": "a2", "date": None, "outlet": "صحيفة"},
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet")
    corpus = read_corpus(tmp_path / "a.parquet")
    assert [(article.date, article.outlet) for article in corpus] == [(date(2022, 1, 6), None), (None, "صحيفة")]


@pytest.mark.parametrize(
    "written",
    [
        "2022-01-06",
        "2022/1/6",
        "2022.01.06",
        "2022-01-06T10:30:00+06:00",
        "2022-01-06 10:30",
        "٢٠٢٢-٠١-٠٦",
        "\u200f٢٠٢٢/١/٦",
        " ۲۰۲۲-۰۱-۰۶ ",
    ],
)
def test_dates_year_first_in_any_digits(tmp_path: Path, written: str) -> None:
    assert read_corpus(write_jsonl(tmp_path / "a.jsonl", {**ROW, "date": written})).articles[0].date == date(2022, 1, 6)


@pytest.mark.parametrize(
    "written", ["06/01/2022", "2022-13-01", "2022-02-30", "أمس", "22-01-06", "2022-01/06", 20220106]
)
def test_other_dates_are_a_fault_of_the_row(tmp_path: Path, written: object) -> None:
    corpus = read_corpus(write_jsonl(tmp_path / "a.jsonl", {**ROW, "date": written}, {**ROW, "article_id": "a2"}))
    assert [article.id for article in corpus] == ["a2"]
    assert corpus.faults == (
        Fault(
            str(tmp_path / "a.jsonl"), 1, f"date is {written!r}; write year, month and day as in 2022-01-06"
        ),
    )  # fmt: skip


@pytest.mark.parametrize("written", ["2022", "2022-01", "٢٠٢٢/١", 2022])
def test_dates_without_a_day_leave_a_note(tmp_path: Path, written: object) -> None:
    rows = [ROW, {**ROW, "article_id": "a2", "date": written}, {**ROW, "article_id": "a3", "date": written}]
    path = write_jsonl(tmp_path / "a.jsonl", *rows)
    corpus = read_corpus(path)
    assert [(article.id, article.date) for article in corpus] == [("a1", None), ("a2", None), ("a3", None)]
    message = "dates without a day, kept as no date: 2 rows, the first of them this"
    assert (corpus.faults, corpus.notes) == ((), (Fault(str(path), 2, message),))


# Plain text files -----------------------------------------------------------------------------------------------------


def read_txt(tmp_path: Path, data: bytes) -> Article:
    (tmp_path / "خبر.txt").write_bytes(data)
    (article,) = read_corpus(tmp_path / "خبر.txt").articles
    return article


def test_txt_with_a_title(tmp_path: Path) -> None:
    stored = f"{TITLE}\n\n{TEXT}\n"
    article = read_txt(tmp_path, stored.encode())
    assert (article.id, article.title, article.text) == ("خبر", TITLE, f"\n{TEXT}\n")
    assert article.document == stored


def test_offsets_are_those_of_a_txt_file_with_windows_line_ends(tmp_path: Path) -> None:
    stored = f"{TITLE}\r\n\r\nسطر\r\nسطر"
    article = read_txt(tmp_path, stored.encode())
    assert (article.title, article.text) == (f"{TITLE}\r", "\r\nسطر\r\nسطر")
    assert article.document == stored


@pytest.mark.parametrize(
    "stored",
    [
        "سطر واحد بلا عنوان",
        "سطر\nوسطر يليه مباشرة\n",
        "جملة كاملة تنتهي بنقطة.\n\nوفقرة ثانية.",
        "كلمة " * 50 + "\n\nوفقرة ثانية.",
        "عنوان وحيد\n\n  \n",
        "\nيبدأ بسطر فارغ\n\nثم نص",
    ],
)
def test_txt_without_a_title(tmp_path: Path, stored: str) -> None:
    article = read_txt(tmp_path, stored.encode())
    assert (article.title, article.text) == ("", stored)


def test_a_folder_of_txt_takes_ids_from_paths_in_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "sub/a.txt", ".hidden.txt", ".git/x.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
    assert [article.id for article in read_corpus(tmp_path)] == ["a", "b", "sub/a"]


# Encodings ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codec", "note"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("cp1256", "read as Windows-1256"),
        ("iso8859-6", "read as ISO-8859-6"),
        ("utf-16", "read as UTF-16"),
        ("utf-16-le", "read as UTF-16"),
        ("utf-16-be", "read as UTF-16"),
        ("utf-32", "read as UTF-32"),
    ],
)
@pytest.mark.parametrize("suffix", [".txt", ".csv", ".jsonl"])
def test_encodings_are_recognised_and_said(tmp_path: Path, codec: str, note: str | None, suffix: str) -> None:
    text = "قال الوزير إن الاجتماع مفيد، وأضاف: العمل يتواصل في NATO 2022؟"
    path = tmp_path / f"a{suffix}"
    stored = {
        ".txt": text,
        ".csv": f"article_id,title,text\r\na,,{text}\r\n",
        ".jsonl": json.dumps({"article_id": "a", "title": "", "text": text}, ensure_ascii=False),
    }[suffix]
    path.write_bytes(stored.encode(codec))
    corpus = read_corpus(path)
    assert [article.text for article in corpus] == [text]
    assert corpus.faults == ()
    assert corpus.notes == ((Fault(str(path), None, note),) if note else ())


def test_windows_quotation_marks_and_persian_letters(tmp_path: Path) -> None:
    text = "وصف “الخطة” – كما قال «الخبير» – بأنها… جيدة، پ گ چ"
    assert read_txt(tmp_path, text.encode("cp1256")).text == text


def test_english_text_is_utf8(tmp_path: Path) -> None:
    assert read_txt(tmp_path, b"plain words").text == "plain words"


def test_one_broken_byte_costs_only_its_row(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", ROW, {**ROW, "article_id": "a2"}, {**ROW, "article_id": "a3"})
    lines = path.read_bytes().splitlines(keepends=True)
    lines[1] = lines[1].replace("يتواصل".encode(), b"\xff")
    path.write_bytes(b"".join(lines))
    corpus = read_corpus(path)
    assert [article.id for article in corpus] == ["a1", "a3"]
    assert corpus.faults[0].row == 2
    assert only_fault(corpus) == "text holds bytes or escapes that are no characters; save the file as UTF-8"


def test_half_a_character_in_json_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"article_id": "a", "title": "\\ud83d", "text": "x"}', encoding="utf-8")
    assert only_fault(read_corpus(tmp_path)) == (
        "title holds bytes or escapes that are no characters; save the file as UTF-8"
    )


BINARY = "this is a binary file, or text in an encoding other than UTF-8, UTF-16, Windows-1256 and ISO-8859-6"


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00",
        bytes(range(1, 256)),
        "Kraków: żółta łódź wpłynęła do zatoki".encode("cp1250"),
        "Привет, это русский текст".encode("cp1251"),
        (TEXT * 20).encode()[:-1] + b"\xd8" * 200,
    ],
    ids=["png", "all bytes", "Latin", "Cyrillic", "broken UTF-8"],
)
def test_what_is_not_arabic_text_is_a_fault(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.txt").write_bytes(data)
    assert only_fault(read_corpus(tmp_path)) == BINARY


def test_a_cut_utf16_file(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_bytes(TEXT.encode("utf-16")[:-1])
    assert only_fault(read_corpus(tmp_path)).startswith("the file begins as UTF-16 but is broken at byte ")


# Faults ---------------------------------------------------------------------------------------------------------------


def test_a_folder_of_bad_files_costs_no_good_article(tmp_path: Path) -> None:
    (tmp_path / "a_empty.txt").write_bytes(b"")
    (tmp_path / "b_blank.txt").write_bytes(b" \n\n")
    (tmp_path / "c_1256.txt").write_bytes(TEXT.encode("cp1256"))
    (tmp_path / "d_binary.txt").write_bytes(b"\x00\x01\x02\xff" * 99)
    (tmp_path / "e_unbalanced.txt").write_text("قال «إن العمل يتواصل", encoding="utf-8")
    (tmp_path / "f_long.txt").write_text("قال الوزير إن العمل يتواصل. " * 100_000, encoding="utf-8")
    write_csv(tmp_path / "g.csv", {**ROW, "text": ""}, {**ROW, "article_id": "g2", "text": 'فيه " واحدة'})
    write_jsonl(tmp_path / "h.jsonl", {**ROW, "article_id": "g2"}, ["x"], {**ROW, "article_id": " "})
    (tmp_path / "i.docx").write_bytes(b"PK")
    corpus = read_corpus(tmp_path)
    assert [article.id for article in corpus] == ["c_1256", "e_unbalanced", "f_long", "g2"]
    assert [str(fault).replace(f"{tmp_path}/", "") for fault in corpus.faults] == [
        "a_empty.txt: the file is empty",
        "b_blank.txt: the file holds nothing but blanks",
        f"d_binary.txt: {BINARY}",
        "g.csv, row 2: the article has no text",
        f"h.jsonl, row 1: article_id 'g2' again; it was first in {tmp_path}/g.csv, row 3".replace(f"{tmp_path}/", ""),
        "h.jsonl, row 2: not a JSON object; each line must hold one",
        "h.jsonl, row 3: article_id is empty",
        f"i.docx: files ending in .docx are not read; {KINDS}",
    ]
    assert [str(note).replace(f"{tmp_path}/", "") for note in corpus.notes] == ["c_1256.txt: read as Windows-1256"]


def test_a_five_megabyte_line_in_csv(tmp_path: Path) -> None:
    text = "قال الوزير إن العمل يتواصل. " * 110_000
    limit = csv.field_size_limit()
    assert read_corpus(write_csv(tmp_path / "a.csv", {**ROW, "text": text})).articles[0].text == text
    assert csv.field_size_limit() == limit


NO_COLUMN = (
    "no column title, text; found: article_id, headline, body; needed: article_id, title, text"
    " (optional: outlet, date, url)"
)


def test_missing_columns_of_a_csv(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", {"article_id": "a", "headline": "x", "body": "y"})
    assert read_corpus(path).faults == (Fault(str(path), None, NO_COLUMN),)


def test_missing_columns_of_a_parquet(tmp_path: Path) -> None:
    pq.write_table(pa.table({"article_id": ["a"], "headline": ["x"], "body": ["y"]}), tmp_path / "a.parquet")
    assert only_fault(read_corpus(tmp_path)) == NO_COLUMN


def test_missing_keys_of_a_jsonl_row(tmp_path: Path) -> None:
    corpus = read_corpus(write_jsonl(tmp_path / "a.jsonl", {"id": 1, "body": "y"}, ROW))
    assert only_fault(corpus) == "no article_id, title, text; found: id, body; needed: article_id, title, text"
    assert len(corpus) == 1


def test_a_column_twice(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("article_id,title,text,text\na,b,c,d\n", encoding="utf-8")
    assert only_fault(read_corpus(tmp_path)) == "column text stands more than once in the header"


def test_several_faults_of_one_row_are_said_together(tmp_path: Path) -> None:
    row = {"article_id": True, "title": 5, "text": ["x"], "date": "أمس"}
    assert only_fault(read_corpus(write_jsonl(tmp_path / "a.jsonl", row))) == (
        "article_id is True; it must be a text; text is ['x']; it must be a text; title is 5; it must be a text; "
        "date is 'أمس'; write year, month and day as in 2022-01-06"
    )


def test_broken_json_names_its_line(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", ROW)
    path.write_text(path.read_text(encoding="utf-8") + '\n{"article_id": \n', encoding="utf-8")
    corpus = read_corpus(path)
    assert corpus.faults[0].row == 3
    assert only_fault(corpus) == (
        "not JSON (Expecting value: line 1 column 16 (char 15)); each line must hold one JSON object"
    )


def test_json_nested_without_end(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("[" * 200_000, encoding="utf-8")
    assert only_fault(read_corpus(tmp_path)) == ("JSON nested too deeply; each line must hold one JSON object")


def test_an_unclosed_cell_costs_only_its_row(tmp_path: Path) -> None:
    lines = ["article_id,title,text", 'a1,,"أول', "a2,,ثان", 'a3,,"ثالث"', "a4,رابع", "a5,,خامس", ""]
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    corpus = read_corpus(tmp_path / "a.csv")
    assert [article.id for article in corpus] == ["a2", "a3", "a5"]
    assert [(fault.row, fault.message) for fault in corpus.faults] == [
        (2, "a cell opens with a quotation mark that is not closed; double the marks inside a cell (line 2)"),
        (5, "2 cells where the header has 3 (line 5)"),
    ]


def test_rows_count_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('article_id,title,text\na1,,"x\ny"\n\na2,,\n', encoding="utf-8")
    corpus = read_corpus(tmp_path / "a.csv")
    assert corpus.articles[0].text == "x\ny"
    assert [(fault.row, fault.message) for fault in corpus.faults] == [(4, "the article has no text")]


def test_a_header_and_no_row(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("article_id,title,text\n", encoding="utf-8")
    pq.write_table(pa.table({"article_id": [], "title": [], "text": []}), tmp_path / "b.parquet")
    assert messages(read_corpus(tmp_path)) == [
        "the file holds a header and no row",
        "the file holds columns and no row",
    ]


def test_a_header_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('article_id,title,"text\na,b,c\n', encoding="utf-8")
    assert only_fault(read_corpus(tmp_path)) == (
        "the header cannot be read: a cell opens with a quotation mark that is not closed; double the marks inside a cell"
    )


def test_a_parquet_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_bytes(b"PAR1 and nothing more")
    assert only_fault(read_corpus(tmp_path)).startswith("not a readable parquet file (")


def test_sources_that_cannot_be_read_are_said_together(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.pdf").write_bytes(b"x")
    with pytest.raises(CorpusError) as caught:
        read_corpus(tmp_path / "nowhere", tmp_path / "empty", tmp_path / "a.pdf")
    assert str(caught.value) == (
        f"{tmp_path}/nowhere: there is no such file or folder\n"
        f"{tmp_path}/empty: the folder holds no file; {KINDS}\n"
        f"{tmp_path}/a.pdf: files ending in .pdf are not read; {KINDS}"
    )
    with pytest.raises(CorpusError, match=r"^read_corpus: no source given; give a file or a folder$"):
        read_corpus()


# Studies --------------------------------------------------------------------------------------------------------------

GOLD = {"article_id": "a1", "id": "g1", "type": "indirect", "cue": [22, 25], "source": None, "content": [[33, 51]]}


def make_study(tmp_path: Path, *gold: object) -> Path:
    folder = tmp_path / "test-2022"
    for name in ("articles", "gold"):
        (folder / name).mkdir(parents=True)
    (folder / "camps.yml").write_text("camps: []\n", encoding="utf-8")
    write_jsonl(folder / "articles" / "one.jsonl", ROW)
    write_jsonl(folder / "gold" / "one.jsonl", *gold)
    return folder


def test_a_study_is_read_whole(tmp_path: Path) -> None:
    folder = make_study(tmp_path, GOLD)
    study = read_study(folder)
    assert (study.name, study.camps) == ("test-2022", folder / "camps.yml")
    assert study.articles == read_corpus(folder).articles == (Article("a1", TITLE, TEXT),)
    assert study.gold == (GOLD,)


def test_a_study_without_gold_and_camps(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    write_jsonl(tmp_path / "articles" / "one.jsonl", ROW)
    study = read_study(tmp_path)
    assert (len(study.articles), study.gold, study.camps) == (1, (), None)


def test_all_that_is_wrong_with_a_study_is_said_together(tmp_path: Path) -> None:
    length = len(TITLE) + 1 + len(TEXT)
    folder = make_study(
        tmp_path,
        GOLD,
        GOLD,
        {**GOLD, "article_id": "b"},
        {**GOLD, "id": "g2", "content": []},
        {**GOLD, "id": "g3", "source": [5, 5]},
        {**GOLD, "id": "g4", "content": [[1, 999]]},
    )
    with pytest.raises(CorpusError) as caught:
        read_study(folder)
    file = folder / "gold" / "one.jsonl"
    assert str(caught.value).split("\n") == [
        f"{file}, row 2: id 'g1' is missing or stands twice in article 'a1'",
        f"{file}, row 3: article_id 'b' is none of the articles",
        f"{file}, row 4: 'g2' has no content; it must be a list of [start, end]",
        f"{file}, row 5: 'g3' has the span [5, 5]; the document has {length} characters",
        f"{file}, row 6: 'g4' has the span [1, 999]; the document has {length} characters",
    ]


def test_a_folder_that_is_no_study(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no study here: it has no folder 'articles'"):
        read_study(tmp_path)


# Streams --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 150, 400, 10_000])
def test_parts_of_a_jsonl_give_the_same_articles_and_rows(tmp_path: Path, size: int) -> None:
    rows: list[object] = [{**ROW, "article_id": f"a{n}", "text": TEXT * (n % 3 + 1)} for n in range(20)]
    path = write_jsonl(tmp_path / "a.jsonl", *rows[:7], ["wrong"], *rows[7:])
    parts = split_jsonl(path, size)
    assert (parts[0].start, parts[-1].end) == (0, path.stat().st_size)
    streams = [stream_articles(part) for part in parts]
    found = [article for stream in streams for article in stream]
    assert found == list(read_corpus(path))
    assert [fault.row for stream in streams for fault in stream.faults] == [8]
    if size < 10_000:
        assert len(parts) > 5


def test_a_utf16_file_is_not_split(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes((json.dumps(ROW, ensure_ascii=False) + "\n").encode("utf-16") * 1)
    (part,) = split_jsonl(path, 10)
    assert [article.text for article in stream_articles(part)] == [TEXT]


def test_no_file_to_split(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="there is no such file"):
        split_jsonl(tmp_path / "a.jsonl")


@pytest.mark.parametrize("suffix", [".jsonl", ".csv"])
@pytest.mark.parametrize("codec", ["utf-8", "cp1256", "utf-16"])
def test_text_is_the_same_across_the_pieces_it_is_read_in(
    tmp_path: Path, codec: str, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"article_id": f"a{n}", "title": TITLE, "text": f"{TEXT}\r\n{'سطر ' * n}\rنهاية"} for n in range(40)]
    path = tmp_path / f"a{suffix}"
    if suffix == ".jsonl":
        write_jsonl(path, *rows)
    else:
        write_csv(path, *rows)
    path.write_bytes(path.read_bytes().decode().encode(codec))
    for size in (64, 101, 4096):
        monkeypatch.setattr(encodings, "PIECE", size)
        assert [article.text for article in read_corpus(path)] == [row["text"] for row in rows]


def test_a_line_without_end_is_not_read_into_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encodings, "PIECE", 100)
    monkeypatch.setattr(encodings, "LONGEST_LINE", 1000)
    path = write_jsonl(tmp_path / "a.jsonl", ROW, {**ROW, "article_id": "b", "text": "كلمة " * 900})
    corpus = read_corpus(path)
    assert [article.id for article in corpus] == ["a1"]
    assert only_fault(corpus) == "a line of more than 1,000 characters; an article must be shorter"


MEASURED = """
import sys
from pathlib import Path
from discourse.corpus import read_corpus, stream_articles
read = read_corpus if sys.argv[1] == "whole" else stream_articles
n = sum(1 for _ in read(sys.argv[2], progress=True))
# not ru_maxrss, which a process inherits from the one that started it
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(n, int(peak.split()[1]) // 1024)
"""


@pytest.fixture(scope="session")
def large_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, int]]:
    path = tmp_path_factory.mktemp("large") / "large.jsonl"
    row = json.dumps({"article_id": "@", "title": TITLE, "text": f"{TEXT} " * 40}, ensure_ascii=False) + "\n"
    n_rows = 0
    with path.open("w", encoding="utf-8") as file:
        while file.tell() < 200_000_000:
            file.write("".join(row.replace("@", str(n)) for n in range(n_rows, n_rows + 1000)))
            n_rows += 1000
    yield path, n_rows
    path.unlink()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from /proc")
@pytest.mark.parametrize(("way", "megabytes"), [("stream", 150), ("whole", 500)])
def test_200_megabytes_in_bounded_memory_with_a_bar(large_file: tuple[Path, int], way: str, megabytes: int) -> None:
    path, n_rows = large_file
    done = subprocess.run([sys.executable, "-c", MEASURED, way, str(path)], capture_output=True, text=True, check=True)
    n_read, peak = map(int, done.stdout.split())
    assert n_read == n_rows
    assert peak < megabytes
    assert "reading: " in done.stderr and "100%" in done.stderr
