"""The flat actor tables: parsed, unique, sorted, consistent with the states."""

from __future__ import annotations

import csv
import re
from collections import Counter
from importlib.resources import files

import pytest

from discourse.text import fold

COLUMNS = {
    "institutions.tsv": ["slug", "state", "gloss", "names"],
    "organisations.tsv": ["slug", "gloss", "kind", "state", "names", "abbreviations"],
    "offices.tsv": ["suffix", "kind", "head", "gloss"],
    "metonym_exclusions.tsv": ["phrase", "reason", "example"],
}
KINDS = {
    "international",
    "alliance",
    "armed-group",
    "party",
    "agency",
    "newspaper",
    "broadcaster",
    "website",
    "magazine",
    "platform",
    "company",
    "ngo",
    "think-tank",
    "court",
    "football",
}
MEDIA = {"agency", "newspaper", "broadcaster", "website", "magazine", "platform"}


def text(name: str) -> str:
    return files("discourse").joinpath("data", "actors", name).read_text(encoding="utf-8")


def table(name: str) -> list[dict[str, str]]:
    lines = [line for line in text(name).splitlines() if line and not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE, strict=True))


def cells(value: str) -> list[str]:
    return value.split("|") if value else []


def repeated(values: list[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


@pytest.mark.parametrize("name", COLUMNS)
def test_every_line_has_the_declared_columns(name: str) -> None:
    lines = [line for line in text(name).splitlines() if line and not line.startswith("#")]
    assert lines[0].split("\t") == COLUMNS[name]
    assert [line for line in lines if line.count("\t") != len(COLUMNS[name]) - 1] == []


@pytest.mark.parametrize("name", COLUMNS)
def test_policy_stands_in_comments_at_the_top(name: str) -> None:
    comments = [line.startswith("#") for line in text(name).splitlines()]
    assert comments[0]
    assert comments == sorted(comments, reverse=True)


@pytest.mark.parametrize("name", COLUMNS)
def test_rows_are_sorted_and_their_keys_unique(name: str) -> None:
    keys = [row[COLUMNS[name][0]] for row in table(name)]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize("name", COLUMNS)
def test_no_invisible_controls_and_no_stray_blanks(name: str) -> None:
    assert re.findall(r"[\u200b-\u200f\u061c\u202a-\u202e\u2060-\u2069\ufeff\u0640]", text(name)) == []
    faults = [
        value
        for row in table(name)
        for value in row.values()
        for cell in value.split("|")
        if cell != " ".join(cell.split())
    ]
    assert faults == []


@pytest.mark.parametrize("name", ["institutions.tsv", "organisations.tsv", "offices.tsv"])
def test_slugs_are_kebab_case(name: str) -> None:
    key = COLUMNS[name][0]
    assert [row[key] for row in table(name) if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row[key])] == []


def test_slugs_are_unique_across_states_institutions_and_organisations() -> None:
    slugs = [row["slug"] for name in ("states.tsv", "institutions.tsv", "organisations.tsv") for row in table(name)]
    assert repeated(slugs) == []


def test_states_are_listed() -> None:
    states = {row["slug"] for row in table("states.tsv")}
    assert {row["state"] for row in table("institutions.tsv")} - states == set()
    assert {row["state"] for row in table("organisations.tsv")} - states - {""} == set()


def test_no_name_stands_for_two_actors() -> None:
    rows = [*table("institutions.tsv"), *table("organisations.tsv")]
    names = [fold(name) for row in rows for name in [*cells(row["names"]), *cells(row.get("abbreviations", ""))]]
    names += [fold(name) for row in table("states.tsv") for name in cells(row["names"])]
    assert repeated(names) == []


def test_no_name_is_a_capital_or_a_demonym() -> None:
    taken = {
        fold(word.partition("@")[0])
        for row in table("states.tsv")
        for word in [*cells(row["capitals"]), *cells(row["demonyms"])]
    }
    rows = [*table("institutions.tsv"), *table("organisations.tsv")]
    assert [name for row in rows for name in cells(row["names"]) if fold(name).removeprefix("ال") in taken] == []


def test_every_actor_has_a_name() -> None:
    assert [
        r["slug"] for name in ("institutions.tsv", "organisations.tsv") for r in table(name) if not r["names"]
    ] == []


def test_organisations_are_of_declared_kinds_and_media_have_no_state() -> None:
    rows = table("organisations.tsv")
    assert {row["kind"] for row in rows} == KINDS
    assert [row["slug"] for row in rows if row["kind"] in MEDIA and row["state"]] == []


def test_abbreviations_are_latin_and_names_are_not() -> None:
    rows = table("organisations.tsv")
    assert [a for row in rows for a in cells(row["abbreviations"]) if not re.fullmatch(r"[A-Z0-9]{2,}", a)] == []
    assert [n for row in rows for n in cells(row["names"]) if re.search(r"[A-Za-z]", n)] == []


@pytest.mark.parametrize(
    "word",
    ["الجزيرة", "العربية", "الحياة", "الوطن", "الشرق", "النهار", "فتح", "أمل", "فارس", "القاعدة", "وام", "الرادا"],
)
def test_ordinary_words_are_no_names(word: str) -> None:
    rows = [*table("institutions.tsv"), *table("organisations.tsv")]
    assert [row["slug"] for row in rows if fold(word) in map(fold, cells(row["names"]))] == []


@pytest.mark.parametrize(
    ("state", "least"), [("russia", 60), ("united-states", 60), ("kazakhstan", 25)], ids=["russia", "us", "kazakhstan"]
)
def test_the_camps_of_the_first_study_are_covered(state: str, least: int) -> None:
    assert Counter(row["state"] for row in table("institutions.tsv"))[state] >= least


def test_offices_are_held_by_persons_or_bodies_and_no_head_is_in_two() -> None:
    rows = table("offices.tsv")
    assert {row["kind"] for row in rows} == {"person", "institution"}
    assert repeated([fold(head) for row in rows for head in cells(row["head"])]) == []


@pytest.mark.parametrize("row", table("metonym_exclusions.tsv"), ids=lambda row: row["phrase"])
def test_the_example_holds_the_phrase_as_whole_words(row: dict[str, str]) -> None:
    assert f" {fold(row['phrase'])} " in " " + re.sub(r"[.،]", " ", fold(row["example"])) + " "


def test_no_excluded_phrase_is_itself_an_actor() -> None:
    rows = [*table("institutions.tsv"), *table("organisations.tsv")]
    names = {fold(name) for row in rows for name in cells(row["names"])}
    assert [row["phrase"] for row in table("metonym_exclusions.tsv") if fold(row["phrase"]) in names] == []
