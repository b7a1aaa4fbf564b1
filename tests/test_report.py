"""The report: one page with nothing from elsewhere, every text as text, findings as coded and gaps as gaps."""

from __future__ import annotations

import re
from base64 import b64decode
from datetime import date
from pathlib import Path
from typing import Any

import krippendorff
import numpy as np
import pandas as pd
import pytest
from lxml import etree, html
from typer.testing import CliRunner

import discourse
from discourse.bidi import lint_bidi
from discourse.cli import app
from discourse.corpus import Article
from discourse.languages import words_in
from discourse.report import write_report
from discourse.speakers import default_camps
from discourse.validity import validity_of

ATTACKS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</div></details></main>",
    '" onclick="x',
    "{n}",
)
WHO = ("الكرملين", "البيت الأبيض", "وزير الخارجية الكازاخستاني", "مصدر محلي")
ARTICLES = [
    Article(
        f"a-{n}", f"خبر {attack}", f"أعلن {WHO[n % 4]} {attack} أن الجسر {n} مفتوح أمام {attack} اليوم.", outlet, day
    )
    for n, attack in enumerate(ATTACKS * 3)
    for outlet, day in [(f"صحيفة {ATTACKS[n % 3]}", date(2022, 1, 3 + n))]
]


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return discourse.analyse(ARTICLES)


def codes_of(table: pd.DataFrame, given: dict[tuple[str, str], list[tuple[str, str]]]) -> pd.DataFrame:
    """Codes by coder and kind: pairs of a variable and a code for each of the first statements."""
    return pd.DataFrame(
        [
            {
                "article_id": row.article_id,
                "id": row.id,
                "coder": coder,
                "coder_kind": kind,
                "variable": name,
                "code": code,
            }
            for (coder, kind), codes in given.items()
            for row, (name, code) in zip(table.itertuples(), codes, strict=False)
        ]
    )


def machine(table: pd.DataFrame) -> list[str]:
    return [camp or "other" for camp in table["camp"]]


@pytest.fixture(scope="module")
def codes(table: pd.DataFrame) -> pd.DataFrame:
    """Two persons and a model code the camps of ten statements; one person differs in one, and attributions are judged."""
    camps = machine(table)[:10]
    differing = ["other" if n == 0 else camp for n, camp in enumerate(camps)]
    attributed = [("attributed", "no" if n == 3 else "yes") for n in range(8)]
    given: dict[tuple[str, str], list[tuple[str, str]]] = {
        ("أمل", "person"): [("camp", camp) for camp in camps],
        ("badr", "person"): [("camp", camp) for camp in differing],
        ("gpt-0", "model"): [("camp", camp) for camp in camps],
    }
    return pd.concat([codes_of(table, given), codes_of(table, {("أمل", "person"): attributed})])


