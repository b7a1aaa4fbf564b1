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


def click(widget: Any, place: int, variable: str, code: str, act: str = "set") -> None:
    """What the page sends when a code is chosen."""
    widget._handle_custom_msg({"act": act, "place": place, "variable": variable, "code": code}, [])


def undo(widget: Any) -> None:
    """What the page sends when a decision is to be taken back."""
    widget._handle_custom_msg({"act": "undo", "place": 0}, [])


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
    assert widget.codes[0] == {"camp": "moscow"} and widget.decided == 0 and widget.answered == 3


def test_a_statement_is_decided_when_it_is_rejected_or_all_is_answered(tmp_path: Path) -> None:
    path = tmp_path / "amal.jsonl"
    widget = open_review(path)
    click(widget, 0, "attributed", "no")
    assert widget.decided == 1
    for variable, code in (
        ("attributed", "yes"),
        ("camp", "washington"),
        ("engagement", "acknowledge"),
        ("sentiment", "neutral"),
    ):
        click(widget, 1, variable, code)
    assert widget.decided == 1 and open_review(path).place == 1
    click(widget, 1, "frames", "")  # that there is none is a decision, too
    assert widget.decided == 2
    again = open_review(path)
    assert again.decided == 2 and again.place == 0 and again.codes[1]["frames"] == ""


def test_the_machine_proposes_what_the_codebook_knows(tmp_path: Path) -> None:
    path = tmp_path / "amal.jsonl"
    widget = open_review(path)
    proposed = {
        "attributed": "yes",
        "camp": "moscow",
        "engagement": "acknowledge",
        "sentiment": "neutral",
        "frames": "",
    }
    assert widget.statements[0]["proposed"] == proposed
    click(widget, 0, "camp", "other")
    assert json.loads(path.read_text(encoding="utf-8"))["proposed"] == "moscow"
    odd = TABLE.assign(camp="brussels", frames=[["security", "conflict"], ["unheard_of"]])
    shown = [one["proposed"] for one in review(odd, [ARTICLE], tmp_path / "odd.jsonl", coder="amal").statements]
    assert [one.get("camp") for one in shown] == [None, None]
    assert [one["frames"] for one in shown] == ["conflict security", ""]


def test_who_codes_blind_sees_no_label_and_the_line_says_so(tmp_path: Path) -> None:
    path = tmp_path / "amal.jsonl"
    widget = open_review(path, blind=True)
    assert [one["proposed"] for one in widget.statements] == [{}, {}] and "dashed" not in widget.words["keys"]
    click(widget, 0, "camp", "moscow")
    assert "proposed" not in json.loads(path.read_text(encoding="utf-8"))


def test_decisions_are_taken_back_one_after_another(tmp_path: Path) -> None:
    path = tmp_path / "amal.jsonl"
    widget = open_review(path, language="en")
    click(widget, 0, "camp", "moscow")
    click(widget, 0, "camp", "other")
    click(widget, 1, "frames", "security")
    undo(widget)
    assert widget.place == 1 and widget.codes == [{"camp": "other"}, {}]
    undo(widget)
    assert widget.place == 0 and widget.codes[0] == {"camp": "moscow"}
    assert list(read_coding(path)["code"]) == ["moscow"]
    undo(widget)
    assert widget.codes == [{}, {}] and read_coding(path).empty and not widget.fault
    undo(widget)
    assert widget.fault == "Nothing was decided since this cell was run."
    assert len(path.read_text(encoding="utf-8").splitlines()) == 6  # nothing is ever erased


def test_several_codes_are_switched_on_and_off(tmp_path: Path) -> None:
    path = tmp_path / "amal.jsonl"
    widget = open_review(path)
    for code in ("security", "economic", "security", "conflict"):
        click(widget, 0, "frames", code, act="switch")
    codes = read_coding(path)
    assert sorted(codes.loc[codes["code"] == "yes", "variable"]) == ["frames:conflict", "frames:economic"]


