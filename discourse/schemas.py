"""What makes a table wrong: its columns, their cells and what must agree in a row, checked by pandera, all faults at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isnan
from typing import Any, Literal

import pandas as pd


class TableError(ValueError):
    """A table that cannot be used; the message holds every fault, `faults` the same one by one."""

    def __init__(self, faults: Sequence[str], where: str = "table of attributions") -> None:
        self.faults = tuple(faults)
        super().__init__(f"{where}: " + "\n".join(faults))


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what its cells hold, whether one may be empty (None), and the values it is limited to.

    Kinds: text; date (datetime64, without a time of day); number (float); flag (true or false); span ([start, end] in the
    document); spans (a list of those); labels (a list of texts); sides (from camp to what is said of it).
    """

    name: str
    kind: Literal["text", "date", "number", "flag", "span", "spans", "labels", "sides"]
    meaning: str
    may_be_empty: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Agreement:
    """What must agree in every row: the columns it is about, the test of their cells, and what is said where they do not."""

    columns: tuple[str, ...]
    holds: Callable[..., bool]
    message: Callable[..., str]


def find_faults(
    table: pd.DataFrame,
    columns: Sequence[Column],
    needed: Sequence[str],
    unique: Sequence[str] = (),
    agreements: Sequence[Agreement] = (),
) -> list[str]:
    """Find everything that is wrong with a table.

    Parameters
    ----------
    table
        Any table. Columns that are not in `columns` are as they are.
    columns
        What the columns hold that it may have.
    needed
        Names of those that it must have.
    unique
        Columns that together name a row.
    agreements
        What must agree in a row; judged where the cells themselves are right.

    Returns
    -------
    list of str
        First missing columns, then cells by column and row (the first row is 1), then rows that stand twice, then
        disagreements.
    """
    import pandera.pandas as pa

    double = sorted({str(name) for name in table.columns[table.columns.duplicated()]})
    if double:
        return [f"column {', '.join(double)} stands more than once"]
    rows = table.reset_index(drop=True)
    known = {column.name: column for column in columns if column.name in rows.columns or column.name in needed}
    checks = [
        pa.Check(_agreeing(agreement, known), name=str(number), ignore_na=False)
        for number, agreement in enumerate(agreements)
        if all(name in rows.columns for name in agreement.columns)
    ]
    schema = pa.DataFrameSchema(
        {
            name: pa.Column(nullable=column.may_be_empty, checks=pa.Check(_fitting(column), name="fits"))
            for name, column in known.items()
        },
        checks=checks,
        unique=list(unique) if all(name in rows.columns and _can_be_compared(rows[name]) for name in unique) else None,
        report_duplicates="exclude_first",
    )
    try:
        schema.validate(rows, lazy=True)
    except pa.errors.SchemaErrors as error:
        return _told(error.failure_cases, rows, known, unique, agreements)
    return []


def looks_sound(table: Mapping[str, Iterable[Any]], columns: Sequence[Column], unique: Sequence[str] = ()) -> bool:
    """Say whether nothing is wrong with columns of our own making, at a fiftieth of the cost and without loading pandera.

    Parameters
    ----------
    table
        The cells of all of these columns; others are as they are.
    columns
        Those to be looked at: texts, dates, numbers and flags.
    unique
        Names of those that together name a row.

    Returns
    -------
    bool
        Whether `find_faults` would find nothing. Where it would, ask it: it says all that is wrong.
    """
    try:
        keys = list(zip(*(table[name] for name in unique), strict=True))
        return len(set(keys)) == len(keys) and all(_all_fit(column, table[column.name]) for column in columns)
    except TypeError:  # a cell that is a list, and so on
        return False


def _all_fit(column: Column, cells: Iterable[Any]) -> bool:
    # each is judged once, however often it stands; pandas makes an object of every day that it is asked for
    distinct = plain_cells(cells.unique() if isinstance(cells, pd.Series) else set(cells))
    held = set(distinct) - {None}
    return (
        (column.may_be_empty or len(held) == len(distinct))
        and all(map(_FITS[column.kind], held))
        and (not column.values or held.issubset(column.values))
    )


def _fitting(column: Column) -> Callable[[pd.Series[Any]], pd.Series[bool]]:
    fits, values = _FITS[column.kind], column.values

    def check(cells: pd.Series[Any]) -> pd.Series[bool]:
        if column.kind == "text" and set(map(type, cells)) == {str}:  # a text is judged once, however often it stands
            wrong = {cell for cell in set(cells) if not cell or values and cell not in values}
            good = [cell not in wrong for cell in cells] if wrong else [True] * len(cells)
        elif column.kind == "date" and pd.api.types.is_datetime64_dtype(cells.dtype):
            good = (cells == cells.dt.normalize()).tolist()
        else:
            good = [fits(cell) and (not values or cell in values) for cell in cells]
        return pd.Series(good, index=cells.index, dtype=bool)

    return check


