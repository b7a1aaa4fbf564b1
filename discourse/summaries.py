"""Tables of counts: what estimates need of a table of attributions, small enough to hand on, and mergeable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from discourse.framing import load_frames
from discourse.speakers import Camps, default_camps

if TYPE_CHECKING:
    import pyarrow as pa

CLASSES = ("camp", "speaker", "type", "act", "engagement", "sentiment")
_PLACE = ("article_id", "outlet", "date")
_MEAN = "sentiment_score"
_TYPES = dict.fromkeys((*_PLACE, *CLASSES), "string") | {"date": "timestamp[us]", "n": "int64", _MEAN: "float64"}


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
    spread = {
        name: pd.Series(cells, index=table.index, dtype=bool if name.startswith("frame_") else object)
        for name, cells in _spread(table, camps).items()
    }
    return table.drop(columns=["stance", "frames"]).assign(**spread)


def _spread(table: pd.DataFrame, camps: Camps | None) -> dict[str, list[Any]]:
    sides, labels = list(table["stance"]), list(table["frames"])
    spread: dict[str, list[Any]] = {
        f"stance_{camp}": [side.get(camp) for side in sides] for camp in (camps or default_camps()).names
    }
    for frame in load_frames().frames:
        spread[f"frame_{frame.frame}"] = [frame.frame in label for label in labels]
    return spread


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
    return counts_from_arrow(counted(table, camps))


def counted(table: pd.DataFrame, camps: Camps | None = None) -> pa.Table:
    """Count as `count_rows` does, for a file."""
    classes = {name: table[name] for name in (*_PLACE, *CLASSES)} | _spread(table, camps)
    return merged(_to_arrow(classes | {"n": [1] * len(table), _MEAN: table[_MEAN]}))


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
    import pyarrow as pa

    wanted = None if columns is None else kept_columns(columns)
    parts = [counts_to_arrow(table if wanted is None else table[wanted]) for table in tables]
    return counts_from_arrow(merged(pa.concat_tables(parts, promote_options="permissive")))


def kept_columns(classes: Sequence[str]) -> list[str]:
    """Name the columns of a table of counts that keeps only some classes."""
    return [*_PLACE, *classes, "n", _MEAN]


def merged(cells: pa.Table) -> pa.Table:
    """Add up rows that are alike: counts as they are, means by their counts."""
    import pyarrow.compute as pc

    classes = [name for name in cells.column_names if name not in ("n", _MEAN)]
    # what has no score stays in rows of its own: a mean over both would count it
    keys = [*classes, "scored"]
    cells = cells.append_column("scored", pc.is_valid(cells[_MEAN]))
    cells = cells.append_column("sum", pc.multiply(cells[_MEAN], pc.cast(cells["n"], "float64")))
    summed = cells.group_by(keys, use_threads=False).aggregate([("n", "sum"), ("sum", "sum")])
    summed = summed.sort_by([(name, "ascending") for name in keys])
    mean = pc.divide(summed["sum_sum"], pc.cast(summed["n_sum"], "float64"))
    return summed.select(classes).append_column("n", summed["n_sum"]).append_column(_MEAN, mean)


# As files -------------------------------------------------------------------------------------------------------------


def counts_to_arrow(counts: pd.DataFrame) -> pa.Table:
    """Give a table of counts the types that its files have, whatever is in it."""
    return _to_arrow({str(name): counts[name] for name in counts.columns})


def _to_arrow(columns: Mapping[str, Any]) -> pa.Table:
    """Make a table of counts of its columns; of one that a study has added the type is that of its cells."""
    import pyarrow as pa

    arrays = {}
    for name, cells in columns.items():
        # another program may have given them other types
        array = pa.array(pd.to_datetime(cells) if name == "date" else cells, from_pandas=True)
        wanted = "bool" if name.startswith("frame_") else "string" if name.startswith("stance_") else _TYPES.get(name)
        arrays[name] = array if wanted is None else array.cast(wanted)
    return pa.table(arrays)


def counts_from_arrow(stored: pa.Table) -> pd.DataFrame:
    """Give a table of counts with the types that `count_rows` gives it."""
    import pyarrow as pa

    columns = {}
    for name, cells in zip(stored.column_names, stored.columns, strict=True):
        is_text = pa.types.is_string(cells.type)
        columns[name] = pd.Series(cells.to_numpy(), dtype=object) if is_text else cells.to_pandas()
    return pd.DataFrame(columns)
