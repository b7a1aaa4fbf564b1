"""Permutation tests against SciPy, full enumeration, and worlds in which nothing is to be found."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from discourse.clusters import EstimateError
from discourse.estimates import contrast, rows_behind
from discourse.permutation import adjust, permutation_test
from discourse.simulate import World, simulate_statements

SIDES = ("washington", "moscow")


def pairs(first: list[float], second: list[float]) -> pd.DataFrame:
    """One statement of each side in each article, each article in an outlet of its own."""
    scores = {"washington": first, "moscow": second}
    rows = [(f"a{i}", f"o{i}", side, scores[side][i]) for side in SIDES for i in range(len(first))]
    return pd.DataFrame(rows, columns=["article_id", "outlet", "camp", "score"])


def blocks(cells: dict[str, tuple[list[str], list[str]]]) -> pd.DataFrame:
    """One article in each outlet, with these sentiments of Washington and of Moscow."""
    rows = [
        (f"{o}1", o, side, s) for o, two in cells.items() for side, held in zip(SIDES, two, strict=True) for s in held
    ]
    return pd.DataFrame(rows, columns=["article_id", "outlet", "camp", "sentiment"])


def test_pairs_are_tested_as_scipy_tests_them() -> None:
    first = [0.3, -0.1, 0.5, 0.9, 0.2, 0.4, -0.3, 0.8, 0.6, 0.1]
    second = [0.1, 0.0, 0.1, 0.5, 0.3, -0.2, -0.4, 0.2, 0.5, 0.2]
    found = permutation_test(pairs(first, second), "camp", SIDES, "score", draws=20_000).iloc[0]
    outside = stats.permutation_test(
        (first, second), lambda a, b: stats.ttest_rel(a, b).statistic, permutation_type="samples", n_resamples=np.inf
    )
    assert found["statistic"] == pytest.approx(outside.statistic)
    assert found["p"] == pytest.approx(outside.pvalue, abs=0.005)
    assert found["family"] == 1
    assert found["p_adjusted"] == found["p"]


def test_p_is_the_share_of_all_ways_to_deal_out_the_labels() -> None:
    cells = {
        "a": (["negative", "negative", "negative"], ["neutral", "negative"]),
        "b": (["negative", "neutral"], ["neutral", "neutral", "neutral"]),
        "c": (["negative"], ["neutral", "neutral"]),
    }
    table = blocks(cells)
    found = permutation_test(table, "camp", SIDES, "sentiment", draws=20_000).set_index("sentiment").loc["negative"]

    def t(chosen: dict[str, tuple[int, ...]]) -> float:
        numerator, weight = [], []
        for outlet, two in cells.items():
            negative = np.array([s == "negative" for s in [*two[0], *two[1]]], dtype=float)
            ours = np.isin(np.arange(len(negative)), chosen[outlet])
            weight.append(ours.sum() * (~ours).sum() / len(negative))
            numerator.append((negative[ours].mean() - negative[~ours].mean()) * weight[-1])
        top, bottom = np.array(numerator), np.array(weight)
        left_out = (top.sum() - top) / (bottom.sum() - bottom)
        whole = top.sum() / bottom.sum()
        return whole / np.sqrt(2 / 3 * ((left_out - whole) ** 2).sum())

    choices = [list(combinations(range(len(a) + len(b)), len(a))) for a, b in cells.values()]
    every = [abs(t(dict(zip(cells, chosen, strict=True)))) for chosen in product(*choices)]
    observed = t({outlet: tuple(range(len(two[0]))) for outlet, two in cells.items()})
    assert len(every) == 300
    assert found["statistic"] == pytest.approx(observed)
    assert found["p"] == pytest.approx(np.mean(np.array(every) >= abs(observed) - 1e-9), abs=0.012)


def test_the_estimate_is_the_contrast_within_blocks() -> None:
    table = simulate_statements(World(outlets=6), 3)
    found = permutation_test(table, "camp", SIDES, "true", draws=10)
    expected = contrast(table, "camp", SIDES, of="true", within="article_id", cluster="outlet")
    expected = expected[expected["measure"] == "difference"]
    assert found["estimate"].tolist() == pytest.approx(expected["estimate"].tolist())
    assert found[["n", "n_articles", "n_outlets"]].to_numpy().tolist() == (
        expected[["n", "n_articles", "n_outlets"]].to_numpy().tolist()
    )
    assert (found["n_blocks"] == found["n_articles"]).all()


def test_the_rows_behind_a_test_stand_in_blocks_with_both_sides() -> None:
    table = simulate_statements(World(outlets=6), 3)
    found = permutation_test(table, "camp", SIDES, "true", draws=10)
    behind = [rows_behind(table, row, by="camp", within="article_id") for _, row in found.iterrows()]
    assert sum(map(len, behind)) == found["n"].iloc[0]
    assert pd.concat(behind)["article_id"].nunique() == found["n_blocks"].iloc[0]


def test_two_classes_are_one_question_and_three_are_more() -> None:
    world = World(outlets=8, lean=(0.0, 0.0, 0.4))
    table = simulate_statements(world, 1)
    two = permutation_test(table, "camp", SIDES, "true", draws=300)
    # What is not negative is neutral: one test asked twice, and max-T knows it.
    assert two["p"].nunique() == 1
    assert two["p_adjusted"].tolist() == two["p"].tolist()
    third = np.random.default_rng(0).random(len(table)) < 0.3
    three = permutation_test(table.assign(true=table["true"].mask(third, "positive")), "camp", SIDES, "true", draws=300)
    assert (three["p_adjusted"] >= three["p"]).all()
    assert (three["p_adjusted"] > three["p"]).any()
    assert (three["family"] == 3).all()


def test_few_false_alarms_where_outlets_differ_but_nobody_is_favoured() -> None:
    worlds = [simulate_statements(World(outlets=10), seed) for seed in range(80)]
    p = [permutation_test(world, "camp", SIDES, "true", draws=99)["p"].iloc[0] for world in worlds]
    assert np.mean(np.array(p) <= 0.05) <= stats.binom.ppf(0.999, 80, 0.05) / 80
    assert 0.3 < np.mean(p) < 0.7


def test_a_planted_gap_is_found() -> None:
    world = World(outlets=12, lean=(0.0, -0.7, 0.7))
    p = [
        permutation_test(simulate_statements(world, s), "camp", SIDES, "true", draws=199)["p"].iloc[0] for s in range(5)
    ]
    assert max(p) <= 0.05


def test_mood_of_articles_is_no_gap_within_articles() -> None:
    # Washington speaks in grim articles, Moscow in calm ones; where both speak they are alike.
    rows = [(f"{o}{a}", f"o{o}", "washington", "negative") for o in range(6) for a in range(5)]
    rows += [(f"{o}{a}", f"o{o}", "moscow", "neutral") for o in range(6) for a in range(5, 10)]
    mixed = ["negative", "neutral", "neutral"]
    rows += [
        (f"{o}m{k}", f"o{o}", side, s) for o in range(6) for k in range(1 + o % 3) for side in SIDES for s in mixed
    ]
    table = pd.DataFrame(rows, columns=["article_id", "outlet", "camp", "sentiment"])
    assert permutation_test(table, "camp", SIDES, "sentiment", draws=199)["p"].tolist() == [1, 1]
    assert permutation_test(table, "camp", SIDES, "sentiment", draws=199, block="outlet")["p"].max() < 0.05


def test_neither_order_nor_counting_moves_a_draw() -> None:
    table = simulate_statements(World(outlets=5, articles=10), 2)
    found = permutation_test(table, "camp", SIDES, "true", draws=50, seed=4)
    shuffled = table.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(permutation_test(shuffled, "camp", SIDES, "true", draws=50, seed=4), found)
    few = table.groupby(["article_id", "outlet", "camp", "true"], as_index=False).size()
    pd.testing.assert_frame_equal(permutation_test(few, "camp", SIDES, "true", count="size", draws=50, seed=4), found)
    other = permutation_test(table, "camp", SIDES, "true", draws=50, seed=5)
    assert other["method"].iloc[0].endswith("50 draws, seed 5; max-T")


@pytest.mark.parametrize(
    ("change", "arguments", "message"),
    [
        (
            {"article_id": list("abcdef")},
            {},
            "No article_id holds statements of both washington and moscow; pass a wide",
        ),
        (
            {"outlet": "o"},
            {},
            "All blocks lie in one outlet; a test needs two. Pass cluster='article_id' for a statement",
        ),
        (
            {"outlet": list("abcabd")},
            {},
            "Some article_id lies in several outlets; a block must lie within one cluster.",
        ),
        ({}, {"groups": ("washington", "astana")}, "No row has camp 'astana'. Its groups: moscow, washington."),
    ],
)
def test_permutation_test_says_what_is_wrong(
    change: dict[str, object], arguments: dict[str, object], message: str
) -> None:
    table = pairs([0.1, 0.2, 0.3], [0.2, 0.1, 0.4]).assign(**change)
    with pytest.raises(EstimateError) as fault:
        permutation_test(table, **{"by": "camp", "groups": SIDES, "of": "score"} | arguments)  # type: ignore[arg-type]
    assert str(fault.value).startswith(message)


# adjust -----------------------------------------------------------------------------------------------------------


def test_adjusted_p_values_are_scipys_and_those_worked_by_hand() -> None:
    tests = pd.DataFrame({"word": list("abcde"), "p": [0.01, 0.04, np.nan, 0.03, 0.005]})
    bh = adjust(tests)
    known = tests["p"].notna()
    assert bh.loc[known, "p_adjusted"].tolist() == pytest.approx(stats.false_discovery_control(tests["p"][known]))
    assert np.isnan(bh["p_adjusted"].iloc[2])
    assert bh["family"].tolist() == [4] * 5
    # Holm: 4 × .005, 3 × .01, 2 × .03, and .04 no less than the one before.
    assert adjust(tests, method="holm")["p_adjusted"][[4, 0, 3, 1]].tolist() == pytest.approx([0.02, 0.03, 0.06, 0.06])


@pytest.mark.parametrize(
    ("p", "arguments", "message"),
    [
        ([0.1], {"method": "sidak"}, "Unknown adjustment 'sidak'. Adjustments: bh, holm."),
        ([0.1], {"p": "pvalue"}, "The tests have no column 'pvalue'. Their columns: p."),
        ([0.1, 1.5], {}, "Column 'p' must hold p-values, from 0 to 1; it holds 1.5."),
    ],
)
def test_adjust_says_what_is_wrong(p: list[float], arguments: dict[str, str], message: str) -> None:
    with pytest.raises(EstimateError) as fault:
        adjust(pd.DataFrame({"p": p}), **arguments)  # type: ignore[arg-type]
    assert str(fault.value) == message
