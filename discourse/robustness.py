"""See what a contrast hangs on: one outlet, one speaker, a way of weighting, a lexicon.

A difference between camps may be one paper's, or one loud minister's; it may be there when statements count alike and gone
when speakers do. Readers of a paper ask for all of it, so one call answers: the same contrast is estimated anew for every
variant, and every flip of sign or of significance is marked. A finding that flips is not refuted by that, but it should not
be told without it.

References
----------
Cameron, A. C. & Miller, D. L. (2015). A practitioner's guide to cluster-robust inference. Journal of Human Resources 50(2),
317–372, on clusters of influence.
Steegen, S., Tuerlinckx, F., Gelman, A. & Vanpaemel, W. (2016). Increasing transparency through a multiverse analysis.
Perspectives on Psychological Science 11(5), 702–712.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from discourse.clusters import EstimateError, TooFewClusters, is_numeric
from discourse.estimates import contrast, rows_behind
from discourse.provenance import recorded

NULL = {"difference": 0.0, "ratio": 1.0}
_WEIGHT = "_variant_weight"


@recorded
def fragility(
    table: pd.DataFrame,
    by: str,
    groups: tuple[str, str],
    of: str | None = None,
    *,
    within: str | None = "outlet",
    cluster: str | Sequence[str] | None = None,
    weight: str | None = None,
    speaker: str = "speaker",
    lexicons: Mapping[str, pd.DataFrame] | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Estimate a contrast anew without each outlet, without each speaker, otherwise weighted, with other lexicons.

    Parameters
    ----------
    table, by, groups, of, within, cluster, weight, seed
        As in `contrast`.
    speaker
        Column that names who speaks. Statements of nobody listed are left out with no speaker, and count one each where
        speakers count alike.
    lexicons
        Names of variants, and for each the same attributions scored in another way.

    Returns
    -------
    pandas.DataFrame
        As from `contrast` for each variant, after the columns `kind` (``"as asked"``, ``"without outlet"``, ``"without
        speaker"``, ``"weighting"``, ``"lexicon"``) and `variant` (the outlet or speaker left out, what counts alike, the
        name of the lexicon); at the end `excludes_null` (whether the interval leaves out 0, or 1 for a ratio) and `flips`:
        ``"sign"``, ``"significance"``, both joined by ``" and "``, ``"not estimable"``, or empty.

    Raises
    ------
    EstimateError
        If the contrast as asked cannot be estimated, or the table has no such column of speakers.

    Notes
    -----
    ``"statements"`` weighting is without design weights, so it stands there only if `weight` is given. Where
    ``"speakers"`` (``"outlets"``) count alike, statements are weighted by one over how many the speaker (the outlet, for
    the same group) makes. A variant without an interval excludes nothing, so it flips what was significant.
    """
    from tqdm import tqdm

    if speaker not in table:
        raise EstimateError(f"The table has no column {speaker!r}, which names who speaks. Pass speaker=.")
    first = contrast(table, by, groups, of=of, within=within, cluster=cluster, weight=weight, seed=seed)
    classes = [] if of is None or is_numeric(table[of]) else [of]
    names = [*classes, "measure"]
    parts = [first.assign(kind="as asked", variant="")]
    variants = list(_variants(table, by, groups, of, weight, speaker, lexicons or {}))
    for kind, variant, rows, weights in tqdm(variants, unit="variant", delay=2):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", TooFewClusters)  # the method says so, and nothing is excluded
            try:
                found = contrast(rows, by, groups, of=of, within=within, cluster=cluster, weight=weights, seed=seed)
            except EstimateError as fault:
                found = first[["group", "reference", *names]].assign(method=str(fault), corrected=False)
        # A class that the variant does not hold has no estimate there.
        parts.append(first[names].merge(found, on=names, how="left").assign(kind=kind, variant=variant))
    result = pd.concat([part.astype({"variant": object}) for part in parts], ignore_index=True)
    result[["group", "reference"]] = groups
    null = result["measure"].map(NULL)
    result["excludes_null"] = (result["ci_low"] > null) | (result["ci_high"] < null)
    side = np.sign(result["estimate"] - null)
    asked = np.resize(np.arange(len(first)), len(result))
    sign = (side != side.to_numpy()[asked]) & (side.to_numpy()[asked] != 0)
    significance = result["excludes_null"] != result["excludes_null"].to_numpy()[asked]
    result["flips"] = [
        "not estimable" if unknown else " and ".join(word for word, flip in (("sign", a), ("significance", b)) if flip)
        for unknown, a, b in zip(result["estimate"].isna(), sign, significance, strict=True)
    ]
    return result[["kind", "variant", *first.columns, "excludes_null", "flips"]]


def rows_of_variant(
    table: pd.DataFrame,
    estimate: pd.Series,
    *,
    by: str,
    of: str | None = None,
    within: str | None = "outlet",
    speaker: str = "speaker",
) -> pd.DataFrame:
    """The attributions that one row of `fragility` was counted from.

    Parameters
    ----------
    table
        The table that was estimated from; for the row of a lexicon the one that was scored with it.
    estimate
        One row of `fragility`.
    by, within, speaker
        As they were passed to `fragility`.
    of
        As to `rows_behind`: the numeric column, if the contrast is of means.

    Returns
    -------
    pandas.DataFrame
        Rows of the table, as from `rows_behind`, without the outlet or the speaker that the variant left out.

    Raises
    ------
    EstimateError
        If the row is not one of `fragility`, or the table lacks a column.
    """
    if not {"kind", "variant"} <= set(estimate.index):
        raise EstimateError("This is no row of fragility, which says in 'kind' and 'variant' what was left out.")
    left_out = {"without outlet": "outlet", "without speaker": speaker}.get(str(estimate["kind"]))
    if left_out is not None:
        if left_out not in table:
            raise EstimateError(f"The table has no column {left_out!r}, by which {estimate['variant']!r} was left out.")
        table = table[table[left_out] != estimate["variant"]]
    return rows_behind(table, estimate.drop(["kind", "variant", "excludes_null", "flips"]), of=of, by=by, within=within)


def _variants(
    table: pd.DataFrame,
    by: str,
    groups: tuple[str, str],
    of: str | None,
    weight: str | None,
    speaker: str,
    lexicons: Mapping[str, pd.DataFrame],
) -> Iterator[tuple[str, str, pd.DataFrame, str | None]]:
    """Kind, name, rows and column of weights of every variant."""
    counted = table[by].notna() if of is None else table[by].isin(groups) & table[of].notna()
    used = table[counted]
    for outlet in sorted(used["outlet"].dropna().unique()):
        yield "without outlet", outlet, table[table["outlet"] != outlet], weight
    for name in sorted(used.loc[used[by].isin(groups), speaker].dropna().unique()):
        yield "without speaker", name, table[table[speaker] != name], weight
    if weight is not None:
        yield "weighting", "statements", table, None
    # One statement each of nobody listed: every one is a speaker of its own.
    named = used[speaker].where(used[speaker].notna(), pd.Series(range(len(used)), used.index, dtype=object))
    for what, alike in (("speakers", [named]), ("outlets", [used["outlet"], *([] if of is None else [used[by]])])):
        size = used.groupby(alike, dropna=False)["article_id"].transform("size")
        yield "weighting", what, used.assign(**{_WEIGHT: 1 / size}), _WEIGHT
    for name, scored in lexicons.items():
        yield "lexicon", name, scored, weight
