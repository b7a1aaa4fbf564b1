"""Test a contrast by permuting who said what within blocks, and correct for the number of tests.

If it makes no difference to a paper which camp speaks, then the camps of the statements in one article could be dealt out
anew and nothing would change. So they are dealt out anew, thousands of times, always within blocks (articles, or outlets),
and the observed contrast is set against those that chance makes. Nothing is assumed about distributions, articles about
grim matters stay grim for both sides, and an outlet that quotes one side only says nothing.

What is compared is the contrast divided by its standard error between clusters. Thereby the test keeps its level where
outlets differ at random in whom they favour, and not only where nobody favours anyone (Chung & Romano 2013). Several
classes tested at once share their permutations, so the largest of all statistics is what each has to beat (max-T of
Westfall & Young 1993): the chance of any false alarm in the family stays below the level, whatever hangs together.

References
----------
Chung, E. & Romano, J. P. (2013). Exact and asymptotically robust permutation tests. Annals of Statistics 41(2), 484–507.
Phipson, B. & Smyth, G. K. (2010). Permutation p-values should never be zero. Statistical Applications in Genetics and
Molecular Biology 9(1), 39.
Westfall, P. H. & Young, S. S. (1993). Resampling-Based Multiple Testing. Wiley.
Benjamini, Y. & Hochberg, Y. (1995). Controlling the false discovery rate. Journal of the Royal Statistical Society B
57(1), 289–300.
Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics 6(2), 65–70.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from discourse.clusters import (
    DRAWS,
    EstimateError,
    Floats,
    clustered_rows,
    is_numeric,
    levels_of,
    sizes_of,
)
from discourse.estimates import compared_rows
from discourse.provenance import recorded

ADJUSTMENTS = {"bh": "fdr_bh", "holm": "holm"}


@recorded
def permutation_test(
    table: pd.DataFrame,
    by: str,
    groups: tuple[str, str],
    of: str,
    *,
    block: str = "article_id",
    cluster: str = "outlet",
    count: str | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> pd.DataFrame:
    """Test whether two groups differ, by dealing the group labels out anew within blocks.

    Parameters
    ----------
    table
        One row per attribution, as `attributions_table` returns it.
    by, groups
        Column that holds the two groups, the group and its reference, as in `contrast`.
    of
        What is compared: a column of classes (a test for each), or a numeric column.
    block
        Column within which labels are dealt out. ``"article_id"``: statements of one article are alike but for who
        speaks; articles with one side only drop out. ``"outlet"`` keeps more statements, and supposes that each could as
        well have stood in any article of its outlet.
    cluster
        Column of clusters for the standard error. A block must lie within one cluster.
    count
        As in `share_by`.
    draws
        How often labels are dealt out.
    seed
        Seed of the draws.

    Returns
    -------
    pandas.DataFrame
        `group`, `reference`, the class if `of` has classes, `n`, `n_articles`, `n_outlets`, `n_blocks` (what the test rests
        on), `estimate` (difference within blocks), `statistic` (estimate over standard error), `p` (two-sided),
        `p_adjusted` (max-T over the classes), `family` (how many tests), `method`.

    Raises
    ------
    EstimateError
        If a column or group is missing, no block holds both groups, a block lies in several clusters, or fewer than two
        clusters hold such a block.

    Notes
    -----
    A p-value counts the observed labels as one of the draws, so that it is never 0 (Phipson & Smyth 2010). A class that
    nobody used differently, or that varies in no permutation, gets p = 1.
    """
    rows, sampled = clustered_rows(table, [by, of, block], cluster, None, count, by=[by])
    base, how = compared_rows(rows, by, groups, of, block)
    if how == "pooled":
        raise EstimateError(f"No {block} holds statements of both {groups[0]} and {groups[1]}; pass a wider block.")
    if base.groupby(block, observed=True)["_cluster"].nunique().max() > 1:
        raise EstimateError(f"Some {block} lies in several {sampled.word}s; a block must lie within one cluster.")
    if base["_cluster"].nunique() < 2:
        raise EstimateError(
            f"All blocks lie in one {sampled.word}; a test needs two. Pass cluster='article_id' for a statement about this "
            f"{sampled.word} only."
        )
    numeric = is_numeric(base[of])
    classes = [None] if numeric else levels_of(base[of])
    base = base.sort_values([block, of, by], key=lambda column: column.astype(str) if column.name != of else column)
    sizes, blocks = sizes_of(base), int(base[block].nunique())
    # A row that stands for several attributions becomes as many, so that each can get a label of its own.
    base = base.loc[base.index.repeat(base["_count"].astype(int))]
    first = (base[by] == groups[0]).to_numpy()
    values = np.column_stack(
        [base[of].to_numpy(dtype=float) if numeric else (base[of] == name).to_numpy(dtype=float) for name in classes]
    )
    place = pd.factorize(base[block])[0]  # ascends, since the rows are sorted by block
    of_block = base["_cluster"].to_numpy()[np.unique(place, return_index=True)[1]]
    statistic = _Statistic(values, place, pd.factorize(of_block, sort=True)[0], first)
    estimate, observed = statistic.of(first)
    generator = np.random.default_rng(seed)
    as_large, larger_than_all = np.ones(len(classes)), np.ones(len(classes))
    for _ in range(draws):
        # Within its block each statement is dealt one of the block's labels.
        dealt = np.empty_like(first)
        dealt[np.argsort(place + generator.random(len(place)))] = first
        drawn = np.abs(statistic.of(dealt)[1])
        as_large += drawn >= np.abs(observed) - 1e-9
        larger_than_all += drawn.max() >= np.abs(observed) - 1e-9
    return pd.DataFrame(
        {
            "group": groups[0],
            "reference": groups[1],
            **({} if numeric else {of: classes}),
            **sizes,
            "n_blocks": blocks,
            "estimate": estimate,
            "statistic": observed,
            "p": as_large / (draws + 1),
            "p_adjusted": larger_than_all / (draws + 1),
            "family": len(classes),
            "method": f"{by} permuted within {block}, error between {sampled.word}s, {draws} draws, seed {seed}; max-T",
        }
    )


class _Statistic:
    """Difference within blocks and the same over its standard error, for one way of dealing out labels."""

    def __init__(
        self, values: Floats, block: NDArray[Any], cluster_of_block: NDArray[Any], first: NDArray[Any]
    ) -> None:
        self.values, self.block, self.cluster = values, block, cluster_of_block
        size = np.bincount(block).astype(float)
        ours = np.bincount(block, first)
        self.expected = _sums(values, block) * (ours / size)[:, None]
        self.weights = np.bincount(cluster_of_block, ours * (size - ours) / size)

    def of(self, first: NDArray[Any]) -> tuple[Floats, Floats]:
        """Estimates and statistics if the rows of `first` had the group's label."""
        excess = _sums(self.values[first], self.block[first], len(self.expected)) - self.expected
        sums = _sums(excess, self.cluster, len(self.weights))
        total, weight = sums.sum(axis=0), self.weights.sum()
        estimate = total / weight
        left_out = (total - sums) / (weight - self.weights)[:, None]
        clusters = len(self.weights)
        error = np.sqrt((clusters - 1) / clusters * ((left_out - estimate) ** 2).sum(axis=0))
        with np.errstate(divide="ignore", invalid="ignore"):
            return estimate, np.where(np.abs(estimate) > 1e-12, estimate / np.where(error > 1e-12, error, 0.0), 0.0)


