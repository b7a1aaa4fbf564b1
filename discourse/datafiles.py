"""Read the files of `discourse/data`, and tables and YAML of a user's own with the line of each fault."""

from __future__ import annotations

import csv
import gc
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml


class LexiconError(ValueError):
    """Language or actor data that cannot be used; lists every fault with its file and entry."""


def _data(path: str) -> str:
    return files("discourse").joinpath("data", path).read_text(encoding="utf-8")


def _yaml(path: str) -> Any:
    return yaml.load(_data(path), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def data_rows(path: str) -> list[dict[str, str]]:
    """Give the rows of a table below `discourse/data`."""
    lines = [line for line in _data(path).splitlines() if line and not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def data_entries(path: str) -> list[dict[str, Any]]:
    """Give the entries of a YAML list below `discourse/data`."""
    entries: list[dict[str, Any]] = _yaml(path)
    return entries


def data_settings(path: str) -> dict[str, Any]:
    """Give the settings of a YAML mapping below `discourse/data`."""
    settings: dict[str, Any] = _yaml(path)
    return settings


Row = tuple[int, dict[str, str]]  # the line of a row in its file, and its cells


def read_rows(path: str | os.PathLike[str], needed: Sequence[str]) -> list[Row]:
    """Read a user's CSV file, each row with its line.

    Raises
    ------
    LexiconError
        The file is none of CSV in UTF-8, or its header lacks a column that is needed.
    """
    name = Path(path).name
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restkey="")
            missing = [column for column in needed if column not in (reader.fieldnames or ())]
            if missing:
                raise LexiconError(f"{name}: the header lacks {' and '.join(missing)}. Needed: {','.join(needed)}")
            return [(reader.line_num, {key: str(cell or "").strip() for key, cell in row.items()}) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise LexiconError(f"{name}: not readable as CSV in UTF-8 ({error})") from None


class _Lined(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        return {**super().construct_mapping(node, deep), "line": node.start_mark.line + 1}


def load_lined(text: str) -> Any:
    """Load a user's YAML, with the line of every mapping under `line`, for messages."""
    return yaml.load(text, Loader=_Lined)


def unusable(where: str, faults: Iterable[tuple[int, str]]) -> LexiconError:
    """Make the error that lists all rows of a file that cannot be used, by line."""
    told = [f"  line {line}: {fault}" for line, fault in sorted(faults)]
    return LexiconError(f"{where}: {len(told)} row{'s' if len(told) > 1 else ''} cannot be used:\n" + "\n".join(told))


@contextmanager
def kept_for_good() -> Iterator[None]:
    """Make things that stay as long as the process, without looking for garbage among them: a third of the time saved."""
    wanted = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if wanted:
            gc.enable()
