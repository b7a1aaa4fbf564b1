"""What the README shows is what happens: its code runs offline and prints what stands below it; its files exist."""

import contextlib
import io
import re
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
import yaml

from discourse import Article, analyse
from discourse.cli import app
from discourse.speakers import read_camps

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


def blocks(kind: str) -> list[str]:
    return [body for name, body in BLOCKS if name == kind]


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


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)#]+)\)|`([\w./-]+\.(?:yml|md|cff|tsv|toml))`", README))
def test_files_that_are_named_exist(path):
    name = path[0] or path[1]
    if name in ("camps.yml", "DATASHEET.md"):
        name = f"corpora/kazakhstan-2022/{name}"
    elif name in ("organisations.tsv", "people.yml"):
        name = f"discourse/data/actors/{name}"
    assert (ROOT / name).is_file()


def test_commands_are_those_of_the_command_line_and_the_makefile():
    commands = " ".join(blocks("sh"))
    known = {command.callback.__name__ for command in app.registered_commands if command.callback}
    assert set(re.findall(r"^discourse (\w+)", "\n".join(blocks("sh")), flags=re.MULTILINE)) == known
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)`", README)) | set(re.findall(r"\bmake ([a-z-]+)", commands))
    assert {"figures", "test", "setup", "setup-models", "lab"} <= named <= targets


def test_the_camps_shown_are_written_as_the_shipped_ones():
    shown = yaml.safe_load(blocks("yaml")[0])[0]
    shipped = yaml.safe_load((ROOT / "corpora/kazakhstan-2022/camps.yml").read_text(encoding="utf-8"))
    assert shown in shipped


def test_what_is_constructed_is_called_so():
    assert "constructed" in README.split("## How accurate")[0]
    assert "not by people" in README
