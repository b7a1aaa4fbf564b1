"""Estimate shares, means and contrasts from the attribution table, with intervals that know about outlets.

Three questions are asked of a table of who said what: how do statements divide (`share_by`), how high is a score
(`mean_by`), and do two groups differ (`contrast`). Each answer carries what it is of (statements, articles, outlets), an
interval that takes outlets as the sample (see `discourse.clusters`), and the method in words. Labels are taken as they
stand, which the word *uncorrected* says; `discourse.correction` takes their errors off.

Everything here is a ratio of sums over clusters. Hence a table of counts (`count`) gives the same numbers as the table of
single statements it was counted from, however many shards it was put together from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from discourse.clusters import (
    EstimateError,
    Floats,
    Sampled,
    Scale,
    Statistic,
    all_known,
    cluster_sums,
    clustered_rows,
    finished,
    groups_of,
    intervals_of,
    is_numeric,
    levels_of,
    listed,
    names_of,
    quotient,
    ratios_of_sums,
    require_numbers,
    size_of,
    sizes_of,
)
from discourse.clusters import TooFewClusters as TooFewClusters  # noqa: PLC0414 — where it is looked for
from discourse.provenance import recorded


@recorded
def share_by(
    table: pd.DataFrame,
    by: str = "camp",
    *,
    within: str | Sequence[str] | None = None,
    cluster: str | Sequence[str] | None = None,
    weight: str | None = None,
    count: str | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Share of attributions in each class of `by`, of all or within each group.

    ``share_by(table, "camp")`` asks how the statements divide among camps, ``share_by(table, "camp", within="outlet")``
    the same for each outlet, and ``share_by(table, "sentiment", within="camp")`` how each camp's statements divide
    among negative, neutral and positive. Shares of one group add up to 1.

    Parameters
    ----------
    table
        One row per attribution, as `attributions_table` returns it.
    by
        Column whose classes are counted. Rows without a class are left out of the base and counted in `n_missing`.
    within
        Column or columns whose groups each get their own shares; rows without a group are left out.
    cluster
        Column that says what was sampled as a whole: ``"outlet"`` unless the groups are themselves outlets, in which
        case ``"article_id"``. Intervals by article speak about these outlets only, not about outlets like them. Two
        columns, such as ``["outlet", "date"]``, where statements also hang together by the day's event.
    weight
        Column of design weights of single statements, for example inverse inclusion probabilities. Counts stay
        unweighted.
    count
        Column that says how many attributions a row stands for, if `table` is a table of counts: one row per article and
        combination of classes, with `article_id` and `outlet`. The estimates are those of the full table.
    seed
        Seed of the bootstrap, used from `MANY_CLUSTERS` clusters on.

    Returns
    -------
    pandas.DataFrame
        The group columns, `by`, then `count` (attributions in the class), `n`, `n_articles`, `n_outlets` (what the
        share is of), `n_missing`, `estimate` in [0, 1], `ci_low`, `ci_high` (95 %), `method`, `corrected`. Classes that
        a group lacks stand there with count 0. Groups and classes come in categorical order, else sorted.

    Raises
    ------
    EstimateError
        If a column is missing, the cluster or weight column has gaps, or no row is left to count.

    Notes
    -----
    Intervals are symmetric on the logit scale, so they stay within [0, 1] (Korn & Graubard 1998). Where the clusters do
    not differ at all, as with a class that never occurs, the spread between clusters says nothing: the interval is then
    Clopper and Pearson's with the clusters as the sample, which is never too narrow.
    """
    groups = names_of(within)
    rows, sampled = clustered_rows(table, [*groups, by], cluster, weight, count, by=groups)
    classes = levels_of(rows[by])
    known = rows[rows[by].notna() & all_known(rows, groups)]
    if known.empty:
        raise EstimateError(f"No row has both a {listed([by, *groups])}; nothing to estimate.")
    answers, numerators, denominators = [], [], []
    missing = rows[rows[by].isna() & all_known(rows, groups)]
    for key, base in groups_of(known, groups):
        absent = size_of(missing, groups, key)
        for name in classes:
            hit = (base[by] == name).to_numpy()
            counts = {"count": int(base["_count"].to_numpy() @ hit), **sizes_of(base), "n_missing": absent}
            answers.append({**dict(zip(groups, key, strict=True)), by: name, **counts})
            numerators.append(cluster_sums(base, base["_weight"].to_numpy() * hit, known))
            denominators.append(cluster_sums(base, base["_weight"].to_numpy(), known))
    intervals = ratios_of_sums(numerators, denominators, "share", sampled, seed)
    return finished(answers, intervals, [*groups, by], sampled)


