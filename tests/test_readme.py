"""What the README shows is what happens: its code runs offline and prints what stands below it; its files exist."""

import contextlib
import io
import re
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
import yaml

from discourse import Article, analyse, lint_bidi
from discourse.cli import app
from discourse.speakers import read_camps

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ARABIC = (ROOT / "README.ar.md").read_text(encoding="utf-8")
FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
COMMANDS = {command.callback.__name__ for command in app.registered_commands if command.callback}
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))


def blocks(kind: str, page: str = README) -> list[str]:
    return [body for name, body in FENCED.findall(page) if name == kind]


def test_the_first_code_prints_what_stands_below_it():
    code, output = blocks("python")[0], blocks("text")[0]
    assert len(code.strip().splitlines()) <= 10
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - our own README, where the network is shut
    assert printed.getvalue() == output


def test_the_explanations_are_one_line_each():
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(blocks("python")[1], "README.md", "exec"), {})  # noqa: S102 - our own README, where the network is shut
    lines = printed.getvalue().splitlines()
    assert len(lines) == 3 and "dropped subject" in lines[2] and "not kremlin" in lines[2]


def test_the_script_writes_a_figure_and_its_numbers(tmp_path, monkeypatch):
    (tmp_path / "corpora").symlink_to(ROOT / "corpora")
    monkeypatch.chdir(tmp_path)
    exec(compile(blocks("python")[-1], "README.md", "exec"), {})  # noqa: S102 - our own README, where the network is shut
    plt.close("all")
    written = {path.name for path in tmp_path.glob("who-is-quoted.*")}
    assert written == {"who-is-quoted.svg", "who-is-quoted.png", "who-is-quoted.csv"}


def test_the_camps_are_a_camps_file(tmp_path):
    path = tmp_path / "camps.yml"
    path.write_text(blocks("yaml")[0], encoding="utf-8")
    text = "أعلن الاتحاد الأوروبي أن اللقاء تأجل. وأعلنت روسيا أنها لا تمانع. وقالت فرنسا إنها تنتظر."
    table = analyse([Article("a1", "", text)], read_camps(path))
    assert list(table["camp"]) == ["brussels", "moscow", "other"]


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)#]+)\)|`([\w./-]+\.(?:yml|md|cff|tsv|toml))`", README + ARABIC))
def test_files_that_are_named_exist(path):
    name = path[0] or path[1]
    if name in ("camps.yml", "DATASHEET.md"):
        name = f"corpora/kazakhstan-2022/{name}"
    elif name in ("organisations.tsv", "people.yml"):
        name = f"discourse/data/actors/{name}"
    assert (ROOT / name).is_file()


def test_commands_are_those_of_the_command_line_and_the_makefile():
    commands = " ".join(blocks("sh"))
    assert set(re.findall(r"^discourse (\w+)", "\n".join(blocks("sh")), flags=re.MULTILINE)) == COMMANDS
    named = set(re.findall(r"`make ([a-z-]+)`", README)) | set(re.findall(r"\bmake ([a-z-]+)", commands))
    assert {"figures", "test", "setup", "setup-models", "lab"} <= named <= TARGETS


def test_the_camps_shown_are_written_as_the_shipped_ones():
    shown = yaml.safe_load(blocks("yaml")[0])[0]
    shipped = yaml.safe_load((ROOT / "corpora/kazakhstan-2022/camps.yml").read_text(encoding="utf-8"))
    assert shown in shipped


def test_what_is_constructed_is_called_so():
    assert "constructed" in README.split("## How accurate")[0]
    assert "not by people" in README


# The Arabic page: its own words, the same facts ---------------------------------------------------------------------


def test_each_page_leads_to_the_other():
    assert "](README.ar.md)" in README.split("## ")[0] and "](README.md)" in ARABIC.split("## ")[0]


def test_the_arabic_page_begins_with_the_same_code_and_commands():
    for kind in ("python", "text", "sh"):
        assert blocks(kind, ARABIC)[0] == blocks(kind)[0]


def test_arabic_runs_right_to_left_and_code_does_not():
    assert ARABIC.startswith('<div dir="rtl" lang="ar">\n\n') and ARABIC.endswith("\n\n</div>\n")
    inside, outside = [], []
    for number, part in enumerate(re.split(r'<div dir="rtl" lang="ar">\n|\n</div>\n', ARABIC)):
        (inside if number % 2 else outside).append(part)
    assert "```" not in "".join(inside)
    assert FENCED.sub("", "".join(outside)).strip() == ""


def test_the_arabic_figure_is_written_and_sound(tmp_path, monkeypatch):
    (tmp_path / "corpora").symlink_to(ROOT / "corpora")
    monkeypatch.chdir(tmp_path)
    code, names = blocks("python", ARABIC)[-1], {}
    exec(compile(code, "README.ar.md", "exec"), names)  # noqa: S102 - our own README, where the network is shut
    assert {path.name for path in tmp_path.glob("who-is-quoted-ar.*")} == {
        f"who-is-quoted-ar.{end}" for end in ("svg", "png", "csv")
    }
    assert "موسكو" in {label.get_text().splitlines()[0] for label in names["ax"].get_yticklabels()}
    assert lint_bidi(names["ax"]).empty
    plt.close("all")


def test_the_columns_explained_in_arabic_are_those_of_the_table():
    explained = re.findall(r"^\| `(\w+)` \|", ARABIC, flags=re.MULTILINE)
    table = analyse([Article("a1", "", "قالت فرنسا إنها تنتظر.")])
    assert len(explained) >= 12 and set(explained) <= set(table.columns)


def test_commands_named_in_arabic_exist():
    assert set(re.findall(r"(?:^|`)discourse (\w+)", ARABIC, flags=re.MULTILINE)) <= COMMANDS
    assert set(re.findall(r"\bmake ([a-z-]+)", ARABIC)) <= TARGETS


def test_accuracy_is_the_same_in_both_languages():
    english, arabic = (
        [line.split("|")[2:] for line in page.splitlines() if re.search(r"\| 0\.\d\d \|", line)]
        for page in (README, ARABIC)
    )
    assert arabic == english, "copy the rows of numbers from README.md to README.ar.md"
    told = set(re.findall(r"\d\.\d\d\b", ARABIC.split("## ما مدى الدقة")[1].split("## ")[0]))
    there = set(re.findall(r"\d\.\d\d\b", README.split("## How accurate it is")[1].split("## ")[0]))
    assert told <= there, f"README.ar.md tells of {sorted(told - there)}, README.md does not"


def test_the_limits_stand_in_arabic_too():
    assert "مصنوعة" in ARABIC and "ولم يضعه بشر" in ARABIC and "غير مصحّحة" in ARABIC
    assert lint_bidi(ROOT / "README.ar.md").empty
