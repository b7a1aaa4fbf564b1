"""Shares of the classes of engagement, with intervals that count what contested verbs leave open."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from discourse.clusters import EstimateError, TooFewClusters
from discourse.engagement import ENGAGEMENTS
from discourse.estimates import mean_by
from discourse.provenance import recorded

_LEVEL = 0.95


@recorded
def engagement_shares(
    table: pd.DataFrame,
    within: str | Sequence[str] | None = "camp",
    *,
    cluster: str | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Share of every engagement, where verbs on which readers disagree count as their probabilities.

    Parameters
    ----------
    table
        Attributions as `score_engagement` returns them, with `p_acknowledge` to `p_deny` and `cue_lemma`.
    within
        Column or columns whose groups each get their own shares; None for one set of shares over all rows.
    cluster, seed
        As in `mean_by`.

    Returns
    -------
    pandas.DataFrame
        The group columns, `engagement`, then as from `mean_by`: `n`, `n_articles`, `n_outlets`, `estimate` in [0, 1],
        `ci_low`, `ci_high` (95 %), `method`; and `sd_readings`, how far the share would move with another reading of the
        contested verbs (a standard deviation).

    Raises
    ------
    EstimateError
        A column is missing, or no row is left.

    Notes
    -----
    Readers who disagree on a verb disagree on all its rows, so each contested verb is read one way or the other as a
    whole: the variance of a share is the sum over verbs of (its part of the rows)² p (1 − p). It is added to the
    variance between clusters, as the variance between imputations is in Rubin's rules.

    References
    ----------
    Rubin, D. B. (1987). Multiple Imputation for Nonresponse in Surveys. Wiley.
    """
    names = [f"p_{engagement}" for engagement in ENGAGEMENTS]
    missing = [name for name in (*names, "cue_lemma") if name not in table]
    if missing:
        raise EstimateError(f"No column {', '.join(missing)}; score_engagement adds them.")
    groups = [] if within is None else [within] if isinstance(within, str) else list(within)
    parts = []
    for engagement, name in zip(ENGAGEMENTS, names, strict=True):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", TooFewClusters)  # said once for all classes, below
            shares = mean_by(table, name, within, cluster=cluster, seed=seed)
        shares.insert(len(groups), "engagement", engagement)
        shares["sd_readings"] = list(_spreads(table, name, shares[groups]))
        parts.append(shares)
    made = pd.concat(parts, ignore_index=True)
    without = made[made["ci_low"].isna() & made["estimate"].between(0, 1, inclusive="neither")]
    if not without.empty:
        named = sorted({" ".join(map(str, key)) for key in without[[*groups, "engagement"]].itertuples(index=False)})
        warnings.warn(
            f"No interval for {'; '.join(named)}: the clusters do not differ. Add outlets, or pass cluster='article_id'.",
            TooFewClusters,
            stacklevel=2,
        )
    reach = stats.norm.ppf(0.5 + _LEVEL / 2) * made["sd_readings"]
    low, high = (made["estimate"] - made["ci_low"], made["ci_high"] - made["estimate"])
    made["ci_low"] = (made["estimate"] - np.hypot(low, reach)).clip(0.0, 1.0)
    made["ci_high"] = (made["estimate"] + np.hypot(high, reach)).clip(0.0, 1.0)
    return made.sort_values(groups, kind="stable", ignore_index=True) if groups else made


def _spreads(table: pd.DataFrame, name: str, groups: pd.DataFrame) -> Iterator[float]:
    """The standard deviation that contested verbs give to a share, for each group in its order."""
    rows = table[table[name].notna()]
    for key in groups.itertuples(index=False):
        chosen = rows
        for column, value in zip(groups.columns, key, strict=True):
            chosen = chosen[chosen[column] == value]
        open_ones = chosen[(chosen[name] > 0) & (chosen[name] < 1)]
        by_verb: Any = open_ones.groupby(["cue_lemma", name], dropna=False).size()
        variance = sum((n / len(chosen)) ** 2 * p * (1 - p) for (_, p), n in by_verb.items())
        yield float(np.sqrt(variance))
