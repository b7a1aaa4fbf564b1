"""The lists behind the sentiment score: complete, sorted, of one polarity, and every example counts."""

from __future__ import annotations

from importlib.resources import files

import pytest
import yaml

from discourse.mentions import read_text
from discourse.sentiment import SentimentLexicon, Term, _rows, load_sentiment
from discourse.text import fold, tokens

FOLDER = files("discourse").joinpath("data", "ar", "sentiment")
TERMS = _rows("terms.tsv")
PHRASES = _rows("phrases.tsv")
MODIFIERS = _rows("modifiers.tsv")
HOMOGRAPHS = _rows("homographs.tsv")
WEIGHTS = yaml.safe_load(FOLDER.joinpath("weights.yml").read_text(encoding="utf-8"))
SIGNS = {"negative": -1, "positive": 1}
BIDI = {chr(c) for c in (0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def test_there_are_enough_words_of_both_polarities():
    assert len(TERMS) >= 2500
    for polarity in SIGNS:
        assert sum(row["polarity"] == polarity for row in TERMS) >= 800


def test_every_row_is_whole_and_of_a_declared_class():
    for row in TERMS:
        assert row["cells"] == "9", f"terms.tsv line {row['line']}"
        assert row["pos"] in ("verb", "noun", "adjective"), f"terms.tsv line {row['line']}"
        assert row["polarity"] in SIGNS, f"terms.tsv line {row['line']}"
        assert row["strength"] in ("1", "2", "3"), f"terms.tsv line {row['line']}"
        assert row["kind"] in WEIGHTS["kinds"], f"terms.tsv line {row['line']}"
        assert row["gloss"], f"terms.tsv line {row['line']}: {row['lemma']} has no gloss"


def test_a_word_has_one_polarity_and_one_entry():
    polarities: dict[str, str] = {}
    seen: set[tuple[str, bool]] = set()
    for row in TERMS:
        folded = fold(row["lemma"])
        assert polarities.setdefault(folded, row["polarity"]) == row["polarity"], f"{row['lemma']} line {row['line']}"
        key = (folded, row["pos"] == "verb")
        assert key not in seen, f"{row['lemma']} line {row['line']} is listed twice"
        seen.add(key)


def test_lists_are_sorted_after_folding():
    for rows, column in ((TERMS, "lemma"), (PHRASES, "lemma"), (HOMOGRAPHS, "form")):
        folded = [fold(row[column]) for row in rows]
        assert folded == sorted(folded)


def test_verbs_carry_their_imperfect():
    for row in TERMS:
        if row["pos"] == "verb":
            assert row["forms"].split(), f"{row['lemma']} line {row['line']} lacks its imperfect"


@pytest.mark.parametrize("name", ["terms.tsv", "phrases.tsv", "modifiers.tsv", "homographs.tsv", "weights.yml"])
def test_files_hold_no_bidi_controls(name: str):
    assert not BIDI & set(FOLDER.joinpath(name).read_text(encoding="utf-8"))


def test_the_most_frequent_words_have_an_example():
    assert sum(bool(row["example"]) for row in TERMS) >= 300


@pytest.mark.parametrize(
    "row", [row for row in TERMS if row["example"]], ids=lambda row: row["lemma"] + " " + row["pos"]
)
def test_example_counts_with_the_polarity_of_its_word(row: dict[str, str]):
    alone = SentimentLexicon(
        [
            Term(
                row["lemma"],
                row["polarity"],
                int(row["strength"]),
                row["kind"],
                row["pos"],
                tuple(row["forms"].split()),
            )
        ]
    )
    text = read_text(row["example"])
    own = {place for hit in alone.weigh(text) for first, last in hit.words for place in range(first, last + 1)}
    assert own, f"{row['lemma']} is not found in {row['example']}"
    values = [hit.value for hit in load_sentiment().weigh(text) if any(first in own for first, _ in hit.words)]
    assert any(value * SIGNS[row["polarity"]] > 0 for value in values)


def test_phrases_have_several_words_and_are_unique():
    folded = [fold(row["lemma"]) for row in PHRASES]
    assert all(len(phrase.split()) > 1 for phrase in folded)
    assert len(folded) == len(set(folded))


def test_phrases_count_as_declared():
    lexicon = load_sentiment()
    wrong = []
    for row in PHRASES:
        values = [hit.value for hit in lexicon.weigh(read_text(row["lemma"]))]
        total = sum(values)
        sign = SIGNS.get(row["polarity"], 0)
        if (total * sign <= 0) if sign else values:
            wrong.append(row["lemma"])
    assert not wrong


def test_modifiers_belong_to_groups_with_weights():
    assert {row["group"] for row in MODIFIERS} == set(WEIGHTS["modifiers"])
    assert len({(fold(row["lemma"]), row["pos"] == "verb") for row in MODIFIERS}) == len(MODIFIERS)


def test_homographs_weigh_nothing_alone_or_behind_a_prefix():
    lexicon = load_sentiment()
    for row in HOMOGRAPHS:
        assert len(tokens(row["form"])[0]) == 1
        assert not lexicon.weigh(read_text(row["form"])), row["form"]
        assert not lexicon.weigh(read_text("و" + row["form"])), row["form"]