@recorded
def mean_by(
    table: pd.DataFrame,
    of: str,
    by: str | Sequence[str] | None = "camp",
    *,
    cluster: str | Sequence[str] | None = None,
    weight: str | None = None,
    count: str | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Mean of the numeric column `of` in each group of `by`, or over all rows.

    Parameters
    ----------
    table
        One row per attribution, as `attributions_table` returns it.
    of
        Numeric column, for example ``"sentiment_score"``. Rows without a number are left out.
    by
        Column or columns whose groups each get a mean; None for one mean over all rows.
    cluster, weight, count, seed
        As in `share_by`. In a table of counts `of` holds the mean of the attributions that a row stands for.

    Returns
    -------
    pandas.DataFrame
        The group columns, then `n`, `n_articles`, `n_outlets`, `estimate`, `ci_low`, `ci_high` (95 %), `method`,
        `corrected`.

    Raises
    ------
    EstimateError
        If a column is missing or not numeric, the cluster or weight column has gaps, or no row is left.

    Notes
    -----
    A mean is not a distribution: two camps with mean 0 may be one of calm and one of storm. Show
    ``share_by(table, "sentiment", within="camp")`` beside it.
    """
    groups = names_of(by)
    rows, sampled = clustered_rows(table, [*groups, of], cluster, weight, count, by=groups)
    require_numbers(rows, of)
    known = rows[rows[of].notna() & all_known(rows, groups)]
    if known.empty:
        raise EstimateError(f"No row has both a {listed([of, *groups])}; nothing to estimate.")
    answers, numerators, denominators = [], [], []
    for key, base in groups_of(known, groups):
        weights = base["_weight"].to_numpy()
        answers.append({**dict(zip(groups, key, strict=True)), **sizes_of(base)})
        numerators.append(cluster_sums(base, weights * base[of].to_numpy(dtype=float), known))
        denominators.append(cluster_sums(base, weights, known))
    intervals = ratios_of_sums(numerators, denominators, "mean", sampled, seed)
    return finished(answers, intervals, groups, sampled)


@recorded
def contrast(
    table: pd.DataFrame,
    by: str,
    groups: tuple[str, str],
    *,
    of: str | None = None,
    within: str | None = "outlet",
    cluster: str | Sequence[str] | None = None,
    weight: str | None = None,
    count: str | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Difference and ratio between two groups of `by`: the first set against the second.

    Parameters
    ----------
    table
        One row per attribution, as `attributions_table` returns it.
    by
        Column that holds the two groups, for example ``"camp"``, or a column of periods or outlets.
    groups
        The group and the reference it is set against, for example ``("washington", "moscow")``.
    of
        What is compared. None: the groups' shares of all attributions that have a `by`. A column of classes: the share
        of each class. A numeric column: its mean (and no ratio, which has no meaning for a signed score).
    within
        Column whose groups are compared like with like: statements of both groups *in the same outlet*, so that an
        outlet which quotes only one side cannot make a difference by its own style. Outlets with only one of the two
        groups drop out. None compares the pooled groups; so does, by itself, a `within` in which no group holds both.
        Without effect if `of` is None, where each outlet is compared with itself in any case.
    cluster, weight, count, seed
        As in `share_by` and `mean_by`.

    Returns
    -------
    pandas.DataFrame
        `group`, `reference`, the class if `of` has classes, `measure` (``"difference"`` or ``"ratio"``), then `n`,
        `n_articles`, `n_outlets` (what both sides rest on), `estimate`, `ci_low`, `ci_high` (95 %), `method`,
        `corrected`.

    Raises
    ------
    EstimateError
        If a column or one of the groups is missing, or the cluster or weight column has gaps.

    Notes
    -----
    Within outlets, differences and ratios are combined with Mantel and Haenszel's weights, n₁n₂/(n₁ + n₂) for a
    difference. With as many statements of each side in every outlet this is the paired t test on outlet means. Clusters
    that cut through the groups of `within`, such as articles, leave these weights as they are.
    Groups that share no cluster, as the articles of two outlets, are compared by Welch's t test. Pooled groups that share
    some take the smaller group's clusters − 1 as degrees of freedom.

    References
    ----------
    Mantel, N. & Haenszel, W. (1959). Statistical aspects of the analysis of data from retrospective studies of disease.
    Journal of the National Cancer Institute 22(4), 719–748.
    Greenland, S. & Robins, J. M. (1985). Estimation of a common effect parameter from sparse follow-up data.
    Biometrics 41(1), 55–68.
    """
    columns = [by, *names_of(of), *names_of(within)]
    rows, sampled = clustered_rows(table, columns, cluster, weight, count, by=[by])
    if of is None:
        require_groups(rows, by, groups)
        answers, intervals = _contrast_of_counts(rows[rows[by].notna()], by, groups, sampled, seed)
        return finished(answers, intervals, ["group", "reference", "measure"], sampled)
    base, how = compared_rows(rows, by, groups, of, within)
    answers, intervals = _contrast_of_values(base, by, groups, of, sampled, seed)
    intervals["method"] = f"{how}, " + intervals["method"]
    classes = [] if is_numeric(base[of]) else [of]
    return finished(answers, intervals, ["group", "reference", *classes, "measure"], sampled)


def _contrast_of_counts(
    base: pd.DataFrame, by: str, groups: tuple[str, str], sampled: Sampled, seed: int
) -> tuple[list[dict[str, Any]], pd.DataFrame]:
    """Difference and ratio between two groups' shares of the same base."""
    weights = base["_weight"].to_numpy()
    first, second = (weights * (base[by] == group).to_numpy() for group in groups)
    sums = cluster_sums(base, np.column_stack([first - second, weights, first, second]), base)
    active = np.asarray(sums[:, [1]] > 0)
    intervals = [
        intervals_of(sums[:, [0, 1]], quotient, active, "difference of shares", sampled, seed),
        intervals_of(sums[:, [2, 3]], quotient, active, "ratio", sampled, seed),
    ]
    answers = [
        {"group": groups[0], "reference": groups[1], "measure": measure, **sizes_of(base)}
        for measure in ("difference", "ratio")
    ]
    return answers, pd.concat(intervals, ignore_index=True)


def compared_rows(
    rows: pd.DataFrame, by: str, groups: tuple[str, str], of: str, within: str | None
) -> tuple[pd.DataFrame, str]:
    """Rows of two groups that can be compared, weighted so that like is compared with like.

    Parameters
    ----------
    rows
        As `clustered_rows` returns them.
    by, groups, of, within
        As in `contrast`.

    Returns
    -------
    tuple
        The rows, in `_weight` what each counts for, and whether they are compared ``"pooled"`` or ``"within …"``.

    Raises
    ------
    EstimateError
        If one of the groups is missing or has no value of `of`.

    Notes
    -----
    Mantel and Haenszel's weights as weights of rows: where a stratum holds n₁ and n₂ statements of the two sides, each of
    the first counts n₂ / (n₁ + n₂), each of the second n₁ / (n₁ + n₂). Both sides then count n₁n₂ / (n₁ + n₂) in every
    stratum, and the difference (ratio) of weighted means is the common difference (ratio).
    """
    require_groups(rows, by, groups)
    known = rows[rows[by].isin(groups) & rows[of].notna() & all_known(rows, names_of(within))]
    if known[by].nunique() < 2:
        raise EstimateError(f"{groups[0]} and {groups[1]} do not both have a {of}; nothing to compare.")
    if within is None:
        return known, "pooled"
    first = (known[by] == groups[0]).to_numpy()
    stratum = pd.factorize(known[within])[0]
    weight = known["_weight"].to_numpy()
    ours, theirs = np.bincount(stratum, weight * first)[stratum], np.bincount(stratum, weight * ~first)[stratum]
    both = (ours > 0) & (theirs > 0)
    if not both.any():
        return known, "pooled"
    paired = known[both].copy()
    paired["_weight"] = (weight * np.where(first, theirs, ours) / (ours + theirs))[both]
    return paired, f"within {within}"


def require_groups(rows: pd.DataFrame, by: str, groups: tuple[str, str]) -> None:
    """Refuse groups that are not two or not there."""
    for group in groups:
        if not (rows[by] == group).any():
            there = ", ".join(str(level) for level in levels_of(rows[by])) or "none"
            raise EstimateError(f"No row has {by} {group!r}. Its groups: {there}.")
    if groups[0] == groups[1]:
        raise EstimateError(f"Both groups are {groups[0]!r}; name two different groups of {by}.")


def _contrast_of_values(
    base: pd.DataFrame, by: str, groups: tuple[str, str], of: str, sampled: Sampled, seed: int
) -> tuple[list[dict[str, Any]], pd.DataFrame]:
    """Difference and ratio between two groups' means of `of`, or between their shares of each class of it."""
    numeric = is_numeric(base[of])
    weights = base["_weight"].to_numpy()
    first, second = (weights * (base[by] == group).to_numpy() for group in groups)
    answers, intervals = [], []
    for level in [None] if numeric else levels_of(base[of]):
        value = base[of].to_numpy(dtype=float) if numeric else (base[of] == level).to_numpy(dtype=float)
        sums = cluster_sums(base, np.column_stack([first * value, second * value, first, second]), base)
        sides = sums[:, 2:] > 0
        active = np.asarray(sides.any(axis=1, keepdims=True))
        for measure in ["difference"] if numeric else ["difference", "ratio"]:
            scale: Scale = "ratio" if measure == "ratio" else "mean" if numeric else "difference of shares"
            intervals.append(intervals_of(sums, COMPARED[measure], active, scale, sampled, seed, parts=sides))
            named = {} if numeric else {of: level}
            answers.append({"group": groups[0], "reference": groups[1], **named, "measure": measure, **sizes_of(base)})
    return answers, pd.concat(intervals, ignore_index=True)


def _difference(totals: Floats) -> Floats:
    means = quotient(totals)
    return means[..., [0]] - means[..., [1]]


def _ratio(totals: Floats) -> Floats:
    means = quotient(totals)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(means[..., [0]] / means[..., [1]], dtype=np.float64)


# How totals (first side, second side, and what they are of) become the estimate.
COMPARED: dict[str, Statistic] = {"difference": _difference, "ratio": _ratio}


# What a row of estimates says besides naming its groups.
_STATISTICS = frozenset(
    (
        *("count", "n", "n_articles", "n_outlets", "n_missing", "n_coded", "estimate", "ci_low", "ci_high", "method"),
        *("corrected", "group", "reference", "measure", "n_blocks", "statistic", "p", "p_adjusted", "family", "term"),
    )
)


def rows_behind(
    table: pd.DataFrame,
    estimate: pd.Series,
    *,
    of: str | None = None,
    by: str | None = None,
    within: str | None = "outlet",
) -> pd.DataFrame:
    """The attributions that one row of estimates was counted from.

    Parameters
    ----------
    table
        The table that was estimated from.
    estimate
        One row, as from ``share_by(table, "camp").iloc[0]``; of `mean_by`, `contrast`, `permutation_test` and corrected
        estimates alike. For `keyness` there is `rows_with_word`, for `fragility` `rows_of_variant`, for
        `mentions_without_voice` `mentions_behind`.
    of
        The numeric column, if the row is of a mean or a regression: rows without a number were not counted.
    by, within
        For a row of `contrast` the same as were passed to it (for a permutation test `within` is its block). Groups of
        `within` with one side only were not counted.

    Returns
    -------
    pandas.DataFrame
        For a share, the rows of the class (`count` of them); for a contrast of shares, those of both sides; for a mean, all
        rows that have a number (`n`); for a coefficient as well, before those that lack a term are left out.

    Raises
    ------
    EstimateError
        If the row is of a contrast and `by` was not passed, or names a column that the table lacks.
    """
    named = [name for name in estimate.index if name not in _STATISTICS]
    contrasted = "reference" in estimate.index
    if contrasted and by is None:
        raise EstimateError("A row of contrast does not say what its groups are groups of; pass by=, as to contrast.")
    absent = [repr(name) for name in [*named, *names_of(of), *names_of(by)] if name not in table.columns]
    if absent:
        there = ", ".join(str(name) for name in table.columns)
        raise EstimateError(f"The table has no column {', '.join(absent)}. Its columns: {there}.")
    kept = all_known(table, [*named, *names_of(of)])
    if contrasted and by is not None:
        kept &= table[by].isin([estimate["group"], estimate["reference"]])
        if within is not None and (named or of is not None):
            sides = table[kept].groupby(within, observed=True)[by].nunique()
            both = table[within].isin(sides.index[sides == 2])
            kept &= both if both.any() else table[by].notna()
    for name in named:
        kept &= table[name] == estimate[name]
    return table[kept]