def _agreeing(agreement: Agreement, known: Mapping[str, Column]) -> Callable[[pd.DataFrame], pd.Series[bool]]:
    columns = [known[name] for name in agreement.columns]

    def agree(*cells: Any) -> bool:
        # cells that are wrong themselves are told of as such, and need not agree
        try:
            if agreement.holds(*cells):
                return True
        except (TypeError, ValueError, LookupError):
            pass
        return not all(
            c.may_be_empty if cell is None else _FITS[c.kind](cell) for c, cell in zip(columns, cells, strict=True)
        )

    def check(rows: pd.DataFrame) -> pd.Series[bool]:
        good = map(agree, *(plain_cells(rows[column.name]) for column in columns))
        return pd.Series(list(good), index=rows.index, dtype=bool)

    return check


def _can_be_compared(cells: pd.Series[Any]) -> bool:
    """Whether cells are such that pandera can look for the same ones; a list that stands for an id is told of as such."""
    return not {list, dict} & set(map(type, cells))


def _told(
    cases: pd.DataFrame,
    rows: pd.DataFrame,
    known: Mapping[str, Column],
    unique: Sequence[str],
    agreements: Sequence[Agreement],
) -> list[str]:
    """Say in our words what pandera found."""
    found: dict[tuple[int, int, int], str] = {}
    order = {name: place for place, name in enumerate(rows.columns)}
    missing = set(cases.loc[cases["check"] == "column_in_dataframe", "failure_case"])
    if missing:
        named = ", ".join(name for name in known if name in missing)
        found[0, 0, 0] = f"no column {named}; found: {', '.join(map(str, rows.columns)) or 'none'}"
    told: list[list[Any]] = cases[["column", "check", "index"]].to_numpy().tolist()
    for name, check, index in told:
        if check == "column_in_dataframe":
            continue
        row = int(index)
        if check == "multiple_fields_uniqueness":
            values: list[Any] = [rows.at[row, part] for part in unique]
            same = rows[list(unique)].eq(pd.Series(values, index=list(unique), dtype=object)).all(axis=1)
            key = f"{unique[-1]} '{values[-1]}'" + (f" of article '{values[0]}'" if len(unique) > 1 else "")
            found[2, 0, row] = f"row {row + 1}: {key} again; it is in row {int(same.to_numpy().argmax()) + 1}"
        elif check.isdigit():
            agreement = agreements[int(check)]
            cells = [None if is_missing(rows.at[row, each]) else rows.at[row, each] for each in agreement.columns]
            found[3 + int(check), 0, row] = f"row {row + 1}: {agreement.message(*cells)}"
        elif check == "not_nullable":
            found[1, order[name], row] = f"row {row + 1}: {name} is empty"
        else:
            column = known[name]
            wanted = f"one of {', '.join(column.values)}" if column.values else _WANTED[column.kind]
            found[1, order[name], row] = f"row {row + 1}: {name} is {shown(rows.at[row, name])}; it must be {wanted}"
    return [found[place] for place in sorted(found)]


# Cells ----------------------------------------------------------------------------------------------------------------

_WANTED = {
    "text": "a text",
    "date": "a date such as 2022-01-06",
    "number": "a number",
    "flag": "true or false",
    "span": "[start, end]",
    "spans": "a list of [start, end]",
    "labels": "a list of texts",
    "sides": "support or oppose for each camp",
}


def is_missing(cell: object) -> bool:
    """Whether a cell is empty, in any of the ways that pandas has for it."""
    return cell is None or cell is pd.NaT or cell is pd.NA or isinstance(cell, float) and isnan(cell)


_NEVER_MISSING = frozenset((str, list, tuple, dict, int, bool, date, type(None)))


def plain_cells(cells: Iterable[Any]) -> list[Any]:
    """Give cells with None for every empty one."""
    given = list(cells)
    if _NEVER_MISSING.issuperset(map(type, given)):
        return given
    return [None if is_missing(cell) else cell for cell in given]


def shown(cell: object) -> str:
    """Show a cell in a message, cut where it is long."""
    written = repr(cell)
    return written if len(written) <= 60 else f"{written[:57]}..."


def _is_span(cell: object) -> bool:
    return (
        isinstance(cell, (list, tuple))
        and len(cell) == 2
        and type(cell[0]) is int
        and type(cell[1]) is int
        and 0 <= cell[0] < cell[1]
    )


def _is_spans(cell: object) -> bool:
    return isinstance(cell, (list, tuple)) and all(map(_is_span, cell))


_FITS: dict[str, Callable[[Any], bool]] = {
    "text": lambda cell: isinstance(cell, str) and bool(cell),
    "date": lambda cell: isinstance(cell, pd.Timestamp) and cell == cell.normalize(),
    "number": lambda cell: isinstance(cell, float) and not isnan(cell),
    "flag": lambda cell: pd.api.types.is_bool(cell),
    "span": _is_span,
    "spans": _is_spans,
    "labels": lambda cell: isinstance(cell, (list, tuple)) and all(isinstance(label, str) for label in cell),
    "sides": lambda cell: isinstance(cell, Mapping) and all(side in ("support", "oppose") for side in cell.values()),
}
