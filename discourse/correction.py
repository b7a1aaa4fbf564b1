"""Correct estimates for the errors of machine labels, by human codes of a random part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from discourse.clusters import (
    EstimateError,
    Floats,
    Scale,
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
    require_numbers,
    size_of,
    sizes_of,
)


def correct(
    table: pd.DataFrame,
    of: str,
    human: str,
    *,
    within: str | Sequence[str] | None = None,
    probability: str | None = None,
    cluster: str | Sequence[str] | None = None,
    weight: str | None = None,
    count: str | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Shares of the classes of `of`, or its mean, raw and corrected for the errors that human codes reveal.

    Machine labels that are right nine times in ten still shift a share by several points, and differently for each camp.
    Human codes of a random part of the statements show by how much; the corrected estimate takes it off, and its
    interval counts what the small number of codes leaves open.

    Parameters
    ----------
    table
        One row per attribution, as `attributions_table` returns it, with the machine's labels in `of`.
    of
        Column of machine labels: classes, or numbers.
    human
        Column of human codes in the same terms; empty where nobody coded. The rows coded must have been drawn at random.
    within
        Column or columns whose groups each get their own estimates.
    probability
        Column with the chance that each coded row had of being drawn, in (0, 1]; None if all rows had the same.
    cluster, weight, count, seed
        As in `share_by`; in a table of counts a row stands for attributions with the same label and the same code.

    Returns
    -------
    pandas.DataFrame
        As from `share_by` (from `mean_by` if `of` is numeric), with two rows for each estimate, raw and corrected, told
        apart by `corrected`, and a column `n_coded`. `count` is the machine's in both.

    Raises
    ------
    EstimateError
        If a column is missing or wrongly filled, human codes and machine labels differ in kind, or nothing is coded.

    Notes
    -----
    The corrected estimate is the mean of the human codes, shifted by β times the distance between the machine's mean in
    all rows and in the coded rows. This is prediction-powered inference with power tuning (β = λ (n + N) / N in its
    terms), and the regression estimator of survey sampling: with useless machine labels β is 0 and the human codes
    stand alone. It corrects labels, not attributions that were missed, wrongly found, or put into the wrong group.

    References
    ----------
    Angelopoulos, A. N., Duchi, J. C. & Zrnic, T. (2023). PPI++: Efficient prediction-powered inference.
    arXiv:2311.01453.
    Cochran, W. G. (1977). Sampling Techniques, 3rd ed., chapters 7 and 12. Wiley.
    """
    groups = names_of(within)
    rows, sampled = clustered_rows(
        table, [*groups, of, human, *names_of(probability)], cluster, weight, count, by=groups
    )
    coded = rows[human].notna().to_numpy()
    if not coded.any():
        raise EstimateError(f"Column {human!r} holds no human code; without codes use share_by or mean_by.")
    numeric = is_numeric(rows[of])
    if numeric:
        require_numbers(rows, human)
    rows["_inverse"] = np.where(coded, 1.0, 0.0)
    if probability is not None:
        require_numbers(rows, probability)
        chance = rows[probability].to_numpy(dtype=float)
        wrong = coded & ~((chance > 0) & (chance <= 1))
        if wrong.any():
            place = int(np.argmax(wrong))
            raise EstimateError(
                f"Column {probability!r} must hold the chance of being coded, above 0 and at most 1; {wrong.sum()} of "
                f"{coded.sum()} coded rows do not, first row {place} with {chance[place]}."
            )
        rows.loc[coded, "_inverse"] = 1 / chance[coded]
    known = rows[rows[of].notna() & all_known(rows, groups)]
    missing = rows[rows[of].isna() & all_known(rows, groups)]
    if known.empty:
        raise EstimateError(f"No row has both a {listed([of, *groups])}; nothing to estimate.")
    levels: list[Any] = [None]
    if not numeric:
        levels = levels_of(known[of])
        levels += [level for level in levels_of(rows[human]) if level not in levels]
    answers: list[dict[str, Any]] = []
    intervals = []
    for key, base in groups_of(known, groups):
        for level in levels:
            sums, counts = _correction_sums(base, of, human, level)
            named = dict(zip(groups, key, strict=True)) | ({} if numeric else {of: level})
            sizes = ({} if numeric else {"count": counts["machine"]}) | sizes_of(base)
            sizes |= {} if numeric else {"n_missing": size_of(missing, groups, key)}
            sizes["n_coded"] = counts["coded"]
            answers += [named | sizes | {"_corrected": False}, named | sizes | {"_corrected": True}]
            scale: Scale = "mean" if numeric else "share"
            raw = intervals_of(sums[:, [2, 0]], quotient, sums[:, [0]] > 0, scale, sampled, seed)
            active = np.asarray(sums[:, [0]] > 0)
            mended = intervals_of(sums, _corrected, active, scale, sampled, seed, parts=sums[:, [4]] > 0)
            raw["method"] += "; uncorrected"
            mended["method"] += f"; corrected with {counts['coded']} human codes"
            coded_clusters = int((sums[:, 4] > 0).sum())
            if coded_clusters < 2:
                mended["method"] = f"no interval: human codes in {coded_clusters} {sampled.word}; corrected"
            intervals += [raw, mended]
    names = [*groups, *([] if numeric else [of])]
    return finished(answers, pd.concat(intervals, ignore_index=True), names, sampled)


def _correction_sums(base: pd.DataFrame, of: str, human: str, level: object) -> tuple[Floats, dict[str, int]]:
    """Per cluster what `_corrected` needs, for one class (or the numbers, if `level` is None), and two counts."""
    machine = base[of].to_numpy(dtype=float) if level is None else (base[of] == level).to_numpy(dtype=float)
    codes = base[human].to_numpy(dtype=float) if level is None else (base[human] == level).to_numpy(dtype=float)
    coded = base[human].notna().to_numpy()
    codes = np.where(coded, codes, 0.0)
    weight = base["_weight"].to_numpy()
    drawn = weight * base["_inverse"].to_numpy()
    number = base["_count"].to_numpy()
    columns = [
        weight, number, weight * machine, weight * machine**2,
        drawn, number * coded, drawn * machine, drawn * codes, drawn * machine * codes,
    ]  # fmt: skip
    counts = {"machine": 0 if level is None else int(number @ machine), "coded": int(number @ coded)}
    return cluster_sums(base, np.column_stack(columns), base), counts


def _corrected(totals: Floats) -> Floats:
    """Prediction-powered mean from totals; see `_correction_sums` for the columns."""
    weight, rows, machine, squares, drawn, coded, drawn_machine, codes, products = np.moveaxis(totals, -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        everywhere, there, human = machine / weight, drawn_machine / drawn, codes / drawn
        variance = (squares / weight - everywhere**2) * rows / (rows - 1)
        slope = np.where(variance > 1e-12, (products / drawn - there * human) / variance, 0.0)
        slope = np.clip(slope, 0, rows / (rows - coded))
        return np.asarray(human + slope * (everywhere - there), dtype=np.float64)[..., None]
