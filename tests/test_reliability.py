"""Agreement against Krippendorff's worked example and the krippendorff package."""

from __future__ import annotations

import krippendorff
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from discourse.clusters import EstimateError
from discourse.reliability import agreement, confusion

nan = np.nan
# Krippendorff (2011), example C: four coders, twelve units, missing codes.
FOUR_CODERS = pd.DataFrame(
    {
        "a": [1, 2, 3, 3, 2, 1, 4, 1, 2, nan, nan, nan],
        "b": [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, nan, 3],
        "c": [nan, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, nan],
        "d": [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, nan],
    }
)


@pytest.mark.parametrize(("level", "printed"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_of_krippendorffs_worked_example(level: str, printed: float) -> None:
    found = agreement(FOUR_CODERS, level).iloc[0]  # type: ignore[arg-type]
    assert round(found["estimate"], 3) == printed
    assert (found["n"], found["n_codes"], found["n_coders"]) == (11, 40, 4)
    assert found["percent"] == pytest.approx(0.8)
    assert found["ci_low"] < found["estimate"] <= found["ci_high"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.lists(st.sampled_from([1.0, 2.0, 4.0, 7.0, nan]), min_size=3, max_size=3), min_size=3, max_size=20
    ).filter(lambda units: len({c for u in units if np.isfinite(u).sum() > 1 for c in u if np.isfinite(c)}) > 1),
    st.sampled_from(["nominal", "ordinal", "interval"]),
)
def test_alpha_agrees_with_the_krippendorff_package(units: list[list[float]], level: str) -> None:
    outside = krippendorff.alpha(np.array(units).T, level_of_measurement=level)
    assert agreement(pd.DataFrame(units), level)["estimate"].iloc[0] == pytest.approx(outside, abs=1e-8)  # type: ignore[arg-type]


def test_coders_of_words_and_their_confusion() -> None:
    codes = pd.DataFrame({"a": ["negative", "neutral", "neutral"], "b": ["negative", "negative", "neutral"]})
    assert agreement(codes)["percent"].iloc[0] == pytest.approx(2 / 3)
    table = confusion(codes)
    assert table.loc["negative", "neutral"] == table.loc["neutral", "negative"] == 1
    assert table.to_numpy().sum() == 6


def test_agreement_by_chance_alone_is_undefined_where_all_codes_are_the_same() -> None:
    found = agreement(pd.DataFrame({"a": ["x", "x"], "b": ["x", "x"]})).iloc[0]
    assert found["percent"] == 1
    assert np.isnan([found["estimate"], found["ci_low"], found["ci_high"]]).all()


def test_agreement_says_what_is_wrong() -> None:
    codes = pd.DataFrame({"a": ["x", None], "b": [None, "y"]})
    with pytest.raises(EstimateError, match="No unit was coded by two coders; agreement needs units that they share"):
        agreement(codes)
    with pytest.raises(EstimateError, match="Unknown level 'ratio'. Levels: nominal, ordinal, interval."):
        agreement(FOUR_CODERS, "ratio")  # type: ignore[arg-type]
    with pytest.raises(EstimateError, match="Column 'a' must hold numbers"):
        agreement(pd.DataFrame({"a": ["x"], "b": ["x"]}), "interval")
