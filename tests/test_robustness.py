"""What a contrast hangs on, in tables where it is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from discourse.clusters import EstimateError
from discourse.estimates import contrast
from discourse.robustness import fragility, rows_of_variant
from tests.statements import NUMBERS, statements, two_camps

SIDES = ("washington", "moscow")


def found_for(found: pd.DataFrame, kind: str, variant: str = "", measure: str = "difference") -> pd.Series:
    rows = found[(found["kind"] == kind) & (found["variant"] == variant) & (found["measure"] == measure)]
    if "sentiment" in rows:
        rows = rows[rows["sentiment"] == "negative"]
    assert len(rows) == 1
    return rows.iloc[0]


@pytest.fixture
def carried() -> pd.DataFrame:
    """Four outlets treat both sides nearly alike; the fifth, and in it one loud speaker, makes the gap."""
    table = two_camps([3, 4, 3, 4, 9], [3, 3, 4, 4, 1])
    table["speaker"] = [f"{camp}-{place % 3}" for place, camp in enumerate(table["camp"])]
    loud = (table["outlet"] == "o004") & (table["camp"] == "washington") & (table["sentiment"] == "negative")
    table.loc[loud, "speaker"] = "loud"
    return table


def test_each_variant_is_the_contrast_of_its_rows(carried: pd.DataFrame) -> None:
    found = fragility(carried, "camp", SIDES, "sentiment")
    pd.testing.assert_frame_equal(
        found.loc[found["kind"] == "as asked", contrast(carried, "camp", SIDES, of="sentiment").columns],
        contrast(carried, "camp", SIDES, of="sentiment"),
    )
    rest = contrast(carried[carried["outlet"] != "o002"], "camp", SIDES, of="sentiment")
    assert found[found["variant"] == "o002"][NUMBERS].to_numpy() == pytest.approx(rest[NUMBERS].to_numpy())
    quiet = contrast(carried[carried["speaker"] != "loud"], "camp", SIDES, of="sentiment")
    assert found[found["variant"] == "loud"][NUMBERS].to_numpy() == pytest.approx(quiet[NUMBERS].to_numpy())
    kinds = found.drop_duplicates(["kind", "variant"])["kind"].value_counts().to_dict()
    assert kinds == {"as asked": 1, "without outlet": 5, "without speaker": 7, "weighting": 2}


def test_flips_are_marked_where_they_are_and_nowhere_else() -> None:
    table = two_camps([6, 7, 6, 7, 8], [3, 4, 4, 3, 4]).assign(speaker=None)
    steady = fragility(table, "camp", SIDES, "sentiment")
    assert found_for(steady, "as asked")["excludes_null"]
    assert (steady["flips"] == "").all()
    # Without the one outlet that is harsh on Washington the others lean the other way.
    table = two_camps([2, 3, 2, 10], [3, 4, 2, 3]).assign(speaker=None)
    turned = fragility(table, "camp", SIDES, "sentiment")
    assert found_for(turned, "as asked")["estimate"] == pytest.approx(0.125)
    assert found_for(turned, "without outlet", "o003")["estimate"] == pytest.approx(-2 / 30)
    assert found_for(turned, "without outlet", "o003")["flips"] == "sign"
    assert found_for(turned, "without outlet", "o003", "ratio")["flips"] == "sign"
    assert found_for(turned, "without outlet", "o000")["flips"] == ""
    # One outlet blurs a clear gap: without it the interval leaves out 0.
    table = two_camps([6, 7, 6, 7, 1], [3, 4, 4, 3, 5]).assign(speaker=None)
    blurred = fragility(table, "camp", SIDES, "sentiment")
    assert found_for(blurred, "without outlet", "o004")["flips"] == "significance"


def test_speakers_and_outlets_can_count_alike() -> None:
    # One minister speaks eight times in outlet a, always negative; weighted by speakers he is one of three.
    table = statements(
        [("a", "washington", "negative", 8), ("a", "washington", "neutral", 2), ("a", "moscow", "neutral", 5)]
        + [("b", "washington", "neutral", 3), ("b", "moscow", "negative", 1), ("b", "moscow", "neutral", 2)]
    )
    table["speaker"] = None
    table.loc[:7, "speaker"] = "minister"
    found = fragility(table, "camp", SIDES, "sentiment_score", within=None)
    assert found_for(found, "as asked")["estimate"] == pytest.approx(-8 / 13 + 1 / 8)
    # Statements of nobody listed count one each: washington −1 of 1 + 2 + 3, moscow −1 of 8.
    assert found_for(found, "weighting", "speakers")["estimate"] == pytest.approx(-1 / 6 + 1 / 8)
    # Washington −8/10 in a and 0 in b, Moscow 0 and −1/3, each outlet as one.
    assert found_for(found, "weighting", "outlets")["estimate"] == pytest.approx(-0.4 + 1 / 6)


def test_design_weights_and_lexicons_are_variants_too(carried: pd.DataFrame) -> None:
    carried["weight"] = np.where(carried["sentiment"] == "negative", 2.0, 1.0)
    milder = carried.assign(sentiment="neutral")
    found = fragility(
        carried, "camp", SIDES, "sentiment", weight="weight", lexicons={"same": carried, "milder": milder}
    )
    plain = contrast(carried, "camp", SIDES, of="sentiment")
    assert found[found["variant"] == "statements"][NUMBERS].to_numpy() == pytest.approx(plain[NUMBERS].to_numpy())
    assert found_for(found, "lexicon", "same")["estimate"] == found_for(found, "as asked")["estimate"]
    assert found_for(found, "lexicon", "milder")["flips"] == "not estimable"


def test_shares_of_voice_are_tried_as_well(carried: pd.DataFrame) -> None:
    found = fragility(carried.iloc[: -len(carried) // 4], "camp", SIDES)
    assert set(found["measure"]) == {"difference", "ratio"}
    assert len(found) == 2 * len(found.drop_duplicates(["kind", "variant"]))


def test_a_variant_that_loses_a_side_cannot_be_estimated() -> None:
    table = two_camps([6, 7], [3, 5]).assign(speaker=lambda t: t["camp"])
    found = fragility(table, "camp", SIDES, "sentiment_score")
    lost = found_for(found, "without speaker", "moscow")
    assert lost["flips"] == "not estimable"
    assert lost["method"] == "No row has camp 'moscow'. Its groups: washington."
    one = found_for(found, "without outlet", "o000")
    assert one["method"].startswith("within outlet, no interval: one outlet")
    assert not one["excludes_null"]


def test_fragility_needs_to_know_who_speaks(carried: pd.DataFrame) -> None:
    with pytest.raises(EstimateError, match="The table has no column 'speaker', which names who speaks. Pass speaker="):
        fragility(carried.drop(columns="speaker"), "camp", SIDES)


@pytest.mark.parametrize("of", ["sentiment", "sentiment_score"])
def test_the_rows_of_a_variant_are_those_that_it_counted(carried: pd.DataFrame, of: str) -> None:
    found = fragility(carried, "camp", SIDES, of)
    differences = found[found["measure"] == "difference"].dropna(subset="estimate")
    numeric = of if of == "sentiment_score" else None
    for (kind, variant), rows in differences.groupby(["kind", "variant"]):
        behind = pd.concat([rows_of_variant(carried, row, by="camp", of=numeric) for _, row in rows.iterrows()])
        assert len(behind) == rows["n"].iloc[0]
        assert variant not in set(behind["outlet"]) | set(behind["speaker"]) or kind == "as asked"


def test_rows_of_a_variant_are_of_fragility(carried: pd.DataFrame) -> None:
    with pytest.raises(EstimateError, match="This is no row of fragility"):
        rows_of_variant(carried, contrast(carried, "camp", SIDES, of="sentiment").iloc[0], by="camp")
    row = found_for(fragility(carried, "camp", SIDES, "sentiment"), "without speaker", "loud")
    with pytest.raises(EstimateError, match="The table has no column 'speaker', by which 'loud' was left out"):
        rows_of_variant(carried.drop(columns="speaker"), row, by="camp")