@pytest.fixture(scope="module")
def pages(table: pd.DataFrame, codes: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("report")
    for name, options in {
        "en": {"codes": codes, "articles": ARTICLES},
        "ar": {"codes": codes, "articles": ARTICLES, "language": "ar"},
        "again": {"codes": codes, "articles": iter(ARTICLES)},
        "bare": {},
    }.items():
        write_report(table, folder / f"{name}.html", **options)  # type: ignore[arg-type]
    return {path.stem: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def parsed(page: str) -> Any:
    return html.document_fromstring(page)


def without_isolates(text: str) -> str:
    return re.sub("[\u2066-\u2069]", "", " ".join(text.split()))


def steps(page: str, kind: str) -> dict[str, str]:
    """Steps of the section on validity that were taken (found) or not (gap), with what is said of each."""
    rows = parsed(page).xpath(f'//section[@id="validity"]//tr[@class="{kind}"]')
    return {without_isolates(row[0].text_content()): without_isolates(row[1].text_content()) for row in rows}


# The page -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ar"])
def test_sections_figures_and_tables(pages: dict[str, str], language: str) -> None:
    words = words_in(language)
    root = parsed(pages[language])
    assert (root.get("lang"), root.get("dir")) == (language, {"en": "ltr", "ar": "rtl"}[language])
    assert root.xpath("//section/@id") == ["figures", "tables", "validity", "made"]
    assert [link.removeprefix("#") for link in root.xpath("//nav//a/@href")] == root.xpath("//section/@id")
    names = ["who-is-quoted", "who-is-quoted-by-outlet", "sentiment-by-camp", "engagement-by-camp"]
    assert [each.text for each in root.xpath("//figcaption")] == [words[name] for name in names]
    captions = [without_isolates(each.text) for each in root.xpath('//section[@id="tables"]//caption')]
    assert captions == [words[name] for name in names]
    for image in root.xpath("//figure/img"):
        data = image.get("src").removeprefix("data:image/svg+xml;base64,")
        assert etree.fromstring(b64decode(data)).tag == "{http://www.w3.org/2000/svg}svg"
        assert len(image.get("alt")) > 20


def test_numbers_in_tables_and_alternative_texts_are_those_of_the_table(
    pages: dict[str, str], table: pd.DataFrame
) -> None:
    counts = pd.Series(machine(table)).value_counts()
    root = parsed(pages["en"])
    rows = root.xpath('//section[@id="tables"]//table')[0].xpath(".//tbody/tr")
    shown = {row[0].text: row[3].text for row in rows}
    labels = {**{name: label["en"] for name, label in default_camps().labels.items()}, "other": "other"}
    assert shown == {labels[name]: f"{n} / {len(table)}" for name, n in counts.items()}
    assert list(shown) == [labels[name] for name in ("moscow", "washington", "astana", "other") if name in counts]
    alt = root.xpath("//figure/img/@alt")[0]
    assert f"Moscow {counts['moscow'] / len(table):.0%}" in alt


def test_each_number_opens_onto_the_statements_that_it_counts(pages: dict[str, str], table: pd.DataFrame) -> None:
    root = parsed(pages["en"])
    first = root.xpath('//section[@id="tables"]/details')[0]
    moscow = next(each for each in first.xpath("./details") if each[0].text.startswith("Moscow"))
    rows = table[table["camp"] == "moscow"]
    marked = [each.text_content() for each in moscow.xpath(".//mark")]
    assert marked == list(rows["content"])[:10]
    assert f"{len(rows)} statements stand behind this number" in moscow.text_content()
    passage = moscow.xpath(".//details/p")[0].text_content()
    document = next(one.document for one in ARTICLES if one.id == rows["article_id"].iloc[0])
    assert passage.replace("\n", "") == document.replace("\n", "")
    bare = parsed(pages["bare"]).xpath('//section[@id="tables"]/details[1]//details/p')
    assert bare and all(each.text_content() in set(table["content"]) for each in bare)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_text_is_shown_as_text(pages: dict[str, str], language: str) -> None:
    root = parsed(pages[language])
    assert not root.xpath("//script | //img[not(parent::figure)] | //@onclick | //@onerror | //iframe | //link")
    assert len(root.xpath("//main")) == 1 and root.xpath("//main")[0].getnext() is None
    text = root.text_content()
    for attack in ATTACKS:
        assert attack in text
    assert "صحيفة <img" in text, "an outlet with markup in its name"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_comes_from_elsewhere(pages: dict[str, str], language: str) -> None:
    root = parsed(pages[language])
    assert all(src.startswith("data:") for src in root.xpath("//@src"))
    assert all(href.startswith("#") for href in root.xpath("//@href"))
    style = "".join(root.xpath("//style/text()") + root.xpath("//@style"))
    assert "url(" not in style and "@import" not in style
    assert "color-scheme: light dark" in style and "@media print" in style


def test_the_same_call_writes_the_same_bytes(pages: dict[str, str]) -> None:
    assert pages["en"] == pages["again"]
    assert "/tmp" not in pages["en"] and "/home" not in pages["en"]


def test_an_arabic_report_is_in_arabic_and_in_order(pages: dict[str, str]) -> None:
    root = parsed(pages["ar"])
    for part in ("//h1", "//h2", "//nav", "//caption", "//thead", "//figcaption"):
        for each in root.xpath(part):
            assert not re.search("[A-Za-z]", each.text_content()), each.text_content()
    ours = [each.text_content() for each in root.xpath('//section[@id="validity"]//*[self::td or self::th or self::p]')]
    ours += [each.text_content() for each in root.xpath("//main/p | //caption | //thead//th")] + root.xpath("//@alt")
    faults = [fault for text in ours if "<" not in text for fault in lint_bidi(text).itertuples()]
    assert faults == []
    assert all(cell.get("dir") == "ltr" for cell in root.xpath('//section[@id="tables"]//table//td'))


# Validity -------------------------------------------------------------------------------------------------------------


def test_without_human_codes_every_label_is_a_gap_and_all_is_uncorrected(pages: dict[str, str]) -> None:
    gaps = steps(pages["bare"], "gap")
    for label in ("attribution", "camp", "engagement", "sentiment", "frames", "stance"):
        assert gaps[f"{label}: machine against human codes"] == "not checked: no person's codes were given."
    assert {"sampling", "concepts", "robustness", "reading", "statements missed", "other measures"} <= set(gaps)
    assert all(text.startswith("not checked: ") for text in gaps.values())
    assert "coded by" not in parsed(pages["bare"]).text_content()
    note = parsed(pages["bare"]).xpath('//p[@class="note"]')[0].text
    assert note == words_in("en")["report_labels"] and "all are uncorrected" in note and "by a machine" in note


def test_what_persons_coded_is_told_with_their_names_and_agreement(pages: dict[str, str], table: pd.DataFrame) -> None:
    found = steps(pages["en"], "found")
    assert found["attributions confirmed by people"] == "88% of 8 statements; coded by أمل"
    coders = found["camp: coders among each other"]
    assert coders.startswith("agreement 90% of 10 statements, Krippendorff's alpha ") and coders.endswith(
        "by badr, أمل"
    )
    # of two that differ the first by name counts, so the machine differs from people where badr does
    assert found["camp: machine against human codes"].startswith("agreement 90% of 10 statements")
    camps = machine(table)[:10]
    both = [camps, ["other", *camps[1:]]]
    names = sorted({*camps, "other"})
    numbers = np.array([[names.index(code) for code in row] for row in both], dtype=float)
    alpha = krippendorff.alpha(numbers, level_of_measurement="nominal")
    assert validity_of(table, None).query("check == 'coders'").empty
    assert f"alpha {alpha:.2f}".rstrip("0") in coders


def test_a_model_is_never_called_a_person_and_checks_nothing(table: pd.DataFrame, pages: dict[str, str]) -> None:
    gap = "not checked: gpt-0 is a model; its codes of 10 statements are no human codes and check nothing."
    assert steps(pages["en"], "gap")["codes of a model"] == gap
    only = codes_of(table, {("gpt-0", "model"): [("camp", camp) for camp in machine(table)]})
    told = validity_of(table, only)
    assert not told.loc[told["phase"] == "external", "done"].any()
    assert set(told.loc[told["check"] == "human", "variable"]) >= {"camp", "attributed"}


def test_codes_of_other_tables_say_nothing(table: pd.DataFrame, codes: pd.DataFrame) -> None:
    other = codes.assign(article_id="elsewhere")
    pd.testing.assert_frame_equal(validity_of(table, other), validity_of(table))


def test_one_coder_has_nobody_to_agree_with_and_alike_codes_have_no_alpha(table: pd.DataFrame) -> None:
    alike = codes_of(table, {("amal", "person"): [("frames:security", "no")] * 6})
    told = validity_of(table.assign(frames=[[]] * len(table)), alike).set_index(["check", "variable"])
    assert not told.loc[("coders", "frames:security"), "done"]
    human = told.loc[("human", "frames:security")]
    assert human["percent"] == 1 and np.isnan(human["estimate"]) and human["by"] == ("amal",)


def test_phases_and_numbers_of_the_table(table: pd.DataFrame) -> None:
    told = validity_of(table.assign(outlet=[None, *table["outlet"][1:]])).set_index(["check", "variable"])
    assert list(dict.fromkeys(told["phase"])) == ["substantive", "structural", "external"]
    assert told.loc[("missing", "outlet"), "n"] == 1 and told.loc[("missing", "date"), "n"] == 0
    assert told.loc[("corpus", None), "n"] == table["article_id"].nunique()
    assert told.loc[("unlisted", None), "n"] == sum(speaker is None for speaker in table["speaker"])


# The command ----------------------------------------------------------------------------------------------------------


def test_the_command_writes_what_the_library_writes(table: pd.DataFrame, tmp_path: Path) -> None:
    discourse.write_table(table, tmp_path / "t.jsonl")
    discourse.write_table(table, tmp_path / "t.csv")
    for language in ("en", "ar"):
        path = tmp_path / f"{language}.html"
        call = ["report", str(tmp_path / "t.jsonl"), "-o", str(path), "--language", language]
        result = CliRunner().invoke(app, call)
        assert (result.exit_code, result.stderr) == (0, f"{len(table)} attributions in {path}\n")
        text = path.read_text(encoding="utf-8")
        assert parsed(text).get("lang") == language
        assert "t.jsonl" in parsed(text).xpath('//section[@id="made"]')[0].text_content()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["IN/none.jsonl", "-o", "IN/r.html"], "IN/none.jsonl: there is no such file"),
        (
            ["IN/t.txt", "-o", "IN/r.html"],
            "IN/t.txt: tables are written and read as .jsonl, .csv, .parquet, not as '.txt'",
        ),
        (
            ["IN/empty.jsonl", "-o", "IN/r.html"],
            "IN/empty.jsonl: the table holds no attribution; there is nothing to draw",
        ),
        (["IN/t.jsonl", "-o", "IN/r.pdf"], "IN/r.pdf: a report is written as .html, not as '.pdf'"),
        (["IN/t.jsonl", "-o", "IN/no/r.html"], "IN/no/r.html: there is no folder IN/no"),
        (["IN/t.jsonl", "-o", "IN/r.html", "--codes", "IN/c.xlsx"], "c.xlsx: there is no such file"),
        (["IN/t.jsonl", "-o", "IN/r.html", "--articles", "IN/no"], "IN/no: there is no such file or folder"),
    ],
)
def test_wrong_calls(tmp_path: Path, table: pd.DataFrame, arguments: list[str], message: str) -> None:
    discourse.write_table(table, tmp_path / "t.jsonl")
    (tmp_path / "t.txt").write_text("x")
    (tmp_path / "empty.jsonl").write_text("")
    result = CliRunner().invoke(app, ["report", *(each.replace("IN", str(tmp_path)) for each in arguments)])
    assert result.exit_code == 2
    assert result.stderr == f"discourse: {message}\n".replace("IN", str(tmp_path))
    assert not (tmp_path / "r.html").exists()
