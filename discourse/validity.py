"""What speaks for the labels of a table, and what has not been checked: the steps of ValiText, gaps among them.

The framework of Birkenmaier, Wagner and Lechner asks for three kinds of evidence: substantive (what is measured, of what),
structural (how the method behaves) and external (how it stands against people and other measures). What a table and its
codes can answer is answered here; every step that they cannot is a row without a finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from discourse.coding import codes_by_coder, human_codes
from discourse.reliability import agreement
from discourse.speakers import OTHER

PHASES = ("substantive", "structural", "external")
_KEY = ["article_id", "id"]
_DOUBTFUL = 0.5  # confidence below which an attribution is counted as doubtful
_LABELS = ("attributed", "camp", "engagement", "sentiment", "frames", "stance")
_COLUMNS = ["phase", "check", "variable", "done", "by", "n", "percent", "estimate", "ci_low", "ci_high", "detail"]


def validity_of(table: pd.DataFrame, codes: pd.DataFrame | None = None) -> pd.DataFrame:
    """List what was checked of a table of attributions, against whom and with which agreement, and what was not.

    Parameters
    ----------
    table
        Attributions with their machine labels.
    codes
        From `read_coding`. Codes of persons are compared with the labels and with each other; codes of models are listed
        as such and never count as a check.

    Returns
    -------
    pandas.DataFrame
        A row a step: `phase` (substantive, structural, external), `check`, `variable` (None for the whole), `done` (False
        for a gap), `by` (the coders' names), `n` (what was checked), `percent` (share of pairs of codes that agree, or of
        statements that a person confirmed), `estimate` with `ci_low` and `ci_high` (Krippendorff's alpha, 95 %), and
        `detail`, a number that the step is about.

    References
    ----------
    Birkenmaier, L., Wagner, C. & Lechner, C. (2024). ValiText: a unified validation framework for computational
    text-based measures of social constructs. arXiv 2307.02863.
    """
    rows = [*_substantive(table), *_structural(table), *_external(table, codes)]
    # as objects: an alpha that is undefined (NaN) is not one that nobody measured (None)
    return pd.DataFrame([{**dict.fromkeys(_COLUMNS), **row} for row in rows], columns=_COLUMNS, dtype=object)


def _substantive(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    step = {"phase": "substantive", "done": True}
    yield {**step, "check": "corpus", "n": table["article_id"].nunique(), "detail": table["outlet"].nunique()}
    for name in ("outlet", "date"):
        yield {**step, "check": "missing", "variable": name, "n": int(table[name].isna().sum())}
    for check in ("sampling", "concepts"):
        yield {**step, "check": check, "done": False}


def _structural(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    step = {"phase": "structural", "done": True, "n": len(table)}
    yield {**step, "check": "rules", "detail": table["rule"].nunique()}
    known = table["confidence"].dropna() if "confidence" in table else pd.Series(dtype=float)
    if len(known):
        yield {**step, "check": "doubtful", "n": int((known < _DOUBTFUL).sum()), "detail": float(known.mean())}
    yield {**step, "check": "unlisted", "n": int(table["speaker"].isna().sum())}
    for check in ("robustness", "reading"):
        yield {"phase": "structural", "check": check, "done": False}


def _external(table: pd.DataFrame, codes: pd.DataFrame | None) -> Iterator[dict[str, Any]]:
    step = {"phase": "external", "done": True}
    given = pd.DataFrame(columns=[*_KEY, "coder", "coder_kind", "variable", "code"]) if codes is None else codes
    given = given.merge(table[_KEY], on=_KEY)  # codes of other tables say nothing about this one
    persons, models = (given[given["coder_kind"] == kind] for kind in ("person", "model"))
    for label in _LABELS:
        variables = [name for name in dict.fromkeys(persons["variable"]) if name.partition(":")[0] == label]
        for variable in variables:
            coders = codes_by_coder(persons, variable)
            about = {**step, "variable": variable, "by": tuple(coders.columns)}
            human = human_codes(persons, variable)
            if label == "attributed":
                yield {**about, "check": "confirmed", "n": len(human), "percent": float((human == "yes").mean())}
            else:
                both = pd.DataFrame({"machine": _labels(table, variable).reindex(human.index), "human": human})
                yield {**about, "check": "human", **_agreement(both.dropna())}
            if coders.notna().sum(axis=1).gt(1).any():
                yield {**about, "check": "coders", **_agreement(coders)}
            else:
                yield {**about, "check": "coders", "done": False}
        if not variables:
            yield {**step, "check": "human", "variable": label, "done": False}
    for coder, rows in models.groupby("coder", sort=True):
        yield {**step, "check": "model", "done": False, "by": (coder,), "n": len(rows[_KEY].drop_duplicates())}
    for check in ("missed", "criterion"):
        yield {**step, "check": check, "done": False}


def _labels(table: pd.DataFrame, variable: str) -> pd.Series:
    """The machine's label of each statement, in the words of the codebook."""
    name, _, one = variable.partition(":")
    rows = table.set_index(_KEY)
    if name == "camp":
        return rows["camp"].astype(object).fillna(OTHER)
    if one:
        return rows[name].map(lambda labels: "yes" if one in (labels or ()) else "no")
    labels: pd.Series = rows[name]
    return labels


def _agreement(codes: pd.DataFrame) -> dict[str, Any]:
    measured = agreement(codes).iloc[0]
    return {name: measured[name] for name in ("n", "percent", "estimate", "ci_low", "ci_high")}
