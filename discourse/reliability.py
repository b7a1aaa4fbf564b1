"""Measure how well coders agree, with an interval.

Percent agreement is high wherever one code is common, so it is shown and not relied on. Krippendorff's alpha takes off what
chance would give, takes any number of coders and codes that are missing, and treats near misses as near where codes are
ranks or quantities. With the few dozen units that one can afford to code twice it is uncertain, and a bare 0.80 hides that: the
interval draws units anew. Coders who mark passages themselves are compared by `agree_on_attributions`.

References
----------
Krippendorff, K. (2019). Content Analysis: An Introduction to Its Methodology, 4th ed., chapter 12. Sage.
Hayes, A. F. & Krippendorff, K. (2007). Answering the call for a standard reliability measure for coding data.
Communication Methods and Measures 1(1), 77–89.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from discourse.clusters import DRAWS, LEVEL, EstimateError, Floats, cluster_bootstrap, require_numbers


def agreement(
    codes: pd.DataFrame, level: Literal["nominal", "ordinal", "interval"] = "nominal", *, seed: int = 0
) -> pd.DataFrame:
    """Krippendorff's alpha of any number of coders, with an interval, and their percent agreement.

    Parameters
    ----------
    codes
        One row per unit coded, one column per coder; empty where a coder left a unit out. A unit that fewer than two
        coders coded says nothing about agreement and is left out.
    level
        What the codes are: names (``"nominal"``), ranks (``"ordinal"``, in sorted or categorical order) or quantities
        (``"interval"``).
    seed
        Seed of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        One row: `level`, `n_coders`, `n` (units that at least two coded), `n_codes`, `percent` (share of pairs of codes
        of one unit that agree, in [0, 1]), `estimate` (alpha: 1 perfect, 0 as by chance), `ci_low`, `ci_high` (95 %),
        `method`. Alpha is NaN where all codes are the same, since there is no chance disagreement to compare with.

    Raises
    ------
    EstimateError
        If the level is unknown, no unit has two codes, or quantities are not numbers.

    Notes
    -----
    The interval resamples units and computes expected disagreement anew in each sample (Zapf et al. 2016).

    References
    ----------
    Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. University of Pennsylvania.
    Zapf, A., Castell, S., Morawietz, L. & Karch, A. (2016). Measuring inter-rater reliability for nominal data: which
    coefficients and confidence intervals are appropriate? BMC Medical Research Methodology 16, 93.
    """
    if level not in ("nominal", "ordinal", "interval"):
        raise EstimateError(f"Unknown level {level!r}. Levels: nominal, ordinal, interval.")
    used = _shared_units(codes)
    sizes = used.notna().sum(axis=1).to_numpy(dtype=float)
    if level == "interval":
        for column in used.columns:
            require_numbers(used, column)
        numbers = used.to_numpy(dtype=float)
        sums, squares = np.nansum(numbers, axis=1), np.nansum(numbers**2, axis=1)
        parts = np.column_stack([2 * (sizes * squares - sums**2) / (sizes - 1), sizes, sums, squares])
        alpha = _alpha_of_quantities
    else:
        parts = _coincidences(used)[0]
        alpha = _alpha_of_ranks if level == "ordinal" else _alpha_of_names
    estimate = float(alpha(parts.sum(axis=0))[0])
    low = high = np.nan
    if len(parts) > 1 and np.isfinite(estimate):
        low, high = np.nanquantile(cluster_bootstrap(parts, alpha, seed=seed), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    same = [int((counts := row.value_counts().to_numpy()) @ (counts - 1)) for _, row in used.iterrows()]
    return pd.DataFrame(
        {
            "level": [level],
            "n_coders": int(used.notna().any().sum()),
            "n": len(used),
            "n_codes": int(sizes.sum()),
            "percent": float((np.array(same) / (sizes - 1)).sum() / sizes.sum()),
            "estimate": estimate,
            "ci_low": low,
            "ci_high": high,
            "method": f"Krippendorff's alpha, bootstrap over {len(used)} units, {DRAWS} draws, seed {seed}",
        }
    )


def confusion(codes: pd.DataFrame) -> pd.DataFrame:
    """How often coders who saw the same unit gave which two codes: Krippendorff's table of coincidences.

    Parameters
    ----------
    codes
        As in `agreement`.

    Returns
    -------
    pandas.DataFrame
        Symmetric, one row and one column per code; a unit of m codes adds m, spread over its pairs.
    """
    pairs, values = _coincidences(_shared_units(codes))
    return pd.DataFrame(pairs.sum(axis=0).reshape(len(values), -1), index=values, columns=values)


def _shared_units(codes: pd.DataFrame) -> pd.DataFrame:
    """Units that two coders coded, or more."""
    used = codes[codes.notna().sum(axis=1) >= 2]
    if used.empty:
        raise EstimateError("No unit was coded by two coders; agreement needs units that they share.")
    return used


def _coincidences(used: pd.DataFrame) -> tuple[Floats, list[Any]]:
    """For each unit, flattened, the pairs of codes that it got, and the codes in order."""
    given = set(used.melt()["value"].dropna())
    first = used.iloc[:, 0]
    ordered = isinstance(first.dtype, pd.CategoricalDtype)
    values = [value for value in first.cat.categories if value in given] if ordered else sorted(given)
    counts = np.column_stack([(used == value).sum(axis=1) for value in values]).astype(float)
    pairs = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(len(values))
    return (pairs / (counts.sum(axis=1) - 1)[:, None, None]).reshape(len(used), -1), values


def _alpha_of_names(totals: Floats) -> Floats:
    coincidences, frequencies = _unflattened(totals)
    number = frequencies.sum(axis=-1)
    alike = np.trace(coincidences, axis1=-2, axis2=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = number**2 - (frequencies**2).sum(axis=-1)
        return np.asarray(1 - (number - 1) * (number - alike) / apart, dtype=np.float64)[..., None]


def _alpha_of_ranks(totals: Floats) -> Floats:
    coincidences, frequencies = _unflattened(totals)
    number = frequencies.sum(axis=-1)
    # From rank to rank, both ends by half: a step counts as much as the ranks it passes are used.
    middles = np.cumsum(frequencies, axis=-1) - frequencies / 2
    distance = (middles[..., :, None] - middles[..., None, :]) ** 2
    seen = (coincidences * distance).sum(axis=(-2, -1))
    expected = (frequencies[..., :, None] * frequencies[..., None, :] * distance).sum(axis=(-2, -1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(1 - (number - 1) * seen / expected, dtype=np.float64)[..., None]


def _alpha_of_quantities(totals: Floats) -> Floats:
    seen, number, sums, squares = np.moveaxis(totals, -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = 2 * (number * squares - sums**2)
        return np.asarray(1 - (number - 1) * seen / np.where(apart > 1e-12, apart, 0), dtype=np.float64)[..., None]


def _unflattened(totals: Floats) -> tuple[Floats, Floats]:
    """Coincidences as a square, and how often each code was given."""
    kinds = int(np.sqrt(totals.shape[-1]))
    square = totals.reshape(*totals.shape[:-1], kinds, kinds)
    return square, square.sum(axis=-1)
