"""The regression recipe runs as it is printed, and its ways to the same number meet."""

from __future__ import annotations

import doctest
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).resolve().parents[1] / "docs" / "regression.md"


@pytest.fixture(scope="module")
def left_behind() -> dict[str, Any]:
    """The names that the page's code has made, in the order in which it stands there."""
    test = doctest.DocTestParser().get_doctest(PAGE.read_text(encoding="utf-8"), {}, PAGE.name, str(PAGE), 0)
    assert len(test.examples) > 20
    failures: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(test, out=failures.append, clear_globs=False)
    assert result.failed == 0, "".join(failures)
    return test.globs


def test_the_page_prints_what_it_says(left_behind: dict[str, Any]) -> None:
    assert {"logit", "gee", "raw", "both"} <= set(left_behind)


def test_logit_gee_and_contrast_find_the_same_gap(left_behind: dict[str, Any]) -> None:
    contrast = left_behind["raw"]["estimate"].iloc[0]
    assert left_behind["effect"].iloc[0] == pytest.approx(contrast, abs=0.01)
    shares = left_behind["shares"]["mean"]
    assert shares.iloc[1] - shares.iloc[0] == pytest.approx(contrast, abs=0.02)
    assert left_behind["both"]["estimate"].iloc[0] == pytest.approx(contrast, abs=0.01)


def test_the_corrected_interval_holds_the_truth_and_the_raw_one_does_not(left_behind: dict[str, Any]) -> None:
    world, both = left_behind["world"], left_behind["both"].set_index("corrected")
    truth = world.negative("washington") - world.negative("moscow")
    assert truth == 0
    assert not both.loc[False, "ci_low"] <= truth <= both.loc[False, "ci_high"]
    assert both.loc[True, "ci_low"] <= truth <= both.loc[True, "ci_high"]
