"""Decisions made in the widget are on disk before the next one is asked; the widget's page is driven in the browser test."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import discourse
from discourse.coding import CodingError, read_coding
from discourse.corpus import Article
from discourse.reviewing import review

ARTICLE = Article(
    "a-1",
    "",
    "قال الوزير الروسي إن <b>المحطة</b> جاهزة. وأعلن البيت الأبيض أن الوفد في الطريق.",
    "ufuq",
    date(2022, 1, 9),
)
TABLE = discourse.analyse([ARTICLE])


def open_review(path: Path, **options: Any) -> Any:
    return review(TABLE, [ARTICLE], path, coder="amal", **options)


def click(widget: Any, place: int, variable: str, code: str) -> None:
    """What the page sends when a code is chosen."""
    widget._handle_custom_msg({"place": place, "variable": variable, "code": code}, [])


def test_each_decision_is_a_line_that_read_coding_reads(tmp_path: Path) -> None:
    path = tmp_path / "amal.jsonl"
    widget = open_review(path)
    click(widget, 0, "camp", "washington")
    assert len(path.read_text(encoding="utf-8").splitlines()) == 1
    click(widget, 0, "camp", "moscow")
    click(widget, 1, "sentiment", "neutral")
    codes = read_coding(path, sample=TABLE)
    assert list(codes[["id", "variable", "code"]].itertuples(index=False, name=None)) == [
        (TABLE["id"].iloc[0], "camp", "moscow"),
        (TABLE["id"].iloc[1], "sentiment", "neutral"),
    ]
    assert widget.codes[0] == {"camp": "moscow"} and widget.decided == 2


def test_several_codes_are_switched_on_and_off(tmp_path: Path) -> None:
    path = tmp_path / "amal.jsonl"
    widget = open_review(path)
    for code in ("security", "economic", "security", "conflict"):
        click(widget, 0, "frames", code)
    codes = read_coding(path)
    assert sorted(codes.loc[codes["code"] == "yes", "variable"]) == ["frames:conflict", "frames:economic"]


def test_nothing_is_lost_when_the_kernel_dies(tmp_path: Path) -> None:
    path = tmp_path / "amal.jsonl"
    click(open_review(path), 0, "camp", "moscow")
    with path.open("a", encoding="utf-8") as file:
        file.write('{"article_id": "a-1", "id"')  # the line that was being written
    with pytest.raises(CodingError, match=r"amal\.jsonl line 2: not a JSON object"):
        open_review(path)
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    again = open_review(path)
    assert again.codes[0] == {"camp": "moscow"} and again.place == 1
    click(again, 1, "camp", "washington")
    assert list(read_coding(path)["code"]) == ["moscow", "washington"]


def test_the_passage_is_the_document_and_goes_out_as_text(tmp_path: Path) -> None:
    widget = open_review(tmp_path / "amal.jsonl")
    for row, statement in zip(TABLE.to_dict("records"), widget.statements, strict=True):
        assert "".join(text for _, text in statement["pieces"]) == ARTICLE.document
        shown = {kind: text for kind, text in statement["pieces"]}
        assert shown["cue"] == row["cue"] and shown["content"] == row["content"]
    page = (Path(discourse.__file__).parent / "reviewing.js").read_text(encoding="utf-8")
    assert "innerHTML" not in page and "textContent" in page and "http" not in page


def test_both_languages(tmp_path: Path) -> None:
    arabic, english = (open_review(tmp_path / "amal.jsonl", language=language) for language in ("ar", "en"))
    assert (arabic.words["direction"], english.words["direction"]) == ("rtl", "ltr")
    assert arabic.variables[1]["codes"][0] == {"code": "moscow", "label": "موسكو"}
    assert english.variables[1]["codes"][0] == {"code": "moscow", "label": "Moscow"}


def test_a_disk_that_takes_no_line_is_said_and_nothing_counts_as_decided(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    widget = open_review(folder / "amal.jsonl")
    folder.rmdir()
    click(widget, 0, "camp", "moscow")
    assert widget.fault == "amal.jsonl: No such file or directory" and widget.decided == 0 and widget.codes[0] == {}


def test_what_cannot_be_reviewed_is_said(tmp_path: Path) -> None:
    with pytest.raises(CodingError) as caught:
        review(TABLE.iloc[:0], [], tmp_path / "x.txt", coder="", language="fr")  # type: ignore[arg-type]
    assert list(caught.value.faults) == [
        "the coder has no name",
        "the table has no rows to decide about",
        "x.txt: decisions are kept in a .jsonl file",
        "Unknown language 'fr'. Languages: ar, en.",
    ]
    with pytest.raises(CodingError, match="article 'a-1' is not given"):
        review(TABLE, [], tmp_path / "x.jsonl", coder="amal")


def test_decisions_of_others_stay_theirs(tmp_path: Path) -> None:
    path = tmp_path / "both.jsonl"
    click(review(TABLE, [ARTICLE], path, coder="badr"), 0, "camp", "other")
    widget = open_review(path)
    assert widget.codes == [{}] * len(TABLE)
    click(widget, 0, "camp", "moscow")
    assert {json.loads(line)["coder"] for line in path.read_text(encoding="utf-8").splitlines()} == {"amal", "badr"}
