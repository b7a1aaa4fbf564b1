"""What tools are given comes back the same, and readers of their formats that are not ours see the same characters."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from discourse.corpus import Article, read_study
from discourse.interchange import FORMATS, ROLES, InterchangeError, read_annotations, write_annotations
from discourse.schemas import TableError
from discourse.tables import coded_table

CORPUS = Path(__file__).parents[1] / "corpora" / "kazakhstan-2022"
FOLDERS = ("brat", "inception", "tei")
STRANGE = (
    Article("emoji", "😀 عنوان", "قال الحارس 👨‍👩‍👧 إن الباب 🚪 مغلق، وأضاف: «لا أحد 🇰🇿 هنا».", "madar"),
    Article("marks/and:more", "", "صَرَّحَ المُدِيرُ أَنَّ السَّاعَةَ تَأَخَّرَتْ e\u0301 n\u0303 𝔘𝔫𝔦.", "madar"),
    Article(
        ".bidi", "عنوان", "أكد \u2067الناطق\u2069 أن \u202bالرقم 12\u202c لم يتغير\u200f، \u061cثم صمت.\u200d", "ufuq"
    ),
    Article("../lines", "سطر", "قال:\r\nنعم\r\n\r\nوقال:\tلا\n\rثم\u2028سكت\u0085.", "ufuq"),
    Article("=1+1", "= عنوان", '=HYPERLINK("x") قال <b>&amp; "لا"</b> ]]> {} \\n', "ufuq"),
)
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def study() -> Any:
    return read_study(CORPUS)


def path_of(folder: Path, format: str) -> Path:
    if format == "inception-project":
        return folder / "attributions.zip"
    return folder / format if format in FOLDERS else folder / f"attributions.{format}"


def random_rows(articles: list[Article], number: int, seed: int) -> Rows:
    """Attributions anywhere: nested, crossing, of several pieces, without source or cue, over line ends."""
    draw = random.Random(seed)
    rows: Rows = []
    for n in range(number):
        article = articles[n % len(articles)]
        length = len(article.document)

        def span(longest: int = 80, length: int = length) -> list[int]:
            start = draw.randrange(length)
            return [start, draw.randint(start + 1, min(length, start + longest))]

        others = [row["id"] for row in rows if row["article_id"] == article.id]
        rows.append(
            {
                "article_id": article.id,
                "id": f"a{n}",
                "type": draw.choice(["direct", "mixed", "unmarked", "indirect"]),
                "cue": span(9) if draw.random() < 0.8 else None,
                "source": span(30) if draw.random() < 0.7 else None,
                "content": [span() for _ in range(draw.choice([1, 1, 2, 3]))],
                "addressee": span(20) if draw.random() < 0.2 else None,
                "verbatim": [span(20)] if draw.random() < 0.3 else [],
                "speaker": draw.choice([None, "=cmd", "dmitry-peskov", "'quoted", "[x]"]),
                "camp": "other",
                "parent": draw.choice(others) if others and draw.random() < 0.3 else None,
                "confidence": draw.choice([None, 0.1 + 0.2, 1.0]),
                "anonymous": draw.choice([None, True, False]),
                "stance": draw.choice([{}, {"moscow": "oppose"}]),
                "frames": draw.choice([[], ["economic", "political"]]),
                "engagement_evidence": draw.choice([None, [[0, 2]]]),
                "sentiment_score": draw.choice([None, -0.25]),
            }
        )
    return rows


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    return table.sort_values(["article_id", "id"]).reset_index(drop=True)[sorted(table.columns)]


@pytest.fixture(scope="module")
def thousand(study: Any) -> tuple[list[Article], Rows]:
    articles = [*study.articles, *STRANGE]
    return articles, random_rows(articles, 1000, 5)


# Round trips ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
def test_every_article_of_the_corpus_comes_back(format: str, study: Any, tmp_path: Path) -> None:
    table = coded_table(study.articles, study.gold)
    write_annotations(study.articles, table, path_of(tmp_path, format), format)
    read = read_annotations(study.articles, path_of(tmp_path, format), format)
    pd.testing.assert_frame_equal(in_order(read), in_order(table))


@pytest.mark.parametrize("format", FORMATS)
def test_strange_texts_come_back(format: str, tmp_path: Path) -> None:
    table = coded_table(STRANGE, random_rows(list(STRANGE), 200, 3))
    write_annotations(STRANGE, table, path_of(tmp_path, format), format)
    read = read_annotations(STRANGE, path_of(tmp_path, format), format)
    pd.testing.assert_frame_equal(in_order(read), in_order(table))
    assert sorted(tmp_path.iterdir()) == sorted(
        [path_of(tmp_path, format), *([tmp_path / "attributions.xml"] if format == "label-studio" else [])]
    )


@pytest.mark.parametrize("format", sorted(set(FORMATS) - {"csv"}))
def test_articles_without_attributions(format: str, tmp_path: Path) -> None:
    table = coded_table(STRANGE, random_rows(list(STRANGE), 1, 3))
    write_annotations(STRANGE, table[:0], path_of(tmp_path, format), format)
    assert read_annotations(STRANGE, path_of(tmp_path, format), format).empty


# Readers that are not ours ----------------------------------------------------------------------------------------------


def expected(articles: list[Article], rows: Rows) -> dict[tuple[str, str, str], list[str]]:
    """The characters of every span, by article, attribution and role."""
    texts = {article.id: article.document for article in articles}
    covered = {}
    for row in rows:
        for role in ROLES:
            spans = row[role] if role in ("content", "verbatim") else [row[role]] if row[role] else []
            if spans:
                covered[row["article_id"], row["id"], role] = [texts[row["article_id"]][s:e] for s, e in spans]
    return covered


def written(thousand: tuple[list[Article], Rows], folder: Path, format: str) -> Path:
    articles, rows = thousand
    path = path_of(folder, format)
    write_annotations(articles, coded_table(articles, rows), path, format)
    return path


def names(articles: list[Article]) -> dict[str, str]:
    """The ids of articles by how their documents begin: files tell no ids that a test could trust."""
    found = {article.document: article.id for article in articles}
    assert len(found) == len(articles)
    return found


def test_dkpro_cassis_sees_the_same_characters(thousand: Any, tmp_path: Path) -> None:
    import cassis

    path = written(thousand, tmp_path, "inception")
    with (path / "TypeSystem.xml").open("rb") as file:
        types = cassis.load_typesystem(file)
    seen = {}
    for each in path.glob("*.xmi"):
        with each.open("rb") as file:
            cas = cassis.load_cas_from_xmi(file, typesystem=types)
        article = names(thousand[0])[cas.sofa_string]
        for fs in cas.select("webanno.custom.Attribution"):
            for role in ROLES:
                if links := getattr(fs, role):
                    seen[article, fs.name, role] = [link.target.get_covered_text() for link in links.elements]
    assert seen == expected(*thousand)


def test_xmi_counts_utf16_units(tmp_path: Path) -> None:
    """Worked by hand: the face is two units, so what stands at 2 to 7 for us is at 3 to 8 for Java."""
    article = Article("a", "", "😀 كلامه بقي")
    row = random_rows([article], 1, 1)[0] | {"cue": None, "source": None, "content": [[2, 7]], "verbatim": []}
    write_annotations([article], coded_table([article], [row]), tmp_path / "x", "inception")
    xmi = (tmp_path / "x" / "a.xmi").read_text(encoding="utf-8")
    assert 'begin="3" end="8"' in xmi
    assert 'begin="2"' not in xmi
    write_annotations([article], coded_table([article], [row]), tmp_path / "x.json", "label-studio")
    value = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))[0]["annotations"][0]["result"][0]["value"]
    assert (value["start"], value["end"]) == (3, 8)


def test_a_plain_reader_of_brat_sees_the_same_characters(thousand: Any, tmp_path: Path) -> None:
    path = written(thousand, tmp_path, "brat")
    seen = {}
    for each in path.glob("*.ann"):
        text = each.with_suffix(".txt").read_bytes().decode()
        article = names(thousand[0])[text]
        bound, events, ids = {}, {}, {}
        for line in each.read_bytes().decode().removesuffix("\n").split("\n"):
            name, middle, *rest = line.split("\t", 2)
            if name[0] == "T":
                pieces = [tuple(map(int, piece.split())) for piece in middle.split(" ", 1)[1].split(";")]
                bound[name] = "".join(text[s:e] for s, e in pieces)
                assert " ".join(text[s:e] for s, e in pieces).translate({10: " ", 13: " "}) == rest[0]
            elif name[0] == "E":
                events[name] = dict(part.split(":") for part in middle.split())
            elif name[0] == "#":
                ids[middle.split()[1]] = json.loads(rest[0])["id"]
        for event, parts in events.items():
            for role in ROLES:
                if role.title() in parts:
                    seen[article, ids[event], role] = bound[parts[role.title()]]
    # brat breaks a span at line ends and has the pieces of a discontinuous one together
    joined = {key: "".join(pieces) for key, pieces in expected(*thousand).items()}
    assert {key: without_breaks(text) for key, text in seen.items()} == {
        key: without_breaks(text) for key, text in joined.items()
    }


def without_breaks(text: str) -> str:
    return text.replace("\r", "").replace("\n", "")


def test_lxml_sees_the_same_characters_in_tei(thousand: Any, tmp_path: Path) -> None:
    from lxml import etree

    ns = {"t": "http://www.tei-c.org/ns/1.0"}
    path = written(thousand, tmp_path, "tei")
    seen: dict[tuple[str, str, str], list[str]] = {}
    for each in path.glob("*.xml"):
        root = etree.parse(each).getroot()
        article = names(thousand[0])["".join(root.find(".//t:ab", ns).itertext())]
        for note in root.iterfind(".//t:note", ns):
            name = note.get("{http://www.w3.org/XML/1998/namespace}id")
            for role in ROLES:
                test = "self::t:said" if role == "content" else f"self::t:seg and @type='{role}'"
                found = root.xpath(f"//t:ab//*[@ana='#{name}' and {test}]", namespaces=ns)
                pieces: dict[int, str] = {}
                for element in found:
                    place = int(element.get("n"))
                    pieces[place] = pieces.get(place, "") + "".join(element.itertext())
                if pieces:
                    seen[article, json.loads(note.text)["id"], role] = [pieces[n] for n in sorted(pieces)]
    assert seen == expected(*thousand)


def test_javascript_sees_the_same_characters_in_label_studio(thousand: Any, tmp_path: Path) -> None:
    seen: dict[tuple[str, str, str], list[str]] = {}
    for task in json.loads(written(thousand, tmp_path, "label-studio").read_bytes()):
        units = task["data"]["text"].encode("utf-16-le")  # a JavaScript string is units of two bytes
        result = task["annotations"][0]["result"]
        values = {item["id"]: item["value"] for item in result if item["type"] == "labels"}
        ids = {item["id"]: json.loads(item["meta"]["text"][0])["id"] for item in result if "meta" in item}
        for link in result:
            if link["type"] == "relation" and link["labels"] != ["parent"]:
                value = values[link["to_id"]]
                text = units[2 * value["start"] : 2 * value["end"]].decode("utf-16-le")
                assert text == value["text"]
                key = names(thousand[0])[task["data"]["text"]], ids[link["from_id"]], link["labels"][0]
                seen.setdefault(key, []).append(text)
    assert seen == expected(*thousand)


def test_python_sees_the_same_characters_in_doccano(thousand: Any, tmp_path: Path) -> None:
    seen: dict[tuple[str, str, str], list[str]] = {}
    for row in written(thousand, tmp_path, "doccano").read_bytes().decode().removesuffix("\n").split("\n"):
        line = json.loads(row)
        spans = {e["id"]: line["text"][e["start_offset"] : e["end_offset"]] for e in line["entities"]}
        ids = {int(key): value["id"] for key, value in json.loads(line["attributions"]).items()}
        for link in line["relations"]:
            if link["type"] != "parent":
                key = names(thousand[0])[line["text"]], ids[link["from_id"]], link["type"]
                seen.setdefault(key, []).append(spans[link["to_id"]])
    assert seen == expected(*thousand)


def test_python_sees_the_same_characters_in_prodigy(thousand: Any, tmp_path: Path) -> None:
    seen: dict[tuple[str, str, str], list[str]] = {}
    for row in written(thousand, tmp_path, "prodigy").read_bytes().decode().removesuffix("\n").split("\n"):
        line = json.loads(row)
        ids = {span["id"]: span["attribution"]["id"] for span in line["spans"] if "attribution" in span}
        for span in line["spans"]:
            if span["label"] != "Attribution":
                key = names(thousand[0])[line["text"]], ids[span["of"]], span["label"].lower()
                seen.setdefault(key, []).append(line["text"][span["start"] : span["end"]])
    assert seen == expected(*thousand)


def test_code_points_of_web_annotations(thousand: Any, tmp_path: Path) -> None:
    from urllib.parse import unquote

    texts = {article.id: article.document for article in thousand[0]}
    seen: dict[tuple[str, str, str], list[str]] = {}
    for item in json.loads(written(thousand, tmp_path, "web-annotation").read_bytes())["items"]:
        for target in item["target"]:
            position, quoted = target["selector"]
            article = unquote(target["source"].removeprefix("urn:article:"))
            text = texts[article][position["start"] : position["end"]]
            assert text == quoted["exact"]
            seen.setdefault((article, item["body"]["value"]["id"], target["purpose"]), []).append(text)
    assert seen == expected(*thousand)


def test_openpyxl_sees_spans_and_no_formulas(thousand: Any, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    articles, rows = thousand
    texts = {article.id: article.document for article in articles}
    lines = list(load_workbook(written(thousand, tmp_path, "xlsx")).active.iter_rows())
    header = [cell.value for cell in lines[0]]
    seen = {}
    for line in lines[1:]:
        assert {cell.data_type for cell in line} <= {"s", "n", "b"}  # no formula
        texts_of_line = [cell.value for cell in line if isinstance(cell.value, str)]
        assert not any(text.startswith(("=", "+", "-", "@")) for text in texts_of_line)
        cells = dict(zip(header, (cell.value for cell in line), strict=True))
        article = cells["article_id"].removeprefix("'")
        for role in ROLES:
            spans = json.loads(cells[role] or "[]")
            spans = [spans] if role not in ("content", "verbatim") and spans else spans
            if spans:
                seen[article, cells["id"], role] = [texts[article][s:e] for s, e in spans]
    assert seen == expected(articles, rows)


# What annotators do -----------------------------------------------------------------------------------------------------

ONE = Article("one", "", "قال الوزير إن المعبر مفتوح. وأضاف أن القوافل تمر.")


def one_row(**changes: Any) -> dict[str, Any]:
    row = {"article_id": "one", "id": "a1", "type": "indirect", "cue": [0, 3], "source": [4, 10], "content": [[11, 26]]}
    return {**row, "speaker": None, "camp": "other", "parent": None, **changes}


def test_an_event_that_was_added_in_brat(tmp_path: Path) -> None:
    write_annotations([ONE], coded_table([ONE], [one_row()]), tmp_path / "b", "brat")
    file = tmp_path / "b" / "one.ann"
    added = "T9\tAttribution 28 33\tوأضاف\nT8\tCue 28 33\tوأضاف\nT7\tContent 34 48\tأن القوافل تمر\n"
    added += "E2\tAttribution:T9 Cue:T8 Content:T7\nA2\tType E2 indirect\n"
    file.write_text(file.read_text(encoding="utf-8") + added, encoding="utf-8")
    table = read_annotations([ONE], tmp_path / "b", "brat")
    assert list(table["id"]) == ["a1", "E2"]
    assert list(table["cue"]) == ["قال", "وأضاف"]
    assert table["source"].isna().tolist() == [False, True]
    assert list(table["rule"]) == ["coded", "coded"]


def test_a_span_that_was_moved_in_label_studio(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    write_annotations([ONE], coded_table([ONE], [one_row()]), path, "label-studio")
    tasks = json.loads(path.read_text(encoding="utf-8"))
    for item in tasks[0]["annotations"][0]["result"]:
        if item.get("value", {}).get("labels") == ["Content"]:
            item["value"]["start"] = 14
        if item["type"] == "choices":
            item["value"]["choices"] = ["unmarked"]
    path.write_text(json.dumps(tasks), encoding="utf-8")
    table = read_annotations([ONE], path, "label-studio")
    assert list(table["content"]) == [ONE.document[14:26]]
    assert list(table["type"]) == ["unmarked"]


# What a format cannot hold ----------------------------------------------------------------------------------------------


def test_notes_on_what_a_format_does_otherwise(tmp_path: Path) -> None:
    rows = [
        one_row(cue=None, content=[[11, 16], [17, 26]]),
        one_row(id="a2", parent="a1", source=None, content=[[21, 40]]),
    ]
    table = coded_table([ONE], rows)
    notes = {format: write_annotations([ONE], table, path_of(tmp_path, format), format) for format in FORMATS}
    anchor = "1 attributions have no cue: the first piece of their content is the anchor"
    for format in ("inception", "inception-project", "label-studio", "doccano", "prodigy"):
        pieces = f"1 contents of several pieces: {format} has no discontinuous spans, each piece is one of its own"
        assert notes[format] == (anchor, pieces)
    assert notes["brat"] == (anchor,)
    assert notes["tei"] == (
        "1 documents have spans that cross: there they are in parts, which tei chains by n and part",
    )
    assert notes["web-annotation"] == (
        "the texts of the articles are not in the file: annotations point to them by id",
    )
    assert notes["csv"] == ()


def test_a_line_break_in_a_span_is_told_of_brat(tmp_path: Path) -> None:
    article = Article("one", "", "قال:\nنعم")
    table = coded_table([article], [one_row(source=None, content=[[2, 8]])])
    notes = write_annotations([article], table, tmp_path / "b", "brat")
    assert notes == ("1 spans hold a line break: brat shows them as one piece for each line",)


@pytest.mark.parametrize("format", ["inception", "inception-project", "tei"])
def test_a_character_that_xml_has_not(format: str, tmp_path: Path) -> None:
    article = Article("one", "", "قال الوزير\x0b إن المعبر مفتوح.")
    with pytest.raises(InterchangeError, match=r"article 'one': character 10 \('\\x0b'\) cannot stand in XML$"):
        write_annotations([article], coded_table([article], [one_row()]), tmp_path / "x", format)
    assert not (tmp_path / "x").exists()


# Wrong files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("format", "name", "text", "message"),
    [
        ("brat", "one.ann", "T1 Cue 0 3\n", "one.ann, line 1: 'T1 Cue 0 3' is no line of brat's standoff"),
        ("brat", "one.ann", "E1\tAttribution:T1 Content:T2\n", "one.ann: E1 has the content T2, which is not marked"),
        (
            "brat",
            "one.ann",
            'E1\tAttribution:T1\n#1\tAnnotatorNotes E1\t{"spans": 5}\n',
            "one.ann: the note of E1 is not as",
        ),
        ("inception", "TypeSystem.xml", "no", "TypeSystem.xml: not a type system of UIMA (Start tag expected"),
        ("inception", "one.xmi", "<x/>", "one.xmi: not a CAS with our layers"),
        ("inception-project", "", "no", "not a ZIP archive, or a damaged one (File is not a zip file)"),
        ("label-studio", "", '[{"data": {}}]', "task 1: not a task of Label Studio (no annotations)"),
        ("label-studio", "", "[5]", "task 1: not a task of Label Studio ("),
        ("label-studio", "", "{}", "not an export of Label Studio: a list of tasks is wanted"),
        ("doccano", "", '{"text": "x"}\n', "line 1: not a line of doccano's relation extraction (no entities)"),
        ("prodigy", "", '{"text": "x", "spans": []}\n', "line 1: not a line of Prodigy's spans (no meta)"),
        ("doccano", "", "[5]\n", "line 1: not a line of doccano's relation extraction ("),
        ("prodigy", "", "text\n", "line 1: not JSON (Expecting value: line 1 column 1 (char 0))"),
        ("tei", "one.xml", "<p>x</p>", "one.xml: no <ab> in the <body> of a <TEI>; its root is <p>"),
        ("tei", "one.xml", "<p>", "one.xml: not XML ("),
        ("web-annotation", "", '{"type": "Annotation"}', "not a W3C AnnotationPage with items"),
        ("web-annotation", "", '{"type": "AnnotationPage", "items": 5}', "not a W3C AnnotationPage with items"),
        ("web-annotation", "", '{"type": "AnnotationPage", "items": [5]}', "item 1: not an annotation of ours ("),
        ("web-annotation", "", "no", "not a JSON file (Expecting value: line 1 column 1 (char 0))"),
        ("xlsx", "", "no", "not a workbook (File is not a zip file)"),
        ("csv", "", "a,b\n1,2\n", "no column article_id"),
    ],
)
def test_a_wrong_file(format: str, name: str, text: str, message: str, tmp_path: Path) -> None:
    path = path_of(tmp_path, format)
    write_annotations([ONE], coded_table([ONE], [one_row()]), path, format)
    if format == "xlsx":
        path = path.with_suffix(".xlsx")
    (path / name if name else path).write_text(text, encoding="utf-8")
    with pytest.raises((InterchangeError, TableError)) as told:
        read_annotations([ONE], path, format)
    assert message in str(told.value)
    assert str(path) in str(told.value)


def test_brat_that_is_not_in_utf_8(tmp_path: Path) -> None:
    write_annotations([ONE], coded_table([ONE], [one_row()]), tmp_path / "b", "brat")
    (tmp_path / "b" / "one.txt").write_bytes(ONE.document.encode("cp1256"))
    with pytest.raises(
        InterchangeError, match=r"one.ann: it or one.txt is not in UTF-8 \(invalid continuation byte\)$"
    ):
        read_annotations([ONE], tmp_path / "b", "brat")


def test_a_note_of_tei_that_was_changed(tmp_path: Path) -> None:
    write_annotations([ONE], coded_table([ONE], [one_row()]), tmp_path / "t", "tei")
    file = tmp_path / "t" / "one.xml"
    file.write_text(file.read_text(encoding="utf-8").replace('"record"', '"recorder"'), encoding="utf-8")
    with pytest.raises(InterchangeError, match=r"one.xml: a <note> is not as it was written \(no record\)$"):
        read_annotations([ONE], tmp_path / "t", "tei")


@pytest.mark.parametrize("start", ["0", 0.5, None, True, [0]])
def test_offsets_that_are_no_whole_numbers(start: Any, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    write_annotations([ONE], coded_table([ONE], [one_row()]), path, "doccano")
    line = json.loads(path.read_text(encoding="utf-8"))
    for entity in line["entities"]:
        if entity["label"] == "Cue":
            entity["start_offset"] = start
    path.write_text(json.dumps(line), encoding="utf-8")
    with pytest.raises(
        InterchangeError, match="line 1: attribution 'a1' has a cue from .* to 3; the document has 49 char"
    ):
        read_annotations([ONE], path, "doccano")


@pytest.mark.parametrize("format", sorted(set(FORMATS) - {"csv"}))
def test_damage_is_told_and_raises_nothing_else(format: str, tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx" if format == "xlsx" else path_of(tmp_path, format)
    write_annotations([ONE], coded_table([ONE], [one_row(), one_row(id="a2", parent="a1")]), path, format)
    written = {file: file.read_bytes() for file in (sorted(path.iterdir()) if path.is_dir() else [path])}
    draw = random.Random(7)
    told = 0
    for _ in range(60):
        file, data = draw.choice(list(written.items()))
        at, until = sorted(draw.choices(range(len(data)), k=2))
        middle = draw.choice([b"", bytes([draw.randrange(256)]), b"null", b"{", b'"5"'])
        file.write_bytes(data[:at] + middle + data[draw.choice([at, until]) :])
        try:
            read_annotations([ONE], path, format)
        except (InterchangeError, TableError) as error:
            told += bool(error.faults)
        file.write_bytes(data)
    assert told > 20


@pytest.mark.parametrize("format", sorted(set(FORMATS) - {"csv", "xlsx", "web-annotation"}))
def test_another_text_is_told_where_it_differs(format: str, tmp_path: Path) -> None:
    write_annotations([ONE], coded_table([ONE], [one_row()]), path_of(tmp_path, format), format)
    other = Article("one", "", ONE.text.replace("المعبر", "الممر"))
    with pytest.raises(InterchangeError, match="the text is not the article's from character 17 on: 'عبر مفتوح"):
        read_annotations([other], path_of(tmp_path, format), format)


def test_another_text_is_told_by_the_quote_of_a_web_annotation(tmp_path: Path) -> None:
    write_annotations([ONE], coded_table([ONE], [one_row()]), tmp_path / "x", "web-annotation")
    other = Article("one", "", ONE.text.replace("الوزير", "المدير"))
    with pytest.raises(InterchangeError, match="item 1: characters 4 to 10 are 'المدير', not 'الوزير'$"):
        read_annotations([other], tmp_path / "x", "web-annotation")


@pytest.mark.parametrize("format", sorted(set(FORMATS) - {"csv"}))
def test_an_article_that_is_not_given(format: str, tmp_path: Path) -> None:
    write_annotations([ONE], coded_table([ONE], [one_row()]), path_of(tmp_path, format), format)
    with pytest.raises(InterchangeError, match="article 'one' is not given"):
        read_annotations([], path_of(tmp_path, format), format)
    with pytest.raises(TableError, match="article 'one' of the table is not given$"):
        write_annotations([], coded_table([ONE], [one_row()]), path_of(tmp_path, format), format)


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_there(format: str, tmp_path: Path) -> None:
    kind = "folder" if format in FOLDERS else "file"
    with pytest.raises(InterchangeError, match=f"there is no such {kind}$"):
        read_annotations([ONE], tmp_path / "nothing", format)


@pytest.mark.parametrize("format", FORMATS)
def test_a_place_of_the_other_kind(format: str, tmp_path: Path) -> None:
    path = path_of(tmp_path, format)
    stands, wanted = ("file", "folder") if format in FOLDERS else ("folder", "file")
    if format in FOLDERS:
        path.write_text("", encoding="utf-8")
    else:
        path.mkdir()
    with pytest.raises(InterchangeError) as told:
        write_annotations([ONE], coded_table([ONE], [one_row()]), path, format)
    assert str(told.value) == f"{path}: is a {stands}; {format} is written to a {wanted}"


def test_an_unknown_format(tmp_path: Path) -> None:
    listed = ", ".join(FORMATS)
    with pytest.raises(InterchangeError, match=f"^annotations: the format is 'bart'; it must be one of {listed}$"):
        read_annotations([ONE], tmp_path, "bart")


def test_offsets_within_a_character_or_beyond_the_end(tmp_path: Path) -> None:
    article = Article("one", "", "😀 قال الوزير إن المعبر مفتوح.")
    path = tmp_path / "x.json"
    write_annotations([article], coded_table([article], [one_row()]), path, "label-studio")
    tasks = json.loads(path.read_text(encoding="utf-8"))
    for item in tasks[0]["annotations"][0]["result"]:
        if item.get("value", {}).get("labels") == ["Cue"]:
            item["value"]["start"] = 1
    path.write_text(json.dumps(tasks), encoding="utf-8")
    with pytest.raises(
        InterchangeError, match="task 1: attribution 'a1' has a cue from -1 to 3; the document has 29 char"
    ):
        read_annotations([article], path, "label-studio")


# The command ------------------------------------------------------------------------------------------------------------


def test_the_command_writes_what_the_library_writes(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from discourse.cli import app
    from discourse.tables import write_table

    (tmp_path / "one.jsonl").write_text(
        json.dumps({"article_id": "one", "title": "", "text": ONE.text}), encoding="utf-8"
    )
    table = coded_table([ONE], [one_row(cue=None)])
    write_table(table, tmp_path / "table.jsonl")
    call = ["export", str(tmp_path / "one.jsonl"), str(tmp_path / "table.jsonl"), "--output", str(tmp_path / "out")]
    told = CliRunner().invoke(app, [*call, "--format", "brat"])
    assert told.exit_code == 0, told.output
    assert "note: 1 attributions have no cue: the first piece of their content is the anchor" in told.output
    pd.testing.assert_frame_equal(read_annotations([ONE], tmp_path / "out", "brat"), table)
    wrong = CliRunner().invoke(app, [*call, "--format", "bart"])
    assert wrong.exit_code == 2
    assert "the format is 'bart'; it must be one of brat, inception-project, inception" in wrong.output
