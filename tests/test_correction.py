"""Corrected estimates against ppi-python, statsmodels and tables worked by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from ppi_py import ppi_mean_ci, ppi_mean_pointestimate
from scipy import special, stats

from discourse.clusters import EstimateError, TooFewClusters
from discourse.correction import correct, correct_contrast, correct_regression
from discourse.estimates import contrast, share_by
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


def ppi(labels: pd.Series, codes: pd.Series) -> tuple[float, float, float]:
    """Estimate and 95 % interval of ppi-python, for which coded rows are no part of the others."""
    coded = codes.notna().to_numpy()
    parts = codes[coded].to_numpy(float), labels[coded].to_numpy(float), labels[~coded].to_numpy(float)
    low, high = ppi_mean_ci(*parts, alpha=0.05)
    return float(np.squeeze(ppi_mean_pointestimate(*parts))), float(np.squeeze(low)), float(np.squeeze(high))


def test_corrected_estimates_are_those_of_ppi_python() -> None:
    table = part_coded(2000)
    found = correct(table, "sentiment", "human", cluster="article_id")
    negative = found[found["corrected"] & (found["sentiment"] == "negative")].iloc[0]
    codes = (table["human"] == "negative").astype(float).where(table["human"].notna())
    outside = ppi(table["sentiment"] == "negative", codes)
    assert negative["estimate"] == pytest.approx(outside[0], abs=1e-10)
    assert negative[["ci_low", "ci_high"]].tolist() == pytest.approx(outside[1:], abs=0.002)
    number = correct(table, "score", "human_score", cluster="article_id")
    assert number["corrected"].tolist() == [False, True]
    outside = ppi(table["score"], table["human_score"])
    assert number["estimate"].iloc[1] == pytest.approx(outside[0], abs=1e-10)
    assert number[["ci_low", "ci_high"]].iloc[1].tolist() == pytest.approx(outside[1:], abs=0.002)


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
        ({"human": None}, {}, "Column 'human' holds no human code; without codes use share_by, mean_by or contrast."),
        ({"p": 0.0}, {"probability": "p"}, "Column 'p' must hold the chance of being coded, above 0 and at most 1; 40"),
        ({}, {"of": "score"}, "Column 'human' must hold numbers; it holds object."),
    ],
)
def test_correct_says_what_is_wrong(change: dict[str, object], arguments: dict[str, str], message: str) -> None:
    with pytest.raises(EstimateError) as fault:
        correct(part_coded().assign(**change), **{"of": "sentiment", "human": "human"} | arguments)  # type: ignore[arg-type]
    assert str(fault.value).startswith(message)


# correct_contrast -------------------------------------------------------------------------------------------------


def two_sides() -> pd.DataFrame:
    table = part_coded(2000)
    place = np.arange(len(table))
    return table.assign(
        camp=np.where(place % 3 == 0, "washington", "moscow"),
        human=table["human"].where(place % 3 == place % 2),
        human_score=table["human_score"].where(place % 3 == place % 2),
    )


SIDES = ("washington", "moscow")


def test_corrected_contrast_is_the_difference_of_ppi_pythons_means() -> None:
    table = two_sides()
    found = correct_contrast(table, "camp", SIDES, "score", "human_score", within=None, cluster="article_id")
    outside = [ppi(part["score"], part["human_score"]) for side in SIDES for part in [table[table["camp"] == side]]]
    assert found["corrected"].tolist() == [False, True]
    assert found["estimate"].iloc[1] == pytest.approx(outside[0][0] - outside[1][0], abs=1e-10)
    reach = np.hypot(*((high - low) / 2 for _, low, high in outside))
    assert (found["ci_high"] - found["ci_low"]).iloc[1] == pytest.approx(2 * reach, rel=0.05)


@pytest.mark.parametrize("within", ["outlet", None])
def test_raw_contrast_stands_beside_the_corrected_one(within: str | None) -> None:
    table = two_sides()
    found = correct_contrast(table, "camp", SIDES, "sentiment", "human", within=within)
    raw = contrast(table, "camp", SIDES, of="sentiment", within=within)
    shared = ["sentiment", "measure", "n", "n_outlets", *NUMBERS, "method", "corrected"]
    pd.testing.assert_frame_equal(found.loc[~found["corrected"], shared].reset_index(drop=True), raw[shared])
    assert found["n_coded"].unique().tolist() == [table["human"].notna().sum()]
    assert found["method"].str.endswith(f"; corrected with {table['human'].notna().sum()} human codes").sum() == 4


def test_all_coded_gives_the_contrast_of_human_codes() -> None:
    table = two_sides().dropna(subset=["human"])
    found = correct_contrast(table, "camp", SIDES, "sentiment", "human")
    expected = contrast(table.assign(sentiment=table["human"]), "camp", SIDES, of="sentiment")
    assert found[found["corrected"]][NUMBERS].to_numpy() == pytest.approx(expected[NUMBERS].to_numpy())


def test_a_side_without_codes_cannot_be_corrected() -> None:
    table = two_sides()
    table.loc[table["camp"] == "moscow", "human"] = None
    with pytest.raises(EstimateError, match="No statement of moscow that can be compared has a human code in 'human'"):
        correct_contrast(table, "camp", SIDES, "sentiment", "human")


# correct_regression -----------------------------------------------------------------------------------------------


def labelled() -> pd.DataFrame:
    """Labels as numbers; the first fifth coded with chance 1/5."""
    table = two_sides().iloc[:600].reset_index(drop=True)
    place = np.arange(len(table))
    truth = (place * 7) % 10 < 3 + (table["camp"] == "moscow")
    machine = np.where(place * 3 % 11 == 0, ~truth, truth)
    code = truth.astype(float).where(place % 5 == 1)
    return table.assign(negative=machine.astype(float), code=code, chance=0.2, truth=truth.astype(float))


@pytest.mark.parametrize("model", ["linear", "logit"])
def test_raw_regression_is_that_of_statsmodels(model: str) -> None:
    table = labelled()
    found = correct_regression(table, "negative", "code", "C(camp) + score", model=model)  # type: ignore[arg-type]
    raw = found[~found["corrected"]].set_index("term")
    fit = getattr(smf, "ols" if model == "linear" else "logit")
    whole = fit("negative ~ C(camp) + score", table).fit(**({} if model == "linear" else {"disp": 0, "tol": 1e-12}))
    assert raw["estimate"].to_dict() == pytest.approx(whole.params.to_dict(), abs=1e-8)
    left_out = [
        fit("negative ~ C(camp) + score", table[table["outlet"] != outlet])
        .fit(**({} if model == "linear" else {"disp": 0}))
        .params
        for outlet in table["outlet"].unique()
    ]
    error = np.sqrt(7 / 8 * sum((one - whole.params) ** 2 for one in left_out))
    reach = (raw["ci_high"] - raw["estimate"]) / stats.t.ppf(0.975, 7)
    # A linear regression without an outlet is one step from the whole one, a logit nearly so.
    assert reach.to_dict() == pytest.approx(error.to_dict(), rel=1e-8 if model == "linear" else 0.03)


def test_corrected_regression_replaces_labels_by_designed_outcomes() -> None:
    table = labelled()
    table["designed"] = table["negative"] + (table["code"] - table["negative"]).fillna(0) / 0.2
    expected = smf.ols("designed ~ C(camp) + score", table).fit().params
    for chance in ("chance", None):  # as many rows were coded as the chance says
        found = correct_regression(table, "negative", "code", "C(camp) + score", probability=chance)
        mended = found[found["corrected"]].set_index("term")
        assert mended["estimate"].to_dict() == pytest.approx(expected.to_dict(), abs=1e-8)
    logit = correct_regression(table, "negative", "code", "C(camp) + score", model="logit", probability="chance")
    estimate = logit[logit["corrected"]]["estimate"].to_numpy()
    design = np.asarray(smf.ols("designed ~ C(camp) + score", table).exog)
    assert design.T @ (table["designed"] - special.expit(design @ estimate)) == pytest.approx(np.zeros(3), abs=1e-6)


@pytest.mark.parametrize("model", ["linear", "logit"])
def test_all_coded_gives_the_regression_of_human_codes(model: str) -> None:
    table = labelled().assign(code=lambda t: t["truth"])
    found = correct_regression(table, "negative", "code", "C(camp) + C(outlet)", model=model)  # type: ignore[arg-type]
    human = correct_regression(table, "truth", "code", "C(camp) + C(outlet)", model=model)  # type: ignore[arg-type]
    mended, expected = found[found["corrected"]], human[~human["corrected"]]
    assert mended[NUMBERS].to_numpy() == pytest.approx(expected[NUMBERS].to_numpy(), abs=1e-8)


def test_saturated_regression_is_the_corrected_contrast_without_tuning() -> None:
    # One binary term: the coefficient is a difference of means, here of designed outcomes.
    table = labelled()
    found = correct_regression(table, "negative", "code", "C(camp)", probability="chance")
    designed = table.assign(designed=table["negative"] + (table["code"] - table["negative"]).fillna(0) / 0.2)
    expected = contrast(designed, "camp", ("washington", "moscow"), of="designed", within=None).iloc[0]
    mended = found[found["corrected"] & (found["term"] == "C(camp)[T.washington]")].iloc[0]
    assert mended[NUMBERS].tolist() == pytest.approx(expected[NUMBERS].tolist(), abs=1e-10)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"model": "probit"}, "Unknown model 'probit'. Models: linear, logit."),
        ({"cluster": ["outlet", "article_id"]}, "A regression can be clustered in one way only, not by ['outlet', "),
        ({"of": "sentiment"}, "Column 'sentiment' must hold numbers; it holds"),
        ({"on": "oracle", "model": "logit"}, "The logit has no solution: some term foretells the label without"),
    ],
)
def test_correct_regression_says_what_is_wrong(arguments: dict[str, object], message: str) -> None:
    table = labelled().assign(oracle=lambda t: t["negative"] * 2 - 1)
    with pytest.raises(EstimateError) as fault:
        correct_regression(table, **{"of": "negative", "human": "code", "on": "C(camp)"} | arguments)  # type: ignore[arg-type]
    assert str(fault.value).startswith(message)
