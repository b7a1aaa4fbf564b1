"""The floors that the evaluation checks, and the plain methods that it sets beside ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import discourse
from discourse.corpus import Article
from discourse.speakers import default_camps
from discourse.tables import attribution_rows
from tests.baselines import emm_rules, keyword_frames, verb_window, word_count
from tests.evaluate import Gold, digest, faults_of, raised, reached, sides_given

PINNED: dict[str, Any] = {"sha256": {"a.jsonl": "1", "b.jsonl": "2"}, "floors": {"all voiced f1": 0.7}}
SAME = {"a.jsonl": "1", "b.jsonl": "2"}


@pytest.mark.parametrize(("value", "faults"), [(0.7, 0), (0.9, 0), (0.699, 1)])
def test_a_figure_below_its_floor_is_a_fault(value: float, faults: int) -> None:
    assert len(faults_of("dev", PINNED, SAME, {"all voiced f1": value})) == faults


def test_what_a_broken_floor_says() -> None:
    assert faults_of("dev", PINNED, SAME, {"all voiced f1": 0.65}) == [
        "dev: all voiced f1 is 0.650, below its floor 0.700"
    ]
    assert faults_of("dev", PINNED, SAME, {}) == ["dev: all voiced f1 is 0.000, below its floor 0.700"]


@pytest.mark.parametrize("digests", [{"a.jsonl": "1", "b.jsonl": "3"}, {"a.jsonl": "1"}, {**SAME, "c.jsonl": "3"}])
def test_changed_gold_is_a_fault_whatever_the_figure(digests: dict[str, str]) -> None:
    (fault,) = faults_of("dev", PINNED, digests, {"all voiced f1": 1.0})
    changed = "c.jsonl" if len(digests) == 3 else "b.jsonl"
    assert fault == f"dev: the gold changed since its floors were set ({changed}); look, then pin anew"


def test_floors_of_the_same_gold_only_rise() -> None:
    assert raised(PINNED, SAME, {"all voiced f1": 0.6})["floors"] == {"all voiced f1": 0.7}
    assert raised(PINNED, SAME, {"all voiced f1": 0.8})["floors"] == {"all voiced f1": 0.8}
    other = {"a.jsonl": "9"}
    assert raised(PINNED, other, {"all voiced f1": 0.6}) == {"sha256": other, "floors": {"all voiced f1": 0.6}}
    assert raised(None, SAME, {"all voiced f1": 0.6})["floors"] == {"all voiced f1": 0.6}


def test_pinned_figures_are_rounded_down() -> None:
    rows = [
        ("all", "all", "voiced", "f1", 0.79999),
        ("label", "act", "macro", "f1", 0.5),
        ("type", "x", "y", "f1", 1.0),
    ]
    table = pd.DataFrame(rows, columns=["slice", "group", "measure", "statistic", "value"])
    assert reached(table) == {"all voiced f1": 0.799, "act macro f1": 0.5}


def test_the_digest_is_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_bytes(b"abc")
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2, appendix B.1
    assert digest(Gold("x", (), [], default_camps(), (path,))) == {"gold.jsonl": known}


def shown(document: str, rows: list[dict[str, Any]]) -> list[tuple[str, str | None, str, str]]:
    words = [(row["cue"], row["source"], row["content"][0]) for row in rows]
    return [
        (document[slice(*cue)], source and document[slice(*source)], document[slice(*content)], row["camp"])
        for row, (cue, source, content) in zip(rows, words, strict=True)
    ]


def test_verb_window_takes_what_stands_after_a_verb() -> None:
    article = Article("a", "", "وقال بوتين إن السفن ستصل. وغادر الوفد المدينة. أعلن المتحدث «وصلت السفن».")
    assert shown(article.document, verb_window.find(article)) == [
        ("وقال", "بوتين", "إن السفن ستصل", "moscow"),
        ("أعلن", "المتحدث", "وصلت السفن", "other"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "قال الرئيس بوتين: «وصلت السفن».",
        "بوتين، في كلمة قصيرة، قال إن «وصلت السفن».",
        "«وصلت السفن»، قال الرئيس بوتين.",
        "«وصلت السفن»، بوتين قال.",
    ],
)
def test_emm_rules_in_every_order(text: str) -> None:
    ((cue, source, content, camp),) = shown(text, emm_rules.find(Article("a", "", text)))
    assert (cue, source, content, camp) == ("قال", "بوتين", "وصلت السفن", "moscow")


@pytest.mark.parametrize("text", ["قال بوتين إن السفن وصلت.", "قال جارنا: «وصلت السفن».", "بوتين «وصلت السفن»."])
def test_emm_rules_need_marks_a_verb_and_a_known_name(text: str) -> None:
    assert emm_rules.find(Article("a", "", text)) == []


@pytest.mark.parametrize(
    ("content", "labels"),
    [
        ("إن الكارثة في روسيا كبيرة", {"sentiment": "negative", "stance": {"moscow": "oppose"}}),
        ("إن النجاح في واشنطن كبير", {"sentiment": "positive", "stance": {"washington": "support"}}),
        ("إن القطار في روسيا وصل", {"sentiment": "neutral", "stance": {}}),
        ("إن الكارثة كبيرة", {"sentiment": "negative", "stance": {}}),
    ],
)
def test_the_word_count_gives_its_balance_to_every_camp_that_is_named(content: str, labels: dict[str, Any]) -> None:
    assert word_count.labels_of(content) == labels


def test_the_keyword_count_gives_every_frame_of_which_a_keyword_stands() -> None:
    assert keyword_frames.frames_of("إن القانون والانتخابات") == ["legality", "political"]
    assert keyword_frames.frames_of("إن القطار وصل") == []


def test_sides_are_asked_for_where_gold_takes_one_and_the_attribution_is_found() -> None:
    text = "قال الوزير الفرنسي إن روسيا تنتهك القانون. وقال الوزير الفرنسي إن روسيا شريك موثوق."
    article = Article("a1", "", text)
    table = discourse.analyse([article])
    rows = [
        {**row, "stance": {"moscow": side}}
        for row, side in zip(attribution_rows(table), ("oppose", "support"), strict=True)
    ]
    gold = Gold("made", (article,), rows, default_camps(), ())
    # half of the sides are against: f1 of oppose is 2/3, that of support 0
    assert sides_given(gold, table) == {"ours": 1.0, "always oppose": pytest.approx(1 / 3), "n": 2}