def test_switching_starts_from_what_is_proposed(tmp_path: Path) -> None:
    table = TABLE.assign(frames=[["security", "conflict"], []])
    widget = review(table, [ARTICLE], tmp_path / "amal.jsonl", coder="amal")
    click(widget, 0, "frames", "security", act="switch")
    click(widget, 1, "frames", "security", act="switch")
    assert [one["frames"] for one in widget.codes] == ["conflict", "security"]


def test_nothing_is_lost_when_the_kernel_dies(tmp_path: Path) -> None:
    path = tmp_path / "amal.jsonl"
    click(open_review(path), 0, "attributed", "no")
    with path.open("a", encoding="utf-8") as file:
        file.write('{"article_id": "a-1", "id": "a')  # the line that was being written
    again = open_review(path, language="en")
    assert again.codes[0] == {"attributed": "no"} and again.place == 1
    assert again.notes == [
        "The last line of amal.jsonl was cut short and has been taken off: decide that statement again."
    ]
    click(again, 1, "camp", "washington")
    assert list(read_coding(path)["code"]) == ["no", "washington"]


def test_a_last_line_that_only_lacks_its_end_counts(tmp_path: Path) -> None:
    path = tmp_path / "amal.jsonl"
    click(open_review(path), 0, "camp", "moscow")
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n"), encoding="utf-8")
    again = open_review(path)
    click(again, 1, "camp", "washington")
    assert not again.notes and list(read_coding(path)["code"]) == ["moscow", "washington"]


def test_a_damaged_file_is_named_with_its_line_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "amal.jsonl"
    click(open_review(path), 0, "camp", "moscow")
    for damage in ('{"article_id": "a-1"\n', "[1]\n"):
        damaged = damage + path.read_text(encoding="utf-8") + '{"cut'
        other = tmp_path / "damaged.jsonl"
        other.write_text(damaged, encoding="utf-8")
        with pytest.raises(CodingError, match=r"damaged\.jsonl line 1: not a JSON object"):
            open_review(other)
        assert other.read_text(encoding="utf-8") == damaged
    path.write_bytes("قال".encode("cp1256"))
    with pytest.raises(CodingError, match=r"amal\.jsonl: not a text file in UTF-8"):
        open_review(path)


def test_a_file_about_other_statements_is_told_from_one_about_other_words(tmp_path: Path) -> None:
    path = tmp_path / "amal.jsonl"
    click(open_review(path), 1, "camp", "washington")
    part = review(TABLE.iloc[:1], [ARTICLE], path, coder="amal", language="en")
    assert part.notes == ["Statements in amal.jsonl that are not in this table: 1. Their codes stay as they are."]
    assert part.codes == [{}]
    changed = Article("a-1", "", ARTICLE.text.replace("الطريق", "المطار"), "ufuq", date(2022, 1, 9))
    with pytest.raises(
        CodingError, match=r"amal\.jsonl line 1: attribution 'a-1:\d+' of article 'a-1' reads otherwise"
    ):
        review(discourse.analyse([changed]), [changed], path, coder="amal")


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
    assert (arabic.words["none"], english.words["none"]) == ("لا شيء", "none")
    assert english.words["kept"] == "kept in amal.jsonl" and "\u2066amal.jsonl\u2069" in arabic.words["kept"]
    assert arabic.variables[1]["codes"][0] == {"code": "moscow", "label": "موسكو"}
    assert english.variables[1]["codes"][0] == {"code": "moscow", "label": "Moscow"}


def test_a_disk_that_takes_no_line_is_said_and_nothing_counts_as_decided(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    widget = open_review(folder / "amal.jsonl", language="en")
    folder.rmdir()
    click(widget, 0, "camp", "moscow")
    assert (
        widget.fault == "Not kept: amal.jsonl: No such file or directory"
        and widget.decided == 0
        and widget.codes[0] == {}
    )


def test_what_cannot_be_reviewed_is_said(tmp_path: Path) -> None:
    with pytest.raises(CodingError) as caught:
        review(TABLE.iloc[:0], [], tmp_path / "gone" / "x.txt", coder="", language="fr")  # type: ignore[arg-type]
    assert list(caught.value.faults) == [
        "the coder has no name",
        "the table has no rows to decide about",
        "x.txt: decisions are kept in a .jsonl file",
        f"x.txt: there is no folder {tmp_path / 'gone'}",
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
