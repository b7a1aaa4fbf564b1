"""The command line: what it writes, what it says, and its exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import Result
from typer.testing import CliRunner

from discourse import scale
from discourse.cli import app
from discourse.store import read_rows
from discourse.tables import read_table

ROWS = [
    {
        "article_id": f"a{n}",
        "title": "",
        "text": "أعلن الكرملين أن المحادثات مستمرة. ورحب البيت الأبيض بنتائج اللقاء.",
        "outlet": f"صحيفة {n % 3}",
        "date": "2022-01-06",
    }
    for n in range(6)
]


BINARY = "this is a binary file, or text in an encoding other than UTF-8, UTF-16, Windows-1256 and ISO-8859-6"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    path = tmp_path / "articles.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS), encoding="utf-8")
    return path


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".parquet"])
def test_attribute_writes_the_scored_table(tmp_path: Path, articles: Path, suffix: str) -> None:
    import discourse

    output = tmp_path / f"table{suffix}"
    result = run("attribute", articles, "--output", output)
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    table = read_table(output)
    pd.testing.assert_frame_equal(table, discourse.analyse(discourse.read_corpus(articles)))
    assert len(table) >= 12
    assert result.stderr.splitlines()[-1] == f"6 articles, {len(table)} attributions in {output}"
    assert "6/6" in result.stderr


def test_attribute_leaves_the_texts_out_where_it_is_told_to(tmp_path: Path, articles: Path) -> None:
    import discourse

    output = tmp_path / "table.jsonl"
    result = run("attribute", articles, "--output", output, "--redacted")
    assert result.exit_code == 0, result.output
    corpus = discourse.read_corpus(articles)
    written = read_table(output)
    assert "content" not in written.columns
    pd.testing.assert_frame_equal(discourse.restore_texts(written, corpus.articles), discourse.analyse(corpus))


def test_quiet_says_nothing(tmp_path: Path, articles: Path) -> None:
    result = run("attribute", articles, "--output", tmp_path / "t.csv", "--quiet")
    assert (result.exit_code, result.output) == (0, "")


def test_what_was_skipped_is_said_and_the_rest_written(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text("أعلن الكرملين أن المحادثات مستمرة.", encoding="cp1256")
    (folder / "b.txt").write_bytes(b"")
    (folder / "c.txt").write_bytes(b"\x00\x01\xff" * 50)
    (folder / "d.txt").write_text("قال الوزير «إن العمل مستمر", encoding="utf-8")
    filler = "بقيت الشوارع هادئة في المدينة طوال اليوم. " * 70_000  # more than 5 MB in one line
    (folder / "e.txt").write_text(f"{filler}قال الوزير إن العمل مستمر.", encoding="utf-8")
    (folder / "f.jsonl").write_text('{"article_id": "a", "title": "", "text": "x"}\n{"article_id": "z", "title": ""}\n')
    result = run("attribute", folder, "--output", tmp_path / "t.jsonl")
    assert result.exit_code == 3, result.output
    said = [line for line in result.stderr.replace(f"{folder}/", "").splitlines() if line and "%" not in line]
    assert said == [
        "note: a.txt: read as Windows-1256",
        "skipped: b.txt: the file is empty",
        f"skipped: c.txt: {BINARY}",
        "skipped: f.jsonl, row 1: article_id 'a' again; it was first in a.txt",
        "skipped: f.jsonl, row 2: no text; found: article_id, title; needed: article_id, title, text",
        f"3 articles, {len(read_table(tmp_path / 't.jsonl'))} attributions in {tmp_path}/t.jsonl; 4 skipped",
    ]
    assert {"a", "e"} <= set(read_table(tmp_path / "t.jsonl")["article_id"])


def test_nothing_readable_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"")
    result = run("attribute", tmp_path / "a.txt", "--output", tmp_path / "t.csv")
    assert result.exit_code == 3
    assert result.stderr == (
        f"skipped: {tmp_path}/a.txt: the file is empty\nNo article could be read; nothing is written.\n"
    )
    assert not (tmp_path / "t.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["attribute", "IN/nowhere", "-o", "IN/t.csv"], "IN/nowhere: there is no such file or folder"),
        (
            ["attribute", "IN/articles.jsonl", "-o", "IN/t.xlsx"],
            "IN/t.xlsx: tables are written as .jsonl, .csv, .parquet, not as '.xlsx'",
        ),
        (["attribute", "IN/articles.jsonl", "-o", "IN/no/t.csv"], "IN/no/t.csv: there is no folder IN/no"),
        (["figures", "IN/nowhere.csv", "-o", "IN"], "IN/nowhere.csv: there is no such file"),
        (["evaluate", "IN/articles.jsonl", "IN/nowhere.jsonl"], "IN/nowhere.jsonl: there is no such file"),
    ],
)
def test_wrong_calls(tmp_path: Path, articles: Path, arguments: list[str], message: str) -> None:
    result = run(*(argument.replace("IN", str(tmp_path)) for argument in arguments))
    assert result.exit_code == 2
    assert result.stderr == f"discourse: {message}\n".replace("IN", str(tmp_path))
    assert [path.name for path in tmp_path.iterdir()] == ["articles.jsonl"]


def test_camps_of_a_study(tmp_path: Path, articles: Path) -> None:
    camps = tmp_path / "camps.yml"
    camps.write_text("- camp: east\n  label_en: East\n  states: [russia]\n", encoding="utf-8")
    assert run("attribute", articles, "-o", tmp_path / "t.csv", "--camps", camps).exit_code == 0
    assert set(read_table(tmp_path / "t.csv")["camp"].dropna()) == {"east", "other"}
    camps.write_text("- camp: east\n  states: [atlantis]\n", encoding="utf-8")
    result = run("attribute", articles, "-o", tmp_path / "t.csv", "--camps", camps)
    assert result.exit_code == 2
    assert "camp 'east' names the state 'atlantis'" in result.stderr


@pytest.mark.parametrize("language", ["en", "ar"])
def test_figures_come_with_their_numbers(tmp_path: Path, articles: Path, language: str) -> None:
    run("attribute", articles, "-o", tmp_path / "t.csv", "-q")
    result = run("figures", tmp_path / "t.csv", "-o", tmp_path / "figures", "--language", language)
    assert result.exit_code == 0, result.output
    stems = {"who-is-quoted", "who-is-quoted-by-outlet", "sentiment-by-camp", "engagement-by-camp"}
    assert {path.name for path in (tmp_path / "figures").iterdir()} == {
        f"{stem}{suffix}" for stem in stems for suffix in (".svg", ".png", ".csv")
    }
    shares = pd.read_csv(tmp_path / "figures" / "who-is-quoted.csv").set_index("camp")["estimate"]
    counts = read_table(tmp_path / "t.csv")["camp"].value_counts(normalize=True)
    assert shares["moscow"] == pytest.approx(counts["moscow"])


def test_figures_of_articles_without_outlets(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for n, camp in enumerate(["الكرملين", "البيت الأبيض", "الكرملين"]):
        (folder / f"{n}.txt").write_text(f"أعلن {camp} أن المحادثات مستمرة.", encoding="utf-8")
    run("attribute", folder, "-o", tmp_path / "t.jsonl", "-q")
    result = run("figures", tmp_path / "t.jsonl", "-o", tmp_path / "figures", "-q")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "figures" / "who-is-quoted.svg").is_file()
    assert not (tmp_path / "figures" / "who-is-quoted-by-outlet.svg").exists()


def test_figures_of_an_empty_table(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("لا أحد يتكلم هنا.", encoding="utf-8")
    assert run("attribute", tmp_path / "a.txt", "-o", tmp_path / "t.csv", "-q").exit_code == 0
    result = run("figures", tmp_path / "t.csv", "-o", tmp_path)
    assert result.exit_code == 2
    assert result.stderr == f"discourse: {tmp_path}/t.csv: the table holds no attribution; there is nothing to draw\n"


def test_evaluate_a_table_against_itself(tmp_path: Path, articles: Path) -> None:
    for suffix in (".jsonl", ".csv"):
        run("attribute", articles, "-o", tmp_path / f"t{suffix}", "-q")
    n = len(read_table(tmp_path / "t.jsonl"))
    for predicted in ([], [tmp_path / "t.jsonl"], [tmp_path / "t.csv"]):
        result = run("evaluate", articles, tmp_path / "t.jsonl", *predicted, "-q")
        assert result.exit_code == 0, result.output
        lines = result.stdout.splitlines()
        assert lines[0] == f"6 articles, {n} coded, {n} found"
        assert lines[2] == f"all, {n} coded"
        perfect = "1.000 [1.000, 1.000]"
        assert lines[5].split() == f"voiced precision {perfect} recall {perfect} f1 {perfect}".split()
        assert any(line.startswith("depth top, ") for line in lines)
        assert any(line.startswith("label sentiment, ") for line in lines)


def test_evaluate_names_what_is_wrong_with_the_gold(tmp_path: Path, articles: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text('{"article_id": "b", "id": "1", "content": [[0, 4]]}\n', encoding="utf-8")
    result = run("evaluate", articles, gold)
    assert result.exit_code == 2
    assert result.stderr == f"discourse: {gold}, row 1: article_id 'b' is none of the articles\n"


def test_help_lists_the_commands_and_loads_nothing_heavy() -> None:
    result = run("--help")
    assert result.exit_code == 0
    for command in ("attribute", "figures", "evaluate"):
        assert command in result.stdout
        assert run(command, "--help").exit_code == 0
    code = (
        "import sys, discourse.cli as c\n"
        "try: c.app(['attribute', '--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'pandas', 'numpy', 'matplotlib', 'camel_tools'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.splitlines()[-1] == "[]"


def test_columns_under_other_names(tmp_path: Path) -> None:
    rows = [{"body": row["text"], "paper": row["outlet"]} for row in ROWS]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    options = ["--column", "text=body", "--column", "outlet=paper"]
    result = run("attribute", tmp_path / "a.jsonl", "--output", tmp_path / "t.csv", "--quiet", *options)
    assert (result.exit_code, result.output) == (0, "")
    assert set(read_table(tmp_path / "t.csv")["outlet"]) == {"صحيفة 0", "صحيفة 1", "صحيفة 2"}


def test_wrong_columns(tmp_path: Path, articles: Path) -> None:
    result = run("attribute", articles, "--output", tmp_path / "t.csv", "--column", "body", "--column", "text=body")
    assert (result.exit_code, result.stderr) == (
        *(2, "discourse: --column body: write our name, =, and the name in your table, as in text=body\n"),
    )
    result = run("attribute", articles, "--output", tmp_path / "t.csv", "--column", "body=text")
    assert (result.exit_code, result.stderr.partition(";")[0]) == (2, "discourse: columns: an article has no body")


def test_files_with_names_that_tell_and_a_list(tmp_path: Path) -> None:
    (tmp_path / "in" / "المدى").mkdir(parents=True)
    (tmp_path / "in" / "المدى" / "1.txt").write_text(ROWS[0]["text"], encoding="utf-8")
    (tmp_path / "list.csv").write_text("file,date\n1.txt,2022-01-06\n", encoding="utf-8")
    options = ["--names", "{outlet}/*", "--metadata", tmp_path / "list.csv"]
    result = run("attribute", tmp_path / "in", "--output", tmp_path / "t.csv", *options)
    assert result.exit_code == 0, result.output
    table = read_table(tmp_path / "t.csv")
    assert set(table["outlet"]) == {"المدى"}
    assert set(table["date"]) == {pd.Timestamp("2022-01-06")}


def test_process_writes_a_store_and_goes_on_with_it(tmp_path: Path, articles: Path) -> None:
    store, log = tmp_path / "store", tmp_path / "log.jsonl"
    result = run("process", articles, "--store", store, "--workers", 1, "--log", log)
    assert result.exit_code == 0, result.output
    rows = read_rows(store)
    assert result.stderr.splitlines()[-1] == f"6 articles, {len(rows)} attributions in {store}"
    assert {json.loads(line)["stage"] for line in log.read_text().splitlines()} == {"reading", "analysing"}
    again = run("process", articles, "-o", store, "--workers", 1)
    assert "6 articles (6 of them stood there already)" in again.stderr
    with articles.open("a", encoding="utf-8") as file:
        file.write("broken\n")
    more = run("process", articles, "-o", store, "--workers", 1, "--quiet", "--redacted")
    assert more.exit_code == 3
    assert more.stderr.startswith(f"skipped: {articles}, row 7: not JSON (")
    assert "content" not in read_rows(store)


def test_process_that_is_stopped_says_how_to_go_on(
    tmp_path: Path, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = scale._analyse_shards

    def stopped(task: object) -> object:
        raise KeyboardInterrupt

    monkeypatch.setattr(scale, "_analyse_shards", stopped)
    result = run("process", articles, "--store", tmp_path / "store", "--workers", 1)
    assert result.exit_code == 130
    store = tmp_path / "store"
    assert (
        result.stderr.splitlines()[-1]
        == f"stopped; what is finished stays in {store}, and the same command goes on from there"
    )
    monkeypatch.setattr(scale, "_analyse_shards", work)
    assert run("process", articles, "--store", tmp_path / "store", "--workers", 1).exit_code == 0


def test_wrong_calls_of_process(tmp_path: Path, articles: Path) -> None:
    result = run("process", tmp_path / "nowhere", "--store", tmp_path / "store")
    assert (result.exit_code, result.stderr) == (2, f"discourse: {tmp_path}/nowhere: there is no such file or folder\n")
    (tmp_path / "file").write_text("")
    result = run("process", articles, "--store", tmp_path / "file", "--workers", 1)
    assert result.exit_code == 2
    assert result.stderr.endswith("; see to that and call again: what is finished stays\n")