def _sums(values: Floats, codes: NDArray[Any], size: int | None = None) -> Floats:
    """Sums over rows with the same code, for each column."""
    size = int(codes.max()) + 1 if size is None else size
    return np.column_stack([np.bincount(codes, column, minlength=size) for column in values.T])


def adjust(tests: pd.DataFrame, p: str = "p", method: Literal["bh", "holm"] = "bh") -> pd.DataFrame:
    """Adjust p-values for the number of tests, as one family.

    Parameters
    ----------
    tests
        One row per test. Put all tests into it that were looked at, not those that came out.
    p
        Column of p-values. Rows without one are no part of the family.
    method
        ``"bh"``: of all tests called significant at a level, no more than that share is expected to be false (Benjamini
        & Hochberg). ``"holm"``: the chance of any false one is no more than that level.

    Returns
    -------
    pandas.DataFrame
        The tests with `p_adjusted`, `family` (how many tests) and `adjustment`.

    Raises
    ------
    EstimateError
        If the method or the column is unknown, or a p-value lies outside [0, 1].
    """
    from statsmodels.stats.multitest import multipletests

    if method not in ADJUSTMENTS:
        raise EstimateError(f"Unknown adjustment {method!r}. Adjustments: {', '.join(ADJUSTMENTS)}.")
    if p not in tests:
        raise EstimateError(f"The tests have no column {p!r}. Their columns: {', '.join(map(str, tests.columns))}.")
    values = tests[p].to_numpy(dtype=float)
    known = ~np.isnan(values)
    if ((values[known] < 0) | (values[known] > 1)).any():
        raise EstimateError(f"Column {p!r} must hold p-values, from 0 to 1; it holds {values[known].max()}.")
    adjusted = np.full(len(values), np.nan)
    if known.any():
        adjusted[known] = multipletests(values[known], method=ADJUSTMENTS[method])[1]
    return tests.assign(p_adjusted=adjusted, family=int(known.sum()), adjustment=method)
