"""Read a user's own copy of public sets of labelled Arabic texts, as tables that `train_classifier` takes.

The sets come under terms of their own; nothing of them is part of this package. `corpora/README.md` says where they are.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd


class LabelledError(ValueError):
    """A file is not the labelled set that it is said to be."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a set is written: its separator, whether quotation marks quote, the columns of text, label and group."""

    separator: str
    quoted: bool
    text: tuple[str, ...]
    label: str
    group: str


# Mawqif's stance None is a class, not a gap. Sentences of CheckThat hold single quotation marks, and the article's name is
# what comes before the last underscore of `sentence_id`. Titles of ANS recur in several pairs.
_LAYOUTS = {
    "mawqif": _Layout(",", True, ("text", "target"), "stance", "text"),
    "ans": _Layout(",", True, ("s1", "s2"), "stance", "s1"),
    "checkthat": _Layout("\t", False, ("sentence",), "label", "sentence_id"),
}


def read_labelled(path: str | os.PathLike[str], name: Literal["mawqif", "ans", "checkthat"]) -> pd.DataFrame:
    """Read a file of Mawqif, ANS or CheckThat (subjectivity, Arabic), with labels and groups ready for learning.

    Parameters
    ----------
    path
        The file as its authors publish it.
    name
        Which set it is of.

    Returns
    -------
    pandas.DataFrame
        The file's columns as texts, and `label` and `group`: the tweet (Mawqif), the title that claims are about (ANS), the
        article that the sentence comes from (CheckThat). The label None of Mawqif is the text "None".

    Raises
    ------
    LabelledError
        If the set is unknown, or the file lacks a column or a label.

    Examples
    --------
    >>> tweets = read_labelled("train.csv", "mawqif")  # doctest: +SKIP
    >>> for target, rows in tweets.groupby("target"):  # doctest: +SKIP
    ...     print(target, train_classifier(rows, "label", text="text", group="group").report)
    """
    if name not in _LAYOUTS:
        raise LabelledError(f"Unknown set {name!r}. Sets: {', '.join(_LAYOUTS)}.")
    layout = _LAYOUTS[name]
    table = pd.read_csv(
        Path(path),
        sep=layout.separator,
        dtype=str,
        keep_default_na=False,
        encoding="utf-8-sig",
        quoting=0 if layout.quoted else 3,
    )
    absent = [repr(column) for column in (*layout.text, layout.label, layout.group) if column not in table]
    if absent:
        raise LabelledError(f"{path} is no file of {name}: it has no column {' or '.join(dict.fromkeys(absent))}.")
    empty = (table[layout.label].str.strip() == "").to_numpy()
    if empty.any():
        raise LabelledError(
            f"{path} has no label in {empty.sum()} of {len(table)} rows, first row {int(empty.argmax())}."
        )
    group = table[layout.group]
    if name == "checkthat":
        group = group.str.replace(r"_\d+$", "", regex=True)
    return table.assign(label=table[layout.label], group=group)
