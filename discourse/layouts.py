"""Bring what stands beside a text under our names: columns by a map or a known layout, a list beside files, file names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from discourse.archives import Stored, stored_files
from discourse.datafiles import data_entries
from discourse.readers import QUOTES, Record, csv_records, listed

NEEDED = ("article_id", "title", "text")
OPTIONAL = ("outlet", "date", "url")
NAMES = (*NEEDED, *OPTIONAL)
_OPENING, _CLOSING = "«“\"'„‹", "»”\"'“›"


class Columns:
    """What the columns of tables are called, and which of them hold an article."""

    def __init__(self, given: Mapping[str, str] | None = None) -> None:
        self.given = dict(given or {})
        unknown = [name for name in self.given if name not in NAMES]
        if unknown:
            raise ValueError(f"an article has no {listed(unknown)}; it has {listed(NAMES)}")
        if not self.given.get("text", "text"):
            raise ValueError("the text cannot be left out")

    def check(self, names: list[str]) -> None:
        """Say what is wrong with the columns of a table.

        Raises
        ------
        ValueError
            Columns are missing, or stand more than once.
        """
        ours, _ = self.plan(frozenset(names))
        # with a map its columns are needed, and the text
        needed = ["text", *self.given] if self.given else NEEDED
        wanted = list(dict.fromkeys(ours[name] for name in needed if name in ours))
        missing = [name for name in wanted if name not in names]
        double = sorted({name for name in names if names.count(name) > 1 and name in ours.values()})
        if missing:
            optional = "" if self.given else f" (optional: {listed(OPTIONAL)})"
            raise ValueError(
                f"no column {listed(missing)}; found: {listed(names) or 'none'}; needed: {listed(wanted)}{optional}"
            )
        if double:
            raise ValueError(f"column {listed(double)} stands more than once in the header")

    def ours(self, record: Mapping[str, object], identity: str) -> tuple[Record, str]:
        """Give a row under our names, or say what it lacks; and what a reader must know of its layout, if anything."""
        if not self.given and isinstance(record.get(QUOTES), list):
            return _quotations(record)
        ours, note = self.plan(frozenset(record))
        needed = ("text",) if self.given else NEEDED
        missing = [ours[name] for name in needed if ours[name] not in record]
        if missing:
            found = listed(map(str, record)) or "none"
            return f"no {listed(missing)}; found: {found}; needed: {listed(ours[name] for name in needed)}", ""
        without = {"article_id": identity, "title": ""} if self.given else {}
        return {**without, **{name: record[theirs] for name, theirs in ours.items() if theirs in record}}, note

    def plan(self, names: frozenset[str]) -> tuple[Mapping[str, str], str]:
        """Give our names with theirs for a table with these columns, and what a reader must know of its layout."""
        if self.given:
            named = {name: self.given.get(name, name) for name in NAMES}
            return {name: theirs for name, theirs in named.items() if theirs}, ""
        return _layout(names)


@cache
def _layout(names: frozenset[str]) -> tuple[Mapping[str, str], str]:
    """Give our names with theirs in the known layout that a table has; our own, where it has none."""
    if not names.issuperset(NEEDED):
        for layout in data_entries("layouts.yml"):
            if names.issuperset(layout["columns"].values()):
                note = f"{layout['name']}: {layout['note']}" if "note" in layout else ""
                return layout["columns"], note
    return {name: name for name in NAMES}, ""


# GDELT's Global Quotation Graph ---------------------------------------------------------------------------------------

_GDELT_NOTE = "GDELT's Global Quotation Graph: quotations with some words before and behind, each on a line of its own, not articles"


def _quotations(record: Mapping[str, Any]) -> tuple[Record, str]:
    """Make a text of the quotations of an article, each with its context on a line, and say where they stand in it."""
    lines: list[str] = []
    spans: list[tuple[int, int]] = []
    faults: list[str] = []
    at = 0
    for number, each in enumerate(record[QUOTES], 1):
        parts = [each.get(key) if isinstance(each, Mapping) else None for key in ("pre", "quote", "post")]
        before, quote, behind = (part if isinstance(part, str) else "" for part in parts)
        if not quote.strip():
            faults.append(f"quotation {number} has no text under 'quote'")
            continue
        before, quote, behind = (re.sub(r"\s*[\r\n]+\s*", " ", part) for part in (before, quote, behind))
        # the marks are where the paper had them, or are put where the data has dropped them
        if not before.rstrip()[-1:] or before.rstrip()[-1] not in _OPENING:
            before = f"{before.rstrip()} «".lstrip()
        if not behind.lstrip()[:1] or behind.lstrip()[0] not in _CLOSING:
            behind = f"» {behind.lstrip()}".rstrip()
        start = at + len(before)
        spans.append((start, start + len(quote)))
        lines.append(before + quote + behind)
        at += len(lines[-1]) + 1
    if faults:
        return "; ".join(faults), ""
    found = {
        "article_id": record.get("url"),
        "title": record.get("title"),
        "text": "\n".join(lines),
        "outlet": _host(record.get("url")),
        "date": record.get("date"),
        "url": record.get("url"),
        "quotations": tuple(spans),
    }
    return found, _GDELT_NOTE


def _host(url: object) -> str | None:
    match = re.match(r"https?://(?:www\.)?([^/:?#]+)", url) if isinstance(url, str) else None
    return match[1] if match else None


# Beside files ---------------------------------------------------------------------------------------------------------

_FIELD = re.compile(r"\\\{(\w+)\\\}|(\\\*)")


class Beside:
    """What is known of files that hold an article each: from a list of them, and from their names."""

    def __init__(self, metadata: str | Path | None = None, names: str | None = None) -> None:
        self.path = None if metadata is None else Path(metadata)
        self._rows = {} if self.path is None else _listed_files(self.path)
        self._unused = set(self._rows)
        self._written = names or ""
        self._pattern = _name_pattern(names) if names else None

    def of(self, stored: Stored) -> Mapping[str, object] | str:
        """Give what is known of one file, or say why nothing is."""
        found: dict[str, object] = {}
        if self._pattern is not None:
            name = "/".join(stored.inside.split("/")[-self._written.count("/") - 1 :])
            match = self._pattern.fullmatch(name)
            if match is None:
                return f"its name '{name}' is not as {self._written}"
            found = {key: _written_day(value) if key == "date" else value for key, value in match.groupdict().items()}
        if self.path is not None:
            whole = Path(stored.name).name
            key = next(
                (key for key in (stored.inside, stored.inside + stored.suffix, whole) if key in self._rows), None
            )
            if key is None:
                return f"no row of {self.path} names this file"
            self._unused.discard(key)
            found |= {name: value for name, value in self._rows[key].items() if value}
        return found

    def unused(self) -> Iterable[str]:
        """Name the files of the list that were not among those read."""
        return sorted(self._unused)


def _listed_files(path: Path) -> dict[str, dict[str, str]]:
    """Read the list of files: a table with the column `file`."""
    if path.suffix.lower() not in (".csv", ".tsv"):
        raise ValueError(f"{path}: a list of files is a .csv or .tsv")
    if not path.is_file():
        raise ValueError(f"{path}: there is no such file")

    def check(names: list[str]) -> None:
        if "file" not in names or not set(names) & set(NAMES) - {"text"}:
            wanted = listed(name for name in NAMES if name != "text")
            raise ValueError(f"found: {listed(names)}; needed: file, and one or more of {wanted}")

    rows: dict[str, dict[str, str]] = {}
    faults = []
    try:
        (stored,) = stored_files(path, path.name, lambda _: None)
        for number, record in csv_records(stored, check, lambda _: None) if isinstance(stored, Stored) else ():
            if isinstance(record, str):
                faults.append(f"row {number}: {record}")
            elif str(record["file"]) in rows:
                faults.append(f"row {number}: file '{record['file']}' again")
            else:
                known = {name: str(record[name]) for name in NAMES if name != "text" and name in record}
                rows[str(record["file"])] = known
    except ValueError as error:
        faults.append(str(error))
    if faults:
        raise ValueError("\n".join(f"{path}: {fault}" for fault in faults))
    return rows


def _name_pattern(names: str) -> re.Pattern[str]:
    fields = re.findall(r"\{(\w*)\}", names)
    wrong = [field for field in fields if field not in NAMES or field == "text"]
    if wrong or not fields or len(set(fields)) < len(fields):
        allowed = listed(f"{{{name}}}" for name in NAMES if name != "text")
        raise ValueError(
            f"names '{names}': it must hold one or more of {allowed}, each once; * stands for what is ignored"
        )
    # a field ends where the next mark of the pattern stands
    return re.compile(_FIELD.sub(lambda match: f"(?P<{match[1]}>[^/]+?)" if match[1] else "[^/]*?", re.escape(names)))


def _written_day(value: str) -> str:
    """Give the day in a file name, which is often written without marks, as 2022-01-06."""
    return re.sub(r"(\d{4})(\d{2})(\d{2})", r"\1-\2-\3", value) if re.fullmatch(r"\d{8}", value) else value
