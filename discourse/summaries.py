"""Tables of counts: what estimates need of a table of attributions, small enough to hand on, and mergeable."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from discourse.framing import load_frames
from discourse.speakers import Camps, default_camps

CLASSES = ("camp", "speaker", "type", "act", "engagement", "sentiment")
_PLACE = ("article_id", "outlet", "date")
_MEAN = "sentiment_score"


def spread_labels(table: pd.DataFrame, camps: Camps | None = None) -> pd.DataFrame:
    """Give stance and frames a column for each camp and frame, so that they can be asked about like any class.

    Parameters
    ----------
    table
        One row per attribution, scored by `score_stance` and `score_frames`.
    camps
        The study's camps; Moscow, Washington and Astana where none are given.

    Returns
    -------
    pandas.DataFrame
        A copy with `stance_<camp>` (support, oppose, or None) and `frame_<frame>` (whether the content invokes it) in place
        of `stance` and `frames`.
    """
    sides, labels = list(table["stance"]), list(table["frames"])
    spread: dict[str, pd.Series[Any]] = {}
    for camp in (camps or default_camps()).names:
        spread[f"stance_{camp}"] = pd.Series([side.get(camp) for side in sides], index=table.index, dtype=object)
    for frame in load_frames().frames:
        held = [frame.frame in label for label in labels]
        spread[f"frame_{frame.frame}"] = pd.Series(held, index=table.index, dtype=bool)
    return table.drop(columns=["stance", "frames"]).assign(**spread)


def count_rows(table: pd.DataFrame, camps: Camps | None = None) -> pd.DataFrame:
    """Count the attributions of each article that are alike in every class.

    Parameters
    ----------
    table
        One row per attribution, as `analyse` returns it.
    camps
        As in `spread_labels`.

    Returns
    -------
    pandas.DataFrame
        A row per article and combination of classes that occurs in it: `article_id`, `outlet`, `date`, `camp`, `speaker`,
        `type`, `act`, `engagement`, `sentiment`, `stance_<camp>`, `frame_<frame>`; then `n`, how many attributions they are,
        and `sentiment_score`, their mean. Hand it to `share_by`, `mean_by` or `contrast` with ``count="n"``: the estimates
        are those of the table with its labels spread. No word of an article is in it.
    """
    spread = spread_labels(table[[*_PLACE, *CLASSES, _MEAN, "stance", "frames"]], camps)
    labels = [name for name in spread.columns if name.startswith(("stance_", "frame_"))]
    return _merged(spread[[*_PLACE, *CLASSES, *labels]].assign(n=1, **{_MEAN: spread[_MEAN]}))


def merge_counts(tables: Iterable[pd.DataFrame], columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Add up tables of counts, whatever way the attributions were divided among them.

    Parameters
    ----------
    tables
        What `count_rows` gave for parts of a corpus, with the same camps.
    columns
        Keep only these classes, beside article, outlet and date; all of them if none are given.

    Returns
    -------
    pandas.DataFrame
        As from `count_rows` for the whole.
    """
    parts = [table if columns is None else table[[*_PLACE, *columns, "n", _MEAN]] for table in tables]
    filled = [part for part in parts if len(part)] or parts[:1]
    return _merged(pd.concat(filled, ignore_index=True))


def _merged(cells: pd.DataFrame) -> pd.DataFrame:
    """Add up rows that are alike: counts as they are, means by their counts."""
    if cells.empty:
        return cells.reset_index(drop=True)
    # what has no score stays in rows of its own: a mean over both would count it
    scored = cells[_MEAN].notna()
    keys = [cells[name] for name in cells.columns if name not in ("n", _MEAN)]
    codes = np.column_stack([pd.factorize(key, sort=True, use_na_sentinel=False)[0] for key in (*keys, scored)])
    order = np.lexsort(codes.T[::-1])
    ordered = codes[order]
    new = np.append(True, (ordered[1:] != ordered[:-1]).any(axis=1))
    alike = np.empty(len(cells), dtype=np.int64)
    alike[order] = np.cumsum(new) - 1
    summed = pd.DataFrame({"n": cells["n"], "_sum": cells[_MEAN] * cells["n"]}).groupby(alike).sum()
    found: pd.DataFrame = cells.iloc[order[new]].reset_index(drop=True)
    found["n"] = summed["n"]
    found[_MEAN] = (summed["_sum"] / summed["n"]).where(found[_MEAN].notna())
    for name in found.columns:
        if found[name].dtype == "str":  # with None, as our own tables have them, whoever wrote these
            found[name] = found[name].astype(object).where(found[name].notna(), None)
    return found
