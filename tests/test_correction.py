"""Corrected estimates against ppi-python, statsmodels and tables worked by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from discourse.clusters import EstimateError, TooFewClusters
from discourse.correction import correct
from discourse.estimates import share_by
from tests.statements import NUMBERS, statements


def part_coded(rows: int = 200) -> pd.DataFrame:
    """So many rows, an article each, the first fifth coded; labels follow fixed patterns."""
    place = np.arange(rows)
    truth = (place * 7) % 10 < 3
    machine = np.where(place * 3 % 11 == 0, ~truth, truth)
    words = np.array(["neutral", "negative"], dtype=object)
    score = np.sin(place) + 0.3 * np.cos(3 * place)
    coded = place < rows // 5
    return pd.DataFrame(
        {
            "article_id": place.astype(str),
            "outlet": (place % 8).astype(str),
            "camp": "moscow",
            "sentiment": words[machine.astype(int)],
            "human": pd.Series(np.where(coded, words[truth.astype(int)], None), dtype=object),
            "score": score + 0.4 * np.sin(5 * place) + 0.2,
            "human_score": np.where(coded, score, np.nan),
        }
    )


def test_corrected_estimates_are_those_of_ppi_python() -> None:
    # Expected: ppi-python 0.2.3, ppi_mean_pointestimate and ppi_mean_ci of the same labels.
    found = correct(part_coded(2000), "sentiment", "human", cluster="article_id")
    negative = found[found["corrected"] & (found["sentiment"] == "negative")].iloc[0]
    assert negative["estimate"] == pytest.approx(0.302669504189, abs=1e-10)
    assert negative["ci_low"] == pytest.approx(0.270814680505, abs=0.002)
    assert negative["ci_high"] == pytest.approx(0.334524327873, abs=0.002)
    number = correct(part_coded(2000), "score", "human_score", cluster="article_id")
    assert number["corrected"].tolist() == [False, True]
    assert number["estimate"].iloc[1] == pytest.approx(0.001935293441, abs=1e-10)
    assert number["ci_low"].iloc[1] == pytest.approx(-0.037803258374, abs=0.002)
    assert number["ci_high"].iloc[1] == pytest.approx(0.041673845256, abs=0.002)


def test_raw_and_corrected_stand_side_by_side() -> None:
    table = part_coded()
    found = correct(table, "sentiment", "human", within="camp")
    raw = share_by(table, "sentiment", within="camp")
    assert found["corrected"].tolist() == [False, True, False, True]
    assert found.loc[~found["corrected"], NUMBERS].to_numpy() == pytest.approx(raw[NUMBERS].to_numpy())
    assert found["n_coded"].tolist() == [40] * 4
    assert found["method"].iloc[0] == "logit jackknife t(7) over 8 outlets; uncorrected"
    assert found["method"].iloc[1] == "logit jackknife t(7) over 8 outlets; corrected with 40 human codes"
    assert found[found["corrected"]]["estimate"].sum() == pytest.approx(1)


def test_all_coded_gives_the_human_shares() -> None:
    table = part_coded().iloc[:40]
    found = correct(table, "sentiment", "human")
    expected = share_by(table.assign(sentiment=table["human"]), "sentiment")
    assert found[found["corrected"]][NUMBERS].to_numpy() == pytest.approx(expected[NUMBERS].to_numpy())


def test_useless_machine_labels_leave_the_human_codes_alone() -> None:
    table = part_coded().assign(sentiment="neutral")
    found = correct(table, "sentiment", "human")
    negative = found[found["corrected"] & (found["sentiment"] == "negative")].iloc[0]
    assert negative["estimate"] == pytest.approx((table["human"] == "negative").sum() / 40)


def test_unequal_chances_of_being_coded_are_undone() -> None:
    # Negative rows were coded five times as often; a machine that says nothing cannot help.
    table = statements([(o, "moscow", s, 50) for o in "abcdef" for s in ("negative", "neutral")])
    place = np.arange(len(table))
    often = table["sentiment"] == "negative"
    coded = np.where(often, place % 2 == 0, place % 10 == 0)
    table["human"] = np.where(coded, table["sentiment"], None)
    table["chance"] = np.where(often, 0.5, 0.1)
    table["machine"] = "neutral"
    with_chances = correct(table, "machine", "human", probability="chance")
    without = correct(table, "machine", "human")
    pick = (with_chances["machine"] == "negative") & with_chances["corrected"]
    assert with_chances[pick]["estimate"].iloc[0] == pytest.approx(0.5)
    assert without[pick]["estimate"].iloc[0] == pytest.approx(5 / 6)


def test_codes_in_one_outlet_only_give_no_interval() -> None:
    table = part_coded()
    table.loc[table["outlet"] != "0", "human"] = None
    with pytest.warns(TooFewClusters, match="negative \\(human codes in 1 outlet\\)"):
        found = correct(table, "sentiment", "human")
    assert found.loc[found["corrected"], "ci_low"].isna().all()
    assert found.loc[~found["corrected"], "ci_low"].notna().all()


@pytest.mark.parametrize(
    ("change", "arguments", "message"),
    [
        ({"human": None}, {}, "Column 'human' holds no human code; without codes use share_by or mean_by."),
        ({"p": 0.0}, {"probability": "p"}, "Column 'p' must hold the chance of being coded, above 0 and at most 1; 40"),
        ({}, {"of": "score"}, "Column 'human' must hold numbers; it holds object."),
    ],
)
def test_correct_says_what_is_wrong(change: dict[str, object], arguments: dict[str, str], message: str) -> None:
    with pytest.raises(EstimateError) as fault:
        correct(part_coded().assign(**change), **{"of": "sentiment", "human": "human"} | arguments)  # type: ignore[arg-type]
    assert str(fault.value).startswith(message)
