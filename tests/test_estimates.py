"""Estimates against worked tables, SciPy and statsmodels, and against their own symmetries."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from discourse.clusters import MANY_CLUSTERS, EstimateError, TooFewClusters, cluster_bootstrap
from discourse.correction import correct, correct_contrast
from discourse.estimates import contrast, mean_by, rows_behind, share_by
from tests.statements import NUMBERS, balanced, row, statements, two_camps

nan = np.nan


# share_by ---------------------------------------------------------------------------------------------------------


def test_share_and_its_counts_in_a_table_worked_by_hand() -> None:
    table = statements([("a", "moscow", "negative", 3), ("a", "astana", "neutral", 1), ("b", "moscow", "neutral", 2)])
    table.loc[0, "article_id"] = table.loc[1, "article_id"]
    found = share_by(table, "camp")
    assert list(found.columns) == [
        "camp", "count", "n", "n_articles", "n_outlets", "n_missing", *NUMBERS, "method", "corrected",
    ]  # fmt: skip
    moscow = row(found, camp="moscow")
    assert moscow["estimate"] == pytest.approx(5 / 6)
    assert (moscow["count"], moscow["n"], moscow["n_articles"], moscow["n_outlets"]) == (5, 6, 5, 2)
    # The shares without a and without b are 2/2 and 3/4.
    error = np.sqrt(1 / 2 * ((1 - 5 / 6) ** 2 + (3 / 4 - 5 / 6) ** 2))
    reach = stats.t.ppf(0.975, 1) * error / (5 / 6 * 1 / 6)
    assert moscow["ci_low"] == pytest.approx(1 / (1 + np.exp(reach - np.log(5))))
    assert moscow["ci_high"] == pytest.approx(1 / (1 + np.exp(-reach - np.log(5))))


def test_equal_outlets_give_the_t_interval_on_outlet_means() -> None:
    negatives = [2, 5, 3, 7, 4, 6]
    found = row(share_by(balanced(negatives), "sentiment"), sentiment="negative")
    shares = np.array(negatives) / 10
    error = stats.sem(shares)
    centre, slope = np.log(shares.mean() / (1 - shares.mean())), shares.mean() * (1 - shares.mean())
    reach = stats.t.ppf(0.975, 5) * error / slope
    assert found["ci_low"] == pytest.approx(1 / (1 + np.exp(reach - centre)), abs=1e-12)
    assert found["ci_high"] == pytest.approx(1 / (1 + np.exp(-reach - centre)), abs=1e-12)
    assert found["method"] == "logit jackknife t(5) over 6 outlets; uncorrected"
    assert not found["corrected"]


def test_shares_within_groups_add_up_and_hold_the_empty_classes() -> None:
    table = statements(
        [(o, "moscow", s, c) for o, c in [("a", 2), ("b", 3)] for s in ["negative", "neutral"]]
        + [("a", "astana", "positive", 4), ("b", "astana", "neutral", 4)]
    )
    found = share_by(table, "sentiment", within="camp")
    assert found.groupby("camp")["estimate"].sum().tolist() == pytest.approx([1, 1])
    assert found.groupby("camp")["count"].sum().tolist() == [8, 10]
    assert row(found, camp="astana", sentiment="negative")["count"] == 0
    assert len(found) == 6


def test_a_class_that_never_occurs_gets_the_exact_interval_with_outlets_as_the_sample() -> None:
    table = statements([(o, c, "neutral", 50) for o in "abcdefgh" for c in ("moscow", "astana")])
    table.loc[table["camp"] == "astana", "sentiment"] = "negative"
    none = row(share_by(table, "sentiment", within="camp"), camp="moscow", sentiment="negative")
    exact = stats.binomtest(0, 8).proportion_ci(0.95, method="exact")
    assert (none["estimate"], none["ci_low"], none["ci_high"]) == (0, exact.low, pytest.approx(exact.high))
    assert none["method"] == "Clopper-Pearson with 8 outlets as the sample; uncorrected"
    every = row(share_by(table, "sentiment", within="camp"), camp="moscow", sentiment="neutral")
    assert (every["estimate"], every["ci_low"], every["ci_high"]) == (1, pytest.approx(1 - exact.high), 1)


def test_rows_without_a_class_stand_outside_the_base_and_are_counted() -> None:
    table = balanced([2, 5, 3])
    table.loc[[0, 3], "camp"] = None
    found = share_by(table, "camp", within="outlet")
    assert found["n"].tolist() == [9, 9, 10]
    assert found["n_missing"].tolist() == [1, 1, 0]


def test_groups_that_are_outlets_are_clustered_by_article() -> None:
    table = statements([("a", "moscow", "negative", 4), ("a", "moscow", "neutral", 4), ("b", "moscow", "neutral", 6)])
    found = share_by(table, "sentiment", within="outlet")
    assert row(found, outlet="a", sentiment="negative")["method"].startswith("logit jackknife t(7) over 8 articles")
    with pytest.raises(EstimateError, match="Cannot cluster by 'outlet' within groups of 'outlet'; cluster by 'arti"):
        share_by(table, "sentiment", within="outlet", cluster="outlet")


def test_categorical_order_is_kept() -> None:
    table = balanced([2, 5, 3])
    table["sentiment"] = pd.Categorical(table["sentiment"], ["neutral", "positive", "negative"], ordered=True)
    assert share_by(table, "sentiment")["sentiment"].tolist() == ["neutral", "negative"]


def test_integer_weights_count_rows_as_often() -> None:
    table = balanced([2, 5, 3, 6])
    table["weight"] = np.where(table["sentiment"] == "negative", 3.0, 1.0)
    weighted = share_by(table, "sentiment", weight="weight")
    repeated = share_by(table.loc[table.index.repeat(table["weight"].astype(int))], "sentiment")
    assert weighted[NUMBERS].to_numpy() == pytest.approx(repeated[NUMBERS].to_numpy())
    assert row(weighted, sentiment="negative")["count"] == 16


def test_many_outlets_are_bootstrapped_with_the_seed_in_the_method() -> None:
    generator = np.random.default_rng(5)
    table = balanced(list(generator.integers(0, 11, MANY_CLUSTERS)))
    found = row(share_by(table, "sentiment", seed=7), sentiment="negative")
    again = row(share_by(table, "sentiment", seed=7), sentiment="negative")
    other = row(share_by(table, "sentiment", seed=8), sentiment="negative")
    assert found["method"] == f"cluster bootstrap over {MANY_CLUSTERS} outlets, 2000 draws, seed 7; uncorrected"
    assert (found[NUMBERS] == again[NUMBERS]).all()
    assert found["ci_low"] != other["ci_low"]
    means = table.assign(hit=table["sentiment"] == "negative").groupby("outlet")["hit"].mean().to_numpy()
    outside = stats.bootstrap((means,), np.mean, n_resamples=20_000, method="percentile", rng=1).confidence_interval
    assert found["ci_low"] == pytest.approx(outside.low, abs=0.004)
    assert found["ci_high"] == pytest.approx(outside.high, abs=0.004)


def test_the_bootstrap_has_the_spread_that_statsmodels_finds() -> None:
    generator = np.random.default_rng(2)
    size = generator.integers(2, 30, 400)
    hits = generator.binomial(size, generator.beta(2, 4, 400))
    sums = np.column_stack([hits, size]).astype(float)
    draws = cluster_bootstrap(sums, lambda totals: totals[:, [0]] / totals[:, [1]], draws=4000, seed=1)
    y = np.concatenate([np.repeat([1.0, 0.0], [h, s - h]) for h, s in zip(hits, size, strict=True)])
    groups = np.repeat(np.arange(400), size)
    fit = sm.OLS(y, np.ones_like(y)).fit(cov_type="cluster", cov_kwds={"groups": groups})
    assert draws.mean() == pytest.approx(fit.params[0], abs=0.001)
    assert draws.std() == pytest.approx(fit.bse[0], rel=0.04)


# mean_by ----------------------------------------------------------------------------------------------------------


def test_mean_of_equal_outlets_is_scipys_t_interval() -> None:
    table = balanced([2, 5, 3, 7, 4])
    found = mean_by(table, "sentiment_score").iloc[0]
    outside = stats.ttest_1samp(-np.array([2, 5, 3, 7, 4]) / 10, 0).confidence_interval(0.95)
    assert found["estimate"] == pytest.approx(-0.42)
    assert (found["ci_low"], found["ci_high"]) == (pytest.approx(outside.low), pytest.approx(outside.high))


def test_mean_agrees_with_cluster_robust_regression_for_equal_outlets() -> None:
    table = balanced([2, 5, 3, 7, 4, 4, 1])
    codes = pd.factorize(table["outlet"])[0]
    fit = sm.OLS(table["sentiment_score"].to_numpy(), np.ones(len(table))).fit(
        cov_type="cluster", cov_kwds={"groups": codes}
    )
    found = mean_by(table, "sentiment_score", by=None).iloc[0]
    assert found["ci_high"] - found["estimate"] == pytest.approx(stats.t.ppf(0.975, 6) * fit.bse[0], abs=1e-10)


def test_mean_leaves_out_rows_without_a_number() -> None:
    table = balanced([2, 5, 3])
    table.loc[table["outlet"] == "o000", "sentiment_score"] = np.nan
    found = mean_by(table, "sentiment_score").iloc[0]
    assert (found["n"], found["n_outlets"], found["estimate"]) == (20, 2, pytest.approx(-0.4))


def test_mean_of_words_is_refused() -> None:
    with pytest.raises(EstimateError, match="Column 'sentiment' must hold numbers; it holds object"):
        mean_by(balanced([1, 2]), "sentiment")


# contrast ---------------------------------------------------------------------------------------------------------


def test_contrast_of_equal_outlets_is_the_paired_t_test() -> None:
    first, second = [5, 6, 8, 4, 7], [3, 5, 4, 4, 5]
    found = contrast(two_camps(first, second), "camp", ("washington", "moscow"), of="sentiment")
    difference = row(found, sentiment="negative", measure="difference")
    outside = stats.ttest_rel(np.array(first) / 10, np.array(second) / 10)
    interval = outside.confidence_interval(0.95)
    assert difference["estimate"] == pytest.approx((np.array(first) - second).mean() / 10)
    assert (difference["ci_low"], difference["ci_high"]) == (pytest.approx(interval.low), pytest.approx(interval.high))
    assert difference["method"] == "within outlet, jackknife t(4) over 5 outlets; uncorrected"
    ratio = row(found, sentiment="negative", measure="ratio")
    assert ratio["estimate"] == pytest.approx(30 / 21)
    assert ratio["ci_low"] < ratio["estimate"] < ratio["ci_high"]
    assert ratio["estimate"] ** 2 == pytest.approx(ratio["ci_low"] * ratio["ci_high"])


def test_within_outlets_the_common_difference_is_mantel_and_haenszels() -> None:
    cells = {"a": (8, 2, 3, 7), "b": (5, 15, 2, 18), "c": (9, 3, 10, 30)}  # hit/miss of washington, hit/miss of moscow
    table = statements(
        [
            (outlet, camp, sentiment, count)
            for outlet, counts in cells.items()
            for (camp, sentiment), count in zip(
                [(c, s) for c in ("washington", "moscow") for s in ("negative", "neutral")], counts, strict=True
            )
        ]
    )
    found = contrast(table, "camp", ("washington", "moscow"), of="sentiment")
    outside = sm.stats.StratifiedTable([np.array(counts).reshape(2, 2) for counts in cells.values()])
    assert row(found, sentiment="negative", measure="ratio")["estimate"] == pytest.approx(outside.riskratio_pooled)
    parts = [(h / (h + m) - k / (k + l), (h + m) * (k + l) / (h + m + k + l)) for h, m, k, l in cells.values()]
    expected = sum(d * w for d, w in parts) / sum(w for _, w in parts)
    assert row(found, sentiment="negative", measure="difference")["estimate"] == pytest.approx(expected)


def test_an_outlet_with_one_side_only_cannot_make_a_difference() -> None:
    # In every outlet both camps are treated alike; the harshest outlet quotes Washington only.
    table = two_camps([2, 4, 6], [2, 4, 6])
    harsh = balanced([10], camp="washington").assign(outlet="harsh")
    both = pd.concat([table, harsh], ignore_index=True)
    with pytest.warns(TooFewClusters, match="3 outlets do not differ"):
        within = contrast(both, "camp", ("washington", "moscow"), of="sentiment")
    pooled = contrast(both, "camp", ("washington", "moscow"), of="sentiment", within=None)
    assert row(within, sentiment="negative", measure="difference")["estimate"] == pytest.approx(0)
    assert row(within, sentiment="negative", measure="difference")["n_outlets"] == 3
    assert row(pooled, sentiment="negative", measure="difference")["estimate"] == pytest.approx(0.15)


def test_outlets_are_compared_pooled_with_articles_as_clusters() -> None:
    table = statements([("a", "moscow", "negative", 6), ("a", "moscow", "neutral", 4), ("b", "moscow", "negative", 2)])
    table = pd.concat([table, statements([("b", "moscow", "neutral", 6)]).assign(article_id=list("uvwxyz"))])
    found = contrast(table, "outlet", ("a", "b"), of="sentiment")
    difference = row(found, sentiment="negative", measure="difference")
    assert difference["estimate"] == pytest.approx(0.6 - 0.25)
    assert difference["method"].startswith("pooled, jackknife t(15.7) over 18 articles")


def by_day(days: int, hits: list[list[int]], size: int = 5) -> pd.DataFrame:
    """So many of `size` statements negative in each outlet (rows) on each day (columns)."""
    cells = [(str(o), str(d), k) for o, row in enumerate(hits) for d, k in enumerate(row)]
    table = pd.concat(
        [
            statements([(o, d, "negative", k), (o, d, "neutral", size - k)]).rename(columns={"camp": "day"})
            for o, d, k in cells
        ]
    )
    return table.assign(camp="moscow").reset_index(drop=True)


HITS = [[1, 3, 2, 5, 0, 2], [2, 4, 2, 5, 1, 1], [0, 1, 1, 4, 0, 2], [3, 5, 3, 4, 2, 4]]


def test_two_ways_of_clustering_are_those_of_statsmodels_for_equal_cells() -> None:
    table = by_day(6, HITS)
    found = mean_by(table, "sentiment_score", cluster=["outlet", "day"]).iloc[0]
    codes = np.column_stack([pd.factorize(table["outlet"])[0], pd.factorize(table["day"])[0]])
    fit = sm.OLS(table["sentiment_score"].to_numpy(), np.ones(len(table))).fit(
        cov_type="cluster", cov_kwds={"groups": codes}
    )
    assert found["ci_high"] - found["estimate"] == pytest.approx(stats.t.ppf(0.975, 3) * fit.bse[0], abs=1e-10)
    assert found["method"] == "jackknife t(3) over 4 outlets and 6 days; uncorrected"


def test_two_ways_never_claim_more_than_one_way() -> None:
    # Days balance each other exactly, so that the sum of variances falls below that of outlets.
    table = by_day(2, [[1, 4], [2, 5], [0, 3], [3, 5]])
    both = mean_by(table, "sentiment_score", cluster=["outlet", "day"]).iloc[0]
    error = (both["ci_high"] - both["estimate"]) / stats.t.ppf(0.975, 1)
    for way, size in (("outlet", 4), ("day", 2)):
        one = mean_by(table, "sentiment_score", cluster=way).iloc[0]
        assert error >= (one["ci_high"] - one["estimate"]) / stats.t.ppf(0.975, size - 1) - 1e-12


def test_three_ways_of_clustering_are_refused() -> None:
    with pytest.raises(EstimateError, match="Clusters can be sampled in one or two ways at once, not in 3"):
        share_by(balanced([1, 2]), cluster=["outlet", "article_id", "sentiment"])


def test_articles_as_clusters_of_a_comparison_within_outlets() -> None:
    # Expected: each article left out in turn, with Mantel and Haenszel's weights of the full table.
    table = two_camps([5, 6, 8, 4], [3, 5, 4, 4])
    third = table.groupby(["outlet", "camp"]).cumcount() % 3  # so that every article holds both sides
    table["article_id"] = table["outlet"] + third.astype(str)
    found = row(
        contrast(table, "camp", ("washington", "moscow"), of="sentiment_score", cluster="article_id"),
        measure="difference",
    )
    first = (table["camp"] == "washington").to_numpy()  # half of every outlet, so all weigh the same
    score = table["sentiment_score"].to_numpy()
    left_out = [
        score[first & keep].mean() - score[~first & keep].mean()
        for keep in (table["article_id"] != article for article in table["article_id"].unique())
    ]
    size = len(left_out)
    error = np.sqrt((size - 1) / size * ((np.array(left_out) - found["estimate"]) ** 2).sum())
    assert found["ci_high"] - found["estimate"] == pytest.approx(stats.t.ppf(0.975, size - 1) * error, abs=1e-12)
    assert found["method"] == f"within outlet, jackknife t({size - 1}) over {size} articles; uncorrected"


def test_two_periods_are_compared_within_outlets() -> None:
    before, after = [3, 5, 4, 4, 5], [5, 6, 8, 4, 7]
    table = pd.concat([balanced(before).assign(period="before"), balanced(after).assign(period="after")])
    found = row(
        contrast(table, "period", ("after", "before"), of="sentiment"), sentiment="negative", measure="difference"
    )
    interval = stats.ttest_rel(np.array(after) / 10, np.array(before) / 10).confidence_interval(0.95)
    assert (found["ci_low"], found["ci_high"]) == (pytest.approx(interval.low), pytest.approx(interval.high))


def test_two_outlets_of_equal_articles_are_compared_by_welchs_t_test() -> None:
    first, second = [1, 4, 2, 5, 3], [0, 1, 1, 2, 0, 1, 2]
    table = pd.concat(
        [
            balanced(first, 5).assign(article_id=lambda t: "a" + t["outlet"], outlet="a"),
            balanced(second, 5).assign(article_id=lambda t: "b" + t["outlet"], outlet="b"),
        ]
    )
    found = row(contrast(table, "outlet", ("a", "b"), of="sentiment"), sentiment="negative", measure="difference")
    outside = stats.ttest_ind(np.array(first) / 5, np.array(second) / 5, equal_var=False)
    interval = outside.confidence_interval(0.95)
    assert (found["ci_low"], found["ci_high"]) == (pytest.approx(interval.low), pytest.approx(interval.high))
    assert found["method"] == f"pooled, jackknife t({outside.df:.3g}) over 12 articles; uncorrected"


def test_contrast_of_counts_compares_shares_of_one_base() -> None:
    cells = [("a", 6, 3), ("b", 5, 4), ("c", 8, 2), ("d", 4, 5)]
    table = statements([(o, c, "neutral", k) for o, w, m in cells for c, k in (("washington", w), ("moscow", m))])
    shares = share_by(table, "camp")
    found = contrast(table, "camp", ("washington", "moscow"))
    gap = row(shares, camp="washington")["estimate"] - row(shares, camp="moscow")["estimate"]
    assert row(found, measure="difference")["estimate"] == pytest.approx(gap)
    assert row(found, measure="ratio")["estimate"] == pytest.approx(23 / 14)


def test_contrast_of_a_score_has_no_ratio() -> None:
    found = contrast(two_camps([5, 6, 8], [3, 5, 4]), "camp", ("washington", "moscow"), of="sentiment_score")
    assert found["measure"].tolist() == ["difference"]
    assert "sentiment" not in found.columns


def test_a_ratio_to_nothing_has_no_interval() -> None:
    with pytest.warns(TooFewClusters) as caught:
        found = contrast(two_camps([5, 6, 8], [0, 0, 0]), "camp", ("washington", "moscow"), of="sentiment")
    assert np.isinf(row(found, sentiment="negative", measure="ratio")["estimate"])
    assert str(caught[0].message) == (
        "No interval for washington moscow negative ratio (within outlet, no interval: one side is zero). "
        "A ratio needs both sides above zero; report the difference."
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"groups": ("washington", "mosco")}, "No row has camp 'mosco'. Its groups: moscow, washington."),
        ({"groups": ("moscow", "moscow")}, "Both groups are 'moscow'; name two different groups of camp."),
    ],
)
def test_contrast_says_what_is_wrong(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(EstimateError) as fault:
        contrast(two_camps([1, 2], [2, 1]), "camp", **arguments)  # type: ignore[arg-type]
    assert str(fault.value).startswith(message)


# Faults and warnings ----------------------------------------------------------------------------------------------


def test_one_outlet_gives_no_interval_and_says_what_to_do() -> None:
    table = balanced([4])
    with pytest.warns(TooFewClusters) as caught:
        found = share_by(table, "sentiment")
    assert found[["ci_low", "ci_high"]].isna().all(axis=None)
    assert found["method"].tolist() == ["no interval: one outlet; uncorrected"] * 2
    assert str(caught[0].message) == (
        "No interval for negative (one outlet); neutral (one outlet). An interval needs at "
        "least two outlets that differ. Add outlets, or pass cluster='article_id' for a statement about these outlets "
        "only."
    )
    by_article = share_by(table, "sentiment", cluster="article_id")
    assert by_article["ci_low"].notna().all()


@pytest.mark.parametrize(
    ("change", "arguments", "message"),
    [
        ({}, {"by": "kamp"}, "The table has no column 'kamp'. Its columns: outlet, camp, sentiment"),
        ({"outlet": None}, {}, "Column 'outlet' is empty in 2 of 20 rows, first in row 3; it says what was sampled"),
        ({"article_id": None}, {"cluster": "article_id"}, "Column 'article_id' is empty in 2 of 20 rows, first in"),
        ({"sentiment_score": -1.0}, {"weight": "sentiment_score"}, "Column 'sentiment_score' must hold positive weig"),
        ({}, {"weight": "camp"}, "Column 'camp' must hold numbers; it holds object."),
    ],
)
def test_share_by_says_what_is_wrong(change: dict[str, object], arguments: dict[str, str], message: str) -> None:
    table = balanced([4, 5])
    for column, value in change.items():
        table.loc[[3, 7], column] = value
    with pytest.raises(EstimateError) as fault:
        share_by(table, **arguments)  # type: ignore[arg-type]
    assert str(fault.value).startswith(message)


def test_an_empty_table_and_an_empty_column_are_refused() -> None:
    with pytest.raises(EstimateError, match="The table has no rows; nothing to estimate"):
        share_by(balanced([4]).iloc[:0])
    with pytest.raises(EstimateError, match="No row has both a sentiment and a camp; nothing to estimate"):
        share_by(balanced([4, 5]).assign(camp=None), "sentiment", within="camp")


# rows_behind ------------------------------------------------------------------------------------------------------


@pytest.fixture
def mixed() -> pd.DataFrame:
    pairs = [("moscow", "negative"), ("moscow", "neutral"), ("washington", "negative"), ("washington", "neutral")]
    cells = [
        (o, *pair, k)
        for o, counts in (("a", (2, 2, 4, 1)), ("b", (3, 1, 2, 2)), ("c", (1, 3, 1, 1)))
        for pair, k in zip(pairs, counts, strict=True)
    ]
    table = statements([*cells, ("d", "washington", "negative", 4), ("d", "washington", "positive", 1)])
    table.loc[[0, 5], ["sentiment", "sentiment_score"]] = [None, nan]
    return table


def test_rows_behind_a_share_are_those_that_were_counted(mixed: pd.DataFrame) -> None:
    for within in (None, "camp"):
        for _, estimate in share_by(mixed, "sentiment", within=within).iterrows():
            behind = rows_behind(mixed, estimate)
            assert len(behind) == estimate["count"]
            assert (behind["sentiment"] == estimate["sentiment"]).all()
    moscow = row(share_by(mixed, "sentiment", within="camp"), camp="moscow", sentiment="neutral")
    assert set(rows_behind(mixed, moscow)["camp"]) == {"moscow"}


def test_rows_behind_a_mean_are_those_with_a_number(mixed: pd.DataFrame) -> None:
    for _, estimate in mean_by(mixed, "sentiment_score").iterrows():
        assert len(rows_behind(mixed, estimate, of="sentiment_score")) == estimate["n"]


@pytest.mark.filterwarnings("ignore::discourse.clusters.TooFewClusters")
def test_rows_behind_a_contrast_stand_where_both_sides_do(mixed: pd.DataFrame) -> None:
    sides = ("washington", "moscow")
    for within, outlets in (("outlet", {"a", "b", "c"}), (None, {"a", "b", "c", "d"})):
        found = contrast(mixed, "camp", sides, of="sentiment", within=within)
        found = found[found["measure"] == "difference"]
        behind = [rows_behind(mixed, estimate, by="camp", within=within) for _, estimate in found.iterrows()]
        assert sum(map(len, behind)) == found["n"].iloc[0]
        assert set(pd.concat(behind)["outlet"]) == outlets
        mean = contrast(mixed, "camp", sides, of="sentiment_score", within=within).iloc[0]
        assert len(rows_behind(mixed, mean, by="camp", of="sentiment_score", within=within)) == mean["n"]
    share = contrast(mixed, "camp", sides).iloc[0]
    assert len(rows_behind(mixed, share, by="camp")) == len(mixed)


def test_rows_behind_says_what_is_wrong(mixed: pd.DataFrame) -> None:
    estimate = contrast(mixed, "camp", ("washington", "moscow")).iloc[0]
    with pytest.raises(EstimateError, match="A row of contrast does not say what its groups are groups of; pass by="):
        rows_behind(mixed, estimate)
    share = share_by(mixed, "sentiment").iloc[0]
    with pytest.raises(EstimateError, match="The table has no column 'sentiment'. Its columns: outlet, camp"):
        rows_behind(mixed.drop(columns="sentiment"), share)


# Symmetries -------------------------------------------------------------------------------------------------------

cells = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", "d"]),
        st.sampled_from(["moscow", "washington", "astana"]),
        st.sampled_from(["negative", "neutral", "positive"]),
        st.integers(1, 4),
    ),
    min_size=1,
    max_size=25,
)


@pytest.mark.filterwarnings("ignore::discourse.clusters.TooFewClusters")
@settings(max_examples=40, deadline=None)
@given(cells, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(spots: list[tuple[str, str, str, int]], chance: object) -> None:
    table = statements(spots)
    order = list(table.index)
    chance.shuffle(order)  # type: ignore[attr-defined]
    for estimate in (share_by(table, "sentiment", within="camp"), share_by(table, "camp")):
        names = [column for column in ("camp", "sentiment") if column in estimate]
        again = share_by(table.loc[order], names[-1], within=names[:-1] or None)
        pd.testing.assert_frame_equal(estimate, again, rtol=1e-9, atol=1e-12)


@pytest.mark.filterwarnings("ignore::discourse.clusters.TooFewClusters")
@settings(max_examples=40, deadline=None)
@given(cells)
def test_intervals_hold_their_estimate_and_stay_within_bounds(spots: list[tuple[str, str, str, int]]) -> None:
    found = share_by(statements(spots), "sentiment", within="camp").dropna(subset=["ci_low"])
    assert (found["ci_low"] >= 0).all()
    assert (found["ci_high"] <= 1).all()
    assert (found["ci_low"] <= found["estimate"] + 1e-12).all()
    assert (found["estimate"] <= found["ci_high"] + 1e-12).all()


@pytest.mark.filterwarnings("ignore::discourse.clusters.TooFewClusters")
@settings(max_examples=25, deadline=None)
@given(cells)
def test_doubling_every_statement_inside_its_outlet_adds_no_certainty(spots: list[tuple[str, str, str, int]]) -> None:
    table = statements(spots)
    once = share_by(table, "sentiment", within="camp")
    twice = share_by(pd.concat([table, table], ignore_index=True), "sentiment", within="camp")
    assert once[NUMBERS].to_numpy() == pytest.approx(twice[NUMBERS].to_numpy(), nan_ok=True)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 9), min_size=3, max_size=12).filter(lambda counts: len(set(counts)) > 1))
def test_doubling_the_outlets_narrows_the_interval(negatives: list[int]) -> None:
    table = balanced(negatives)
    more = pd.concat([table, table.assign(outlet=table["outlet"] + "′")], ignore_index=True)
    once, twice = share_by(table, "sentiment"), share_by(more, "sentiment")
    assert once["estimate"].to_numpy() == pytest.approx(twice["estimate"].to_numpy())
    assert (twice["ci_high"] - twice["ci_low"] < once["ci_high"] - once["ci_low"]).all()


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=3, max_size=9).filter(
        lambda pairs: len({a - b for a, b in pairs}) > 1
    )
)
def test_swapping_the_groups_turns_the_contrast_round(pairs: list[tuple[int, int]]) -> None:
    table = two_camps([a for a, _ in pairs], [b for _, b in pairs])
    there = contrast(table, "camp", ("washington", "moscow"), of="sentiment_score").iloc[0]
    back = contrast(table, "camp", ("moscow", "washington"), of="sentiment_score").iloc[0]
    assert there["estimate"] == pytest.approx(-back["estimate"])
    assert there["ci_low"] == pytest.approx(-back["ci_high"], nan_ok=True)


# Tables of counts -------------------------------------------------------------------------------------------------

WEIGHTS = {"moscow": 1.0, "washington": 2.5, "astana": 0.75}


def counted(table: pd.DataFrame, columns: list[str], shards: int, chance: random.Random) -> pd.DataFrame:
    """Counts of each combination of `columns`, made shard by shard and then added up."""
    shard = [chance.randrange(shards) for _ in range(len(table))]
    parts = [part.groupby(columns, dropna=False).size() for _, part in table.groupby(shard)]
    merged = pd.concat([part.rename("statements").reset_index() for part in parts], ignore_index=True)
    return merged.groupby(columns, dropna=False, as_index=False)["statements"].sum()


@pytest.mark.filterwarnings("ignore::discourse.clusters.TooFewClusters")
@settings(max_examples=15, deadline=None)
@given(cells, st.integers(1, 5), st.randoms(use_true_random=False))
def test_estimates_from_merged_counts_are_those_of_the_full_table(
    spots: list[tuple[str, str, str, int]], shards: int, chance: random.Random
) -> None:
    table = statements(spots)
    table["article_id"] = [f"{outlet}{chance.randrange(4)}" for outlet in table["outlet"]]
    table.loc[[chance.random() < 0.1 for _ in range(len(table))], "camp"] = None
    table["day"] = [chance.randrange(3) for _ in range(len(table))]
    coded = [chance.random() < 0.5 for _ in range(len(table))]
    table["human"] = table["sentiment"].where(coded, None).replace({"positive": "neutral"})
    table["weight"] = table["camp"].map(WEIGHTS).fillna(1.0)
    few = counted(table, [c for c in table.columns if c != "statements"], shards, chance)
    assert few["statements"].sum() == len(table)
    sides = ("washington", "moscow")
    questions = [
        lambda t, **c: share_by(t, "camp", **c),
        lambda t, **c: share_by(t, "sentiment", within="camp", weight="weight", **c),
        lambda t, **c: share_by(t, "sentiment", within="outlet", **c),
        lambda t, **c: mean_by(t, "sentiment_score", "camp", **c),
        lambda t, **c: contrast(t, "camp", sides, **c),
        lambda t, **c: contrast(t, "camp", sides, of="sentiment", weight="weight", **c),
        lambda t, **c: contrast(t, "camp", sides, of="sentiment_score", within=None, cluster="article_id", **c),
        lambda t, **c: share_by(t, "sentiment", cluster=["outlet", "day"], **c),
        lambda t, **c: correct(t, "sentiment", "human", **c),
        lambda t, **c: correct_contrast(t, "camp", sides, "sentiment", "human", **c),
        lambda t, **c: correct(t, "sentiment", "human", within="camp", cluster="article_id", **c),
    ]
    for ask in questions:
        try:
            full = ask(table)
        except EstimateError as fault:
            with pytest.raises(EstimateError) as same:
                ask(few, count="statements")
            assert str(same.value) == str(fault)
        else:
            pd.testing.assert_frame_equal(ask(few, count="statements"), full, rtol=1e-12, atol=1e-12)


def test_counts_of_many_outlets_draw_the_same_bootstrap() -> None:
    table = balanced(list(np.random.default_rng(5).integers(0, 11, MANY_CLUSTERS)))
    table["article_id"] = table["outlet"]
    few = table.groupby(["outlet", "article_id", "sentiment"], as_index=False).size()
    nothing = few.iloc[[0]].assign(outlet="a first one", article_id="none", size=0)
    few = pd.concat([nothing, few])
    pd.testing.assert_frame_equal(share_by(few, "sentiment", count="size"), share_by(table, "sentiment"), atol=1e-12)


@pytest.mark.parametrize(
    ("count", "message"),
    [
        (0.5, "Column 'k' must hold whole numbers of attributions; 1 of 20 rows do not, first row 3 with 0.5."),
        (-1.0, "Column 'k' must hold whole numbers of attributions; 1 of 20 rows do not, first row 3 with -1.0."),
        (nan, "Column 'k' must hold whole numbers of attributions; 1 of 20 rows do not, first row 3 with nan."),
    ],
)
def test_counts_that_are_none_are_refused(count: float, message: str) -> None:
    table = balanced([4, 5]).assign(k=1.0)
    table.loc[3, "k"] = count
    with pytest.raises(EstimateError) as fault:
        share_by(table, count="k")
    assert str(fault.value) == message


def test_a_share_that_is_the_same_in_all_of_many_articles_has_an_interval() -> None:
    rows = pd.DataFrame({"article_id": [f"a{k}" for k in range(120)], "outlet": "one", "act": "say"})
    found = share_by(rows, "act", cluster="article_id").iloc[0]
    assert (found["estimate"], found["ci_high"]) == (1.0, 1.0)
    assert found["ci_low"] == pytest.approx(0.025 ** (1 / 120))  # Clopper and Pearson's bound where all hit
